"""Figures of judged messages, each share with its 95 % bootstrap interval."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from evals.intervals import Rows, Statistic, interval, mean_of
from evals.understanding.judge import SLOTS, Counts, Judged

PRECISION = 0.97  # of the turns that are kept
FALSE_ALARMS = 0.05  # share of shopping turns that may be called out of scope
_BINS = 15
_DIGITS = 4
_NONE = Counts()


def figures(judged: Sequence[Judged], seed: int) -> dict[str, float]:
    """Return all figures of the development set.

    Args:
        judged: Every message, at least one.
        seed: Of the bootstrap; the same seed gives the same intervals.

    Returns:
        Shares in [0, 1]; `_low` and `_high` bound the 95 % interval of messages drawn anew.
    """
    right = np.array([one.right for one in judged], dtype=np.float64)
    sure = np.array([one.sure for one in judged], dtype=np.float64)
    every = [one.slots for one in judged]
    facets = tuple(name for name in SLOTS if name != "soft")
    found = {
        **interval("intent_accuracy", mean_of(right), len(judged), seed),
        **interval("intent_accuracy_neighbours", mean_of([one.near for one in judged]), len(judged), seed),
        **interval("intents_f1", f1_of([one.intents for one in judged]), len(judged), seed),
        **interval("slot_f1", f1_of([_sum(slots, SLOTS) for slots in every]), len(judged), seed),
        **interval("slot_f1_without_soft", f1_of([_sum(slots, facets) for slots in every]), len(judged), seed),
        **_pointing(judged, seed),
        **interval("calibration_error", lambda rows: calibration_error(sure[rows], right[rows]), len(judged), seed),
        **interval("coverage_at_97", lambda rows: coverage(sure[rows], right[rows]), len(judged), seed),
    }
    return {**found, **_by_slot(every)}


def f1_of(counts: Sequence[Counts]) -> Statistic:
    """Return micro F1 as a statistic; 0 where nothing is right."""
    held = np.array(counts, dtype=np.float64).reshape(-1, 3)

    def f1(rows: Rows) -> float:
        right, extra, missed = held[rows].sum(axis=0)
        return float(2 * right / (2 * right + extra + missed)) if right else 0.0

    return f1


def calibration_error(sure: NDArray[np.float64], right: NDArray[np.float64]) -> float:
    """Return the expected calibration error over 15 bins of equal width."""
    bins = np.minimum((sure * _BINS).astype(np.int64), _BINS - 1)
    gaps = np.bincount(bins, weights=right - sure, minlength=_BINS)
    return float(np.abs(gaps).sum() / len(sure))


def coverage(sure: NDArray[np.float64], right: NDArray[np.float64]) -> float:
    """Return the largest share of turns that some threshold keeps with 0.97 of them right; 0 where none does."""
    order = np.argsort(-sure, kind="stable")
    ranked, kept = sure[order], np.arange(1, len(sure) + 1)
    precise = np.cumsum(right[order]) / kept >= PRECISION
    # A threshold cannot tell turns of equal confidence apart.
    ends = np.append(ranked[:-1] != ranked[1:], True)
    fitting = kept[precise & ends]
    return float(fitting[-1] / len(sure)) if len(fitting) else 0.0


def recall_within(alarms: Sequence[float], shopping: Sequence[float]) -> float:
    """Return the share of `alarms` above the lowest threshold that at most 5 % of `shopping` turns exceed."""
    allowed = int(FALSE_ALARMS * len(shopping))
    threshold = sorted(shopping, reverse=True)[allowed] if len(shopping) > allowed else 0.0
    return sum(score > threshold for score in alarms) / len(alarms)


def _pointing(judged: Sequence[Judged], seed: int) -> dict[str, float]:
    pointed = [one.pointed for one in judged if one.pointed is not None]
    idly = [one.pointed_idly for one in judged if one.pointed_idly is not None]
    asked = [one.asked for one in judged if one.asked is not None]
    return {
        **interval("references_accuracy", mean_of(pointed), len(pointed), seed),
        **({"references_idle": round(sum(idly) / len(idly), _DIGITS)} if idly else {}),
        **interval("asked_f1", f1_of(asked), len(asked), seed),
    }


def _by_slot(every: Sequence[Mapping[str, Counts]]) -> dict[str, float]:
    found: dict[str, float] = {}
    for name in SLOTS:
        counts = [slots[name] for slots in every if name in slots]
        if counts:
            found[f"slot_f1_{name}"] = round(f1_of(counts)(np.arange(len(counts))), _DIGITS)
    return found


def _sum(slots: Mapping[str, Counts], names: Sequence[str]) -> Counts:
    each = [slots.get(name, _NONE) for name in names]
    return Counts(sum(c.right for c in each), sum(c.extra for c in each), sum(c.missed for c in each))
