"""Stools and benches."""

import numpy as np

from retrieval.demo.drawing.canvas import Canvas, Paint
from retrieval.demo.drawing.look import Look
from retrieval.demo.drawing.materials import metal
from retrieval.demo.drawing.parts import DARK, FLOOR, buttons, disc_top, hairpin, leg, plank_top, rod, seam
from retrieval.demo.drawing.paths import arc, box, oval, poly, spline

HARD = frozenset({"oak", "walnut", "ash", "pine", "beech", "steel", "rattan"})


def frame_of(look: Look) -> Paint:
    """The frame under an upholstered seat, or the seat's own wood or metal."""
    if look.material == "rattan":
        return look.main.plain()
    return look.main if look.material in HARD else look.legs


def pad_of(look: Look) -> Paint:
    """What one sits on: a second soft material where there is one, else the main one."""
    soft = look.second in ("leather", "linen", "paper cord", "jute")
    return look.accent if soft and look.material in HARD else look.main


def stool(c: Canvas, look: Look) -> None:
    """A stool: tall at a bar, low and padded for feet, or plain with three or four legs."""
    half = 84 + (look.measure("width", 38) - 38) * 3.4
    high = look.measure("seat height", 46)
    if look.says("footstool") or (look.material not in HARD and high < 60 and not look.says("bar stool")):
        _footstool(c, look, half * 1.75)
        return
    tall = high > 58 or look.says("bar stool")
    seat = FLOOR - (455 if tall else 270) - (high % 10) * 3
    frame, splay = frame_of(look), look.vary("splay", 10, 56)
    for way in (-1, 1):
        leg(c, frame.lit(-0.34), (500 + way * half * 0.5, seat + 16), FLOOR - 26, lean=way * splay * 0.4, width=17)
    rung = seat + (FLOOR - seat) * 0.62
    reach = half * 0.8 + splay * 0.66
    paint = look.accent if look.second == "brass" else frame
    if tall or look.pick("rung", (True, False)):
        rod(c, paint.lit(0.02), (500 - reach, rung), (500 + reach, rung), 12)
    for way in (-1, 1):
        leg(c, frame, (500 + way * half * 0.8, seat + 16), lean=way * splay, width=23)
    _stool_seat(c, look, half, seat)


def _stool_seat(c: Canvas, look: Look, half: float, seat: float) -> None:
    pad, style = pad_of(look), look.pick("seat", ("round", "round", "saddle", "square"))
    if look.pick("low back", (False, False, True)) and seat < FLOOR - 400:
        c.line(
            spline((500 - half * 0.9, seat), (500 - half * 1.02, seat - 84), (500, seat - 108),
            (500 + half * 1.02, seat - 84), (500 + half * 0.9, seat), closed=False), 15, frame_of(look),
        )  # fmt: skip
        c.fill(box(500 - half * 0.86, seat - 122, 500 + half * 0.86, seat - 62, 28), pad.puffed(20), cast=0.2)
    if style == "round":
        disc_top(c, pad.puffed(16, 0.25), (500, seat), rx=half * 1.1, ry=half * 0.3, thick=24)
    elif style == "saddle":
        c.fill(
            spline((500 - half * 1.2, seat - 16), (500, seat + 2), (500 + half * 1.2, seat - 16),
            (500 + half * 1.14, seat + 22), (500, seat + 32), (500 - half * 1.14, seat + 22)), pad.lit(0.1).puffed(14,
            0.4), cast=0.25,
        )  # fmt: skip
    else:
        plank_top(c, pad, (500 - half * 1.12, 500 + half * 1.12), seat + 6, depth=36, thick=22)


def _footstool(c: Canvas, look: Look, half: float) -> None:
    high = 178 + (look.measure("seat height", 40) - 38) * 5
    top, style = FLOOR - high, look.pick("footstool", ("drum", "cushion", "box"))
    if style == "drum":
        c.fill(
            poly((500 - half, top + 10, 30), (500 + half, top + 10, 30), (500 + half * 0.97, FLOOR, 34),
            (500 - half * 0.97, FLOOR, 34)), look.main.lit(-0.05).puffed(34),
        )  # fmt: skip
        c.fill(oval(500, top + 16, half * 0.99, 40), look.main.lit(0.2).puffed(16, 0.3), cast=0.2)
        seam(c, arc(500, FLOOR - 34, half * 0.97, 16, (176, 4)), 3, 0.35)
        return
    base = FLOOR - look.vary("lift", 56, 96)
    for way in (-1, 1):
        leg(c, look.legs.lit(-0.35), (500 + way * half * 0.6, base - 8), FLOOR - 18, width=17)
        leg(c, look.legs, (500 + way * half * 0.82, base - 8), lean=way * look.vary("lean", 2, 26), width=24)
    c.fill(box(500 - half, top + 54, 500 + half, base + 4, 14), look.main.lit(-0.1).puffed(20))
    c.fill(
        poly((500 - half * 0.94, top, 34), (500 + half * 0.94, top, 34), (500 + half * 1.02, top + 78, 30),
        (500 - half * 1.02, top + 78, 30)), look.main.lit(0.14).puffed(34), cast=0.25,
    )  # fmt: skip
    if style == "cushion":
        buttons(c, look.main, [(500 + x * half * 0.5, top + 38) for x in (-1, 0, 1)], 15)


