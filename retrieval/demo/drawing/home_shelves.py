"""Shelves and sideboards."""

import numpy as np

from retrieval.demo.drawing.canvas import Canvas
from retrieval.demo.drawing.home_desks import books, pull
from retrieval.demo.drawing.look import Look
from retrieval.demo.drawing.materials import metal, paint_of
from retrieval.demo.drawing.parts import DARK, FLOOR, handle, leg, plank_top, post, rod
from retrieval.demo.drawing.paths import box, spline


def shelf(c: Canvas, look: Look) -> None:
    """A shelf: on the wall, a ladder, cubes, or a tall bookcase."""
    form = look.form(("wall shelf", "ladder", "cube", "bookcase"))
    boards = look.product.attributes.get("boards", "")
    if hangs(look):
        _wall_shelf(c, look)
    elif form == "cube" or "compartment" in boards:
        _cubes(c, look, 3 if "nine" in boards else 2)
    elif form == "ladder":
        _ladder(c, look, look.count("boards", 4))
    else:
        _bookcase(c, look, look.count("boards", 5))


def hangs(look: Look) -> bool:
    """Whether a shelf hangs on the wall: those have no height."""
    return "height" not in look.product.attributes


def _things(c: Canvas, look: Look, span: tuple[float, float], floor: float, room: float) -> None:
    """What stands on a board: books, a bowl, a vase or nothing, by the board's place."""
    x0, x1 = span
    which = look.pick(f"thing {round(floor)} {round(x0)}", ("books", "vase", "bowl", "box", "none"))
    if which == "books" and room > 50:
        books(c, look, x0 + (x1 - x0) * look.vary(f"place {round(floor)}", 0.05, 0.45), floor, room * 0.84)
    elif which == "vase":
        x, tone = (
            x0 + (x1 - x0) * look.vary(f"place {round(floor)}", 0.3, 0.75),
            look.pick("vase", ("sage", "rust", "cream")),
        )
        c.fill(
            spline((x - 9, floor - room * 0.7, 1), (x - 22, floor - room * 0.3), (x - 13, floor, 1), (x + 13, floor, 1),
            (x + 22, floor - room * 0.3), (x + 9, floor - room * 0.7, 1)), paint_of("ceramic", tone).shaped("tube"),
        )  # fmt: skip
    elif which == "bowl":
        x = (x0 + x1) / 2
        c.fill(
            spline((x - 32, floor - 28, 1), (x - 20, floor - 4), (x, floor, 1), (x + 20, floor - 4),
            (x + 32, floor - 28, 1)), paint_of("stoneware").shaped("tube"),
        )  # fmt: skip
    elif which == "box" and room > 60:
        c.fill(box(x1 - (x1 - x0) * 0.44, floor - room * 0.5, x1 - 12, floor, 5), paint_of("rattan"))


def _bookcase(c: Canvas, look: Look, boards: int) -> None:
    half = 105 + 0.95 * look.measure("width", 85)
    top = FLOOR - 470 - (look.measure("height", 185) - 150) * 1.5
    x0, x1, open_frame = 500 - half, 500 + half, look.metallic or look.pick("frame", (False, False, True))
    foot = FLOOR - look.pick("plinth", (14.0, 46.0))
    if foot < FLOOR - 20:
        for x in (x0 + 20, x1 - 20):
            leg(c, look.legs, (x, foot - 4), width=22)
    _case_back(c, look, (x0, x1), (top, foot), open_frame=open_frame)
    step = (foot - top) / boards
    for i in range(boards + 1):
        y = top + i * step
        if i:
            _things(c, look, (x0 + 16, x1 - 16), y - 7, step - 24)
        c.fill(box(x0 + 4, y - 8, x1 - 4, y + 8, 2), look.main.lit(0.08), cast=0.28)
    for x in () if open_frame else (x0, x1 - 14):
        c.fill(box(x, top - 8, x + 14, foot + 8, 3), look.main.stood().lit(0.02))
    if look.second == "rattan":
        for low in (x0 + 14, 502):
            _cane_door(c, look, (low, low + half - 16), (foot - step * 1.6, foot - 8))


