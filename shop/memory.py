"""What a shopper asked to be remembered, for later conversations: kept, read and forgotten for that shopper alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, bindparam, delete, func, insert, select, update

from policies.errors import Refused
from policies.principal import Principal
from policies.told import LONGEST_WORDS, MOST, Told
from shop.context import ShopContext
from shop.memory_tables import memory_entries
from shop.memory_traces import blot

_SUBJECT: BindParameter[str] = bindparam("whose")
_KEYS: BindParameter[list[str]] = bindparam("keys", expanding=True)
_MINE = memory_entries.c.subject == _SUBJECT
_ALL = select(memory_entries).where(_MINE).order_by(memory_entries.c.said_at, memory_entries.c.key)
_COUNT = select(func.count()).select_from(memory_entries).where(_MINE)
_FORGET = delete(memory_entries).where(_MINE, memory_entries.c.key.in_(_KEYS))
_SWITCH = (
    update(memory_entries).where(_MINE, memory_entries.c.key == bindparam("the_key")).values(paused=bindparam("off"))
)
_KEEP = insert(memory_entries)


@dataclass(frozen=True, slots=True)
class Remembered:
    """One entry as it is kept.

    Args:
        key: What it is addressed by.
        told: What was said, typed.
        words: The shopper's own words.
        said_at: When, UTC.
        paused: Whether it is kept but not gone by.
    """

    key: str
    told: Told
    words: str
    said_at: datetime
    paused: bool = False


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What was forgotten: how many entries, and in which conversations they stood."""

    count: int = 0
    sessions: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return self.count > 0


class Memory:
    """Reads and writes the principal's own entries; nothing gets in here that was not asked to be remembered."""

    def __init__(self, context: ShopContext) -> None:
        self._context = context

    @property
    def currency(self) -> str:
        """ISO 4217 code in which the shop, and so a budget, counts."""
        return self._context.policy.currency

    async def all(self, p: Principal) -> list[Remembered]:
        """Return everything remembered of the shopper, oldest first."""
        async with self._context.database.reading() as connection:
            rows = (await connection.execute(_ALL, {"whose": p.subject})).mappings().all()
        return [
            Remembered(row["key"], Told.model_validate(row["entry"]), row["words"], row["said_at"], row["paused"])
            for row in rows
        ]

    async def keep(self, p: Principal, told: Sequence[Told], words: str) -> list[Remembered]:
        """Keep entries with the words they were said in; one of the same key, or of the opposite taste, goes.

        Args:
            p: Whose.
            told: What was said, typed.
            words: The shopper's own words; cut to 300 characters.

        Raises:
            Refused: "memory_full"; nothing was kept.
        """
        now = self._context.now()
        fresh = {each.key: each for each in told}
        rows = [_row(p, each, words, now) for each in fresh.values()]
        gone = [*fresh, *(each.opposite for each in fresh.values() if each.opposite)]
        async with self._context.database.writing(p.subject) as connection:
            await connection.execute(_FORGET, {"whose": p.subject, "keys": gone})
            known = (await connection.execute(_COUNT, {"whose": p.subject})).scalar_one()
            if known + len(rows) > MOST:
                raise Refused(
                    "memory_full", f"I keep up to {MOST} things. Ask me to forget one, and I'll keep this instead."
                )
            if rows:
                await connection.execute(_KEEP, rows)
        return [Remembered(row["key"], fresh[row["key"]], row["words"], now) for row in rows]

    async def current(self, p: Principal) -> list[Remembered]:
        """Return what the shopper wants to be gone by: all that is remembered but what they switched off."""
        return [each for each in await self.all(p) if not each.paused]

    async def switch(self, p: Principal, key: str, *, on: bool) -> bool:
        """Go by an entry, or keep it without going by it; returns whether there is one of that key."""
        async with self._context.database.writing(p.subject) as connection:
            values = {"whose": p.subject, "the_key": key, "off": not on}
            return (await connection.execute(_SWITCH, values)).rowcount > 0

    async def forget(self, p: Principal, keys: Sequence[str]) -> Forgotten:
        """Remove entries by key, and what of them stands in the shopper's conversations."""
        async with self._context.database.writing(p.subject) as connection:
            rows = (await connection.execute(_ALL, {"whose": p.subject})).mappings().all()
            gone = [row for row in rows if row["key"] in set(keys)]
            if not gone:
                return Forgotten()
            await connection.execute(_FORGET, {"whose": p.subject, "keys": [row["key"] for row in gone]})
            phrases = [Told.model_validate(row["entry"]).said() for row in gone]
            touched = await blot(connection, p.subject, phrases, [row["words"] for row in gone])
        return Forgotten(len(gone), tuple(dict.fromkeys([*touched, *(row["session_id"] for row in gone)])))

    async def forget_all(self, p: Principal) -> Forgotten:
        """Remove everything remembered of the shopper; see `forget`."""
        return await self.forget(p, [each.key for each in await self.all(p)])


def _row(p: Principal, told: Told, words: str, now: datetime) -> dict[str, Any]:
    return {
        "subject": p.subject,
        "key": told.key,
        "entry": told.model_dump(exclude_defaults=True),
        "words": words[:LONGEST_WORDS].encode("utf-8", "replace").decode().replace("\x00", "?"),
        "session_id": p.session_id,
        "said_at": now,
    }
