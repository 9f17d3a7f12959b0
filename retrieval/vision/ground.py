"""Tells the thing in a picture from the ground behind it, by the colours along the picture's border."""

import numpy as np
from numpy.typing import NDArray

from retrieval.vision.border import Floats, otsu, ring, spread, squares, typical

Box = tuple[int, int, int, int]

_RING = 0.05  # share of the shorter side that counts as border
_COLOURS = 6  # of the ground: wall, floor, what a rotation left in the corners
_ROUNDS = 6
_TAKEN = 3  # one pixel of so many along the border is enough to find its colours
_RARE = 0.04  # a colour on less of the border belongs to something that reaches it
_ALIKE = 12.0  # Lab distance within which colours of the ground are one
_EDGE = (4.0, 14.0)  # bounds of the Lab distance that tells thing from ground
_TRIMMED = 0.015  # share of the thing left outside the box on each side: specks
_MARGIN = 0.04
_LEAST = 0.01  # of the picture; a smaller thing was not found


def foreground(lab: Floats) -> Floats:
    """Return (h, w) weights in [0, 1] of an (h, w, 3) Lab picture: 1 on the thing, 0 on the ground.

    Where nothing stands out, the middle of the picture counts as the thing.
    """
    height, width, _ = lab.shape
    middle = _middle(height, width)
    distance = _distance(_blurred(lab))
    edge = float(np.clip(0.6 * otsu(distance * middle), *_EDGE))
    mask = np.clip((distance - 0.7 * edge) / (0.6 * edge), 0, 1) * middle
    if mask.sum() < _LEAST * height * width:
        return middle
    return mask.astype(np.float32)


def box(mask: Floats) -> Box:
    """Return (left, top, right, bottom) in pixels around the thing, with a small margin; specks do not widen it."""
    top, bottom = _span(mask.sum(axis=1))
    left, right = _span(mask.sum(axis=0))
    tall = max(1, round((bottom - top) * _MARGIN))
    wide = max(1, round((right - left) * _MARGIN))
    return (
        max(0, left - wide),
        max(0, top - tall),
        min(mask.shape[1], right + wide),
        min(mask.shape[0], bottom + tall),
    )


def _middle(height: int, width: int) -> Floats:
    """Return weights that fade out in the corners, where a turned picture shows what is no part of it."""
    y = np.abs(np.linspace(-1, 1, height, dtype=np.float32))[:, None]
    x = np.abs(np.linspace(-1, 1, width, dtype=np.float32))[None]
    round_ = np.clip((1.25 - (x**4 + y**4) ** 0.25) / 0.25, 0, 1)
    return (round_ * np.clip((1.75 - x - y) / 0.35, 0, 1)).astype(np.float32)


def _blurred(lab: Floats) -> Floats:
    padded = np.pad(lab, ((1, 1), (1, 1), (0, 0)), mode="edge")
    rows = padded[:-2] + padded[1:-1] + padded[2:]
    return ((rows[:, :-2] + rows[:, 1:-1] + rows[:, 2:]) / 9).astype(np.float32)


def _distance(lab: Floats) -> Floats:
    """Return each pixel's Lab distance to the nearest colour of the ground, beyond that colour's own spread."""
    along = ring(lab, _RING)
    colours = typical(along[::_TAKEN], _COLOURS, _ROUNDS)
    counts, far = spread(along, colours)
    kept = (counts >= _RARE * len(along)) & ~_of_the_thing(lab, colours, counts / len(along))
    if not kept.any():
        kept = counts == counts.max()
    # Lightness counts less: shadows are ground.
    weights = np.sqrt(np.array([0.6, 1, 1], dtype=np.float32))
    parts = np.sqrt(squares(lab.reshape(-1, 3) * weights, colours[kept] * weights)) - far[kept]
    return np.maximum(parts.min(axis=-1), 0).reshape(lab.shape[:2]).astype(np.float32)


def _of_the_thing(lab: Floats, colours: Floats, on_ring: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Tell which border colours are the thing's own: those seen more in the middle than along the border."""
    height, width, _ = lab.shape
    centre = lab[height // 4 : height - height // 4, width // 4 : width - width // 4].reshape(-1, 3)[::3]
    apart = squares(centre, colours)
    near = apart.min(axis=1) < 100
    in_centre = np.bincount(apart.argmin(axis=1)[near], minlength=len(colours)) / len(centre)
    alike = ((colours[:, None] - colours) ** 2).sum(axis=-1) < _ALIKE**2
    return (alike @ in_centre) > 1.25 * (alike @ on_ring) + 0.1


def _span(profile: Floats) -> tuple[int, int]:
    sums = np.cumsum(profile)
    first, last = np.searchsorted(sums, [_TRIMMED * sums[-1], (1 - _TRIMMED) * sums[-1]])
    return int(first), min(int(last) + 1, len(profile))