def _case_back(
    c: Canvas, look: Look, span: tuple[float, float], rise: tuple[float, float], *, open_frame: bool
) -> None:
    (x0, x1), (top, foot) = span, rise
    if not open_frame:
        c.fill(box(x0, top, x1, foot, 4), look.main.lit(-0.58))
        return
    for x, shade in ((x0 + 26, -0.35), (x1 - 26, -0.35), (x0 + 8, 0.0), (x1 - 8, 0.0)):
        post(c, (look.main if look.metallic else metal("black")).lit(shade), x, top, foot + 14, width=13)


def _cane_door(c: Canvas, look: Look, span: tuple[float, float], rise: tuple[float, float]) -> None:
    c.fill(box(span[0], rise[0], span[1], rise[1], 4), look.main.stood().lit(0.05), cast=0.2)
    c.fill(box(span[0] + 15, rise[0] + 15, span[1] - 15, rise[1] - 15, 3), look.accent.lit(0.06))


def _ladder(c: Canvas, look: Look, boards: int) -> None:
    half, top = 110 + 1.2 * look.measure("width", 55), FLOOR - 580 - (look.measure("height", 170) - 170) * 1.2
    rail, lean = look.main, look.vary("lean", 0.6, 0.82)
    for way in (-1, 1):
        rod(c, rail.lit(-0.3), (500 + way * half * lean * 0.94, top + 20), (500 + way * half * 0.9, FLOOR - 24), 13)
    for i in range(boards):
        place = (i + 0.45) / boards
        y, wide = top + (FLOOR - top) * place, half * (lean + (1.0 - lean) * place)
        _things(c, look, (500 - wide + 30, 500 + wide - 30), y - 14, 88)
        plank_top(c, look.main, (500 - wide, 500 + wide), y, depth=14 + 26 * place, thick=15)
    for way in (-1, 1):
        rod(c, rail, (500 + way * half * lean, top), (500 + way * half, FLOOR), 18)


def _cubes(c: Canvas, look: Look, rows: int) -> None:
    half, columns = 120 + 1.5 * look.measure("width", 95), 3
    high = half * 2 * rows / columns * look.vary("cube", 0.92, 1.06)
    x0, x1, top = 500 - half, 500 + half, FLOOR - 20 - high
    c.fill(box(x0, top, x1, FLOOR, 5), look.main.lit(0.0))
    wide, tall = (x1 - x0 - 14) / columns, (high - 4) / rows
    for row in range(rows):
        for column in range(columns):
            low, up = x0 + 14 + column * wide, top + 14 + row * tall
            right, floor = low + wide - 14, up + tall - 14
            what = look.pick(f"cube {row} {column}", ("open", "open", "open", "door", "basket"))
            c.fill(box(low, up, right, floor, 2), look.main.lit(-0.6))
            if what == "door":
                c.fill(
                    box(low + 2, up + 2, right - 2, floor - 2, 3),
                    (look.accent if look.second == "rattan" else look.main).lit(0.08),
                    cast=0.2,
                )
                handle(c, look.metal, (low + right) / 2, up + 22, "knob")
            elif what == "basket":
                c.fill(box(low + 8, up + tall * 0.34, right - 8, floor, 8), paint_of("seagrass"), cast=0.2)
            else:
                _things(c, look, (low + 4, right - 4), floor, tall - 40)
    plank_top(c, look.main, (x0 - 4, x1 + 4), top, depth=26, thick=14)


def _wall_shelf(c: Canvas, look: Look) -> None:
    half, boards = 150 + 2.0 * look.measure("width", 90), look.pick("wall boards", (1, 2, 2, 3))
    half = min(half, 390)
    for i in range(boards):
        y = 560 - i * 190
        _things(c, look, (500 - half + 60, 500 - 10), y - 14, 130)
        _things(c, look, (500 + 10, 500 + half - 60), y - 14, 130)
        for way in (-1, 1):
            x = 500 + way * half * 0.74
            if look.second == "leather":
                c.fill(box(x - 14, y - 120, x + 14, y + 26, 4), look.accent.stood())
            elif look.second in ("brass", "steel") or look.pick("brackets", (True, False)):
                bracket = look.accent if look.second in ("brass", "steel") else metal("black")
                c.fill(box(x - 6, y - 4, x + 6, y + 78, 3), bracket.shaped("tube"))
                c.line(np.array([[x - way * 2, y + 70], [x - way * 44, y + 16]]), 7, bracket)
        plank_top(c, look.main, (500 - half, 500 + half), y, depth=30, thick=20)


