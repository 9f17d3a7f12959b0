"""Scarves and belts."""

import numpy as np

from retrieval.demo.drawing.canvas import Canvas, Paint
from retrieval.demo.drawing.look import Look
from retrieval.demo.drawing.materials import metal, paint_of
from retrieval.demo.drawing.parts import DARK, stitches
from retrieval.demo.drawing.paths import arc, box, oval, poly, spline


def scarf(c: Canvas, look: Look) -> None:
    """A scarf: hung in a fold, a silk square, a wide blanket, fringed, or a closed snood."""
    form = look.form(("silk square", "blanket", "fringed", "snood"))
    if form == "silk square":
        _square(c, look)
    elif form == "snood":
        _snood(c, look)
    else:
        _hung(
            c, look, wide=form == "blanket",
            fringe=form == "fringed" or look.product.attributes.get("edge") == "fringed",
        )  # fmt: skip


def _cloth(look: Look) -> Paint:
    knitted = look.material in ("wool", "cashmere") and look.pick("knitted", (True, False))
    return look.knit if knitted else look.main.stood()


def _hung(c: Canvas, look: Look, *, wide: bool, fringe: bool) -> None:
    half, paint = (104 if wide else 64) + look.vary("fold", 0, 34), _cloth(look)
    low = (760.0, 560 + look.vary("other end", 0, 170))
    c.fill(oval(500, 190, 26, 26), paint_of("oak").shaped("ball"))
    for i, way in enumerate((1, -1)):
        x, foot = 500 + way * half * 0.66, low[i]
        end = poly(
            (500 - 10 * way, 190, 30), (x + way * half * 0.5, 214, 40), (x + way * half * 0.82, foot, 4),
            (x - way * half * 0.62, foot + 10, 4),
        )  # fmt: skip
        if fringe:
            for j in range(11):
                at = x - way * half * 0.6 + way * half * 1.4 * j / 10
                c.line(
                    np.array([[at, foot], [at + 3 * ((j * 5) % 3 - 1), foot + 62]]),
                    6,
                    paint.plain().lit(-0.08 + 0.1 * (j % 2)),
                )
        c.fill(end, paint.lit(-0.16 if i == 0 else 0.05).puffed(34, 0.5), cast=0.3 if i else 0.0)
        with c.within(end):
            _bands(c, look, (x, way * half), foot)
        for spot in (-0.2, 0.3):
            c.shade(
                spline((500 + way * 10, 220), (x + spot * half * way, 420), (x + spot * half * way + 8, foot),
                (x + spot * half * way - 14, foot)), 0.14, 14,
            )  # fmt: skip
    c.fill(
        spline((500 - half * 0.9, 240), (500 - half * 0.5, 176), (500, 160), (500 + half * 0.5, 176),
        (500 + half * 0.9, 240), (500, 262)), paint.lit(0.1).puffed(34, 0.6), cast=0.3,
    )  # fmt: skip


def _bands(c: Canvas, look: Look, at: tuple[float, float], foot: float) -> None:
    x, half = at
    style = look.pick("pattern", ("plain", "bands", "check", "ends", "ladder"))
    tone = look.main.plain().lit(look.pick("band tone", (-0.6, 0.55))).thinned(0.55)
    rows = {"bands": (0, 1, 2), "check": range(12), "ends": (0, 1, 4, 5), "ladder": range(0, 12, 2)}.get(style, ())
    for i in rows:
        y = foot - 54 - i * look.vary("band step", 26, 44)
        if y > 260:
            reach = abs(half)
            c.fill(
                poly((x - reach * 0.6, y), (x + reach * 0.74, y), (x + reach * 0.74, y + 14),
                (x - reach * 0.6, y + 14)), tone,
            )  # fmt: skip
    if style == "check":
        for spot in (-0.3, 0.1, 0.5):
            c.line(np.array([[500 + half * 0.3 + spot * 30, 270], [x + half * spot, foot]]), 13, tone)


