"""Fitting the encoder to a shop: learnt from its own pictures, judged on products held out, kept as its own weights."""

import numpy as np
import pytest

from retrieval.demo import generate
from retrieval.demo.drawing.draw import draw_product
from retrieval.train import vision_fitting
from retrieval.train.chance import gained
from retrieval.train.vision_fitting import adapt
from retrieval.vision.compact import MAPS_FILE, SHIPPED, CompactEncoder, open_compact, read_maps
from retrieval.vision.whitening import Whitening


def half_blind() -> CompactEncoder:
    """An encoder that sees one number of form and one of tint, over and over."""
    shipped = read_maps(SHIPPED / MAPS_FILE)
    maps = {name: Whitening(one.mean, one.weight[:, [0] * one.weight.shape[1]]) for name, one in shipped.items()}
    return open_compact().with_maps(maps)


def lamps() -> list[list[bytes]]:
    products = [entry.product for entry in generate(products=1200, seed=3).entries]
    drawn = [product for product in products if product.product_type == "lamp"][:40]
    return [[draw_product(product, product.colours[0], 0, 160)] for product in drawn]


async def test_a_clear_gain_on_products_that_were_not_learnt_from_is_taken(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(vision_fitting, "_ASKED", 1)
    told: list[int] = []
    adapted = await adapt(half_blind(), lamps(), 5, told.append)
    assert adapted is not None
    assert adapted.held_out == 40
    assert told == [*range(1, 41), 80, 90, 100, 110, 120]
    assert adapted.before < 0.75 < adapted.after
    assert abs(adapted.gain.mean - (adapted.after - adapted.before)) < 1e-9
    assert adapted.gain.holds


async def test_too_few_products_teach_nothing() -> None:
    assert await adapt(open_compact(), [[b""]] * 39, 5, lambda _: None) is None


def test_a_gain_within_chance_changes_nothing_and_a_clear_one_is_taken() -> None:
    """Sixty products, each looked for by three photos: 0.906 before, then some that were missed are found."""
    before = [3] * 54 + [0] * 5 + [1]
    chance = gained(before, [3] * 59 + [1], 3, 7)
    assert not chance.holds
    assert chance.low <= 0 < chance.mean < chance.high
    clear = gained(before, [3] * 60, 3, 7)
    assert clear.holds
    assert 0 < clear.low < clear.mean == 17 / 180 < clear.high
    assert not gained([3] * 60, before, 3, 7).holds
    assert not gained(before, before, 3, 7).holds


def test_photos_of_one_product_do_not_pass_for_as_many_products() -> None:
    assert gained([0] * 6, [1] * 6, 1, 7).holds
    assert not gained([0, 0, 6], [3, 3, 6], 6, 7).holds


def test_where_both_find_alike_one_shop_in_forty_at_most_is_told_of_a_gain() -> None:
    chance = np.random.default_rng(11)
    shops = [chance.binomial(3, 0.93, (2, 200)).tolist() for _ in range(200)]
    told = sum(gained(before, after, 3, 7).holds for before, after in shops)
    assert told <= 0.04 * len(shops)
    assert sum(np.sum(after) > np.sum(before) for before, after in shops) > 0.4 * len(shops)