def sideboard(c: Canvas, look: Look) -> None:
    """A sideboard: low for media, tall, or in between; doors, drawers, reeds, slats or cane in front."""
    half = min(150 + 1.42 * look.measure("width", 155), 425)
    high = 230 + (look.measure("height", 76) - 76) * 3.4
    x0, x1, lift = 500 - half, 500 + half, look.vary("lift", 54, 112)
    top, base = FLOOR - high - lift * 0.5, FLOOR - lift
    legs = metal("black") if look.second == "steel" else look.main if look.wooden else metal("black")
    style = look.pick("legs", ("taper", "splay", "sledge"))
    for x, way in ((x0 + 60, -1), (x1 - 60, 1)):
        leg(c, legs.lit(-0.36), (x - way * 50, base - 4), FLOOR - 20, width=19)
        if style == "sledge":
            post(c, legs, x, base - 4, width=16)
        else:
            leg(c, legs, (x, base - 4), lean=way * (26 if style == "splay" else 2), width=27)
    c.fill(box(x0, top, x1, base + 6, 8), look.main.lit(-0.14))
    count = look.pick("bays", (2, 3, 3, 4)) if look.measure("width", 155) > 110 else 2
    step, drawer_bay = (x1 - x0 - 18) / count, look.pick("drawer bay", (0, count - 1, count // 2))
    for i in range(count):
        span = (x0 + 12 + i * step, x0 + 6 + (i + 1) * step)
        if i == drawer_bay and look.second != "rattan":
            _drawers(c, look, span, (top + 24, base - 4))
        else:
            _door(c, look, span, (top + 24, base - 4), first=i % 2 == 0)
    plank_top(c, look.main, (x0 - 8, x1 + 8), top, depth=36, thick=16)


def _drawers(c: Canvas, look: Look, span: tuple[float, float], rise: tuple[float, float]) -> None:
    step = (rise[1] - rise[0]) / 3
    for i in range(3):
        c.fill(
            box(span[0], rise[0] + i * step, span[1], rise[0] + (i + 1) * step - 6, 4), look.main.lit(0.07), cast=0.2
        )
        pull(c, look, (span[0] + span[1]) / 2, rise[0] + (i + 0.5) * step - 3)


def _door(c: Canvas, look: Look, span: tuple[float, float], rise: tuple[float, float], *, first: bool) -> None:
    (x0, x1), (y0, y1) = span, rise
    if look.second == "rattan":
        _cane_door(c, look, span, rise)
        return
    front = look.pick("front", ("plain", "reeded", "slats", "panel", "plain"))
    c.fill(box(x0, y0, x1, y1, 4), (look.main if front != "reeded" else look.main.stood()).lit(0.06), cast=0.2)
    if front == "reeded" and not look.metallic:
        for i in range(1, round((x1 - x0) / 15)):
            c.line(np.array([[x0 + i * 15, y0 + 3], [x0 + i * 15, y1 - 3]]), 3.6, DARK.thinned(0.36))
    elif front == "slats":
        for i in range(1, round((y1 - y0) / 17)):
            c.line(np.array([[x0 + 14, y0 + i * 17], [x1 - 14, y0 + i * 17]]), 3.4, DARK.thinned(0.4))
    elif front == "panel":
        c.fill(box(x0 + 20, y0 + 20, x1 - 20, y1 - 20, 3), look.main.lit(-0.06).puffed(8, -0.4))
    handle(
        c, look.accent if look.second in ("brass", "leather") else look.metal, x1 - 20 if first else x0 + 20,
        (y0 + y1) / 2 - 10, "pull" if look.second == "leather" else "knob",
    )  # fmt: skip
