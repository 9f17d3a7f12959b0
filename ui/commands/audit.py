"""`aisle audit`: the log of everything that touched an order."""

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import typer

from assistant.home import secret_file
from assistant.settings import Settings
from policies.limits import load_policy
from shop.audit import AuditLog, AuditReader
from shop.db import Database, DatabaseSettings
from ui.commands.running import Failed, run

app = typer.Typer(help="Check and export the audit log.", no_args_is_help=True, rich_markup_mode=None)


@asynccontextmanager
async def _log(settings: Settings) -> AsyncGenerator[AuditReader]:
    """Open the log of a home that has one; reading it disturbs no running server."""
    key = settings.home_path / "pseudonym.key"
    if not key.exists():
        raise Failed(f"There is no log in {settings.home_path}. Start the shop once with: aisle serve")
    database = Database(DatabaseSettings(settings.books_url), asyncio.Lock())
    try:
        yield AuditReader(database, AuditLog(secret_file(key), load_policy(settings.policy).digest))
    finally:
        await database.aclose()


@app.command()
def verify() -> None:
    """Read the whole log and say whether anything in it was changed, added or removed.

    Ends with exit code 1 when something was.
    """

    async def work(settings: Settings) -> None:
        async with _log(settings) as log:
            report = await log.verify()
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
        async with _log(settings) as log:
            async for row in log.export():
                typer.echo(json.dumps(row, ensure_ascii=False, default=str))

    run(work)
