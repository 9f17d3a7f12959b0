"""How to open a database, whichever it is."""

from dataclasses import dataclass
from typing import Literal

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from policies.errors import SettingsError
from shop.sqlite_driver import DRIVER


@dataclass(frozen=True, slots=True)
class DatabaseSettings:
    """How to open a database.

    Args:
        url: SQLAlchemy URL, e.g. "sqlite:////var/lib/aisle/books.sqlite" or "postgresql://shop@db/aisle".
        synchronous: FULL survives a power cut at every commit; NORMAL may lose the last commits, never order.
        busy_timeout_ms: How long a write waits for others.
        statement_timeout_ms: PostgreSQL only: how long one statement may take, waiting included; 0 is no limit.
        max_pages: SQLite only: the file may not grow beyond this many pages of 4 KiB; None is no limit.
        planner: This connection may read the sealed tables of `shop.roles` but never write them.
        schema: PostgreSQL only: where tables without a schema are looked for; None is the server's own setting.
    """

    url: str
    synchronous: Literal["FULL", "NORMAL"] = "FULL"
    busy_timeout_ms: int = 5_000
    statement_timeout_ms: int = 15_000
    max_pages: int | None = None
    planner: bool = False
    schema: str | None = None


def is_sqlite(url: str) -> bool:
    """Say whether `url` names an SQLite file."""
    return parsed(url).get_backend_name() == "sqlite"


def parsed(url: str) -> URL:
    """Read a database URL and name the driver we use.

    Raises:
        SettingsError: It is no URL, or of a database that can't keep the books. It is never quoted: it may hold a
            password.
    """
    try:
        read = make_url(url)
    except ArgumentError as error:
        raise SettingsError(
            "The database URL can't be read; write postgresql://user:password@host/database."
        ) from error
    drivers = {"sqlite": f"sqlite+{DRIVER}", "postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg"}
    driver = drivers.get(read.drivername.partition("+")[0])
    if driver is None:
        raise SettingsError("The books are kept in PostgreSQL or SQLite; give a postgresql:// database URL, or none.")
    return read.set(drivername=driver)
