"""Intervals hold what they are of, and draw as a whole what hangs together."""

import numpy as np

from evals.intervals import bounds, interval, mean_of, share_of


def test_an_interval_holds_its_figure_and_depends_on_the_seed_alone() -> None:
    values = [True] * 70 + [False] * 30
    found = interval("share", mean_of(values), 100, seed=3)
    assert found == interval("share", mean_of(values), 100, seed=3)
    assert 0.55 < found["share_low"] < found["share"] == 0.7 < found["share_high"] < 0.85


def test_an_interval_draws_conversations_whole() -> None:
    apart = bounds(share_of([(1.0, 1.0), (0.0, 1.0)] * 50), 100, seed=0)
    together = bounds(share_of([(10.0, 10.0), (0.0, 10.0)] * 5), 10, seed=0)

    assert apart[0] < 0.5 < apart[1]
    assert together[1] - together[0] > 2 * (apart[1] - apart[0])
    assert bounds(share_of([(3.0, 3.0)]), 1, seed=0) == (1.0, 1.0)


def test_of_nothing_there_is_no_figure() -> None:
    assert interval("share", mean_of([]), 0, seed=0) == {}
    assert share_of([(0.0, 0.0)])(np.array([0])) == 0
