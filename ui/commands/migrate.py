"""`aisle migrate`: brings the books to the schema of this version."""

import typer

from assistant.home import prepare_home
from assistant.settings import Settings
from shop.books import migrate as migrate_books
from ui.commands.running import Failed, run
from ui.home_server import running_server


def migrate() -> None:
    """Bring the shop's books to the schema of this version.

    Serving does this by itself; run it alone to see it done before a start. Copy the home first.
    """

    async def work(settings: Settings) -> None:
        note = await running_server(settings.home_path)
        if note is not None:
            raise Failed(f"A server of this home is running (process {note.pid}). Stop it first, then migrate.")
        prepare_home(settings.home_path)
        revision = await migrate_books(settings.books_url)
        typer.echo(f"The books have schema {revision}.")

    run(work)
