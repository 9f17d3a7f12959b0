"""Watches, upright: strap, case, dial, hands."""

from math import cos, pi, sin

import numpy as np

from retrieval.demo.drawing.canvas import Canvas, Paint
from retrieval.demo.drawing.look import Look
from retrieval.demo.drawing.materials import metal, paint_of, solid
from retrieval.demo.drawing.palette import rgb
from retrieval.demo.drawing.parts import DARK, PAPER, stitches
from retrieval.demo.drawing.paths import Path, box, oval, poly, spline


def watch(c: Canvas, look: Look) -> None:
    """A watch, upright: strap, case, dial, hands; bezel, small dials or numerals by its form."""
    form = look.form(("dress watch", "field", "diving", "chronograph"))
    radius = 96 + look.measure("case diameter", 36) * 1.6
    case = look.main if look.colour in ("silver", "gold", "black") else metal("steel")
    _watch_strap(c, look, radius)
    square = form in ("", "dress watch") and look.pick("case", (False, False, True))
    c.fill(box(500 + radius * 0.94, 484, 500 + radius * 1.16, 516, 6), case.lit(-0.1), cast=0.2)
    if form == "chronograph":
        for y in (420, 560):
            c.fill(box(500 + radius * 0.84, y - 10, 500 + radius * 1.08, y + 18, 6), case.lit(-0.15))
    for way in (-1, 1):
        for end in (-1, 1):
            c.fill(oval(500 + way * radius * 0.56, 500 + end * radius * 0.9, 24, 34), case.lit(-0.1))
    _plate(c, radius, case, square, 0.3)
    if form == "diving":
        _plate(c, radius * 0.97, solid(rgb(look.pick("bezel", ("#22303f", "#26282b", "#1f4d43"))), 1.2), square, 0.0)
        for i in range(12):
            c.line(_ray(i / 12, radius * 0.84, radius * 0.93), 5, PAPER)
    inner = radius * (0.78 if form == "diving" else 0.86)
    dial = look.pick("dial", ("#f4f1e9", "#f4f1e9", "#22262c", "#22395a", "#2f4a3d", "#d9c7a8"))
    if look.colour == "navy":
        dial = "#27365a"
    _plate(c, inner, solid(rgb(dial), 0.8), square, 0.0)
    _dial(c, look, form, inner, dark=dial not in ("#f4f1e9", "#d9c7a8"))


def _plate(c: Canvas, radius: float, paint: Paint, square: bool, cast: float) -> None:
    path = (
        box(500 - radius * 0.86, 500 - radius, 500 + radius * 0.86, 500 + radius, radius * 0.24)
        if square
        else oval(500, 500, radius, radius)
    )
    c.fill(path, paint, cast=cast)


def _ray(turn: float, inner: float, outer: float, centre: tuple[float, float] = (500.0, 500.0)) -> Path:
    angle = turn * 2 * pi - pi / 2
    x, y = centre
    return np.array(
        [[x + inner * cos(angle), y + inner * sin(angle)], [x + outer * cos(angle), y + outer * sin(angle)]]
    )


