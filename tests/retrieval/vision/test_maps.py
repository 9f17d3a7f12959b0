"""Fitting the encoder to a shop: learnt from its own pictures, judged on products held out, kept as its own weights."""

from retrieval.train.vision_maps import adapt
from retrieval.train.vision_pictures import drawn_things
from retrieval.vision.compact import open_compact


async def test_a_shop_is_judged_on_products_that_were_not_learnt_from() -> None:
    told: list[int] = []
    adapted = await adapt(open_compact(), drawn_things(44, 3), 5, told.append)
    assert adapted is not None
    assert adapted.held_out == 11
    assert told[-1] == 33
    assert 0.5 <= adapted.before <= 1
    assert adapted.better == (adapted.after > adapted.before)


async def test_too_few_products_teach_nothing() -> None:
    assert await adapt(open_compact(), [[b""]] * 39, 5, lambda _: None) is None
