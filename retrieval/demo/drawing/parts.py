"""Parts shared by many drawings: legs, knobs, buttons, seams, tops seen a little from above."""

import numpy as np

from retrieval.demo.drawing.canvas import Canvas, Paint
from retrieval.demo.drawing.materials import metal, solid
from retrieval.demo.drawing.palette import rgb
from retrieval.demo.drawing.paths import Path, arc, box, oval, poly

FLOOR = 770.0
INK = solid(rgb("#2a2526"))
DARK = solid(rgb("#35302f"))
PAPER = solid(rgb("#f4efe6"), 0.7)


def leg(
    c: Canvas, paint: Paint, at: tuple[float, float], floor: float = FLOOR, *, lean: float = 0.0, width: float = 22.0
) -> None:
    """A tapered leg whose top middle is `at` and whose foot stands `lean` to the side."""
    x, top = at
    half, foot = width / 2, max(width * 0.26, 4.5)
    path = poly((x - half, top), (x + half, top), (x + lean + foot, floor), (x + lean - foot, floor))
    c.fill(path, paint.stood().shaped("tube"))


def post(c: Canvas, paint: Paint, x: float, top: float, floor: float = FLOOR, *, width: float = 18.0) -> None:
    """A straight leg or post about x."""
    c.fill(box(x - width / 2, top, x + width / 2, floor, min(3.0, width / 3)), paint.stood().shaped("tube"))


def rod(c: Canvas, paint: Paint, start: tuple[float, float], end: tuple[float, float], width: float = 9.0) -> None:
    """A round rod from one point to another."""
    across = np.array([end[1] - start[1], start[0] - end[0]], np.float64)
    across *= width / 2 / max(float(np.hypot(*across)), 1e-6)
    ends = [np.array(start) + across, np.array(start) - across, np.array(end) - across, np.array(end) + across]
    upright = abs(end[1] - start[1]) > abs(end[0] - start[0])
    c.fill(np.stack(ends), (paint.stood() if upright else paint).shaped("tube" if upright else "barrel"))


def hairpin(c: Canvas, x: float, top: float, floor: float = FLOOR, *, spread: float = 18.0) -> None:
    """A bent black rod: two lines meeting at the foot."""
    black = metal("black")
    for side in (-spread, spread):
        c.line(np.array([[x + side, top], [x, floor - 3]]), 7, black)


def knob(c: Canvas, paint: Paint, x: float, y: float, radius: float = 9.0) -> None:
    """A round knob with its own small shadow."""
    c.fill(oval(x, y, radius, radius), paint.shaped("ball"), cast=0.35)


def handle(c: Canvas, paint: Paint, x: float, y: float, style: str, width: float = 56.0) -> None:
    """A drawer's handle about (x, y): 'bar', 'knob', 'cup', 'groove' or 'pull'."""
    if style == "knob":
        knob(c, paint, x, y)
    elif style == "cup":
        c.fill(
            poly((x - 30, y - 9, 3), (x + 30, y - 9, 3), (x + 24, y + 12, 14), (x - 24, y + 12, 14)),
            paint.lit(0.05),
            cast=0.35,
        )
    elif style == "groove":
        c.fill(box(x - width * 0.7, y - 5, x + width * 0.7, y + 5, 5), DARK.thinned(0.75))
    elif style == "pull":
        c.fill(box(x - 9, y - 8, x + 9, y + 20, 5), paint, cast=0.35)
    else:
        c.fill(box(x - width / 2, y - 5, x + width / 2, y + 5, 5), paint.shaped("barrel"), cast=0.35)


def buttons(c: Canvas, paint: Paint, spots: list[tuple[float, float]], dent: float = 15.0) -> None:
    """Pulled-in upholstery buttons."""
    for x, y in spots:
        c.shade(oval(x, y + 2, dent, dent * 0.8), 0.34, dent)
        c.fill(oval(x, y, 5.5, 5), paint.plain().lit(-0.12).shaped("ball"))


def seam(c: Canvas, path: Path, width: float = 2.6, strength: float = 0.45) -> None:
    """A sewn seam: a thin dark line with a light one beside it."""
    c.line(path, width, INK.thinned(strength * 0.62))
    c.line(path + 2.2, width * 0.7, PAPER.thinned(strength * 0.3))


def stitches(c: Canvas, path: Path, paint: Paint, step: int = 2) -> None:
    """A dashed row of stitches along a path of many points."""
    for start in range(0, len(path) - step, step * 2):
        c.line(path[start : start + step + 1], 3.0, paint)


def plank_top(
    c: Canvas, paint: Paint, span: tuple[float, float], y: float, *, depth: float = 30.0, thick: float = 18.0
) -> None:
    """A straight table top seen a little from above: its surface, then its front edge at y to y + thick."""
    x0, x1 = span
    inset = depth * 0.62
    c.fill(poly((x0 + inset, y - depth), (x1 - inset, y - depth), (x1, y), (x0, y), r=3), paint.lit(0.24))
    c.fill(box(x0, y - 1, x1, y + thick, min(6, thick / 3)), paint.lit(0.02))
    c.line(np.array([[x0 + 4, y], [x1 - 4, y]]), 2.4, PAPER.thinned(0.3))


def disc_top(c: Canvas, paint: Paint, at: tuple[float, float], *, rx: float, ry: float, thick: float = 18.0) -> None:
    """A round or oval top seen a little from above, its surface's middle `at`."""
    x, y = at
    rim = np.concatenate([arc(x, y, rx, ry, (180, 0)), arc(x, y + thick, rx, ry, (0, 180))])
    c.fill(rim, paint.lit(-0.12).shaped("tube"))
    c.fill(oval(x, y, rx, ry), paint.lit(0.2))
    c.line(arc(x, y + 1, rx - 1.5, ry, (12, 168)), 2.2, PAPER.thinned(0.35))


def pillow(
    c: Canvas,
    paint: Paint,
    low: tuple[float, float],
    high: tuple[float, float],
    *,
    pull: float = 8.0,
    tilt: float = 0.0,
) -> None:
    """A loose cushion: four drawn-out corners, sides a little hollow."""
    (x0, y0), (x1, y1) = low, high
    mx, my = (x0 + x1) / 2, (y0 + y1) / 2
    path = poly(
        (x0, y0, 12), (mx, y0 + pull, 90), (x1, y0, 12), (x1 - pull, my, 90), (x1, y1, 12), (mx, y1 - pull, 90),
        (x0, y1, 12), (x0 + pull, my, 90),
    )  # fmt: skip
    if tilt:
        angle = np.radians(tilt)
        matrix = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        path = (path - (mx, my)) @ matrix.T + (mx, my)
    c.fill(path, paint.puffed((x1 - x0) * 0.2, 0.55), cast=0.3)
