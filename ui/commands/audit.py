"""`aisle audit`: the log of everything that touched an order."""

import asyncio
import json
import sys
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from assistant.home import secret_file
from assistant.settings import Settings
from policies.limits import load_policy
from shop.audit import AuditLog, AuditReader
from shop.audit_anchor import Anchor
from shop.audit_export import AuditExport, verify_export
from shop.db import Database, DatabaseSettings
from shop.sponsored import logged
from ui.commands.running import Failed, run

app = typer.Typer(help="Check and export the audit log.", no_args_is_help=True, rich_markup_mode=None)


def _log_of(settings: Settings) -> AuditLog | None:
    key = settings.home_path / "pseudonym.key"
    return AuditLog(secret_file(key), load_policy(settings.policy).digest) if key.exists() else None


@asynccontextmanager
async def _books(settings: Settings) -> AsyncGenerator[tuple[Database, AuditLog]]:
    """Open the log of a home that has one; reading it disturbs no running server."""
    log = _log_of(settings)
    if log is None:
        raise Failed(f"There is no log in {settings.home_path}. Start the shop once with: aisle serve")
    database = Database(DatabaseSettings(settings.books_url), asyncio.Lock())
    try:
        yield database, log
    finally:
        await database.aclose()


@app.command()
def verify(
    file: Annotated[Path | None, typer.Option(help="Read an export instead of the books.", exists=True)] = None,
    anchor: Annotated[Path | None, typer.Option(help="Compare with this anchor; default: AISLE_AUDIT_ANCHOR.")] = None,
) -> None:
    """Read the whole log and say whether anything in it was changed, added or removed.

    Ends with exit code 1 when something was, and names the first row that is not as it was written.

    Example:
        aisle audit verify --anchor /mnt/worm/aisle.anchor
        aisle audit verify --file audit.jsonl
    """

    async def work(settings: Settings) -> None:
        if file is None:
            async with _books(settings) as (database, log):
                report = await AuditReader(database, log).verify(_known(settings, anchor, log))
        else:
            log = _log_of(settings)
            with file.open(encoding="utf-8", errors="replace") as lines:
                report = verify_export(lines, log, _known(settings, anchor, log))
        if not report.ok:
            raise Failed(
                f"The log is not whole: row {report.first_bad}: {report.problem}. "
                "Keep the home as it is and compare it with a backup."
            )
        typer.echo(f"The log is whole: {report.rows:,} rows.")
        if log is None:
            typer.echo("Its seal was not checked: that takes the home's pseudonym.key.", err=True)

    run(work)


@app.command()
def export(
    out: Annotated[Path | None, typer.Option(help="File to write; default: standard output.")] = None,
    since: Annotated[str | None, typer.Option(help="Begin at this row number, date or time (UTC).")] = None,
) -> None:
    """Write the log as lines of JSON that `aisle audit verify --file` can check without the books.

    Example:
        aisle audit export --out audit.jsonl
        aisle audit export --since 2026-11-01 > november.jsonl
    """

    async def work(settings: Settings) -> None:
        async with _books(settings) as (database, _):
            lines = AuditExport(database).lines(_since(since))
            if out is None:
                async for line in lines:
                    sys.stdout.write(line + "\n")
                return
            with out.open("w", encoding="utf-8") as file:
                async for line in lines:
                    file.write(line + "\n")
        typer.echo(f"Wrote {out}.")

    run(work)


@app.command()
def sponsored() -> None:
    """Write every paid place that was shown as a line of JSON, with its fit and what made way for it.

    Example:
        aisle audit sponsored
    """

    async def work(settings: Settings) -> None:
        async with _books(settings) as (database, _):
            for row in await logged(database):
                typer.echo(json.dumps(row, default=str))

    run(work)


def _known(settings: Settings, anchor: Path | None, log: AuditLog | None) -> Mapping[int, str]:
    path = anchor or settings.anchor_path
    if path is None:
        return {}
    if log is None:
        raise Failed("An anchor is checked with the home's pseudonym.key, and there is none.")
    if not path.exists():
        raise Failed(f"There is no anchor at {path}. Name the file that AISLE_AUDIT_ANCHOR names.")
    return Anchor(path, log).known()


def _since(text: str | None) -> int | datetime:
    if text is None:
        return 1
    if text.isdecimal():
        return int(text)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise Failed(f"{text} is neither a row number nor a date. Write e.g. 2026-11-01 or 1200.") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
