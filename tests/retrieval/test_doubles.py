"""Products that show nearly one picture are found and told to the merchant, whoever sells them; nothing is removed."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageEnhance

from retrieval.catalog import Catalog
from retrieval.demo.drawing.draw import draw_product
from retrieval.demo.shop import generate
from retrieval.doubles import Double, doubles, near_prints
from retrieval.photos import photos
from retrieval.quality import Listed, quality
from retrieval.sights import Sight
from retrieval.vision.decency import open_decency
from retrieval.vision.encoder import Seen
from retrieval.vision.fingerprint import apart, fingerprint, read_prints
from retrieval.vision.keypoints import keypoints
from retrieval.vocabulary import vocabulary_of
from retrieval.written import ReadPicture, listed_pictures, other_brands, read_pictures, unsuitable
from tests.retrieval.conftest import MakeEntry

LAMP, DESK = (
    draw_product(next(e.product for e in generate(60).entries if e.product.product_type == kind), None, 0, 256)
    for kind in ("lamp", "desk")
)


def opened(picture: bytes) -> Image.Image:
    return Image.open(io.BytesIO(picture)).convert("RGB")


def jpeg(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=60)
    return out.getvalue()


def signs(one: bytes, other: bytes) -> int:
    both = [read_prints([fingerprint(each)]) for each in (one, other)]
    return min(int(apart(*both, mirrored=mirrored)[0, 0]) for mirrored in (False, True))


def test_a_fingerprint_outlives_what_copies_go_through_and_tells_things_apart() -> None:
    lamp = opened(LAMP)
    assert signs(LAMP, LAMP) == 0
    assert signs(LAMP, jpeg(lamp.resize((150, 150)))) <= 25
    assert signs(LAMP, jpeg(ImageEnhance.Brightness(lamp).enhance(0.85))) <= 25
    assert signs(LAMP, jpeg(lamp.transpose(Image.Transpose.FLIP_LEFT_RIGHT))) <= 25
    assert signs(LAMP, DESK) > 60
    assert signs(LAMP, jpeg(Image.new("RGB", (90, 60), "white"))) > 60


def test_every_pair_is_named_once_however_many_pictures_it_shares() -> None:
    lamp, desk = fingerprint(LAMP), fingerprint(DESK)
    pairs = near_prints({"a": [lamp, desk], "b": [desk, lamp], "c": [], "d": [lamp]})
    assert {pair: one.signs for pair, one in pairs.items()} == {("a", "b"): 0, ("a", "d"): 0, ("b", "d"): 0}
    assert {(0, 1), (1, 0)} <= pairs["a", "b"].pictures
    assert not any(one.mirrored for one in pairs.values())
    assert near_prints({}) == {}
    assert near_prints({"a": [lamp]}) == {}


async def seen(sight: Sight, picture: bytes) -> Seen:
    return Seen(await sight.eye.encode([picture]), (fingerprint(picture),), (keypoints(picture).packed(),))


async def test_copies_with_a_margin_cut_or_mirrored_are_named_and_other_things_are_not(
    empty_catalog: Catalog, make_entry: MakeEntry
) -> None:
    desk = opened(DESK)
    wider = Image.new("RGB", (288, 288), "white")
    wider.paste(desk, (16, 16))
    mirrored = desk.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    copies = {"cut": desk.crop((10, 12, 248, 250)), "margin": wider, "mirror": mirrored}
    pictures = {"own": DESK, "other": LAMP} | {name: jpeg(picture) for name, picture in copies.items()}
    await empty_catalog.replace_all([make_entry(name, "desk", f"{name} desk") for name in pictures])
    sight = empty_catalog.sight
    version, _ = await empty_catalog.not_looked_at(sight, 1)
    await empty_catalog.set_pictures(version, sight, {name: await seen(sight, one) for name, one in pictures.items()})
    named = {other for pair in await doubles(empty_catalog) if "own" in pair.product_ids for other in pair.product_ids}
    assert named == {"own", *copies}


async def test_a_picture_used_again_under_another_name_is_for_the_merchant_to_review(
    empty_catalog: Catalog, make_entry: MakeEntry
) -> None:
    entries = [
        make_entry("a", "lamp", "Fen lamp", brand="Fen", image_url="/pictures/a.webp"),
        make_entry("b", "lamp", "Bright light", brand="Knorr", image_url="/pictures/b.webp"),
        make_entry("c", "lamp", "Fen lamp, brass", brand="Knorr", attributes={"seller": "Fen"}, image_url="/c.webp"),
        make_entry("d", "desk", "Fen desk", brand="Fen", image_url="/pictures/d.webp"),
    ]
    await empty_catalog.replace_all(entries)
    sight = empty_catalog.sight
    version, _ = await empty_catalog.not_looked_at(sight, 4)
    pictures = {"a": LAMP, "b": jpeg(opened(LAMP).resize((180, 180))), "c": LAMP, "d": DESK}
    await empty_catalog.set_pictures(version, sight, {i: await seen(sight, one) for i, one in pictures.items()})

    pairs = await doubles(empty_catalog)

    assert [pair.product_ids for pair in pairs] == [("a", "c"), ("a", "b"), ("b", "c")]
    found = quality([Listed(entry.product, entry.offers) for entry in entries], pairs)
    assert [one.product_ids for one in found if one.kind == "alike_pictures"] == [["a", "c"], ["a", "b"], ["b", "c"]]
    flagged = [(one.product_ids, one.says) for one in found if one.kind == "counterfeit"]
    assert flagged == [
        (["a", "b"], "needs review: nearly one picture under Fen and Knorr"),
        (["b", "c"], "needs review: nearly one picture under Knorr and Fen"),
    ]
    assert await empty_catalog.count() == 4


def test_a_pair_that_is_gone_or_shares_its_address_is_not_told_twice(make_entry: MakeEntry) -> None:
    listed = [
        Listed(entry.product, entry.offers)
        for entry in (make_entry(i, "lamp", f"{i} lamp", image_url="https://x.example/1.jpg") for i in "ab")
    ]
    told = quality(listed, [Double(("a", "b"), 0, 1.0, 1.0), Double(("a", "gone"), 0, 1.0, 1.0)])
    assert "alike_pictures" not in {one.kind for one in told}


@pytest.mark.parametrize(("brand", "flagged"), [("Northway", []), ("Knorr", ["m1"])])
async def test_a_brand_written_in_the_picture_is_held_against_the_one_it_is_listed_under(
    tmp_path: Path, make_entry: MakeEntry, brand: str, flagged: list[str]
) -> None:
    path = tmp_path / "box 1.jpg"
    path.write_bytes(LAMP)
    entries = [
        make_entry("m1", "lamp", "Lamp", brand=brand, image_url=path.as_uri()),
        make_entry("m2", "lamp", "Northway lamp", brand="Northway", image_url="https://x.example/far.jpg"),
        make_entry("m3", "lamp", "Lamp", brand="Fen", image_url=(tmp_path / "gone.jpg").as_uri()),
    ]
    pictures = list(listed_pictures(entries))
    assert [picture.product.product_id for picture in pictures] == ["m1", "m2"]
    read = {pictures[0].content: ReadPicture(("NORTHWAY", "100 W"), 0.1)}
    found = other_brands(pictures, read, vocabulary_of(entries, ""))
    assert [one.product_ids[0] for one in found] == flagged
    assert all("northway is written in the picture" in one.says.casefold() for one in found)
    assert unsuitable(pictures, read) == []


async def test_reading_goes_on_where_it_stopped_and_asks_no_private_network(
    tmp_path: Path, make_entry: MakeEntry
) -> None:
    noise = np.random.default_rng(3).integers(0, 255, (40, 40, 3), dtype=np.uint8)
    for name, content in (("a", b"no picture"), ("b", jpeg(Image.fromarray(noise)))):
        (tmp_path / f"{name}.jpg").write_bytes(content)
    photo = photos(fetched=True)
    entries = [make_entry("inside", "lamp", "Lamp", image_url="https://127.0.0.1:9/secret.jpg")]
    assert [read async for read in read_pictures(list(listed_pictures(entries)), set(), 1, open_decency(), photo)] == []
    entries = [make_entry(i, "lamp", "Lamp", image_url=(tmp_path / f"{i}.jpg").as_uri()) for i in "ab"]
    pictures = list(listed_pictures(entries))
    first = [content async for content, _ in read_pictures(pictures, set(), 1, open_decency(), photo)]
    assert first == [pictures[0].content]
    rest = [read async for read in read_pictures(pictures[:1], first, 5, open_decency(), photo)]
    assert rest == []
