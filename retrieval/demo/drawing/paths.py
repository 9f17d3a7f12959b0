"""Paths: outlines as (n, 2) arrays of points in units, a picture being 1000 units wide and high."""

import math
from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Path: TypeAlias = NDArray[np.float64]
Point = tuple[float, float] | tuple[float, float, float]
"""A point, or a point with a number: a corner's radius in `poly`, any number for a sharp corner in `spline`."""


def poly(*points: Point, r: float = 0.0) -> Path:
    """A polygon whose corners are rounded by `r` units, or by a point's own third number."""
    corners = [np.array(point[:2], np.float64) for point in points]
    outline: list[NDArray[np.float64]] = []
    for index, point in enumerate(points):
        here, before, after = corners[index], corners[index - 1], corners[(index + 1) % len(points)]
        radius = point[2] if len(point) == 3 else r
        first, second = _toward(here, before, radius), _toward(here, after, radius)
        step = np.linspace(0, 1, 9 if radius > 0 else 1)[:, None]
        outline.append((1 - step) ** 2 * first + 2 * step * (1 - step) * here + step**2 * second)
    return np.concatenate(outline)


def _toward(here: NDArray[np.float64], there: NDArray[np.float64], radius: float) -> NDArray[np.float64]:
    length = math.dist(here, there)
    return here if length == 0 else here + (there - here) * min(radius / length, 0.5)


def box(x0: float, y0: float, x1: float, y1: float, r: float = 0.0) -> Path:
    """A rectangle with corners rounded by `r`."""
    return poly((x0, y0), (x1, y0), (x1, y1), (x0, y1), r=r)


def oval(cx: float, cy: float, rx: float, ry: float) -> Path:
    """An ellipse about (cx, cy)."""
    turn = np.linspace(0, 2 * math.pi, 72, endpoint=False)
    return np.stack([cx + rx * np.cos(turn), cy + ry * np.sin(turn)], axis=1)


def arc(cx: float, cy: float, rx: float, ry: float, span: tuple[float, float]) -> Path:
    """An open piece of an ellipse, `span` in degrees clockwise from three o'clock."""
    turn = np.radians(np.linspace(span[0], span[1], 40))
    return np.stack([cx + rx * np.cos(turn), cy + ry * np.sin(turn)], axis=1)


def spline(*points: Point, closed: bool = True) -> Path:
    """A smooth curve through points; one with a third number is a sharp corner."""
    knots = np.array([point[:2] for point in points], np.float64)
    count = len(points)
    tangents = (np.roll(knots, -1, 0) - np.roll(knots, 1, 0)) * 0.5
    step = np.linspace(0, 1, 14, endpoint=False)[:, None]
    pieces: list[NDArray[np.float64]] = []
    for index in range(count if closed else count - 1):
        after = (index + 1) % count
        chord = knots[after] - knots[index]
        leave = chord if _sharp(points, index, closed) else tangents[index]
        reach = chord if _sharp(points, after, closed) else tangents[after]
        leave, reach = _tamed(leave, chord), _tamed(reach, chord)
        pieces.append(
            (2 * step**3 - 3 * step**2 + 1) * knots[index]
            + (step**3 - 2 * step**2 + step) * leave
            + (3 * step**2 - 2 * step**3) * knots[after]
            + (step**3 - step**2) * reach
        )
    return np.concatenate(pieces if closed else [*pieces, knots[-1:]])


def _sharp(points: Sequence[Point], index: int, closed: bool) -> bool:
    return len(points[index]) == 3 or (not closed and index in (0, len(points) - 1))


def _tamed(tangent: NDArray[np.float64], chord: NDArray[np.float64]) -> NDArray[np.float64]:
    """A tangent no longer than its chord, so that uneven points make no loops."""
    length, limit = float(np.hypot(*tangent)), 1.15 * float(np.hypot(*chord))
    return tangent if length <= limit else tangent * (limit / length)


def mirrored(*points: Point, axis: float = 500.0) -> tuple[Point, ...]:
    """The right half of a shape, top to bottom, followed by its mirror image, bottom to top."""
    left: list[Point] = []
    for point in reversed(points):
        if abs(point[0] - axis) > 1e-6:
            left.append((2 * axis - point[0], *point[1:]))  # pyright: ignore[reportArgumentType]  # keeps its length
    return (*points, *left)


def flip(path: Path, axis: float = 500.0) -> Path:
    """The mirror image about a vertical axis."""
    turned = path.copy()
    turned[:, 0] = 2 * axis - turned[:, 0]
    return turned


def moved(path: Path, dx: float, dy: float) -> Path:
    """The path shifted."""
    return path + np.array([dx, dy])


def turned(path: Path, degrees: float, about: tuple[float, float]) -> Path:
    """The path turned clockwise about a point."""
    angle, centre = math.radians(degrees), np.array(about)
    matrix = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    return (path - centre) @ matrix.T + centre


def wavy(x0: float, x1: float, y: float, waves: int, depth: float) -> list[tuple[float, float]]:
    """Points along a hem from x0 to x1 that falls in soft folds."""
    steps = waves * 6
    return [(x0 + (x1 - x0) * i / steps, y + depth * math.sin(i / 6 * 2 * math.pi)) for i in range(steps + 1)]
