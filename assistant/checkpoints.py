"""The conversation store: LangGraph's SQLite checkpointer, strict about types and without old copies."""

import sqlite3
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Protocol

import aiosqlite
import psycopg
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

from policies.errors import Unavailable

# What a checkpointer of either kind raises inside a turn when its store cannot be used.
STORE_ERRORS = (sqlite3.Error, psycopg.Error)
_THREADS = "SELECT thread_id FROM checkpoints UNION SELECT thread_id FROM writes"
_OLDER = """(thread_id = ? AND checkpoint_id < (SELECT max(checkpoint_id) FROM checkpoints WHERE thread_id = ?))"""


class ConversationSaver(AsyncSqliteSaver):
    """Adds the pruning that the SQLite checkpointer leaves to its subclasses.

    Every checkpoint holds the whole conversation, so keeping all of them grows with the square of its length.
    """

    async def aprune(self, thread_ids: Sequence[str], *, strategy: str = "keep_latest") -> None:
        """Delete all checkpoints but the latest ("keep_latest") or every one ("delete") of each thread."""
        for thread_id in thread_ids:
            if strategy == "delete":
                await self.adelete_thread(thread_id)
                continue
            async with self.lock:
                for table in ("writes", "checkpoints"):
                    await self.conn.execute(f"DELETE FROM {table} WHERE {_OLDER}", (thread_id, thread_id))
                await self.conn.commit()

    async def athreads(self) -> list[str]:
        """Return the ids of all conversations of which something is remembered."""
        async with self.lock, self.conn.execute(_THREADS) as found:
            return [str(row[0]) for row in await found.fetchall()]

    async def ascrub(self) -> None:
        """Write the file anew, so that what was deleted is in none of its bytes, nor in the log beside it."""
        async with self.lock:
            await (await self.conn.execute("VACUUM")).close()
            async with self.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)") as found:
                told = await found.fetchone()
        if told is not None and told[0]:
            raise Unavailable("The conversation store's log is in use and can't be emptied now.")


class ForgettingSaver(Protocol):
    """What a store of conversations can do beyond LangGraph's own, so that it keeps nothing for ever."""

    async def adelete_thread(self, thread_id: str) -> None:
        """Forget one conversation."""
        ...

    async def athreads(self) -> list[str]:
        """Return the ids of all conversations of which something is remembered."""
        ...

    async def ascrub(self) -> None:
        """Make sure that what was deleted is in no byte of the store, as far as that is in our hands."""
        ...


@asynccontextmanager
async def open_saver(path: Path) -> AsyncGenerator[ConversationSaver]:
    """Open the conversation store; only LangChain messages and plain JSON can be read back from it.

    Raises:
        Unavailable: The file cannot be opened or written.
    """
    try:
        async with aiosqlite.connect(path) as connection:
            await connection.execute("PRAGMA busy_timeout = 5000")
            await connection.execute("PRAGMA synchronous = NORMAL")
            await connection.execute("PRAGMA secure_delete = ON")
            saver = ConversationSaver(connection, serde=JsonPlusSerializer(allowed_msgpack_modules=None))
            await saver.setup()
            yield saver
    except sqlite3.OperationalError as error:
        raise Unavailable(f"The conversation store {path} cannot be used: {error}.") from error
