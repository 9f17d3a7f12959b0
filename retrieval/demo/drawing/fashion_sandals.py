"""Sandals, from the side: slides, straps, gladiators, espadrilles, platforms."""

from collections.abc import Callable

import numpy as np

from retrieval.demo.drawing.canvas import Canvas, Paint
from retrieval.demo.drawing.fashion_heels import pair
from retrieval.demo.drawing.look import Look
from retrieval.demo.drawing.materials import metal, paint_of
from retrieval.demo.drawing.parts import FLOOR, seam
from retrieval.demo.drawing.paths import box, poly, spline


def sandals(c: Canvas, look: Look) -> None:
    """A pair of sandals: flat, slides, gladiators, espadrilles, fisherman or platform."""
    pair(c, look, _sandal)


def _sandal(c: Canvas, look: Look) -> None:
    form = look.form(("slides", "gladiator", "espadrille", "fisherman", "platform", "flat sandals"), "flat sandals")
    high = 18 + look.measure("sole height", 2) * 15
    top = FLOOR - high
    rope = form == "espadrille"
    base = (
        paint_of("jute")
        if rope
        else paint_of("rubber", "black" if look.colour != "black" else "brown").plain()
        if form != "platform"
        else paint_of("jute" if look.pick("cork", (True, False)) else "canvas", "natural")
    )
    sole = spline(
        (196, top - 8, 1), (330, top + 4), (560, top + 6), (730, top + 2), (830, top - 16, 1), (836, FLOOR - 10),
        (800, FLOOR, 1), (230, FLOOR, 1), (190, FLOOR - 16),
    )  # fmt: skip
    paint = look.main
    behind = paint.plain().lit(-0.4)
    if form in ("gladiator", "fisherman", "flat sandals"):
        c.line(spline((226, top - 10), (214, top - 90), (300, top - 176), (390, top - 150), closed=False), 18, behind)
    c.fill(sole, base.shaped("barrel") if rope or form == "platform" else base)
    c.fill(
        spline((200, top - 16, 1), (330, top - 4), (560, top - 2), (730, top - 6), (824, top - 22, 1),
        (830, top - 8, 1), (560, top + 10), (330, top + 8), (200, top - 4, 1)), paint_of("leather",
        "tan").plain().lit(0.1),
    )  # fmt: skip
    _SANDALS[form](c, look, top)


def _slide(c: Canvas, look: Look, top: float) -> None:
    bands = look.pick("bands", (1, 2))
    for i in range(bands):
        x = 480 + i * 150 if bands == 2 else 500
        wide = 108 if bands == 2 else 220
        path = spline(
            (x, top + 2, 1), (x + 30, top - 66), (x + wide * 0.4, top - 112 + i * 30),
            (x + wide * 0.9, top - 96 + i * 26), (x + wide + 18, top - 50), (x + wide + 30, top + 2, 1),
        )  # fmt: skip
        c.fill(path + np.array([-26.0, -9.0]), look.main.lit(-0.5))
        c.fill(path, look.main.lit(0.05).puffed(30, 0.6), cast=0.25)
        if bands == 2:
            c.fill(box(x + 42, top - 74, x + 74, top - 44, 5), metal("brass"), cast=0.3)


def _flat_sandal(c: Canvas, look: Look, top: float) -> None:
    paint = look.main.plain()
    c.fill(
        spline((198, top - 8, 1), (196, top - 80), (226, top - 130, 1), (250, top - 126, 1), (262, top - 70),
        (330, top + 2, 1)), look.main.puffed(18), cast=0.2,
    )  # fmt: skip
    c.line(
        spline((232, top - 118), (300, top - 150), (396, top - 136), (404, top - 112), (250, top - 100), closed=False),
        19, paint.lit(0.06), cast=0.2,
    )  # fmt: skip
    c.fill(box(372, top - 140, 402, top - 110, 5), metal("brass"), cast=0.3)
    if look.pick("toe", ("thong", "band")) == "thong":
        c.line(spline((470, top), (600, top - 92), (726, top - 8), closed=False), 20, paint, cast=0.25)
        c.line(spline((600, top - 88), (480, top - 120), (396, top - 124), closed=False), 17, paint.lit(0.04), cast=0.2)
    else:
        _band(c, look.main, (580, 60), top, 92)


