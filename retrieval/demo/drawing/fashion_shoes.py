"""Sneakers and loafers, from the side."""

import numpy as np

from retrieval.demo.drawing.canvas import Canvas, Paint
from retrieval.demo.drawing.fashion_heels import pair
from retrieval.demo.drawing.look import Look
from retrieval.demo.drawing.materials import paint_of, solid
from retrieval.demo.drawing.palette import rgb
from retrieval.demo.drawing.parts import DARK, FLOOR, seam, stitches
from retrieval.demo.drawing.paths import oval, poly, spline


def sneakers(c: Canvas, look: Look) -> None:
    """A pair of sneakers: low, high, running, slip-on or court."""
    pair(c, look, _sneaker)


def _rubber(look: Look) -> Paint:
    return solid(rgb(look.pick("rubber", ("#f3f0e9", "#f3f0e9", "#e5d9c2", "#c9a57a"))))


def _sneaker(c: Canvas, look: Look) -> None:
    form = look.form(("high top", "running", "slip on", "court", "low top"), "low top")
    high, run = form == "high top", form == "running"
    thick = look.vary("sole", 40, 62) + (22 if run else 0)
    top = FLOOR - thick
    back = top - (300 if high else 138)
    throat = (404, top - 284) if high else (430, top - 138)
    c.fill(
        spline((226, back + 10, 1), (320, back - 8 if high else back + 26), (throat[0], throat[1] - 14, 1),
        (throat[0] - 20, throat[1] + 40), (260, back + 50)), look.main.lit(-0.5).plain(),
    )  # fmt: skip
    tongue = spline(
        (throat[0] - 30, throat[1] + 20, 1), (throat[0] - 14, throat[1] - 40), (throat[0] + 26, throat[1] - 30),
        (640, top - 84, 1), (560, top - 50),
    )  # fmt: skip
    if form != "slip on":
        c.fill(tongue, look.main.lit(0.1).puffed(12))
    upper = spline(
        (204, top + 6, 1), (200, top - 80), (216, back, 1), (300, back + (4 if high else 34)),
        (throat[0], throat[1], 1), (560, top - 104), (660, top - 84), (770, top - 62), (824, top - 14),
        (824, top + 8, 1),
    )  # fmt: skip
    c.fill(upper, look.main.puffed(36, 0.5))
    if form == "slip on":
        c.fill(poly((430, top - 134, 8), (520, top - 112, 8), (500, top - 40, 10), (440, top - 40, 10)), DARK.lit(0.2))
    else:
        _laces(c, look, throat, top)
    _sneaker_parts(c, look, form, top, back)
    _sneaker_sole(c, look, form, top)


def _laces(c: Canvas, look: Look, throat: tuple[float, float], top: float) -> None:
    lace = solid(
        rgb(
            "#f5f2ec"
            if look.colour not in ("white", "cream", "natural")
            else look.pick("laces", ("#f1ede4", "#3a3a3c"))
        )
    )
    count = 6 if throat[1] < top - 180 else 4
    stay = spline(
        (throat[0] - 6, throat[1] + 4, 1), (throat[0] + 30, throat[1] + 6, 1), (600, top - 92, 1), (560, top - 58),
        (throat[0] + 4, throat[1] + 56),
    )  # fmt: skip
    c.fill(stay, look.main.lit(-0.16).plain(), cast=0.12)
    for i in range(count):
        share = (i + 0.4) / count
        x, y = throat[0] + 16 + (570 - throat[0]) * share, throat[1] + 16 + (top - 92 - throat[1]) * share
        c.line(np.array([[x - 16, y + 22], [x + 30, y - 16]]), 10, lace, cast=0.25)


