"""Trousers and jeans, from waist to hem."""

import numpy as np

from retrieval.demo.drawing.canvas import Canvas
from retrieval.demo.drawing.fashion_cut import (
    pocket,
)
from retrieval.demo.drawing.fashion_prints import printed
from retrieval.demo.drawing.look import Look
from retrieval.demo.drawing.materials import metal, paint_of
from retrieval.demo.drawing.parts import DARK, seam
from retrieval.demo.drawing.paths import Path, box, flip, mirrored, oval, poly, spline


def _legs(c: Canvas, look: Look, knee: float, hem: float, *, curve: float = 0.0) -> tuple[float, float]:
    """Two trouser legs from a waist at 210; gives the waist's half width and the hem's height."""
    inside_leg = look.measure("inside leg", 75)
    rise = {"high": 40.0, "low": -26.0}.get(look.product.attributes.get("rise", ""), 0.0)
    top, crotch = 230.0 - rise * 0.5, 400.0 + rise * 0.5
    low, waist = crotch + inside_leg * 5.9, 106 - rise * 0.2
    hip = 141.0
    middle = 40 + hem * 0.42 + 16
    leg = spline(
        (500, top, 1), (500 + waist, top, 1), (500 + hip, top + 120),
        (500 + max(hip * 0.84, middle + knee * 0.6) + curve, (crotch + low) / 2 - 20),
        (500 + middle + hem * 0.6, low, 1), (500 + middle - hem * 0.4, low + 6, 1),
        (500 + middle - knee * 0.46 - 6 + curve * 0.6, (crotch + low) / 2), (508, crotch + 26), (500, crotch, 1),
    )  # fmt: skip
    c.fill(flip(leg), look.main.stood().puffed(34, 0.4))
    c.fill(leg, look.main.stood().lit(0.03).puffed(34, 0.4))
    for side in (leg, flip(leg)):
        printed(c, look, side, 0.4)
    _side_stripe(c, look, leg)
    seam(c, np.array([[500.0, top + 20], [500.0, crotch]]), 4, 0.7)
    return waist, low


def _side_stripe(c: Canvas, look: Look, leg: Path) -> None:
    """Sometimes a stripe down the outer seam."""
    if look.pick("side stripe", (True, False, False, False)):
        outer = leg[14:56]
        stripe = look.main.plain().lit(look.pick("stripe tone", (0.7, -0.7)))
        for side in (outer, flip(outer)):
            with c.within(leg if side is outer else flip(leg)):
                c.line(side, look.pick("stripe width", (14.0, 30.0)), stripe)


def _waistband(c: Canvas, look: Look, waist: float, top: float) -> None:
    c.fill(spline(*mirrored((500, top - 20), (500 + waist, top - 26))), look.main.lit(-0.5).plain())
    c.fill(
        poly((500 - waist - 3, top - 8, 4), (500, top, 60), (500 + waist + 3, top - 8, 4),
        (500 + waist + 6, top + 28, 4), (500, top + 36, 60), (500 - waist - 6, top + 28, 4)), look.main.lit(0.06),
        cast=0.2,
    )  # fmt: skip
    for x in (-0.7, -0.3, 0.3, 0.7):
        c.fill(box(500 + x * waist - 5, top - 8, 500 + x * waist + 5, top + 34, 2), look.main.lit(0.1), cast=0.15)


def _top_of(look: Look) -> float:
    return 230.0 - {"high": 20.0, "low": -13.0}.get(look.product.attributes.get("rise", ""), 0.0)


