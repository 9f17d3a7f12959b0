"""What the shipped picture encoder promises: the vectors it was measured with, likeness of kinds, colour apart."""

import io
import json
import random
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageEnhance

from policies.errors import SettingsError
from retrieval.demo.drawing.draw import draw_product
from retrieval.demo.shop import generate
from retrieval.vision.choice import EyeChoice, open_eye
from retrieval.vision.colour import PALETTE, lab
from retrieval.vision.compact import DIMENSION, SHIPPED, CompactEncoder, open_compact, read_maps, write_maps
from retrieval.vision.encoder import widened
from retrieval.vision.ground import foreground
from retrieval.vision.whitening import Whitening
from tests.retrieval.test_vision import GREEN, RED, bottle, chair, snapped, webp

GOLDEN = Path(__file__).parent / "golden.json"
_MOST_BYTES = 10_000_000


@pytest.fixture(scope="module")
def eye() -> CompactEncoder:
    return open_compact()


def png(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


async def test_rows_are_unit_vectors_and_the_same_as_when_they_were_measured(eye: CompactEncoder) -> None:
    rows = await eye.encode([png(chair(GREEN)), png(bottle(RED))])
    assert rows.shape == (2, DIMENSION)
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    golden = json.loads(GOLDEN.read_text(encoding="utf-8"))
    assert golden["encoder"] == eye.name
    # Every fourth number behind the palette, and how much of the palette is in use.
    np.testing.assert_allclose(rows[:, PALETTE::4], golden["rows"], atol=2e-4)
    np.testing.assert_allclose(np.abs(rows[:, :PALETTE]).sum(axis=1), golden["palettes"], rtol=1e-3)
    assert (await eye.encode([])).shape == (0, DIMENSION)


def test_the_weights_are_small_enough_to_come_with_the_project() -> None:
    assert sum(path.stat().st_size for path in SHIPPED.iterdir()) < _MOST_BYTES


@pytest.mark.parametrize("degrees", [-12, 0, 11])
async def test_a_thing_is_found_again_askew_cropped_noisy_and_compressed(eye: CompactEncoder, degrees: float) -> None:
    things = [chair(GREEN), chair(RED), bottle(GREEN), bottle(RED)]
    shop = await eye.encode([webp(thing) for thing in things])
    for at, thing in enumerate(things):
        asked = await eye.encode_query(snapped(thing, degrees))
        likeness = asked.looks.likeness(shop)
        assert likeness.argmax() == at
        assert likeness[at] > asked.looks.bounds.near


async def test_the_same_picture_comes_to_one_and_a_darker_photo_finds_it(eye: CompactEncoder) -> None:
    shop = await eye.encode([webp(chair(GREEN)), webp(chair(RED)), webp(bottle(RED))])
    asked = await eye.encode_query(webp(chair(RED)))
    for views in (asked.looks, asked.shapes):
        assert 0.97 < views.likeness(shop)[1] < 1.01
    dark = await eye.encode_query(webp(ImageEnhance.Brightness(chair(RED, (150, 165, 150))).enhance(0.7)))
    assert dark.looks.likeness(shop).argmax() == 1


async def test_without_colour_a_red_chair_is_a_green_chair_and_no_bottle(eye: CompactEncoder) -> None:
    shop = await eye.encode([webp(chair(RED)), webp(chair(GREEN)), webp(bottle(RED))])
    asked = await eye.encode_query(webp(chair(RED)))
    by_shape = asked.shapes.likeness(shop)
    assert by_shape[1] > 0.9
    assert by_shape[2] < 0.6
    assert asked.looks.likeness(shop)[1] < by_shape[1]


def heaped(drawn: bytes, seed: int) -> bytes:
    """A close-up of many of a drawn thing, every way up."""
    rng, heap = random.Random(seed), Image.new("RGB", (400, 300), (90, 80, 70))
    thing = Image.open(io.BytesIO(drawn)).convert("RGB").resize((128, 128))
    mask = Image.fromarray(np.where(foreground(lab(np.asarray(thing))) > 0.5, 255, 0).astype(np.uint8))
    thing.putalpha(mask)
    for _ in range(50):
        turned = thing.rotate(rng.uniform(0, 360), expand=True)
        heap.paste(turned, (rng.randrange(-60, 340), rng.randrange(-60, 240)), turned)
    return png(heap)


async def test_a_heap_of_things_that_has_no_shape_is_found_by_its_colours(eye: CompactEncoder) -> None:
    kinds = {entry.product.product_type: entry.product for entry in reversed(generate(120, seed=3).entries)}
    things = [draw_product(product, None, 0, 256) for product in list(kinds.values())[-24:]]
    shop = await eye.encode(things)
    found = 0
    for at, thing in enumerate(things):
        likeness = (await eye.encode_query(heaped(thing, at))).looks.likeness(shop)
        found += int((likeness > likeness[at]).sum()) < 3
    assert found >= 21


async def test_the_palette_of_a_picture_on_white_counts_more_than_that_of_a_photo(eye: CompactEncoder) -> None:
    on_white = await eye.encode_query(png(chair(RED, (255, 255, 255))))
    at_home = await eye.encode_query(png(chair(RED, (120, 92, 66))))
    assert on_white.looks.worth[0] == 1 > at_home.looks.worth[0]


@pytest.mark.parametrize("size", [(1, 1), (1, 500), (500, 1), (3, 2), (1536, 40)])
async def test_pictures_of_any_proportion_have_a_vector(eye: CompactEncoder, size: tuple[int, int]) -> None:
    picture = webp(Image.new("RGB", size, (120, 130, 90)))
    asked = await eye.encode_query(picture)
    for rows in (await eye.encode([picture]), asked.looks.rows, asked.shapes.rows):
        assert np.isfinite(rows).all()
        np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)


def test_zeros_behind_shorter_vectors_change_no_cosine() -> None:
    rows = np.random.default_rng(3).normal(size=(4, 7)).astype(np.float32)
    wide = widened(rows, 12)
    assert wide.shape == (4, 12)
    np.testing.assert_allclose(wide @ wide.T, rows @ rows.T, rtol=1e-6)


async def test_a_shops_own_weights_are_used_and_have_another_name(tmp_path: Path, eye: CompactEncoder) -> None:
    assert open_eye(EyeChoice("", tmp_path)).name == eye.name
    maps = read_maps(SHIPPED / "maps.npz")
    write_maps(tmp_path / "maps.npz", maps)
    own = open_eye(EyeChoice("", tmp_path))
    assert own.name != eye.name
    assert own.name == open_eye(EyeChoice("", tmp_path)).name
    picture = png(chair(RED))
    np.testing.assert_allclose(await own.encode([picture]), await eye.encode([picture]), atol=1e-6)


def test_damaged_weights_are_refused_in_one_sentence(tmp_path: Path) -> None:
    maps = read_maps(SHIPPED / "maps.npz")
    short = {name: Whitening(one.mean[:3], one.weight[:3]) for name, one in maps.items()}
    unknown = {name: Whitening(one.mean * np.nan, one.weight) for name, one in maps.items()}
    write_maps(tmp_path / "short.npz", short)
    write_maps(tmp_path / "unknown.npz", unknown)
    whole = (SHIPPED / "maps.npz").read_bytes()
    read = [(tmp_path / f"{name}.npz").read_bytes() for name in ("short", "unknown")]
    for spoilt in (b"no weights", b"", whole[:-9], *read):
        (tmp_path / "maps.npz").write_bytes(spoilt)
        with pytest.raises(SettingsError, match="cannot be read"):
            open_eye(EyeChoice("", tmp_path))
