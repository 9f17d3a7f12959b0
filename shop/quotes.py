"""Quotes: a prepared purchase, one open per cart. Preparing is the furthest a planner can go."""

import hmac
import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from pydantic import ValidationError
from sqlalchemy import RowMapping, bindparam, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from policies.errors import Refused, Unavailable
from policies.principal import Principal
from policies.quote import QuoteTerms, canonical, digest, parse
from policies.words import say
from shop.audit import Entry
from shop.carts import Carts, load_cart
from shop.context import ShopContext
from shop.permits import purchase_refusal, quote_pace_refusal
from shop.shoppers import Checkout, choose, load_checkout
from shop.stock import load_offers
from shop.tables import challenges, intents, orders, quotes
from shop.terms import Frame, draw_up
from shop.transitions import ACTIVE_QUOTE
from shop.views import LineView, OutcomeState, QuoteView, StockedOffer, TotalView
from shop.voids import supersede_active

_OWNED = select(quotes).where(
    quotes.c.quote_id == bindparam("quote_id"),
    quotes.c.subject == bindparam("subject"),
    quotes.c.session_id == bindparam("session_id"),
)
_OWNED_LOCKED = _OWNED.with_for_update(key_share=True)
# One row for each challenge that was minted, one without any where none was.
_OWNED_AND_MINTED = (
    _OWNED.add_columns(challenges.c.challenge_hash)
    .select_from(quotes.outerjoin(challenges, challenges.c.quote_id == quotes.c.quote_id))
    .with_for_update(key_share=True, of=quotes)
)
_PENDING = select(quotes).where(
    quotes.c.subject == bindparam("subject"),
    quotes.c.session_id == bindparam("session_id"),
    quotes.c.state.in_(ACTIVE_QUOTE),
    quotes.c.expires_at > bindparam("now"),
)
_BOUGHT = (
    select(intents.c.intent_id, intents.c.state, orders.c.order_id, orders.c.state.label("order_state"))
    .outerjoin(orders, orders.c.intent_id == intents.c.intent_id)
    .where(intents.c.quote_id == bindparam("quote_id"))
)
_ISSUE = insert(quotes)


class Quotes:
    """Prepares and reads the principal's own quotes; there is no way from here to an order."""

    def __init__(self, context: ShopContext, carts: Carts) -> None:
        self._context = context
        self._carts = carts

    async def prepare(self, p: Principal, delivery: str | None = None, coupon: str | None = None) -> QuoteView:
        """Draw up a quote for the cart; an older open one is superseded. `delivery` and `coupon` change the choices.

        Raises:
            Refused: "cart_empty", "out_of_stock", "over_limit", "no_address", "no_payment", "no_delivery_there",
                "unknown_delivery", "coupon_invalid", "blocked_goods", "switched_off" or "rate_limited".
        """
        async with self._context.database.writing(p.subject) as connection:
            hasty = await quote_pace_refusal(connection, self._context, p)
            if hasty is not None:
                raise hasty
            checkout = await load_checkout(connection, self._context.policy, p.subject)
            if coupon is not None:
                await self._carts.put_coupon(connection, p, coupon or None)
            if delivery is not None:
                require_delivery(self._context, checkout, delivery)
                await choose(connection, p.subject, {"delivery": delivery})
            quote_id = await issue(connection, self._context, p)
            return await _view(connection, self._context, await _owned_or_bug(connection, p, quote_id))

    async def get(self, p: Principal, quote_id: str) -> QuoteView | None:
        """Return the principal's quote of this session; None for unknown and foreign alike."""
        async with self._context.database.reading() as connection:
            row = await owned_quote(connection, p, quote_id)
            return None if row is None else await _view(connection, self._context, row)

    async def pending(self, p: Principal) -> QuoteView | None:
        """Return the quote of this session that still waits for the shopper's press, if there is one."""
        open_now = {"subject": p.subject, "session_id": p.session_id, "now": self._context.now()}
        async with self._context.database.reading() as connection:
            row = (await connection.execute(_PENDING, open_now)).mappings().one_or_none()
            return None if row is None else await _view(connection, self._context, row)


async def issue(connection: AsyncConnection, context: ShopContext, p: Principal) -> str:
    """Write a new quote for the principal's cart within a transaction and end the older one; returns its id."""
    now = context.now()
    checkout = await load_checkout(connection, context.policy, p.subject)
    cart = await load_cart(connection, p.subject)
    offers = await load_offers(connection, context, [line.variant_id for line in cart.contents.lines])
    frame = Frame(f"quote_{secrets.token_urlsafe(16)}", p, now, now + timedelta(seconds=context.policy.quote.ttl_s))
    terms = draw_up(context, frame, cart, checkout, offers)
    refusal = await purchase_refusal(connection, context, p, terms, press=False)
    if refusal is not None:
        raise refusal
    await supersede_active(connection, context, p.subject, "newer_quote", now)
    row: dict[str, Any] = {
        "quote_id": frame.quote_id,
        "cart_id": cart.cart_id,
        "cart_version": cart.version,
        "subject": p.subject,
        "session_id": p.session_id,
        "state": "quoted",
        "digest": digest(terms),
        "terms": canonical(terms).decode(),
        "total": terms.total,
        "currency": terms.currency,
        "issued_at": frame.issued_at,
        "expires_at": frame.expires_at,
        "failures": 0,
    }
    await connection.execute(_ISSUE, row)
    facts = {"to": "quoted", "digest": row["digest"], "total": terms.total, "cart_version": cart.version}
    await context.audit.append(connection, Entry(p.subject, "quote.quoted", "quote", frame.quote_id, facts), now)
    return frame.quote_id


