"""Sofas: arms, backs, cushions and legs by form and by the product's choices."""

import numpy as np

from retrieval.demo.drawing.canvas import Canvas
from retrieval.demo.drawing.look import Look
from retrieval.demo.drawing.materials import paint_of
from retrieval.demo.drawing.parts import FLOOR, buttons, leg, pillow, post, seam
from retrieval.demo.drawing.paths import box, oval, poly, spline


def sofa(c: Canvas, look: Look) -> None:
    """A sofa; corner sofas grow a chaise, sofa beds a pulled-out front."""
    lying, corner = look.says("lying area", "sofa bed"), look.measure("depth", 90) > 140 or look.says("corner sofa")
    width = look.measure("width", 190)
    half = min(150 + 1.03 * width, 425) if not corner else 425.0
    lift = look.vary("lift", 38, 84)
    base, top = FLOOR - lift, FLOOR - lift - look.vary("back", 262, 318)
    seat = base - look.vary("seat", 118, 140)
    arm = look.pick("arm width", (44.0, 62.0, 80.0, 98.0))
    x0, x1 = 500 - half, 500 + half
    _feet(c, look, (x0 + 44, x1 - 44), base)
    seats = 2 if width < 182 and not corner else 3
    if look.pick("bench seat", (False, False, True)) and not corner:
        seats = max(1, seats - 1)
    _back(c, look, (x0 + arm * 0.55, x1 - arm * 0.55), (top, seat), max(seats, 2))
    _cushions(c, look, (x0 + arm - 4, x1 - arm + 4), (seat, base), seats)
    c.fill(box(x0 + 8, base - 46, x1 - 8, base + 6, 12), look.main.lit(-0.16).puffed(14))
    for side in (x0, x1):
        arm_of(c, look, side, arm if side == x0 else -arm, (seat, base))
    if lying:
        _pulled_out(c, look, (x0 + arm + 6, x1 - arm - 6), (seat, base))
    elif corner:
        _chaise(c, look, x1 - arm + 6, (seat, base), (x1 - x0 - 2 * arm) / 3)
    elif look.pick("pillow", (True, True, False)):
        _throw_pillows(c, look, (x0 + arm, x1 - arm), seat)


def _feet(c: Canvas, look: Look, spots: tuple[float, float], base: float) -> None:
    style, paint = look.pick("feet", ("taper", "taper", "block", "splay")), look.legs
    for x, way in zip(spots, (-1, 1), strict=True):
        inner = x - way * 120
        leg(c, paint.lit(-0.4), (inner, base - 4), FLOOR - 10, width=16)
        if style == "block":
            post(c, paint, x, base - 4, width=36)
        else:
            leg(c, paint, (x, base - 4), lean=way * (20 if style == "splay" else 4), width=26)


def _back(c: Canvas, look: Look, span: tuple[float, float], rise: tuple[float, float], count: int) -> None:
    (x0, x1), (top, seat) = span, rise
    style = look.pick("back", ("cushions", "cushions", "tufted", "plain", "channels", "curved"))
    if style == "curved":
        bow = spline(
            (x0, seat + 40, 1), (x0 + 6, top + 60), (x0 + 90, top + 14), (500, top - 16), (x1 - 90, top + 14),
            (x1 - 6, top + 60), (x1, seat + 40, 1),
        )  # fmt: skip
        c.fill(bow, look.main.lit(-0.04).puffed(44))
        return
    radius = look.pick("back corner", (14.0, 30.0, 52.0))
    c.fill(box(x0, top, x1, seat + 60, radius), look.main.lit(-0.12).puffed(30))
    step = (x1 - x0) / (count if style != "channels" else count * 5)
    if style in ("cushions", "channels"):
        for i in range(round((x1 - x0) / step)):
            low = top + (26 if style == "cushions" else 8)
            cushion = box(x0 + i * step + 3, low, x0 + (i + 1) * step - 3, seat + 30, min(30, step / 3))
            c.fill(cushion, look.main.lit(0.03).puffed(min(34, step / 2)), cast=0.22 if style == "cushions" else 0.0)
    elif style == "tufted":
        rows = [(x0 + step * (i + 0.5) / 2, top + 56 + 58 * j) for i in range(count * 2) for j in range(2)]
        buttons(c, look.main, [(x + (step / 8 if j % 2 else -step / 8), y) for j, (x, y) in enumerate(rows)], 20)


def _cushions(c: Canvas, look: Look, span: tuple[float, float], rise: tuple[float, float], count: int) -> None:
    (x0, x1), (seat, base) = span, rise
    c.shade(box(x0, seat - 34, x1, seat + 10, 10), 0.3, 26)
    c.fill(box(x0, seat - 4, x1, base - 10), look.main.plain().lit(-0.5))
    step = (x1 - x0) / count
    for i in range(count):
        low, high = x0 + i * step + 2, x0 + (i + 1) * step - 2
        c.fill(
            box(low, seat - 16, high, base - 34, look.pick("seat corner", (14.0, 24.0, 34.0))),
            look.main.lit(0.12).puffed(34),
            cast=0.2,
        )
        if look.pick("piping", (True, False)):
            seam(c, np.array([[low + 14, base - 62], [high - 14, base - 62]]), 3, 0.4)


