"""Chairs to dine on and to work on."""

import numpy as np

from retrieval.demo.drawing.canvas import Canvas, Paint
from retrieval.demo.drawing.home_stools import HARD, frame_of, pad_of
from retrieval.demo.drawing.look import Look
from retrieval.demo.drawing.parts import DARK, FLOOR, buttons, leg, post, rod, seam
from retrieval.demo.drawing.paths import box, mirrored, oval, poly, spline


def dining_chair(c: Canvas, look: Look) -> None:
    """A dining chair: spindles, cane, a padded back, or a bent shell, from the front and a little above."""
    half = 128 + (look.measure("width", 48) - 48) * 3.2
    seat, top = FLOOR - 262, FLOOR - 262 - 3.1 * (look.measure("height", 82) - 46) - 96
    frame = frame_of(look)
    splay = look.vary("splay", 6, 30)
    for way in (-1, 1):
        leg(c, frame.lit(-0.32), (500 + way * half * 0.72, seat + 10), FLOOR - 22, lean=way * splay * 0.6, width=19)
    form = look.form(("spindle", "cane chair", "upholstered"))
    if look.material == "rattan" or look.second == "rattan":
        _cane_back(c, look, half, (top, seat))
    elif look.material not in HARD:
        _padded_back(c, look, half, (top, seat))
    elif form == "spindle":
        _spindles(c, look, half, (top, seat))
    else:
        _slat_back(c, look, half, (top, seat))
    pad = pad_of(look)
    shape = poly(
        (500 - half * 0.84, seat - 16, 26), (500 + half * 0.84, seat - 16, 26), (500 + half, seat + 26, 24),
        (500 - half, seat + 26, 24),
    )  # fmt: skip
    c.fill(shape + np.array([0.0, 18.0]), frame.lit(-0.12))
    c.fill(shape, pad.lit(0.2).puffed(20, 0.3) if pad is not frame else pad.lit(0.2), cast=0.3)
    for way in (-1, 1):
        leg(c, frame, (500 + way * half * 0.88, seat + 36), lean=way * splay, width=25)
    if look.pick("stretcher", (True, False, False)):
        rod(c, frame.lit(-0.1), (500 - half * 0.92, seat + 150), (500 + half * 0.92, seat + 150), 11)


def _posts(c: Canvas, paint: Paint, half: float, rise: tuple[float, float], lean: float) -> None:
    for way in (-1, 1):
        rod(c, paint, (500 + way * half * (0.8 + lean), rise[0]), (500 + way * half * 0.8, rise[1]), 19)


def _spindles(c: Canvas, look: Look, half: float, rise: tuple[float, float]) -> None:
    top, seat = rise
    count, lean = look.pick("spindles", (5, 6, 7, 9)), look.vary("lean", 0.04, 0.2)
    bow = look.pick("bow", (True, False))
    for i in range(count):
        place = (i + 0.5) / count * 2 - 1
        high = top + (46 * place * place if bow else 6)
        rod(
            c, look.main.plain().lit(-0.06), (500 + place * half * (0.8 + lean), high),
            (500 + place * half * 0.7, seat), 8,
        )  # fmt: skip
    if bow:
        hoop = spline(
            (500 - half * 0.84, seat), (500 - half * (0.86 + lean), top + 90), (500 - half * 0.6, top + 14),
            (500, top - 8), (500 + half * 0.6, top + 14), (500 + half * (0.86 + lean), top + 90),
            (500 + half * 0.84, seat), closed=False,
        )  # fmt: skip
        c.line(hoop, 17, look.main.plain().lit(0.08))
        return
    _posts(c, look.main, half, rise, lean)
    c.fill(
        poly((500 - half * (0.92 + lean), top - 22, 14), (500, top - 32, 60),
        (500 + half * (0.92 + lean), top - 22, 14), (500 + half * (0.9 + lean), top + 20, 12),
        (500 - half * (0.9 + lean), top + 20, 12)), look.main.lit(0.1), cast=0.25,
    )  # fmt: skip


def _slat_back(c: Canvas, look: Look, half: float, rise: tuple[float, float]) -> None:
    top, seat = rise
    style = look.pick("back", ("ladder", "wishbone", "panel", "two slats"))
    lean = look.vary("lean", 0.02, 0.14)
    _posts(c, look.main, half, (top + 4, seat), lean)
    if style == "wishbone":
        c.line(
            spline((500, seat), (500, seat - 90), (500 - half * 0.3, top + 40), closed=False),
            14,
            look.main.plain().lit(-0.08),
        )
        c.line(
            spline((500, seat), (500, seat - 90), (500 + half * 0.3, top + 40), closed=False),
            14,
            look.main.plain().lit(-0.08),
        )
        c.line(
            spline((500 - half * 1.14, top + 46), (500 - half * 0.8, top + 14), (500, top + 2),
            (500 + half * 0.8, top + 14), (500 + half * 1.14, top + 46), closed=False), 24, look.main.plain().lit(0.1),
            cast=0.25,
        )  # fmt: skip
        return
    spots = {"ladder": (0.0, 0.34, 0.66), "two slats": (0.0, 0.42), "panel": (0.0,)}[style]
    deep = {"ladder": 34.0, "two slats": 48.0, "panel": (seat - top) * 0.6}[style]
    for spot in spots:
        y = top + (seat - top) * spot
        wide = half * (0.84 + lean * (1 - spot))
        c.fill(
            poly((500 - wide, y, 10), (500, y - 12, 60), (500 + wide, y, 10), (500 + wide, y + deep, 10),
            (500, y + deep - 10, 60), (500 - wide, y + deep, 10)), look.main.lit(0.06), cast=0.2,
        )  # fmt: skip


