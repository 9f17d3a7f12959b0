from collections.abc import AsyncGenerator, Iterable

import pytest

from policies.errors import SettingsError
from retrieval.catalog import Catalog
from retrieval.product import CatalogueEntry, Policy
from retrieval.query import Filters
from shop.books import GateBooks
from tests.fakes import DESK, PINE_DESK, SHIRT, crafted_entries
from tools.stocking import forward_changes, stock_shop


class PowerCut(Exception):
    """The process is gone in the middle of an import."""


def desk_for(dollars: int) -> CatalogueEntry:
    entry = crafted_entries()[0]
    return entry.model_copy(update={"offers": (entry.offers[0].model_copy(update={"price": dollars * 100}),)})


async def cut_after(entries: Iterable[CatalogueEntry], count: int) -> AsyncGenerator[CatalogueEntry]:
    for at, entry in enumerate(entries):
        if at == count:
            raise PowerCut
        yield entry


async def test_a_feed_replaces_the_catalogue_and_takes_the_rest_off_sale(catalog: Catalog, gate: GateBooks) -> None:
    stocked = await stock_shop([desk_for(700)], catalog, gate.merchant)

    assert (stocked.products, stocked.variants) == (1, 1)
    assert stocked.retired > 100
    assert await catalog.count() == 1
    offers = await gate.offers.of_products([DESK, SHIRT])
    assert [(offer.price, offer.sellable) for offer in offers[DESK]] == [(70000, True)]
    assert not any(offer.sellable for offer in offers[SHIRT])


async def test_a_second_import_of_the_same_feed_changes_nothing(
    catalog: Catalog, gate: GateBooks, shop_entries: tuple[CatalogueEntry, ...]
) -> None:
    await forward_changes(catalog, gate.merchant, gate.offers)

    stocked = await stock_shop(shop_entries, catalog, gate.merchant)

    assert stocked.retired == 0
    assert await catalog.count() == len(shop_entries)
    assert await gate.merchant.changes_after(0) == []


async def test_until_a_feed_is_read_whole_the_old_catalogue_answers(
    catalog: Catalog, gate: GateBooks, shop_entries: tuple[CatalogueEntry, ...]
) -> None:
    with pytest.raises(PowerCut):
        await stock_shop(cut_after(shop_entries, 250 % len(shop_entries)), catalog, gate.merchant)

    assert await catalog.count() == len(shop_entries)
    assert (await catalog.search("desk", Filters())).hits

    stocked = await stock_shop(shop_entries, catalog, gate.merchant)
    assert stocked.products == len(shop_entries)
    assert await catalog.count() == len(shop_entries)


async def test_policies_are_replaced_with_the_feed_and_kept_without(catalog: Catalog, gate: GateBooks) -> None:
    await stock_shop([desk_for(700)], catalog, gate.merchant, [Policy(topic="returns", title="R", text="Never.")])
    await stock_shop([desk_for(700)], catalog, gate.merchant)

    assert [policy.text for policy in await catalog.policies()] == ["Never."]


async def test_progress_is_told_while_the_feed_is_read(
    catalog: Catalog, gate: GateBooks, shop_entries: tuple[CatalogueEntry, ...]
) -> None:
    told: list[int] = []

    await stock_shop(shop_entries, catalog, gate.merchant, progress=told.append)

    assert told[-1] == len(shop_entries)


async def test_a_feed_that_contradicts_itself_is_refused_by_name(catalog: Catalog, gate: GateBooks) -> None:
    entry = desk_for(700)
    other = crafted_entries()[1]
    stolen = other.model_copy(update={"offers": entry.offers})

    for feed, named in (([entry, entry], DESK), ([entry, stolen], "t-desk-v")):
        with pytest.raises(SettingsError, match=named):
            await stock_shop(feed, catalog, gate.merchant)
    assert await catalog.count() > 1


async def test_a_price_change_reaches_the_index_and_leaves_the_outbox(catalog: Catalog, gate: GateBooks) -> None:
    cheap = Filters(product_types=("desk",), brands=("tarnwork",), price_max=10000)
    await gate.merchant.set_offer("t-desk-pine-v", price=9900)
    assert not (await catalog.search("desk", cheap)).hits

    told = await forward_changes(catalog, gate.merchant, gate.offers)

    assert told >= 1
    assert [hit.product.product_id for hit in (await catalog.search("desk", cheap)).hits] == [PINE_DESK]
    assert await gate.merchant.changes_after(0) == []


async def test_a_change_that_was_told_but_not_crossed_off_is_told_again_and_ends_the_same(
    catalog: Catalog, gate: GateBooks
) -> None:
    cheap = Filters(product_types=("desk",), brands=("tarnwork",), price_max=10000)
    await gate.merchant.set_offer("t-desk-pine-v", price=9900)
    await gate.merchant.set_offer("t-desk-pine-v", price=8800)
    await forward_changes(catalog, gate.merchant, gate.offers)
    await gate.merchant.set_offer("t-desk-pine-v", price=8800)

    await forward_changes(catalog, gate.merchant, gate.offers)

    assert [hit.product.product_id for hit in (await catalog.search("desk", cheap)).hits] == [PINE_DESK]


async def test_a_variant_that_sells_out_is_no_longer_found_in_stock(catalog: Catalog, gate: GateBooks) -> None:
    await gate.merchant.set_offer("t-desk-pine-v", stock=0)
    await forward_changes(catalog, gate.merchant, gate.offers)

    wanted = Filters(product_types=("desk",), brands=("tarnwork",), materials=("pine",), in_stock=True)
    assert not (await catalog.search("desk", wanted)).hits