def _sneaker_parts(c: Canvas, look: Look, form: str, top: float, back: float) -> None:
    trim = look.main.lit(look.pick("trim", (-0.3, 0.3, -0.6))).plain()
    if form == "running":
        for i in range(look.pick("bars", (2, 3, 4))):
            bar = spline((350 + i * 52, top - 4), (400 + i * 48, top - 60), (432 + i * 36, top - 100), closed=False)
            c.line(bar, 15, trim, cast=0.1)
        heel = spline((204, top + 4, 1), (198, top - 60), (216, back + 20, 1), (270, top - 56), (300, top + 6, 1))
        c.fill(heel, trim)
        return
    plain = _sneaker_side(c, look, form, top, trim)
    heel = spline((206, top + 4, 1), (200, top - 70), (216, back + 6, 1), (256, back + 26), (262, top + 4, 1))
    c.fill(heel, look.main.lit(-0.1) if plain else trim, cast=0.1)
    if (form == "low top" and look.material == "canvas") or form == "court":
        cap = spline((690, top + 6, 1), (700, top - 60), (780, top - 54), (826, top - 10), (826, top + 8, 1))
        c.fill(cap, solid(rgb("#f0ece3")) if look.material == "canvas" else look.main.lit(0.1), cast=0.15)


def _sneaker_side(c: Canvas, look: Look, form: str, top: float, trim: Paint) -> bool:
    """What the outer side carries; tells whether it stays plain."""
    style = look.pick("side", ("band", "plain", "stripe", "patch", "foxing"))
    if form == "high top":
        c.fill(oval(322, top - 190, 36, 36), solid(rgb("#f5f2ec")), cast=0.1)
        c.fill(oval(322, top - 190, 23, 23), trim)
    elif style == "band":
        c.line(spline((300, top), (390, top - 60), (470, top - 110), closed=False), 28, trim)
    elif style == "stripe":
        for i in (0, 1):
            bar = spline((330 + i * 50, top), (400 + i * 44, top - 56), (450 + i * 40, top - 98), closed=False)
            c.line(bar, 13, trim)
    elif style == "patch":
        seam(c, spline((380, top), (420, top - 70), (500, top - 104), closed=False), 3, 0.5)
    return style == "plain"


def _sneaker_sole(c: Canvas, look: Look, form: str, top: float) -> None:
    rubber = _rubber(look)
    if form == "running":
        c.fill(
            spline((184, top - 14, 1), (330, top + 6), (560, top + 4), (730, top + 2), (838, top - 22, 1),
            (846, FLOOR - 22), (800, FLOOR, 1), (640, FLOOR - 2), (480, FLOOR - 10), (340, FLOOR, 1), (216, FLOOR, 1),
            (176, FLOOR - 36)), rubber.puffed(20, 0.5), cast=0.1,
        )  # fmt: skip
        c.line(
            spline((190, FLOOR - 30), (430, FLOOR - 40), (640, FLOOR - 30), (836, FLOOR - 36), closed=False),
            6,
            look.main.plain().lit(-0.1),
        )
        return
    c.fill(
        spline((194, top - 2, 1), (420, top + 4), (700, top + 2), (834, top - 10, 1), (838, FLOOR - 16),
        (818, FLOOR, 1), (208, FLOOR, 1), (192, FLOOR - 14)), rubber.puffed(12, 0.4), cast=0.15,
    )  # fmt: skip
    c.line(
        np.array([[196, top + 16], [834, top + 10]]),
        4,
        (DARK if look.pick("line", (True, False)) else rubber.lit(-0.4)).thinned(0.5),
    )


def loafers(c: Canvas, look: Look) -> None:
    """A pair of loafers: penny, tassel, driving or chunky."""
    pair(c, look, _loafer)


def _loafer(c: Canvas, look: Look) -> None:
    form = look.form(("penny", "tassel", "driving", "chunky"), "penny")
    heel = {"chunky": 70.0, "driving": 20.0}.get(form, 20 + look.measure("heel height", 2.5) * 10)
    top = FLOOR - heel
    front = top + (0 if form in ("chunky", "driving") else heel - 22)
    inner = paint_of("leather", look.pick("lining", ("tan", "cream", "black"))).plain().lit(-0.3)
    c.fill(
        spline((222, top - 130, 1), (330, top - 106), (430, top - 96), (520, front - 128, 1), (420, top - 40),
        (260, top - 60)), inner,
    )  # fmt: skip
    upper = spline(
        (202, top + 4, 1), (196, top - 70), (214, top - 140, 1), (300, top - 100), (420, top - 84), (500, front - 118),
        (560, front - 134), (680, front - 104), (790, front - 58), (830, front - 14), (828, front + 6, 1),
        (560, front + 4), (400, top + 8),
    )  # fmt: skip
    c.fill(upper, look.main.puffed(34, 0.6))
    seam(c, spline((560, front - 112), (690, front - 92), (778, front - 52), (800, front - 24), closed=False), 6, 0.75)
    seam(c, spline((270, top - 108), (280, top - 40), (290, top + 2), closed=False), 3, 0.4)
    _loafer_detail(c, look, top, front)
    _loafer_front(c, look, form, top, front)
    _loafer_sole(c, look, form, top, front)


