"""The conversation store: LangGraph's SQLite checkpointer, strict about types and without old copies."""

import sqlite3
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import aiosqlite
import psycopg
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

from policies.errors import Unavailable

# What a checkpointer of either kind raises inside a turn when its store cannot be used.
STORE_ERRORS = (sqlite3.Error, psycopg.Error)
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
            saver = ConversationSaver(connection, serde=JsonPlusSerializer(allowed_msgpack_modules=None))
            await saver.setup()
            yield saver
    except sqlite3.OperationalError as error:
        raise Unavailable(f"The conversation store {path} cannot be used: {error}.") from error
