import signal
import subprocess
import sys
from collections.abc import AsyncGenerator, Iterable
from pathlib import Path

import pytest

from policies.errors import SettingsError
from retrieval.catalog import Catalog, IndexSettings, open_index
from retrieval.demo import generate
from retrieval.product import CatalogueEntry, Policy
from retrieval.query import Filters
from shop.books import GateBooks, open_books
from tests.conftest import DEMO_PRODUCTS, book_settings
from tests.fakes import DESK, PINE_DESK, SHIRT, crafted_entries
from tools.stocking import forward_changes, stock_shop

# Imports 420 products into a home and is killed from outside any handler after 300 of them.
KILLED_IMPORT = """
import asyncio, os, signal, sys
from pathlib import Path
from retrieval.catalog import IndexSettings, open_index
from retrieval.demo import generate
from shop.books import open_books
from tests.conftest import book_settings
from tools.stocking import stock_shop

def entries():
    for at, entry in enumerate(generate(products=420, seed=8).entries):
        if at == 300:
            os.kill(os.getpid(), signal.SIGKILL)
        yield entry

async def main():
    home, cache = Path(sys.argv[1]), Path(sys.argv[2])
    catalog = await open_index(IndexSettings(path=home / "index", cache_dir=cache))
    books = await open_books(book_settings(home), "gate")
    await stock_shop(entries(), catalog, books.merchant)

asyncio.run(main())
"""


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


async def test_an_import_killed_in_the_middle_leaves_the_old_shop_and_a_second_run_ends_right(
    home: Path, encoder_cache: Path, shop_entries: tuple[CatalogueEntry, ...]
) -> None:
    command = [sys.executable, "-c", KILLED_IMPORT, str(home), str(encoder_cache)]
    killed = subprocess.run(command, check=False, capture_output=True, cwd=Path(__file__).parents[2])  # noqa: ASYNC221  # Nothing else runs meanwhile.
    assert killed.returncode == -signal.SIGKILL, killed.stderr

    catalog = await open_index(IndexSettings(path=home / "index", cache_dir=encoder_cache))
    books = await open_books(book_settings(home), "gate")
    assert await catalog.count() == len(shop_entries)
    found = await catalog.search("tarn pine desk", Filters())
    assert found.hits[0].product.product_id == PINE_DESK

    again = generate(products=DEMO_PRODUCTS, seed=8)
    stocked = await stock_shop(again.entries, catalog, books.merchant)
    await forward_changes(catalog, books.merchant, books.offers)

    assert await catalog.count() == stocked.products == DEMO_PRODUCTS
    offers = await books.offers.of_products([entry.product.product_id for entry in again.entries])
    sold = {offer.variant_id for some in offers.values() for offer in some if offer.sellable}
    assert sold == {offer.variant_id for entry in again.entries for offer in entry.offers}
    await books.aclose()
    await catalog.aclose()
