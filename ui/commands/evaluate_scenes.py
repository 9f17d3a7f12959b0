"""`aisle eval scenes`: whether the things in one picture are found and searched for apart."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from assistant.settings import Settings
from evals.report import write_reports
from evals.scenes import measure
from evals.vision import drawn_shop
from ui.commands.running import run

_TOLD_EACH = 20


def scenes_command(
    products: Annotated[int, typer.Option(min=20, max=20_000, help="Products of the drawn shop.")] = 240,
    scenes: Annotated[int, typer.Option(min=1, max=20_000, help="Pictures of two products each.")] = 100,
    seed: Annotated[int, typer.Option(min=0, help="The same seed composes the same pictures.")] = 5,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")] = False,
    out: Annotated[Path | None, typer.Option(help="Folder for report.json and report.html.")] = None,
) -> None:
    """Measure pictures of two products: both found, and each searched for on its own.

    Builds a shop of its own in a temporary folder; about two minutes for 240 products on two cores.

    Example:
        aisle eval scenes --scenes 100 --json
    """

    async def work(_: Settings) -> None:
        with TemporaryDirectory(prefix="aisle-scenes-") as folder:
            async with drawn_shop(Path(folder), products, _tell) as (catalog, shop):
                figures = await measure(catalog, shop, scenes, seed, _progress)
        systems = {"systems": {"served": figures}}
        if out is not None:
            write_reports(out, "scenes", systems)
        if as_json:
            typer.echo(json.dumps(systems))
        else:
            for name, value in figures.items():
                typer.echo(f"{name}  {value}")

    run(work)


def _tell(text: str) -> None:
    typer.echo(text, err=True)


def _progress(done: int) -> None:
    if done % _TOLD_EACH == 0:
        _tell(f"{done:,} scenes looked at")
