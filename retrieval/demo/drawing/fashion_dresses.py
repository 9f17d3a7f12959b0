"""Dresses and skirts."""

import numpy as np

from retrieval.demo.drawing.canvas import Canvas
from retrieval.demo.drawing.fashion_cut import (
    Cut,
    body,
    collar,
    dots,
    folds,
    hem_band,
    inside,
    placket,
    rib_neck,
    sleeves,
)
from retrieval.demo.drawing.fashion_prints import panel, printed
from retrieval.demo.drawing.fashion_tops import hung
from retrieval.demo.drawing.look import Look
from retrieval.demo.drawing.materials import metal, paint_of
from retrieval.demo.drawing.parts import DARK, seam
from retrieval.demo.drawing.paths import arc, box, mirrored, oval, poly, spline

_SLEEVES = {
    "long sleeves": 1.0,
    "three-quarter sleeves": 0.62,
    "elbow-length sleeves": 0.42,
    "short sleeves": 0.26,
    "short puffed sleeves": 0.24,
}
_NECKS = {"V-neck": "v", "boat neck": "boat", "square neck": "square", "cowl neck": "round", "shirt collar": "none"}


def dress(c: Canvas, look: Look) -> None:
    """A dress: wrap, slip, shirt, maxi, midi, tea or sweater, with the page's neck, sleeves and length."""
    form = look.form(("wrap dress", "slip dress", "shirt dress", "maxi", "midi", "tea dress", "sweater dress"))
    if form == "slip dress":
        _slip(c, look)
        return
    told = look.product.attributes
    sleeve = _SLEEVES.get(told.get("sleeves", ""), 0.0)
    neck = _NECKS.get(told.get("neckline", ""), "round")
    straight = form == "sweater dress"
    flare = 170.0 if straight else look.vary("flare", 200, 285)
    length = 510 + (look.measure("length", 110) - 95) * 5.0
    dip = {"v": 128.0, "square": 74.0, "round": 50.0}.get(neck, 30.0)
    cut = Cut(
        neck=60 if neck != "boat" else 96, shoulder=122, chest=112, waist=86 if not straight else 108,
        hem=flare * (0.62 + length / 3000), top=140, length=length, waist_at=212 / length, dip=dip, sleeve=sleeve,
        sleeve_width=68 if sleeve < 0.5 else 52, spread=140 if sleeve < 0.5 else 84, wave=9 if not straight else 2,
    )  # fmt: skip
    hung(c, look, cut)
    inside(c, look.main, cut)
    yarn = look.knit if straight else look.main
    sleeves(
        c, yarn, cut, puffed="puffed" in told.get("sleeves", ""), cuff=30 if straight or form == "shirt dress" else 0,
        cuff_paint=look.rib if straight else None,
    )  # fmt: skip
    front = body(cut, neck)
    c.fill(front, yarn.stood().puffed(30, 0.4) if not straight else yarn.puffed(30, 0.4))
    if not straight:
        printed(c, look, front, 0.5)
    _dress_parts(c, look, cut, form)


def _dress_parts(c: Canvas, look: Look, cut: Cut, form: str) -> None:
    waist = cut.top + cut.length * cut.waist_at
    if form == "sweater dress":
        hem_band(c, look.rib, cut, 40)
        rib_neck(c, look.main, cut, "roll" if look.says("roll neck") else "crew")
        return
    folds(c, look, cut, 0.15)
    if look.pick("tiers", (True, False, False)) and form in ("maxi", "midi", "tea dress"):
        for i in (1, 2):
            y = waist + (cut.low - waist) * i / 3
            wide = cut.waist + (cut.hem - cut.waist) * (i / 3) ** 0.9
            seam(c, spline((500 - wide + 3, y), (500, y + 14), (500 + wide - 3, y), closed=False), 6, 0.6)
    if form == "shirt dress":
        placket(c, look.main, (cut.top + 24, cut.low + 10), count=8, width=14)
        collar(c, look.main, cut)
    elif form == "wrap dress":
        edge = spline(
            (500 - cut.neck, cut.top + 4), (500 - 10, cut.top + cut.dip + 20), (500 + cut.waist * 0.8, waist - 4),
            closed=False,
        )  # fmt: skip
        seam(c, edge, 7, 0.8)
        seam(
            c, spline((500 + cut.waist * 0.72, waist), (560, waist + 160), (500 + cut.hem * 0.3, cut.low + 10),
            closed=False), 5, 0.7,
        )  # fmt: skip
    if look.pick("belt", (True, True, False)) or form in ("wrap dress", "tea dress"):
        _sash(c, look, cut, waist, tied=form == "wrap dress" or look.pick("tied", (True, False)))
    elif form != "shirt dress":
        seam(c, np.array([[500 - cut.waist + 2, waist], [500, waist + 8], [500 + cut.waist - 2, waist]]), 4, 0.5)


