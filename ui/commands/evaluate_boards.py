"""`aisle eval boards`: whether sets put together for a room or an outfit keep their sum, and can be had."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from assistant.settings import Settings
from evals.boards import Judged, demo_shop, judge_themes, measures
from evals.report import write_reports
from ui.commands.running import run


def boards(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")] = False,
    out: Annotated[Path | None, typer.Option(help="Folder for report.json and report.html.")] = None,
) -> None:
    """Measure sets over fifty themes in the demo shop: sum kept, in stock, nothing twice, four kinds or more.

    The shop is stocked in a folder of its own; prices and stock are read again from its books to judge by.

    Example:
        aisle eval boards --json
    """

    async def work(settings: Settings) -> None:
        with TemporaryDirectory(prefix="aisle-boards-") as home:
            async with demo_shop(Path(home)) as context:
                judged = await judge_themes(context)
        systems = {"served": dict(measures(judged))}
        if out is not None:
            write_reports(out, "boards", {"systems": systems})
        if as_json:
            typer.echo(json.dumps({"suite": "boards", "systems": systems}))
        else:
            _show(judged)

    run(work)


def _show(judged: list[Judged]) -> None:
    table = Table("theme", "pieces", "kinds", "wrong", box=None)
    for each in judged:
        table.add_row(each.theme, str(each.pieces), str(each.kinds), ", ".join(each.wrong))
    Console(soft_wrap=True).print(table)
    typer.echo("; ".join(f"{name} {value:g}" for name, value in measures(judged).items()))
