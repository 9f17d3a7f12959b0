"""Finding by picture in the drawn shop: looked at in the background, found again, filters bind, honest when far."""

import asyncio
import io
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from qdrant_client import AsyncQdrantClient

from policies.errors import Unavailable
from retrieval.catalog import Catalog, IndexSettings, open_index
from retrieval.demo.drawing.draw import draw_product
from retrieval.demo.shop import generate
from retrieval.filters import All, OneOf
from retrieval.index import LOOKED, PICTURE, PICTURE_SIZE, SPARSE_NAMES, TEXT, Ask, Nearest, Row
from retrieval.lexicon import Lexicon
from retrieval.looking import Looking
from retrieval.looking_worker import pictures
from retrieval.picture import CleanedPicture, PictureCleaner
from retrieval.product import CatalogueEntry
from retrieval.query import Filters, Liking, SearchResult
from retrieval.server import create_collection
from retrieval.vision.classical import ClassicalEncoder
from retrieval.vision.encoder import Seen
from tests.retrieval.conftest import MakeEntry, looked_at

ENTRIES = generate(60).entries


class LaterEncoder(ClassicalEncoder):
    name = "classical-later"


@pytest.fixture
async def cleaner() -> AsyncIterator[PictureCleaner]:
    cleaner = PictureCleaner()
    yield cleaner
    await cleaner.aclose()


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory, encoder_cache: Path) -> Iterator[Catalog]:
    """Sixty products of the demo shop, all looked at; for tests that only read."""

    yield from looked_at(ENTRIES, tmp_path_factory.mktemp("seen"), encoder_cache)


def copy_of(entry: CatalogueEntry, degrees: float = 14, seed: int = 1) -> CleanedPicture:
    """A product's own picture as a shopper's bad photo of it."""
    picture = Image.open(io.BytesIO(draw_product(entry.product, None, 0, 400))).convert("RGB")
    picture = picture.rotate(degrees, Image.Resampling.BICUBIC, fillcolor=(255, 255, 255)).crop((30, 24, 380, 376))
    pixels = np.asarray(picture) + np.random.default_rng(seed).normal(0, 9, (352, 350, 3))
    return cleaned(Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)))


def cleaned(picture: Image.Image) -> CleanedPicture:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=55)
    return CleanedPicture(out.getvalue(), *picture.size, sha256(out.getvalue()).hexdigest())


def ids(result: SearchResult) -> list[str]:
    return [hit.product.product_id for hit in result.hits]


async def test_a_bad_photo_of_a_product_finds_it_first(shop: Catalog) -> None:
    entries = ENTRIES[::3]
    firsts = [
        (await shop.find_by_picture(copy_of(e, degrees)))
        for e, degrees in zip(entries, [-15, 9, 16, -8] * 5, strict=True)
    ]
    found = sum(ids(first)[0] == entry.product.product_id for first, entry in zip(firsts, entries, strict=True))
    types = sum(
        first.hits[0].product.product_type == entry.product.product_type
        for first, entry in zip(firsts, entries, strict=True)
    )
    assert found >= 0.85 * len(entries)
    assert types >= 0.95 * len(entries)
    assert all(first.alike for first in firsts)


async def test_the_shop_in_another_colour_is_the_same_product(shop: Catalog) -> None:
    entry = next(e for e in ENTRIES if len(e.product.colours) > 1)
    other = cleaned(Image.open(io.BytesIO(draw_product(entry.product, entry.product.colours[-1], 1, 300))))
    assert ids(await shop.find_by_picture(other))[0] == entry.product.product_id


async def test_filters_bind_whatever_the_picture_shows(shop: Catalog) -> None:
    entry = ENTRIES[0]
    kinds = {e.product.product_type for e in ENTRIES} - {entry.product.product_type}
    other = min(kinds)
    result = await shop.find_by_picture(copy_of(entry), filters=Filters(product_types=(other,)), limit=12)
    assert result.hits
    assert {hit.product.product_type for hit in result.hits} == {other}
    assert result.total == sum(e.product.product_type == other for e in ENTRIES)
    nothing = await shop.find_by_picture(copy_of(entry), filters=Filters(price_max=1))
    assert nothing.hits == ()
    assert [blocked.name for blocked in nothing.blocked_by] == ["price_max"]
    assert nothing.blocked_by[0].nearest


async def test_a_colour_asked_for_is_met_and_the_shape_still_counts(shop: Catalog) -> None:
    entry = next(e for e in ENTRIES if len(e.product.colours) > 1)
    colour = entry.product.colours[-1]
    result = await shop.find_by_picture(copy_of(entry), filters=Filters(colours=(colour,)))
    assert entry.product.product_id in ids(result)[:2]
    assert all(colour in hit.product.colours for hit in result.hits)


