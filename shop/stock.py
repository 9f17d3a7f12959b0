"""Offers and their stock: what can be bought, and units that are available, reserved or sold, never lost."""

from collections.abc import Callable, Iterable, Sequence

from sqlalchemy import RowMapping, Update, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from shop.context import ShopContext
from shop.tables import offer_changes, offers
from shop.views import StockedOffer

_CHUNK = 400

# Variant id and units, each variant once, in order of variant id: the order in which everybody locks offers.
Wanted = Sequence[tuple[str, int]]


class Offers:
    """Reads offers for anyone; no shopper's data is in them."""

    def __init__(self, context: ShopContext) -> None:
        self._context = context

    async def of_products(self, product_ids: Iterable[str]) -> dict[str, list[StockedOffer]]:
        """Return the offers of each product that has any, in order of variant id; unknown ids are absent."""
        wanted = list(dict.fromkeys(product_ids))
        found: dict[str, list[StockedOffer]] = {}
        async with self._context.database.reading() as connection:
            for start in range(0, len(wanted), _CHUNK):
                query = select(offers).where(offers.c.product_id.in_(wanted[start : start + _CHUNK]))
                rows = (await connection.execute(query.order_by(offers.c.variant_id))).mappings()
                for row in rows:
                    found.setdefault(row["product_id"], []).append(_view(row, self._context.policy.seller))
        return found

    async def variant(self, variant_id: str) -> StockedOffer | None:
        """Return one offer, or None when the shop has no such variant."""
        async with self._context.database.reading() as connection:
            return (await load_offers(connection, self._context, [variant_id])).get(variant_id)


async def load_offers(
    connection: AsyncConnection, context: ShopContext, variant_ids: Sequence[str], *, lock: bool = False
) -> dict[str, StockedOffer]:
    """Read offers within a transaction, by variant id; `lock` keeps others from changing them until it ends."""
    found: dict[str, StockedOffer] = {}
    for start in range(0, len(variant_ids), _CHUNK):
        query = select(offers).where(offers.c.variant_id.in_(variant_ids[start : start + _CHUNK]))
        query = query.order_by(offers.c.variant_id)
        rows = (await connection.execute(query.with_for_update(key_share=True) if lock else query)).mappings()
        found.update((row["variant_id"], _view(row, context.policy.seller)) for row in rows)
    return found


async def reserve(connection: AsyncConnection, wanted: Wanted) -> bool:
    """Promise units that are available and sellable; False when there are not enough: then take all of it back."""
    return await _moved(connection, wanted, _reserved)


async def release(connection: AsyncConnection, wanted: Wanted) -> bool:
    """Give promised units back; False when that many were not reserved: then take all of it back."""
    return await _moved(connection, wanted, _released)


async def sell(connection: AsyncConnection, wanted: Wanted) -> bool:
    """Hand promised units over for good; False when that many were not reserved: then take all of it back."""
    for variant_id, quantity in wanted:
        statement = (
            update(offers)
            .where(offers.c.variant_id == variant_id, offers.c.reserved >= quantity)
            .values(sold=offers.c.sold + quantity, reserved=offers.c.reserved - quantity)
        )
        if (await connection.execute(statement)).rowcount != 1:
            return False
    return True


async def take_back(connection: AsyncConnection, wanted: Wanted) -> bool:
    """Put sold units that came back on sale again; False when that many were not sold: then take all of it back."""
    return await _moved(connection, wanted, _taken_back)


async def note_changes(connection: AsyncConnection, variants: Sequence[tuple[str, str]]) -> None:
    """Write (variant id, product id) pairs to the outbox, so that the index learns of the change."""
    rows = [{"variant_id": variant, "product_id": product} for variant, product in variants]
    if rows:
        await connection.execute(insert(offer_changes), rows)


def _reserved(variant_id: str, quantity: int) -> Update:
    return (
        update(offers)
        .where(offers.c.variant_id == variant_id, offers.c.available >= quantity, offers.c.sellable)
        .values(available=offers.c.available - quantity, reserved=offers.c.reserved + quantity)
    )


def _released(variant_id: str, quantity: int) -> Update:
    return (
        update(offers)
        .where(offers.c.variant_id == variant_id, offers.c.reserved >= quantity)
        .values(available=offers.c.available + quantity, reserved=offers.c.reserved - quantity)
    )


def _taken_back(variant_id: str, quantity: int) -> Update:
    return (
        update(offers)
        .where(offers.c.variant_id == variant_id, offers.c.sold >= quantity)
        .values(available=offers.c.available + quantity, sold=offers.c.sold - quantity)
    )


async def _moved(connection: AsyncConnection, wanted: Wanted, statement: Callable[[str, int], Update]) -> bool:
    told: list[tuple[str, str]] = []
    for variant_id, quantity in wanted:
        moved = await connection.execute(statement(variant_id, quantity).returning(offers.c.product_id))
        product_id = moved.scalar_one_or_none()
        if product_id is None:
            return False
        told.append((variant_id, product_id))
    await note_changes(connection, told)
    return True


def _view(row: RowMapping, seller: str) -> StockedOffer:
    return StockedOffer(
        variant_id=row["variant_id"],
        product_id=row["product_id"],
        product_title=row["product_title"],
        options=row["options"],
        price=row["price"],
        list_price=row["list_price"],
        currency=row["currency"],
        available=row["available"],
        on_hand=row["available"] + row["reserved"],
        sellable=row["sellable"],
        image_url=row["image_url"],
        seller=seller,
    )
