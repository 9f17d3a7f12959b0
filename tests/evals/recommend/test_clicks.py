"""Clicks are foretold for an order nobody saw: places are told apart from products, and the truth is within reach."""

import numpy as np
import pytest

from evals.recommend.clicks import Slate, estimated, examined

LOOKED = (1.0, 0.6, 0.3, 0.15)
LIKED = {"a": 0.1, "b": 0.2, "c": 0.4, "d": 0.8}


def slates(rows: int = 6000) -> list[Slate]:
    """Rows in an order that puts the worst first more often than not; clicked where looked at and liked."""
    draw = np.random.default_rng(4)
    made: list[Slate] = []
    for _ in range(rows):
        shown = tuple(sorted(LIKED, key=lambda each: LIKED[each] + draw.normal(0, 0.4)))
        clicked = frozenset(p for place, p in enumerate(shown) if draw.random() < LOOKED[place] * LIKED[p])
        made.append(Slate((), shown, clicked))
    return made


def test_places_are_told_apart_from_what_stood_there() -> None:
    assert examined(slates()) == pytest.approx(np.array(LOOKED), rel=0.2)


@pytest.mark.parametrize("how", ["ips", "snips"])
def test_the_clicks_of_another_order_are_foretold_within_their_variance(how: str) -> None:
    shown = slates()
    best = sorted(LIKED, key=lambda each: -LIKED[each])
    truth = sum(LOOKED[place] * LIKED[p] for place, p in enumerate(best))
    told = estimated(shown, lambda _: best, np.array(LOOKED))
    assert told["shown"].clicks < truth
    assert abs(told[how].clicks - truth) < 4 * told[how].variance ** 0.5 + (0.05 if how == "snips" else 0.0)


def test_the_order_that_was_shown_is_foretold_as_it_was() -> None:
    shown = slates(200)
    told = estimated(shown, lambda slate: slate.shown, examined(shown))
    assert told["ips"] == told["shown"]
    assert told["snips"].clicks == pytest.approx(told["shown"].clicks)
