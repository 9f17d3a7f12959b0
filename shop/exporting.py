"""Everything the books keep of one shopper, a part at a time, so that a long history needs no large memory."""

import json
from collections.abc import AsyncIterator, Mapping
from typing import Any

from sqlalchemy import BindParameter, RowMapping, Select, Table, bindparam, select

from policies.principal import Principal
from shop.board_tables import board_pieces, board_undo, boards
from shop.case_tables import case_words, cases
from shop.change_tables import change_addresses, change_quotes, order_changes, order_contents, order_payments
from shop.context import ShopContext
from shop.cost_tables import model_turns
from shop.event_tables import behaviour, learning_allowed
from shop.home_tables import home_quotes
from shop.memory_tables import memory_entries
from shop.sealing import Seal
from shop.tables import (
    addresses,
    audit,
    cart_lines,
    cart_undo,
    carts,
    intents,
    order_reviews,
    orders,
    payment_handles,
    quotes,
    shoppers,
)
from shop.talk_tables import events, sessions, turns

_SUBJECT: BindParameter[str] = bindparam("whose")


def _mine(table: Table, *names: str) -> Select[Any]:
    return select(*(table.c[name] for name in names)).where(table.c.subject == _SUBJECT)


def _mine_with(table: Table, owned: Table, key: str, *names: str) -> Select[Any]:
    joined = select(*(table.c[name] for name in names)).join(owned, owned.c[key] == table.c[key])
    return joined.where(owned.c.subject == _SUBJECT)


# Challenges, their hashes, digests and idempotency keys are the shop's locks, not facts about a person.
_PARTS: Mapping[str, Select[Any]] = {
    "profile": _mine(shoppers, "subject", "locale", "address", "delivery", "payment", "created_at"),
    "addresses": _mine(addresses, "handle", "label", "region", "content", "joined_at"),
    "payment_methods": _mine(payment_handles, "handle", "label", "reference"),
    "carts": _mine(carts, "cart_id", "version", "coupon", "changed_at"),
    "cart_lines": _mine_with(cart_lines, carts, "cart_id", "cart_id", "line_id", "variant_id", "quantity"),
    "cart_undo": _mine_with(cart_undo, carts, "cart_id", "version", "before", "changed"),
    "learning_allowed": _mine(learning_allowed, "since"),
    "cases": _mine(cases, "case_id", "session_id", "reason", "state", "context", "note", "opened_at", "changed_at"),
    "case_words": _mine_with(case_words, cases, "case_id", "case_id", "position", "words", "said_at"),
    "remembered": _mine(memory_entries, "key", "entry", "words", "session_id", "said_at", "paused"),
    "boards": _mine(boards, "board_id", "name", "version", "link", "made_at", "changed_at"),
    "board_pieces": _mine_with(board_pieces, boards, "board_id", "board_id", "product_id", "variant_id", "note"),
    "board_undo": _mine_with(board_undo, boards, "board_id", "board_id", "version", "before", "changed"),
    "quotes": _mine(quotes, "quote_id", "session_id", "state", "terms", "issued_at", "expires_at", "requote"),
    "purchases": _mine(
        intents, "intent_id", "quote_id", "state", "amount", "authorised", "captured", "currency", "created_at"
    ),
    "orders": _mine(orders, "order_id", "quote_id", "state", "total", "currency", "placed_at"),
    "order_reviews": _mine_with(order_reviews, orders, "order_id", "order_id", "reasons", "opened_at", "due_at"),
    "order_contents": _mine_with(order_contents, orders, "order_id", "order_id", "content", "delivered_at"),
    "order_payments": _mine_with(order_payments, orders, "order_id", "order_id", "captured", "refunded", "label"),
    "change_quotes": _mine(
        change_quotes, "quote_id", "order_id", "session_id", "kind", "state", "terms", "issued_at", "requote"
    ),
    "change_addresses": _mine_with(
        change_addresses, change_quotes, "quote_id", "quote_id", "label", "region", "content"
    ),
    "address_changes": _mine(home_quotes, "quote_id", "session_id", "state", "terms", "content", "issued_at"),
    "order_changes": _mine(
        order_changes, "change_id", "order_id", "kind", "state", "pay", "refund", "refunded", "currency", "created_at"
    ),
}
_WRITTEN_AS_JSON = ("terms", "content", "facts")
_RECORDED = ("seq", "at", "action", "entity", "entity_id", "facts")
_AUDIT = (
    select(*(audit.c[name] for name in _RECORDED))
    .where(audit.c.subject == bindparam("pseudonym"))
    .order_by(audit.c.seq)
)
_COSTED = ("turn_id", "at", "model", "route", "reason", "intents", "pattern", "input_tokens", "output_tokens", "micros")
_COSTS = (
    select(*(model_turns.c[name] for name in _COSTED))
    .where(model_turns.c.who == bindparam("pseudonym"))
    .order_by(model_turns.c.at)
)
_DONE = ("at", "kind", "product_id", "source", "place", "slate", "session_id")
_HERE = behaviour.c.session_id.in_(select(sessions.c.session_id).where(sessions.c.subject == _SUBJECT))
_BEHAVIOUR = (
    select(*(behaviour.c[name] for name in _DONE))
    .where((behaviour.c.who == bindparam("pseudonym")) | _HERE)
    .order_by(behaviour.c.event_id)
)
_SESSIONS = _mine(sessions, "session_id", "title", "origin", "created_at", "last_seen_at", "expires_at").order_by(
    sessions.c.created_at
)
_OF: BindParameter[str] = bindparam("session")
_SAID = ("turn_id", "position", "text", "image_ids", "state", "started_at", "finished_at")
_TURNS = select(*(turns.c[name] for name in _SAID)).where(turns.c.session_id == _OF).order_by(turns.c.position)
_SHOWN = ("seq", "turn_id", "event", "data")
_EVENTS = select(*(events.c[name] for name in _SHOWN)).where(events.c.session_id == _OF).order_by(events.c.seq)


