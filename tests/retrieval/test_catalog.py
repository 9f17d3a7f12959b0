import asyncio
import itertools

import pytest

from policies.errors import SettingsError
from retrieval.catalog import Catalog, IndexSettings, open_index
from retrieval.product import CatalogueEntry, Offer, Policy
from retrieval.query import Filters, Liking


async def test_a_new_home_opens_empty_and_answers_with_nothing(empty_catalog: Catalog) -> None:
    assert await empty_catalog.count() == 0
    assert (await empty_catalog.search("walnut desk", Filters())).hits == ()
    assert (await empty_catalog.search("", Filters(product_types=("desk",)))).blocked_by == ()
    assert (await empty_catalog.recommend(Liking(), Filters())).hits == ()
    assert (await empty_catalog.vocabulary()).price_max == 0


async def test_get_returns_whole_products_in_the_order_asked_and_leaves_out_unknown_ones(
    catalog: Catalog, shelf: list[CatalogueEntry]
) -> None:
    found = await catalog.get(["s1", "nope", "d1", "s1"])
    assert list(found) == ["s1", "d1"]
    products = {entry.product.product_id: entry.product for entry in shelf}
    assert found == {"s1": products["s1"], "d1": products["d1"]}


async def test_a_second_opening_of_the_same_index_is_refused_in_one_sentence(
    catalog: Catalog, settings: IndexSettings
) -> None:
    with pytest.raises(SettingsError, match=r"Another Aisle server is using .*; stop it or set AISLE_HOME"):
        await open_index(settings)


async def test_everything_survives_closing_and_opening(settings: IndexSettings, shelf: list[CatalogueEntry]) -> None:
    first = await open_index(settings)
    version = await first.replace_all(shelf)
    await first.set_policies([Policy(topic="returns", title="Returns", text="Thirty days.")])
    await first.aclose()
    second = await open_index(settings)
    assert await second.count() == len(shelf)
    assert (await second.vocabulary()).version == version
    assert [policy.topic for policy in await second.policies()] == ["returns"]
    await second.aclose()


async def test_the_version_tells_contents_apart(catalog: Catalog, shelf: list[CatalogueEntry]) -> None:
    first = (await catalog.vocabulary()).version
    assert await catalog.replace_all(shelf) == first
    assert await catalog.replace_all(shelf[:-1]) != first


async def test_an_upsert_adds_and_replaces_and_renews_the_vocabulary(
    catalog: Catalog, shelf: list[CatalogueEntry]
) -> None:
    before = await catalog.vocabulary()
    changed = shelf[0].product.model_copy(update={"title": "Alder cherry desk", "materials": ("cherry",)})
    await catalog.upsert([CatalogueEntry(product=changed, offers=shelf[0].offers)])
    after = await catalog.vocabulary()
    assert await catalog.count() == len(shelf)
    assert (await catalog.get(["d1"]))["d1"].title == "Alder cherry desk"
    assert after.version != before.version
    assert after.materials["cherry"] == 1
    assert after.materials["walnut"] == before.materials["walnut"] - 1


async def test_new_prices_and_stock_change_what_filters_find_and_nothing_else(catalog: Catalog) -> None:
    assert (await catalog.search("", Filters(product_types=("desk",), price_max=20_000))).hits == ()
    new = Offer(variant_id="d1-0", product_id="d1", price=19_900, stock=1)
    await catalog.update_offers({"d1": [new], "unknown": [new]})
    result = await catalog.search("", Filters(product_types=("desk",), price_max=20_000, in_stock=True))
    assert [hit.product.product_id for hit in result.hits] == ["d1"]
    assert result.hits[0].product.materials == ("walnut",)


async def test_an_offer_that_may_not_be_sold_is_not_in_stock_at_any_price(catalog: Catalog) -> None:
    await catalog.update_offers(
        {"d1": [Offer(variant_id="d1-0", product_id="d1", price=19_900, stock=1, sellable=False)]}
    )
    assert "d1" in await catalog.get(["d1"])
    assert (await catalog.search("", Filters(product_types=("desk",), price_max=20_000))).hits == ()


async def test_readers_during_a_replacement_see_the_old_or_the_new_catalogue_whole(
    catalog: Catalog, shelf: list[CatalogueEntry]
) -> None:
    done = asyncio.Event()
    counts: set[int] = set()

    async def read() -> None:
        # Another limit each time, for a search that is remembered reads nothing.
        for number in itertools.takewhile(lambda _: not done.is_set(), itertools.count()):
            result = await catalog.search("desk", Filters(), limit=50 + number)
            counts.add(len(result.hits))

    readers = [asyncio.create_task(read()) for _ in range(3)]
    await catalog.replace_all(shelf[:4])
    await catalog.search("desk", Filters())
    done.set()
    await asyncio.gather(*readers)
    assert counts <= {len(shelf), 4}


async def test_a_feed_that_breaks_off_leaves_the_old_catalogue(catalog: Catalog, shelf: list[CatalogueEntry]) -> None:
    async def broken():
        yield shelf[0]
        raise ConnectionError("the feed broke off")

    with pytest.raises(ConnectionError):
        await catalog.replace_all(broken())
    assert await catalog.count() == len(shelf)


async def test_progress_counts_the_entries_written(empty_catalog: Catalog, shelf: list[CatalogueEntry]) -> None:
    seen: list[int] = []
    await empty_catalog.replace_all(iter(shelf), seen.append)
    assert seen == [len(shelf)]


async def test_the_vocabulary_counts_products_by_the_words_of_the_feed(catalog: Catalog) -> None:
    words = await catalog.vocabulary()
    assert words.product_types == {"desk": 3, "lamp": 2, "chair": 2, "shirt": 2, "coat": 2}
    assert words.sizes == {"S": 1, "M": 2, "L": 1}
    assert words.brands["Alder"] == 3
    assert words.departments == {"home": 7, "fashion": 4}
    assert (words.price_min, words.price_max) == (3_900, 59_900)


async def test_stats_are_plain_facts(catalog: Catalog, shelf: list[CatalogueEntry]) -> None:
    stats = await catalog.stats()
    assert stats["products"] == len(shelf)
    assert stats["product_types"] == 5
