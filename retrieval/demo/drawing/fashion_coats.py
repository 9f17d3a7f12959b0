"""Coats: overcoats, trenches, parkas, puffers and more."""

import numpy as np

from retrieval.demo.drawing.canvas import Canvas, Paint
from retrieval.demo.drawing.fashion_cut import (
    Cut,
    body,
    dots,
    folds,
    lapels,
    placket,
    pocket,
    rib_neck,
    sleeves,
    slit_pockets,
)
from retrieval.demo.drawing.fashion_jackets import zip_of
from retrieval.demo.drawing.fashion_prints import panel, printed
from retrieval.demo.drawing.fashion_tops import hung
from retrieval.demo.drawing.look import Look
from retrieval.demo.drawing.materials import metal, paint_of
from retrieval.demo.drawing.parts import DARK, seam
from retrieval.demo.drawing.paths import arc, box, flip, mirrored, oval, poly, spline


def coat(c: Canvas, look: Look) -> None:
    """A coat: overcoat, wrap, trench, parka, puffer, duffle or raincoat."""
    form = look.form(("overcoat", "wrap coat", "trench", "parka", "puffer", "duffle", "raincoat"), "overcoat")
    length = 600 + (look.measure("length", 105) - 86) * 4.2
    belted = form in ("wrap coat", "trench")
    cut = Cut(
        neck=60, shoulder=158, chest=156, waist=138 if belted else 160, hem=178 if belted else 170, top=130,
        length=length, waist_at=0.4 if belted else 0.5, dip=30, sleeve=look.vary("coat sleeve", 0.9, 1.06),
        sleeve_width=68 if form != "puffer" else 84, spread=80,
    )  # fmt: skip
    hung(c, look, cut)
    if form == "puffer":
        _puffer(c, look, cut)
        return
    sleeves(c, look.main, cut, cuff=44 if form == "trench" else 0)
    front = body(cut, "none")
    c.fill(front, look.main.stood().puffed(34, 0.38))
    panel(c, look, front, "panel")
    printed(c, look, front, 0.55)
    folds(c, look, cut, 0.13)
    {
        "overcoat": _overcoat,
        "wrap coat": _wrap,
        "trench": _trench,
        "parka": _parka,
        "duffle": _duffle,
        "raincoat": _raincoat,
    }[form](c, look, cut)


def _overcoat(c: Canvas, look: Look, cut: Cut) -> None:
    low = cut.top + 210 + look.vary("lapel", 0, 60)
    lapels(c, look.main, cut, low, wide=1.1)
    seam(c, np.array([[504, low], [510, cut.low + 6]]), 4, 0.8)
    double = look.pick("double", (True, False))
    for x in (468, 540) if double else (506,):
        dots(
            c, paint_of("acetate", "black" if look.colour in ("black", "charcoal", "navy") else "brown"), x,
            (low + 4, low + 190), count=3, radius=10,
        )  # fmt: skip
    for way in (-1, 1):
        x = 500 + way * cut.waist * 0.6
        c.fill(box(x - 48, low + 130, x + 48, low + 156, 5), look.main.lit(0.08), cast=0.2)


def _belt(c: Canvas, look: Look, cut: Cut, *, tie: bool) -> None:
    y = cut.top + cut.length * cut.waist_at
    c.fill(box(500 - cut.waist - 3, y - 17, 500 + cut.waist + 3, y + 17, 6), look.main.lit(0.1), cast=0.3)
    if tie:
        tail = spline((496, y, 1), (512, y + 70), (540, y + 170, 1), (568, y + 160, 1), (536, y + 60))
        for path in (tail, flip(tail, 504)):
            c.fill(path, look.main.lit(0.04), cast=0.25)
        c.fill(oval(503, y, 22, 21), look.main.lit(0.16).puffed(12), cast=0.3)
        return
    c.line(
        poly((478, y - 22), (530, y - 22), (530, y + 22), (478, y + 22), (478, y - 22)), 7, paint_of("acetate", "brown")
    )


def _wrap(c: Canvas, look: Look, cut: Cut) -> None:
    y = cut.top + cut.length * cut.waist_at
    lapels(c, look.main, cut, y - 8, notch=False, wide=1.5)
    seam(c, spline((506, y), (540, y + 150), (552, cut.low + 4), closed=False), 5, 0.8)
    _belt(c, look, cut, tie=True)


def _trench(c: Canvas, look: Look, cut: Cut) -> None:
    y = cut.top + cut.length * cut.waist_at
    lapels(c, look.main, cut, cut.top + 190, wide=1.35)
    for way in (-1, 1):
        x = cut.shoulder
        c.fill(
            poly((500 + way * (x - 66), cut.top + 10), (500 + way * (x - 4), cut.top + 28),
            (500 + way * (x - 2), cut.top + 52), (500 + way * (x - 62), cut.top + 32), r=6), look.main.lit(0.16),
            cast=0.25,
        )  # fmt: skip
        dots(c, paint_of("acetate", "brown"), 500 + way * 46, (cut.top + 196, y + 150), count=4, radius=9)
    c.fill(
        spline((500 + 40, cut.top + 46), (500 + cut.chest, cut.top + 70), (500 + cut.chest - 2, cut.top + 150),
        (500 + 60, cut.top + 158)), look.main.lit(0.03), cast=0.2,
    )  # fmt: skip
    seam(c, np.array([[520, y], [528, cut.low + 6]]), 4, 0.8)
    _belt(c, look, cut, tie=False)


