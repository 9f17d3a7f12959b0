"""Drawn pictures: every type and colour of the demo shop, deterministic, small, and one unlike the other."""

from hashlib import sha256
from io import BytesIO
from itertools import combinations

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from retrieval.demo.drawing.draw import BYTES_MAX, DRAWINGS, VIEWS, draw_product
from retrieval.demo.drawing.look import Look
from retrieval.demo.drawing.materials import known_colours, paint_of
from retrieval.demo.drawing.palette import STEPS, ramp, rgb, to_oklab
from retrieval.demo.kinds import load
from retrieval.demo.shop import generate
from retrieval.product import Product

MATERIAL = load()
KINDS = {kind.name: kind for kind in MATERIAL.kinds}
TYPES = sorted(KINDS)


def products_by_type(each: int) -> dict[str, list[Product]]:
    found: dict[str, list[Product]] = {name: [] for name in TYPES}
    for entry in generate(400, seed=11).entries:
        kept = found[entry.product.product_type]
        if len(kept) < each:
            kept.append(entry.product)
    return found


PRODUCTS = products_by_type(4)


def pixels(data: bytes) -> NDArray[np.float64]:
    return np.asarray(Image.open(BytesIO(data)).convert("RGB"), np.float64)


def lab(colour: tuple[int, int, int]) -> NDArray[np.float64]:
    return to_oklab(colour)


def test_every_generated_type_has_a_drawing() -> None:
    assert set(DRAWINGS) == set(TYPES)


def test_every_shop_colour_can_be_drawn() -> None:
    offered = {colour for kind in MATERIAL.kinds for stuff in kind.materials.values() for colour in stuff.colours}

    assert offered <= known_colours()
    assert set(MATERIAL.words.colours) <= known_colours()


@pytest.mark.parametrize("product_type", TYPES)
def test_a_type_draws_from_every_view_in_every_colour(product_type: str) -> None:
    for product in PRODUCTS[product_type]:
        for colour in (None, *product.colours):
            for view in range(VIEWS):
                with Image.open(BytesIO(draw_product(product, colour, view, 64))) as picture:
                    assert (picture.format, picture.size) == ("WEBP", (64, 64))


@pytest.mark.parametrize("product_type", TYPES)
def test_each_form_of_a_type_can_be_drawn(product_type: str) -> None:
    kind, seen = KINDS[product_type], PRODUCTS[product_type][0]
    for form, details in kind.forms.items():
        for material in details.materials or tuple(kind.materials):
            titled = seen.model_copy(update={"title": f"Fen {form}", "materials": (material,), "description": ""})
            colour = kind.materials[material].colours[0]

            assert draw_product(titled, colour, 0, 48)


def test_the_same_picture_comes_out_twice() -> None:
    shop = [entry.product for entry in generate(30, seed=5).entries]
    first, again = ([sha256(draw_product(p, None, i % VIEWS, 96)).digest() for i, p in enumerate(shop)] for _ in "ab")

    assert first == again


def test_pictures_stay_small() -> None:
    sizes = [len(draw_product(PRODUCTS[name][0], None, i % VIEWS, 800)) for i, name in enumerate(TYPES)]

    assert max(sizes) <= BYTES_MAX
    assert min(sizes) >= 2_000


def test_another_colour_changes_only_the_colour() -> None:
    product = next(p for p in PRODUCTS["sofa"] if len(p.colours) > 1)
    one, other = (pixels(draw_product(product, colour, 0, 200)) for colour in product.colours[:2])
    changed = np.abs(one - other).max(axis=2) > 24

    assert changed.mean() > 0.05
    assert not changed[:12].any()
    assert not changed[:, :6].any()
    assert not changed[-12:].any()


@pytest.mark.parametrize("product_type", ["sofa", "armchair", "t-shirt", "trousers", "tote", "boots", "cushion"])
def test_the_dominant_colour_is_the_variants(product_type: str) -> None:
    for product in PRODUCTS[product_type][:2]:
        for colour in product.colours:
            middle = pixels(draw_product(product, colour, 0, 128))[44:100, 40:88].reshape(-1, 3)
            tone = paint_of(product.materials[0], colour).ramp[STEPS // 2]
            away = np.linalg.norm(middle - tone, axis=1)

            assert np.quantile(away, 0.3) < 60, (product.title, colour)


def test_products_of_a_type_do_not_look_alike() -> None:
    for name, products in PRODUCTS.items():
        views = [pixels(draw_product(p, None, 0, 96)) for p in products]
        for one, other in combinations(views, 2):
            assert np.abs(one - other).mean() > 1.0, name


def test_colours_of_the_palette_can_be_told_apart() -> None:
    tones = {name: lab(tuple(paint_of("cotton", name).ramp[STEPS // 2])) for name in known_colours() - {"natural"}}
    near = [(a, b) for a, b in combinations(sorted(tones), 2) if np.linalg.norm(tones[a] - tones[b]) < 0.025]

    assert near == []


def test_a_ramp_runs_from_shade_to_light_through_its_colour() -> None:
    for hexed in ("#2c2b2d", "#efece6", "#b4552d", "#28385f"):
        table = ramp(rgb(hexed)).astype(int)
        light = table.sum(axis=1)

        assert (np.diff(light) >= -2).all()
        assert np.abs(table[STEPS // 2] - rgb(hexed)).max() <= 3


def test_a_measure_changes_the_drawing() -> None:
    desk = PRODUCTS["desk"][0].model_copy(update={"title": "Fen writing desk", "description": ""})
    narrow, wide = (
        draw_product(desk.model_copy(update={"attributes": {"width": width, "drawers": "two drawers"}}), None, 0, 96)
        for width in ("90 cm", "150 cm")
    )

    assert narrow != wide


def test_a_page_that_names_a_form_in_its_title_is_drawn_as_that_form() -> None:
    lamp = PRODUCTS["lamp"][0].model_copy(
        update={"title": "Tarn floor lamp", "description": "Quieter than a table lamp.", "attributes": {}}
    )

    assert Look(lamp, None).form(("table lamp", "floor lamp")) == "floor lamp"


@pytest.mark.parametrize("size", [0, 31, 2001, -5])
def test_a_bad_size_is_refused(size: int) -> None:
    with pytest.raises(ValueError, match="pixels wide"):
        draw_product(PRODUCTS["sofa"][0], None, 0, size)


def test_what_cannot_be_drawn_is_refused() -> None:
    sofa = PRODUCTS["sofa"][0]
    with pytest.raises(ValueError, match="views 0 to"):
        draw_product(sofa, None, VIEWS, 64)
    with pytest.raises(ValueError, match="not a colour"):
        draw_product(sofa, "ultraviolet", 0, 64)
    with pytest.raises(ValueError, match="no drawing of a 'kayak'"):
        draw_product(sofa.model_copy(update={"product_type": "kayak"}), None, 0, 64)