def _loafer_detail(c: Canvas, look: Look, top: float, front: float) -> None:
    """A heel counter, a toe cap, contrast stitches: what tells one loafer from another."""
    tone = look.main.plain().lit(look.pick("detail tone", (-0.5, 0.4, -0.8)))
    if look.pick("counter", (True, False)):
        c.fill(
            spline((203, top + 4, 1), (198, top - 66), (212, top - 122, 1), (256, top - 90), (300, top + 6, 1)), tone
        )
    if look.pick("cap", (True, False, False)):
        cap = spline((716, front + 4, 1), (726, front - 66), (790, front - 54), (828, front - 14), (826, front + 6, 1))
        c.fill(cap, tone, cast=0.15)
    if look.pick("stitch", (True, False)):
        line = spline((226, top - 22), (420, top - 16), (620, front - 22), (800, front - 16), closed=False)
        stitches(c, line, paint_of("cotton", look.pick("thread", ("cream", "mustard"))).plain().thinned(0.8), 1)


def _loafer_front(c: Canvas, look: Look, form: str, top: float, front: float) -> None:
    saddle = poly(
        (480, front - 118, 8), (572, front - 136, 10), (600, front - 88, 12), (520, front - 6, 8), (448, front - 8, 8)
    )
    if form in ("penny", "chunky"):
        c.fill(saddle, look.main.lit(0.08).puffed(12), cast=0.25)
        c.fill(
            poly((536, front - 112, 3), (570, front - 118, 3), (560, front - 96, 3), (534, front - 92, 3)),
            DARK.thinned(0.8),
        )
    elif form == "tassel":
        for x, lean in ((560, -14), (584, 22)):
            c.fill(
                poly((x - 6, front - 128, 3), (x + 8, front - 128, 3), (x + lean + 16, front - 72, 4),
                (x + lean - 14, front - 70, 4)), look.main.lit(0.14), cast=0.3,
            )  # fmt: skip
        c.line(
            spline((240, top - 112), (360, top - 84), (540, front - 122), closed=False), 8, look.main.plain().lit(0.2),
            cast=0.15,
        )  # fmt: skip
    else:
        c.fill(
            poly((500, front - 124, 6), (584, front - 132, 6), (590, front - 104, 6), (510, front - 94, 6)),
            look.main.lit(0.14),
            cast=0.25,
        )


def _loafer_sole(c: Canvas, look: Look, form: str, top: float, front: float) -> None:
    dark = paint_of("rubber", look.pick("loafer sole", ("black", "brown", "cream", "tan"))).plain()
    if form == "chunky":
        c.fill(
            spline((190, top - 2, 1), (500, front + 2), (838, front - 14, 1), (842, FLOOR - 20), (820, FLOOR, 1),
            (200, FLOOR, 1), (186, FLOOR - 20)), dark.puffed(14, 0.5), cast=0.15,
        )  # fmt: skip
        for i in range(16):
            c.line(np.array([[214 + i * 39, FLOOR - 22], [214 + i * 39, FLOOR - 2]]), 9, DARK.thinned(0.6))
        return
    c.fill(
        spline((200, top, 1), (400, top + 6), (560, front + 2), (834, front - 8, 1), (830, FLOOR, 1), (540, FLOOR, 1),
        (440, top + 22), (200, top + 18, 1)), dark,
    )  # fmt: skip
    if form == "driving":
        for i in range(10):
            c.fill(oval(250 + i * 58, FLOOR - 3, 11, 7), dark.lit(-0.2))
    else:
        c.fill(poly((202, top + 12, 2), (350, top + 16, 2), (340, FLOOR, 3), (206, FLOOR, 3)), dark.lit(-0.1))
