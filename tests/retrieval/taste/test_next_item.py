"""The next item: order is learned, the newest counts most, and the attentive file says what its network says."""

import numpy as np
import pytest

from retrieval.taste.attentive import Weights, read_attentive, written
from retrieval.taste.interactions import Interactions
from retrieval.taste.next_item import Knobs, NextItem


def walks() -> Interactions:
    """Shoppers who walk a round of six products from different starts, always in one direction."""
    steps = (
        (f"s{start}-{copy}", str((start + step) % 6), float(step))
        for start in range(6)
        for copy in range(5)
        for step in range(4)
    )
    return Interactions.of(steps)


@pytest.mark.parametrize("took", range(6))
def test_what_comes_next_is_told_from_what_came_before(took: int) -> None:
    model = NextItem.train(walks(), Knobs(ridge=1.0, past=1.0, ahead=1.0))
    scores = model.scores(np.array([(took - 1) % 6, took]), np.arange(2.0))
    scores[[took, (took - 1) % 6]] = -np.inf
    assert int(np.argmax(scores)) == (took + 1) % 6


def test_products_nobody_took_and_shoppers_nobody_knows_score_nothing() -> None:
    rows = [("a", "x", 0.0), ("a", "y", 1.0), ("b", "x", 0.0), ("b", "y", 1.0)]
    model = NextItem.train(Interactions.of(rows, ["x", "y", "z"]), Knobs(ridge=1.0))
    assert model.scores(np.array([0]), np.zeros(1))[2] == 0.0
    assert not model.scores(np.array([2]), np.zeros(1)).any()


def test_a_product_taken_twice_counts_twice() -> None:
    once = Interactions.of([("a", "x", 0.0), ("a", "y", 1.0)])
    twice = Interactions.of([("a", "x", 0.0), ("a", "x", 1.0), ("a", "y", 2.0)])
    first, second = (NextItem.train(each, Knobs(ridge=1.0)).weights for each in (once, twice))
    assert second[0, 1] > 0
    assert not np.allclose(first, second)


WIDTH, LONGEST, PRODUCTS = 4, 5, 7


def weights(seed: int = 3) -> Weights:
    """Those of a network of one block, named as PyTorch names them."""
    draws = np.random.default_rng(seed)
    shapes = {"product.weight": (PRODUCTS + 1, WIDTH), "place.weight": (LONGEST, WIDTH)}
    for layer in ("queries", "keys", "values", "wide", "narrow"):
        shapes |= {f"blocks.0.{layer}.weight": (WIDTH, WIDTH), f"blocks.0.{layer}.bias": (WIDTH,)}
    for norm in ("blocks.0.before", "blocks.0.between", "norm"):
        shapes |= {f"{norm}.weight": (WIDTH,), f"{norm}.bias": (WIDTH,)}
    return {name: draws.normal(size=shape).astype(np.float32) for name, shape in shapes.items()}


def computed(made: Weights, history: list[int]) -> np.ndarray:
    """The network's scores, computed plainly."""

    def norm(x: np.ndarray, at: str) -> np.ndarray:
        centred = x - x.mean(-1, keepdims=True)
        return centred / np.sqrt(centred.var(-1, keepdims=True) + 1e-5) * made[f"{at}.weight"] + made[f"{at}.bias"]

    def linear(x: np.ndarray, at: str) -> np.ndarray:
        return x @ made[f"blocks.0.{at}.weight"].T + made[f"blocks.0.{at}.bias"]

    count = len(history)
    x = made["product.weight"][np.array(history) + 1] * WIDTH**0.5 + made["place.weight"][:count][::-1]
    q = norm(x, "blocks.0.before")
    looked = linear(q, "queries") @ linear(x, "keys").T / WIDTH**0.5 + np.triu(np.full((count, count), -1e9), 1)
    share = np.exp(looked - looked.max(-1, keepdims=True))
    y = norm(q + share / share.sum(-1, keepdims=True) @ linear(x, "values"), "blocks.0.between")
    return norm(y + linear(np.maximum(linear(y, "wide"), 0), "narrow"), "norm")[-1] @ made["product.weight"][1:].T


@pytest.mark.parametrize("history", [[2], [0, 6, 3], [1, 2, 3, 4, 5]])
def test_the_served_file_says_what_its_weights_say(history: list[int]) -> None:
    made = weights()
    told = read_attentive(written(made, np.arange(PRODUCTS), PRODUCTS))
    scores = told.scores(np.array(history), np.arange(float(len(history))))
    assert scores == pytest.approx(computed(made, history), abs=1e-4)


def test_a_product_that_was_not_learned_is_the_last_and_tells_nothing() -> None:
    made = weights()
    learned = np.array([0, 1, 2, 3, 4, 6, 7])
    served = read_attentive(written(made, learned, PRODUCTS + 1))
    scores = served.scores(np.array([5, 6]), np.zeros(2))
    assert scores[learned] == pytest.approx(computed(made, [5]), abs=1e-4)
    assert scores[5] == scores.min()
    assert not served.scores(np.array([5]), np.zeros(1)).any()


def test_only_the_newest_products_are_looked_at() -> None:
    served = read_attentive(written(weights(), np.arange(PRODUCTS), PRODUCTS))
    long = np.array([6, 6, 1, 2, 3, 4, 5])
    assert served.scores(long, np.arange(7.0)) == pytest.approx(served.scores(long[2:], np.arange(5.0)))
