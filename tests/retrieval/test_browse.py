"""Listings: pages, facets whose counts are what choosing them leaves, and what is said when nothing is left."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.browse import Browse, Browsed
from retrieval.catalog import Catalog, IndexSettings, open_index
from retrieval.demo import generate
from retrieval.product import Offer
from retrieval.query import Filters, Sort
from tests.retrieval.conftest import MakeEntry, build_entry, build_shelf

FACETS = ("product_types", "departments", "brands", "materials", "styles", "colours", "sizes")


class Listed:
    """A catalogue that only reads, on an event loop of its own: examples of a property come from outside any loop."""

    def __init__(self, runner: asyncio.Runner, catalog: Catalog) -> None:
        self.runner, self.catalog = runner, catalog
        self.values = self.browse(Browse(limit=500)).facets.counts

    def browse(self, asked: Browse) -> Browsed:
        return self.runner.run(self.catalog.browse(asked))

    def ids(self, asked: Browse) -> list[str]:
        return [hit.product.product_id for hit in self.browse(replace(asked, limit=500)).hits]

    def found(self, filters: Filters) -> set[str]:
        found = self.runner.run(self.catalog.search("", filters, limit=500, sort="rating"))
        return {hit.product.product_id for hit in found.hits} - {"ghost"}


@pytest.fixture(scope="module")
def listed(tmp_path_factory: pytest.TempPathFactory, encoder_cache: Path) -> Iterator[Listed]:
    with asyncio.Runner() as runner:
        home = tmp_path_factory.mktemp("listed")
        catalog = runner.run(open_index(IndexSettings(path=home / "index", cache_dir=encoder_cache)))
        nothing_to_buy = build_entry("ghost", "desk", "Ghost desk", offers=[])
        runner.run(catalog.replace_all([*build_shelf(), *generate(products=70, seed=3).entries, nothing_to_buy]))
        yield Listed(runner, catalog)
        runner.run(catalog.aclose())


@st.composite
def choices(draw: st.DrawFn) -> dict[str, list[int]]:
    """Which facets are chosen, and which of their values, by place."""
    names = draw(st.sets(st.sampled_from(FACETS), max_size=4))
    return {name: draw(st.lists(st.integers(0, 40), min_size=1, max_size=3)) for name in sorted(names)}


def filters_of(listed: Listed, chosen: dict[str, list[int]], low: int | None, high: int | None, stock: bool) -> Filters:
    words = {name: tuple(listed.values[name]) for name in chosen}
    picked = {name: tuple(words[name][at % len(words[name])] for at in places) for name, places in chosen.items()}
    return Filters(**picked, price_min=low, price_max=high, in_stock=stock)


bounds = st.none() | st.integers(2_000, 120_000)


@settings(max_examples=60)
@given(chosen=choices(), low=bounds, high=bounds, stock=st.booleans())
def test_a_listing_holds_exactly_what_the_search_says_meets_the_choices(
    listed: Listed, chosen: dict[str, list[int]], low: int | None, high: int | None, stock: bool
) -> None:
    filters = filters_of(listed, chosen, low, high, stock)
    page = listed.browse(Browse(filters=filters, limit=500))

    assert {hit.product.product_id for hit in page.hits} == listed.found(filters)
    assert page.total == len(page.hits)


@settings(max_examples=40)
@given(chosen=choices(), low=bounds, high=bounds, stock=st.booleans(), name=st.sampled_from(FACETS))
def test_choosing_a_value_leaves_as_many_as_its_count_said(
    listed: Listed, chosen: dict[str, list[int]], low: int | None, high: int | None, stock: bool, name: str
) -> None:
    filters = filters_of(listed, chosen, low, high, stock)
    facets = listed.browse(Browse(filters=filters)).facets

    for value, count in list(facets.counts[name].items())[:6]:
        assert count > 0
        assert listed.browse(Browse(filters=replace(filters, **{name: (value,)}))).total == count
    assert listed.browse(Browse(filters=replace(filters, in_stock=True))).total == facets.in_stock


def test_the_bounds_of_price_are_those_of_what_could_be_listed(listed: Listed) -> None:
    chosen = Filters(departments=("home",), price_max=30_000)
    facets = listed.browse(Browse(filters=chosen)).facets

    at_most = replace(chosen, price_max=facets.price_max)
    everything = replace(chosen, price_max=None)
    assert listed.found(at_most) == listed.found(everything)
    assert listed.found(replace(everything, price_max=facets.price_min - 1)) == set()


@pytest.mark.parametrize("sort", ["relevance", "price_low", "price_high", "rating"])
@pytest.mark.parametrize("query", ["", "a walnut desk"])
def test_pages_follow_each_other_without_gap_or_repeat(listed: Listed, sort: Sort, query: str) -> None:
    asked = Browse(query=query, sort=sort, limit=7)
    whole = listed.ids(asked)
    pages = [listed.browse(replace(asked, offset=at)).hits for at in range(0, len(whole), 7)]

    assert [hit.product.product_id for page in pages for hit in page] == whole
    assert len(set(whole)) == len(whole) == listed.browse(asked).total


def test_what_has_no_offer_is_not_listed(listed: Listed) -> None:
    assert "ghost" not in listed.ids(Browse())
    assert "ghost" not in listed.ids(Browse(query="ghost desk"))


def test_words_list_what_is_near_them_best_first(listed: Listed) -> None:
    page = listed.browse(Browse(query="linen shirt"))

    assert page.hits[0].product.product_type == "shirt"
    assert page.found is not None
    assert page.found.named_words == ("linen", "shirt")
    assert 0 < page.total < listed.browse(Browse()).total


def test_a_choice_that_leaves_nothing_is_named_with_the_nearest(listed: Listed) -> None:
    page = listed.browse(Browse(within=Filters(product_types=("desk",)), filters=Filters(price_max=100)))

    assert page.total == 0
    (blocked,) = page.blocked_by
    assert (blocked.name, blocked.value) == ("price_max", "100")
    prices = listed.ids(Browse(within=Filters(product_types=("desk",)), sort="price_low"))
    assert [hit.product.product_id for hit in blocked.nearest] == prices[:3]


def test_an_empty_shop_lists_nothing(listed: Listed) -> None:
    page = listed.browse(Browse(within=Filters(product_types=("submarine",))))

    assert (page.hits, page.total, page.blocked_by) == ((), 0, ())
    assert page.facets.price_max == 0


async def test_a_listing_follows_price_and_stock(index_settings: IndexSettings, make_entry: MakeEntry) -> None:
    catalog = await open_index(index_settings)
    await catalog.replace_all([make_entry("a", "desk", "Alder desk"), make_entry("b", "desk", "Birk desk")])
    part = Browse(within=Filters(product_types=("desk",)), sort="price_low")
    assert [hit.product.product_id for hit in (await catalog.browse(part)).hits] == ["a", "b"]

    await catalog.update_offers({"a": [Offer(variant_id="a-0", product_id="a", price=90_000, stock=0)]})
    page = await catalog.browse(part)
    assert [hit.product.product_id for hit in page.hits] == ["b", "a"]
    assert (page.facets.in_stock, page.facets.price_max) == (1, 90_000)

    await catalog.upsert([make_entry("c", "desk", "Coast desk", offers=[({}, 500, 1)])])
    assert [hit.product.product_id for hit in (await catalog.browse(part)).hits] == ["c", "b", "a"]
    await catalog.aclose()


@pytest.fixture
def index_settings(tmp_path: Path, encoder_cache: Path) -> IndexSettings:
    return IndexSettings(path=tmp_path / "index", cache_dir=encoder_cache)


def test_the_outline_names_every_kind_with_its_best_product(listed: Listed) -> None:
    parts = listed.runner.run(listed.catalog.outline())

    whole = listed.browse(Browse())
    assert sum(part.count for part in parts) == whole.total
    assert {part.product_type for part in parts} == set(whole.facets.counts["product_types"])
    for part in parts:
        within = Filters(departments=(part.department,), product_types=(part.product_type,))
        page = listed.browse(Browse(within=within))
        assert page.total == part.count
        assert part.best.product_id in {hit.product.product_id for hit in page.hits}
