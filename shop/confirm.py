"""The confirm transaction: checks one press against the books and makes an intent of a quote, once, or says why not."""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import RowMapping, bindparam, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from policies.errors import Refused, Unavailable
from policies.principal import Principal
from policies.quote import QuoteTerms, digest
from policies.words import say
from shop.audit import Entry
from shop.carts import CartState, load_cart, write_contents
from shop.cautions import caution_refusal
from shop.context import ShopContext
from shop.cooling import MAX_FAILURES
from shop.edits import Contents
from shop.orders import load_outcome, outcome_view
from shop.permits import purchase_refusal
from shop.quotes import issue, pressed_quote, stored_terms
from shop.requote import compare
from shop.shoppers import Checkout, load_checkout
from shop.stock import load_offers, reserve
from shop.tables import cart_undo, intents, quotes, reservations
from shop.terms import Frame, draw_up
from shop.transitions import QUOTE, Move, move
from shop.views import Outcome

_INTENT_OF = select(intents.c.intent_id).where(intents.c.quote_id == bindparam("quote_id"))
_INTEND, _PROMISE = insert(intents), insert(reservations)
_NO_UNDO = delete(cart_undo).where(cart_undo.c.cart_id == bindparam("the_cart"))
_THE_QUOTE = quotes.c.quote_id == bindparam("which")
_SAY_REQUOTE = update(quotes).where(_THE_QUOTE).values(requote=bindparam("said"))
_COUNT_FAILURE = update(quotes).where(_THE_QUOTE).values(failures=bindparam("so_many"), failed_at=bindparam("then"))


@dataclass(frozen=True, slots=True)
class Press:
    """What the trusted surface sends when the shopper presses the button."""

    owner: Principal
    quote_id: str
    digest: str
    challenge: str


@dataclass(frozen=True, slots=True)
class _Case:
    """One press with the quote it is for, read and checked once, and the hashes of the quote's challenges."""

    press: Press
    row: RowMapping
    minted: tuple[str, ...]
    terms: QuoteTerms
    now: datetime

    @property
    def subject(self) -> str:
        return self.press.owner.subject


def challenge_hash(challenge: str) -> str:
    """Return what is stored of a challenge."""
    return hashlib.sha256(challenge.encode("utf-8", "surrogatepass")).hexdigest()


async def confirm(connection: AsyncConnection, context: ShopContext, press: Press) -> Outcome | Refused:
    """Decide one press within a transaction that the caller commits whatever is returned.

    Returns:
        Where the purchase stands, now or from before: there is exactly one intent for it. Or the refusal to raise
        after the commit (what it changed, e.g. `expired`, must stay).

    Raises:
        Unavailable: The clock, the audit log or the quote itself can't be trusted; nothing is committed.
    """
    found = await pressed_quote(connection, press.owner, press.quote_id)
    if found is None:
        return Refused("unknown_quote", say(context.policy.locale, "unknown_quote"))
    row, minted = found
    case = _Case(press, row, minted, stored_terms(row), context.now())
    if row["state"] not in ("quoted", "awaiting_approval", "confirmed"):
        return ended(row, case.terms)
    mismatch = _mismatch(case)
    if row["state"] == "confirmed":
        return _refused(mismatch, case) if mismatch else await _earlier(connection, context, case)
    late = await _expired(connection, context, case)
    if late is not None:
        return late
    if mismatch:
        return await _failed(connection, context, case, mismatch)
    return await _decide(connection, context, case)


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


async def _decide(connection: AsyncConnection, context: ShopContext, case: _Case) -> Outcome | Refused:
    cart = await load_cart(connection, case.subject)
    if (cart.cart_id, cart.version) != (case.row["cart_id"], case.row["cart_version"]):
        await _move(connection, context, case, "superseded", {"reason": "cart_version"})
        return Refused("quote_superseded", say(case.terms.locale, "quote_superseded"), {"state": "superseded"})
    checkout = await load_checkout(connection, context.policy, case.subject)
    changed = await _changed(connection, context, case, cart, checkout)
    if changed is not None:
        return changed
    refusal = await purchase_refusal(connection, context, case.press.owner, case.terms, press=True)
    refusal = refusal or await caution_refusal(connection, context, case.press.owner, case.terms)
    if refusal is not None:
        await _note(connection, context, case, refusal.code)
        return refusal
    return await _commit(connection, context, case, cart, checkout)


async def _commit(
    connection: AsyncConnection, context: ShopContext, case: _Case, cart: CartState, checkout: Checkout
) -> Outcome:
    if checkout.payment is None:
        raise LookupError("the terms were drawn up with a way to pay that is gone")
    terms, now = case.terms, case.now
    intent_id = f"intent_{secrets.token_urlsafe(16)}"
    intent: dict[str, object] = {
        "intent_id": intent_id,
        "quote_id": terms.quote_id,
        "cart_id": cart.cart_id,
        "cart_version": cart.version,
        "subject": case.subject,
        "state": "confirmed",
        "amount": terms.total,
        "authorised": 0,
        "captured": 0,
        "currency": terms.currency,
        "payment_reference": checkout.payment.reference,
        "challenge_hash": challenge_hash(case.press.challenge),
        "attempts": 0,
        "next_try_at": now,
        "created_at": now,
    }
    await connection.execute(_INTEND, intent)
    await _promise(connection, intent_id, terms)
    await write_contents(connection, case.subject, cart, Contents(), now)
    await connection.execute(_NO_UNDO, {"the_cart": cart.cart_id})
    facts = {"intent_id": intent_id, "digest": case.row["digest"], "total": terms.total, "cart_version": cart.version}
    # Last, because it takes the audit log, which all shoppers share.
    if not await _move(connection, context, case, "confirmed", facts):
        raise Unavailable("The quote moved while it was being confirmed.")
    return outcome_view(intent_id, terms, "confirmed")


