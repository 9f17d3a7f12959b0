"""The conversation store on PostgreSQL: LangGraph's own checkpointer, as strict about types, as the planner's role."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import psycopg
from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
from psycopg.rows import DictRow, dict_row
from psycopg_pool import AsyncConnectionPool

from policies.errors import Unavailable
from shop.roles import PLANNER

_TABLES = ("checkpoints", "checkpoint_blobs", "checkpoint_writes")
_THREADS = (
    "SELECT thread_id FROM checkpoints UNION SELECT thread_id FROM checkpoint_writes "
    "UNION SELECT thread_id FROM checkpoint_blobs"
)
# One server at a time makes the tables; the others ask again instead of waiting inside the database, because an index
# that is built concurrently waits for everybody who waits there.
_TURN = 0x41_49_53_4C
_ASK_AGAIN_S = 0.2
_PATIENCE_S = 30
_CONNECT_S = 5
_OPTIONS = f"-c role={PLANNER} -c statement_timeout=15000 -c lock_timeout=5000"

Pool = AsyncConnectionPool[psycopg.AsyncConnection[DictRow]]


class PostgresConversationSaver(AsyncPostgresSaver):
    """Adds what is needed to keep nothing for ever."""

    async def athreads(self) -> list[str]:
        """Return the ids of all conversations of which something is remembered."""
        async with self._cursor() as cursor:
            await cursor.execute(_THREADS)
            return [str(row["thread_id"]) for row in await cursor.fetchall()]

    async def ascrub(self) -> None:
        """Leave the server's own files to the server: its vacuum and its log are the operator's."""


@asynccontextmanager
async def open_postgres_saver(url: str, planner_url: str | None = None) -> AsyncGenerator[PostgresConversationSaver]:
    """Open the conversation store beside the books; only LangChain messages and plain JSON can be read back from it.

    Args:
        url: Of the books, whose user makes the tables; `shop.books.migrate` made the planner's role.
        planner_url: The same database for the planner's own user; without it that role is put on.

    Raises:
        Unavailable: The server cannot be asked.
    """
    try:
        await _prepare(_plain(url))
        async with _pool(_plain(planner_url or url)) as pool:
            yield PostgresConversationSaver(pool, serde=JsonPlusSerializer(allowed_msgpack_modules=None))
    except psycopg.Error as error:
        raise Unavailable(f"The conversation store cannot be used: {error}.") from error


def _plain(url: str) -> str:
    # SQLAlchemy names a driver in the scheme; libpq knows none.
    return f"postgresql://{url.partition('://')[2]}"


@asynccontextmanager
async def _pool(url: str) -> AsyncGenerator[Pool]:
    given = {"autocommit": True, "prepare_threshold": 0, "row_factory": dict_row, "options": _OPTIONS}
    pool: Pool = AsyncConnectionPool(url, min_size=1, max_size=4, kwargs=given, open=False, timeout=_CONNECT_S)
    async with pool:
        await pool.wait(_CONNECT_S)
        yield pool


async def _prepare(url: str) -> None:
    connecting = psycopg.AsyncConnection[DictRow].connect(
        url, autocommit=True, prepare_threshold=0, row_factory=dict_row, connect_timeout=_CONNECT_S
    )
    async with await connecting as connection, asyncio.timeout(_PATIENCE_S):
        while not await _turn(connection):  # noqa: ASYNC110  # Nothing tells us when another process is done.
            await asyncio.sleep(_ASK_AGAIN_S)
        await AsyncPostgresSaver(connection).setup()
        for name in _TABLES:
            await connection.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {name} TO {PLANNER}".encode())


async def _turn(connection: psycopg.AsyncConnection[DictRow]) -> bool:
    row = await (await connection.execute("SELECT pg_try_advisory_lock(%s) AS mine", (_TURN,))).fetchone()
    return row is not None and bool(row["mine"])
