"""Prepared changes of orders, one open per order. Preparing is the furthest a planner can go."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pydantic import ValidationError
from sqlalchemy import RowMapping, bindparam, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from policies.errors import Refused, Unavailable
from policies.order_change import ChangeTerms, parse
from policies.principal import Principal
from policies.quote import canonical, digest
from policies.words import say
from shop.audit import Entry
from shop.change_address import draft, keep_draft
from shop.change_card import line_views, total_views
from shop.change_money import load_means
from shop.change_said import change_text
from shop.change_tables import change_quotes, order_changes
from shop.change_terms import Books, ChangeWanted, draw_change
from shop.change_views import ChangeView
from shop.context import ShopContext
from shop.held import Held, load_held
from shop.shoppers import Address, address_of, load_checkout
from shop.spending import difference_refusal
from shop.stock import load_offers
from shop.terms import Frame
from shop.transitions import ACTIVE_QUOTE, CHANGE_QUOTE, Move, move

PREFIX = "change_"

_OWNED = select(change_quotes).where(
    change_quotes.c.quote_id == bindparam("quote_id"),
    change_quotes.c.subject == bindparam("subject"),
    change_quotes.c.session_id == bindparam("session_id"),
)
_PENDING = (
    select(change_quotes)
    .where(
        change_quotes.c.subject == bindparam("subject"),
        change_quotes.c.session_id == bindparam("session_id"),
        change_quotes.c.state.in_(ACTIVE_QUOTE),
        change_quotes.c.expires_at > bindparam("now"),
    )
    .order_by(change_quotes.c.issued_at.desc(), change_quotes.c.quote_id)
    .limit(1)
)
_OPEN = select(change_quotes).where(
    change_quotes.c.order_id == bindparam("order_id"), change_quotes.c.state.in_(ACTIVE_QUOTE)
)
_DUE = select(change_quotes.c.quote_id, change_quotes.c.state, change_quotes.c.subject).where(
    change_quotes.c.state.in_(ACTIVE_QUOTE), change_quotes.c.expires_at <= bindparam("now")
)
_MADE = select(order_changes.c.change_id, order_changes.c.state).where(
    order_changes.c.quote_id == bindparam("quote_id")
)
_ISSUE = insert(change_quotes)


def is_change(quote_id: str) -> bool:
    """Say whether an id names a prepared change rather than a prepared purchase."""
    return quote_id.startswith(PREFIX)


class OrderChanges:
    """Prepares and reads changes of the principal's own orders; there is no way from here to one that is made."""

    def __init__(self, context: ShopContext) -> None:
        self._context = context

    async def prepare(self, p: Principal, order_id: str, wanted: ChangeWanted) -> ChangeView:
        """Draw up a change; an older open one of the same order is superseded, cart and purchase are untouched.

        A new address takes a connection that may write it: the trusted surface's, never the planner's.

        Raises:
            Refused: "unknown_order" for unknown and foreign alike, or why it can't be changed that way; see
                `shop.change_terms.draw_change`. "over_limit" when a difference to pay passes a spending limit.
        """
        async with self._context.database.writing(p.subject) as connection:
            quote_id = await issue_change(connection, self._context, p, order_id, wanted)
            row = await owned_change(connection, p, quote_id)
            if row is None:
                raise LookupError(f"{quote_id} was written a moment ago and is gone")
            return await _view(connection, self._context, row)

    async def get(self, p: Principal, quote_id: str) -> ChangeView | None:
        """Return the principal's change of this session; None for unknown and foreign alike."""
        async with self._context.database.reading() as connection:
            row = await owned_change(connection, p, quote_id)
            return None if row is None else await _view(connection, self._context, row)

    async def pending(self, p: Principal) -> ChangeView | None:
        """Return the newest change of this session that still waits for the shopper's press, if there is one."""
        open_now = {"subject": p.subject, "session_id": p.session_id, "now": self._context.now()}
        async with self._context.database.reading() as connection:
            row = (await connection.execute(_PENDING, open_now)).mappings().one_or_none()
            return None if row is None else await _view(connection, self._context, row)


