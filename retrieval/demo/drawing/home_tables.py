"""Tables to dine at, before a sofa and beside it."""

import numpy as np

from retrieval.demo.drawing.canvas import Canvas, Paint
from retrieval.demo.drawing.home_desks import pull
from retrieval.demo.drawing.look import Look
from retrieval.demo.drawing.materials import metal
from retrieval.demo.drawing.parts import DARK, FLOOR, disc_top, hairpin, leg, plank_top, post, rod
from retrieval.demo.drawing.paths import arc, box, poly, spline


def _top_paint(look: Look) -> Paint:
    """The table top: a marble or glass one where it is the second material; glass lets the floor through."""
    paint = look.accent if look.second in ("marble", "glass") else look.main
    glassy = "glass" in (look.material, look.second) and look.second != "marble"
    return paint.thinned(0.55) if glassy else paint


def _under(look: Look) -> Paint:
    """What carries a top: the second metal or wood, the top's own material where it can, else a dark metal."""
    if look.second in ("steel", "brass", "iron", "oak", "walnut"):
        return look.accent
    if look.material in ("marble", "glass"):
        return metal(look.pick("under", ("black", "brass", "black")))
    return look.main.plain() if look.material == "rattan" else look.main


def _legs(c: Canvas, look: Look, span: tuple[float, float], top: float, width: float = 26.0) -> None:
    """Four legs between x0 and x1: tapered, splayed, square, hairpin or sledge, as the product has them."""
    (x0, x1), paint = span, _under(look)
    style = look.pick("legs", ("taper", "splay", "square", "hairpin", "sledge", "taper"))
    if look.second in ("brass",) and look.says("ferrules"):
        style = "taper"
    for x, way in ((x0, -1), (x1, 1)):
        if style == "hairpin" and not look.second:
            hairpin(c, x - way * 40, top, FLOOR - 22, spread=12)
            hairpin(c, x, top)
        elif style == "sledge":
            post(c, paint.lit(-0.3), x - way * 46, top, FLOOR - 20, width=width * 0.55)
            post(c, paint, x, top, width=width * 0.62)
            rod(c, paint, (x, FLOOR - 5), (x - way * 46, FLOOR - 22), 11)
        else:
            lean = way * (34 if style == "splay" else 3)
            leg(c, paint.lit(-0.36), (x - way * 52, top), FLOOR - 26, lean=lean * 0.5, width=width * 0.72)
            if style == "square":
                post(c, paint, x, top, width=width * 1.1)
            else:
                leg(c, paint, (x, top), lean=lean, width=width)


def dining_table(c: Canvas, look: Look) -> None:
    """A dining table: round on a foot, on trestles, or long on four legs."""
    top, paint = FLOOR - 352, _top_paint(look)
    if look.says("diameter", "round dining"):
        half = 225 + 1.2 * look.measure("diameter", 115)
        _round_base(c, look, half, top)
        disc_top(c, paint, (500, top), rx=half, ry=half * 0.15, thick=22)
        return
    half = min(170 + 1.45 * look.measure("width", 165), 440)
    x0, x1 = 500 - half, 500 + half
    if look.says("trestle table") or look.second == "iron":
        _trestles(c, look, (x0 + half * 0.28, x1 - half * 0.28), top)
    else:
        _legs(c, look, (x0 + 50, x1 - 50), top + 18, width=36)
        if look.wooden:
            c.fill(box(x0 + 46, top + 18, x1 - 46, top + 58, 3), look.main.lit(-0.24))
    plank_top(c, paint, (x0, x1), top, depth=54, thick=24)
    if look.says("extending"):
        for way in (-1, 1):
            x, inset = 500 + way * half * 0.34, 500 + way * half * 0.31
            c.line(np.array([[inset, top - 54], [x, top], [x, top + 24]]), 3, DARK.thinned(0.55))


def _round_base(c: Canvas, look: Look, half: float, top: float) -> None:
    paint = _under(look)
    style = look.pick("foot", ("pedestal", "tulip", "three legs", "drum"))
    if style == "pedestal" or look.second == "iron":
        post(c, paint, 500, top + 16, FLOOR - 30, width=52)
        for way in (-1, 1):
            rod(c, paint, (500, FLOOR - 66), (500 + way * half * 0.52, FLOOR - 8), 24)
        rod(c, paint.lit(0.05), (500, FLOOR - 66), (500, FLOOR), 26)
    elif style == "tulip":
        c.fill(
            spline((470, top + 10, 1), (478, top + 130), (462, FLOOR - 60), (500 - half * 0.46, FLOOR - 12),
            (500 - half * 0.46, FLOOR, 1), (500 + half * 0.46, FLOOR, 1), (500 + half * 0.46, FLOOR - 12),
            (538, FLOOR - 60), (522, top + 130), (530, top + 10, 1)), paint.stood().shaped("tube"),
        )  # fmt: skip
    elif style == "drum":
        c.fill(box(500 - half * 0.42, top + 10, 500 + half * 0.42, FLOOR, 16), paint.stood().shaped("tube"))
        for i in range(-5, 6):
            c.line(
                np.array([[500 + i * half * 0.075, top + 20], [500 + i * half * 0.075, FLOOR - 6]]),
                3,
                DARK.thinned(0.28),
            )
    else:
        leg(c, paint.lit(-0.36), (500, top + 10), FLOOR - 30, width=26)
        for way in (-1, 1):
            leg(c, paint, (500 + way * half * 0.5, top + 10), lean=way * 40, width=36)


