"""Backpacks, from the front."""

import numpy as np

from retrieval.demo.drawing.canvas import Canvas
from retrieval.demo.drawing.fashion_bags import fitting, strap_of
from retrieval.demo.drawing.look import Look
from retrieval.demo.drawing.materials import paint_of
from retrieval.demo.drawing.parts import DARK, FLOOR
from retrieval.demo.drawing.paths import box, mirrored, oval, poly, spline


def backpack(c: Canvas, look: Look) -> None:
    """A backpack: with a roll top, for work, a rucksack with a flap, a mini one."""
    form = look.form(("roll top", "work backpack", "rucksack", "mini"))
    half = {"mini": 165.0, "work backpack": 196.0}.get(form, 190.0) * look.vary("girth", 0.94, 1.08)
    high = 260 + look.measure("height", 42) * 6.2
    top = FLOOR - high
    strap = strap_of(look)
    for way in (-1, 1):
        c.line(
            spline((500 + way * half * 0.5, top + 20), (500 + way * half * 1.16, top + 130),
            (500 + way * half * 1.14, FLOOR - 120), (500 + way * half * 0.9, FLOOR - 30), closed=False), 26,
            strap.plain().lit(-0.3),
        )  # fmt: skip
    c.line(spline((450, top + 14), (456, top - 50), (544, top - 50), (550, top + 14), closed=False), 17, strap.plain())
    round_top = {"roll top": 20.0, "work backpack": 70.0}.get(form, 120.0)
    c.fill(
        poly((500 - half * 0.94, top, round_top), (500 + half * 0.94, top, round_top), (500 + half, FLOOR, 44),
        (500 - half, FLOOR, 44)), look.main.puffed(38, 0.5),
    )  # fmt: skip
    for way in (-1, 1):
        x = 500 + way * half * 0.98
        c.fill(
            box(min(x, x + way * 34), FLOOR - 190, max(x, x + way * 34), FLOOR - 30, 14),
            look.main.lit(-0.16).puffed(14),
            cast=0.15,
        )
    _pack_top(c, look, form, (half, high, top))
    _pack_pocket(c, look, form, half, high)


def _pack_top(c: Canvas, look: Look, form: str, size: tuple[float, float, float]) -> None:
    half, high, top = size
    strap = strap_of(look).plain()
    if form == "roll top":
        _rolled(c, look, half, top)
    elif form == "rucksack" or (form == "mini" and look.pick("flap", (True, False))):
        reach = top + high * 0.46
        c.fill(
            spline(*mirrored((500, top - 8), (500 + half * 0.8, top - 2), (500 + half * 0.98, top + 60),
            (500 + half * 0.92, reach - 26), (500, reach + 6))), look.main.lit(0.07).puffed(30, 0.5), cast=0.32,
        )  # fmt: skip
        for way in (-1, 1) if look.pick("straps", (True, False)) else (0,):
            x = 500 + way * half * 0.46
            c.fill(box(x - 14, reach - 110, x + 14, reach + 84, 6), strap, cast=0.25)
            c.line(
                poly((x - 20, reach + 8), (x + 20, reach + 8), (x + 20, reach + 44), (x - 20, reach + 44),
                (x - 20, reach + 8)), 6, fitting(look),
            )  # fmt: skip
    else:
        zip_line = spline(
            (500 - half * 0.92, top + high * 0.44), (500 - half * 0.72, top + 50), (500, top + 26),
            (500 + half * 0.72, top + 50), (500 + half * 0.92, top + high * 0.44), closed=False,
        )  # fmt: skip
        c.line(zip_line, 10, DARK.thinned(0.55))
        c.line(zip_line, 3.6, fitting(look))
        c.fill(box(500 + half * 0.66, top + 64, 500 + half * 0.66 + 13, top + 116, 5), strap, cast=0.25)


def _rolled(c: Canvas, look: Look, half: float, top: float) -> None:
    strap = strap_of(look).plain()
    c.fill(
        box(500 - half * 0.9, top - 26, 500 + half * 0.9, top + 42, 30),
        look.main.lit(0.1).puffed(24, 0.7),
        cast=0.3,
    )
    for way in (-1, 1):
        c.fill(
            box(500 + way * half * 0.84 - 11, top - 14, 500 + way * half * 0.84 + 11, top + 170, 4),
            strap,
            cast=0.25,
        )
        c.fill(
            box(500 + way * half * 0.84 - 16, top + 110, 500 + way * half * 0.84 + 16, top + 140, 4),
            fitting(look),
            cast=0.2,
        )


def _pack_pocket(c: Canvas, look: Look, form: str, half: float, high: float) -> None:
    up = FLOOR - high * look.vary("pocket", 0.34, 0.44)
    c.fill(
        box(500 - half * 0.74, up, 500 + half * 0.74, FLOOR - 30, 34), look.main.lit(0.05).puffed(26, 0.5), cast=0.28
    )
    style = look.pick("pocket style", ("zip", "flap", "leather")) if form != "rucksack" else "flap"
    if style == "flap":
        c.fill(
            poly((500 - half * 0.76, up - 6, 10), (500 + half * 0.76, up - 6, 10), (500 + half * 0.74, up + 50, 18),
            (500 - half * 0.74, up + 50, 18)), look.main.lit(0.12), cast=0.25,
        )  # fmt: skip
        c.fill(oval(500, up + 36, 9, 9), fitting(look).shaped("ball"))
    else:
        c.line(np.array([[500 - half * 0.6, up + 26], [500 + half * 0.6, up + 26]]), 6, fitting(look))
    if style == "leather":
        c.fill(
            poly((458, up - 90), (542, up - 90), (542, up - 40), (458, up - 40), r=8),
            paint_of("leather", "tan"),
            cast=0.2,
        )