async def test_an_example_against_moves_what_looks_like_it_back_and_says_nothing_is_the_very_thing(
    shop: Catalog,
) -> None:
    kinds = [e.product.product_type for e in ENTRIES]
    entry = next(e for e in ENTRIES if kinds.count(e.product.product_type) > 2)
    kind = Filters(product_types=(entry.product.product_type,))
    plain = ids(await shop.find_by_picture(copy_of(entry), filters=kind, limit=12))
    against = plain[1]
    swayed = await shop.find_by_picture(copy_of(entry), filters=kind, limit=12, beside=Liking(unlike=(against,)))
    assert set(ids(swayed)) == set(plain)
    assert ids(swayed).index(against) > 1
    assert swayed.alike
    assert not swayed.same
    other = next(e.product.product_id for e in ENTRIES if e.product.product_type != entry.product.product_type)
    both = await shop.find_by_picture(copy_of(entry), limit=4, beside=Liking((other,)))
    assert {entry.product.product_id, other} <= set(ids(both))
    looks = ids(await shop.more_like(Liking((entry.product.product_id,), (against,)), Filters(), limit=12))
    assert looks
    assert not {entry.product.product_id, against} & set(looks)


async def test_a_wish_for_another_colour_keeps_the_kind(shop: Catalog) -> None:
    for entry in ENTRIES[::6]:
        kind = entry.product.product_type
        alike = [e.product for e in ENTRIES if e.product.product_type == kind]
        colour = next((c for other in alike for c in other.colours if c not in entry.product.colours), None)
        if colour is not None:
            result = await shop.find_by_picture(copy_of(entry), filters=Filters(colours=(colour,)))
            assert result.hits[0].product.product_type == kind


async def test_what_another_encoder_saw_is_never_compared(empty_catalog: Catalog, cleaner: PictureCleaner) -> None:
    await empty_catalog.replace_all(ENTRIES[:3])
    await Looking(empty_catalog, cleaner).catch_up(asyncio.Event())
    assert ids(await empty_catalog.find_by_picture(copy_of(ENTRIES[0])))
    empty_catalog._shelf.sight = replace(empty_catalog.sight, eye=LaterEncoder())
    assert not ids(await empty_catalog.find_by_picture(copy_of(ENTRIES[0])))


async def test_words_count_beside_the_picture(shop: Catalog) -> None:
    entry = ENTRIES[0]
    assert ids(await shop.find_by_picture(copy_of(entry), entry.product.title))[0] == entry.product.product_id
    plain = await shop.find_by_picture(copy_of(entry), "the of and")
    assert ids(plain) == ids(await shop.find_by_picture(copy_of(entry)))


async def test_a_picture_like_nothing_here_is_told_apart(shop: Catalog) -> None:
    noise = np.random.default_rng(4).integers(0, 255, (300, 300, 3), dtype=np.uint8)
    stripes = np.zeros((300, 300, 3), dtype=np.uint8)
    stripes[::20, :, 1] = 255
    for pixels in (noise, stripes):
        assert not (await shop.find_by_picture(cleaned(Image.fromarray(pixels)))).alike


async def test_looking_goes_on_where_it_stopped_and_notices_new_products(
    empty_catalog: Catalog, cleaner: PictureCleaner
) -> None:
    looking = Looking(empty_catalog, cleaner)
    await empty_catalog.replace_all(ENTRIES[:15])
    sight = empty_catalog.sight
    version, unseen = await empty_catalog.not_looked_at(sight, 2)
    products = [one.product for one in unseen]
    none = np.zeros((0, sight.eye.dimension), dtype=np.float32)
    await empty_catalog.set_pictures("another version", sight, {products[0].product_id: Seen(none)})
    assert await empty_catalog.looked_at() == (0, 15)
    await empty_catalog.set_pictures(version, sight, {product.product_id: Seen(none) for product in products})
    assert await looking.told() == "2 of 15 pictures looked at"
    await looking.catch_up(asyncio.Event())
    assert await looking.told() == "ready"
    for product in products:
        entry = next(e for e in ENTRIES if e.product == product)
        assert ids(await empty_catalog.find_by_picture(copy_of(entry)))[0] != product.product_id
    await empty_catalog.upsert(ENTRIES[20:21])
    assert await empty_catalog.looked_at() == (15, 16)
    await looking.catch_up(asyncio.Event())
    assert ids(await empty_catalog.find_by_picture(copy_of(ENTRIES[20])))[0] == ENTRIES[20].product.product_id


