"""Lamps: on a table, on the floor, hung from the ceiling, over a desk, on the wall."""

import numpy as np

from retrieval.demo.drawing.canvas import Canvas, Paint
from retrieval.demo.drawing.look import Look
from retrieval.demo.drawing.materials import METALS, metal, paint_of
from retrieval.demo.drawing.parts import DARK, FLOOR, PAPER, disc_top, post, rod
from retrieval.demo.drawing.paths import Path, arc, box, oval, poly, spline

_SHADES = frozenset({"linen", "paper", "rattan"})
_FORMS = ("floor lamp", "table lamp", "pendant lamp", "desk lamp", "wall lamp")


def lamp_form(look: Look) -> str:
    """Which of the five kinds of lamp the page describes; by its height where it does not say."""
    high = look.measure("height", 45)
    return look.form(_FORMS, "floor lamp" if high > 100 else "table lamp" if high > 30 else "pendant lamp")


def lamp(c: Canvas, look: Look) -> None:
    """A lamp of its kind."""
    drawer = {"floor lamp": _floor, "pendant lamp": _pendant, "desk lamp": _desk, "wall lamp": _wall}
    drawer.get(lamp_form(look), _table)(c, look)


def _shade_paint(look: Look) -> Paint:
    """The shade: of the main material where shades are made of it, of linen, or of the lamp's own metal."""
    if look.second == "linen":
        return look.accent.lit(0.14)
    if look.material in _SHADES or look.material == "glass":
        return look.main.lit(0.16) if look.material in _SHADES else look.main.thinned(0.86).lit(0.1)
    if look.material in METALS and look.pick("metal shade", (True, True, False)):
        return look.main
    return paint_of("linen", look.pick("shade colour", ("cream", "white", "sand"))).lit(0.12)


def _stem_paint(look: Look) -> Paint:
    if look.second in ("brass", "oak", "walnut"):
        return look.accent
    return (
        look.main.plain()
        if look.material in METALS | {"walnut"}
        else metal(look.pick("stem metal", ("brass", "black")))
    )


def _foot_paint(look: Look) -> Paint:
    if look.second in ("marble", "oak", "walnut", "brass"):
        return look.accent
    return look.main if look.material in {"concrete", "walnut", "ceramic"} | METALS else _stem_paint(look)


def _shade(c: Canvas, look: Look, at: tuple[float, float], size: tuple[float, float]) -> None:
    """A shade hanging from its top middle `at`, `size` half wide and high; its inside glows at the lower rim."""
    (x, y), (half, high) = at, size
    style, paint = look.pick("shade", ("cone", "drum", "dome", "bell", "globe", "mushroom")), _shade_paint(look)
    if look.material == "paper":
        style = look.pick("paper shade", ("globe", "lantern", "cone"))
    if style == "globe":
        c.fill(oval(x, y + high * 0.55, half * 0.86, half * 0.82), paint.shaped("ball"))
        if look.material == "paper":
            for i in range(-3, 4):
                c.line(
                    arc(x, y + high * 0.55 + i * half * 0.2, half * (0.84 - 0.018 * i * i), half * 0.07, (4, 176)),
                    2.2,
                    DARK.thinned(0.16),
                )
        return
    top = {"cone": 0.5, "drum": 0.92, "lantern": 0.6, "bell": 0.3}.get(style, 0.14)
    if style in ("dome", "mushroom"):
        low = high * (0.8 if style == "dome" else 0.62)
        path = np.concatenate([arc(x, y + low, half, low, (180, 360)), arc(x, y + low, half, half * 0.1, (0, 180))])
        _lit_rim(c, x, y + low, half, paint)
        c.fill(path, paint.shaped("tube"))
        return
    mid = 0.98 if style == "lantern" else (top + 1) / 2 - (0.16 if style == "bell" else 0)
    low_end = 0.6 if style == "lantern" else 1.0
    path = spline(
        (x - half * top, y, 1), (x - half * mid, y + high * 0.5), (x - half * low_end, y + high, 1),
        (x, y + high + half * 0.08), (x + half * low_end, y + high, 1), (x + half * mid, y + high * 0.5),
        (x + half * top, y, 1),
    )  # fmt: skip
    c.fill(path, paint.shaped("tube"))
    for edge, wide in ((0.0, top), (high - 5, low_end)):
        c.line(arc(x, y + edge, half * wide, half * 0.08 if edge else 2, (4, 176)), 4, paint.lit(-0.3).plain())


