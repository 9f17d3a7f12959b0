"""Totes and crossbody bags, from the front."""

import numpy as np

from retrieval.demo.drawing.canvas import Canvas, Paint
from retrieval.demo.drawing.look import Look
from retrieval.demo.drawing.materials import metal, paint_of
from retrieval.demo.drawing.parts import DARK, FLOOR, seam, stitches
from retrieval.demo.drawing.paths import arc, box, mirrored, oval, poly, spline


def strap_of(look: Look) -> Paint:
    """Handles and straps: of leather where the page says so, else of the bag's own stuff, smooth."""
    if look.second == "leather":
        return look.accent
    if look.material in ("straw", "jute", "canvas") and look.pick("leather handles", (True, False)):
        return paint_of("leather", look.pick("handle tone", ("tan", "brown", "black")))
    return look.main.plain().lit(-0.08)


def fitting(look: Look) -> Paint:
    """The metal of locks, rings and zips."""
    return metal("brass") if look.second == "brass" else metal(look.pick("fitting", ("gold", "gold", "steel")))


def tote(c: Canvas, look: Look) -> None:
    """A tote: two handles over an open, wide body; bucket-shaped, for work, shopping or the beach."""
    form = look.form(("work tote", "shopper", "beach", "bucket"))
    half = 130 + look.measure("width", 40) * 3.6
    high = 150 + look.measure("height", 34) * 8.4
    top, drop = FLOOR - high, 80 + look.measure("strap drop", 25) * 5.2
    lower = {"bucket": 0.74, "beach": 1.0, "work tote": 0.96}.get(form, look.pick("taper", (0.8, 0.9, 1.0)))
    upper = 1.1 if form == "beach" else 0.86 if form == "bucket" else 1.0
    strap, span = strap_of(look), half * (0.42 if form != "bucket" else 0.6)
    with c.shifted(10, -18):
        c.line(
            spline((500 - span, top + 20), (500 - span * 0.8, top - drop * 0.8), (500, top - drop),
            (500 + span * 0.8, top - drop * 0.8), (500 + span, top + 20), closed=False), 17, strap.plain().lit(-0.4),
        )  # fmt: skip
    c.fill(oval(500, top + 2, half * upper, 20), look.main.lit(-0.6).plain())
    wall = spline(
        (500 - half * upper, top, 1), (500, top + 16), (500 + half * upper, top, 1),
        (500 + half * (upper + lower) * 0.51, (top + FLOOR) / 2), (500 + half * lower, FLOOR - 14),
        (500 + half * lower - 26, FLOOR, 1), (500 - half * lower + 26, FLOOR, 1), (500 - half * lower, FLOOR - 14),
        (500 - half * (upper + lower) * 0.51, (top + FLOOR) / 2),
    )  # fmt: skip
    c.fill(wall, look.main.puffed(30, 0.4))
    _tote_front(c, look, form, (half, top, lower))
    c.line(
        spline((500 - span, top + 60), (500 - span * 0.86, top - drop * 0.8), (500, top - drop - 4),
        (500 + span * 0.86, top - drop * 0.8), (500 + span, top + 60), closed=False), 19, strap.plain(), cast=0.2,
    )  # fmt: skip
    for way in (-1, 1):
        x = 500 + way * span
        c.fill(
            poly((x - 15, top + 26, 5), (x + 15, top + 26, 5), (x + 15, top + 92, 12), (x - 15, top + 92, 12)),
            strap.plain().lit(0.06),
            cast=0.25,
        )
        c.fill(oval(x, top + 76, 6, 6), fitting(look).shaped("ball"))