def _square(c: Canvas, look: Look) -> None:
    tone = look.main.plain().lit(look.pick("print tone", (-0.7, 0.6)))
    cream = paint_of("silk", "cream").plain()
    turn = look.vary("turn", -7, 7)
    corner = np.array([[218.0, 250.0], [782, 234], [796, 770], [230, 786]]) + np.array([turn, 0])
    middle = corner.mean(axis=0)
    for size, paint in (
        (1.0, look.main.puffed(20, 0.3)),
        (0.93, cream),
        (0.89, look.main),
        (0.7, tone),
        (0.66, look.main.lit(0.05)),
    ):
        c.fill((corner - middle) * size + middle, paint)
    motif = look.pick("motif", ("dots", "rings", "petals", "chain", "petals"))
    for i in range(8 if motif != "dots" else 25):
        if motif == "dots":
            x, y = middle[0] - 150 + 75 * (i % 5), middle[1] - 150 + 75 * (i // 5)
            c.fill(oval(x, y, 15, 15), cream if i % 2 else tone)
        else:
            angle = i * np.pi / 4
            x, y = middle[0] + 118 * np.cos(angle), middle[1] + 118 * np.sin(angle)
            if motif == "petals":
                c.fill(
                    spline((middle[0], middle[1], 1), (x - 28 * np.sin(angle), y + 28 * np.cos(angle)),
                    (middle[0] + 170 * np.cos(angle), middle[1] + 170 * np.sin(angle), 1),
                    (x + 28 * np.sin(angle), y - 28 * np.cos(angle))), cream if i % 2 else tone,
                )  # fmt: skip
            else:
                c.line(
                    oval(x, y, 46 if motif == "rings" else 30, 46 if motif == "rings" else 62),
                    9,
                    cream if i % 2 else tone,
                )
    c.fill(
        np.array([corner[1] - (120, 2), corner[1] + (2, 124), corner[1] - (104, -106)]),
        look.main.lit(-0.25).puffed(14),
        cast=0.3,
    )


def _snood(c: Canvas, look: Look) -> None:
    paint, deep = look.knit, look.vary("snood", 0.0, 50.0)
    c.fill(
        spline((250, 420), (330, 310), (500, 276), (670, 310), (750, 420), (742, 600 + deep), (650, 720 + deep),
        (500, 752 + deep), (350, 720 + deep), (258, 600 + deep)), paint.puffed(70, 0.6),
    )  # fmt: skip
    c.fill(oval(500, 416, 196, 88), paint.lit(-0.62))
    c.fill(
        np.concatenate([arc(500, 416, 232, 122, (178, 2)), arc(500, 404, 186, 80, (2, 178))]),
        paint.lit(0.12).puffed(26, 0.6),
        cast=0.2,
    )
    for i in range(look.pick("rolls", (1, 2))):
        y = 560 + 90 * i + deep * 0.5
        c.shade(
            np.concatenate([arc(500 + 14 * i, y, 240 - 14 * i, 66, (176, 10)), arc(500 + 14 * i, y + 16, 240 - 14 * i,
            74, (10, 176))]), 0.3, 14,
        )  # fmt: skip


def belt(c: Canvas, look: Look) -> None:
    """A belt, coiled once, its buckle in front."""
    wide = 24 + look.measure("width", 3) * 17
    form = look.form(("woven", "wide belt", "slim", "jeans belt"))
    y = 520.0
    back = np.concatenate([arc(500, y - 70, 300, 110, (180, 360)), arc(500, y - 70 + wide, 300, 110, (360, 180))])
    c.fill(back, look.main.lit(-0.42).shaped("tube"))
    front = np.concatenate([arc(500, y - 70, 300, 130, (180, 0)), arc(500, y - 70 + wide, 300, 130, (0, 180))])
    c.fill(front, look.main.puffed(12, 0.4).shaped("tube"), cast=0.1)
    if form == "woven":
        for i in range(48):
            angle, after = np.radians(174 - i * 3.5), np.radians(174 - (i + 2 * (i % 2)) * 3.5 - 1)
            start = (500 + 298 * np.cos(angle), y - 66 + 130 * np.sin(angle))
            end = (500 + 298 * np.cos(after), y - 74 + wide + 130 * np.sin(after))
            c.line(np.array([start, end]), 5, look.main.plain().lit(0.3 if i % 2 else -0.4))
    elif form == "jeans belt" or look.pick("stitched", (True, False)):
        for edge in (9, wide - 9):
            stitches(
                c, arc(500, y - 70 + edge, 298, 130, (176, 4)), paint_of("cotton", "cream").plain().thinned(0.6), 1
            )
    _tail(c, look, wide, y)
    _buckle(c, look, wide, y)


def _tail(c: Canvas, look: Look, wide: float, y: float) -> None:
    top = y + 56
    c.fill(
        poly((520, top + 2), (690, top - 26), (726, top - 26 + wide * 0.42, 14), (700, top - 22 + wide),
        (520, top + wide + 2)), look.main.lit(0.1).puffed(10, 0.4), cast=0.34,
    )  # fmt: skip
    for i in range(3):
        c.fill(oval(566 + i * 40, top - 4 - i * 6.4 + wide / 2, 5, 5), DARK)


def _buckle(c: Canvas, look: Look, wide: float, y: float) -> None:
    paint = (
        look.accent
        if look.second in ("brass", "silver", "steel")
        else metal(look.pick("buckle metal", ("brass", "steel", "gold")))
    )
    paint = metal("steel") if look.second == "steel" else paint
    style, middle, half = look.pick("buckle", ("frame", "round", "plate", "double")), y + 58 + wide / 2, wide * 0.5 + 22
    if style == "plate":
        c.fill(box(440, middle - half, 552, middle + half, 12), paint, cast=0.35)
        c.fill(box(452, middle - half + 12, 540, middle + half - 12, 6), paint.lit(-0.2))
        return
    shape = (
        oval(492, middle, half * 1.05, half)
        if style in ("round", "double")
        else box(438, middle - half, 546, middle + half, 12)
    )
    c.line(np.concatenate([shape, shape[:1]]), 15, paint, cast=0.35)
    if style == "double":
        second = oval(462, middle, half, half * 0.94)
        c.line(np.concatenate([second, second[:1]]), 13, paint.lit(-0.1), cast=0.3)
    c.line(np.array([[452, middle], [558, middle - 4]]), 11, paint.lit(0.1), cast=0.3)
    c.fill(box(590, middle - half * 0.84, 618, middle + half * 0.72, 6), look.main.plain().lit(0.14), cast=0.3)
