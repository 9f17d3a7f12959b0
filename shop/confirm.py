"""The confirm transaction: checks one press against the books and makes an intent of a quote, once, or says why not."""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import RowMapping, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from policies.errors import Refused, Unavailable
from policies.principal import Principal
from policies.quote import QuoteTerms, digest
from policies.words import say
from shop.audit import Entry
from shop.carts import CartState, load_cart, write_contents
from shop.context import ShopContext
from shop.edits import Contents
from shop.quotes import issue, owned_quote, stored_terms
from shop.requote import compare
from shop.shoppers import load_checkout
from shop.spending import limit_refusal
from shop.stock import load_offers, reserve
from shop.tables import cart_undo, challenges, intents, quotes, reservations
from shop.terms import Frame, draw_up
from shop.transitions import QUOTE, Move, move

MAX_FAILURES = 3


@dataclass(frozen=True, slots=True)
class Press:
    """What the trusted surface sends when the shopper presses the button."""

    owner: Principal
    quote_id: str
    digest: str
    challenge: str


@dataclass(frozen=True, slots=True)
class Confirmed:
    """The press counted, now or before; there is exactly one intent for it."""

    intent_id: str


def challenge_hash(challenge: str) -> str:
    """Return what is stored of a challenge."""
    return hashlib.sha256(challenge.encode("utf-8", "surrogatepass")).hexdigest()


async def confirm(connection: AsyncConnection, context: ShopContext, press: Press) -> Confirmed | Refused:
    """Decide one press within a transaction that the caller commits whatever is returned.

    Returns:
        Confirmed, or the refusal to raise after the commit (what it changed, e.g. `expired`, must stay).

    Raises:
        Unavailable: The clock, the audit log or the quote itself can't be trusted; nothing is committed.
    """
    row = await owned_quote(connection, press.owner, press.quote_id, lock=True)
    if row is None:
        return Refused("unknown_quote", say(context.policy.locale, "unknown_quote"))
    terms = stored_terms(row)
    now = context.now()
    if row["state"] not in ("quoted", "awaiting_approval", "confirmed"):
        return ended(row, terms)
    mismatch = await _mismatch(connection, row, press)
    if row["state"] == "confirmed":
        return _refused(mismatch, terms) if mismatch else await _earlier(connection, row)
    late = await _expired(connection, context, row, now)
    if late is not None:
        return late
    if mismatch:
        return await _failed(connection, context, row, mismatch, now)
    return await _decide(connection, context, press, row, now)


def ended(row: RowMapping, terms: QuoteTerms) -> Refused:
    """Return the refusal for a quote whose state no longer allows anything."""
    locale, state = terms.locale, str(row["state"])
    if state == "expired":
        return Refused("quote_expired", say(locale, "quote_expired"))
    if state == "requote_required":
        said = dict(row["requote"])
        return Refused("requote_required", str(said.pop("text")), said)
    if state == "superseded" and row["failures"] >= MAX_FAILURES:
        return Refused("quote_superseded", say(locale, "quote_locked"), {"state": state})
    return Refused("quote_superseded", say(locale, f"quote_{state}"), {"state": state})


async def _decide(
    connection: AsyncConnection, context: ShopContext, press: Press, row: RowMapping, now: datetime
) -> Confirmed | Refused:
    terms = stored_terms(row)
    cart = await load_cart(connection, press.owner.subject)
    if (cart.cart_id, cart.version) != (row["cart_id"], row["cart_version"]):
        await _move(connection, context, row, "superseded", now, {"reason": "cart_version"})
        return Refused("quote_superseded", say(terms.locale, "quote_superseded"), {"state": "superseded"})
    changed = await _changed(connection, context, press, row, cart, now)
    if changed is not None:
        return changed
    refusal = await limit_refusal(connection, context, press.owner.subject, terms.total, terms.locale)
    if refusal is not None:
        await _note(connection, context, row, refusal.code, now)
        return refusal
    return await _commit(connection, context, press, row, cart, now)


async def _commit(
    connection: AsyncConnection, context: ShopContext, press: Press, row: RowMapping, cart: CartState, now: datetime
) -> Confirmed:
    terms = stored_terms(row)
    checkout = await load_checkout(connection, context.policy, press.owner.subject)
    if checkout.payment is None:
        raise LookupError("the terms were drawn up with a way to pay that is gone")
    intent_id = f"intent_{secrets.token_urlsafe(16)}"
    facts = {"intent_id": intent_id, "digest": row["digest"], "total": terms.total, "cart_version": cart.version}
    if not await _move(connection, context, row, "confirmed", now, facts):
        raise Unavailable("The quote moved while it was being confirmed.")
    await connection.execute(
        insert(intents).values(
            intent_id=intent_id,
            quote_id=row["quote_id"],
            cart_id=cart.cart_id,
            cart_version=cart.version,
            subject=press.owner.subject,
            state="confirmed",
            amount=terms.total,
            authorised=0,
            captured=0,
            currency=terms.currency,
            payment_reference=checkout.payment.reference,
            challenge_hash=challenge_hash(press.challenge),
            attempts=0,
            next_try_at=now,
            created_at=now,
        )
    )
    for line in terms.lines:
        if not await reserve(connection, line.variant_id, line.quantity):
            raise Unavailable("Stock moved while the order was being confirmed.")
        promise = {"variant_id": line.variant_id, "quantity": line.quantity, "state": "reserved"}
        await connection.execute(insert(reservations).values(intent_id=intent_id, **promise))
    await write_contents(connection, press.owner.subject, cart, Contents(), now)
    await connection.execute(cart_undo.delete().where(cart_undo.c.cart_id == cart.cart_id))
    return Confirmed(intent_id)


