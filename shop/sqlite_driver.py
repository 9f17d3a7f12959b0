"""SQLite for SQLAlchemy's async engine: on the event loop, but for what may wait for other processes or the disk."""

import asyncio
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Any

from sqlalchemy import AsyncAdaptedQueuePool
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.engine import URL, Dialect
from sqlalchemy.engine.characteristics import ConnectionCharacteristic
from sqlalchemy.util import await_only

DRIVER = "onloop"
WRITES = "aisle_writes"  # an execution option of a connection: its next transaction writes


class LoopCursor(sqlite3.Cursor):
    """A cursor as SQLAlchemy's async engine wants it: all rows are in memory once a statement has run."""

    _rows: Iterator[Any] = iter(())

    def execute(self, sql: str, parameters: Any = (), /) -> "LoopCursor":
        """Run a statement and fetch its rows, so that none is left open in the file."""
        super().execute(sql, parameters)
        self._rows = iter(super().fetchall())
        return self

    def fetchone(self) -> Any:
        """Return the next row, or None."""
        return next(self._rows, None)

    def fetchmany(self, size: int | None = 1) -> list[Any]:
        """Return up to `size` rows."""
        return list(islice(self._rows, size))

    def fetchall(self) -> list[Any]:
        """Return the rows that are left."""
        return list(self._rows)

    async def _async_soft_close(self) -> None:
        return


class LoopConnection(sqlite3.Connection):
    """A connection that knows whether its transaction writes."""

    writes = False

    def cursor(self, factory: Any = LoopCursor) -> Any:
        """Make a cursor."""
        return super().cursor(factory)


class _Writing(ConnectionCharacteristic):
    """Whether a connection's transactions write, until it goes back to the pool.

    An event of the engine would say it, too, but an engine with events asks for listeners four times a statement.
    """

    def reset_characteristic(self, dialect: Dialect, dbapi_conn: Any) -> None:
        dbapi_conn.writes = False

    def set_characteristic(self, dialect: Dialect, dbapi_conn: Any, value: Any) -> None:
        dbapi_conn.writes = value

    def get_characteristic(self, dialect: Dialect, dbapi_conn: Any) -> bool:
        return bool(dbapi_conn.writes)


_CHARACTERISTICS: Mapping[str, Any] = {WRITES: _Writing()}


class LoopDialect(SQLiteDialect_pysqlite):
    """Runs statements where they are asked for: one of ours takes 10 to 50 microseconds, less than a trip to a thread.

    Only `BEGIN IMMEDIATE`, which waits for other processes, and the commit of a write, which waits for the disk, are
    done in a thread. Set the option `WRITES` on a connection before a transaction that writes begins.
    """

    driver = DRIVER
    is_async = True
    supports_statement_cache = True
    connection_characteristics = SQLiteDialect_pysqlite.connection_characteristics.union(_CHARACTERISTICS)

    @classmethod
    def get_pool_class(cls, url: URL) -> type[AsyncAdaptedQueuePool]:
        """Return a pool whose callers wait without holding up the loop."""
        return AsyncAdaptedQueuePool

    def connect(self, *cargs: Any, **cparams: Any) -> Any:
        """Open the file; the driver begins no transaction by itself."""
        given = cparams | {"check_same_thread": False, "isolation_level": None}
        return sqlite3.connect(*cargs, factory=LoopConnection, **given)

    def get_driver_connection(self, connection: Any) -> Any:
        """Return the connection itself."""
        return connection

    def do_begin(self, dbapi_connection: Any) -> None:
        """Begin a transaction; one that writes has the write lock when this returns."""
        raw: LoopConnection = dbapi_connection.dbapi_connection
        if raw.writes:
            await_only(_beside(lambda: raw.execute("BEGIN IMMEDIATE")))
        else:
            raw.execute("BEGIN")

    def do_commit(self, dbapi_connection: Any) -> None:
        """End a transaction; what it wrote is on the disk when this returns."""
        raw: LoopConnection = dbapi_connection.dbapi_connection
        if raw.writes and raw.in_transaction:
            await_only(_beside(raw.commit))
        else:
            raw.commit()

    def do_execute(self, cursor: Any, statement: str, parameters: Any, context: Any = None) -> None:
        """Run one statement."""
        cursor.execute(statement, parameters)
        await_only(_nothing())

    def do_executemany(self, cursor: Any, statement: str, parameters: Any, context: Any = None) -> None:
        """Run one statement for each of `parameters`."""
        cursor.executemany(statement, parameters)
        await_only(_nothing())

    def do_execute_no_params(self, cursor: Any, statement: str, context: Any = None) -> None:
        """Run one statement as it is."""
        cursor.execute(statement)
        await_only(_nothing())


async def _nothing() -> None:
    # SQLAlchemy takes a driver that never awaits for one that would hold up the loop, and refuses it.
    return


async def _beside(run: Callable[[], object]) -> None:
    work = asyncio.get_running_loop().run_in_executor(None, run)
    try:
        await asyncio.shield(work)
    except asyncio.CancelledError:
        # Whoever gives up must not leave the connection to the next one while a thread still begins or commits on it.
        await asyncio.wait([work])
        raise


registry.register(f"sqlite.{DRIVER}", __name__, "LoopDialect")