def _sash(c: Canvas, look: Look, cut: Cut, y: float, *, tied: bool) -> None:
    c.fill(box(500 - cut.waist - 2, y - 14, 500 + cut.waist + 2, y + 14, 5), look.main.lit(-0.2), cast=0.2)
    if not tied:
        return
    x = 500 + cut.waist * 0.66
    for path in (
        spline((x, y, 1), (x + 10, y + 60), (x + 30, y + 140, 1), (x + 50, y + 132, 1), (x + 26, y + 50)),
        spline((x, y, 1), (x - 12, y + 60), (x - 22, y + 116, 1), (x - 2, y + 120, 1), (x + 6, y + 50)),
    ):
        c.fill(path, look.main.lit(-0.1), cast=0.25)
    c.fill(oval(x + 2, y, 15, 16), look.main.lit(0.06).puffed(8), cast=0.25)


def _slip(c: Canvas, look: Look) -> None:
    top, hem, low = 300.0, look.vary("flare", 126, 170), 735 + (look.measure("length", 115) - 108) * 6
    for way in (-1, 1):
        c.line(np.array([[500 + way * 62, 176.0], [500 + way * 84, top + 4]]), 7, look.main.plain().lit(0.1))
    c.fill(box(440, 172, 560, 182, 5), paint_of("oak"))
    c.line(spline((500, 174), (500, 128), (522, 106), (510, 82), (486, 90), closed=False), 7, metal("steel"))
    cowl = look.says("cowl")
    mouth = ((500, top + 62),) if cowl else ((500, top + 74, 1),)
    c.fill(spline(*mirrored((500, top + 26), (584, top + 6, 1), (500, top + 90))), look.main.lit(-0.5).plain())
    path = spline(
        *mirrored(*mouth, (588, top, 1), (606, top + 70), (584, top + 176), (500 + hem * 0.8, low - 160),
        (500 + hem, low, 1), (500 + hem * 0.5, low + 16), (500, low + 12)),
    )  # fmt: skip
    c.fill(path, look.main.stood().puffed(32, 0.4))
    printed(c, look, path, 0.3)
    folds(c, look, Cut(waist=80, hem=hem, top=top, length=low - top, waist_at=0.3), 0.16)
    if cowl:
        for i in range(3):
            c.line(arc(500, top + 34 + i * 26, 66 - i * 5, 44, (14, 166)), 6, DARK.thinned(0.14))
    if look.pick("slit", (True, False)):
        x = 500 + hem * 0.5
        c.fill(poly((x, low - 190), (x + 22, low + 14), (x - 12, low + 20)), look.main.lit(-0.6).plain())