async def _changed(
    connection: AsyncConnection, context: ShopContext, press: Press, row: RowMapping, cart: CartState, now: datetime
) -> Refused | None:
    """Draw the same quote up again; any difference at all ends it and offers a fresh one."""
    terms = stored_terms(row)
    checkout = await load_checkout(connection, context.policy, press.owner.subject)
    offers = await load_offers(connection, context, [line.variant_id for line in cart.contents.lines], lock=True)
    frame = Frame(row["quote_id"], press.owner, row["issued_at"], row["expires_at"])
    try:
        current = draw_up(context, frame, cart, checkout, offers)
    except Refused:
        current = None
    if current is not None and hmac.compare_digest(digest(current), row["digest"]):
        return None
    shown = await load_offers(connection, context, [line.variant_id for line in terms.lines])
    requote = compare(terms, current, shown)
    facts = {**requote.facts, "quote_id": None}
    await _move(connection, context, row, "requote_required", now, {"reason": "terms_changed"})
    if current is not None:
        facts["quote_id"] = await _fresh(connection, context, press.owner)
    kept = {**facts, "text": requote.text}
    await connection.execute(update(quotes).where(quotes.c.quote_id == row["quote_id"]).values(requote=kept))
    return Refused("requote_required", requote.text, facts)


async def _fresh(connection: AsyncConnection, context: ShopContext, owner: Principal) -> str | None:
    # Issuing refuses before it writes, so a refusal here leaves nothing half done.
    try:
        return await issue(connection, context, owner)
    except Refused:
        return None


async def _mismatch(connection: AsyncConnection, row: RowMapping, press: Press) -> str | None:
    if not hmac.compare_digest(press.digest.encode("utf-8", "surrogatepass"), row["digest"].encode()):
        return "wrong_digest"
    query = select(challenges.c.challenge_hash).where(challenges.c.quote_id == row["quote_id"])
    given = challenge_hash(press.challenge)
    minted = (await connection.execute(query)).scalars().all()
    # Every one is compared, so that the time taken says nothing about which came close.
    matches = [hmac.compare_digest(given, one) for one in minted]
    return None if any(matches) else "wrong_challenge"


async def _earlier(connection: AsyncConnection, row: RowMapping) -> Confirmed:
    query = select(intents.c.intent_id).where(intents.c.quote_id == row["quote_id"])
    return Confirmed((await connection.execute(query)).scalar_one())


async def _expired(connection: AsyncConnection, context: ShopContext, row: RowMapping, now: datetime) -> Refused | None:
    if now < row["issued_at"]:
        raise Unavailable("The clock went back behind the quote; it can't be said whether it still counts.")
    if now < row["expires_at"]:
        return None
    await _move(connection, context, row, "expired", now, {"reason": "late_press"})
    return Refused("quote_expired", say(stored_terms(row).locale, "quote_expired"))


async def _failed(
    connection: AsyncConnection, context: ShopContext, row: RowMapping, code: str, now: datetime
) -> Refused:
    failures = row["failures"] + 1
    await connection.execute(update(quotes).where(quotes.c.quote_id == row["quote_id"]).values(failures=failures))
    await _note(connection, context, row, code, now)
    if failures >= MAX_FAILURES:
        await _move(connection, context, row, "superseded", now, {"reason": "failed_approvals"})
    return _refused(code, stored_terms(row))


def _refused(code: str, terms: QuoteTerms) -> Refused:
    return Refused(code, say(terms.locale, code))


async def _note(connection: AsyncConnection, context: ShopContext, row: RowMapping, code: str, now: datetime) -> None:
    entry = Entry(row["subject"], "quote.approval_refused", "quote", row["quote_id"], {"code": code})
    await context.audit.append(connection, entry, now)


async def _move(
    connection: AsyncConnection,
    context: ShopContext,
    row: RowMapping,
    after: str,
    now: datetime,
    facts: Mapping[str, object],
) -> bool:
    wanted = Move(QUOTE, row["quote_id"], row["subject"], row["state"], after, facts)
    return await move(connection, context.audit, wanted, now)
