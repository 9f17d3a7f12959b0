"""Jackets: blazers, bombers, bikers and more."""

import numpy as np

from retrieval.demo.drawing.canvas import Canvas, Paint
from retrieval.demo.drawing.fashion_cut import (
    Cut,
    body,
    collar,
    dots,
    folds,
    hem_band,
    lapels,
    placket,
    pocket,
    rib_neck,
    sleeves,
    slit_pockets,
)
from retrieval.demo.drawing.fashion_prints import panel, printed
from retrieval.demo.drawing.fashion_tops import ease, hung
from retrieval.demo.drawing.look import Look
from retrieval.demo.drawing.materials import metal, paint_of
from retrieval.demo.drawing.parts import DARK, seam
from retrieval.demo.drawing.paths import box, mirrored, poly, spline


def jacket(c: Canvas, look: Look) -> None:
    """A jacket: blazer, denim, chore, bomber, biker, quilted or cropped."""
    form = look.form(("blazer", "denim jacket", "chore", "bomber", "biker", "quilted", "cropped"), "blazer")
    wide = ease(look)
    short = form in ("bomber", "biker", "denim jacket", "cropped")
    length = 352 + (look.measure("length", 66 if not short else 56) - 56) * 6
    cut = Cut(
        neck=58, shoulder=160 * wide, chest=156 * wide, waist=(142 if form in ("blazer", "biker") else 156) * wide,
        hem=(158 if not short else 146) * wide, length=min(length, 378) if short else length, dip=30, sleeve=1.0,
        sleeve_width=64, spread=82,
    )  # fmt: skip
    hung(c, look, cut)
    ribbed = form == "bomber"
    sleeves(
        c, look.main, cut, cuff=40 if ribbed or form == "denim jacket" else 0, cuff_paint=look.rib if ribbed else None,
        puffed=ribbed,
    )  # fmt: skip
    front = body(cut, "none")
    c.fill(front, look.main.stood().puffed(30, 0.36))
    panel(c, look, front, "panel")
    if form != "quilted":
        printed(c, look, front, 0.4)
    {
        "blazer": _blazer,
        "denim jacket": _trucker,
        "chore": _chore,
        "bomber": _bomber,
        "biker": _biker,
        "quilted": _quilted,
        "cropped": _boxy,
    }[form](c, look, cut)


def _blazer(c: Canvas, look: Look, cut: Cut) -> None:
    low = cut.top + cut.length * look.vary("lapel", 0.42, 0.56)
    double = look.pick("double", (True, False, False))
    lapels(c, look.main, cut, low, wide=1.15 if double else 0.9)
    seam(c, np.array([[500, low], [500 + (22 if double else 6), cut.low + 4]]), 4, 0.8)
    for way in (-1, 1):
        x = 500 + way * cut.waist * 0.58
        c.fill(
            poly((x - 44, low + 44, 3), (x + 44, low + 40, 3), (x + 44, low + 66, 5), (x - 44, low + 70, 5)),
            look.main.lit(0.08),
            cast=0.2,
        )
    button = paint_of("acetate", "brown") if look.pick("button", (True, False)) else metal("brass")
    for x in (476, 540) if double else (500,):
        dots(c, button, x, (low + 2, low + 150), count=3 if double else look.pick("button count", (1, 2)), radius=9)
    seam(c, np.array([[500 + cut.chest * 0.32, cut.top + 150], [500 + cut.chest * 0.66, cut.top + 142]]), 6, 0.7)


def _trucker(c: Canvas, look: Look, cut: Cut) -> None:
    thread = paint_of("cotton", "mustard" if look.colour == "blue" else "grey").plain().thinned(0.8)
    yoke = cut.top + 122
    for way in (-1, 1):
        c.line(np.array([[500 + way * cut.chest * 0.98, yoke], [500, yoke + 8]]), 3, thread)
        c.line(
            np.array([[500 + way * cut.chest * 0.62, yoke + 70], [500 + way * cut.waist * 0.36, cut.low - 36]]),
            3,
            thread,
        )
        c.line(
            np.array([[500 + way * cut.chest * 0.3, yoke + 60], [500 + way * cut.waist * 0.2, cut.low - 36]]), 3, thread
        )
        pocket(c, look.main, 500 + way * cut.chest * 0.5, yoke + 8, size=(76, 70), flap=True)
    hem_band(c, look.main.lit(-0.05), cut, 36)
    placket(c, look.main, (cut.top + 30, cut.low + 6), count=6, button=metal("brass"), width=16)
    collar(c, look.main, cut)


