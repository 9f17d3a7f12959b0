"""Whitening learns which differences say nothing: things seen several times are told apart better afterwards."""

import numpy as np

from retrieval.vision.weighing import joined, reweighed, unit
from retrieval.vision.whitening import learnt

THINGS, SIGHTS, SIZE = 60, 4, 24


def sights(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Things that differ in all numbers, seen in a light that changes the first six a lot."""
    rng = np.random.default_rng(seed)
    things = np.repeat(rng.normal(size=(THINGS, SIZE)), SIGHTS, axis=0)
    things[:, :6] += 4 * rng.normal(size=(THINGS * SIGHTS, 6))
    return unit(things.astype(np.float32)), np.repeat(np.arange(THINGS), SIGHTS)


def first_right(rows: np.ndarray, which: np.ndarray) -> float:
    scores = rows @ rows.T - 2 * np.eye(len(rows))
    return float((which[scores.argmax(axis=1)] == which).mean())


def test_what_differs_between_sights_of_one_thing_counts_little_for_things_never_seen() -> None:
    learnt_map = learnt(*sights(1), 16)
    rows, which = sights(2)
    white = learnt_map(rows)
    assert white.shape == (len(rows), 16)
    np.testing.assert_allclose(np.linalg.norm(white, axis=1), 1, atol=1e-5)
    assert first_right(white, which) > first_right(rows, which) + 0.2


def test_fewer_things_than_numbers_leave_zeros() -> None:
    rows, which = sights(3)
    assert learnt(rows[:12], which[:12], 16)(rows).shape == (len(rows), 16)


def test_a_query_weighs_parts_anew_and_the_same_parts_come_to_one() -> None:
    rng = np.random.default_rng(5)
    parts = [{"a": rng.normal(size=4), "b": rng.normal(size=6)} for _ in range(2)]
    stored, asked = {"a": 1.0, "b": 0.1}, {"b": 2.0}
    rows = np.stack([joined(part, stored) for part in parts])
    query, worth = reweighed(rows[:1], {"a": 4, "b": 6}, stored, asked)
    cosine = float(unit(parts[0]["b"]) @ unit(parts[1]["b"]))
    np.testing.assert_allclose(worth * query @ rows.T, [[1.0, cosine]], atol=1e-5)
