"""Maps in which the differences between pictures of one thing count little, learnt in closed form; no PyTorch."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retrieval.vision.weighing import Floats, Weights, joined, unit

# The parts that each map joins, and by which weights.
JOINED: Mapping[str, Weights] = {
    "form": {"edges": 6.0, "outline": 0.5, "proportion": 0.6},
    "tint": {"layout": 3.0, "colours": 1.0},
}
SIZES: Mapping[str, int] = {"form": 192, "tint": 96}
_SHARE = 0.02  # of the strongest difference that is added to all, so that rare ones are not blown up


@dataclass(frozen=True, slots=True)
class Whitening:
    """A linear map: `mean` (inner,) is taken away, then `weight` (inner, outer) applied."""

    mean: Floats
    weight: Floats

    def __call__(self, row: Floats) -> Floats:
        """Return the (outer,) unit vector of (inner,), or of each row of (n, inner)."""
        return unit(((row - self.mean) @ self.weight).astype(np.float32))


Whitenings = Mapping[str, Whitening]


def whitened(parts: Mapping[str, Floats], maps: Whitenings) -> dict[str, Floats]:
    """Return `form` and `tint` of a description's parts."""
    return {name: maps[name](joined(parts, weights)) for name, weights in JOINED.items()}


def learnt(rows: Floats, which: NDArray[np.int64], size: int) -> Whitening:
    """Learn a map from pictures of things seen several times.

    Directions in which pictures of one thing differ are shrunk by how much they do (within-class whitening); of what
    is left, those are kept in which things differ most.

    Args:
        rows: (n, inner) of `joined`.
        which: (n,) what each shows; things seen once teach nothing of differences.
        size: Numbers that the map gives.
    """
    mean = rows.mean(axis=0)
    order = np.argsort(which, kind="stable")
    _, starts, counts = np.unique(which[order], return_index=True, return_counts=True)
    means = np.add.reduceat(rows[order], starts, axis=0) / counts[:, None]
    apart = rows[order] - np.repeat(means, counts, axis=0)
    strength, axes = np.linalg.eigh(apart.T @ apart / len(rows))
    even = axes / np.sqrt(np.maximum(strength, 0) + _SHARE * strength[-1])
    between = (means - means.mean(axis=0)) @ even
    _, _, kept = np.linalg.svd(between, full_matrices=False)
    weight = even @ kept[:size].T
    if weight.shape[1] < size:  # fewer things than numbers
        weight = np.pad(weight, ((0, 0), (0, size - weight.shape[1])))
    return Whitening(mean.astype(np.float32), weight.astype(np.float32))
