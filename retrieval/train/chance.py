"""Tells a gain from what chance makes of things that are found by one of two ways and missed by the other."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

_TOSSES = 10_000
_SURE = 0.975  # of the tosses that chance must stay below, as at the upper end of a 95 % interval


@dataclass(frozen=True, slots=True)
class Gain:
    """How much more is found by the second of two ways: the difference of two shares, with its 95 % interval.

    The interval reaches as far to each side as chance alone moves such a difference, so it lies above 0 exactly where
    a sign test over things does.
    """

    mean: float
    low: float
    high: float

    @property
    def holds(self) -> bool:
        """Whether it is more than chance among these things explains."""
        return self.low > 0


def gained(before: Sequence[int], after: Sequence[int], asked: int, seed: int) -> Gain:
    """Compare two ways to find the same things; the questions about one thing count together, for they are alike.

    Were both ways equally good, each thing's difference might as well have been the other way round. So its sign is
    tossed; with few things that differ this is exact, where a bootstrap takes four gains of four for certain.

    Args:
        before: How often each thing was found by the first way.
        after: The same by the second way.
        asked: How often each was asked for.
        seed: Of the tosses.
    """
    differences = np.subtract(after, before, dtype=np.int64)
    whole = len(differences) * asked
    told = differences[differences != 0]
    rng = np.random.default_rng(seed)
    sums = (2 * rng.integers(0, 2, (_TOSSES, len(told)), dtype=np.int8) - 1) @ told
    # The lower of two neighbours: `total` is above it only where at most one toss in forty comes as far.
    reach = max(int(np.quantile(sums, _SURE, method="lower")), 0)
    total = int(differences.sum())
    return Gain(total / whole, (total - reach) / whole, (total + reach) / whole)
