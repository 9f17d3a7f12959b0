import signal
import subprocess
import sys
from collections.abc import AsyncGenerator, Iterable, Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from policies.errors import SettingsError
from retrieval.catalog import Catalog
from retrieval.demo import generate
from retrieval.encode import TextEncoder
from retrieval.product import CatalogueEntry, Policy
from retrieval.query import Filters
from retrieval.storage import EmbeddedStorage
from shop.books import GateBooks, open_books
from tests.conftest import book_settings
from tests.fakes import DESK, PINE_DESK, SHIRT, crafted_entries
from tools.stocking import forward_changes, revise_shop, stock_shop

# Imports 420 products into a home and is killed from outside any handler after 410 of them.
KILLED_IMPORT = """
import asyncio, os, signal, sys
from pathlib import Path
from retrieval.catalog import IndexSettings, open_index
from retrieval.demo import generate
from retrieval.encode import TextEncoder
from shop.books import open_books
from tests.conftest import book_settings
from tools.stocking import stock_shop

def entries():
    for at, entry in enumerate(generate(products=420, seed=8).entries):
        if at == 410:
            os.kill(os.getpid(), signal.SIGKILL)
        yield entry

async def main():
    home, cache = Path(sys.argv[1]), Path(sys.argv[2])
    catalog = await open_index(IndexSettings(path=home / "index", cache_dir=cache))
    books = await open_books(book_settings(home), "gate")
    await stock_shop(entries(), catalog, books.merchant, progress=print, key="feed-8")

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


class CountingEncoder(TextEncoder):
    """The real encoder, counting how many texts it was given."""

    texts = 0

    async def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.texts += len(texts)
        return await super().encode(texts)


async def test_an_import_that_was_killed_leaves_the_old_shop_and_goes_on_where_it_stopped(
    home: Path, encoder_cache: Path, encoder: TextEncoder, shop_entries: tuple[CatalogueEntry, ...]
) -> None:
    command = [sys.executable, "-c", KILLED_IMPORT, str(home), str(encoder_cache)]
    killed = subprocess.run(command, check=False, capture_output=True, cwd=Path(__file__).parents[2])  # noqa: ASYNC221  # Nothing else runs meanwhile.
    assert killed.returncode == -signal.SIGKILL, killed.stderr

    counting = CountingEncoder(encoder._session, encoder._tokenizer)
    storage = await EmbeddedStorage.open(home / "index")
    catalog = Catalog(storage, counting, await storage.current())
    books = await open_books(book_settings(home), "gate")
    assert await catalog.count() == len(shop_entries)
    found = await catalog.search("tarn pine desk", Filters())
    assert found.hits[0].product.product_id == PINE_DESK
    counting.texts = 0

    again = generate(products=420, seed=8).entries
    stocked = await stock_shop(again, catalog, books.merchant, key="feed-8")

    assert counting.texts < 420 - 256 + 60  # the rest, and the names of the types
    assert await catalog.count() == stocked.products == 420
    offers = await books.offers.of_products([entry.product.product_id for entry in again])
    sold = {offer.variant_id for some in offers.values() for offer in some if offer.sellable}
    assert sold == {offer.variant_id for entry in again for offer in entry.offers}
    assert sorted(path.name for path in storage._path.iterdir() if not path.name.startswith("v-")) == [
        "CURRENT", "lock", "policies.json",
    ]  # fmt: skip
    await books.aclose()
    await catalog.aclose()


async def test_a_revision_writes_what_differs_and_ends_like_a_whole_import(
    catalog: Catalog, gate: GateBooks, shop_entries: tuple[CatalogueEntry, ...]
) -> None:
    first, second, *rest = (entry for entry in shop_entries if entry.offers)
    renamed = first.model_copy(update={"product": first.product.model_copy(update={"title": "A new name"})})
    feed = [renamed, *(desk_for(700) if entry.product.product_id == DESK else entry for entry in rest)]

    stocked = await revise_shop(feed, catalog, gate.merchant)
    await forward_changes(catalog, gate.merchant, gate.offers)

    assert (stocked.added, stocked.changed, stocked.removed) == (0, 1, len(shop_entries) - len(feed))
    assert await catalog.count() == len(feed)
    assert (await catalog.get([first.product.product_id]))[first.product.product_id].title == "A new name"
    gone = second.product.product_id
    assert await catalog.get([gone]) == {}
    assert not any(offer.sellable for offer in (await gate.offers.of_products([gone]))[gone])
    hits = (await catalog.search("tarn walnut desk", Filters(price_min=69900, price_max=70100))).hits
    assert DESK in {hit.product.product_id for hit in hits}


async def test_a_feed_of_changes_leaves_the_rest_of_the_shop_alone(
    catalog: Catalog, gate: GateBooks, shop_entries: tuple[CatalogueEntry, ...]
) -> None:
    stocked = await revise_shop([desk_for(700)], catalog, gate.merchant, removed=[SHIRT])

    assert (stocked.removed, await catalog.count()) == (1, len(shop_entries) - 1)
    offers = await gate.offers.of_products([DESK, SHIRT, PINE_DESK])
    assert offers[DESK][0].price == 70000
    assert not any(offer.sellable for offer in offers[SHIRT])
    assert all(offer.sellable for offer in offers[PINE_DESK])
