"""The colours along a picture's border, by which ground is told from what stands on it."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Counts = NDArray[np.int64]


def ring(lab: Floats, share: float) -> Floats:
    """Return the (n, 3) pixels of an (h, w, 3) picture within this share of its shorter side from the border."""
    wide = max(2, round(share * min(lab.shape[:2])))
    sides = (lab[:wide], lab[-wide:], lab[wide:-wide, :wide], lab[wide:-wide, -wide:])
    return np.concatenate([side.reshape(-1, 3) for side in sides])


def typical(pixels: Floats, count: int, rounds: int) -> Floats:
    """Return (count, 3) typical colours (k-means); the same pixels always give the same ones."""
    order = np.argsort(pixels @ np.array([1, 0.5, 0.5], dtype=np.float32), kind="stable")
    colours = pixels[order[np.linspace(0, len(pixels) - 1, count).astype(np.intp)]]
    for _ in range(rounds):
        nearest = squares(pixels, colours).argmin(axis=1)
        counts = np.bincount(nearest, minlength=count)
        sums = np.stack([np.bincount(nearest, pixels[:, axis], count) for axis in range(3)], axis=1)
        means = sums / np.maximum(counts, 1)[:, None]
        colours = np.where(counts[:, None] > 0, means, colours).astype(np.float32)
    return colours


def spread(pixels: Floats, colours: Floats) -> tuple[Counts, Floats]:
    """Return for each colour how many pixels are nearest to it, and how far they lie from it on average."""
    apart = squares(pixels, colours)
    nearest = apart.argmin(axis=1)
    counts = np.bincount(nearest, minlength=len(colours))
    far = np.bincount(nearest, np.sqrt(apart.min(axis=1)), len(colours)) / np.maximum(counts, 1)
    return counts, far.astype(np.float32)


def squares(pixels: Floats, colours: Floats) -> Floats:
    """Return (n, m) squared distances of (n, 3) and (m, 3)."""
    inner = (pixels**2).sum(axis=1)[:, None] - 2 * pixels @ colours.T + (colours**2).sum(axis=1)
    return np.maximum(inner, 0)


def otsu(distance: Floats) -> float:
    """Return the distance, at most 60, that best splits near from far (Otsu)."""
    counts, edges = np.histogram(np.clip(distance, 0, 60), bins=60, range=(0, 60))
    below = np.cumsum(counts) / counts.sum()
    mean = np.cumsum(counts * (edges[:-1] + 0.5)) / counts.sum()
    between = (mean[-1] * below - mean) ** 2 / np.maximum(below * (1 - below), 1e-9)
    return float(edges[between.argmax() + 1])
