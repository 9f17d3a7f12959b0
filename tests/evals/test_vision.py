"""The vision suite photographs drawn products and counts what is found; the same seed gives the same figures."""

import io
import random
from pathlib import Path

import numpy as np
from PIL import Image

from evals.distortions import photographed
from evals.vision import VisionPlan, drawn_shop, measure
from retrieval.demo import generate
from retrieval.demo.drawing.draw import draw_product

PRODUCTS = 24


def drawn() -> Image.Image:
    entry = generate(products=PRODUCTS).entries[0]
    return Image.open(io.BytesIO(draw_product(entry.product, None, 0, 240))).convert("RGB")


def test_a_photo_depends_on_its_seed_alone_and_differs_from_the_drawing() -> None:
    picture = drawn()
    first, again, other = (photographed(picture, random.Random(seed)) for seed in (1, 1, 2))
    assert first == again != other
    photo = np.asarray(Image.open(io.BytesIO(first)).convert("RGB").resize((64, 64)), dtype=np.float64)
    plain = np.asarray(picture.resize((64, 64)), dtype=np.float64)
    assert np.abs(photo - plain).mean() > 4


async def test_the_suite_reports_shares_with_their_intervals(tmp_path: Path) -> None:
    told: list[str] = []
    async with drawn_shop(tmp_path, PRODUCTS, told.append) as (catalog, products):
        figures = await measure(catalog, products, VisionPlan(queries=10), lambda _: None)
        again = await measure(catalog, products, VisionPlan(queries=10), lambda _: None)
    assert figures == again
    assert figures["queries"] == 10
    for name in ("product_first", "type_first", "other_colour_type_and_colour_first"):
        assert 0 <= figures[f"{name}_low"] <= figures[name] <= figures[f"{name}_high"] <= 1
    assert figures["type_first"] >= figures["product_first"] >= 0.5
    assert told[0] == f"0 of {PRODUCTS} pictures looked at"
