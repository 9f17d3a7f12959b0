"""T-shirts, shirts and sweaters."""

import numpy as np

from retrieval.demo.drawing.canvas import Canvas, Paint
from retrieval.demo.drawing.fashion_cut import (
    Cut,
    body,
    collar,
    dots,
    folds,
    hanger,
    hem_band,
    inside,
    placket,
    pocket,
    rib_neck,
    sleeves,
)
from retrieval.demo.drawing.fashion_prints import panel, printed
from retrieval.demo.drawing.look import Look
from retrieval.demo.drawing.materials import metal, paint_of
from retrieval.demo.drawing.parts import DARK, seam
from retrieval.demo.drawing.paths import Path, box, flip, spline

_EASE = {"slim": 0.9, "regular": 1.0, "relaxed": 1.1, "boxy": 1.14, "oversized": 1.2, "slightly small": 0.94}


def ease(look: Look) -> float:
    """How wide a garment is for its fit."""
    return _EASE.get(look.product.attributes.get("fit", ""), look.pick("ease", (0.97, 1.0, 1.05)))


def hung(c: Canvas, look: Look, cut: Cut) -> None:
    """The hanger behind a garment."""
    hanger(c, cut, paint_of(look.pick("hanger", ("oak", "walnut", "ash"))), metal("steel"))


def t_shirt(c: Canvas, look: Look) -> None:
    """A T-shirt, striped, with a pocket or long sleeves where it has them."""
    wide = ease(look)
    long = look.says("long sleeve")
    cut = Cut(
        neck=66, shoulder=152 * wide, chest=146 * wide, waist=143 * wide, hem=148 * wide,
        length=420 + look.vary("length", -50, 60), dip=look.pick("dip", (38.0, 50.0, 62.0)),
        sleeve=1.0 if long else look.vary("sleeve", 0.2, 0.32), sleeve_width=56 if long else 78,
        spread=84 if long else 190,
    )  # fmt: skip
    hung(c, look, cut)
    inside(c, look.main, cut)
    sleeves(c, look.main, cut, cuff=26 if long else 0)
    front = body(cut)
    c.fill(front, look.main.stood().puffed(30, 0.32))
    panel(c, look, front, "panel")
    if look.form(("striped",)):
        with c.within(front):
            _stripes(c, look, cut)
    folds(c, look, cut, 0.09)
    rib_neck(c, look.main.lit(-0.12), cut, "crew")
    seam(
        c, np.array([[500 - cut.hem + 8, cut.low - 14], [500, cut.low - 4], [500 + cut.hem - 8, cut.low - 14]]), 2.2,
        0.3,
    )  # fmt: skip
    if look.form(("pocket",)):
        pocket(c, look.main, 500 + cut.chest * 0.46, cut.top + 140)


def _stripes(c: Canvas, look: Look, cut: Cut) -> None:
    tone = paint_of("cotton", "cream" if look.colour not in ("white", "sand", "cream") else "navy").stood()
    step = look.pick("stripe", (30.0, 44.0, 62.0))
    y, part = cut.top + 112.0, look.vary("stripe part", 0.22, 0.5)
    while y < cut.low - 24:
        c.fill(box(300, y, 700, y + step * part), tone)
        y += step


def shirt(c: Canvas, look: Look) -> None:
    """A shirt: oxford, camp collar, blouse, overshirt or band collar."""
    form = look.form(("oxford", "camp collar", "blouse", "overshirt", "band collar"))
    wide = ease(look) * (1.06 if form == "overshirt" else 1.0)
    short = look.says("short sleeves") or form == "camp collar"
    cut = Cut(
        neck=58, shoulder=150 * wide, chest=147 * wide, waist=(136 if form != "blouse" else 144) * wide, hem=152 * wide,
        length=430 + 4 * (look.measure("length", 75) - 75), dip=34, sleeve=0.36 if short else 1.0,
        sleeve_width=82 if short else 64 if form == "blouse" else 56, spread=170 if short else 84,
        wave=look.pick("hem wave", (3.0, 12.0)),
    )  # fmt: skip
    hung(c, look, cut)
    sleeves(c, look.main, cut, cuff=0 if short else 34, puffed=form == "blouse")
    front = body(cut, "none")
    c.fill(front, look.main.stood().puffed(28, 0.34))
    printed(c, look, front, 0.5)
    folds(c, look, cut, 0.11)
    count = look.pick("buttons", (5, 6, 7))
    if form == "blouse":
        _bow(c, look, cut) if look.pick("bow", (True, False)) else collar(c, look.main, cut, "band")
        dots(c, look.main.plain().lit(0.3), 500, (cut.top + 120, cut.low - 30), count=count, radius=5)
        return
    placket(
        c, look.main, (cut.top + 24, cut.low + cut.wave), count=count, width=15, button=paint_of("pearl",
        "white") if look.colour not in ("white", "cream") else None,
    )  # fmt: skip
    collar(c, look.main, cut, {"camp collar": "camp", "band collar": "band"}.get(form, "shirt"))
    if form in ("overshirt", "camp collar", "oxford") or look.pick("pocket", (True, False)):
        for way in (-1, 1) if form == "overshirt" else (1,):
            pocket(
                c, look.main, 500 + way * cut.chest * 0.5, cut.top + 146, flap=form == "overshirt",
                size=(74, 80) if form == "overshirt" else (60, 68),
            )  # fmt: skip