def _trestles(c: Canvas, look: Look, spots: tuple[float, float], top: float) -> None:
    paint = _under(look)
    rod(c, paint.lit(-0.2), (spots[0], FLOOR - 130), (spots[1], FLOOR - 130), 18)
    for x in spots:
        for way in (-1, 1):
            rod(c, paint.lit(0.04 * way), (x + way * 16, top + 18), (x + way * 62, FLOOR), 26)
        rod(c, paint, (x - 44, FLOOR - 130), (x + 44, FLOOR - 130), 17)


def coffee_table(c: Canvas, look: Look) -> None:
    """A coffee table: round, nesting, with a lifting top, or long and low."""
    form = look.form(("round coffee", "nesting", "lift top"))
    high = 176 + (look.measure("height", 40) - 40) * 5
    top, paint = FLOOR - high, _top_paint(look)
    if form == "nesting":
        _nest(c, look, top)
        return
    if look.says("diameter") or form == "round coffee":
        half = 190 + 1.6 * look.measure("diameter", 75)
        _low_base(c, look, half, top)
        disc_top(c, paint, (500, top), rx=half, ry=half * 0.2, thick=22)
        _rim(c, look, half, top)
        return
    half = 190 + 1.85 * look.measure("width", 100)
    x0, x1 = 500 - half, 500 + half
    _legs(c, look, (x0 + 44, x1 - 44), top + 16, width=28)
    shelf = look.says("shelf") or look.second == "rattan"
    if shelf:
        plank_top(
            c, look.accent if look.second == "rattan" else look.main.lit(-0.12), (x0 + 40, x1 - 40), FLOOR - 58,
            depth=26, thick=12,
        )  # fmt: skip
    if form == "lift top":
        c.fill(box(x0 + 20, top + 4, x1 - 20, top + 72, 5), look.main.lit(-0.14))
        for way in (-1, 1):
            rod(c, metal("black"), (500 + way * half * 0.7, top), (500 + way * half * 0.62, top - 62), 9)
        plank_top(c, paint, (x0 + 6, x1 - 6), top - 62, depth=42, thick=18)
        return
    if look.pick("shape", ("straight", "straight", "pebble")) == "pebble":
        disc_top(c, paint, (500, top - 8), rx=half, ry=half * 0.13, thick=22)
    else:
        plank_top(c, paint, (x0, x1), top, depth=56, thick=20)


def _rim(c: Canvas, look: Look, half: float, top: float) -> None:
    if look.second == "brass":
        c.line(arc(500, top + 11, half, half * 0.2, (0, 180)), 9, look.accent)


def _low_base(c: Canvas, look: Look, half: float, top: float) -> None:
    paint, style = _under(look), look.pick("low base", ("three", "drum", "cross", "three"))
    if style == "drum" or look.material == "rattan":
        c.fill(
            poly((500 - half * 0.84, top + 8), (500 + half * 0.84, top + 8), (500 + half * 0.74, FLOOR, 14),
            (500 - half * 0.74, FLOOR, 14)),
            (look.main if look.material == "rattan" else paint.stood()).shaped("tube").lit(-0.05),
        )  # fmt: skip
    elif style == "cross":
        for way in (-1, 1):
            rod(c, paint.lit(-0.1 * way), (500 - way * half * 0.66, top + 12), (500 + way * half * 0.66, FLOOR - 4), 17)
    else:
        leg(c, paint.lit(-0.36), (500, top + 12), FLOOR - 34, width=22)
        for way in (-1, 1):
            leg(c, paint, (500 + way * half * 0.62, top + 10), lean=way * 26, width=28)


def _nest(c: Canvas, look: Look, top: float) -> None:
    way, paint = look.pick("nest side", (-1, 1)), _top_paint(look)
    style, gap = look.pick("nest", ("round", "long")), look.vary("nest gap", 150, 205)
    for x, y, half, drop in ((500 - way * 70, top, 240.0, 0.0), (500 + way * gap, top + 56, 165.0, 26.0)):
        for side in (-1, 1):
            leg(c, _under(look).lit(-0.3), (x + side * half * 0.5, y + 12), FLOOR - 24 + drop, width=15)
            leg(c, _under(look), (x + side * half * 0.76, y + 12), FLOOR + drop, lean=side * 10, width=20)
        if style == "round":
            disc_top(c, paint, (x, y), rx=half, ry=half * 0.2, thick=18)
        else:
            plank_top(c, paint, (x - half, x + half), y, depth=46, thick=17)


