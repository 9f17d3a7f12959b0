"""The one writer that hands a feed's products to the index and their offers to the books; no planner tool."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from policies.errors import SettingsError
from retrieval.catalog import Catalog
from retrieval.feeds.seen import SeenNames
from retrieval.product import CatalogueEntry, Offer, Policy
from shop.merchant import Merchant
from shop.stock import Offers
from shop.views import StockedOffer, StockEntry

_BATCH = 200  # products written to the books in one transaction

Entries = AsyncIterator[CatalogueEntry] | Iterable[CatalogueEntry]


@dataclass(frozen=True, slots=True)
class Stocked:
    """What an import left: the catalogue's version, how much the feed has, and how many variants went off sale.

    `added`, `changed` and `removed` count products where the import was a revision, None where all were written anew.
    """

    version: str
    products: int
    variants: int
    retired: int
    added: int | None = None
    changed: int | None = None
    removed: int | None = None


async def stock_shop(
    entries: Entries,
    catalog: Catalog,
    merchant: Merchant,
    policies: Sequence[Policy] = (),
    progress: Callable[[int], None] | None = None,
    key: str = "",
) -> Stocked:
    """Make the shop sell exactly what a feed lists, in memory that grows by 32 bytes an id.

    Offers reach the books before their products reach the index: an offer that nothing finds does no harm, and a
    product is never found without its offer. Until the whole feed is read the old catalogue keeps answering, with
    the books' prices; a crash at any point leaves it in place, and running the import again ends right.

    Args:
        entries: Products with their offers, e.g. streamed from a file.
        catalog: Gets a whole new edition, swapped in at the end.
        merchant: The merchant's side of the books.
        policies: Replace the store policies; none given leaves them as they are.
        progress: Called with the number of products indexed so far.
        key: Names these very entries; an import of them that was cut off goes on where it stopped.

    Raises:
        SettingsError: The feed contradicts itself or the shop's policy; says where.
    """
    seen = _Seen(SeenNames(), SeenNames())
    version = await catalog.replace_all(_through_books(entries, merchant, seen), progress, key)
    if policies:
        await catalog.set_policies(policies)
    retired = await merchant.retire(seen.variants)
    return Stocked(version, len(seen.products), len(seen.variants), retired)


async def revise_shop(
    entries: Entries,
    catalog: Catalog,
    merchant: Merchant,
    removed: Sequence[str] | None = None,
    progress: Callable[[int], None] | None = None,
) -> Stocked:
    """Write only what a feed changes into the shop that is there; every product is replaced as a whole.

    Args:
        entries: Products with their offers.
        catalog: Revised in place; searches see each product's change at once.
        merchant: The merchant's side of the books.
        removed: The feed lists changes only, and these products go. None: it lists everything, and the rest goes.
        progress: Called with the number of products compared so far.

    Raises:
        SettingsError: See `stock_shop`.
    """
    seen = _Seen(SeenNames(), SeenNames())
    through = _through_books(entries, merchant, seen, withdrawing=removed is not None)
    revised = await catalog.revise(through, progress)
    if removed is None:
        retired = await merchant.retire(seen.variants)
        gone = await catalog.remove(lambda product_id: product_id not in seen.products)
    else:
        retired = await merchant.withdraw(removed)
        gone = await catalog.remove(set(removed).__contains__)
    version = str((await catalog.stats())["version"])
    return Stocked(version, len(seen.products), len(seen.variants), retired, revised.added, revised.changed, gone)


async def forward_changes(catalog: Catalog, merchant: Merchant, offers: Offers) -> int:
    """Tell the index every price and stock change the books' outbox holds; returns how many there were.

    A change leaves the outbox only after the index has it, and what is told is the state now, not the change: after
    a crash in between it is told again, which ends the same.
    """
    told = 0
    while changes := await merchant.changes_after(0):
        ids = list(dict.fromkeys(change.product_id for change in changes))
        current = await offers.of_products(ids)
        await catalog.update_offers({key: [as_offer(offer) for offer in current.get(key, [])] for key in ids})
        await merchant.acknowledge(changes)
        told += len(changes)
    return told


@dataclass(frozen=True, slots=True)
class _Seen:
    """Ids that the feed has named so far."""

    products: SeenNames
    variants: SeenNames


async def _through_books(
    entries: Entries, merchant: Merchant, seen: _Seen, *, withdrawing: bool = False
) -> AsyncGenerator[CatalogueEntry]:
    """Yield the feed's entries, each after its offers are in the books; `withdrawing` ends its other variants."""
    async for batch in _batches(entries):
        for entry in batch:
            _note(entry, seen)
        await merchant.stock([_stock_entry(entry, offer) for entry in batch for offer in entry.offers])
        if withdrawing:
            await merchant.withdraw([entry.product.product_id for entry in batch], seen.variants)
        for entry in batch:
            yield entry


def _note(entry: CatalogueEntry, seen: _Seen) -> None:
    """Remember an entry's ids; refuse a feed in which two things share one."""
    product_id = entry.product.product_id
    if not seen.products.add(product_id):
        raise SettingsError(f"The feed lists product {product_id} twice; keep one of the two and import again.")
    for offer in entry.offers:
        if offer.product_id != product_id:
            raise SettingsError(
                f"Product {product_id} lists offer {offer.variant_id} of product {offer.product_id}; "
                "correct that line of the feed and import again."
            )
        if not seen.variants.add(offer.variant_id):
            raise SettingsError(f"The feed lists variant {offer.variant_id} twice; keep one and import again.")


def _stock_entry(entry: CatalogueEntry, offer: Offer) -> StockEntry:
    shown = {"product_title": entry.product.title, "image_url": offer.image_url or entry.product.image_url}
    return StockEntry.model_validate(offer.model_dump() | shown)


def as_offer(offer: StockedOffer) -> Offer:
    """Return the offer as the index takes it; its stock is what can still be promised."""
    return Offer(
        variant_id=offer.variant_id,
        product_id=offer.product_id,
        options=offer.options,
        price=offer.price,
        list_price=offer.list_price,
        currency=offer.currency,
        stock=offer.available,
        sellable=offer.sellable,
    )


async def _batches(entries: Entries) -> AsyncGenerator[list[CatalogueEntry]]:
    """Yield the feed in batches; a plain iterable is read in a thread, so that shoppers are not kept waiting."""
    if not isinstance(entries, AsyncIterator):
        iterator = iter(entries)
        while some := await asyncio.to_thread(lambda: list(islice(iterator, _BATCH))):
            yield some
        return
    batch: list[CatalogueEntry] = []
    async for entry in entries:
        batch.append(entry)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
