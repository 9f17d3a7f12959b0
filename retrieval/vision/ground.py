"""Tells the thing in a picture from the ground behind it, by the colours along the picture's border."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
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
    edge = _split(distance * middle)
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
    ring = _ring(lab)
    colours = _clusters(ring[::_TAKEN])
    squares = _squares(ring, colours)
    nearest = squares.argmin(axis=1)
    counts = np.bincount(nearest, minlength=_COLOURS)
    spread = np.bincount(nearest, np.sqrt(squares.min(axis=1)), _COLOURS) / np.maximum(counts, 1)
    kept = (counts >= _RARE * len(ring)) & ~_of_the_thing(lab, colours, counts / len(ring))
    if not kept.any():
        kept = counts == counts.max()
    # Lightness counts less: shadows are ground.
    weights = np.sqrt(np.array([0.6, 1, 1], dtype=np.float32))
    parts = np.sqrt(_squares(lab.reshape(-1, 3) * weights, colours[kept] * weights)) - spread[kept]
    return np.maximum(parts.min(axis=-1), 0).reshape(lab.shape[:2]).astype(np.float32)


def _squares(pixels: Floats, colours: Floats) -> Floats:
    """Return (n, m) squared distances of (n, 3) and (m, 3)."""
    inner = (pixels**2).sum(axis=1)[:, None] - 2 * pixels @ colours.T + (colours**2).sum(axis=1)
    return np.maximum(inner, 0)


def _ring(lab: Floats) -> Floats:
    wide = max(2, round(_RING * min(lab.shape[:2])))
    sides = (lab[:wide], lab[-wide:], lab[wide:-wide, :wide], lab[wide:-wide, -wide:])
    return np.concatenate([side.reshape(-1, 3) for side in sides])


def _clusters(ring: Floats) -> Floats:
    """Return (_COLOURS, 3) typical colours; the same ring always gives the same ones."""
    order = np.argsort(ring @ np.array([1, 0.5, 0.5], dtype=np.float32), kind="stable")
    colours = ring[order[np.linspace(0, len(ring) - 1, _COLOURS).astype(np.intp)]]
    for _ in range(_ROUNDS):
        nearest = _squares(ring, colours).argmin(axis=1)
        counts = np.bincount(nearest, minlength=_COLOURS)
        sums = np.stack([np.bincount(nearest, ring[:, axis], _COLOURS) for axis in range(3)], axis=1)
        means = sums / np.maximum(counts, 1)[:, None]
        colours = np.where(counts[:, None] > 0, means, colours).astype(np.float32)
    return colours


def _of_the_thing(lab: Floats, colours: Floats, on_ring: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Tell which border colours are the thing's own: those seen more in the middle than along the border."""
    height, width, _ = lab.shape
    centre = lab[height // 4 : height - height // 4, width // 4 : width - width // 4].reshape(-1, 3)[::3]
    squares = _squares(centre, colours)
    near = squares.min(axis=1) < 100
    in_centre = np.bincount(squares.argmin(axis=1)[near], minlength=len(colours)) / len(centre)
    alike = ((colours[:, None] - colours) ** 2).sum(axis=-1) < _ALIKE**2
    return (alike @ in_centre) > 1.25 * (alike @ on_ring) + 0.1


def _split(distance: Floats) -> float:
    """Return the distance that best splits near from far (Otsu), within bounds."""
    counts, edges = np.histogram(np.clip(distance, 0, 60), bins=60, range=(0, 60))
    below = np.cumsum(counts) / counts.sum()
    mean = np.cumsum(counts * (edges[:-1] + 0.5)) / counts.sum()
    between = (mean[-1] * below - mean) ** 2 / np.maximum(below * (1 - below), 1e-9)
    return float(np.clip(0.6 * edges[between.argmax() + 1], *_EDGE))


def _span(profile: Floats) -> tuple[int, int]:
    sums = np.cumsum(profile)
    first, last = np.searchsorted(sums, [_TRIMMED * sums[-1], (1 - _TRIMMED) * sums[-1]])
    return int(first), min(int(last) + 1, len(profile))
