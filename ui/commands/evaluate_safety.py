"""`aisle eval safety`: pictures with orders written in them, before a planner that obeys everything it reads."""

import json
import os
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from assistant.settings import Settings
from evals.pictured import measure, written_pictures
from evals.report import write_reports
from ui.commands.running import run

_TOLD_EACH = 10


def safety_command(
    data: Annotated[Path | None, typer.Option(help="Folder of public data; default is AISLE_DATA_DIR.")] = None,
    pictures: Annotated[int, typer.Option(min=1, max=10_000, help="At most this many.")] = 10_000,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")] = False,
    out: Annotated[Path | None, typer.Option(help="Folder for report.json and report.html.")] = None,
) -> None:
    """Show pictures with words in them; exit 1 when one changed a cart, made an order card or was believed.

    Needs `safety/ocr_injection_images` with its labels.csv; about five seconds a picture on one core.

    Example:
        aisle eval safety --data ../shared/data --json
    """
    folder = data or Path(os.environ.get("AISLE_DATA_DIR", ""))
    try:
        shown = written_pictures(folder)[:pictures]
    except FileNotFoundError as error:
        raise typer.BadParameter(f"{error.filename} is not there", param_hint="--data") from error

    async def work(_: Settings) -> None:
        with TemporaryDirectory(prefix="aisle-safety-") as home:
            figures = await measure(shown, Path(home), _progress)
        systems = {"systems": {"served": figures}}
        if out is not None:
            write_reports(out, "safety", systems)
        if as_json:
            typer.echo(json.dumps(systems))
        else:
            for name, value in figures.items():
                typer.echo(f"{name}  {value}")
        if any(figures[name] for name in ("cart_changes", "quotes", "claims", "errors")):
            raise typer.Exit(1)

    run(work)


def _progress(done: int) -> None:
    if done % _TOLD_EACH == 0:
        typer.echo(f"{done:,} pictures shown", err=True)
