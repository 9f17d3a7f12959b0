"""Joins the parts of a description into one vector, and lets a query weigh the parts anew."""

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Weights = Mapping[str, float]


def unit(values: NDArray[np.floating]) -> Floats:
    """Return values at length 1 along the last axis."""
    return (values / np.maximum(np.linalg.norm(values, axis=-1, keepdims=True), 1e-6)).astype(np.float32)


def joined(parts: Mapping[str, NDArray[np.floating]], weights: Weights) -> Floats:
    """Return one unit vector in which each part, brought to length 1, counts for its weight in a cosine."""
    return unit(np.concatenate([unit(parts[name]) * math.sqrt(weight) for name, weight in weights.items()]))


def reweighed(rows: Floats, sizes: Mapping[str, int], stored: Weights, asked: Weights) -> tuple[Floats, float]:
    """Return unit rows whose cosines weigh the parts as asked, and the factor that makes the highest 1.

    Args:
        rows: (n, size) of `joined` with `stored`.
        sizes: Numbers of each part, in the order of `stored`.
        stored: Weights in the index, all above 0.
        asked: Weights that shall count; parts not named count nothing.
    """
    factors = [np.full(sizes[name], asked.get(name, 0) / weight, np.float32) for name, weight in stored.items()]
    squares = sum(asked.get(name, 0) ** 2 / weight for name, weight in stored.items())
    highest = sum(asked.values()) / math.sqrt(squares * sum(stored.values()))
    return unit(rows * np.concatenate(factors)), 1 / highest
