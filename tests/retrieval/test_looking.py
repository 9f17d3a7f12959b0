"""Looking at pictures in the background: a product is found by any of its variants' pictures."""

import asyncio
from collections import Counter
from pathlib import Path

from policies.errors import Unavailable
from retrieval.catalog import Catalog
from retrieval.demo.drawing.draw import draw_product
from retrieval.demo.shop import generate
from retrieval.looking import Looking
from retrieval.picture import PictureCleaner
from retrieval.product import CatalogueEntry
from tests.retrieval.conftest import MakeEntry

DRAWN = [draw_product(entry.product, None, 0, 256) for entry in list(generate(60).entries)[5:16:5]]


def with_pictures(entry: CatalogueEntry, *urls: str) -> CatalogueEntry:
    """The entry with a picture of its own for each variant."""
    offers = tuple(offer.model_copy(update={"image_url": url}) for offer, url in zip(entry.offers, urls, strict=True))
    return CatalogueEntry(product=entry.product, offers=offers)


async def first(catalog: Catalog, picture: bytes, cleaner: PictureCleaner) -> str:
    return (await catalog.find_by_picture(await cleaner.clean(picture), limit=1)).hits[0].product.product_id


async def test_a_product_is_found_by_its_variants_pictures_and_one_lost_hides_none(
    empty_catalog: Catalog, make_entry: MakeEntry, tmp_path: Path
) -> None:
    urls = [(tmp_path / f"{at}.webp").as_uri() for at in range(3)]
    for at, picture in enumerate(DRAWN):
        (tmp_path / f"{at}.webp").write_bytes(picture)
    two = [({"colour": "red"}, 900, 1), ({"colour": "green"}, 900, 1)]
    lost = (tmp_path / "lost.webp").as_uri()
    entries = [
        with_pictures(make_entry("m1", "mug", "Mug", image_url=urls[0], offers=two), lost, urls[1]),
        with_pictures(make_entry("m2", "mug", "Cup", offers=two), urls[2], urls[2]),
    ]
    await empty_catalog.replace_all(entries)
    cleaner = PictureCleaner()
    try:
        await Looking(empty_catalog, cleaner).catch_up(asyncio.Event())
        assert [await first(empty_catalog, picture, cleaner) for picture in DRAWN] == ["m1", "m1", "m2"]
    finally:
        await cleaner.aclose()


async def test_a_variants_picture_that_does_not_come_keeps_the_others_waiting_for_a_while_only(
    empty_catalog: Catalog, make_entry: MakeEntry
) -> None:
    asked: Counter[str] = Counter()

    async def photo(url: str) -> bytes | None:
        asked[url] += 1
        if url.endswith("dead.jpg"):
            raise Unavailable(f"{url} does not come.")
        return DRAWN[0]

    entry = make_entry("m1", "mug", "Mug", image_url="https://shop.example/mug.jpg")
    await empty_catalog.replace_all([with_pictures(entry, "https://shop.example/dead.jpg")])
    cleaner = PictureCleaner()
    looking, tries = Looking(empty_catalog, cleaner, photo), 0
    try:
        while await empty_catalog.looked_at() == (0, 1):
            tries += 1
            try:
                await looking.catch_up(asyncio.Event())
            except Unavailable:
                assert tries < 10
        assert asked["https://shop.example/dead.jpg"] == tries > 1
        assert await first(empty_catalog, DRAWN[0], cleaner) == "m1"
    finally:
        await cleaner.aclose()
