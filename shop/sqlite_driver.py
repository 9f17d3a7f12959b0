"""An aiosqlite connection that leaves the event loop only where SQLite may wait: for the write lock and the disk."""

import sqlite3
from collections.abc import Iterable
from functools import partial
from typing import Any

import aiosqlite
from aiosqlite.context import contextmanager

# What may wait for a lock or for the disk. One statement of ours takes 10 to 50 microseconds, a trip to another
# thread and back 60 and more, of which the loop pays most: going there for each makes everybody wait longer.
_AT_ONCE = ("SELECT", "INSERT", "UPDATE", "DELETE")
TAKE_WRITE_LOCK = "BEGIN IMMEDIATE"
READ_ONLY = "BEGIN"


class LoopConnection(aiosqlite.Connection):
    """Runs statements at once; takes the write lock and commits in its thread, which never outlives the process.

    A transaction is begun by `READ_ONLY` or `TAKE_WRITE_LOCK`; in the first one nothing is written.
    """

    def __init__(self, path: str) -> None:
        # Used from the loop and from its thread, one call at a time: the driver's own check is too strict.
        super().__init__(lambda: sqlite3.connect(path, check_same_thread=False), iter_chunk_size=64)
        self._thread.daemon = True
        self.writes = False

    @contextmanager
    async def cursor(self) -> aiosqlite.Cursor:
        """Make a cursor."""
        return _LoopCursor(self, self._conn.cursor())

    async def commit(self) -> None:
        """End the transaction; what was written is on disk when this returns."""
        if self.writes:
            await super().commit()
        else:
            self._conn.commit()

    async def rollback(self) -> None:
        """Take back what the transaction wrote."""
        if self.writes:
            await super().rollback()
        else:
            self._conn.rollback()


class _LoopCursor(aiosqlite.Cursor):
    """Holds all rows of its statement, so that nothing stays open in the file."""

    def __init__(self, connection: LoopConnection, cursor: sqlite3.Cursor) -> None:
        super().__init__(connection, cursor)
        self._owner = connection
        self._rows: list[Any] = []

    async def execute(self, sql: str, parameters: Any = None) -> aiosqlite.Cursor:
        if sql == READ_ONLY or sql.startswith(_AT_ONCE):
            self._owner.writes = self._owner.writes and sql != READ_ONLY
            self._run(sql, parameters)
        else:
            await self._execute(partial(self._run, sql, parameters))  # pyright: ignore[reportUnknownMemberType]
            self._owner.writes = True
        return self

    async def executemany(self, sql: str, parameters: Any) -> aiosqlite.Cursor:
        # As many rows as somebody asks for may take a while.
        await self._execute(self._cursor.executemany, sql, parameters)  # pyright: ignore[reportUnknownMemberType]
        return self

    async def fetchall(self) -> Iterable[sqlite3.Row]:
        return self._rows

    async def close(self) -> None:
        self._rows = []

    def _run(self, sql: str, parameters: Any) -> None:
        self._cursor.execute(sql, parameters or ())
        self._rows = self._cursor.fetchall()
