"""Asks the policy's cautions about an order or a change, within the transaction of its press and for its card."""

from datetime import datetime

from sqlalchemy import String, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from policies.cautions import About, Demand, Unusual, demands, missing
from policies.errors import Refused
from policies.order_change import ChangeTerms
from policies.order_change import parse as parse_change
from policies.principal import Principal
from policies.quote import QuoteTerms
from policies.words import money, say
from shop.change_tables import change_quotes
from shop.context import ShopContext
from shop.permits import earlier_purchases, proved_s
from shop.tables import addresses

_MOST_ASKED = 50  # Cards of one order looked through for the first that asked for the same.
_WHOSE = bindparam("subject", type_=String)
_JOINED = select(addresses.c.joined_at).where(addresses.c.subject == _WHOSE, addresses.c.handle == bindparam("handle"))
_NEWEST = select(func.max(addresses.c.joined_at)).where(addresses.c.subject == _WHOSE)
_ASKED = (
    select(change_quotes.c.issued_at, change_quotes.c.terms)
    .where(
        change_quotes.c.order_id == bindparam("order_id"),
        change_quotes.c.subject == _WHOSE,
        change_quotes.c.kind == bindparam("kind"),
        change_quotes.c.difference == bindparam("difference"),
    )
    .order_by(change_quotes.c.issued_at)
    .limit(_MOST_ASKED)
)


async def caution_refusal(
    connection: AsyncConnection, context: ShopContext, p: Principal, terms: QuoteTerms | ChangeTerms
) -> Refused | None:
    """Return Refused "fresh_login" or "cool_down" when a press lacks what the cautions ask for, else None."""
    wanted = await _demands(connection, context, p.subject, terms)
    lacking = missing(wanted, proved_s(p, context.now()), context.policy.step_up.max_age_s)
    if lacking is None:
        return None
    if lacking.ask == "wait":
        facts: dict[str, object] = {"retry_after_s": _whole(lacking.left_s), "reasons": [lacking.about]}
        return Refused("cool_down", _said(context, terms, lacking), facts)
    minutes = -(-context.policy.step_up.max_age_s // 60)
    key = "fresh_login" if isinstance(terms, QuoteTerms) else "change_fresh_login"
    text = say(terms.locale, key, minutes=minutes, seller=context.policy.seller)
    reasons = [each.about for each in wanted if each.ask == "fresh_login"]
    facts = {"max_age_s": context.policy.step_up.max_age_s, "reasons": reasons}
    return Refused("fresh_login", f"{_why(context, terms, lacking)} {text}", facts)


async def cautions_on_card(
    connection: AsyncConnection, context: ShopContext, subject: str, terms: QuoteTerms | ChangeTerms
) -> list[str]:
    """Return the sentences that a card starts with: what its press will ask for, as things stand now."""
    return [_said(context, terms, each) for each in await _demands(connection, context, subject, terms)]


async def _demands(
    connection: AsyncConnection, context: ShopContext, subject: str, terms: QuoteTerms | ChangeTerms
) -> tuple[Demand, ...]:
    cautions = context.policy.cautions
    if not cautions:
        return ()
    now = context.now()
    if isinstance(terms, QuoteTerms):
        unusual = await _of_purchase(connection, subject, terms, now)
    else:
        unusual = await _of_change(connection, subject, terms, now)
    return demands(cautions, unusual)


async def _of_purchase(connection: AsyncConnection, subject: str, terms: QuoteTerms, now: datetime) -> Unusual:
    which = {"subject": subject, "handle": terms.ship_to.handle}
    joined = (await connection.execute(_JOINED, which)).scalar_one_or_none()
    # An address without a time came with the account.
    if joined is None:
        return Unusual()
    return Unusual({"recent_address": terms.total}, {"recent_address": _age(joined, now)})


async def _of_change(connection: AsyncConnection, subject: str, terms: ChangeTerms, now: datetime) -> Unusual:
    moves = terms.after[-1].amount if terms.action == "address" else terms.charged + terms.refund
    stakes: dict[About, int] = {}
    joined = (await connection.execute(_NEWEST, {"subject": subject})).scalar_one()
    ages: dict[About, float] = {}
    if joined is not None and moves:
        stakes["recent_address"], ages["recent_address"] = moves, _age(joined, now)
    if terms.action == "address" and await _never_went(connection, subject, terms):
        stakes["new_address"] = moves
    if terms.moved or terms.credit:
        stakes["money_elsewhere"] = terms.moved or terms.refund
    if terms.refund:
        stakes["refund"] = terms.refund
    ages["money_elsewhere"] = ages["refund"] = _age(await _first_asked(connection, subject, terms, now), now)
    return Unusual(stakes, ages)


async def _never_went(connection: AsyncConnection, subject: str, terms: ChangeTerms) -> bool:
    before = await earlier_purchases(connection, subject)
    return all(each.ship_to.content != terms.ship_to.content for each in before)


async def _first_asked(connection: AsyncConnection, subject: str, terms: ChangeTerms, now: datetime) -> datetime:
    which = {"order_id": terms.order_id, "subject": subject, "kind": terms.action, "difference": terms.difference}
    for issued_at, text in await connection.execute(_ASKED, which):
        if parse_change(text).instrument == terms.instrument:
            return issued_at
    return now


def _said(context: ShopContext, terms: QuoteTerms | ChangeTerms, demand: Demand) -> str:
    why = _why(context, terms, demand)
    if demand.ask == "wait":
        seconds = _whole(demand.left_s)
        unit, amount = ("hours", -(-seconds // 3600)) if seconds > 3600 else ("minutes", -(-seconds // 60))
        return f"{why} {say(terms.locale, f'caution_wait_{unit}', amount=amount)}"
    minutes = -(-context.policy.step_up.max_age_s // 60)
    return f"{why} {say(terms.locale, 'caution_login', minutes=minutes)}"


def _why(context: ShopContext, terms: QuoteTerms | ChangeTerms, demand: Demand) -> str:
    bought = isinstance(terms, QuoteTerms)
    key = "caution_recent_home" if bought and demand.about == "recent_address" else f"caution_{demand.about}"
    amount = 0 if bought else terms.refund
    return say(terms.locale, key, amount=money(terms.locale, amount, context.policy.currency))


def _age(since: datetime, now: datetime) -> float:
    return (now - since).total_seconds()


def _whole(seconds: float) -> int:
    return max(1, -int(-seconds // 1))
