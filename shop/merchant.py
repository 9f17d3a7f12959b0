"""The merchant's side of the books: stocks offers from a feed, changes one, and tells the index what changed."""

from collections.abc import Container, Iterable, Sequence
from typing import Any

from sqlalchemy import RowMapping, bindparam, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from policies.errors import SettingsError
from shop.context import ShopContext
from shop.stock import note_changes
from shop.tables import offer_changes, offers
from shop.views import OfferChange, StockEntry

_CHUNK = 400
_ON_SALE = (
    select(offers.c.variant_id, offers.c.product_id)
    .where(offers.c.sellable, offers.c.variant_id > bindparam("last"))
    .order_by(offers.c.variant_id)
    .limit(bindparam("most"))
)
_ON_SALE_OF = select(offers.c.variant_id, offers.c.product_id).where(
    offers.c.sellable, offers.c.product_id.in_(bindparam("products", expanding=True))
)
_TAKE_OFF_SALE = (
    update(offers).where(offers.c.variant_id.in_(bindparam("variants", expanding=True))).values(sellable=False)
)


class Merchant:
    """Writes offers. Stock is what lies in the shop: units promised to orders stay promised whatever a feed says."""

    def __init__(self, context: ShopContext) -> None:
        self._context = context

    async def stock(self, entries: Iterable[StockEntry]) -> int:
        """Insert or update offers, all or none; returns how many were new or different.

        Raises:
            SettingsError: An offer is in another currency than the shop's policy.
        """
        wanted = {entry.variant_id: entry for entry in entries}
        for entry in wanted.values():
            if entry.currency != self._context.policy.currency:
                raise SettingsError(
                    f"{entry.variant_id} is priced in {entry.currency}, the shop sells in "
                    f"{self._context.policy.currency}; convert the feed or change the policy."
                )
        changed: list[StockEntry] = []
        async with self._context.database.writing() as connection:
            ids = list(wanted)
            for start in range(0, len(ids), _CHUNK):
                changed += await _stock_chunk(connection, [wanted[i] for i in ids[start : start + _CHUNK]])
            await note_changes(connection, [(entry.variant_id, entry.product_id) for entry in changed])
        return len(changed)

    async def set_offer(
        self, variant_id: str, *, price: int | None = None, stock: int | None = None, sellable: bool | None = None
    ) -> bool:
        """Change one offer; `stock` is units on hand. Returns False when there is no such variant."""
        if (price is not None and price < 0) or (stock is not None and stock < 0):
            raise ValueError("price and stock are not negative")
        async with self._context.database.writing(f"offer {variant_id}") as connection:
            query = select(offers).where(offers.c.variant_id == variant_id).with_for_update(key_share=True)
            row = (await connection.execute(query)).mappings().one_or_none()
            if row is None:
                return False
            values: dict[str, Any] = {} if price is None else {"price": price}
            values |= {} if sellable is None else {"sellable": sellable}
            values |= {} if stock is None else _counted(row, stock)
            if values:
                await connection.execute(update(offers).where(offers.c.variant_id == variant_id).values(**values))
                await note_changes(connection, [(variant_id, row["product_id"])])
            return True

    async def changes_after(self, cursor: int, limit: int = 500) -> list[OfferChange]:
        """Return outbox rows after `cursor` (0 for all that are kept), oldest first."""
        query = select(offer_changes).where(offer_changes.c.seq > cursor).order_by(offer_changes.c.seq).limit(limit)
        async with self._context.database.reading() as connection:
            rows = (await connection.execute(query)).mappings().all()
        return [OfferChange(seq=r["seq"], variant_id=r["variant_id"], product_id=r["product_id"]) for r in rows]

    async def acknowledge(self, changes: Sequence[OfferChange]) -> None:
        """Forget these outbox rows, and no others: the index has them. One with a lower number may still come."""
        async with self._context.database.writing("outbox") as connection:
            for start in range(0, len(changes), _CHUNK):
                seqs = [change.seq for change in changes[start : start + _CHUNK]]
                await connection.execute(delete(offer_changes).where(offer_changes.c.seq.in_(seqs)))

    async def retire(self, kept: Container[str]) -> int:
        """Take every variant that is not kept off sale; returns how many were on sale before."""
        count, last = 0, ""
        async with self._context.database.writing() as connection:
            while rows := (await connection.execute(_ON_SALE, {"last": last, "most": _CHUNK})).all():
                last = rows[-1].variant_id
                count += await _off_sale(connection, [(r.variant_id, r.product_id) for r in rows], kept)
        return count

    async def withdraw(self, product_ids: Sequence[str], kept: Container[str] = ()) -> int:
        """Take the variants of these products off sale, but for those kept; returns how many were on sale before."""
        count = 0
        async with self._context.database.writing() as connection:
            for start in range(0, len(product_ids), _CHUNK):
                some = {"products": product_ids[start : start + _CHUNK]}
                rows = (await connection.execute(_ON_SALE_OF, some)).all()
                count += await _off_sale(connection, [(r.variant_id, r.product_id) for r in rows], kept)
        return count


async def _off_sale(connection: AsyncConnection, variants: Sequence[tuple[str, str]], kept: Container[str]) -> int:
    gone = [(variant, product) for variant, product in variants if variant not in kept]
    for start in range(0, len(gone), _CHUNK):
        await connection.execute(_TAKE_OFF_SALE, {"variants": [v for v, _ in gone[start : start + _CHUNK]]})
    await note_changes(connection, gone)
    return len(gone)


async def _stock_chunk(connection: AsyncConnection, entries: Sequence[StockEntry]) -> list[StockEntry]:
    # Nobody else writes meanwhile: this is a write without an owner.
    query = select(offers).where(offers.c.variant_id.in_([entry.variant_id for entry in entries]))
    known = {row["variant_id"]: row for row in (await connection.execute(query)).mappings()}
    new = [entry for entry in entries if entry.variant_id not in known]
    if new:
        rows = [_facts(entry) | _first_count(entry.stock) | {"variant_id": entry.variant_id} for entry in new]
        await connection.execute(insert(offers), rows)
    changed = list(new)
    for entry in entries:
        row = known.get(entry.variant_id)
        if row is None:
            continue
        values = _facts(entry) | _counted(row, entry.stock)
        if any(row[name] != value for name, value in values.items()):
            await connection.execute(update(offers).where(offers.c.variant_id == entry.variant_id).values(**values))
            changed.append(entry)
    return changed


def _facts(entry: StockEntry) -> dict[str, Any]:
    names = ("product_id", "product_title", "options", "price", "list_price", "currency", "sellable", "image_url")
    return {name: getattr(entry, name) for name in names}


def _first_count(on_hand: int) -> dict[str, int]:
    return {"received": on_hand, "available": on_hand, "reserved": 0, "sold": 0}


def _counted(row: RowMapping, on_hand: int) -> dict[str, int]:
    # A count below what is promised leaves nothing to promise; the promises themselves are kept.
    available = max(0, on_hand - int(row["reserved"]))
    return {"available": available, "received": available + int(row["reserved"]) + int(row["sold"])}