def _tote_front(c: Canvas, look: Look, form: str, size: tuple[float, float, float]) -> None:
    half, top, lower = size
    seam(c, spline((500 - half * 0.94, top + 26), (500, top + 42), (500 + half * 0.94, top + 26), closed=False), 3, 0.4)
    style = look.pick("front", ("plain", "pocket", "base", "band", "plain", "stripe"))
    if form == "work tote" or style == "pocket":
        c.fill(
            box(500 - half * 0.6, (top + FLOOR) / 2 - 20, 500 + half * 0.6, FLOOR - 34, 10),
            look.main.lit(0.05),
            cast=0.2,
        )
        c.line(
            np.array([[500 - half * 0.56, (top + FLOOR) / 2 - 4], [500 + half * 0.56, (top + FLOOR) / 2 - 4]]),
            6,
            fitting(look),
        )
    elif style == "base" and look.material in ("canvas", "cotton", "straw", "jute", "nylon"):
        c.fill(
            poly((500 - half * (lower + 0.04), FLOOR - 110), (500 + half * (lower + 0.04), FLOOR - 110),
            (500 + half * lower, FLOOR - 12, 14), (500 + half * lower - 26, FLOOR), (500 - half * lower + 26, FLOOR),
            (500 - half * lower, FLOOR - 12, 14)), paint_of("leather", look.pick("base", ("brown", "tan", "black"))),
            cast=0.1,
        )  # fmt: skip
    elif style == "stripe" and look.material in ("canvas", "cotton", "straw", "jute"):
        tone = look.main.plain().lit(-0.7).thinned(0.7)
        for i in range(look.pick("stripes", (1, 2, 4))):
            y = top + 150 + i * 46
            c.fill(box(500 - half * 0.94, y, 500 + half * 0.94, y + 22), tone)
    elif style == "band":
        c.fill(box(500 - 20, top + 6, 500 + 20, top + 116, 10), strap_of(look).plain(), cast=0.25)
        c.fill(oval(500, top + 92, 11, 11), fitting(look).shaped("ball"))
    else:
        c.fill(box(500 - 36, top + 130, 500 + 36, top + 160, 4), look.main.plain().lit(-0.25), cast=0.1)


def crossbody(c: Canvas, look: Look) -> None:
    """A crossbody bag: small, on a long strap drawn in a high loop; camera, saddle, half moon, evening."""
    form = look.form(("camera bag", "saddle", "half moon", "evening"))
    half = 70 + look.measure("width", 22) * 8.2
    high = 90 + look.measure("height", 16) * 12.5
    top = FLOOR - 20 - high
    loop = spline(
        (500 - half * 0.9, top + 40), (500 - half * 0.98, top - 120), (500 - half * 0.5, top - 400),
        (500 + half * 0.16, top - 450), (500 + half * 0.8, top - 310), (500 + half * 0.92, top + 40), closed=False,
    )  # fmt: skip
    chain = form == "evening" or look.pick("chain", (False, False, False, True))
    if chain:
        for x, y in loop[::2]:
            c.fill(oval(x, y, 9, 9), fitting(look).shaped("ball"))
    else:
        c.line(loop, look.pick("strap", (13.0, 18.0, 24.0)), strap_of(look).plain(), cast=0.1)
    if form == "half moon":
        _half_moon(c, look, half, high)
    elif form == "saddle":
        _saddle(c, look, half, high)
    elif form == "camera bag":
        _camera(c, look, half, high)
    else:
        _flap_bag(c, look, half, high, slim=form == "evening")
    for way in (-1, 1):
        x = 500 + way * half * 0.91
        c.line(oval(x, top + 40, 14, 16), 6, fitting(look))


def _lock(c: Canvas, look: Look, x: float, y: float) -> None:
    style = look.pick("lock", ("turn", "ring", "stud", "bar"))
    if style == "turn":
        c.fill(box(x - 24, y - 15, x + 24, y + 15, 6), fitting(look), cast=0.3)
        c.fill(box(x - 5, y - 20, x + 5, y + 20, 4), fitting(look).lit(0.2), cast=0.2)
    elif style == "ring":
        c.line(oval(x, y, 22, 22), 8, fitting(look), cast=0.25)
    elif style == "bar":
        c.fill(box(x - 34, y - 7, x + 34, y + 7, 6), fitting(look).shaped("barrel"), cast=0.3)
    else:
        c.fill(oval(x, y, 14, 14), fitting(look).shaped("ball"), cast=0.3)


