"""What the books let go of by themselves once its time is over; nothing that a purchase or a change still needs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Select, bindparam, delete, exists, select
from sqlalchemy.ext.asyncio import AsyncConnection

from shop.board_tables import boards
from shop.case_tables import case_deliveries, case_words, cases
from shop.change_tables import change_addresses, change_challenges, change_quotes, order_changes
from shop.context import ShopContext
from shop.erasing import forget_unused, why_not
from shop.event_tables import behaviour
from shop.home_tables import home_challenges, home_quotes
from shop.ledger import let_go
from shop.tables import carts, challenges, intents, quotes, shoppers
from shop.talk_tables import events, sessions, turns
from shop.transitions import UNFINISHED_INTENT

# How much goes in one transaction, so that nobody else waits long.
_BATCH = 50
# Longest that events of somebody who allowed no learning are there, if their conversation is.
_UNASKED = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Periods:
    """How long things are kept; the audit log and what was bought have no period here.

    Args:
        chats: Conversations after they were last used, and cases for a person after they were closed.
        quotes: Order cards that were never pressed, after they were drawn up.
        profiles: Shoppers who never bought anything, after everything of theirs has rested.
        orders: Purchases after the last one of a shopper; then nobody can be found by them any more.
        events: What shoppers who allow learning did with products; of others, their day is over sooner.
    """

    chats: timedelta
    quotes: timedelta
    profiles: timedelta
    orders: timedelta
    events: timedelta = timedelta(days=365)


_BEFORE: BindParameter[datetime] = bindparam("before")
_WHICH: BindParameter[list[str]] = bindparam("which", expanding=True)
_BUSY = (
    exists().where(intents.c.subject == sessions.c.subject, intents.c.state.in_(UNFINISHED_INTENT))
    | exists().where(order_changes.c.subject == sessions.c.subject, order_changes.c.state.not_in(("done", "failed")))
    | exists().where(turns.c.session_id == sessions.c.session_id, turns.c.state == "running")
)
_OLD_CHATS = select(sessions.c.session_id).where(sessions.c.last_seen_at < _BEFORE, ~_BUSY)
_OF_CHATS = (behaviour, events, turns, sessions)
_REST_OF_CHATS = tuple(delete(table).where(table.c.session_id.in_(_WHICH)) for table in _OF_CHATS)
_OLD_QUOTES = select(quotes.c.quote_id).where(
    quotes.c.issued_at < _BEFORE, ~exists().where(intents.c.quote_id == quotes.c.quote_id)
)
_OLD_CHANGES = select(change_quotes.c.quote_id).where(
    change_quotes.c.issued_at < _BEFORE, ~exists().where(order_changes.c.quote_id == change_quotes.c.quote_id)
)
_REST_OF_QUOTES = tuple(delete(table).where(table.c.quote_id.in_(_WHICH)) for table in (challenges, quotes))
_OLD_HOMES = select(home_quotes.c.quote_id).where(home_quotes.c.issued_at < _BEFORE)
_REST_OF_CHANGES = tuple(
    delete(table).where(table.c.quote_id.in_(_WHICH)) for table in (change_challenges, change_addresses, change_quotes)
)
_REST_OF_HOMES = tuple(delete(table).where(table.c.quote_id.in_(_WHICH)) for table in (home_challenges, home_quotes))


def _has(table: Any, *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(table.c.subject == shoppers.c.subject, *conditions)


_UNUSED = select(shoppers.c.subject).where(
    shoppers.c.created_at < _BEFORE,
    ~_has(sessions),
    ~_has(intents),
    ~_has(quotes),
    ~_has(cases, cases.c.state == "open"),
    ~_has(carts, carts.c.changed_at >= _BEFORE),
    ~_has(boards, boards.c.changed_at >= _BEFORE),
)
_SETTLED = select(shoppers.c.subject).where(
    _has(intents), ~_has(sessions), ~_has(intents, intents.c.created_at >= _BEFORE)
)
_OLD_CASES = select(cases.c.case_id).where(cases.c.changed_at < _BEFORE, cases.c.state != "open")
_REST_OF_CASES = tuple(
    delete(table).where(table.c.case_id.in_(_WHICH)) for table in (case_deliveries, case_words, cases)
)
_AT = behaviour.c.at
_OLD_EVENTS = delete(behaviour).where(
    ((bindparam("day", type_=_AT.type) > _AT) & behaviour.c.session_id.is_not(None))
    | (bindparam("before", type_=_AT.type) > _AT)
)
_LAST_SEEN = select(sessions.c.session_id, sessions.c.last_seen_at).where(sessions.c.session_id.in_(_WHICH))


class Retention:
    """Removes what is old, a little at a time."""

    def __init__(self, context: ShopContext) -> None:
        self._context = context

    async def purge(self, periods: Periods) -> dict[str, int]:
        """Remove what is older than its period; returns how many of each went.

        A conversation stays while a payment or a change of its shopper is not over.
        """
        now = self._context.now()
        async with self._context.database.writing() as connection:
            await let_go(connection, now - periods.chats)
            await connection.execute(_OLD_EVENTS, {"day": now - _UNASKED, "before": now - periods.events})
        return {
            "chats": await self._drop(_OLD_CHATS, _REST_OF_CHATS, now - periods.chats),
            "quotes": await self._drop(_OLD_QUOTES, _REST_OF_QUOTES, now - periods.quotes)
            + await self._drop(_OLD_CHANGES, _REST_OF_CHANGES, now - periods.quotes)
            + await self._drop(_OLD_HOMES, _REST_OF_HOMES, now - periods.quotes),
            "cases": await self._drop(_OLD_CASES, _REST_OF_CASES, now - periods.chats),
            "profiles": await self._unused(now - periods.profiles),
        }

    async def outlived(self, periods: Periods) -> list[str]:
        """Return the shoppers who have bought nothing for so long that their orders need no owner any more."""
        before = {"before": self._context.now() - periods.orders}
        async with self._context.database.reading() as connection:
            return list((await connection.execute(_SETTLED, before)).scalars())

    async def resting(self, session_ids: Sequence[str], rest: timedelta) -> list[str]:
        """Return those of these conversations that were not used for `rest`, and those that are no more."""
        seen: dict[str, datetime] = {}
        async with self._context.database.reading() as connection:
            for start in range(0, len(session_ids), _BATCH):
                which = {"which": list(session_ids[start : start + _BATCH])}
                seen |= {row.session_id: row.last_seen_at for row in await connection.execute(_LAST_SEEN, which)}
        before = self._context.now() - rest
        return [one for one in session_ids if one not in seen or seen[one] < before]

    async def _drop(self, old: Select[tuple[str]], statements: Sequence[Any], before: datetime) -> int:
        dropped = 0
        while True:
            async with self._context.database.writing() as connection:
                found = await connection.execute(old.limit(_BATCH), {"before": before})
                which = list(found.scalars())
                for statement in statements if which else ():
                    await connection.execute(statement, {"which": which})
            dropped += len(which)
            if len(which) < _BATCH:
                return dropped

    async def _unused(self, before: datetime) -> int:
        async with self._context.database.reading() as connection:
            subjects = list((await connection.execute(_UNUSED, {"before": before})).scalars())
        return sum([await self._forget(subject, before) for subject in subjects])

    async def _forget(self, subject: str, before: datetime) -> bool:
        async with self._context.database.writing(subject) as connection:
            if not await _still(connection, subject, before):
                return False
            await forget_unused(connection, subject, self._context.audit.pseudonym(subject))
        return True


async def _still(connection: AsyncConnection, subject: str, before: datetime) -> bool:
    """Say whether a shopper who was found unused still is, now that nobody else writes for them."""
    again = _UNUSED.where(shoppers.c.subject == bindparam("subject"))
    unused = await connection.execute(again, {"before": before, "subject": subject})
    return unused.one_or_none() is not None and await why_not(connection, subject) is None
