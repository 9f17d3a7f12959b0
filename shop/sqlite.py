"""The books in a SQLite file: one writer at a time, taken before the first statement."""

import asyncio
import sqlite3
from collections.abc import Mapping
from typing import Any

from sqlalchemy import event
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from policies.errors import Unavailable
from shop.roles import MAY_WRITE
from shop.roles import WRITES as WRITE_RIGHTS
from shop.sqlite_driver import LoopConnection
from shop.store import DatabaseSettings, parsed

# Primary result codes that say the store can't do it now; SQLITE_ERROR (wrong SQL) and constraint codes are bugs.
_CANNOT_NOW = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_INTERRUPT,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PROTOCOL,
        sqlite3.SQLITE_NOTADB,
    }
)
_ACTIONS = {"INSERT": sqlite3.SQLITE_INSERT, "UPDATE": sqlite3.SQLITE_UPDATE, "DELETE": sqlite3.SQLITE_DELETE}
# What a planner's connection may not do, by table.
_DENIED: Mapping[str, frozenset[int]] = {
    name: frozenset(_ACTIONS[right] for right in WRITE_RIGHTS - may) for name, may in MAY_WRITE.items()
}


def open_engine(settings: DatabaseSettings) -> AsyncEngine:
    """Return an engine on the file; nothing is opened yet."""
    engine = create_async_engine(
        parsed(settings.url), hide_parameters=True, pool_size=4, max_overflow=12, pool_timeout=15
    )

    @event.listens_for(engine.sync_engine, "connect")
    def _prepare(connection: LoopConnection, _record: object) -> None:
        _prepare_connection(connection, settings)

    # The engine's event registry keeps it; naming it here tells the checker so.
    del _prepare
    return engine


async def scrub(connection: AsyncConnection) -> None:
    """Write the file anew without what was deleted, and empty its log; other writers wait.

    Raises:
        Unavailable: The disk is full, or somebody has been reading for too long; what was deleted may still be there.
    """
    raw: Any = (await connection.get_raw_connection()).driver_connection
    # The driver itself: SQLAlchemy would begin a transaction, in which neither can be done.
    try:
        await asyncio.to_thread(raw.execute, "VACUUM")
        emptied = await asyncio.to_thread(raw.execute, "PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.OperationalError as error:
        raise Unavailable(f"The books can't be written anew: {error}.") from error
    if emptied.fetchone()[0]:
        raise Unavailable("The books' log is in use and can't be emptied now.")


def cannot_now(error: DBAPIError) -> bool:
    """Say whether the file can't be read or written now, as opposed to a wrong statement."""
    code: object = getattr(error.orig, "sqlite_errorcode", None)
    if isinstance(code, int):
        return code & 0xFF in _CANNOT_NOW
    return isinstance(error, OperationalError)


def _prepare_connection(connection: LoopConnection, settings: DatabaseSettings) -> None:
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={settings.busy_timeout_ms:d}")
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute(f"PRAGMA synchronous={settings.synchronous}")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute("PRAGMA secure_delete=ON")
    if settings.max_pages is not None:
        cursor.execute(f"PRAGMA max_page_count={settings.max_pages:d}")
    cursor.close()
    if settings.planner:
        connection.set_authorizer(_authorise)


def _authorise(action: int, table: str | None, *_rest: object) -> int:
    denied = action in _DENIED.get(table or "", frozenset())
    return sqlite3.SQLITE_DENY if denied else sqlite3.SQLITE_OK