def _flap_bag(c: Canvas, look: Look, half: float, high: float, *, slim: bool) -> None:
    low, top = FLOOR, FLOOR - high
    c.fill(
        box(500 - half, top, 500 + half, low, look.pick("corner", (18.0, 34.0, 60.0))), look.main.lit(-0.1).puffed(30)
    )
    flap_paint = look.accent if look.second == "suede" else look.main
    shape = look.pick("flap", ("straight", "round", "envelope"))
    reach = top + high * look.vary("flap", 0.48, 0.72)
    if shape == "envelope":
        flap = poly(
            (500 - half - 2, top, 20), (500 + half + 2, top, 20), (500 + half, top + high * 0.3, 20),
            (500, reach + 20, 26), (500 - half, top + high * 0.3, 20),
        )  # fmt: skip
    elif shape == "round":
        flap = spline(
            *mirrored((500, top - 4), (500 + half * 0.9, top - 2), (500 + half + 3, top + 26),
            (500 + half * 0.94, reach - 50), (500 + half * 0.5, reach - 6), (500, reach + 4)),
        )  # fmt: skip
    else:
        flap = box(500 - half - 3, top - 3, 500 + half + 3, reach, 22)
    c.fill(flap, flap_paint.lit(0.06).puffed(24, 0.5), cast=0.32)
    if look.pick("quilted", (False, False, True)) and look.material in ("leather", "velvet", "nylon"):
        for i in range(-6, 7):
            x = 500 + i * half * 0.26
            for lean in (-40, 40):
                start, stop = (
                    np.clip(x, 500 - half + 8, 500 + half - 8),
                    np.clip(x + lean * 2, 500 - half + 8, 500 + half - 8),
                )
                c.line(np.array([[start, top + 12], [stop, reach - 18]]), 3, DARK.thinned(0.25))
    _lock(c, look, 500, reach - (14 if not slim else 20))


def _half_moon(c: Canvas, look: Look, half: float, high: float) -> None:
    top = FLOOR - high
    c.fill(
        spline((500 - half, top + 16, 1), (500, top + 42), (500 + half, top + 16, 1),
        (500 + half * 0.94, top + high * 0.55), (500 + half * 0.5, FLOOR - 8), (500, FLOOR),
        (500 - half * 0.5, FLOOR - 8), (500 - half * 0.94, top + high * 0.55)), look.main.puffed(34, 0.55),
    )  # fmt: skip
    zip_line = spline((500 - half * 0.86, top + 42), (500, top + 68), (500 + half * 0.86, top + 42), closed=False)
    c.line(zip_line, 9, DARK.thinned(0.6))
    c.line(zip_line, 4, fitting(look))
    c.fill(box(500 + half * 0.6, top + 54, 500 + half * 0.6 + 13, top + 110, 6), strap_of(look).plain(), cast=0.25)


def _saddle(c: Canvas, look: Look, half: float, high: float) -> None:
    top = FLOOR - high
    c.fill(
        spline(*mirrored((500, top), (500 + half * 0.84, top + 6), (500 + half, top + high * 0.6),
        (500 + half * 0.7, FLOOR - 6), (500, FLOOR))), look.main.lit(-0.12).puffed(30),
    )  # fmt: skip
    flap = spline(
        *mirrored((500, top - 6), (500 + half * 0.88, top), (500 + half * 1.02, top + high * 0.48),
        (500 + half * 0.66, top + high * 0.8), (500, top + high * 0.88)),
    )  # fmt: skip
    c.fill(flap, (look.accent if look.second == "suede" else look.main).lit(0.06).puffed(28, 0.5), cast=0.34)
    stitch = spline(
        *mirrored((500, top + 14), (500 + half * 0.8, top + 20), (500 + half * 0.9, top + high * 0.46),
        (500 + half * 0.58, top + high * 0.72), (500, top + high * 0.79)),
    )  # fmt: skip
    stitches(c, stitch, paint_of("cotton", "cream").plain().thinned(0.7))
    c.fill(box(484, top + high * 0.68, 516, top + high * 0.98, 8), look.main.plain().lit(0.1), cast=0.25)
    _lock(c, look, 500, top + high * 0.86)


def _camera(c: Canvas, look: Look, half: float, high: float) -> None:
    top = FLOOR - high
    c.fill(box(500 - half, top, 500 + half, FLOOR, 52), look.main.puffed(36, 0.55))
    c.line(arc(500, top + 40, half * 0.9, 18, (200, 340)), 9, fitting(look))
    c.fill(
        box(500 - half * 0.8, top + high * 0.42, 500 + half * 0.8, FLOOR - 26, 24),
        look.main.lit(0.06).puffed(18),
        cast=0.25,
    )
    c.line(np.array([[500 - half * 0.66, top + high * 0.5], [500 + half * 0.66, top + high * 0.5]]), 6, fitting(look))
    tassel = 500 + half * look.pick("tassel", (-0.6, 0.6))
    c.fill(
        poly((tassel - 6, top + 30, 3), (tassel + 6, top + 30, 3), (tassel + 15, top + 108, 4),
        (tassel - 15, top + 108, 4)), strap_of(look).plain().lit(0.1), cast=0.3,
    )  # fmt: skip
