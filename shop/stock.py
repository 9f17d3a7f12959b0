"""Offers and their stock: what can be bought, and units that are available, reserved or sold, never lost."""

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import ColumnElement, Integer, RowMapping, bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.dml import ReturningUpdate

from policies.limits import ShopPolicy
from policies.permits import Piece, blocked_by, minimum_age
from shop.context import ShopContext
from shop.tables import offer_changes, offers
from shop.views import StockedOffer

_CHUNK = 400
# One of each in the statement, as many as there are in the call.
_OF_VARIANTS = (
    select(offers)
    .where(offers.c.variant_id.in_(bindparam("variant_ids", expanding=True)))
    .order_by(offers.c.variant_id)
)
_LOCKED_VARIANTS = _OF_VARIANTS.with_for_update(key_share=True)
_TITLES = select(offers.c.product_id, offers.c.variant_id, offers.c.product_title)
_NOTE_CHANGE = insert(offer_changes)

# Variant id and units, each variant once, in order of variant id: the order in which everybody locks offers.
Wanted = Sequence[tuple[str, int]]

_UNITS = bindparam("units", type_=Integer)


def _moving(kept: Mapping[str, ColumnElement[int]], *conditions: ColumnElement[bool]) -> ReturningUpdate[tuple[str]]:
    moved = update(offers).where(offers.c.variant_id == bindparam("which"), *conditions).values(**kept)
    return moved.returning(offers.c.product_id)


_RESERVE = _moving(
    {"available": offers.c.available - _UNITS, "reserved": offers.c.reserved + _UNITS},
    offers.c.available >= _UNITS,
    offers.c.sellable,
)
_RELEASE = _moving(
    {"available": offers.c.available + _UNITS, "reserved": offers.c.reserved - _UNITS}, offers.c.reserved >= _UNITS
)
_SELL = _moving({"sold": offers.c.sold + _UNITS, "reserved": offers.c.reserved - _UNITS}, offers.c.reserved >= _UNITS)
_TAKE_BACK = _moving(
    {"available": offers.c.available + _UNITS, "sold": offers.c.sold - _UNITS}, offers.c.sold >= _UNITS
)


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
                    found.setdefault(row["product_id"], []).append(_view(row, self._context.policy))
        return found

    async def not_sold(self) -> tuple[str, ...]:
        """Return the ids of the products of which the policy lets nothing be sold, in order."""
        if not self._context.policy.goods.blocked:
            return ()
        kept: dict[str, bool] = {}
        async with self._context.database.reading() as connection:
            for row in (await connection.execute(_TITLES)).mappings():
                piece = Piece(row["product_id"], row["variant_id"], row["product_title"])
                free = blocked_by(piece, self._context.policy.permits) is None
                kept[piece.product_id] = kept.get(piece.product_id, False) or free
        return tuple(sorted(product_id for product_id, some in kept.items() if not some))

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
        some = {"variant_ids": variant_ids[start : start + _CHUNK]}
        rows = (await connection.execute(_LOCKED_VARIANTS if lock else _OF_VARIANTS, some)).mappings()
        found.update((row["variant_id"], _view(row, context.policy)) for row in rows)
    return found


async def reserve(connection: AsyncConnection, wanted: Wanted) -> bool:
    """Promise units that are available and sellable; False when there are not enough: then take all of it back."""
    return await _moved(connection, wanted, _RESERVE)


async def release(connection: AsyncConnection, wanted: Wanted) -> bool:
    """Give promised units back; False when that many were not reserved: then take all of it back."""
    return await _moved(connection, wanted, _RELEASE)


async def sell(connection: AsyncConnection, wanted: Wanted) -> bool:
    """Hand promised units over for good; False when that many were not reserved: then take all of it back."""
    for variant_id, quantity in wanted:
        if (await connection.execute(_SELL, {"which": variant_id, "units": quantity})).scalar_one_or_none() is None:
            return False
    return True


async def take_back(connection: AsyncConnection, wanted: Wanted) -> bool:
    """Put sold units that came back on sale again; False when that many were not sold: then take all of it back."""
    return await _moved(connection, wanted, _TAKE_BACK)


async def note_changes(connection: AsyncConnection, variants: Sequence[tuple[str, str]]) -> None:
    """Write (variant id, product id) pairs to the outbox, so that the index learns of the change."""
    rows = [{"variant_id": variant, "product_id": product} for variant, product in variants]
    if rows:
        await connection.execute(_NOTE_CHANGE, rows)


async def _moved(connection: AsyncConnection, wanted: Wanted, statement: ReturningUpdate[tuple[str]]) -> bool:
    told: list[tuple[str, str]] = []
    for variant_id, quantity in wanted:
        moved = await connection.execute(statement, {"which": variant_id, "units": quantity})
        product_id = moved.scalar_one_or_none()
        if product_id is None:
            return False
        told.append((variant_id, product_id))
    await note_changes(connection, told)
    return True


def _view(row: RowMapping, policy: ShopPolicy) -> StockedOffer:
    piece = Piece(row["product_id"], row["variant_id"], row["product_title"])
    blocked = blocked_by(piece, policy.permits)
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
        seller=policy.seller,
        not_sold=blocked.reason(policy.locale) if blocked is not None else "",
        minimum_age=minimum_age((piece,), policy.permits),
    )