def skirt(c: Canvas, look: Look) -> None:
    """A skirt: pleated, slip, pencil, A-line, wrap or mini, as long as the page says."""
    form = look.form(("pleated", "slip skirt", "pencil", "a line", "wrap skirt", "mini"), "a line")
    length = 180 + look.measure("length", 66) * 5
    hem = {"pleated": 250.0, "slip skirt": 190.0, "pencil": 132.0, "mini": 190.0, "wrap skirt": 205.0}.get(
        form, 235.0
    ) * look.vary("hem", 0.92, 1.12)
    top, low, waist = 240.0, 240 + length, 112.0
    hip = 168.0 if form in ("pencil", "slip skirt", "mini") else (waist + hem) / 2 - 8
    for way in (-1, 1):
        c.line(np.array([[500 + way * 70, top + 8], [500 + way * 70, top - 40]]), 5, metal("steel"))
    c.line(np.array([[420, top - 42], [580, top - 42]]), 9, paint_of("oak").shaped("barrel"))
    c.line(
        spline((500, top - 44), (500, top - 84), (520, top - 104), (508, top - 126), (486, top - 118), closed=False),
        6,
        metal("steel"),
    )
    wave = 4 if form in ("pencil", "mini") else 14
    path = spline(
        *mirrored((500, top), (500 + waist, top, 1), (500 + hip, top + min(150, length * 0.4)), (500 + hem, low, 1),
        (500 + hem * 0.5, low + wave), (500, low + wave)),
    )  # fmt: skip
    c.fill(path, look.main.stood().puffed(30, 0.4))
    panel(c, look, path, "panel")
    if form != "pleated":
        printed(c, look, path, 0.6)
    _skirt_parts(c, look, form, (waist, hem, low))
    c.fill(box(500 - waist - 2, top - 4, 500 + waist + 2, top + 34, 5), look.main.lit(0.06), cast=0.2)
    if look.material == "denim":
        c.fill(oval(500, top + 15, 9, 9), metal("brass").shaped("ball"))


def _skirt_parts(c: Canvas, look: Look, form: str, size: tuple[float, float, float]) -> None:
    waist, hem, low = size
    top = 270.0
    if form == "pleated":
        _pleats(c, look, size, top)
        return
    folds(
        c, look, Cut(waist=waist, hem=hem, top=top, length=low - top, waist_at=0.1),
        0.05 if form in ("pencil", "mini") else 0.15,
    )  # fmt: skip
    if form == "wrap skirt":
        seam(
            c, spline((500 + waist * 0.6, top), (560, (top + low) / 2), (500 + hem * 0.1, low + 10), closed=False), 7,
            0.8,
        )  # fmt: skip
        c.fill(
            spline((500 + waist * 0.6, top, 1), (500 + waist * 0.9, top + 70), (500 + waist * 0.76, top + 150, 1),
            (500 + waist * 0.6, top + 146, 1), (500 + waist * 0.6, top + 60)), look.main.lit(0.06), cast=0.3,
        )  # fmt: skip
    elif form == "pencil":
        c.fill(poly((520, low - 110), (528, low + 8), (508, low + 8)), look.main.lit(-0.6).plain())
        for way in (-1, 1):
            seam(c, np.array([[500 + way * 56, top + 4], [500 + way * 70, top + 96]]), 3, 0.5)
    elif look.material in ("denim", "suede", "leather") or look.pick("buttons", (True, False, False)):
        seam(c, np.array([[500, top], [500, low + 8]]), 4, 0.7)
        dots(c, metal("brass"), 512, (top + 20, low), count=5 if form == "mini" else 7, radius=8)
        for way in (-1, 1):
            seam(
                c, spline((500 + way * waist * 0.5, top + 2), (500 + way * waist * 0.8, top + 44),
                (500 + way * (waist + 16), top + 50), closed=False), 3, 0.6,
            )  # fmt: skip


def _pleats(c: Canvas, look: Look, size: tuple[float, float, float], top: float) -> None:
    waist, hem, low = size
    count = look.pick("pleats", (9, 12, 16))
    for i in range(1, count):
        at = i / count * 2 - 1
        edge = [[500 + at * waist, top], [500 + at * (waist + hem) * 0.5, (top + low) / 2], [500 + at * hem, low + 6]]
        c.line(np.array(edge), 6, DARK.thinned(0.22))
        lit = np.array([[506 + at * waist, top], [508 + at * hem, low + 6]])
        c.line(lit, 5, look.main.plain().lit(0.35).thinned(0.4))
