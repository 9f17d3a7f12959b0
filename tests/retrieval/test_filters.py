"""Filters against a brute-force reading of the same words, over generated catalogues."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from retrieval.catalog import Catalog
from retrieval.encode import TextEncoder
from retrieval.filters import All, active, value_text
from retrieval.product import CatalogueEntry, Offer, Product
from retrieval.query import Filters
from retrieval.storage import Edition, EmbeddedStorage

TYPES = ("desk", "sofa", "shirt")
COLOURS = ("black", "white", "red")
SIZES = ("S", "M")
MATERIALS = ("oak", "linen")
BRANDS = ("Alder", "Nore")
PRICES = (1_000, 2_000, 3_000)


def some(words: tuple[str, ...]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(words), max_size=2, unique=True).map(tuple)


@st.composite
def catalogues(draw: st.DrawFn) -> list[CatalogueEntry]:
    return [draw(entries(f"p{n}")) for n in range(draw(st.integers(1, 12)))]


@st.composite
def entries(draw: st.DrawFn, product_id: str) -> CatalogueEntry:
    colours, sizes = draw(some(COLOURS)), draw(some(SIZES))
    product = Product(
        product_id=product_id,
        title=f"Thing {product_id}",
        product_type=draw(st.sampled_from(TYPES)),
        brand=draw(st.sampled_from(BRANDS)),
        department=draw(st.sampled_from(("home", "fashion"))),
        materials=draw(some(MATERIALS)),
        styles=draw(some(("modern", "rustic"))),
        colours=colours,
        sizes=sizes,
    )
    offers = [
        Offer(
            variant_id=f"{product_id}-{n}",
            product_id=product_id,
            options=draw(options(colours, sizes)),
            price=draw(st.sampled_from(PRICES)),
            stock=draw(st.integers(0, 1)),
            sellable=draw(st.sampled_from((True, True, True, False))),
        )
        for n in range(draw(st.integers(0, 4)))
    ]
    return CatalogueEntry(product=product, offers=tuple(offers))


@st.composite
def options(draw: st.DrawFn, colours: tuple[str, ...], sizes: tuple[str, ...]) -> dict[str, str]:
    chosen: dict[str, str] = {}
    if colours and draw(st.booleans()):
        chosen["colour"] = draw(st.sampled_from(colours))
    if sizes and draw(st.booleans()):
        chosen["size"] = draw(st.sampled_from(sizes))
    return chosen


def lower(words: tuple[str, ...]) -> st.SearchStrategy[tuple[str, ...]]:
    return some(tuple(word.lower() for word in words))


filters = st.builds(
    Filters,
    product_types=lower(TYPES),
    departments=some(("home", "fashion")),
    colours=lower(COLOURS),
    materials=lower(MATERIALS),
    sizes=lower(SIZES),
    brands=lower(BRANDS),
    styles=some(("modern", "rustic")),
    price_min=st.sampled_from((None, None, *PRICES)),
    price_max=st.sampled_from((None, None, *PRICES)),
    in_stock=st.booleans(),
    not_product_types=lower(TYPES),
    not_colours=lower(COLOURS),
    not_materials=lower(MATERIALS),
    not_brands=lower(BRANDS),
    not_ids=some(("p0", "p1", "p2")),
)
# Fifteen filters at once leave nothing; a few at a time is where mistakes would hide.
few_filters = st.builds(
    lambda full, kept: Filters(**{name: getattr(full, name) for name in active(full) if name in kept}),
    filters,
    st.sets(st.sampled_from(sorted(Filters.__dataclass_fields__)), max_size=5),
)


def meets(entry: CatalogueEntry, f: Filters) -> bool:
    """Read the contract of Filters word by word."""
    product = entry.product

    def any_of(words: tuple[str, ...], *carried: str) -> bool:
        return any(word.lower() in words for word in carried)

    def variant_meets(offer: Offer) -> bool:
        colours = [offer.options["colour"]] if "colour" in offer.options else product.colours
        sizes = [offer.options["size"]] if "size" in offer.options else product.sizes
        return (
            (not f.colours or any_of(f.colours, *colours))
            and not any_of(f.not_colours, *colours)
            and (not f.sizes or any_of(f.sizes, *sizes))
            and (f.price_min is None or offer.price >= f.price_min)
            and (f.price_max is None or offer.price <= f.price_max)
            and (not f.in_stock or offer.stock > 0)
        )

    asks_of_variant = f.colours or f.not_colours or f.sizes or f.in_stock
    asks_of_variant = asks_of_variant or f.price_min is not None or f.price_max is not None
    return (
        (not f.product_types or any_of(f.product_types, product.product_type))
        and not any_of(f.not_product_types, product.product_type)
        and (not f.departments or any_of(f.departments, product.department))
        and (not f.materials or any_of(f.materials, *product.materials))
        and not any_of(f.not_materials, *product.materials)
        and (not f.brands or any_of(f.brands, product.brand))
        and not any_of(f.not_brands, product.brand)
        and (not f.styles or any_of(f.styles, *product.styles))
        and product.product_id not in f.not_ids
        and (not asks_of_variant or any(variant_meets(o) for o in entry.offers if o.sellable))
    )


def lowest(entry: CatalogueEntry, f: Filters) -> int:
    alone = (entry.model_copy(update={"offers": (offer,)}) for offer in entry.offers if offer.sellable)
    return min(one.offers[0].price for one in alone if meets(one, f))


async def check(
    encoder: TextEncoder, storage: EmbeddedStorage, edition: Edition, shop: list[CatalogueEntry], asked: list[Filters]
) -> None:
    # One shard serves all examples: an empty one takes longer to make than a small one to refill.
    await edition.index.delete([one.product_id for one in await edition.index.scan(All())])
    catalog = Catalog(storage, encoder, edition)
    await catalog.learn()
    await catalog.upsert(shop)
    for f in asked:
        await check_one(catalog, shop, f)


async def check_one(catalog: Catalog, shop: list[CatalogueEntry], f: Filters) -> None:
    expected = {entry.product.product_id: entry for entry in shop if meets(entry, f)}
    for query in ("", "thing"):
        result = await catalog.search(query, f, limit=50)
        found = [hit.product.product_id for hit in result.hits]
        assert sorted(found) == sorted(expected)
        if f != Filters():
            assert result.total == len(expected)
        if not expected:
            check_blocked(shop, f, {b.name: (b.count, len(b.nearest)) for b in result.blocked_by})
    priced = [product_id for product_id, entry in expected.items() if any(o.sellable for o in entry.offers)]
    cheapest = await catalog.search("", f, limit=50, sort="price_low")
    prices = [lowest(expected[hit.product.product_id], f) for hit in cheapest.hits]
    assert sorted(hit.product.product_id for hit in cheapest.hits) == sorted(priced)
    assert prices == sorted(prices)
    dearest = await catalog.search("", f, limit=50, sort="price_high")
    assert [lowest(expected[hit.product.product_id], f) for hit in dearest.hits] == sorted(prices, reverse=True)


def check_blocked(shop: list[CatalogueEntry], f: Filters, blocked: dict[str, tuple[int, int]]) -> None:
    unset = Filters()
    for name in active(f):
        freed = Filters(**{n: getattr(f if n != name else unset, n) for n in Filters.__dataclass_fields__})
        count = sum(meets(entry, freed) for entry in shop)
        assert blocked.get(name, (0, 0)) == (count, min(count, 3)) or (name.startswith("price") and count)
        assert (name in blocked) == bool(count)


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[tuple[EmbeddedStorage, Edition]]:
    storage = asyncio.run(EmbeddedStorage.open(tmp_path))
    edition = asyncio.run(storage.current())
    yield storage, edition
    asyncio.run(edition.index.close())
    asyncio.run(storage.close())


@settings(max_examples=50, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(shop=catalogues(), asked=st.lists(few_filters, min_size=4, max_size=8))
def test_every_hit_meets_the_filters_and_nothing_that_meets_them_is_lost(
    encoder_of_session: TextEncoder,
    opened: tuple[EmbeddedStorage, Edition],
    shop: list[CatalogueEntry],
    asked: list[Filters],
) -> None:
    asyncio.run(check(encoder_of_session, *opened, shop, asked))


def test_active_filters_are_named_in_order_with_their_value_as_text() -> None:
    f = Filters(colours=("black", "brown"), price_max=20_000, in_stock=True)
    assert [(name, value_text(f, name)) for name in active(f)] == [
        ("colours", "black, brown"),
        ("price_max", "20000"),
        ("in_stock", "yes"),
    ]
