"""What every retrieval test needs: one text encoder, entries by the handful, and an empty or small catalogue."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from pathlib import Path

import pytest

from retrieval.catalog import Catalog, IndexSettings, open_index
from retrieval.encode import TextEncoder, open_encoder
from retrieval.looking import Looking
from retrieval.picture import PictureCleaner
from retrieval.product import CatalogueEntry, Offer, Product, Review

MakeEntry = Callable[..., CatalogueEntry]


@pytest.fixture(scope="session")
def encoder_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("encoder")


@pytest.fixture(scope="session")
def encoder_of_session(encoder_cache: Path) -> TextEncoder:
    """The encoder, for tests that run their own event loops."""
    return asyncio.run(open_encoder(None, encoder_cache))


@pytest.fixture
def settings(tmp_path: Path, encoder_cache: Path) -> IndexSettings:
    return IndexSettings(path=tmp_path / "index", cache_dir=encoder_cache)


def looked_at(entries: Sequence[CatalogueEntry], folder: Path, encoder_cache: Path) -> Iterator[Catalog]:
    """Yield a catalogue of entries of the demo shop, all looked at; for tests that only read."""

    async def build() -> Catalog:
        opened = await open_index(IndexSettings(folder / "index", encoder_cache))
        await opened.replace_all(entries)
        await Looking(opened, PictureCleaner()).catch_up(asyncio.Event())
        return opened

    built = asyncio.run(build())
    yield built
    asyncio.run(built.aclose())


def build_entry(
    product_id: str,
    product_type: str,
    title: str,
    *,
    offers: list[tuple[dict[str, str], int, int]] | None = None,
    ratings: tuple[int, ...] = (),
    **fields: object,
) -> CatalogueEntry:
    """Return an entry; offers are (options, price in cents, stock), by default one at 100.00 with 5 in stock."""
    reviews = tuple(Review(rating=r, title="", text="", author="") for r in ratings)
    product = Product.model_validate(
        {"product_id": product_id, "product_type": product_type, "title": title, "reviews": reviews, **fields}
    )
    variants = [({}, 10_000, 5)] if offers is None else offers
    return CatalogueEntry(
        product=product,
        offers=tuple(
            Offer(variant_id=f"{product_id}-{n}", product_id=product_id, options=options, price=price, stock=stock)
            for n, (options, price, stock) in enumerate(variants)
        ),
    )


@pytest.fixture
def make_entry() -> MakeEntry:
    return build_entry


@pytest.fixture
def shelf() -> list[CatalogueEntry]:
    """A dozen products of five types, with links, reviews, colours and sizes."""
    return build_shelf()


def build_shelf() -> list[CatalogueEntry]:
    return [
        build_entry(
            "d1",
            "desk",
            "Alder walnut desk",
            brand="Alder",
            materials=("walnut",),
            colours=("brown",),
            styles=("scandinavian",),
            department="home",
            description="A writing desk with two drawers for small rooms.",
            complements=("l1", "c1"),
            ratings=(5, 5, 4),
            offers=[({}, 39_900, 4)],
        ),
        build_entry(
            "d2",
            "desk",
            "Birk oak desk",
            brand="Birk",
            materials=("oak",),
            colours=("natural",),
            department="home",
            description="A wide desk for two screens.",
            ratings=(3,),
            offers=[({}, 24_900, 0)],
        ),
        build_entry(
            "d3",
            "desk",
            "Steel standing desk",
            brand="Birk",
            materials=("steel",),
            colours=("black", "white"),
            department="home",
            description="Rises from sitting to standing height at the press of a button.",
            offers=[({"colour": "black"}, 54_900, 3), ({"colour": "white"}, 59_900, 0)],
        ),
        build_entry("l1", "lamp", "Brass desk lamp", brand="Alder", materials=("brass",), department="home"),
        build_entry("l2", "lamp", "Paper floor lamp", brand="Birk", materials=("paper",), department="home"),
        build_entry("c1", "chair", "Walnut chair", brand="Alder", materials=("walnut",), department="home"),
        build_entry("c2", "chair", "Oak chair", brand="Birk", materials=("oak",), department="home", ratings=(5,) * 9),
        build_entry(
            "s1",
            "shirt",
            "Linen shirt",
            brand="Nore",
            materials=("linen",),
            colours=("white", "blue"),
            sizes=("S", "M", "L"),
            department="fashion",
            description="A light shirt for warm days.",
            offers=[
                ({"colour": "white", "size": "M"}, 4_900, 0),
                ({"colour": "white", "size": "L"}, 4_900, 2),
                ({"colour": "blue", "size": "M"}, 5_900, 7),
            ],
        ),
        build_entry(
            "s2",
            "shirt",
            "Flannel shirt",
            brand="Nore",
            materials=("cotton",),
            colours=("red",),
            sizes=("M",),
            department="fashion",
            offers=[({"size": "M"}, 3_900, 9)],
        ),
        build_entry("k1", "coat", "Wool winter coat", brand="Nore", materials=("wool",), department="fashion"),
        build_entry("k2", "coat", "Rain coat", brand="Tarn", materials=("nylon",), department="fashion"),
    ]


@pytest.fixture(scope="session")
def shelf_catalog(tmp_path_factory: pytest.TempPathFactory, encoder_cache: Path) -> Iterator[Catalog]:
    """A catalogue with the shelf in it, for tests that only read."""

    async def build() -> Catalog:
        opened = await open_index(IndexSettings(tmp_path_factory.mktemp("shelf") / "index", encoder_cache))
        await opened.replace_all(build_shelf())
        return opened

    built = asyncio.run(build())
    yield built
    asyncio.run(built.aclose())


@pytest.fixture
async def empty_catalog(settings: IndexSettings) -> AsyncIterator[Catalog]:
    catalog = await open_index(settings)
    yield catalog
    await catalog.aclose()


@pytest.fixture
async def catalog(empty_catalog: Catalog, shelf: list[CatalogueEntry]) -> Catalog:
    """A catalogue with the shelf in it."""
    await empty_catalog.replace_all(shelf)
    return empty_catalog