def side_table(c: Canvas, look: Look) -> None:
    """A small table: with drawers by a bed, C-shaped over a sofa's arm, a block, or a top on a stem or legs."""
    half = 116 + (look.measure("width", 40) - 40) * 4
    top = FLOOR - 320 - (look.measure("height", 50) - 50) * 6
    form = look.form(("bedside", "c shaped", "stool table"))
    if form == "bedside" or look.product.attributes.get("drawers"):
        _bedside(c, look, half * 1.35, top + 20)
    elif form == "c shaped":
        _c_table(c, look, half * 1.3, top - 40)
    elif form == "stool table":
        _block(c, look, half, top + 30)
    else:
        _occasional(c, look, half * 1.25, top)


def _occasional(c: Canvas, look: Look, half: float, top: float) -> None:
    paint, style = _under(look), look.pick("base", ("stem", "three", "drum", "shelf"))
    if look.second in ("brass", "steel") or style == "stem":
        disc_top(c, paint, (500, FLOOR - 14), rx=half * 0.62, ry=half * 0.15, thick=12)
        post(c, paint, 500, top + 12, FLOOR - 14, width=20)
    elif style == "drum":
        c.fill(
            poly((500 - half * 0.6, top + 8), (500 + half * 0.6, top + 8), (500 + half * 0.78, FLOOR, 10),
            (500 - half * 0.78, FLOOR, 10)), paint.stood().shaped("tube"),
        )  # fmt: skip
    else:
        leg(c, paint.lit(-0.36), (500, top + 12), FLOOR - 26, width=18)
        if style == "shelf":
            disc_top(c, look.main.lit(-0.1), (500, FLOOR - 110), rx=half * 0.84, ry=half * 0.17, thick=12)
        for way in (-1, 1):
            leg(c, paint, (500 + way * half * 0.66, top + 12), lean=way * 30, width=23)
    if look.pick("top", ("round", "round", "square")) == "round":
        disc_top(c, _top_paint(look), (500, top), rx=half, ry=half * 0.24, thick=18)
    else:
        plank_top(c, _top_paint(look), (500 - half * 0.92, 500 + half * 0.92), top + 10, depth=56, thick=18)


def _bedside(c: Canvas, look: Look, half: float, top: float) -> None:
    x0, x1, base = 500 - half, 500 + half, FLOOR - look.vary("lift", 70, 150)
    drawers = max(1, look.count("drawers", look.pick("drawers", (1, 2))))
    for x, way in ((x0 + 24, -1), (x1 - 24, 1)):
        leg(c, _under(look).lit(-0.35), (x - way * 34, base - 4), FLOOR - 20, width=17)
        leg(c, _under(look), (x, base - 4), lean=way * look.vary("lean", 0, 22), width=25)
    c.fill(box(x0, top, x1, base + 6, 7), look.main.stood().lit(-0.08))
    low = top + 26
    if drawers == 1 and look.pick("niche", (True, False)):
        c.fill(box(x0 + 14, low, x1 - 14, low + 72, 3), look.main.lit(-0.62))
        low += 80
    step = (base - 6 - low) / drawers
    for i in range(drawers):
        c.fill(box(x0 + 13, low + i * step, x1 - 13, low + (i + 1) * step - 7, 4), look.main.lit(0.07), cast=0.22)
        pull(c, look, 500, low + (i + 0.5) * step - 3)
    plank_top(c, look.accent if look.second == "marble" else look.main, (x0 - 8, x1 + 8), top + 4, depth=44, thick=15)


def _c_table(c: Canvas, look: Look, half: float, top: float) -> None:
    side, paint = look.pick("open", (-1, 1)), _under(look) if look.material != "marble" else metal("black")
    x = 500 + side * half * 0.84
    disc_top(c, paint, (500, FLOOR - 12), rx=half * 0.86, ry=half * 0.16, thick=12)
    post(c, paint, x, top, FLOOR - 6, width=19)
    if look.pick("c top", (True, False)):
        plank_top(c, _top_paint(look), (500 - half, 500 + half), top + 6, depth=52, thick=16)
    else:
        disc_top(c, _top_paint(look), (500, top), rx=half, ry=half * 0.22, thick=16)


def _block(c: Canvas, look: Look, half: float, top: float) -> None:
    style, edge = look.pick("block", ("hourglass", "drum", "slab legs")), half * 1.1
    if style == "slab legs":
        for way in (-1, 1):
            c.fill(
                poly((500 + way * edge * 0.5, top + 8), (500 + way * edge * 0.86, top + 8),
                (500 + way * edge * 0.96, FLOOR, 4), (500 + way * edge * 0.6, FLOOR, 4)), look.main.stood().lit(-0.06),
            )  # fmt: skip
    else:
        waist = 0.62 if style == "hourglass" else 0.98
        c.fill(
            spline((500 - edge, top, 1), (500 - edge * waist, (top + FLOOR) / 2), (500 - edge * 0.94, FLOOR, 1),
            (500 + edge * 0.94, FLOOR, 1), (500 + edge * waist, (top + FLOOR) / 2), (500 + edge, top, 1)),
            look.main.stood().shaped("tube"),
        )  # fmt: skip
    disc_top(c, look.main, (500, top), rx=edge, ry=edge * 0.24, thick=20)