def _chore(c: Canvas, look: Look, cut: Cut) -> None:
    folds(c, look, cut, 0.08)
    placket(
        c, look.main, (cut.top + 24, cut.low + 6), count=look.pick("button count", (4, 5)), button=paint_of("acetate",
        "brown"), width=17,
    )  # fmt: skip
    collar(c, look.main, cut)
    for way in (-1, 1):
        pocket(c, look.main, 500 + way * cut.hem * 0.56, cut.low - 156, size=(100, 112))
    pocket(c, look.main, 500 + cut.chest * 0.52, cut.top + 130, size=(70, 76))


def zip_of(c: Canvas, rise: tuple[float, float], paint: Paint, x: float = 500.0) -> None:
    """A zip with its tape and puller."""
    c.line(np.array([[x, rise[0]], [x, rise[1]]]), 8, DARK.thinned(0.75))
    c.line(np.array([[x, rise[0]], [x, rise[1]]]), 3.4, paint.lit(0.2))
    c.fill(box(x - 5, rise[0] + 6, x + 5, rise[0] + 34, 4), paint, cast=0.3)


def _bomber(c: Canvas, look: Look, cut: Cut) -> None:
    folds(c, look, cut, 0.12)
    hem_band(c, look.rib, cut, 48)
    c.fill(
        spline(*mirrored((500, cut.top - 4), (500 + cut.neck * 0.9, cut.top - 18),
        (500 + cut.neck * 1.14, cut.top + 14), (500, cut.top + 38))), look.rib.lit(0.05), cast=0.25,
    )  # fmt: skip
    zip_of(c, (cut.top + 24, cut.low + 6), metal(look.pick("zip", ("brass", "steel"))))
    slit_pockets(c, cut, cut.low - 170)


def _biker(c: Canvas, look: Look, cut: Cut) -> None:
    steel = metal("steel")
    lapels(c, look.main, cut, cut.top + 190, wide=1.25)
    zip_of(c, (cut.top + 176, cut.low + 2), steel, 470)
    for way in (-1, 1):
        x = 500 + way * cut.waist * 0.6
        c.line(np.array([[x - way * 30, cut.low - 150], [x + way * 30, cut.low - 96]]), 6, steel)
        for i in range(3):
            seam(
                c, np.array([[500 + way * (cut.shoulder - 34), cut.top + 34 + 12 * i], [500 + way * (cut.shoulder - 2),
                cut.top + 52 + 12 * i]]), 2.4, 0.5,
            )  # fmt: skip
    c.fill(box(500 - cut.hem, cut.low - 44, 500 + cut.hem, cut.low - 12, 4), look.main.lit(0.05), cast=0.2)
    c.fill(box(500 + 40, cut.low - 48, 500 + 78, cut.low - 8, 5), steel)
    c.fill(box(500 + 50, cut.low - 38, 500 + 68, cut.low - 18, 2), look.main.lit(-0.1))


def _quilted(c: Canvas, look: Look, cut: Cut) -> None:
    with c.within(body(cut, "none")):
        _diamonds(c, cut)
    c.fill(box(490, cut.top + 20, 510, cut.low + 6, 2), look.main.plain().lit(0.1))
    dots(c, metal("brass"), 500, (cut.top + 40, cut.low - 10), count=5, radius=7)
    if look.pick("collar", (True, False)):
        collar(c, paint_of("suede", look.pick("cord", ("brown", "olive", "tan"))), cut)
    else:
        rib_neck(c, look.main.lit(-0.15), cut, "crew")
    for way in (-1, 1):
        pocket(c, look.main, 500 + way * cut.hem * 0.54, cut.low - 140, size=(90, 96), flap=True)


def _diamonds(c: Canvas, cut: Cut) -> None:
    for way in (-1, 1):
        for i in range(-5, 14):
            y = cut.top + i * 46
            start, stop = np.array([500 - way * 190.0, y]), np.array([500 + way * 190.0, y + 244])
            steps = np.linspace(0, 1, 30)[:, None]
            seam(c, start + (stop - start) * steps, 4, 0.8)


def _boxy(c: Canvas, look: Look, cut: Cut) -> None:
    trim = look.main.lit(-0.45).plain()
    c.line(np.array([[500, cut.top + 30], [500, cut.low + 8]]), 14, trim)
    rib_neck(c, trim, cut, "crew")
    for way in (-1, 1):
        for y in (cut.top + 150, cut.low - 96):
            pocket(c, look.main, 500 + way * cut.chest * 0.52, y, size=(72, 58))
            c.line(
                np.array([[500 + way * cut.chest * 0.52 - 36, y + 2], [500 + way * cut.chest * 0.52 + 36, y + 2]]),
                8,
                trim,
            )
    dots(c, metal(look.pick("button", ("brass", "silver"))), 514, (cut.top + 60, cut.low - 10), count=4, radius=9)