def _dial(c: Canvas, look: Look, form: str, inner: float, *, dark: bool) -> None:
    ink: Paint = PAPER if dark else DARK
    gilt = metal("gold") if look.pick("marks", (True, False)) else ink
    for i in range(12):
        long = 0.16 if i % 3 == 0 else 0.09
        if form == "diving":
            angle = i * pi / 6
            c.fill(
                oval(500 + inner * 0.8 * sin(angle), 500 - inner * 0.8 * cos(angle), inner * 0.075, inner * 0.075),
                PAPER,
            )
        else:
            c.line(_ray(i / 12, inner * (0.9 - long), inner * 0.9), 7 if form == "field" else 5, gilt)
    if form == "chronograph":
        for turn in (0.25, 0.5, 0.75):
            x, y = (float(value) for value in _ray(turn, inner * 0.46, inner * 0.46)[0])
            c.fill(oval(x, y, inner * 0.24, inner * 0.24), ink.thinned(0.16))
            c.line(oval(x, y, inner * 0.24, inner * 0.24), 3, ink.thinned(0.6))
            c.line(_ray(0.12 + turn, 0, inner * 0.17, (x, y)), 4, ink)
    if form != "chronograph" and look.pick("small seconds", (True, False, False)):
        c.line(oval(500, 500 + inner * 0.46, inner * 0.2, inner * 0.2), 4, ink.thinned(0.6))
        c.line(_ray(look.vary("second", 0, 1), 0, inner * 0.16, (500.0, 500 + inner * 0.46)), 3, ink)
    elif form != "chronograph" and look.pick("date", (True, False)):
        c.fill(box(500 + inner * 0.5, 500 - inner * 0.1, 500 + inner * 0.72, 500 + inner * 0.1, 3), PAPER, cast=0.2)
    hour, minute = look.pick("hour", (10, 2, 8)) / 12 + 0.015, look.pick("minute", (0.16, 0.84, 0.36))
    hands = metal("gold") if gilt is not ink else ink
    c.line(_ray(hour, -inner * 0.08, inner * 0.5), 12, hands, cast=0.25)
    c.line(_ray(minute, -inner * 0.1, inner * 0.76), 8, hands, cast=0.25)
    c.line(_ray(0.61, -inner * 0.16, inner * 0.8), 3, solid(rgb("#b0452f")) if form in ("field", "diving") else hands)
    c.fill(oval(500, 500, 11, 11), hands.shaped("ball"))
    c.fill(
        spline((500 - inner * 0.62, 500 - inner * 0.4), (500 - inner * 0.2, 500 - inner * 0.78),
        (500 + inner * 0.1, 500 - inner * 0.8), (500 - inner * 0.4, 500 - inner * 0.2)), PAPER.thinned(0.1),
    )  # fmt: skip


def _watch_strap(c: Canvas, look: Look, radius: float) -> None:
    half, (paint, kind) = radius * look.vary("strap width", 0.42, 0.6), _strap_kind(look)
    for way in (-1, 1):
        start, end = 500 + way * radius * 0.7, 500 + way * 400
        band = poly(
            (500 - half, start), (500 + half, start), (500 + half * 0.86, end, 26), (500 - half * 0.86, end, 26)
        )
        c.fill(band, paint.shaped("tube") if kind != "sewn" else paint.puffed(18, 0.5))
        with c.within(band):
            _strap_detail(c, kind, half, (min(start, end), max(start, end)))
    if kind == "sewn":
        for i in range(4):
            c.fill(oval(500, 720 + i * 44, 6, 8), DARK)
        c.line(poly((446, 92), (554, 92), (554, 130), (446, 130), (446, 92), r=2), 10, metal("steel"))


def _strap_kind(look: Look) -> tuple[Paint, str]:
    if look.second == "leather" or (not look.second and look.pick("strap", (True, False))):
        return paint_of("leather", look.pick("strap tone", ("brown", "tan", "black"))), "sewn"
    if look.second == "canvas":
        return paint_of("canvas", look.pick("canvas tone", ("olive", "navy", "sand"))), "sewn"
    paint = look.main if look.colour in ("gold", "silver") else metal("steel")
    return paint, "mesh" if look.second == "steel" else "links"


def _strap_detail(c: Canvas, kind: str, half: float, rise: tuple[float, float]) -> None:
    low, high = rise
    step, width, cover = {"links": (26, 4.0, 0.55), "mesh": (9, 2.4, 0.3)}.get(kind, (1000, 1.0, 0.0))
    for y in np.arange(low + step, high, step):
        c.line(np.array([[500 - half, y], [500 + half, y]]), width, DARK.thinned(cover))
    for x in (-0.36, 0.36) if kind == "links" else ():
        c.line(np.array([[500 + x * half, low], [500 + x * half, high]]), 3, DARK.thinned(0.35))
    for x in (-0.76, 0.76) if kind == "sewn" else ():
        row = np.stack([np.full(30, 500 + x * half), np.linspace(low + 16, high - 16, 30)], axis=1)
        stitches(c, row, paint_of("cotton", "cream").plain().thinned(0.6), 1)
