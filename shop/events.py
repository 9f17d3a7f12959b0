"""What shoppers did with products: append-only, pseudonymous, the conversation's alone where they allowed no more."""

import secrets
from collections.abc import AsyncIterator, Generator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from time import perf_counter_ns
from typing import Any, Literal

from sqlalchemy import BindParameter, bindparam, delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from policies.principal import Principal
from shop.context import ShopContext
from shop.event_tables import behaviour, learning_allowed
from shop.tables import intents, offers, reservations

EventKind = Literal["view", "show", "click", "add", "remove", "save", "buy", "return", "dismiss"]
EventSource = Literal["chat", "widget", "page", "books", "import"]

_SPEAKS_FOR = ("view", "click", "add", "save", "buy")
_SPEAKS_AGAINST = ("dismiss", "return")
_LATEST = 200
_MOST_A_DAY = 5_000
_PAGE = 5_000

# Whether what is done now is for somebody else.
_FOR_SOMEBODY: ContextVar[bool] = ContextVar("for_somebody", default=False)

_SUBJECT: BindParameter[str] = bindparam("whose")
_WHO = behaviour.c.who.in_(bindparam("who", expanding=True))
_ALLOWED = select(learning_allowed.c.since).where(learning_allowed.c.subject == _SUBJECT)
_ALLOW, _TAKE_BACK = insert(learning_allowed), delete(learning_allowed).where(learning_allowed.c.subject == _SUBJECT)
_APPEND = insert(behaviour)
_TELLING = (
    select(behaviour.c.product_id, behaviour.c.kind)
    .where(_WHO, behaviour.c.kind.in_((*_SPEAKS_FOR, *_SPEAKS_AGAINST)))
    .order_by(behaviour.c.event_id.desc())
    .limit(_LATEST)
)
_TODAY = select(func.count()).where(_WHO, behaviour.c.at >= bindparam("since", type_=behaviour.c.at.type))
_OWNED = (
    select(offers.c.product_id)
    .distinct()
    .join(reservations, reservations.c.variant_id == offers.c.variant_id)
    .join(intents, intents.c.intent_id == reservations.c.intent_id)
    .where(intents.c.subject == _SUBJECT, reservations.c.state == "sold")
)
_LEARNED = ("event_id", "who", "at", "kind", "product_id", "source", "place", "slate")
_PAGES = (
    select(*(behaviour.c[name] for name in _LEARNED))
    .where(behaviour.c.session_id.is_(None), behaviour.c.event_id > bindparam("after"))
    .order_by(behaviour.c.event_id)
    .limit(_PAGE)
)
_FORGET = delete(behaviour).where(behaviour.c.who == bindparam("pseudonym"))
_KNOWN = select(behaviour.c.event_id).where(behaviour.c.event_id.in_(bindparam("ids", expanding=True)))


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that a shopper did with a product.

    Args:
        kind: What.
        product_id: With which.
        source: Where it was done; "books" where the books themselves saw it.
        place: Where in a row of products it stood, from 1; None where there was no row.
        slate: Names the row, so that what was shown together and what was clicked of it are known.
    """

    kind: EventKind
    product_id: str
    source: EventSource
    place: int | None = None
    slate: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """What a shopper's own events say, each product once, the most recent first.

    Args:
        liked: Viewed, clicked, added, saved or bought last.
        dismissed: Dismissed or sent back last.
    """

    liked: tuple[str, ...] = ()
    dismissed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Learned:
    """An event of somebody who allowed learning, or whose events a shop brought along."""

    who: str
    at: datetime
    kind: EventKind
    product_id: str
    source: EventSource
    place: int | None
    slate: str


class Behaviour:
    """Appends the principal's events and reads them back; what is there is never changed."""

    def __init__(self, context: ShopContext) -> None:
        self._context = context

    async def record(self, p: Principal, events: Sequence[Event]) -> bool:
        """Append events, in order; False where they are more than a shopper does in a day, and nothing was kept."""
        if not events:
            return True
        async with self._context.database.writing(p.subject) as connection:
            since = self._context.now() - timedelta(days=1)
            today = await connection.execute(_TODAY, {"who": self._names(p), "since": since})
            if today.scalar_one() + len(events) > _MOST_A_DAY:
                return False
            await append(connection, self._context, (p.subject, p.session_id), events)
        return True

    async def viewed(self, p: Principal, product_ids: Sequence[str]) -> None:
        """Append that these products were looked at in the conversation, in order, as far as a day's bound goes."""
        await self.record(p, [Event("view", product_id, "chat") for product_id in dict.fromkeys(product_ids)])

    async def told(self, p: Principal) -> Told:
        """Return what the shopper's latest events, of this conversation and of all where they allowed it, say."""
        async with self._context.database.reading() as connection:
            rows = (await connection.execute(_TELLING, {"who": self._names(p)})).all()
        last: dict[str, str] = {}
        for product_id, kind in rows:
            last.setdefault(product_id, kind)
        return Told(
            tuple(each for each, kind in last.items() if kind in _SPEAKS_FOR),
            tuple(each for each, kind in last.items() if kind in _SPEAKS_AGAINST),
        )

    async def owned(self, p: Principal) -> list[str]:
        """Return the products that the shopper bought here, also those sent back."""
        async with self._context.database.reading() as connection:
            return list((await connection.execute(_OWNED, {"whose": p.subject})).scalars())

    async def allowed(self, p: Principal) -> bool:
        """Say whether the shopper allowed the shop to learn from what they do."""
        async with self._context.database.reading() as connection:
            return (await connection.execute(_ALLOWED, {"whose": p.subject})).one_or_none() is not None

    async def pages(self) -> AsyncIterator[list[Learned]]:
        """Yield every event that may be learned from, a part at a time, oldest first."""
        after = ""
        while True:
            async with self._context.database.reading() as connection:
                rows = (await connection.execute(_PAGES, {"after": after})).all()
            if not rows:
                return
            yield [Learned(*row[1:]) for row in rows]
            after = rows[-1].event_id

    def _names(self, p: Principal) -> list[str]:
        return [self._context.audit.pseudonym(p.subject), _of_session(self._context, p.session_id)]


