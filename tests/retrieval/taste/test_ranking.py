"""What a ranker of recommendations sees: places in both lists, prices beside the shopper's, the session and taste."""

import pytest

from retrieval.taste.ranking import FEATURES, Goods, seen

DESK = Goods("desk", "desk", 200_00, stock=True, merit=4.0)
LAMP = Goods("lamp", "lamp", 50_00, stock=True)
VASE = Goods("vase", "vase")


def features(liked: list[Goods]) -> list[dict[str, float]]:
    lists = {"taken": ["lamp", "desk"], "alike": ["desk"]}
    table = seen([DESK, LAMP, VASE], liked, lists, lambda each: 7.0 * (each == "lamp"))
    return [dict(zip(FEATURES, row, strict=True)) for row in table.tolist()]


def test_places_stock_merit_and_novelty_are_seen() -> None:
    desk, lamp, vase = features([])
    assert (lamp["taken"], vase["taken"], vase["alike"], desk["alike"]) == (1.0, 0.0, 0.0, 1.0)
    assert 0 < desk["taken"] < 1
    assert (desk["stock"], vase["stock"], desk["merit"]) == (1.0, 0.0, 4.0)
    assert (lamp["known"], desk["known"]) == (3.0, 0.0)
    assert (desk["price_off"], desk["session"], desk["lasting"]) == (0.0, 0.0, 0.0)


def test_a_price_is_beside_those_of_its_type_and_the_latest_types_are_the_session() -> None:
    liked = [LAMP, LAMP, LAMP, Goods("oak", "desk", 400_00)]
    desk, lamp, vase = features(liked)
    assert desk["dearer"] == pytest.approx(-0.6931, abs=1e-3)
    assert desk["price_off"] == pytest.approx(0.6931, abs=1e-3)
    assert lamp["price_off"] == 0.0
    assert vase["price_off"] == 0.0
    assert (lamp["session"], desk["session"]) == (1.0, 0.0)
    assert (lamp["lasting"], desk["lasting"]) == (0.75, 0.25)
