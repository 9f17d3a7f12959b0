"""`aisle eval routing`: what the compact planner keeps, how often rightly, and what that saves."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import typer

from assistant.compact.trained import read_trained
from assistant.registry import COMPACT, load_registry
from assistant.settings import Settings
from evals.bakeoff import BakeoffPlan
from evals.journeys.script import journeys
from evals.report import write_reports
from evals.routing import measure, on_journeys
from evals.understanding.ask import running
from ui.commands.bakeoff import played_by
from ui.commands.running import run


def routing(
    keep_from: Annotated[
        float | None, typer.Option(min=0, max=1, help="Confidence to keep a turn.  [default: as served]")
    ] = None,
    with_journeys: Annotated[
        bool, typer.Option("--journeys", help="Play the journeys, too: turns kept, and what held after them.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")] = False,
    out: Annotated[Path | None, typer.Option(help="Folder for report.json and report.html.")] = None,
) -> None:
    """Measure routing over the development messages: share kept, precision of what is kept, cost per conversation.

    No endpoint is asked: what others would cost follows from their prices, and the assumptions stand beside it.

    Example:
        aisle eval routing --json
        aisle eval routing --journeys
    """

    async def work(settings: Settings) -> None:
        registry, every = load_registry(settings.models), journeys()
        threshold = keep_from or registry.routing.keep_from or read_trained(settings.heads).heads.threshold
        with TemporaryDirectory(prefix="aisle-routing-") as home:
            async with running(None, Path(home)) as asked:
                report = await measure(asked, threshold, registry, every, _tell)
        if with_journeys:
            report["systems"]["journeys"] = on_journeys((await played_by(settings, COMPACT, BakeoffPlan(()))).played)
        if out is not None:
            write_reports(out, "routing", {"systems": report["systems"]})
        _show(report, as_json)

    run(work)


def _show(report: dict[str, Any], as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(report))
        return
    for system, figures in report["systems"].items():
        for name, value in figures.items():
            typer.echo(f"{system} {name}  {value}")
    for reason, count in report["reasons"].items():
        typer.echo(f"handed on for {reason}: {count}")
    for name, cost in report["cost_per_conversation"].items():
        typer.echo(f"{name}: {cost['every_turn_usd']:.5f} USD a conversation, routed {cost['routed_usd']:.5f}")
    for name, share in report["routed_to_open"].items():
        typer.echo(f"routed to open weights: {share:.2%} of every turn on a {name}")
    for assumption in report["assumptions"]:
        typer.echo(f"- {assumption}")


def _tell(text: str) -> None:
    typer.echo(text, err=True)
