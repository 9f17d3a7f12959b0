"""What the picture encoder promises: unit rows, the same thing found again, colour and shape told apart."""

import io

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter

from retrieval.vision import colour, ground
from retrieval.vision.classical import ClassicalEncoder
from retrieval.vision.encoder import Rows, Views

GROUND = (236, 232, 226)
GREEN, RED = (40, 120, 60), (180, 40, 40)


def webp(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "WEBP", quality=85)
    return out.getvalue()


def chair(tint: tuple[int, int, int], ground_tint: tuple[int, int, int] = GROUND) -> Image.Image:
    picture = Image.new("RGB", (256, 256), ground_tint)
    draw = ImageDraw.Draw(picture)
    draw.rectangle((90, 50, 170, 140), fill=tint)
    draw.rectangle((80, 140, 180, 165), fill=tint)
    for x in (84, 168):
        draw.rectangle((x, 165, x + 8, 215), fill=(90, 60, 30))
    return picture


def bottle(tint: tuple[int, int, int]) -> Image.Image:
    picture = Image.new("RGB", (256, 256), GROUND)
    draw = ImageDraw.Draw(picture)
    draw.rectangle((118, 30, 138, 90), fill=tint)
    draw.ellipse((85, 80, 171, 225), fill=tint)
    return picture


def snapped(picture: Image.Image, degrees: float) -> bytes:
    """As a shopper might photograph it: askew, closer, noisy, compressed hard."""
    turned = picture.rotate(degrees, Image.Resampling.BICUBIC, fillcolor=(0, 0, 0)).crop((18, 12, 246, 240))
    noisy = np.asarray(turned.filter(ImageFilter.GaussianBlur(1)), dtype=np.float64)
    noisy += np.random.default_rng(5).normal(0, 8, noisy.shape)
    out = io.BytesIO()
    Image.fromarray(np.clip(noisy, 0, 255).astype(np.uint8)).save(out, "JPEG", quality=50)
    return out.getvalue()


def likeness_of(views: Views, shop: Rows) -> Rows:
    return (views.rows @ shop.T * views.worth[:, None]).max(axis=0)


async def test_rows_are_unit_vectors_and_the_same_bytes_give_the_same_row() -> None:
    encoder = ClassicalEncoder()
    rows = await encoder.encode([webp(chair(GREEN)), webp(bottle(RED)), webp(chair(GREEN))])
    assert rows.shape == (3, encoder.dimension)
    assert rows.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    np.testing.assert_array_equal(rows[0], rows[2])
    assert (await encoder.encode([])).shape == (0, encoder.dimension)


@pytest.mark.parametrize("degrees", [-18, -7, 0, 11, 20])
async def test_a_thing_is_found_again_askew_cropped_noisy_and_compressed(degrees: float) -> None:
    encoder = ClassicalEncoder()
    things = [chair(GREEN), chair(RED), bottle(GREEN), bottle(RED)]
    shop = await encoder.encode([webp(thing) for thing in things])
    for at, thing in enumerate(things):
        asked = await encoder.encode_query(snapped(thing, degrees))
        likeness = likeness_of(asked.looks, shop)
        assert likeness.argmax() == at
        assert likeness[at] > asked.looks.bounds.near


@pytest.mark.parametrize("light", [0.7, 1.3])
async def test_a_thing_is_found_again_in_another_light_on_another_ground(light: float) -> None:
    encoder = ClassicalEncoder()
    shop = await encoder.encode([webp(chair(GREEN)), webp(chair(RED)), webp(bottle(GREEN)), webp(bottle(RED))])
    lit = ImageEnhance.Brightness(chair(RED, (150, 165, 150))).enhance(light)
    asked = await encoder.encode_query(webp(lit))
    likeness = likeness_of(asked.looks, shop)
    assert likeness.argmax() == 1
    assert likeness[1] > asked.looks.bounds.near


async def test_the_same_picture_comes_to_one_by_looks_and_by_shape() -> None:
    encoder = ClassicalEncoder()
    shop = await encoder.encode([webp(chair(GREEN))])
    asked = await encoder.encode_query(webp(chair(GREEN)))
    for views in (asked.looks, asked.shapes):
        assert 0.97 < likeness_of(views, shop)[0] < 1.01


async def test_without_colour_a_red_chair_is_a_green_chair_and_no_bottle() -> None:
    encoder = ClassicalEncoder()
    shop = await encoder.encode([webp(chair(RED)), webp(chair(GREEN)), webp(bottle(RED))])
    asked = await encoder.encode_query(webp(chair(RED)))
    assert likeness_of(asked.looks, shop)[1] < 0.95
    by_shape = likeness_of(asked.shapes, shop)
    assert by_shape[1] > 0.95
    assert by_shape[2] < 0.75


@pytest.mark.parametrize("size", [(1, 1), (1, 500), (500, 1), (3, 2), (1536, 40)])
async def test_pictures_of_any_proportion_have_a_vector(size: tuple[int, int]) -> None:
    encoder = ClassicalEncoder()
    picture = webp(Image.new("RGB", size, (120, 130, 90)))
    asked = await encoder.encode_query(picture)
    for rows in (await encoder.encode([picture]), asked.looks.rows, asked.shapes.rows):
        assert np.isfinite(rows).all()
        np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)


def test_lab_agrees_with_known_colours() -> None:
    rgb = np.array([[[0, 0, 0], [255, 255, 255], [255, 0, 0], [119, 119, 119]]], dtype=np.uint8)
    known = [[0, 0, 0], [100, 0, 0], [53.2, 80.1, 67.2], [50.0, 0, 0]]
    np.testing.assert_allclose(colour.lab(rgb)[0], known, atol=0.6)


def test_a_histogram_is_the_same_however_large_the_picture() -> None:
    pixels = colour.lab(np.asarray(chair(RED))).reshape(-1, 3)
    once = colour.histogram(*colour.shares(pixels), np.ones(len(pixels), dtype=np.float32))
    twice = np.concatenate([pixels, pixels])
    double = colour.histogram(*colour.shares(twice), np.ones(len(twice), dtype=np.float32))
    np.testing.assert_allclose(double / np.linalg.norm(double), once / np.linalg.norm(once), atol=1e-4)


@pytest.mark.parametrize("ground_tint", [GROUND, (20, 20, 24), (150, 190, 220)])
def test_the_thing_is_told_from_its_ground(ground_tint: tuple[int, int, int]) -> None:
    mask = ground.foreground(colour.lab(np.asarray(chair(GREEN, ground_tint))))
    assert mask[90, 130] > 0.9
    assert mask[20, 20] == 0
    left, top, right, bottom = ground.box(mask)
    assert abs(left - 80) < 12
    assert abs(top - 50) < 12
    assert abs(right - 181) < 12
    assert abs(bottom - 216) < 12


def test_a_thing_that_fills_the_frame_is_not_taken_for_ground() -> None:
    picture = Image.new("RGB", (128, 128), GREEN)
    ImageDraw.Draw(picture).rectangle((0, 0, 128, 40), fill=(250, 250, 250))
    mask = ground.foreground(colour.lab(np.asarray(picture)))
    assert mask[64, 64] > 0.9


def test_where_nothing_stands_out_the_middle_counts() -> None:
    mask = ground.foreground(colour.lab(np.full((100, 100, 3), 128, dtype=np.uint8)))
    assert mask[50, 50] == 1
    assert mask[0, 0] == 0
