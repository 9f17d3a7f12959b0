"""Takes a shopper out of the books: what is theirs goes, what was bought stays without anybody to find it by."""

import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Table, bindparam, delete, exists, insert, null, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from policies.errors import Refused
from shop.audit import Entry
from shop.board_tables import board_pieces, board_undo, boards
from shop.case_tables import case_deliveries, case_words, cases
from shop.change_tables import (
    change_addresses,
    change_calls,
    change_challenges,
    change_quotes,
    order_changes,
    order_contents,
    order_payments,
)
from shop.context import ShopContext
from shop.event_tables import behaviour, learning_allowed
from shop.events import forget as forget_events
from shop.home_tables import home_challenges, home_quotes
from shop.ledger import forget
from shop.memory_tables import memory_entries
from shop.privacy_tables import erasures, subject_keys
from shop.tables import (
    addresses,
    cart_lines,
    cart_undo,
    carts,
    challenges,
    intents,
    orders,
    payment_handles,
    quotes,
    shoppers,
)
from shop.talk_tables import events, sessions, turns
from shop.transitions import UNFINISHED_INTENT
from shop.unlinking import GONE, change_without_person, content_without_person, quote_without_person

_SUBJECT: BindParameter[str] = bindparam("whose")
# Money that moves or goods that are awaited: the books need to know whose they are until that is over.
PAYING = exists().where(intents.c.subject == _SUBJECT, intents.c.state.in_(UNFINISHED_INTENT))
CHANGING = exists().where(order_changes.c.subject == _SUBJECT, order_changes.c.state.not_in(("done", "failed")))
_TALKING = (
    exists()
    .where(turns.c.session_id == sessions.c.session_id, turns.c.state == "running")
    .where(sessions.c.subject == _SUBJECT)
)
_STANDING = select(PAYING.label("paying"), CHANGING.label("changing"), _TALKING.label("talking"))
_WHY_NOT = {
    "paying": ("money_moving", "A payment of yours is still being settled. Try again when the order says it is paid."),
    "changing": ("order_changing", "A change of one of your orders is not finished. Try again when it is."),
    "talking": ("turn_running", "An answer to you is still being written. Try again in a moment."),
}

_BOUGHT = exists().where(intents.c.quote_id == quotes.c.quote_id)
_APPROVED = exists().where(order_changes.c.quote_id == change_quotes.c.quote_id)
_IN_USE = exists().where(quotes.c.cart_id == carts.c.cart_id) | exists().where(intents.c.cart_id == carts.c.cart_id)