def require_delivery(context: ShopContext, checkout: Checkout, handle: str) -> None:
    """Raise Refused "unknown_delivery" unless the shop delivers that way."""
    if context.policy.delivery_option(handle) is None:
        choices = [option.handle for option in context.policy.delivery]
        text = say(checkout.locale, "unknown_delivery", choices=", ".join(choices))
        raise Refused("unknown_delivery", text, {"choices": choices})


async def owned_quote(
    connection: AsyncConnection, p: Principal, quote_id: str, *, lock: bool = False
) -> RowMapping | None:
    """Read a quote that belongs to this shopper and this session; None for unknown and foreign alike."""
    owned = {"quote_id": quote_id, "subject": p.subject, "session_id": p.session_id}
    return (await connection.execute(_OWNED_LOCKED if lock else _OWNED, owned)).mappings().one_or_none()


async def pressed_quote(
    connection: AsyncConnection, p: Principal, quote_id: str
) -> tuple[RowMapping, tuple[str, ...]] | None:
    """Read and lock an owned quote with the hashes of its challenges; None for unknown and foreign alike."""
    owned = {"quote_id": quote_id, "subject": p.subject, "session_id": p.session_id}
    rows = (await connection.execute(_OWNED_AND_MINTED, owned)).mappings().all()
    minted = tuple(row["challenge_hash"] for row in rows if row["challenge_hash"] is not None)
    return (rows[0], minted) if rows else None


def stored_terms(row: RowMapping) -> QuoteTerms:
    """Return a quote's terms after checking that they are what its digest says.

    Raises:
        Unavailable: The row was changed from outside.
    """
    try:
        terms = parse(row["terms"])
    except ValidationError as error:
        raise Unavailable("The stored quote can't be read; it was changed from outside.") from error
    if not hmac.compare_digest(digest(terms), row["digest"]) or terms.total != row["total"]:
        raise Unavailable("The stored quote does not match its digest; it was changed from outside.")
    return terms


def line_views(terms: QuoteTerms, offers: Mapping[str, StockedOffer]) -> tuple[LineView, ...]:
    """Return the lines as they were quoted; pictures alone are today's."""
    return tuple(
        LineView(
            line_id=line.line_id,
            product_id=line.product_id,
            variant_id=line.variant_id,
            title=line.title,
            options=line.options,
            quantity=line.quantity,
            unit_price=line.unit_price,
            total=line.total,
            image_url=offers[line.variant_id].image_url if line.variant_id in offers else None,
        )
        for line in terms.lines
    )


def total_views(terms: QuoteTerms) -> tuple[TotalView, ...]:
    """Return the lines of the total as they were quoted."""
    return tuple(TotalView(name=line.name, label=line.label, amount=line.amount) for line in terms.totals)


def outcome_state(intent_state: str, order_state: str | None = None) -> OutcomeState:
    """Name an intent's state for a shopper: one that was closed was declined, or refused by the shop itself."""
    if order_state == "refused":
        return "refused"
    names: dict[str, OutcomeState] = {
        "confirmed": "confirmed",
        "authorising": "authorising",
        "reconciling": "reconciling",
        "authorised": "authorised",
        "in_review": "in_review",
        "placed": "placed",
        "captured": "captured",
        "voiding": "voiding",
        "releasing": "releasing",
        "closed": "declined",
    }
    return names[intent_state]


async def _owned_or_bug(connection: AsyncConnection, p: Principal, quote_id: str) -> RowMapping:
    row = await owned_quote(connection, p, quote_id)
    if row is None:
        raise LookupError(f"{quote_id} was written a moment ago and is gone")
    return row


async def _view(connection: AsyncConnection, context: ShopContext, row: RowMapping) -> QuoteView:
    terms = parse(row["terms"])
    offers = await load_offers(connection, context, [line.variant_id for line in terms.lines])
    bought = (await connection.execute(_BOUGHT, {"quote_id": row["quote_id"]})).mappings().one_or_none()
    late = row["state"] in ACTIVE_QUOTE and context.now() >= row["expires_at"]
    return QuoteView(
        quote_id=row["quote_id"],
        state="expired" if late else row["state"],
        currency=row["currency"],
        lines=line_views(terms, offers),
        totals=total_views(terms),
        ship_to=terms.ship_to.label,
        delivery=terms.delivery.label,
        pay_with=terms.payment.label,
        issued_at=row["issued_at"],
        expires_at=row["expires_at"],
        intent_id=bought["intent_id"] if bought else None,
        outcome=outcome_state(bought["state"], bought["order_state"]) if bought else None,
        order_id=bought["order_id"] if bought else None,
    )