def arm_of(c: Canvas, look: Look, x: float, width: float, rise: tuple[float, float]) -> None:
    """An arm whose outer edge is at x, `width` to the inside (negative on the right)."""
    seat, base = rise
    top = seat - look.vary("arm rise", 34, 84)
    style = look.pick("arm", ("round", "square", "rolled", "slope"))
    low, high = min(x, x + width), max(x, x + width)
    if style == "rolled":
        c.fill(box(low, top + 30, high, base + 8, 14), look.main.lit(-0.06).puffed(24))
        c.fill(
            oval((low + high) / 2, top + 34, max(abs(width) * 0.58, 34), 34), look.main.lit(0.06).puffed(26), cast=0.25
        )
        seam(c, oval((low + high) / 2, top + 34, max(abs(width) * 0.36, 20), 20), 2.6, 0.3)
        return
    if style == "slope":
        path = poly(
            (x - width * 0.06, top + 46, 26), (x + width, top, 26), (x + width, base + 8, 12), (x, base + 8, 12)
        )
    else:
        path = box(
            low - (4 if style == "round" else 0), top, high, base + 8, abs(width) * 0.46 if style == "round" else 12
        )
    c.fill(path, look.main.lit(-0.02).puffed(34), cast=0.3)


def _chaise(c: Canvas, look: Look, x1: float, rise: tuple[float, float], width: float) -> None:
    seat, base = rise
    side = look.pick("chaise", (1, -1))
    points = (
        (x1 - width, seat - 14, 18), (x1, seat - 14, 18), (x1 + 12, seat + 74, 20), (x1 - width - 10, seat + 74, 20),
    )  # fmt: skip
    front = box(x1 - width - 12, seat + 52, x1 + 14, base + 44, 20)
    low = box(x1 - width - 8, base + 10, x1 + 10, base + 54, 12)
    feet = (x1 - width + 20, x1 - 18)
    if side < 0:
        points = tuple((1000 - x, y, r) for x, y, r in points)
        front, low = (np.column_stack([1000 - path[:, 0], path[:, 1]]) for path in (front, low))
        feet = tuple(1000 - x for x in feet)
    for x in feet:
        leg(c, look.legs, (x, base + 40), FLOOR + 38, width=24)
    c.fill(low, look.main.lit(-0.18).puffed(14))
    c.fill(poly(*points), look.main.lit(0.24).puffed(24, 0.25), cast=0.3)
    c.fill(front, look.main.lit(0.0).puffed(34))


def _pulled_out(c: Canvas, look: Look, span: tuple[float, float], rise: tuple[float, float]) -> None:
    (x0, x1), (seat, base) = span, rise
    sheet = paint_of("cotton", "white")
    for x in (x0 + 26, x1 - 26):
        leg(c, look.legs, (x, base + 20), FLOOR + 34, width=20)
    c.fill(
        poly((x0, seat + 4, 8), (x1, seat + 4, 8), (x1 + 10, seat + 92, 16), (x0 - 10, seat + 92, 16)),
        sheet.lit(0.1).puffed(18, 0.3),
        cast=0.35,
    )
    c.fill(box(x0 - 10, seat + 78, x1 + 10, base + 8, 16), sheet.lit(-0.14).puffed(20))
    c.fill(box(x0 - 12, base - 8, x1 + 12, base + 40, 10), look.main.lit(-0.08).puffed(14))
    third = (x1 - x0) * 0.3
    c.fill(
        poly((x0 + 24, seat - 40, 26), (x0 + 24 + third, seat - 44, 26), (x0 + 30 + third, seat + 26, 26),
        (x0 + 16, seat + 28, 26)), sheet.lit(0.12).puffed(26), cast=0.3,
    )  # fmt: skip
    c.fill(
        poly((x1 - 16 - third * 1.2, seat + 10, 8), (x1 + 4, seat + 10, 8), (x1 + 10, base - 10, 14),
        (x1 - 10 - third * 1.2, base - 10, 14)), look.main.lit(0.14).puffed(18, 0.4), cast=0.25,
    )  # fmt: skip


def _throw_pillows(c: Canvas, look: Look, span: tuple[float, float], seat: float) -> None:
    x0, x1 = span
    size, tilt = look.vary("pillow size", 96, 124), look.vary("pillow tilt", -8, 8)
    paint = paint_of("linen", look.pick("pillow colour", ("cream", "sand", "white", "beige")))
    low = x0 + 10 if look.pick("pillow side", (True, False)) else x1 - 10 - size
    pillow(c, paint, (low, seat - size + 14), (low + size, seat + 4), tilt=tilt)
