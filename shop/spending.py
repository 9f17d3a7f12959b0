"""Checks an order against the shop's spending limits, from the purchases of the last 24 hours."""

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from policies.errors import Refused
from policies.limits import order_problem
from policies.words import money, say
from shop.context import ShopContext
from shop.tables import intents

_WINDOW = timedelta(hours=24)


async def limit_refusal(
    connection: AsyncConnection, context: ShopContext, subject: str, total: int, locale: str
) -> Refused | None:
    """Return Refused "over_limit" when the order would pass a limit, else None; purchases that failed don't count."""
    since: datetime = context.now() - _WINDOW
    query = select(func.coalesce(func.sum(intents.c.amount), 0), func.count()).where(
        intents.c.subject == subject, intents.c.created_at > since, intents.c.state != "closed"
    )
    spent, count = (await connection.execute(query)).one()
    limits = context.policy.limits
    problem = order_problem(limits, total=total, spent_today=int(spent), orders_today=int(count))
    if problem is None:
        return None
    value = getattr(limits, problem)
    limit = value if problem == "orders_per_day" else money(locale, value, context.policy.currency)
    return Refused("over_limit", say(locale, f"limit_{problem}", limit=limit), {"limit": value, "kind": problem})