def _gladiator(c: Canvas, look: Look, top: float) -> None:
    paint, count = look.main.plain(), look.pick("rungs", (3, 4, 5))
    c.fill(
        spline((198, top - 8, 1), (196, top - 120), (230, top - 240, 1), (256, top - 236, 1), (262, top - 90),
        (330, top + 2, 1)), look.main.puffed(18), cast=0.2,
    )  # fmt: skip
    for i in range(count):
        y = top - 226 + i * 150 / count
        c.line(
            spline((240, y), (320, y - 22), (404 + i * 16, y + 8), (390 + i * 16, y + 26), (250, y + 18), closed=False),
            15, paint.lit(0.05), cast=0.2,
        )  # fmt: skip
    c.line(spline((404, top - 216), (450, top - 110), (640, top - 66), closed=False), 16, paint, cast=0.2)
    for x in (500.0, 640.0):
        _band(c, look.main, (x, 34), top, 106 - (x - 500) * 0.2)


def _espadrille(c: Canvas, look: Look, top: float) -> None:
    c.fill(
        spline((470, top + 4, 1), (560, top - 108), (690, top - 92), (800, top - 46), (832, top + 2, 1)),
        look.main.puffed(36, 0.6),
        cast=0.2,
    )
    c.fill(
        spline((198, top + 2, 1), (194, top - 70), (226, top - 118, 1), (300, top - 84), (380, top + 4, 1)),
        look.main.puffed(26, 0.5),
        cast=0.2,
    )
    for i in range(2):
        c.line(
            spline((240, top - 110), (330, top - 150 - 40 * i), (420, top - 130 - 30 * i), (400, top - 96),
            closed=False), 9, look.main.plain().lit(0.1), cast=0.15,
        )  # fmt: skip


def _fisherman(c: Canvas, look: Look, top: float) -> None:
    paint = look.main.plain()
    c.fill(
        spline((198, top - 4, 1), (194, top - 90), (222, top - 142, 1), (280, top - 116), (372, top, 1)),
        look.main.puffed(24),
        cast=0.2,
    )
    c.line(
        spline((236, top - 130), (310, top - 160), (410, top - 140), (420, top - 112), closed=False), 19,
        paint.lit(0.06), cast=0.2,
    )  # fmt: skip
    for i in range(4):
        x = 440 + i * 92
        _band(c, look.main, (x - 20, 26), top, 130 - i * 22)
    c.line(spline((410, top - 136), (560, top - 130), (810, top - 34), closed=False), 27, paint.lit(0.1), cast=0.25)


def _platform(c: Canvas, look: Look, top: float) -> None:
    c.fill(
        spline((198, top - 2, 1), (196, top - 80), (220, top - 140, 1), (246, top - 136, 1), (258, top - 70),
        (312, top + 2, 1)), look.main.puffed(18), cast=0.2,
    )  # fmt: skip
    strap = spline(
        (230, top - 128), (310, top - 156), (404, top - 134), (408, top - 108), (250, top - 108), closed=False
    )
    c.line(strap, 20, look.main.plain().lit(0.06), cast=0.2)
    c.fill(box(372, top - 150, 402, top - 116, 6), metal("brass"), cast=0.3)
    upper = spline(
        (488, top + 2, 1), (516, top - 64), (570, top - 116), (680, top - 100), (748, top - 54), (764, top + 2, 1),
    )  # fmt: skip
    c.fill(upper + np.array([-24.0, -8.0]), look.main.lit(-0.5))
    c.fill(upper, look.main.lit(0.05).puffed(30, 0.6), cast=0.25)
    if look.pick("crossed", (True, False)):
        seam(c, spline((520, top - 6), (600, top - 60), (700, top - 92), closed=False), 6, 0.8)
        seam(c, spline((730, top - 6), (660, top - 70), (570, top - 112), closed=False), 6, 0.8)


def _band(c: Canvas, paint: Paint, span: tuple[float, float], top: float, peak: float) -> None:
    """A strap from the sole up over the foot, seen from its side."""
    x, wide = span
    path = poly(
        (x, top + 4), (x + 34, top - peak, 18), (x + 38 + wide * 0.8, top - peak + 18, 18), (x + wide + 22, top + 4)
    )
    c.fill(path + np.array([24.0, -9.0]), paint.lit(-0.5))
    c.fill(path, paint.lit(0.05).puffed(24, 0.6), cast=0.25)


_SANDALS: dict[str, Callable[[Canvas, Look, float], None]] = {
    "slides": _slide,
    "flat sandals": _flat_sandal,
    "gladiator": _gladiator,
    "espadrille": _espadrille,
    "fisherman": _fisherman,
    "platform": _platform,
}
