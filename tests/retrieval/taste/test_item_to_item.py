"""Item to item: what goes together is found, lately counts more, and pruning changes no order that matters."""

import numpy as np
import pytest

from retrieval.taste.interactions import SECONDS_OF_A_DAY, Interactions
from retrieval.taste.item_to_item import ItemToItem, Knobs, closed_form, together

PAIRS = (("desk", "lamp"), ("bed", "pillow"), ("pan", "lid"))


def taken() -> Interactions:
    """Sixty shoppers, each of whom took one pair, and half of them a rug as well."""
    rows: list[tuple[str, str, float]] = []
    for number in range(60):
        first, second = PAIRS[number % 3]
        shopper = f"s{number:02}"
        rows += [(shopper, first, 0.0), (shopper, second, 10 * SECONDS_OF_A_DAY)]
        if number % 2:
            rows.append((shopper, "rug", 20 * SECONDS_OF_A_DAY))
    return Interactions.of(rows)


def best(model: ItemToItem, known: Interactions, **days: float) -> str:
    """What a shopper who took these, so many days after each other, is told first."""
    items = np.array([known.items.index(item) for item in days], dtype=np.int64)
    scores = model.scores(items, np.array(list(days.values())))
    scores[items] = -np.inf
    return known.items[int(np.argmax(scores))]


@pytest.mark.parametrize(("took", "wanted"), [*PAIRS, *((b, a) for a, b in PAIRS)])
def test_what_was_taken_together_is_found_before_the_bestseller(took: str, wanted: str) -> None:
    known = taken()
    assert best(ItemToItem.train(known, Knobs(ridge=5)), known, **{took: 0.0}) == wanted


def test_what_was_taken_lately_counts_more() -> None:
    known = taken()
    model = ItemToItem.train(known, Knobs(ridge=5))
    assert best(model, known, desk=0.0, bed=90.0) == "pillow"
    assert best(model, known, bed=0.0, desk=90.0) == "lamp"


def test_a_shopper_of_whom_nothing_is_known_has_no_scores() -> None:
    known = taken()
    nothing = np.zeros(0, dtype=np.int64)
    assert not ItemToItem.train(known).scores(nothing, np.zeros(0)).any()


def test_the_weights_are_those_of_the_ridge_regression_with_no_diagonal() -> None:
    known = taken()
    rows = np.zeros((len(known.users), len(known.items)))
    rows[known.user, known.item] = 1.0
    weights = closed_form(together(known, np.arange(len(known.items))), 5.0)
    for item in range(len(known.items)):
        others = [other for other in range(len(known.items)) if other != item]
        gram = rows[:, others].T @ rows[:, others] + 5.0 * np.eye(len(others))
        expected = np.linalg.solve(gram, rows[:, others].T @ rows[:, item])
        assert weights[others, item] == pytest.approx(expected)
        assert weights[item, item] == 0.0


def test_keeping_the_strongest_neighbours_keeps_who_is_first() -> None:
    known = taken()
    few = ItemToItem.train(known, Knobs(ridge=5, neighbours=2))
    assert len(few.neighbour) == 2 * len(known.items)
    assert best(few, known, desk=0.0) == "lamp"


def test_beyond_what_the_closed_form_takes_the_rarest_products_have_no_neighbours() -> None:
    known = taken()
    model = ItemToItem.train(known, Knobs(ridge=5, most=3))
    counts = np.diff(model.starts)
    assert sorted(counts.tolist()) == [0] * (len(known.items) - 3) + [3] * 3
    rare = known.items.index("lid") if counts[known.items.index("lid")] == 0 else int(np.argmin(counts))
    assert not model.scores(np.array([rare]), np.zeros(1)).any()


def test_a_recommendation_says_which_product_it_is_for() -> None:
    known = taken()
    model = ItemToItem.train(known, Knobs(ridge=5))
    items = np.array([known.items.index(item) for item in ("desk", "bed")])
    assert model.because(items, known.items.index("pillow")) == known.items.index("bed")
    assert model.because(items, known.items.index("lid")) in (None, *items.tolist())
    assert model.because(items[:0], known.items.index("lid")) is None