def _hood(c: Canvas, paint: Paint, cut: Cut, fur: Paint | None = None) -> None:
    c.fill(
        spline(*mirrored((500, cut.top - 84), (500 + cut.neck * 1.2, cut.top - 50),
        (500 + cut.neck * 1.5, cut.top + 20), (500 + cut.neck * 0.9, cut.top + 62), (500, cut.top + 70))),
        (fur or paint).lit(0.02).puffed(26), cast=0.3,
    )  # fmt: skip
    c.fill(
        spline(*mirrored((500, cut.top - 48), (500 + cut.neck * 0.84, cut.top - 26),
        (500 + cut.neck * 0.96, cut.top + 18), (500, cut.top + 58))), paint.lit(-0.6).plain(),
    )  # fmt: skip


def _parka(c: Canvas, look: Look, cut: Cut) -> None:
    _hood(
        c, look.main, cut, paint_of("bouclé", look.pick("fur", ("sand", "cream", "charcoal"))) if look.pick("trim",
        (True, False)) else None,
    )  # fmt: skip
    c.fill(box(482, cut.top + 62, 526, cut.low + 6, 4), look.main.lit(0.07), cast=0.22)
    dots(c, metal(look.pick("snaps", ("brass", "steel"))), 504, (cut.top + 80, cut.low - 20), count=5, radius=8)
    c.line(arc(500, cut.top + cut.length * 0.47, cut.waist + 4, 16, (4, 176)), 4, DARK.thinned(0.5))
    for way in (-1, 1):
        pocket(c, look.main, 500 + way * cut.waist * 0.6, cut.top + cut.length * 0.6, size=(98, 104), flap=True)
        pocket(c, look.main, 500 + way * cut.chest * 0.56, cut.top + 150, size=(78, 66), flap=True)


def _puffer(c: Canvas, look: Look, cut: Cut) -> None:
    sleeves(c, look.main, cut, puffed=True)
    count = look.pick("baffles", (6, 8, 10))
    step = (cut.length - 30) / count
    for way in (-1, 1):
        for i in range(7):
            y = cut.top + 60 + i * 50
            x = 500 + way * (cut.shoulder + (y - cut.top - 38) * 0.28)
            c.line(np.array([[x - way * 46, y + 6], [x + way * 30, y - 6]]), 4, DARK.thinned(0.36))
    c.fill(body(cut, "none"), look.main.stood().lit(-0.12))
    for i in range(count):
        y = cut.top + 34 + i * step
        share = (i + 0.5) / count
        wide = cut.shoulder - 22 if i == 0 else cut.chest + (cut.hem - cut.chest) * share + 4
        c.fill(box(500 - wide, y, 500 + wide, y + step + 3, step * 0.48), look.main.lit(0.04).puffed(step * 0.7, 0.7))
    _hood(c, look.main, cut) if look.pick("hood", (True, False)) else rib_neck(c, look.main.puffed(20), cut, "roll")
    zip_of(c, (cut.top + 40, cut.low), metal("steel"))


def _duffle(c: Canvas, look: Look, cut: Cut) -> None:
    _hood(c, look.main, cut)
    seam(c, np.array([[500, cut.top + 66], [500, cut.low + 6]]), 5, 0.85)
    horn, cord = paint_of("acetate", "brown"), paint_of("leather", "brown")
    for i in range(look.pick("toggles", (3, 4))):
        y = cut.top + 130 + i * 82
        for way in (-1, 1):
            c.fill(
                poly((500 + way * 44, y - 14, 4), (500 + way * 74, y - 14, 4), (500 + way * 74, y + 14, 4),
                (500 + way * 44, y + 14, 4)), cord, cast=0.2,
            )  # fmt: skip
        c.line(np.array([[456, y], [544, y]]), 6, cord.plain())
        c.fill(box(488, y - 9, 536, y + 9, 9), horn.shaped("barrel"), cast=0.3)
    for way in (-1, 1):
        pocket(c, look.main, 500 + way * cut.waist * 0.58, cut.top + cut.length * 0.62, size=(94, 104), flap=True)


def _raincoat(c: Canvas, look: Look, cut: Cut) -> None:
    _hood(c, look.main, cut)
    placket(
        c, look.main, (cut.top + 62, cut.low + 6), count=look.pick("snaps", (4, 5, 6)), button=metal("steel"), width=20
    )
    slit_pockets(c, cut, cut.top + cut.length * 0.52)
    seam(
        c, np.array([[500 - cut.chest + 8, cut.top + 140], [500, cut.top + 150], [500 + cut.chest - 8, cut.top + 140]]),
        3, 0.5,
    )  # fmt: skip