class Learning:
    """Whether shoppers let the shop learn, and what a shop brings along: the trusted surface's and the operator's."""

    def __init__(self, context: ShopContext) -> None:
        self._context = context

    async def allow(self, p: Principal) -> None:
        """Let the shop learn from what the shopper does from now on."""
        async with self._context.database.writing(p.subject) as connection:
            if (await connection.execute(_ALLOWED, {"whose": p.subject})).one_or_none() is None:
                await connection.execute(_ALLOW, {"subject": p.subject, "since": self._context.now()})

    async def take_back(self, p: Principal) -> None:
        """Learn from the shopper no more, and let go of everything that was kept to learn from."""
        async with self._context.database.writing(p.subject) as connection:
            await connection.execute(_TAKE_BACK, {"whose": p.subject})
            await forget(connection, self._context.audit.pseudonym(p.subject))

    async def bring(self, rows: Sequence[tuple[str, datetime, Event]]) -> int:
        """Append events of the past, (shopper, when, what), of people who allowed it; returns how many were new.

        The same row again is the same event. A shopper is named as the storefront's sign-in does.
        """
        made = {_brought(who, at, event): (who, at, event) for who, at, event in rows}
        async with self._context.database.writing("behaviour") as connection:
            known = set((await connection.execute(_KNOWN, {"ids": list(made)})).scalars())
            fresh = [
                _row(event_id, self._context.audit.pseudonym(f"shopper:{who}"), None, at, event)
                for event_id, (who, at, event) in made.items()
                if event_id not in known
            ]
            if fresh:
                await connection.execute(_APPEND, fresh)
        return len(fresh)


@contextmanager
def for_somebody() -> Generator[None]:
    """Append nothing within this block, whoever would: a present says nothing of the taste of who gives it."""
    before = _FOR_SOMEBODY.set(True)
    try:
        yield
    finally:
        _FOR_SOMEBODY.reset(before)


async def append(
    connection: AsyncConnection, context: ShopContext, whose: tuple[str, str], events: Sequence[Event]
) -> None:
    """Append events within a transaction, none while what is done is `for_somebody`.

    Args:
        connection: In a write.
        context: Names the shopper by pseudonym and knows the time.
        whose: The shopper's subject and the conversation; without leave to learn, the events are the latter's alone.
        events: What was done, in order.
    """
    if not events or _FOR_SOMEBODY.get():
        return
    subject, session_id = whose
    allowed = (await connection.execute(_ALLOWED, {"whose": subject})).one_or_none() is not None
    who = context.audit.pseudonym(subject) if allowed else _of_session(context, session_id)
    now = context.now()
    rows = [_row(_begun(now, n), who, None if allowed else session_id, now, event) for n, event in enumerate(events)]
    await connection.execute(_APPEND, rows)


async def forget(connection: AsyncConnection, pseudonym: str) -> None:
    """Remove a shopper's kept events within a transaction."""
    await connection.execute(_FORGET, {"pseudonym": pseudonym})


def _of_session(context: ShopContext, session_id: str) -> str:
    return context.audit.pseudonym(f"session:{session_id}")


def _begun(now: datetime, number: int) -> str:
    """Return an id that sorts by time, and within one moment by when it was made."""
    return f"{_micros(now):016x}-{perf_counter_ns():016x}-{number:03x}-{secrets.token_hex(4)}"


def _brought(who: str, at: datetime, event: Event) -> str:
    told = sha256("\n".join((who, event.kind, event.product_id, str(event.place), event.slate)).encode())
    return f"{_micros(at):016x}-{told.hexdigest()[:32]}"


def _micros(at: datetime) -> int:
    return int(at.timestamp() * 1_000_000)


def _row(event_id: str, who: str, session_id: str | None, at: datetime, event: Event) -> dict[str, Any]:
    return {
        "event_id": event_id,
        "who": who,
        "session_id": session_id,
        "at": at,
        "kind": event.kind,
        "product_id": event.product_id,
        "source": event.source,
        "place": event.place,
        "slate": event.slate,
    }
