"""`aisle eval journeys` and `aisle eval --gate`: scripted conversations on a shop of their own."""

import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import httpx
import typer
from rich.console import Console
from rich.table import Table

from assistant.settings import Settings
from assistant.wiring import App
from evals.gating import read_baseline, regressions
from evals.journeys.conditions import ScriptError
from evals.journeys.figures import report_of
from evals.journeys.page import held_of, write_journeys
from evals.journeys.play import Played, Stage, play_all
from evals.journeys.script import GRADES, Journey, journeys
from evals.journeys.shop import Shop, journey_shop
from tools.stocking import stock_shop
from ui.client import Conversation, connect
from ui.commands.picturing import until_looked_at
from ui.commands.running import Failed, progress_of, run
from ui.home import ServerNote
from ui.home_server import server_of


@dataclass(frozen=True, slots=True)
class JourneyPlan:
    """Which journeys, planned by which model, how many at a time."""

    model: str | None
    only: str | None = None
    concurrency: int = 4


def journeys_command(
    model: Annotated[str | None, typer.Option(help="A planner of models.toml.  [default: AISLE_PLANNER]")] = None,
    only: Annotated[str | None, typer.Option(help="One group, e.g. cart.")] = None,
    concurrency: Annotated[int, typer.Option(min=1, max=64, help="Conversations at the same time.")] = 4,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")] = False,
    out: Annotated[Path | None, typer.Option(help="Folder for report.json and report.html.")] = None,
) -> None:
    """Play scripted conversations over HTTP and check what was shown, said and kept.

    Builds a shop of its own in a temporary folder; the pictures of that shop take about two minutes.

    Examples:
        aisle eval journeys --only cart

        aisle eval journeys --model vllm --out out/journeys
    """

    async def work(settings: Settings) -> None:
        report, played = await measured(settings, JourneyPlan(model, only, concurrency))
        if out is not None:
            write_journeys(out, report, played)
        if as_json:
            typer.echo(json.dumps(report))
        else:
            show(report)

    run(work)


def gate(baseline_path: Path) -> None:
    """Measure the baseline's suite again and end with exit code 1 when it fell."""

    async def work(settings: Settings) -> None:
        baseline = read_baseline(baseline_path)
        if baseline["suite"] != "journeys":
            raise Failed(f"{baseline_path} is a baseline of {baseline['suite']}; only journeys can be gated.")
        report, _ = await measured(settings, JourneyPlan(str(baseline["model"])))
        fallen = regressions(baseline, report)
        show(report)
        if fallen:
            raise Failed(f"Worse than {baseline_path}. " + " ".join(fallen))
        typer.echo(f"No worse than {baseline_path}.")

    run(work)


async def measured(settings: Settings, plan: JourneyPlan) -> tuple[dict[str, Any], list[Played]]:
    """Play the journeys on a server of their own; returns the report and what was played.

    Raises:
        Failed: There is no such group, or a journey cannot be read.
        SettingsError: There is no such model.
    """
    try:
        chosen = journeys(plan.only)
    except ScriptError as error:
        raise Failed(str(error)) from error
    shop = journey_shop()
    async with own_server(settings, shop, plan.model) as note:
        await ready(note, chosen)

        def client() -> httpx.AsyncClient:
            return connect(note.url)

        stage = Stage(client, note.operator_token, shop)
        with progress_of("Playing journeys", len(chosen)) as progress:
            played = await play_all(chosen, stage, plan.concurrency, progress)
    return report_of(played, plan.model or settings.planner or "compact"), played


@asynccontextmanager
async def own_server(settings: Settings, shop: Shop, model: str | None) -> AsyncGenerator[ServerNote]:
    """Serve the journeys' shop from a temporary home, whatever the operator's own shop is."""

    async def prepare(app: App) -> None:
        with progress_of("Building the journeys' shop", len(shop.entries)) as progress:
            await stock_shop(shop.entries, app.catalog, app.books.merchant, shop.policies, progress)

    with TemporaryDirectory(prefix="aisle-journeys-") as folder:
        own = {"home": Path(folder, "home"), "planner": model or settings.planner}
        elsewhere = dict.fromkeys(("database_url", "planner_database_url", "qdrant_url", "qdrant_api_key", "policy"))
        async with server_of(settings.model_copy(update=own | elsewhere), prepare) as note:
            yield note


async def ready(note: ServerNote, chosen: list[Journey]) -> None:
    """Wait for the shop's own pictures to be looked at where a journey shows one."""
    if any(journey.pictures for journey in chosen):
        async with connect(note.url) as http:
            await until_looked_at(Conversation(http, note.operator_token), lambda text: typer.echo(text, err=True))


def show(report: dict[str, Any]) -> None:
    """Print figures by group, then what did not hold."""
    columns = ("group", "journeys", "all", *GRADES)
    table = Table(*columns, box=None)
    for name, figures in [*report["groups"].items(), ("all", report["systems"]["served"])]:
        whole = f"{figures['journeys_whole']}/{figures['journeys']}"
        table.add_row(name, whole, *(held_of(figures, each) for each in ("all", *GRADES)))
    Console(soft_wrap=True).print(table)
    for failure in report["failed"]:
        typer.echo(f"{failure['journey']}  {failure['assertion']}: {failure['why']}")