def _cane_back(c: Canvas, look: Look, half: float, rise: tuple[float, float]) -> None:
    top, seat = rise
    frame = frame_of(look)
    cane = look.main if look.material == "rattan" else look.accent
    shape = look.pick("cane", ("round", "box"))
    _posts(c, frame, half, (top + 60, seat), 0.06)
    if shape == "round":
        middle, high = (top + seat - 30) / 2, (seat - top - 30) / 2
        c.fill(oval(500, middle, half * 0.96, high), frame.lit(-0.04), cast=0.2)
        c.fill(oval(500, middle, half * 0.82, high - 17), cane.lit(0.1))
    else:
        c.fill(box(500 - half * 0.96, top - 8, 500 + half * 0.96, seat - 50, 40), frame.lit(-0.04))
        c.fill(box(500 - half * 0.82, top + 10, 500 + half * 0.82, seat - 68, 28), cane.lit(0.1))


def _padded_back(c: Canvas, look: Look, half: float, rise: tuple[float, float]) -> None:
    top, seat = rise
    style = look.pick("pad", ("shield", "curved", "band", "channels"))
    if style == "band":
        _posts(c, look.legs, half, (top + 30, seat), 0.02)
        c.fill(
            box(500 - half * 0.98, top, 500 + half * 0.98, top + (seat - top) * 0.58, 40),
            look.main.puffed(30),
            cast=0.2,
        )
        return
    bulge = 1.02 if style == "curved" else 0.9
    c.fill(
        spline(*mirrored((500, top - 6), (500 + half * 0.6, top + 6), (500 + half * bulge, top + 76),
        (500 + half * 0.92, seat - 30), (500 + half * 0.78, seat + 12, 1))), look.main.lit(-0.04).puffed(36),
    )  # fmt: skip
    if style == "channels":
        for i in range(-2, 3):
            x = 500 + i * half * 0.3
            seam(c, np.array([[x, top + 8 + abs(i) * 12], [x, seat - 10]]), 4, 0.55)
    elif style == "shield":
        seam(
            c, spline(*mirrored((500, top + 16), (500 + half * 0.5, top + 26), (500 + half * 0.74, top + 84),
            (500 + half * 0.7, seat - 30)), closed=False), 3, 0.4,
        )  # fmt: skip


def desk_chair(c: Canvas, look: Look) -> None:
    """A desk chair on a five-armed base with castors."""
    half = 138 + (look.measure("width", 50) - 50) * 4
    seat, tall = FLOOR - 250, look.form(("high back",))
    top = seat - (330 if tall else look.vary("back", 210, 265))
    base = look.accent if look.second in ("aluminium", "brass") else look.metal
    _castors(c, base, half)
    post(c, DARK, 500, seat + 40, FLOOR - 44, width=30)
    post(c, base, 500, seat + 60, FLOOR - 50, width=20)
    shell = look.accent if look.second in ("oak", "walnut") else None
    style = look.pick("back", ("round", "square", "waist"))
    waist = {"round": 0.9, "square": 0.96, "waist": 0.7}[style]
    back = spline(
        *mirrored((500, top - 4), (500 + half * 0.66, top + 8), (500 + half * 0.94, top + 74),
        (500 + half * waist, seat - 70), (500 + half * 0.8, seat + 6), (500, seat + 14)),
    )  # fmt: skip
    if shell is not None:
        c.fill((back - (500, (top + seat) / 2)) * (1.1, 1.06) + (500, (top + seat) / 2), shell)
    c.fill(back, look.main.lit(-0.02).puffed(36), cast=0.25 if shell is not None else 0.0)
    if look.pick("quilt", (True, False)):
        for i in range(1, 4 if tall else 3):
            y = top + (seat - top) * i / (4 if tall else 3)
            seam(c, np.array([[500 - half * 0.82, y], [500, y + 6], [500 + half * 0.82, y]]), 4, 0.55)
    elif tall or look.pick("tufts", (True, False)):
        buttons(
            c, look.main,
            [(500 + x * half * 0.4, top + 80 + 74 * y) for x in (-1, 0, 1) for y in range(3 if tall else 2)], 18,
        )  # fmt: skip
    if look.product.attributes.get("armrests", look.pick("arms", ("fixed", "none"))) != "none":
        for way in (-1, 1):
            x = 500 + way * half * 1.22
            c.line(spline((500 + way * half * 0.8, seat + 34), (x, seat + 20), (x, seat - 84), closed=False), 13, base)
            c.fill(
                box(x - 22, seat - 100, x + 22, seat - 78, 10),
                (look.main if look.says("padded") else DARK).puffed(8),
                cast=0.2,
            )
    c.fill(
        poly((500 - half * 0.86, seat - 16, 26), (500 + half * 0.86, seat - 16, 26), (500 + half * 1.04, seat + 52, 34),
        (500 - half * 1.04, seat + 52, 34)), look.main.lit(0.16).puffed(32), cast=0.34,
    )  # fmt: skip


def _castors(c: Canvas, base: Paint, half: float) -> None:
    for x, y, width in ((-1.2, -26, 15), (1.2, -26, 15), (-0.62, 0, 19), (0.62, 0, 19), (0.0, 6, 20)):
        rod(c, base.lit(-0.15 if y < -10 else 0.05), (500, FLOOR - 62), (500 + x * half * 1.02, FLOOR - 26 + y), width)
        c.fill(oval(500 + x * half * 1.02, FLOOR - 11 + y, 13, 15), DARK.shaped("ball"))