def _within(column: ColumnElement[Any], of: Table, *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    mine = select(of.c[column.key or ""]).where(of.c.subject == _SUBJECT, *conditions)
    return column.in_(mine)


_QUOTES, _CHANGES = (quotes.c.subject == _SUBJECT, change_quotes.c.subject == _SUBJECT)
# In the order of what points to what.
_TALK = (
    delete(events).where(_within(events.c.session_id, sessions)),
    delete(turns).where(_within(turns.c.session_id, sessions)),
    delete(behaviour).where(_within(behaviour.c.session_id, sessions)),
    delete(sessions).where(sessions.c.subject == _SUBJECT),
    delete(learning_allowed).where(learning_allowed.c.subject == _SUBJECT),
    delete(memory_entries).where(memory_entries.c.subject == _SUBJECT),
    delete(board_undo).where(_within(board_undo.c.board_id, boards)),
    delete(board_pieces).where(_within(board_pieces.c.board_id, boards)),
    delete(boards).where(boards.c.subject == _SUBJECT),
    delete(case_deliveries).where(_within(case_deliveries.c.case_id, cases)),
    delete(case_words).where(_within(case_words.c.case_id, cases)),
    delete(cases).where(cases.c.subject == _SUBJECT),
)
_UNBOUGHT = (
    delete(challenges).where(_within(challenges.c.quote_id, quotes, ~_BOUGHT)),
    delete(quotes).where(_QUOTES, ~_BOUGHT),
    delete(change_challenges).where(_within(change_challenges.c.quote_id, change_quotes, ~_APPROVED)),
    delete(change_addresses).where(_within(change_addresses.c.quote_id, change_quotes)),
    delete(change_quotes).where(_CHANGES, ~_APPROVED),
)
_OWN = (
    delete(cart_lines).where(_within(cart_lines.c.cart_id, carts)),
    delete(cart_undo).where(_within(cart_undo.c.cart_id, carts)),
    delete(carts).where(carts.c.subject == _SUBJECT, ~_IN_USE),
    delete(home_challenges).where(_within(home_challenges.c.quote_id, home_quotes)),
    delete(home_quotes).where(home_quotes.c.subject == _SUBJECT),
    delete(addresses).where(addresses.c.subject == _SUBJECT),
    delete(payment_handles).where(payment_handles.c.subject == _SUBJECT),
    delete(shoppers).where(shoppers.c.subject == _SUBJECT),
    delete(subject_keys).where(subject_keys.c.subject == _SUBJECT),
)
# Tables from which rows of a person go.
PERSONAL = (
    "addresses",
    "behaviour",
    "board_pieces",
    "board_undo",
    "boards",
    "cart_lines",
    "cart_undo",
    "carts",
    "case_deliveries",
    "case_words",
    "cases",
    "change_addresses",
    "change_quotes",
    "events",
    "home_quotes",
    "intents",
    "learning_allowed",
    "order_changes",
    "memory_entries",
    "model_calls",
    "model_totals",
    "model_turns",
    "order_contents",
    "order_payments",
    "orders",
    "payment_handles",
    "quotes",
    "sessions",
    "shoppers",
    "subject_keys",
    "turns",
)
_ALIAS: BindParameter[str] = bindparam("alias")
_RENAMED = (
    update(carts).where(carts.c.subject == _SUBJECT).values(subject=_ALIAS, coupon=null()),
    update(change_calls)
    .where(change_calls.c.kind.in_(("authorise", "credit")))
    .where(change_calls.c.change_id.in_(select(order_changes.c.change_id).where(order_changes.c.subject == _SUBJECT)))
    .values(instrument=""),
    update(order_payments)
    .where(order_payments.c.order_id.in_(select(orders.c.order_id).where(orders.c.subject == _SUBJECT)))
    .values(handle=GONE, label=GONE),
    update(intents).where(intents.c.subject == _SUBJECT).values(subject=_ALIAS, payment_reference=""),
    update(orders).where(orders.c.subject == _SUBJECT).values(subject=_ALIAS),
    update(order_changes).where(order_changes.c.subject == _SUBJECT).values(subject=_ALIAS),
)
_KEY: BindParameter[str] = bindparam("which")
_TERMS_OF = select(quotes.c.quote_id, quotes.c.terms).where(_QUOTES)
_CHANGE_TERMS_OF = select(change_quotes.c.quote_id, change_quotes.c.terms).where(_CHANGES)
_CONTENTS_OF = (
    select(order_contents.c.order_id, order_contents.c.content)
    .join(orders, orders.c.order_id == order_contents.c.order_id)
    .where(orders.c.subject == _SUBJECT)
)
_NOBODYS: dict[str, Any] = {"subject": _ALIAS, "session_id": GONE, "requote": null(), "terms": bindparam("without")}
_PUT_TERMS = update(quotes).where(quotes.c.quote_id == _KEY).values(_NOBODYS)
_PUT_CHANGE_TERMS = update(change_quotes).where(change_quotes.c.quote_id == _KEY).values(_NOBODYS)
_PUT_CONTENT = update(order_contents).where(order_contents.c.order_id == _KEY).values(content=bindparam("without"))
_SESSIONS_OF = select(sessions.c.session_id).where(sessions.c.subject == _SUBJECT)
_NOTE = insert(erasures)
_NOTE_AGAIN = update(erasures).where(erasures.c.pseudonym == _KEY).values(unfinished=bindparam("left"))
_EARLIER = select(erasures.c.at).where(erasures.c.pseudonym == bindparam("pseudonym"))


@dataclass(frozen=True, slots=True)
class Trace:
    """What an erased shopper's conversation may have left outside the books: its memory, and a folder of pictures."""

    session_id: str
    uploads: str


@dataclass(frozen=True, slots=True)
class Erased:
    """Who was erased, and what is left to remove elsewhere.

    Args:
        pseudonym: As in the audit log.
        at: When, UTC.
        traces: Of their conversations.
    """

    pseudonym: str
    at: datetime
    traces: tuple[Trace, ...] = ()


async def why_not(connection: AsyncConnection, subject: str) -> Refused | None:
    """Return what stands in the way of forgetting a shopper now: money on the move, goods awaited, an open answer."""
    standing = (await connection.execute(_STANDING, {"whose": subject})).mappings().one()
    reason = next((name for name, holds in standing.items() if holds), None)
    return None if reason is None else Refused(*_WHY_NOT[reason])


async def sessions_of(connection: AsyncConnection, subject: str) -> tuple[str, ...]:
    """Return the ids of all conversations of a shopper."""
    return tuple((await connection.execute(_SESSIONS_OF, {"whose": subject})).scalars())


async def erase(connection: AsyncConnection, context: ShopContext, subject: str, erased: Erased) -> None:
    """Remove a shopper within a transaction, and note their pseudonym with the traces that must follow.

    Orders, what was paid for them and the audit log stay: their rows name an alias that leads nowhere, and carry
    neither address nor card.
    """
    person = {"whose": subject, "alias": f"erased:{secrets.token_urlsafe(16)}"}
    for statement in (*_TALK, *_UNBOUGHT):
        await connection.execute(statement, {"whose": subject})
    await _unlink(connection, person)
    for statement in _OWN:
        await connection.execute(statement, {"whose": subject})
    for statement in _RENAMED:
        await connection.execute(statement, person)
    await forget(connection, erased.pseudonym)
    await forget_events(connection, erased.pseudonym)
    await note(connection, erased)
    entry = Entry(subject, "shopper.erased", "shopper", erased.pseudonym, {"conversations": len(erased.traces)})
    await context.audit.append(connection, entry, erased.at)


async def forget_unused(connection: AsyncConnection, subject: str, pseudonym: str) -> None:
    """Remove a shopper who never bought anything, within a transaction; they may come back as somebody new."""
    for statement in (*_TALK, *_UNBOUGHT, *_OWN):
        await connection.execute(statement, {"whose": subject})
    await forget(connection, pseudonym)
    await forget_events(connection, pseudonym)


async def note(connection: AsyncConnection, erased: Erased) -> None:
    """Remember that somebody was erased and what is left of them; the time of an earlier note stays."""
    left = [asdict(trace) for trace in erased.traces] or None
    known = (await connection.execute(_EARLIER, {"pseudonym": erased.pseudonym})).one_or_none()
    if known is None:
        values = {"pseudonym": erased.pseudonym, "at": erased.at, "unfinished": left}
        await connection.execute(_NOTE, values)
    elif left is not None:
        await connection.execute(_NOTE_AGAIN, {"which": erased.pseudonym, "left": left})


async def _unlink(connection: AsyncConnection, person: Mapping[str, str]) -> None:
    alias = person["alias"]
    whose = {"whose": person["whose"]}
    for quote_id, terms in (await connection.execute(_TERMS_OF, whose)).all():
        without = {"which": quote_id, "alias": alias, "without": quote_without_person(terms, alias)}
        await connection.execute(_PUT_TERMS, without)
    for quote_id, terms in (await connection.execute(_CHANGE_TERMS_OF, whose)).all():
        without = {"which": quote_id, "alias": alias, "without": change_without_person(terms, alias)}
        await connection.execute(_PUT_CHANGE_TERMS, without)
    for order_id, content in (await connection.execute(_CONTENTS_OF, whose)).all():
        without = {"which": order_id, "without": content_without_person(content)}
        await connection.execute(_PUT_CONTENT, without)