def jeans(c: Canvas, look: Look) -> None:
    """Jeans: straight, wide, slim, flared or barrel, with their seams, pockets, button and turn-ups."""
    form = look.form(("straight", "wide", "slim", "flared", "barrel"), "straight")
    knee, hem, curve = {
        "straight": (100.0, 106.0, 0.0),
        "wide": (140.0, 172.0, 6.0),
        "slim": (78.0, 70.0, -6.0),
        "flared": (80.0, 160.0, -6.0),
        "barrel": (146.0, 84.0, 34.0),
    }[form]
    waist, low = _legs(c, look, knee, hem * look.vary("hem", 0.94, 1.08), curve=curve)
    top = _top_of(look)
    thread = paint_of("cotton", "mustard" if look.colour in ("blue", "navy") else "grey").plain().thinned(0.75)
    for way in (-1, 1):
        c.line(
            spline((500 + way * waist * 0.36, top + 32), (500 + way * waist * 0.62, top + 84),
            (500 + way * (waist + 26), top + 92), closed=False), 4, thread,
        )  # fmt: skip
        if look.pick("fade", (True, True, False)):
            c.shade(oval(500 + way * 84, (top + low) / 2 + 10, 30, 150), -0.2, 60)
    c.line(spline((500 + 26, top + 32), (526, top + 130), (502, top + 160), closed=False), 4, thread)
    if look.pick("turn up", (True, False, False)) and form != "flared":
        middle = 40 + hem * 0.42 + 16
        for way in (-1, 1):
            x = 500 + way * middle
            c.fill(
                box(min(x - way * hem * 0.43, x + way * hem * 0.64), low - 34, max(x - way * hem * 0.43,
                x + way * hem * 0.64), low + 8, 4), look.main.lit(0.4), cast=0.2,
            )  # fmt: skip
    _waistband(c, look, waist, top)
    c.fill(oval(500, top + 17, 10, 10), metal("brass").shaped("ball"), cast=0.3)


def trousers(c: Canvas, look: Look) -> None:
    """Trousers: wide, tailored, pleated, with a drawstring, or chinos."""
    form = look.form(("wide leg", "tailored", "pleated", "drawstring", "chinos"), "tailored")
    knee, hem = {
        "wide leg": (150.0, 190.0),
        "tailored": (92.0, 84.0),
        "pleated": (124.0, 104.0),
        "drawstring": (124.0, 112.0),
    }.get(form, (94.0, 86.0))
    size = {"relaxed": 1.08, "slim": 0.92}.get(look.product.attributes.get("fit", ""), 1.0) * look.vary(
        "hem", 0.88, 1.1
    )
    waist, low = _legs(c, look, knee * size, hem * size, curve=8.0 if form in ("pleated", "drawstring") else 0.0)
    top, middle = _top_of(look), 40 + hem * size * 0.42 + 16
    for way in (-1, 1):
        if form in ("tailored", "pleated", "wide leg"):
            crease = spline(
                (500 + way * 62, top + 50), (500 + way * (middle * 0.7 + 32), (top + low) / 2),
                (500 + way * (middle + 8), low), closed=False,
            )  # fmt: skip
            seam(c, crease, 4, 0.5)
        if form in ("pleated", "wide leg"):
            seam(c, np.array([[500 + way * 36, top + 34], [500 + way * 44, top + 130]]), 4, 0.55)
        seam(c, np.array([[500 + way * waist * 0.8, top + 34], [500 + way * (waist + 30), top + 130]]), 5, 0.7)
    if form == "drawstring":
        _drawstring(c, look, waist, top)
        return
    _waistband(c, look, waist, top)
    c.fill(oval(500, top + 16, 8, 8), paint_of("acetate", "brown"), cast=0.3)
    if form == "chinos" and look.pick("coin", (True, False)):
        pocket(c, look.main, 556, top + 60, size=(40, 34))


def _drawstring(c: Canvas, look: Look, waist: float, top: float) -> None:
    c.fill(box(500 - waist - 4, top - 12, 500 + waist + 4, top + 34, 8), look.main.lit(0.04), cast=0.2)
    for i in range(-9, 10):
        c.line(np.array([[500 + i * waist * 0.1, top - 8], [500 + i * waist * 0.104, top + 30]]), 3, DARK.thinned(0.22))
    cord = paint_of("cotton", "cream" if look.colour not in ("white", "cream") else "sand").plain()
    for way in (-1, 1):
        c.line(
            spline((500, top + 14), (500 + way * 34, top + 6), (500 + way * 26, top + 30), (500, top + 16),
            closed=False), 5, cord,
        )  # fmt: skip
        c.line(
            spline((500, top + 14), (500 + way * 12, top + 70), (500 + way * 20, top + 128), closed=False), 5, cord,
            cast=0.2,
        )  # fmt: skip