async def test_what_was_seen_outlives_a_restart(settings: IndexSettings, cleaner: PictureCleaner) -> None:
    first = await open_index(settings)
    await first.replace_all(ENTRIES[:3])
    await Looking(first, cleaner).catch_up(asyncio.Event())
    await first.aclose()
    again = await open_index(settings)
    assert await again.looked_at() == (3, 3)
    assert ids(await again.find_by_picture(copy_of(ENTRIES[1])))[0] == ENTRIES[1].product.product_id
    assert (await again.stats())["pictures_looked_at"] == 3
    await again.aclose()


async def test_a_merchants_local_pictures_are_looked_at_and_others_are_never_fetched(
    empty_catalog: Catalog, cleaner: PictureCleaner, make_entry: MakeEntry, tmp_path: Path
) -> None:
    mug = tmp_path / "a mug.webp"
    mug.write_bytes(draw_product(ENTRIES[5].product, None, 0, 300))
    (tmp_path / "fake.jpg").write_bytes(b"\xff\xd8\xff no picture")
    await empty_catalog.replace_all(
        [
            make_entry("m1", "mug", "Mug", image_url=mug.as_uri()),
            make_entry("m2", "mug", "Fake mug", image_url=(tmp_path / "fake.jpg").as_uri()),
            make_entry("m3", "mug", "Lost mug", image_url="file:///nowhere/at/all.jpg"),
            make_entry("m4", "mug", "Far mug", image_url="https://127.0.0.1:1/mug.jpg"),
            make_entry("m5", "mug", "Bare mug"),
        ]
    )
    await Looking(empty_catalog, cleaner).catch_up(asyncio.Event())
    assert await empty_catalog.looked_at() == (5, 5)
    assert ids(await empty_catalog.find_by_picture(copy_of(ENTRIES[5]))) == ["m1"]


async def test_pictures_from_elsewhere_are_looked_at_where_that_is_wanted_and_waited_for(
    empty_catalog: Catalog, cleaner: PictureCleaner, make_entry: MakeEntry
) -> None:
    asked: Counter[str] = Counter()

    async def photo(url: str) -> bytes | None:
        asked[url] += 1
        if url.endswith("dead.jpg") or asked[url] == 1:
            raise Unavailable(f"{url} does not come.")
        return draw_product(ENTRIES[5].product, None, 0, 300)

    await empty_catalog.replace_all(
        [make_entry(name, "mug", "Mug", image_url=f"https://shop.example/{name}.jpg") for name in ("dead", "late")]
    )
    looking = Looking(empty_catalog, cleaner, photo)
    waits = 0
    while (await looking.told()) != "ready":
        try:
            await looking.catch_up(asyncio.Event())
        except Unavailable:
            waits += 1
            assert not ids(await empty_catalog.find_by_picture(copy_of(ENTRIES[5])))
    assert ids(await empty_catalog.find_by_picture(copy_of(ENTRIES[5]))) == ["late"]
    assert waits >= 2


def test_only_the_demo_shops_own_products_are_drawn() -> None:
    product = ENTRIES[0].product
    assert len(pictures(product)) == 2 * len(product.colours)
    assert pictures(product.model_copy(update={"image_url": None})) == []
    assert pictures(product.model_copy(update={"product_type": "submarine"})) == []
    assert pictures(product.model_copy(update={"colours": ("octarine",)})) == []


async def test_until_pictures_are_looked_at_nothing_is_found_by_them(catalog: Catalog) -> None:
    result = await catalog.find_by_picture(replace(copy_of(ENTRIES[0])))
    assert result.hits == ()
    assert not result.alike


@pytest.mark.filterwarnings("ignore:Payload indexes have no effect", "ignore:Local mode performs exact")
async def test_a_qdrant_server_keeps_several_pictures_of_a_product() -> None:
    client = AsyncQdrantClient(location=":memory:")
    index = await create_collection(client, "pictures")
    rng = np.random.default_rng(0)
    words = Lexicon().present(["a desk"])
    await index.upsert(
        [
            Row({"id": f"p{n}"}, dict.fromkeys(SPARSE_NAMES, words), {TEXT: rng.random(384, dtype=np.float32)})
            for n in range(3)
        ]
    )
    seen = rng.normal(size=(3, PICTURE_SIZE)).astype(np.float32)
    await index.set_pictures({"p0": seen[:1], "p1": seen[1:], "p2": seen[:0]}, "eye")
    [found] = await index.query([Ask(Nearest(seen[2][None], PICTURE), All(), 5)])
    assert [one.product_id for one in found] == ["p1", "p0"]
    assert found[0].score > 0.99
    assert await index.count(All((OneOf(LOOKED, ("eye",)),))) == 3
    await client.close()
