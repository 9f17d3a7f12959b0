"""Beds, from the foot: headboard, pillows, cover, sides and legs."""

import numpy as np

from retrieval.demo.drawing.canvas import Canvas, Paint
from retrieval.demo.drawing.look import Look
from retrieval.demo.drawing.materials import paint_of
from retrieval.demo.drawing.parts import DARK, FLOOR, buttons, handle, leg, pillow, post, rod, seam
from retrieval.demo.drawing.paths import box, mirrored, poly, spline


def bed(c: Canvas, look: Look) -> None:
    """A bed from its foot: headboard, pillows, a made cover, sides and legs."""
    high = 330 + (look.measure("headboard height", 102) - 100) * 4
    half, lift = look.vary("bed width", 285, 325), (look.measure("clearance", 20) - 8) * 4
    form = look.form(("platform", "storage", "four poster"))
    hard = look.material in ("oak", "walnut", "ash", "steel")
    side_top = FLOOR - lift - (84 if form != "storage" else 120)
    head = side_top - high
    legs = look.main if hard and not look.second else look.legs
    if form == "four poster":
        for way in (-1, 1):
            post(c, look.main.plain().lit(-0.3), 500 + way * half * 0.9, 120, side_top, width=15)
        c.fill(box(500 - half * 0.9, 120, 500 + half * 0.9, 134, 2), look.main.lit(-0.3))
    _headboard(c, look, half, (head, side_top), hard=hard)
    _bedding(c, look, half, side_top)
    inset = 0.7 if form == "platform" else 0.95
    for way in (-1, 1):
        leg(c, legs, (500 + way * half * inset, FLOOR - lift - 10), lean=way * 3, width=30)
    drop = FLOOR if form == "storage" else FLOOR - lift
    c.fill(
        box(500 - half - 8, side_top + 26, 500 + half + 8, drop + 4, 8),
        (look.main if hard else look.main.puffed(18)).lit(-0.04),
        cast=0.2,
    )
    if form == "storage":
        for way in (-1, 1):
            c.fill(
                box(500 + way * half * 0.5 - half * 0.46, side_top + 48, 500 + way * half * 0.5 + half * 0.46,
                FLOOR - 12, 4), look.main.lit(0.06), cast=0.2,
            )  # fmt: skip
            handle(c, look.metal, 500 + way * half * 0.5, side_top + 84, "bar")
    if form == "four poster":
        for way in (-1, 1):
            post(c, look.main.plain(), 500 + way * (half + 4), 92, width=22)
        c.fill(box(500 - half - 14, 84, 500 + half + 14, 106, 4), look.main)


def _headboard(c: Canvas, look: Look, half: float, rise: tuple[float, float], *, hard: bool) -> None:
    top, foot = rise
    x0, x1 = 500 - half * 0.98, 500 + half * 0.98
    if "rattan" in (look.second, look.material):
        cane = look.accent if look.second == "rattan" else look.main
        arch = spline((x0, foot, 1), (x0, top + 60), (500, top - 20), (x1, top + 60), (x1, foot, 1))
        c.fill(arch, look.main.plain().lit(-0.05))
        c.fill(
            spline((x0 + 22, foot, 1), (x0 + 22, top + 74), (500, top), (x1 - 22, top + 74), (x1 - 22, foot, 1)), cane
        )
    elif look.material == "steel":
        for i in range(9):
            post(c, look.main, x0 + 6 + (x1 - x0 - 12) * i / 8, top + 10, foot, width=16 if i in (0, 8) else 10)
        rod(c, look.main, (x0, top + 10), (x1, top + 10), 16)
    elif hard:
        _wooden_head(c, look, (x0, x1), rise)
    else:
        _padded_head(c, look, (x0, x1), rise)


def _wooden_head(c: Canvas, look: Look, span: tuple[float, float], rise: tuple[float, float]) -> None:
    (x0, x1), (top, foot) = span, rise
    style = look.pick("headboard", ("panel", "boards", "spindles"))
    if style == "spindles":
        for i in range(11):
            post(c, look.main.plain().lit(-0.05), x0 + 10 + (x1 - x0 - 20) * i / 10, top + 20, foot, width=14)
        c.fill(box(x0 - 4, top, x1 + 4, top + 34, 10), look.main.lit(0.05), cast=0.2)
    else:
        c.fill(box(x0, top, x1, foot, 16), look.main)
        for i in range(1, 3 if style == "boards" else 1):
            y = top + (foot - top) * i / 3
            c.line(np.array([[x0 + 4, y], [x1 - 4, y]]), 4, DARK.thinned(0.45))
    if look.second == "leather":
        for x in (x0 + (x1 - x0) * 0.25, x1 - (x1 - x0) * 0.25):
            c.fill(box(x - 15, top - 6, x + 15, foot, 4), look.accent.stood(), cast=0.2)


def _padded_head(c: Canvas, look: Look, span: tuple[float, float], rise: tuple[float, float]) -> None:
    (x0, x1), (top, foot) = span, rise
    style = look.pick("padded", ("arch", "channels", "tufted", "two cushions"))
    if style == "arch":
        c.fill(
            spline(*mirrored((500, top - 26), (500 + (x1 - 500) * 0.6, top - 8), (x1, top + 70), (x1, foot, 1))),
            look.main.puffed(36),
        )
        return
    c.fill(box(x0, top, x1, foot + 10, 24), look.main.lit(-0.04).puffed(34))
    if style == "channels":
        for i in range(1, 9):
            x = x0 + (x1 - x0) * i / 9
            seam(c, np.array([[x, top + 6], [x, foot]]), 5, 0.6)
    elif style == "tufted":
        buttons(
            c, look.main, [(x0 + (x1 - x0) * (i + 0.5 + 0.5 * (j % 2)) / 7,
            top + 46 + 58 * j) for j in range(3) for i in range(7 - j % 2)], 24,
        )  # fmt: skip
    else:
        for low in (x0 + 14, 504):
            c.fill(
                box(low, top + 16, low + (x1 - x0) / 2 - 18, foot + 10, 30), look.main.lit(0.06).puffed(36), cast=0.2
            )


def _bedding(c: Canvas, look: Look, half: float, top: float) -> None:
    sheet = paint_of("cotton", "white")
    cover: Paint = paint_of("cotton", look.pick("cover", ("cream", "white", "sage", "sand", "grey", "blush")))
    c.fill(
        poly((500 - half * 0.9, top - 150, 20), (500 + half * 0.9, top - 150, 20), (500 + half, top + 34, 8),
        (500 - half, top + 34, 8)), sheet.lit(-0.1),
    )  # fmt: skip
    for way in (-1, 1):
        x = 500 + way * half * 0.44
        pillow(c, sheet.lit(0.02), (x - half * 0.4, top - 250), (x + half * 0.4, top - 128), pull=10)
    if look.pick("extra pillow", (True, False)):
        pillow(c, cover.lit(-0.15), (500 - 92, top - 206), (500 + 92, top - 112), pull=8)
    c.fill(
        poly((500 - half * 0.93, top - 140, 20), (500 + half * 0.93, top - 140, 20), (500 + half * 1.02, top + 46, 16),
        (500 - half * 1.02, top + 46, 16)), cover.lit(0.1).puffed(26, 0.35), cast=0.3,
    )  # fmt: skip
    c.fill(
        poly((500 - half * 0.93, top - 148, 14), (500 + half * 0.93, top - 148, 14), (500 + half * 0.96, top - 92, 12),
        (500 - half * 0.96, top - 92, 12)), sheet.lit(0.1).puffed(12, 0.4), cast=0.2,
    )  # fmt: skip
