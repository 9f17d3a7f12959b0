"""After a card died of failed approvals, no press of the same shopper counts for a while, whatever it is for."""

from datetime import timedelta
from math import ceil

from sqlalchemy import Select, Table, bindparam, func, select, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from policies.errors import Refused
from policies.words import say
from shop.change_tables import change_quotes
from shop.context import ShopContext
from shop.home_tables import home_quotes
from shop.tables import Instant, quotes

MAX_FAILURES = 3


def _died(table: Table) -> Select[tuple[object]]:
    return select(table.c.failed_at).where(
        table.c.subject == bindparam("subject"),
        table.c.failures >= MAX_FAILURES,
        table.c.failed_at > bindparam("since", type_=Instant()),
    )


_DEATHS = union_all(*(_died(table) for table in (quotes, change_quotes, home_quotes))).subquery()
_LAST = select(func.max(_DEATHS.c.failed_at))


async def cooling_refusal(
    connection: AsyncConnection, context: ShopContext, subject: str, locale: str, words: str = "cool_down"
) -> Refused | None:
    """Return Refused "cool_down" while a shopper's presses don't count, in `words` for what was pressed, else None."""
    now, rest = context.now(), timedelta(seconds=context.policy.rates.cool_down_s)
    failed_at = (await connection.execute(_LAST, {"subject": subject, "since": now - rest})).scalar_one()
    if failed_at is None:
        return None
    seconds = max(1, ceil((failed_at + rest - now).total_seconds()))
    return Refused("cool_down", say(locale, words, minutes=-(-seconds // 60)), {"retry_after_s": seconds})
