"""`aisle events`: what shoppers did elsewhere, brought along to learn from."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Annotated

import typer

from assistant.home import prepare_home
from assistant.settings import Settings
from assistant.wiring import book_settings
from policies.limits import load_policy
from shop.books import migrate, open_books
from shop.event_files import BadRow, Brought, read_events
from ui.commands.running import run

_BATCH = 500
_TOLD = 20

app = typer.Typer(help="What shoppers did with products, to learn from.", no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def events() -> None:
    """What shoppers did with products, to learn from."""


@app.command("import")
def import_events(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="CSV, or UBI as JSON lines; .gz too.")],
) -> None:
    """Bring events of the past along: views, clicks, purchases. Only of people who allowed the shop to learn from them.

    A CSV file has a heading with the shopper, the product and the time, and may have kind, position and slate (what was
    shown together); without a kind, rows are purchases. Rows that can't be read are told and left out. The same file
    again changes nothing. Shoppers are named as the storefront's sign-in names them, so that erasing them finds these.

    Example:
        aisle events import orders.csv
    """

    async def work(settings: Settings) -> None:
        prepare_home(settings.home_path)
        await migrate(settings.books_url)
        books = await open_books(book_settings(settings, load_policy(settings.policy)), role="gate")
        bad: list[BadRow] = []
        new = read = 0
        try:
            good = _good(file, bad)
            while batch := list(islice(good, _BATCH)):
                new += await books.learning.bring([(each.who, each.at, each.event) for each in batch])
                read += len(batch)
        finally:
            await books.aclose()
        for row in bad[:_TOLD]:
            typer.echo(f"line {row.line}: {row.field} {row.why}", err=True)
        if len(bad) > _TOLD:
            typer.echo(f"and {len(bad) - _TOLD:,} rows more", err=True)
        typer.echo(f"{read:,} events read, {new:,} of them new; {len(bad):,} rows left out.")

    run(work)


def _good(file: Path, bad: list[BadRow]) -> Iterator[Brought]:
    for row in read_events(file):
        if isinstance(row, BadRow):
            bad.append(row)
        else:
            yield row
