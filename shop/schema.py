"""Brings a database to the schema this version knows, and refuses one it does not know."""

import asyncio
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy.engine import Connection

from policies.errors import SettingsError
from shop import roles
from shop.db import Database, DatabaseSettings
from shop.privacy_tables import metadata

_SCRIPTS = Path(__file__).with_name("migrations")
HEAD = "head"


async def migrate(database_url: str, revision: str = HEAD) -> str:
    """Upgrade the database at `database_url`; all steps or none. Returns the revision it has then.

    On PostgreSQL the planner's role and its rights are set right, too.

    Raises:
        SettingsError: The database was written by a newer version, its folder can't be written, or its user may not
            make the planner's role.
        Unavailable: The store can't be written.
    """
    database = Database(DatabaseSettings(database_url, statement_timeout_ms=0), asyncio.Lock())
    try:
        async with database.writing() as connection:
            return await connection.run_sync(_upgrade, revision)
    finally:
        await database.aclose()


async def revision_of(database_url: str) -> str | None:
    """Return the revision of the database at `database_url`, None when it was never migrated; changes nothing.

    Raises:
        SettingsError: The URL is wrong, or the database was written by a newer version.
        Unavailable: The store can't be read.
    """
    database = Database(DatabaseSettings(database_url), asyncio.Lock())
    try:
        async with database.reading() as connection:
            return await connection.run_sync(_current)
    finally:
        await database.aclose()


async def require_current(database: Database) -> None:
    """Raise SettingsError unless the schema is the one this version knows, and sealed from the planner who asks."""
    async with database.reading() as connection:
        current = await connection.run_sync(_current)
        if not database.on_sqlite:
            await roles.require_sealed(connection)
    if current != _script().get_current_head():
        raise SettingsError(f"The books have schema {current or 'none'}, not the one needed; run `aisle migrate`.")


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    # Alembic reads this value through ConfigParser, where % is special.
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _script() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())


def _upgrade(connection: Connection, revision: str) -> str:
    current = _current(connection)
    command.upgrade(_config(connection), revision)
    if connection.dialect.name == "postgresql":
        roles.prepare(connection, metadata.tables)
    return _current(connection) or current or ""


def _current(connection: Connection) -> str | None:
    current = MigrationContext.configure(connection).get_current_revision()
    if current is None:
        return None
    try:
        _script().get_revision(current)
    except CommandError as error:
        raise SettingsError(
            f"The books have schema {current}, which this version of Aisle does not know; install the newer version."
        ) from error
    return current
