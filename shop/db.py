"""Opens the books' database, SQLite or PostgreSQL, and hands out transactions that promise the same on both."""

import asyncio
from collections.abc import AsyncGenerator, Generator, Sequence
from contextlib import asynccontextmanager, contextmanager

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection

from policies.errors import Unavailable
from shop import postgres, sqlite
from shop.sqlite_driver import WRITES
from shop.store import DatabaseSettings, is_sqlite

__all__ = ["Database", "DatabaseSettings", "is_sqlite", "keep_others_out"]


class Database:
    """One engine and its transactions. On SQLite, writers of one process queue on `turnstile`, not on the file."""

    def __init__(self, settings: DatabaseSettings, turnstile: asyncio.Lock) -> None:
        self.on_sqlite = is_sqlite(settings.url)
        self._engine = (sqlite if self.on_sqlite else postgres).open_engine(settings)
        self._reading = self._engine if self.on_sqlite else postgres.reading_engine(self._engine)
        self._cannot_now = (sqlite if self.on_sqlite else postgres).cannot_now
        self._turnstile = turnstile

    @asynccontextmanager
    async def reading(self) -> AsyncGenerator[AsyncConnection]:
        """Give a connection whose reads see one moment of the books.

        Raises:
            Unavailable: The store can't be read.
        """
        with self._store_errors():
            async with self._reading.connect() as connection, connection.begin():
                yield connection

    @asynccontextmanager
    async def writing(self, owner: str = "") -> AsyncGenerator[AsyncConnection]:
        """Give a connection that no other writer works beside; commits at the end, or nothing.

        Args:
            owner: Whose rows are written, e.g. a shopper's subject: on PostgreSQL only writers of the same owner, and
                those without one, are kept out. SQLite has one writer at a time anyway. Rows that several owners
                write (offers, the audit log) are locked besides, offers before the audit log.

        Raises:
            Unavailable: The store can't be written (full, read-only, locked, failing); nothing was changed. When the
                server is lost at the very commit, it may have been made: asking again tells.
        """
        with self._store_errors():
            if self.on_sqlite:
                async with self._turnstile, self._engine.connect() as connection:
                    await connection.execution_options(**{WRITES: True})
                    async with connection.begin():
                        yield connection
            else:
                async with self._engine.connect() as connection, connection.begin():
                    await postgres.wait_turn(connection, owner)
                    yield connection

    async def scrub(self, tables: Sequence[str]) -> None:
        """Leave no byte of what was deleted: on SQLite in the file or its log, on PostgreSQL in rows of `tables`.

        Raises:
            Unavailable: The store can't be written now.
        """
        with self._store_errors():
            async with self._turnstile, self._engine.connect() as connection:
                await (sqlite.scrub(connection) if self.on_sqlite else postgres.scrub(connection, tables))

    async def aclose(self) -> None:
        """Close all connections."""
        await self._engine.dispose()

    @contextmanager
    def _store_errors(self) -> Generator[None]:
        try:
            yield
        except PoolTimeout as error:
            raise Unavailable("The books are busy: no connection became free.") from error
        except DBAPIError as error:
            _without_values(error)
            if not self._cannot_now(error):
                raise
            raise Unavailable(f"The books can't be asked: {error.orig}.") from error


async def keep_others_out(connection: AsyncConnection, name: str) -> None:
    """Within a write, wait until no other writer holds `name`; on SQLite there is no other writer."""
    if connection.dialect.name == "postgresql":
        await postgres.wait_turn(connection, name)


def _without_values(error: DBAPIError) -> None:
    # PostgreSQL's second line quotes the values that broke a rule: personal ones have no place in a log.
    for one in (error, error.orig):
        if one is not None and one.args:
            one.args = (str(one.args[0]).partition("\n")[0], *one.args[1:])
