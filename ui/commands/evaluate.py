"""`aisle eval`: measures what a shopper gets."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from assistant.settings import Settings
from evals.load import LoadPlan, LoadReport, measure
from evals.report import write_reports
from ui.client import connect
from ui.commands.evaluate_journeys import gate, journeys_command
from ui.commands.evaluate_safety import safety_command
from ui.commands.evaluate_scenes import scenes_command
from ui.commands.evaluate_uploads import uploads_command
from ui.commands.running import first_fill, run
from ui.home_server import server_of

app = typer.Typer(help="Run evaluation suites.", invoke_without_command=True, rich_markup_mode=None)


app.command("journeys")(journeys_command)
app.command("safety")(safety_command)
app.command("scenes")(scenes_command)
app.command("uploads")(uploads_command)


@app.callback()
def suites(
    context: typer.Context,
    baseline: Annotated[
        Path | None, typer.Option("--gate", help="A committed report: measure again, exit 1 when worse.")
    ] = None,
) -> None:
    """Run evaluation suites.

    Example:
        aisle eval --gate evals/journeys/baseline.json
    """
    if baseline is not None:
        gate(baseline)
    elif context.invoked_subcommand is None:
        typer.echo(context.get_help())
        raise typer.Exit(2)


@app.command()
def load(
    turns: Annotated[int, typer.Option(min=1, max=100_000, help="Turns to take in all.")] = 200,
    concurrency: Annotated[int, typer.Option(min=1, max=200, help="Conversations at the same time.")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")] = False,
    out: Annotated[Path | None, typer.Option(help="Folder for report.json and report.html.")] = None,
) -> None:
    """Measure turns over HTTP, from the request to the last event: p50, p95, p99.

    Talks to the running server of this home, or opens the shop for as long as it takes.

    Example:
        aisle eval load --turns 400 --concurrency 2
    """

    async def work(settings: Settings) -> None:
        async with server_of(settings, first_fill) as note, connect(note.url) as http:
            report = await measure(http, LoadPlan(turns, concurrency))
        systems = {"systems": {"served": report.metrics()}}
        if out is not None:
            write_reports(out, "load", systems)
        if as_json:
            typer.echo(json.dumps(systems))
        else:
            _show(report)

    run(work)


def _show(report: LoadReport) -> None:
    metrics = report.metrics()
    table = Table(*metrics, box=None)
    table.add_row(*map(str, metrics.values()))
    Console().print(table)
    for kind, row in report.by_kind().items():
        typer.echo(f"{kind}: {row}")
