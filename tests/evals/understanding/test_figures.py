"""Figures of confidence and of alarms do what their names say."""

import numpy as np
import pytest

from evals.understanding.figures import calibration_error, coverage, f1_of, recall_within
from evals.understanding.judge import Counts


def test_confidence_that_is_always_met_has_no_error_and_idle_confidence_has_all_of_it() -> None:
    right = np.array([1.0, 1.0, 1.0, 0.0])
    assert calibration_error(np.full(4, 0.75), right) == 0
    assert calibration_error(np.full(4, 1.0), right) == pytest.approx(0.25)


def test_a_threshold_keeps_or_drops_turns_of_equal_confidence_together() -> None:
    right = np.array([1.0] * 50 + [0.0] * 50)
    assert coverage(np.linspace(1, 0.1, 100), right) == pytest.approx(0.51)
    assert coverage(np.full(100, 0.9), right) == 0


def test_recall_is_told_at_the_lowest_threshold_that_one_in_twenty_shopping_turns_exceeds() -> None:
    shopping = [0.9, *[0.5] * 19]
    assert recall_within([0.95, 0.6, 0.5, 0.1], shopping) == 0.5


def test_f1_is_micro_over_all_rows() -> None:
    assert f1_of([Counts(3, 1, 0), Counts(0, 0, 2)])(np.arange(2)) == pytest.approx(6 / 9)
