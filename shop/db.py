"""Opens the books' database and hands out transactions; the only place that knows which database it is."""

import asyncio
import sqlite3
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any, Literal

import aiosqlite
from sqlalchemy import event
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from policies.errors import SettingsError, Unavailable

_WRITES = "aisle_writes"
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
_WRITING_ACTIONS = frozenset({sqlite3.SQLITE_INSERT, sqlite3.SQLITE_UPDATE, sqlite3.SQLITE_DELETE})


@dataclass(frozen=True, slots=True)
class DatabaseSettings:
    """How to open a database.

    Args:
        url: SQLAlchemy URL, e.g. "sqlite+aiosqlite:////var/lib/aisle/books.sqlite".
        synchronous: FULL survives a power cut at every commit; NORMAL may lose the last commits, never order.
        busy_timeout_ms: How long a write waits for another process.
        max_pages: SQLite only: the file may not grow beyond this many pages of 4 KiB; None is no limit.
        sealed_tables: SQLite only: tables this connection may read but never write.
    """

    url: str
    synchronous: Literal["FULL", "NORMAL"] = "FULL"
    busy_timeout_ms: int = 5_000
    max_pages: int | None = None
    sealed_tables: frozenset[str] = frozenset()


class Database:
    """One engine and its transactions. Writers of one process queue on `turnstile`, so they never spin on the file."""

    def __init__(self, settings: DatabaseSettings, turnstile: asyncio.Lock) -> None:
        self._engine = _engine(settings)
        self._turnstile = turnstile

    @asynccontextmanager
    async def reading(self) -> AsyncGenerator[AsyncConnection]:
        """Give a connection whose reads see one moment of the books.

        Raises:
            Unavailable: The store can't be read.
        """
        with _store_errors():
            async with self._engine.connect() as connection, connection.begin():
                yield connection

    @asynccontextmanager
    async def writing(self) -> AsyncGenerator[AsyncConnection]:
        """Give a connection that holds the write lock from its first statement; commits at the end, or nothing.

        Raises:
            Unavailable: The store can't be written (full, read-only, locked, failing); nothing was changed.
        """
        with _store_errors():
            async with self._turnstile, self._engine.connect() as connection:
                await connection.execution_options(**{_WRITES: True})
                async with connection.begin():
                    yield connection

    async def aclose(self) -> None:
        """Close all connections."""
        await self._engine.dispose()


def is_sqlite(url: str) -> bool:
    """Say whether `url` names an SQLite file."""
    return make_url(url).get_backend_name() == "sqlite"


@contextmanager
def _store_errors() -> Generator[None]:
    try:
        yield
    except PoolTimeout as error:
        raise Unavailable("The books are busy: no connection became free.") from error
    except DBAPIError as error:
        if not _cannot_now(error):
            raise
        raise Unavailable(f"The books can't be asked: {error.orig}.") from error


def _cannot_now(error: DBAPIError) -> bool:
    code: object = getattr(error.orig, "sqlite_errorcode", None)
    if isinstance(code, int):
        return code & 0xFF in _CANNOT_NOW
    return error.connection_invalidated or isinstance(error, OperationalError)


def _engine(settings: DatabaseSettings) -> AsyncEngine:
    if not is_sqlite(settings.url):
        raise SettingsError("The books are kept in SQLite; give a sqlite+aiosqlite:/// database URL.")
    engine = create_async_engine(settings.url, hide_parameters=True, pool_size=4, max_overflow=12, pool_timeout=15)

    @event.listens_for(engine.sync_engine, "connect")
    def _prepare(connection: Any, _record: object) -> None:
        _prepare_sqlite(connection, settings)

    @event.listens_for(engine.sync_engine, "begin")
    def _begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get(_WRITES, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    # The engine's event registry keeps them; naming them here tells the checker so.
    del _prepare, _begin
    return engine


def _prepare_sqlite(connection: Any, settings: DatabaseSettings) -> None:
    # The driver must not open transactions by itself: BEGIN IMMEDIATE above is the only one.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={settings.busy_timeout_ms:d}")
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute(f"PRAGMA synchronous={settings.synchronous}")
    cursor.execute("PRAGMA foreign_keys=ON")
    if settings.max_pages is not None:
        cursor.execute(f"PRAGMA max_page_count={settings.max_pages:d}")
    cursor.close()
    if settings.sealed_tables:
        authorizer = _authorizer(settings.sealed_tables)

        def install(raw: aiosqlite.Connection) -> Awaitable[None]:
            return raw.set_authorizer(authorizer)

        connection.run_async(install)


def _authorizer(sealed: frozenset[str]) -> Callable[..., int]:
    def allow(action: int, table: str | None, *_rest: object) -> int:
        denied = action in _WRITING_ACTIONS and table in sealed
        return sqlite3.SQLITE_DENY if denied else sqlite3.SQLITE_OK

    return allow
