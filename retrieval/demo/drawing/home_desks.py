"""Desks: writing, corner, standing and secretary desks, with the drawers the page counts."""

from retrieval.demo.drawing.canvas import Canvas, Paint
from retrieval.demo.drawing.look import Look
from retrieval.demo.drawing.materials import metal, solid
from retrieval.demo.drawing.palette import rgb
from retrieval.demo.drawing.parts import DARK, FLOOR, handle, leg, plank_top, post, rod
from retrieval.demo.drawing.paths import box, poly


def desk(c: Canvas, look: Look) -> None:
    """A desk: corner, standing and secretary desks are built their own way."""
    form = look.form(("secretary", "standing", "corner desk"))
    if look.says("height range"):
        form = "standing"
    elif look.measure("height", 74) > 95:
        form = "secretary"
    elif look.measure("depth", 60) > 100:
        form = "corner desk"
    half = 155 + 1.78 * look.measure("width", 120)
    half = min(half, 395) if form != "secretary" else 235 + (look.measure("width", 88) - 80) * 4
    top = FLOOR - 345
    if form == "standing":
        _standing(c, look, half, top)
    elif form == "secretary":
        _secretary(c, look, half)
    else:
        _writing(c, look, half, top, corner=form == "corner desk")


def _desk_legs(look: Look) -> Paint:
    return metal("black") if look.second == "steel" else look.main


def _writing(c: Canvas, look: Look, half: float, top: float, *, corner: bool) -> None:
    x0, x1 = 500 - half, 500 + half
    drawers = look.count("drawers", look.pick("drawers", (0, 1, 2)))
    layout = look.pick("layout", ("apron", "apron", "pedestal", "hutch")) if drawers else "apron"
    _writing_legs(c, look, (x0, x1), top)
    if corner:
        way = look.pick("corner side", (-1, 1))
        _wing_top(c, look, (x0, x1), top, way)
    if layout == "pedestal":
        _pedestal(c, look, (x1 - 34 - half * 0.46, x1 - 26), (top + 14, top + 60 + 66 * drawers), drawers)
    elif drawers or look.pick("apron", (True, False)):
        _apron(c, look, (x0 + 26, x1 - 26), (top + 12, top + look.vary("apron", 62, 92)), drawers)
    if layout == "hutch":
        c.fill(box(x0 + 24, top - 118, x0 + half * 0.7, top - 20, 5), look.main.lit(-0.14))
        c.fill(box(x0 + 36, top - 106, x0 + half * 0.7 - 12, top - 30, 3), look.main.lit(-0.62))
    plank_top(c, look.main, (x0, x1), top, depth=44, thick=22)
    if look.second == "leather" and look.says("writing surface"):
        c.fill(
            poly((500 - half * 0.52, top - 34, 4), (500 + half * 0.52, top - 34, 4), (500 + half * 0.58, top - 8, 4),
            (500 - half * 0.58, top - 8, 4)), look.accent.lit(0.05),
        )  # fmt: skip


def _writing_legs(c: Canvas, look: Look, span: tuple[float, float], top: float) -> None:
    x0, x1 = span
    paint, style = _desk_legs(look), look.pick("desk legs", ("taper", "splay", "square", "trestle"))
    for x, way in ((x0 + 34, -1), (x1 - 34, 1)):
        leg(c, paint.lit(-0.36), (x - way * 50, top + 20), FLOOR - 28, width=18)
        if style == "square":
            post(c, paint, x, top + 20, width=26)
        elif style == "trestle":
            rod(c, paint, (x - way * 16, top + 20), (x - way * 44, FLOOR - 6), 15)
            rod(c, paint, (x - way * 16, top + 20), (x + way * 18, FLOOR), 17)
        else:
            leg(c, paint, (x, top + 20), lean=way * (22 if style == "splay" else 2), width=27)


def _wing_top(c: Canvas, look: Look, span: tuple[float, float], top: float, way: int) -> None:
    x0, x1 = span
    inner, outer = (x0 + 200, x0 - 6) if way < 0 else (x1 - 200, x1 + 6)
    leg(c, _desk_legs(look), (inner + way * 26, top + 90), FLOOR + 40, width=24)
    leg(c, _desk_legs(look), (outer - way * 26, top + 90), FLOOR + 40, width=27)
    c.fill(
        poly((inner + way * 10, top - 6), (outer - way * 6, top - 6), (outer + way * 14, top + 88),
        (inner - way * 6, top + 88), r=4), look.main.stood().lit(0.2), cast=0.2,
    )  # fmt: skip
    c.fill(
        poly((outer + way * 14, top + 86), (inner - way * 6, top + 86), (inner - way * 6, top + 110),
        (outer + way * 14, top + 110), r=4), look.main.lit(0.0),
    )  # fmt: skip