def _lit_rim(c: Canvas, x: float, y: float, half: float, paint: Paint) -> None:
    c.fill(oval(x, y, half, half * 0.1), paint_of("cotton", "cream").plain().lit(0.2))
    c.line(oval(x, y, half, half * 0.1), 3, paint.lit(-0.3).plain())


def _table(c: Canvas, look: Look) -> None:
    high = 330 + (look.measure("height", 45) - 45) * 6
    half = 110 + look.measure("shade width", 30) * 2.6
    top, shade_high = FLOOR - high - 130, 150 + look.vary("shade high", 0, 50)
    if look.material in ("ceramic", "glass", "concrete", "walnut") or look.pick("body", (True, False, False)):
        body_top = top + shade_high - 20
        post(c, metal("brass"), 500, top + shade_high * 0.6, body_top + 40, width=13)
        _body(c, look, body_top + 24)
    else:
        disc_top(c, _foot_paint(look), (500, FLOOR - 24), rx=half * 0.62, ry=half * 0.13, thick=16)
        post(c, _stem_paint(look), 500, top + 60, FLOOR - 24, width=look.pick("stem", (11.0, 15.0, 30.0)))
    _shade(c, look, (500, top), (half, shade_high))


def _body(c: Canvas, look: Look, top: float) -> None:
    """A turned or thrown lamp body from `top` to the floor."""
    tall = FLOOR - top
    profile = look.pick("profile", ("gourd", "ball", "cylinder", "cone", "bottle", "rings"))
    widths = {
        "gourd": (16, 30, 62, 46, 96, 104, 60),
        "ball": (16, 20, 74, 116, 112, 78, 44),
        "cylinder": (46, 58, 60, 60, 60, 60, 56),
        "cone": (20, 32, 48, 64, 80, 94, 98),
        "bottle": (18, 20, 24, 70, 92, 94, 66),
        "rings": (22, 52, 26, 64, 30, 76, 58),
    }[profile]
    grow = look.vary("girth", 0.82, 1.12)
    right = [(500 + wide * grow, top + tall * i / 6) for i, wide in enumerate(widths)]
    left = [(1000 - x, y) for x, y in reversed(right)]
    ends = [(*right[0], 1), *right[1:-1], (*right[-1], 1), (*left[0], 1), *left[1:-1], (*left[-1], 1)]
    glassy = look.material == "glass"
    body = (
        look.main
        if look.material in ("ceramic", "glass", "concrete", "walnut", "rattan")
        else paint_of("ceramic", look.pick("body colour", ("white", "cream")))
    )
    c.fill(
        spline(*ends),
        (body.thinned(0.7) if glassy else body.stood() if look.material == "walnut" else body).shaped("tube"),
    )
    if glassy:
        post(c, metal("brass"), 500, top, FLOOR - 8, width=8)
        c.fill(
            spline((500 - widths[3] * grow * 0.6, top + tall * 0.42), (500 - widths[4] * grow * 0.66, top + tall * 0.6),
            (500 - widths[4] * grow * 0.56, top + tall * 0.74)), PAPER.thinned(0.55),
        )  # fmt: skip
    if look.second in ("marble", "oak", "walnut", "brass"):
        disc_top(c, look.accent, (500, FLOOR - 16), rx=widths[-1] * grow + 26, ry=18, thick=16)


def _floor(c: Canvas, look: Look) -> None:
    high = 600 + (look.measure("height", 155) - 155) * 2.4
    half, top = 88 + look.measure("shade width", 34) * 1.5, FLOOR - high
    style = look.pick("stand", ("straight", "straight", "tripod", "arc"))
    paint = _stem_paint(look)
    if style == "tripod":
        rod(c, paint.lit(-0.3), (500, top + 110), (500, FLOOR - 22), 13)
        for way in (-1, 1):
            rod(c, paint, (500, top + 110), (500 + way * 128, FLOOR), 16)
    elif style == "arc":
        disc_top(c, _foot_paint(look), (640, FLOOR - 20), rx=92, ry=20, thick=18)
        bow = spline(
            (640, FLOOR - 20), (648, FLOOR - 300), (600, top + 60), (500, top - 6), (410, top + 40), closed=False
        )
        c.line(bow, 12, paint.plain())
        _shade(c, look, (410, top + 30), (half * 0.9, 120))
        return
    else:
        disc_top(c, _foot_paint(look), (500, FLOOR - 18), rx=92, ry=19, thick=14)
        post(c, paint, 500, top + 60, FLOOR - 18, width=look.pick("stem", (10.0, 13.0, 20.0)))
    _shade(c, look, (500, top), (half, 135 + look.vary("shade high", 0, 40)))