def bench(c: Canvas, look: Look) -> None:
    """A bench: padded, slatted or one plank, with a chest below where it stores."""
    half = 150 + 1.72 * look.measure("width", 115)
    seat = FLOOR - 236 + (46 - look.measure("seat height", 46)) * 4
    x0, x1, frame = 500 - half, 500 + half, frame_of(look)
    black = metal("black") if look.second == "steel" else frame
    if look.says("storage bench"):
        _chest(c, look, (x0, x1), seat, black)
    else:
        _bench_legs(c, look, (x0, x1), seat, black)
    _bench_seat(c, look, (x0, x1), seat)


def _chest(c: Canvas, look: Look, span: tuple[float, float], seat: float, foot: Paint) -> None:
    x0, x1 = span
    c.fill(
        box(x0 + 14, seat + 20, x1 - 14, FLOOR - 26, 8),
        (look.main if look.material in HARD else look.main.puffed(22)).lit(-0.1),
    )
    for i in range(1, look.pick("panels", (2, 3))):
        x = x0 + (x1 - x0) * i / look.pick("panels", (2, 3))
        seam(c, np.array([[x, seat + 36], [x, FLOOR - 34]]), 4, 0.7)
    for x in (x0 + 40, x1 - 40):
        leg(c, foot, (x, FLOOR - 30), width=30)


def _bench_legs(c: Canvas, look: Look, span: tuple[float, float], seat: float, paint: Paint) -> None:
    x0, x1 = span
    if look.pick("bench legs", ("taper", "trestle", "hairpin")) == "hairpin" and not look.second:
        for x in (x0 + 70, x1 - 70):
            hairpin(c, x, seat + 20)
    else:
        style = look.pick("bench leg", ("taper", "panel", "splay"))
        for x, way in ((x0 + 52, -1), (x1 - 52, 1)):
            if style == "panel" and look.wooden:
                c.fill(box(x - 26, seat + 14, x + 26, FLOOR, 4), paint.stood().lit(-0.06))
                continue
            leg(c, paint.lit(-0.35), (x - way * 34, seat + 14), FLOOR - 20, width=18)
            leg(c, paint, (x, seat + 14), lean=way * (26 if style == "splay" else 4), width=27)
        if style == "taper" and look.wooden:
            rod(c, paint.lit(-0.12), (x0 + 54, FLOOR - 84), (x1 - 54, FLOOR - 84), 13)


def _bench_seat(c: Canvas, look: Look, span: tuple[float, float], seat: float) -> None:
    x0, x1 = span
    pad = pad_of(look)
    if pad is not look.main:
        plank_top(c, look.main, (x0, x1), seat + 18, depth=34, thick=18)
    if look.material in HARD and pad is look.main:
        plank_top(c, look.main, (x0, x1), seat + 6, depth=46, thick=24)
        if look.pick("slats", (True, False)):
            for i in (1, 2, 3):
                y, inset = seat + 6 - 46 * i / 4, 46 * 0.62 * i / 4
                c.line(np.array([[x0 + inset, y], [x1 - inset, y]]), 3.4, DARK.thinned(0.6))
        return
    c.fill(
        poly((x0 + 26, seat - 40, 18), (x1 - 26, seat - 40, 18), (x1, seat + 4, 20), (x1, seat + 34, 20),
        (x0, seat + 34, 20), (x0, seat + 4, 20)), pad.lit(0.12).puffed(24), cast=0.25,
    )  # fmt: skip
    if look.pick("tufts", (True, False)):
        count = look.pick("tuft count", (4, 5, 6))
        buttons(c, pad, [(x0 + (x1 - x0) * (i + 0.5) / count, seat - 14) for i in range(count)], 14)
