"""The log of paid places: every one that was shown, with its fit and what it displaced, for the shop's audit."""

import secrets
from collections.abc import Sequence
from typing import Any

from sqlalchemy import insert, select

from policies.sponsored import Placed, Sponsoring
from shop.context import ShopContext
from shop.db import Database
from shop.sponsored_tables import sponsored_places

_NOTE = insert(sponsored_places)
_ALL = select(sponsored_places).order_by(sponsored_places.c.at, sponsored_places.c.place_id)


class SponsoredPlaces:
    """Reads the policy's rules, and appends what was shown by them; no shopper is named."""

    def __init__(self, context: ShopContext) -> None:
        self._context = context

    @property
    def rules(self) -> Sponsoring:
        """What the policy lets be paid for."""
        return self._context.policy.sponsored

    async def note(self, placed: Sequence[Placed]) -> None:
        """Append paid places, before they are shown."""
        if not placed:
            return
        now = self._context.now()
        rows = [
            {
                "place_id": f"spp_{secrets.token_urlsafe(12)}",
                "at": now,
                "advertiser": each.fit.advertiser,
                "product_id": each.fit.product_id,
                "place": each.place,
                "fit_bp": each.fit.fit,
                "displaced": each.displaced.product_id,
                "displaced_fit_bp": each.displaced.fit,
                "margin_bp": self.rules.margin_bp,
                "policy": self._context.policy.digest,
            }
            for each in placed
        ]
        async with self._context.database.writing() as connection:
            await connection.execute(_NOTE, rows)

    async def all(self) -> list[dict[str, Any]]:
        """Return every paid place that was shown, oldest first."""
        return await logged(self._context.database)


async def logged(database: Database) -> list[dict[str, Any]]:
    """Return the log of paid places, oldest first."""
    async with database.reading() as connection:
        return [dict(row) for row in (await connection.execute(_ALL)).mappings()]