async def issue_change(
    connection: AsyncConnection, context: ShopContext, p: Principal, order_id: str, wanted: ChangeWanted
) -> str:
    """Write a new change within a transaction and end the order's older open one; returns its id."""
    now = context.now()
    checkout = await load_checkout(connection, context.policy, p.subject)
    held = await load_held(connection, order_id, p.subject)
    if held is None:
        raise Refused("unknown_order", say(checkout.locale, "unknown_order"))
    quote_id = f"{PREFIX}{secrets.token_urlsafe(16)}"
    frame = Frame(quote_id, p, now, now + timedelta(seconds=context.policy.quote.ttl_s))
    asked = wanted.new_address
    new = await draft(connection, context, p.subject, asked) if asked is not None else None
    terms = await drawn_now(connection, context, frame, held, Wish(wanted, new))
    over = await difference_refusal(connection, context, terms)
    if over is not None:
        raise over
    await supersede_changes(connection, context, order_id, "newer_quote", now)
    row: dict[str, Any] = {
        "quote_id": quote_id,
        "order_id": order_id,
        "subject": p.subject,
        "session_id": p.session_id,
        "kind": terms.action,
        "state": "quoted",
        "digest": digest(terms),
        "terms": canonical(terms).decode(),
        "difference": terms.difference,
        "currency": terms.currency,
        "issued_at": frame.issued_at,
        "expires_at": frame.expires_at,
        "failures": 0,
    }
    await connection.execute(_ISSUE, row)
    if new is not None:
        await keep_draft(connection, quote_id, new)
    facts = {"to": "quoted", "digest": row["digest"], "kind": terms.action, "difference": terms.difference}
    facts |= {"order_id": order_id}
    await context.audit.append(connection, Entry(p.subject, "quote.quoted", "quote", quote_id, facts), now)
    return quote_id


@dataclass(frozen=True, slots=True)
class Wish:
    """What to draw up.

    Args:
        wanted: What shall become of the order.
        new: The new address it shall go to, if it is none of the shopper's yet.
        lock: Keep the offers that come from moving until the transaction ends.
    """

    wanted: ChangeWanted
    new: Address | None = None
    lock: bool = False


async def drawn_now(
    connection: AsyncConnection, context: ShopContext, frame: Frame, held: Held, wish: Wish
) -> ChangeTerms:
    """Draw a change up from the books within a transaction."""
    wanted, subject = wish.wanted, frame.owner.subject
    checkout = await load_checkout(connection, context.policy, subject)
    offers = await load_offers(connection, context, wanted.variants, lock=wish.lock)
    address = wish.new
    if wanted.kind == "address" and address is None and wanted.address:
        address = await address_of(connection, subject, wanted.address)
    means = await load_means(connection, subject)
    return draw_change(context, frame, held, wanted, Books(offers, address, means, checkout.locale))


async def supersede_changes(
    connection: AsyncConnection, context: ShopContext, order_id: str, reason: str, at: datetime
) -> None:
    """End the order's open change, if there is one; every challenge of it dies with it."""
    for row in (await connection.execute(_OPEN, {"order_id": order_id})).mappings().all():
        after = "expired" if at >= row["expires_at"] else "superseded"
        wanted = Move(CHANGE_QUOTE, row["quote_id"], row["subject"], row["state"], after, {"reason": reason})
        await move(connection, context.audit, wanted, at)


async def expire_due_changes(context: ShopContext) -> int:
    """End all prepared changes whose time has run out; returns how many."""
    now = context.now()
    async with context.database.reading() as connection:
        due = (await connection.execute(_DUE, {"now": now})).mappings().all()
    ended = 0
    for row in due:
        async with context.database.writing(row["subject"]) as connection:
            wanted = Move(CHANGE_QUOTE, row["quote_id"], row["subject"], row["state"], "expired", {"reason": "time"})
            ended += await move(connection, context.audit, wanted, now)
    return ended


async def owned_change(connection: AsyncConnection, p: Principal, quote_id: str) -> RowMapping | None:
    """Read a prepared change of this shopper and this session; None for unknown and foreign alike."""
    owned = {"quote_id": quote_id, "subject": p.subject, "session_id": p.session_id}
    return (await connection.execute(_OWNED, owned)).mappings().one_or_none()


def stored_change(row: RowMapping) -> ChangeTerms:
    """Return a change's terms after checking that they are what its digest says.

    Raises:
        Unavailable: The row was changed from outside.
    """
    try:
        terms = parse(row["terms"])
    except ValidationError as error:
        raise Unavailable("The stored change can't be read; it was changed from outside.") from error
    # Of the text itself: terms from before a field was added stay what was approved.
    signed = hashlib.sha256(row["terms"].encode()).hexdigest()
    if not hmac.compare_digest(signed, row["digest"]) or terms.difference != row["difference"]:
        raise Unavailable("The stored change does not match its digest; it was changed from outside.")
    return terms


async def _view(connection: AsyncConnection, context: ShopContext, row: RowMapping) -> ChangeView:
    terms = parse(row["terms"])
    approved = (await connection.execute(_MADE, {"quote_id": row["quote_id"]})).mappings().one_or_none()
    late = row["state"] in ACTIVE_QUOTE and context.now() >= row["expires_at"]
    state = "expired" if late else row["state"]
    return ChangeView(
        quote_id=row["quote_id"],
        order_id=row["order_id"],
        kind=terms.action,
        state=state,
        currency=terms.currency,
        lines=line_views(terms),
        totals=total_views(terms),
        difference=terms.difference,
        ship_to=terms.ship_to.label,
        instrument=terms.instrument.label,
        issued_at=row["issued_at"],
        expires_at=row["expires_at"],
        change_id=approved["change_id"] if approved else None,
        progress=approved["state"] if approved else None,
        text=change_text(terms, state, approved["state"] if approved else None),
    )
