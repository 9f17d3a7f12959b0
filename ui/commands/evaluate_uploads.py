"""`aisle eval uploads`: hostile files are handled within bounds, and photos have their first cards soon."""

import json
from pathlib import Path
from typing import Annotated

import typer

from assistant.settings import Settings
from evals.report import write_reports
from evals.uploads import first_cards, hostile
from ui.client import connect
from ui.commands.running import first_fill, run
from ui.home_server import server_of

_TOLD_EACH = 10


def uploads_command(
    photos: Annotated[int, typer.Option(min=0, max=100_000, help="Photos to send; 0 for hostile files only.")] = 40,
    seed: Annotated[int, typer.Option(min=0, help="The same seed takes the same photos.")] = 5,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")] = False,
    out: Annotated[Path | None, typer.Option(help="Folder for report.json and report.html.")] = None,
) -> None:
    """Clean every hostile file and count what was not handled; then time photos from upload to first cards.

    The second half talks to the running server of this home, or opens the shop for as long as it takes; its pictures
    should have been looked at. Exit 1 where a file was not handled as it must be or something was left behind.

    Example:
        aisle eval uploads --photos 100 --json
    """

    async def work(settings: Settings) -> None:
        cleaned = await hostile()
        systems: dict[str, dict[str, float | int]] = {"cleaner": cleaned}
        if photos:
            async with server_of(settings, first_fill) as note, connect(note.url) as http:
                systems["served"] = await first_cards(http, photos, seed, _tell)
        if out is not None:
            write_reports(out, "uploads", {"systems": systems})
        typer.echo(json.dumps({"systems": systems}, indent=None if as_json else 2))
        if cleaned["handled"] < cleaned["cases"] or cleaned["files_left"]:
            raise typer.Exit(1)

    run(work)


def _tell(done: int) -> None:
    if done % _TOLD_EACH == 0:
        typer.echo(f"{done:,} photos sent", err=True)
