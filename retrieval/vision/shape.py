"""Shape: where edges run and in which direction, the silhouette, and how wide the thing is for its height."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

SIDE = 64  # pixels of the square the thing is stretched to
_CELLS = 8  # along each side
_DIRECTIONS = 8  # of half a turn: light beside dark is the same edge as dark beside light
_SILHOUETTE = 16
_PROPORTIONS = np.linspace(-2.5, 2.5, 9, dtype=np.float32)  # width to height, in doublings
_PROPORTION_WIDTH = 0.45


def edges(lab: Floats, mask: Floats) -> Floats:
    """Return (512,) edge directions in 8 x 8 cells of a (64, 64, 3) Lab picture; each cell counts for its contrast."""
    down, across = np.gradient(lab, axis=0), np.gradient(lab, axis=1)
    strongest = (across**2 + down**2).argmax(axis=-1)[..., None]
    x = np.take_along_axis(across, strongest, axis=-1)[..., 0]
    y = np.take_along_axis(down, strongest, axis=-1)[..., 0]
    strength = (np.sqrt(np.hypot(x, y)) * np.clip(1.3 * mask, 0, 1)).astype(np.float32)
    turn = (np.arctan2(y, x) / np.pi * _DIRECTIONS) % _DIRECTIONS
    lower = np.floor(turn).astype(np.intp)
    over = turn - lower
    votes = np.zeros((SIDE, SIDE, _DIRECTIONS), dtype=np.float32)
    row, column = np.mgrid[0:SIDE, 0:SIDE]
    votes[row, column, lower % _DIRECTIONS] += strength * (1 - over)
    votes[row, column, (lower + 1) % _DIRECTIONS] += strength * over
    wide = SIDE // _CELLS
    cells = votes.reshape(_CELLS, wide, _CELLS, wide, _DIRECTIONS).sum(axis=(1, 3))
    around = _neighbourhood(np.sqrt((cells**2).sum(axis=-1)))
    return (cells / (around[..., None] + 0.1 * cells.max() + 1e-3)).ravel()


def silhouette(mask: Floats) -> Floats:
    """Return the (256,) outline of a (64, 64) mask, coarse enough that a little turn changes little."""
    wide = SIDE // _SILHOUETTE
    return (mask.reshape(_SILHOUETTE, wide, _SILHOUETTE, wide).mean(axis=(1, 3)).ravel() - 0.35).astype(np.float32)


def proportion(width: int, height: int) -> Floats:
    """Return (9,) weights that say how wide the thing is for its height; near proportions share them."""
    doublings = np.log2(width / height)
    return np.exp(-(((doublings - _PROPORTIONS) / _PROPORTION_WIDTH) ** 2)).astype(np.float32)


def _neighbourhood(values: Floats) -> Floats:
    """Return the mean of each cell and its eight neighbours."""
    padded = np.pad(values, 1, mode="edge")
    shifted = [padded[y : y + _CELLS, x : x + _CELLS] for y in range(3) for x in range(3)]
    return np.stack(shifted).mean(axis=0)
