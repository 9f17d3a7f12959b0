"""Mirrors: round, arched, square and full length."""

import numpy as np

from retrieval.demo.drawing.canvas import Canvas
from retrieval.demo.drawing.look import Look
from retrieval.demo.drawing.materials import metal, paint_of
from retrieval.demo.drawing.parts import DARK, plank_top
from retrieval.demo.drawing.paths import box, oval, poly


def mirror(c: Canvas, look: Look) -> None:
    """A mirror: round, arched, full length or square, its glass full of pale sky."""
    form = look.form(("round mirror", "arched", "full length"))
    high = look.measure("height", 95)
    if form == "round mirror" or "diameter" in look.product.attributes:
        radius = 190 + 1.3 * look.measure("diameter", 70)
        outline = [oval(500, 470, radius - cut, radius - cut) for cut in (0.0, _rim(look))]
    else:
        ratio = look.measure("width", 62) / high
        tall = 250 + 0.75 * high
        wide = tall * min(ratio, 0.9)
        arched = form == "arched" or (form != "full length" and look.pick("arched", (False, False, True)))
        outline = [_pane(wide - cut, tall - cut, arched) for cut in (0.0, _rim(look))]
    if look.second == "leather":
        for way in (-1, 1):
            c.line(np.array([[500, 60.0], [500 + way * 150, outline[0][:, 1].min() + 90]]), 15, look.accent)
        c.fill(oval(500, 58, 13, 13), metal("brass").shaped("ball"))
    c.fill(outline[0], look.main.puffed(16, 0.4) if look.material != "rattan" else look.main)
    _glass(c, outline[1])
    if look.second == "oak":
        low = float(outline[0][:, 1].max())
        plank_top(
            c, look.accent, (outline[0][:, 0].min() - 10, outline[0][:, 0].max() + 10), low - 6, depth=26, thick=16
        )


def _rim(look: Look) -> float:
    return look.pick("rim", (14.0, 20.0, 34.0)) + (22 if look.material == "rattan" else 0)


def _pane(wide: float, tall: float, arched: bool) -> np.ndarray:
    if arched:
        return np.concatenate(
            [oval(500, 470 - tall + wide, wide, wide)[36:], np.array([[500 + wide, 470 + tall], [500 - wide,
            470 + tall]])],
        )  # fmt: skip
    return box(500 - wide, 470 - tall, 500 + wide, 470 + tall, 14)


def _glass(c: Canvas, pane: np.ndarray) -> None:
    (left, top), (right, bottom) = pane.min(axis=0), pane.max(axis=0)
    glass = paint_of("glass", "silver").lit(0.16)
    c.fill(pane, glass)
    c.shade(pane[: len(pane)] * (1, 1), 0.05, 0)
    wide, high = right - left, bottom - top
    for start, width in ((0.2, 0.16), (0.44, 0.05)):
        streak = poly(
            (left + wide * (start + 0.3), top + high * 0.12), (left + wide * (start + 0.3 + width), top + high * 0.12),
            (left + wide * (start + width - 0.06), top + high * 0.86),
            (left + wide * (start - 0.06), top + high * 0.86), r=6,
        )  # fmt: skip
        c.fill(streak, paint_of("cotton", "white").plain().thinned(0.32))
    c.line(pane, 3, DARK.thinned(0.3))
