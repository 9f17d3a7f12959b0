"""The books in a PostgreSQL database: writers of the same rows queue, others go on side by side."""

import hashlib
from collections.abc import Sequence
from typing import Any

from psycopg.adapt import AdaptersMap
from psycopg.types.string import StrDumper
from sqlalchemy import event, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from shop.roles import PLANNER
from shop.store import DatabaseSettings, parsed

# Classes of SQLSTATE that say the store can't do it now. Wrong SQL (42), broken rules (23) and rights (42501) are bugs.
_CANNOT_NOW = ("08", "25006", "25P", "28", "3D", "40", "53", "55", "57", "58", "XX")
# A process that hangs in a transaction holds its locks no longer than this, ms.
_IDLE_MS = 30_000
_READING = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}

_ONE_OWNER = text("SELECT pg_advisory_xact_lock_shared(:shop), pg_advisory_xact_lock(:owner)")
_ALONE = text("SELECT pg_advisory_xact_lock(:shop)")


class _TextDumper(StrDumper):
    """Writes what SQLite takes and PostgreSQL does not: a null character becomes U+FFFD, which no id of ours has."""

    def dump(self, obj: str) -> Any:
        return super().dump(obj.replace("\x00", "\ufffd") if "\x00" in obj else obj)


def open_engine(settings: DatabaseSettings) -> AsyncEngine:
    """Return an engine on the server; nothing is opened yet."""
    engine = create_async_engine(
        parsed(settings.url),
        hide_parameters=True,
        pool_size=4,
        max_overflow=4,
        pool_timeout=15,
        pool_recycle=1800,
        # It is asked once for a type we don't use.
        use_native_hstore=False,
    )

    @event.listens_for(engine.sync_engine, "do_connect")
    def _prepare(_dialect: object, _record: object, _args: object, given: dict[str, Any]) -> None:
        given |= _connecting(settings, given)

    del _prepare
    return engine


def reading_engine(engine: AsyncEngine) -> AsyncEngine:
    """Return the engine with the same connections whose transactions see one moment and change nothing."""
    return engine.execution_options(**_READING)


async def wait_turn(connection: AsyncConnection, owner: str) -> None:
    """Wait until no other writer works on what `owner` names, "" for everything; the transaction's end lets go."""
    turn = {"shop": _number("")}
    if owner:
        await connection.execute(_ONE_OWNER, turn | {"owner": _number(owner)})
    else:
        await connection.execute(_ALONE, turn)


async def scrub(connection: AsyncConnection, tables: Sequence[str]) -> None:
    """Let the server take away what was deleted from these tables; its own log and copies are the operator's."""
    await connection.execution_options(isolation_level="AUTOCOMMIT")
    await connection.execute(text(f"VACUUM {', '.join(tables)}"))


def cannot_now(error: DBAPIError) -> bool:
    """Say whether the server can't be asked or can't do it now, as opposed to a wrong statement."""
    state: object = getattr(error.orig, "sqlstate", None)
    if isinstance(state, str):
        return state.startswith(_CANNOT_NOW)
    return error.connection_invalidated or isinstance(error, OperationalError)


def _connecting(settings: DatabaseSettings, given: dict[str, Any]) -> dict[str, Any]:
    adapters = AdaptersMap(given.get("context"))
    adapters.register_dumper(str, _TextDumper)
    options = {
        "statement_timeout": settings.statement_timeout_ms,
        "lock_timeout": settings.busy_timeout_ms,
        "idle_in_transaction_session_timeout": _IDLE_MS,
        "synchronous_commit": "on" if settings.synchronous == "FULL" else "off",
    }
    options |= {"role": PLANNER} if settings.planner else {}
    options |= {"search_path": settings.schema} if settings.schema else {}
    said = " ".join(f"-c {name}={value}" for name, value in options.items())
    return {
        "context": adapters,
        "options": f"{given.get('options', '')} {said}".strip(),
        "application_name": "aisle-planner" if settings.planner else "aisle",
        "connect_timeout": given.get("connect_timeout", 5),
    }


def driver_url(url: str) -> URL:
    """Return the URL for psycopg itself, without SQLAlchemy's name of the driver."""
    return parsed(url).set(drivername="postgresql")


def _number(name: str) -> int:
    # The same in every process; two names with one number wait for each other and no harm is done.
    return int.from_bytes(hashlib.blake2b(f"aisle:{name}".encode(), digest_size=8).digest(), "big", signed=True)
