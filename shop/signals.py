"""What a shopper looked at and put in the cart: product ids only, most recent first, for recommendations."""

from collections.abc import Sequence

from sqlalchemy import Integer, String, bindparam, delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from policies.principal import Principal
from shop.db import Database
from shop.talk_tables import signals

_KEPT = 200
_MINE = signals.c.subject == bindparam("whose", type_=String)
_LAST = select(func.max(signals.c.position)).where(_MINE)
_FORGET = delete(signals).where(
    _MINE,
    signals.c.kind == bindparam("done", type_=String),
    signals.c.product_id.in_(bindparam("product_ids", expanding=True)),
)
_KEEP = insert(signals)
_FORGET_OLD = delete(signals).where(_MINE, signals.c.position <= bindparam("up_to", type_=Integer))
_LIKED = (
    select(signals.c.product_id)
    .where(_MINE)
    .group_by(signals.c.product_id)
    .order_by(func.max(signals.c.position).desc())
    .limit(bindparam("at_most"))
)


class Signals:
    """Reads and writes the principal's own signals."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def viewed(self, p: Principal, product_ids: Sequence[str]) -> None:
        """Remember that these products were looked at, in this order."""
        if not product_ids:
            return
        async with self._database.writing(p.subject) as connection:
            await remember(connection, p.subject, "viewed", product_ids)

    async def liked(self, p: Principal, limit: int = 20) -> list[str]:
        """Return viewed and added product ids, each once, most recent first."""
        async with self._database.reading() as connection:
            return list((await connection.execute(_LIKED, {"whose": p.subject, "at_most": limit})).scalars())


async def remember(connection: AsyncConnection, subject: str, kind: str, product_ids: Sequence[str]) -> None:
    """Write signals within a transaction; an older one of the same product and kind moves to the front."""
    fresh = list(dict.fromkeys(product_ids))
    if not fresh:
        return
    mine = {"whose": subject}
    last = (await connection.execute(_LAST, mine)).scalar_one() or 0
    await connection.execute(_FORGET, {**mine, "done": kind, "product_ids": fresh})
    rows = [
        {"subject": subject, "product_id": product_id, "kind": kind, "position": last + number}
        for number, product_id in enumerate(fresh, start=1)
    ]
    await connection.execute(_KEEP, rows)
    if last + len(fresh) > _KEPT:
        await connection.execute(_FORGET_OLD, {**mine, "up_to": last + len(fresh) - _KEPT})