def _pendant(c: Canvas, look: Look) -> None:
    half = 130 + look.measure("shade width", 34) * 2.4
    y = 400
    c.line(np.array([[500.0, 60.0], [500.0, y + 10.0]]), 5, DARK)
    c.fill(poly((462, 54, 6), (538, 54, 6), (528, 76, 8), (472, 76, 8)), _stem_paint(look).shaped("tube"))
    c.fill(box(486, y - 26, 514, y + 10, 6), _stem_paint(look).shaped("tube"))
    _shade(c, look, (500, y), (half, half * look.vary("pendant", 0.78, 1.15)))


def _desk(c: Canvas, look: Look) -> None:
    way, paint = look.pick("facing", (-1, 1)), _stem_paint(look)
    foot, elbow = 500 + way * 90, 500 + way * look.vary("elbow", 130, 190)
    knee = FLOOR - 250 - look.vary("arm", 0, 60)
    head = (500 - way * 70, knee - look.vary("reach", 60, 150))
    disc_top(c, _foot_paint(look), (foot, FLOOR - 20), rx=100, ry=21, thick=16)
    if look.pick("neck", (True, True, False)):
        rod(c, paint, (foot, FLOOR - 22), (elbow, knee), 13)
        rod(c, paint.lit(0.06), (elbow, knee), (head[0], head[1]), 13)
        c.fill(oval(elbow, knee, 15, 15), paint.shaped("ball"))
    else:
        c.line(
            spline((foot, FLOOR - 22), (foot + way * 6, knee), (500, knee - 120), head, closed=False), 12, paint.plain()
        )
    _head(c, look, head, way)


def _head(c: Canvas, look: Look, at: tuple[float, float], way: int) -> None:
    x, y = at
    paint, size = look.main if look.material in METALS else _shade_paint(look), look.vary("head", 0.9, 1.2)
    shape: Path
    if look.pick("head shape", (True, False)):
        shape = spline((26, -34, 1), (-60, -10), (-118, 72, 1), (34, 96, 1), (52, 10))
    else:
        shape = poly((20, -40, 14), (-52, -26, 18), (-128, 60, 10), (18, 112, 10), (58, 0, 18))
    placed = shape * (way * size, size) + (x, y)
    c.fill(
        spline((x - way * 112 * size, y + 66 * size), (x - way * 40 * size, y + 92 * size),
        (x + way * 26 * size, y + 96 * size), (x - way * 40 * size, y + 118 * size)), paint_of("cotton",
        "cream").plain().lit(0.3),
    )  # fmt: skip
    c.fill(placed, paint.puffed(34, 0.4), cast=0.15)


def _wall(c: Canvas, look: Look) -> None:
    paint, half = _stem_paint(look), 96 + look.measure("shade width", 24) * 2.2
    if look.pick("sconce", (True, False)):
        c.fill(oval(500, 500, 62, 62), paint.shaped("ball"))
        c.line(spline((500, 500), (500, 580), (500, 400), closed=False), 14, paint.plain())
        _shade(c, look, (500, 270), (half, half * 1.05))
    else:
        way = look.pick("facing", (-1, 1))
        c.fill(box(500 + way * 120 - 34, 400, 500 + way * 120 + 34, 620, 34), paint.shaped("tube"))
        c.line(
            spline((500 + way * 120, 560), (500 + way * 60, 560), (500 - way * 40, 500), (500 - way * 60, 380),
            closed=False), 13, paint.plain(), cast=0.2,
        )  # fmt: skip
        _shade(c, look, (500 - way * 60, 330), (half, half))