def _apron(c: Canvas, look: Look, span: tuple[float, float], rise: tuple[float, float], drawers: int) -> None:
    (x0, x1), (y0, y1) = span, rise
    c.fill(box(x0, y0, x1, y1, 5), look.main.lit(-0.18))
    step = (x1 - x0 - 8) / max(drawers, 1)
    for i in range(drawers):
        low, high = x0 + 8 + i * step, x0 + i * step + step
        c.fill(box(low, y0 + 12, high, y1 - 8, 4), look.main.lit(0.05), cast=0.2)
        pull(c, look, (low + high) / 2, (y0 + y1) / 2 + 2)


def pull(c: Canvas, look: Look, x: float, y: float) -> None:
    """A drawer's handle of the product's choice."""
    if look.second == "leather":
        handle(c, look.accent, x, y, "pull")
    else:
        handle(
            c, look.accent if look.second == "brass" else look.metal, x, y, look.pick("handle",
            ("bar", "knob", "cup", "groove", "bar")),
        )  # fmt: skip


def _pedestal(c: Canvas, look: Look, span: tuple[float, float], rise: tuple[float, float], drawers: int) -> None:
    (x0, x1), (y0, y1) = span, rise
    c.fill(box(x0, y0, x1, y1, 5), look.main.lit(-0.16))
    step = (y1 - y0 - 14) / max(drawers, 1)
    for i in range(drawers):
        c.fill(box(x0 + 9, y0 + 12 + i * step, x1 - 9, y0 + 4 + (i + 1) * step, 4), look.main.lit(0.06), cast=0.2)
        pull(c, look, (x0 + x1) / 2, y0 + 8 + (i + 0.5) * step)


def _standing(c: Canvas, look: Look, half: float, top: float) -> None:
    frame, high = metal(look.pick("frame", ("black", "black", "steel"))), top - look.vary("raised", 20, 110)
    for way in (-1, 1):
        x = 500 + way * half * 0.66
        post(c, frame.lit(-0.1), x, high + 20, FLOOR - 16, width=26)
        post(c, frame.lit(0.1), x, high + 20, (high + FLOOR) / 2, width=36)
        c.fill(box(x - 66, FLOOR - 20, x + 66, FLOOR, 8), frame)
    c.fill(box(500 - half * 0.7, high + 22, 500 + half * 0.7, high + 40, 3), frame.lit(-0.2))
    if look.count("drawers", 0):
        _apron(c, look, (500 - half * 0.3, 500 + half * 0.3), (high + 18, high + 74), min(2, look.count("drawers", 1)))
    plank_top(c, look.main, (500 - half, 500 + half), high, depth=44, thick=24)
    c.fill(box(500 + half * 0.72, high + 26, 500 + half * 0.72 + 60, high + 42, 4), DARK)


def _secretary(c: Canvas, look: Look, half: float) -> None:
    x0, x1, top = 500 - half, 500 + half, FLOOR - 490 - look.vary("tall", 0, 40)
    flap, base = top + 200, FLOOR - 190
    for x, way in ((x0 + 24, -1), (x1 - 24, 1)):
        leg(c, _desk_legs(look).lit(-0.35), (x - way * 40, base), FLOOR - 22, width=18)
        leg(c, _desk_legs(look), (x, base), lean=way * look.vary("lean", 2, 24), width=27)
    c.fill(box(x0, top, x1, base + 14, 6), look.main.stood().lit(-0.1))
    c.fill(box(x0 + 16, top + 18, x1 - 16, flap, 3), look.main.lit(-0.62))
    count = look.pick("pigeon holes", (3, 4, 5))
    for i in range(1, count):
        x = x0 + 16 + (x1 - x0 - 32) * i / count
        c.fill(box(x - 4, top + 18, x + 4, flap - 60, 1), look.main.lit(-0.2).plain())
    c.fill(box(x0 + 16, flap - 64, x1 - 16, flap - 54, 1), look.main.lit(-0.1).plain())
    books(c, look, x0 + 30, flap - 64, 74)
    c.fill(
        poly((x0 + 10, flap), (x1 - 10, flap), (x1 + 22, flap + 62), (x0 - 22, flap + 62), r=4),
        look.main.lit(0.24),
        cast=0.2,
    )
    c.fill(box(x0 - 22, flap + 60, x1 + 22, flap + 76, 4), look.main.lit(-0.05))
    _apron(c, look, (x0 + 2, x1 - 2), (flap + 84, base + 14), max(1, look.count("drawers", 2)))


def books(c: Canvas, look: Look, x: float, floor: float, room: float) -> None:
    """A few books from x on, standing on `floor` and up to `room` high."""
    for i, tone in enumerate(("#9c5a43", "#d9cdb8", "#5f7263", "#3d4a5c", "#c79b54")[: look.pick("books", (2, 3, 4))]):
        high = room * (0.62 + 0.09 * ((i * 7 + look.seed) % 4))
        c.fill(box(x + i * 17, floor - high, x + i * 17 + 14, floor, 2), solid(rgb(tone), 0.7))
