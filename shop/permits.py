"""Asks the policy about a purchase within the transaction that would make it: what, for whom, and how often."""

from datetime import datetime, timedelta
from math import ceil

from sqlalchemy import bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from policies.errors import Refused
from policies.permits import Deed, Denied, Piece, permit, step_up_reasons
from policies.principal import Principal
from policies.quote import QuoteTerms, parse
from policies.words import money, plain, say
from shop.context import ShopContext
from shop.cooling import cooling_refusal
from shop.spending import limit_refusal
from shop.switches import switched_off
from shop.tables import intents, quotes

_MOST_EARLIER = 50  # Purchases looked through for an address or a card that was used before.
_MINUTE = timedelta(minutes=1)

_BOUGHT = intents.join(quotes, quotes.c.quote_id == intents.c.quote_id)
_IN_SESSION = (
    select(func.coalesce(func.sum(intents.c.amount), 0))
    .select_from(_BOUGHT)
    .where(
        intents.c.subject == bindparam("subject"),
        intents.c.state != "closed",
        quotes.c.session_id == bindparam("session_id"),
    )
)
_EARLIER = (
    select(quotes.c.terms)
    .select_from(_BOUGHT)
    .where(intents.c.subject == bindparam("subject"), intents.c.state != "closed")
    .order_by(intents.c.created_at.desc())
    .limit(_MOST_EARLIER)
)
_ISSUED = select(func.count(), func.min(quotes.c.issued_at)).where(
    quotes.c.subject == bindparam("subject"), quotes.c.issued_at > bindparam("since")
)


async def purchase_refusal(
    connection: AsyncConnection, context: ShopContext, p: Principal, terms: QuoteTerms, *, press: bool
) -> Refused | None:
    """Return why the policy does not let these terms be quoted (or pressed), None when it does.

    Refused carries "switched_off", "blocked_goods", "over_limit", or for a press "fresh_login" and "cool_down".
    """
    if press and (cooling := await cooling_refusal(connection, context, p.subject, terms.locale)) is not None:
        return cooling
    off = switched_off(context, "place_order" if press else "prepare_quote", terms.locale)
    over = off or await limit_refusal(connection, context, p.subject, terms.total, terms.locale)
    if over is not None:
        return over
    deed = await _deed(connection, context, p, terms, press=press)
    denied = permit(deed, context.policy.permits)
    return None if denied is None else _said(context, deed, denied, terms.locale)


async def quote_pace_refusal(connection: AsyncConnection, context: ShopContext, p: Principal) -> Refused | None:
    """Return Refused "rate_limited" when a shopper asks for order cards faster than the policy allows, else None."""
    now = context.now()
    count, first = (await connection.execute(_ISSUED, {"subject": p.subject, "since": now - _MINUTE})).one()
    if count < context.policy.rates.quotes_per_min:
        return None
    seconds = max(1, ceil((first + _MINUTE - now).total_seconds()))
    text = say(context.policy.locale, "rate_limited", seconds=seconds)
    return Refused("rate_limited", text, {"retry_after_s": seconds})


def pieces_of(terms: QuoteTerms) -> tuple[Piece, ...]:
    """Return the lines in the policies' words."""
    return tuple(Piece(line.product_id, line.variant_id, line.title) for line in terms.lines)


async def earlier_purchases(connection: AsyncConnection, subject: str) -> list[QuoteTerms]:
    """Return what the shopper approved before and what did not come to nothing, newest first."""
    rows = (await connection.execute(_EARLIER, {"subject": subject})).scalars().all()
    return [parse(row) for row in rows]


def proved_s(p: Principal, now: datetime) -> float | None:
    """Return how many seconds ago the shopper proved who they are; None where they never did."""
    return None if p.authenticated_at is None else (now - p.authenticated_at).total_seconds()


async def _deed(
    connection: AsyncConnection, context: ShopContext, p: Principal, terms: QuoteTerms, *, press: bool
) -> Deed:
    policy = context.policy
    whose = {"subject": p.subject, "session_id": p.session_id}
    spent = 0
    if policy.limits.session is not None:
        spent = int((await connection.execute(_IN_SESSION, whose)).scalar_one())
    novel = press and bool(policy.step_up.when)
    return Deed(
        action=terms.action if press else "prepare_quote",
        pieces=pieces_of(terms),
        total=terms.total,
        session_total=spent,
        novelty=await _novelty(connection, p.subject, terms) if novel else frozenset(),
        proved_s=proved_s(p, context.now()),
        press=press,
    )


async def _novelty(connection: AsyncConnection, subject: str, terms: QuoteTerms) -> frozenset[str]:
    before = await earlier_purchases(connection, subject)
    facts = {
        "first_order": not before,
        "new_address": all(each.ship_to.content != terms.ship_to.content for each in before),
        "new_payment": all(each.payment.content != terms.payment.content for each in before),
    }
    return frozenset(name for name, is_so in facts.items() if is_so)


def _said(context: ShopContext, deed: Deed, denied: Denied, locale: str) -> Refused:
    policy = context.policy
    match denied.code:
        case "switched_off":
            return Refused("switched_off", say(locale, "off_place_order"), {"action": deed.action})
        case "blocked_goods":
            what = plain(denied.piece.title) if denied.piece else ""
            why = denied.why or {}
            text = say(
                locale, "blocked_goods", what=what, why=why.get(locale) or why.get("en") or next(iter(why.values()))
            )
            return Refused("blocked_goods", text, {"variant_id": denied.piece.variant_id if denied.piece else ""})
        case "over_limit":
            text = say(locale, "limit_session", limit=money(locale, denied.limit or 0, policy.currency))
            return Refused("over_limit", text, {"limit": denied.limit, "kind": "session"})
        case "fresh_login":
            minutes = -(-(denied.limit or 0) // 60)
            text = say(locale, "fresh_login", minutes=minutes, seller=policy.seller)
            reasons = list(step_up_reasons(deed, policy.permits))
            return Refused("fresh_login", text, {"max_age_s": denied.limit, "reasons": reasons})
