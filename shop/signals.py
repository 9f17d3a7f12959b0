"""What a shopper looked at and put in the cart: product ids only, most recent first, for recommendations."""

from collections.abc import Sequence

from sqlalchemy import delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from policies.principal import Principal
from shop.db import Database
from shop.talk_tables import signals

_KEPT = 200


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
        query = (
            select(signals.c.product_id)
            .where(signals.c.subject == p.subject)
            .group_by(signals.c.product_id)
            .order_by(func.max(signals.c.position).desc())
            .limit(limit)
        )
        async with self._database.reading() as connection:
            return list((await connection.execute(query)).scalars())


async def remember(connection: AsyncConnection, subject: str, kind: str, product_ids: Sequence[str]) -> None:
    """Write signals within a transaction; an older one of the same product and kind moves to the front."""
    fresh = list(dict.fromkeys(product_ids))
    if not fresh:
        return
    mine = signals.c.subject == subject
    last = (await connection.execute(select(func.max(signals.c.position)).where(mine))).scalar_one() or 0
    await connection.execute(delete(signals).where(mine, signals.c.kind == kind, signals.c.product_id.in_(fresh)))
    rows = [
        {"subject": subject, "product_id": product_id, "kind": kind, "position": last + number}
        for number, product_id in enumerate(fresh, start=1)
    ]
    await connection.execute(insert(signals), rows)
    await connection.execute(delete(signals).where(mine, signals.c.position <= last + len(fresh) - _KEPT))
