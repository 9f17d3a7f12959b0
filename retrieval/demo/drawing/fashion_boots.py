"""Boots, from the side: from ankle to knee."""

import numpy as np

from retrieval.demo.drawing.canvas import Canvas
from retrieval.demo.drawing.fashion_heels import pair
from retrieval.demo.drawing.look import Look
from retrieval.demo.drawing.materials import metal, paint_of
from retrieval.demo.drawing.parts import DARK, FLOOR, seam
from retrieval.demo.drawing.paths import box, oval, poly, spline


def boots(c: Canvas, look: Look) -> None:
    """A pair of boots: chelsea, ankle, laced, to the knee, for rain or hiking."""
    pair(c, look, _boot)


def _boot(c: Canvas, look: Look) -> None:
    form = look.form(("chelsea", "ankle", "lace up", "knee", "rain", "hiking"), "ankle")
    shaft = {"chelsea": 13.0, "hiking": 15.0}.get(form, look.measure("shaft height", 14))
    heel = 24 + look.measure("heel height", 2.5) * 16
    top = FLOOR - heel
    rise = top - 196 - min(shaft - 9, 12) * 9 - max(shaft - 21, 0) * 13
    flat = form in ("rain", "hiking", "lace up")
    front = FLOOR - (44 if flat else 22)
    wide = 214.0 if form != "knee" else 226.0
    half = (0.0, 26.0, 12.0)[look.pick("shaft", (0, 1, 2))] if form in ("knee", "rain") else 0.0
    c.fill(oval(214 + wide / 2, rise + 2, wide / 2, 17), look.main.lit(-0.6).plain())
    outline = spline(
        (208, top + 6, 1), (204, top - 60), (228 - half * 0.4, top - 130), (212 - half, rise, 1),
        (214 + wide / 2, rise + 15), (214 + wide + half * 0.5, rise, 1), (428, top - 150), (500, top - 112),
        (640, front - 92), (770, front - 66), (828, front - 16), (824, front + 6, 1), (560, front + 4),
        (400, top + 14, 1),
    )  # fmt: skip
    c.fill(outline, look.main.puffed(38, 0.55))
    _boot_parts(c, look, form, (rise, top, front))
    _boot_sole(c, look, form, (heel, top, front))


def _boot_parts(c: Canvas, look: Look, form: str, levels: tuple[float, float, float]) -> None:
    rise, top, front = levels
    if form == "chelsea":
        c.fill(
            poly((290, rise + 18, 4), (370, rise + 18, 4), (352, top - 86, 20), (310, top - 86, 20)),
            look.rib.stood().lit(-0.3),
            cast=0.1,
        )
        c.line(
            spline((222, rise + 22), (232, rise - 30), (250, rise + 22), closed=False), 10, look.main.plain().lit(-0.2)
        )
    elif form in ("lace up", "hiking"):
        _boot_laces(c, look, form, rise, front)
    elif form == "rain":
        c.fill(box(206, rise + 12, 438, rise + 40, 6), look.main.lit(-0.2).plain(), cast=0.15)
        c.line(
            spline((214, top - 30), (420, top - 20), (640, front - 30), (824, front - 22), closed=False),
            6,
            look.main.plain().lit(-0.35),
        )
    elif form == "knee":
        c.line(np.array([[300.0, rise + 14], [300.0, top - 60]]), 4, DARK.thinned(0.6))
        for y in (top - 170, top - 130):
            c.shade(spline((230, y), (330, y + 14), (420, y - 4), (330, y + 26)), 0.16, 10)
    else:
        c.line(np.array([[318.0, rise + 14], [326.0, top - 10]]), 4, metal("steel"))
        seam(c, spline((428, top - 140), (450, top - 60), (430, top), closed=False), 3, 0.5)
    seam(c, spline((286, top - 4), (280, top - 60), (230, top - 92), closed=False), 3, 0.35)


def _boot_laces(c: Canvas, look: Look, form: str, rise: float, front: float) -> None:
    lace = paint_of(
        "cotton", look.pick("laces", ("cream", "mustard", "black") if form == "hiking" else ("black", "brown"))
    ).plain()
    for i in range(6):
        share = i / 5
        x, y = 424 + 130 * share**1.5, rise + 20 + (front - 96 - rise - 20) * share
        c.line(np.array([[x - 44, y + 12], [x + 10, y - 4]]), 9, lace, cast=0.2)
        c.fill(oval(x - 44, y + 12, 6, 6), metal("brass").shaped("ball"))
    if form == "hiking":
        c.fill(
            spline((660, front + 4, 1), (690, front - 78), (790, front - 58), (830, front - 10),
            (826, front + 6, 1)), look.main.lit(-0.4).plain(), cast=0.15,
        )  # fmt: skip
        c.fill(box(212, rise - 14, 434, rise + 20, 16), look.main.lit(0.14).puffed(14), cast=0.2)
    else:
        seam(c, spline((640, front - 88), (660, front - 40), (650, front), closed=False), 3.4, 0.5)


def _boot_sole(c: Canvas, look: Look, form: str, levels: tuple[float, float, float]) -> None:
    heel, top, front = levels
    sole = (
        paint_of("rubber", "black")
        if look.pick("sole tone", (True, False)) or form in ("rain", "hiking")
        else paint_of("leather", "brown")
    )
    sole = sole.plain().lit(-0.1)
    c.fill(
        spline((202, top, 1), (390, top + 6, 1), (470, top + (front - top) * 0.4), (560, front - 2),
        (832, front - 6, 1), (836, FLOOR - 6), (826, FLOOR, 1), (540, FLOOR, 1), (440, top + 34), (204, top + 24, 1)),
        sole,
    )  # fmt: skip
    slim = look.measure("heel height", 2.5) > 5
    reach = 296.0 if slim else 356.0
    c.fill(
        poly((204, top + 14, 2), (reach + 20, top + 22, 2), (reach - 10, FLOOR, 3), (212, FLOOR, 3)),
        sole.shaped("tube"),
    )
    if form == "hiking":
        for i in range(17):
            c.fill(box(216 + i * 36, FLOOR - 9, 236 + i * 36, FLOOR + 5, 2), sole.lit(-0.2))
    elif form == "lace up" and look.pick("welt", (True, False)):
        c.line(np.array([[560, front + 8], [828, front + 2]]), 4, paint_of("cotton", "mustard").plain())
    c.shade(box(200, top, 360, top + 4), 0.1 * min(heel / 60, 1))
