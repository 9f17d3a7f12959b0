"""Bootstrap intervals of the figures that suites report."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.int64]
Statistic = Callable[[Rows], float]

_RESAMPLES = 2000
_DIGITS = 4


def bounds(statistic: Statistic, size: int, seed: int) -> tuple[float, float]:
    """Return the 95 % percentile bootstrap interval of a statistic.

    Args:
        statistic: Of the rows with these indices.
        size: Number of rows, at least one.
        seed: Of the draws; the same one draws the same.
    """
    draw = np.random.default_rng(seed)
    drawn = [statistic(draw.integers(0, size, size)) for _ in range(_RESAMPLES)]
    low, high = np.quantile(drawn, [0.025, 0.975])
    return float(low), float(high)


def interval(name: str, statistic: Statistic, size: int, seed: int) -> dict[str, float]:
    """Return a statistic of all rows under its name, its interval under `_low` and `_high`; {} without any row.

    Args:
        name: Of the figure.
        statistic: Of the rows with these indices.
        size: Number of rows.
        seed: Of the draws.
    """
    if not size:
        return {}
    low, high = bounds(statistic, size, seed)
    named = {name: statistic(np.arange(size)), f"{name}_low": low, f"{name}_high": high}
    return {each: round(value, _DIGITS) for each, value in named.items()}


def mean_of(values: Sequence[float] | Sequence[bool] | NDArray[np.float64]) -> Statistic:
    """Return the mean as a statistic."""
    held = np.asarray(values, dtype=np.float64)
    return lambda rows: float(held[rows].mean())


def share_of(pairs: Sequence[tuple[float, float]]) -> Statistic:
    """Return the share of sums of (what held, how much there was) as a statistic; 0 where there was none."""
    held, there = np.array(pairs, dtype=np.float64).reshape(-1, 2).T
    return lambda rows: float(held[rows].sum() / max(there[rows].sum(), 1))
