"""Checks an order against the shop's spending limits, from the purchases of the last 24 hours."""

from datetime import datetime, timedelta

from sqlalchemy import String, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from policies.errors import Refused
from policies.limits import order_problem
from policies.order_change import ChangeTerms
from policies.words import money, say
from shop.change_tables import order_changes
from shop.context import ShopContext
from shop.switches import switched_off
from shop.tables import intents

_WINDOW = timedelta(hours=24)
_WHOSE, _SINCE = bindparam("subject", type_=String), bindparam("since", type_=intents.c.created_at.type)
_DIFFERENCES = (
    select(func.coalesce(func.sum(order_changes.c.pay), 0))
    .where(order_changes.c.subject == _WHOSE, order_changes.c.created_at > _SINCE, order_changes.c.state != "failed")
    # Another way to pay charges what goes back elsewhere: nothing is spent by it.
    .where(order_changes.c.kind != "payment")
    .scalar_subquery()
)
_SPENT = select(func.coalesce(func.sum(intents.c.amount), 0), func.count(), _DIFFERENCES).where(
    intents.c.subject == _WHOSE, intents.c.created_at > _SINCE, intents.c.state != "closed"
)


async def limit_refusal(
    connection: AsyncConnection, context: ShopContext, subject: str, total: int, locale: str
) -> Refused | None:
    """Return Refused "over_limit" when the order would pass a limit, else None; purchases that failed don't count."""
    spent, count = await _spent(connection, context, subject)
    limits = context.policy.limits
    problem = order_problem(limits, total=total, spent_today=spent, orders_today=count)
    return None if problem is None else _over(context, problem, locale)


async def difference_refusal(connection: AsyncConnection, context: ShopContext, terms: ChangeTerms) -> Refused | None:
    """Return Refused "switched_off", or "over_limit" when a change makes an order or day cost too much, else None."""
    off = switched_off(context, terms.action, terms.locale)
    if off is not None or not terms.pay:
        return off
    spent, _ = await _spent(connection, context, terms.subject)
    limits = context.policy.limits
    problem = "order" if terms.after[-1].amount > limits.order else None
    problem = problem or order_problem(limits, total=terms.pay, spent_today=spent, orders_today=0)
    return None if problem is None else _over(context, problem, terms.locale)


async def _spent(connection: AsyncConnection, context: ShopContext, subject: str) -> tuple[int, int]:
    """Return the minor units of the last 24 hours' purchases and differences, and how many purchases those are."""
    since: datetime = context.now() - _WINDOW
    spent, count, added = (await connection.execute(_SPENT, {"subject": subject, "since": since})).one()
    return int(spent) + int(added), int(count)


def _over(context: ShopContext, problem: str, locale: str) -> Refused:
    limits = context.policy.limits
    value = getattr(limits, problem)
    limit = value if problem == "orders_per_day" else money(locale, value, context.policy.currency)
    return Refused("over_limit", say(locale, f"limit_{problem}", limit=limit), {"limit": value, "kind": problem})