def _bow(c: Canvas, look: Look, cut: Cut) -> None:
    collar(c, look.main, cut, "band")
    loop = spline((500, cut.top + 18, 1), (556, cut.top - 8), (578, cut.top + 26), (546, cut.top + 44))
    tail = spline(
        (500, cut.top + 20, 1), (524, cut.top + 90), (520, cut.top + 190, 1), (552, cut.top + 178, 1),
        (548, cut.top + 90),
    )  # fmt: skip
    for path in (tail, flip(tail), loop, flip(loop)):
        c.fill(path, look.main.lit(0.12).puffed(12), cast=0.2)


def sweater(c: Canvas, look: Look) -> None:
    """A sweater: crew, roll or V neck, cabled, buttoned as a cardigan, or without sleeves."""
    form = look.form(("roll neck", "v neck", "cable", "cardigan", "vest", "crew neck"))
    wide = ease(look)
    deep = form in ("v neck", "cardigan", "vest")
    cut = Cut(
        neck=60 if form != "roll neck" else 54, shoulder=(156 if form != "vest" else 128) * wide, chest=152 * wide,
        waist=152 * wide, hem=146 * wide, length=400 + 5 * (look.measure("length", 63) - 63), dip=132 if deep else 34,
        sleeve=0.0 if form == "vest" else 1.0, sleeve_width=64, spread=84,
    )  # fmt: skip
    hung(c, look, cut)
    inside(c, look.main, cut)
    sleeves(c, look.knit, cut, cuff=52, cuff_paint=look.rib)
    if form == "vest":
        for way in (-1, 1):
            c.line(
                spline((500 + way * cut.shoulder, cut.top + 36), (500 + way * (cut.shoulder - 4), cut.top + 90),
                (500 + way * cut.chest, cut.pit), closed=False), 22, look.rib.plain().lit(-0.06),
            )  # fmt: skip
    front = body(cut, "v" if deep else "round")
    c.fill(front, look.knit.puffed(34, 0.42))
    panel(c, look, front, "panel")
    if form == "cable":
        _cables(c, look, cut)
    hem_band(c, look.rib, cut, 46)
    if form == "cardigan":
        _cardigan_front(c, look, cut)
    else:
        rib_neck(c, look.main, cut, "roll" if form == "roll neck" else "v" if deep else "crew")
    if form == "crew neck" and look.pick("yoke", (True, False, False)):
        for i in range(9):
            x = 500 + (i - 4) * 30 * wide
            c.fill(
                spline((x, cut.top + 96 - abs(i - 4) * 4, 1), (x + 11, cut.top + 116), (x, cut.top + 136, 1),
                (x - 11, cut.top + 116)), paint_of("wool", "cream" if look.colour != "cream" else "charcoal").plain(),
            )  # fmt: skip


def _cables(c: Canvas, look: Look, cut: Cut) -> None:
    ropes = look.pick("cables", ((0.0,), (-0.5, 0.5), (-0.56, 0.0, 0.56)))
    for rope in ropes:
        x = 500 + rope * cut.chest
        c.shade(box(x - 34, cut.top + 70, x + 34, cut.low - 46, 6), 0.16, 8)
        for strand in (0, 1):
            steps = np.linspace(cut.top + 76, cut.low - 50, 60)
            wave = np.sin((steps - cut.top) / 26 + strand * np.pi)
            c.line(np.stack([x + 17 * wave, steps], axis=1), 15, look.main.lit(0.16 - 0.1 * strand), cast=0.12)
        for edge in (-38, 38):
            c.line(np.array([[x + edge, cut.top + 80], [x + edge, cut.low - 48]]), 5, DARK.thinned(0.16))


def _cardigan_front(c: Canvas, look: Look, cut: Cut) -> None:
    band: Paint = look.rib.stood()
    for way in (-1, 1):
        edge: Path = spline(
            (500 + way * cut.neck, cut.top - 2), (500 + way * cut.neck * 0.6, cut.top + cut.dip * 0.5),
            (500 + way * 4, cut.top + cut.dip + 14), closed=False,
        )  # fmt: skip
        c.line(edge, 23, band.plain().lit(0.05), cast=0.15)
    c.fill(box(486, cut.top + cut.dip, 514, cut.low + 8, 4), band.lit(0.06), cast=0.2)
    dots(
        c, paint_of(look.pick("buttons", ("walnut", "pearl", "brass"))), 500, (cut.top + cut.dip + 14, cut.low),
        count=look.pick("button count", (4, 5, 6)), radius=9,
    )  # fmt: skip
    if look.pick("pockets", (True, False)):
        for way in (-1, 1):
            pocket(c, look.knit, 500 + way * cut.hem * 0.56, cut.low - 150, size=(84, 86))