class Exports:
    """Reads a shopper's own data out."""

    def __init__(self, context: ShopContext) -> None:
        self._context = context

    async def parts(self, p: Principal) -> AsyncIterator[tuple[str, AsyncIterator[dict[str, Any]]]]:
        """Yield each kind of record by name with its records, JSON-plain; read each before asking for the next.

        Nothing is held in the books between two records, so whoever reads slowly is in nobody's way.
        """
        whose = {"whose": p.subject}
        for name, query in _PARTS.items():
            yield name, self._records(query, whose)
        yield "conversations", self._conversations(p.subject)
        pseudonym = {"pseudonym": self._context.audit.pseudonym(p.subject)}
        yield "behaviour", self._records(_BEHAVIOUR, pseudonym | whose)
        yield "model_turns", self._records(_COSTS, pseudonym)
        yield "audit", self._records(_AUDIT, pseudonym)

    async def _records(self, query: Select[Any], values: Mapping[str, Any]) -> AsyncIterator[dict[str, Any]]:
        async with self._context.database.reading() as connection:
            rows = (await connection.execute(query, values)).mappings().all()
            seal = await self._context.seals.of(connection, values["whose"]) if "whose" in values else None
        for row in rows:
            yield _plain(row, seal)

    async def _conversations(self, subject: str) -> AsyncIterator[dict[str, Any]]:
        async for session in self._records(_SESSIONS, {"whose": subject}):
            of = {"session": session["session_id"]}
            said = [turn async for turn in self._records(_TURNS, of)]
            yield session | {"turns": said, "events": [event async for event in self._records(_EVENTS, of)]}


def _plain(row: RowMapping, seal: Seal | None) -> dict[str, Any]:
    plain = {str(name): value for name, value in row.items()}
    for name in _WRITTEN_AS_JSON:
        if isinstance(plain.get(name), str):
            plain[name] = json.loads(plain[name])
    if "content" in plain and seal is not None:
        plain["content"] = seal.open(plain["content"])
        plain["content"].pop("salt", None)
    return plain
