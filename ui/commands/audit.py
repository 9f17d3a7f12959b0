"""`aisle audit`: the log of everything that touched an order."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import typer
from shop.books import GateBooks, open_books

from assistant.settings import Settings
from assistant.wiring import book_settings
from ui.commands.running import Failed, run

app = typer.Typer(help="Check and export the audit log.", no_args_is_help=True, rich_markup_mode=None)


@asynccontextmanager
async def _books(settings: Settings) -> AsyncIterator[GateBooks]:
    """Open the books of a home that has some; reading them disturbs no running server."""
    if settings.database_url is None and not (settings.home_path / "books.sqlite").exists():
        raise Failed(f"There are no books in {settings.home_path}. Start the shop once with: aisle serve")
    books = await open_books(book_settings(settings), role="gate")
    try:
        yield books
    finally:
        await books.aclose()


@app.command()
def verify() -> None:
    """Read the whole log and say whether anything in it was changed, added or removed.

    Ends with exit code 1 when something was.
    """

    async def work(settings: Settings) -> None:
        async with _books(settings) as books:
            report = await books.audit.verify()
        if not report.ok:
            raise Failed(
                f"The log is not whole: row {report.first_bad}: {report.problem}. "
                "Keep the home as it is and compare it with a backup."
            )
        typer.echo(f"The log is whole: {report.rows:,} rows.")

    run(work)


@app.command()
def export() -> None:
    """Write the log to standard output, one JSON object per row.

    Example:
        aisle audit export > audit.jsonl
    """

    async def work(settings: Settings) -> None:
        async with _books(settings) as books:
            async for row in books.audit.export():
                typer.echo(json.dumps(row, ensure_ascii=False, default=str))

    run(work)