async def _promise(connection: AsyncConnection, intent_id: str, terms: QuoteTerms) -> None:
    wanted = sorted((line.variant_id, line.quantity) for line in terms.lines)
    if not await reserve(connection, wanted):
        raise Unavailable("Stock moved while the order was being confirmed.")
    base = {"intent_id": intent_id, "state": "reserved"}
    rows = [base | {"variant_id": variant_id, "quantity": quantity} for variant_id, quantity in wanted]
    await connection.execute(_PROMISE, rows)


async def _changed(
    connection: AsyncConnection, context: ShopContext, case: _Case, cart: CartState, checkout: Checkout
) -> Refused | None:
    """Draw the same quote up again; any difference at all ends it and offers a fresh one."""
    row, terms, owner = case.row, case.terms, case.press.owner
    offers = await load_offers(connection, context, [line.variant_id for line in cart.contents.lines], lock=True)
    frame = Frame(row["quote_id"], owner, row["issued_at"], row["expires_at"])
    try:
        current = draw_up(context, frame, cart, checkout, offers)
    except Refused:
        current = None
    if current is not None and hmac.compare_digest(digest(current), row["digest"]):
        return None
    shown = await load_offers(connection, context, [line.variant_id for line in terms.lines])
    requote = compare(terms, current, shown)
    facts = {**requote.facts, "quote_id": None}
    await _move(connection, context, case, "requote_required", {"reason": "terms_changed"})
    if current is not None:
        facts["quote_id"] = await _fresh(connection, context, owner)
    kept = {**facts, "text": requote.text}
    await connection.execute(_SAY_REQUOTE, {"which": row["quote_id"], "said": kept})
    return Refused("requote_required", requote.text, facts)


async def _fresh(connection: AsyncConnection, context: ShopContext, owner: Principal) -> str | None:
    # Issuing refuses before it writes, so a refusal here leaves nothing half done.
    try:
        return await issue(connection, context, owner)
    except Refused:
        return None


def _mismatch(case: _Case) -> str | None:
    press, row = case.press, case.row
    if not hmac.compare_digest(press.digest.encode("utf-8", "surrogatepass"), row["digest"].encode()):
        return "wrong_digest"
    given = challenge_hash(press.challenge)
    # Every one is compared, so that the time taken says nothing about which came close.
    matches = [hmac.compare_digest(given, one) for one in case.minted]
    return None if any(matches) else "wrong_challenge"


async def _earlier(connection: AsyncConnection, context: ShopContext, case: _Case) -> Outcome:
    intent_id = (await connection.execute(_INTENT_OF, {"quote_id": case.row["quote_id"]})).scalar_one()
    outcome = await load_outcome(connection, context, case.press.owner, intent_id)
    if outcome is None:
        raise LookupError(f"{intent_id} was read a moment ago and is gone")
    return outcome


async def _expired(connection: AsyncConnection, context: ShopContext, case: _Case) -> Refused | None:
    if case.now < case.row["issued_at"]:
        raise Unavailable("The clock went back behind the quote; it can't be said whether it still counts.")
    if case.now < case.row["expires_at"]:
        return None
    await _move(connection, context, case, "expired", {"reason": "late_press"})
    return Refused("quote_expired", say(case.terms.locale, "quote_expired"))


async def _failed(connection: AsyncConnection, context: ShopContext, case: _Case, code: str) -> Refused:
    failures = case.row["failures"] + 1
    counted = {"which": case.row["quote_id"], "so_many": failures, "then": case.now}
    await connection.execute(_COUNT_FAILURE, counted)
    await _note(connection, context, case, code)
    if failures >= MAX_FAILURES:
        await _move(connection, context, case, "superseded", {"reason": "failed_approvals"})
    return _refused(code, case)


def _refused(code: str, case: _Case) -> Refused:
    return Refused(code, say(case.terms.locale, code))


async def _note(connection: AsyncConnection, context: ShopContext, case: _Case, code: str) -> None:
    entry = Entry(case.subject, "quote.approval_refused", "quote", case.row["quote_id"], {"code": code})
    await context.audit.append(connection, entry, case.now)


async def _move(
    connection: AsyncConnection, context: ShopContext, case: _Case, after: str, facts: Mapping[str, object]
) -> bool:
    wanted = Move(QUOTE, case.row["quote_id"], case.subject, case.row["state"], after, facts)
    return await move(connection, context.audit, wanted, case.now)
