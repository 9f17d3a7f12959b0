"""Cushions and throws."""

import numpy as np

from retrieval.demo.drawing.canvas import Canvas, Paint
from retrieval.demo.drawing.look import Look
from retrieval.demo.drawing.parts import DARK
from retrieval.demo.drawing.paths import Path, box, oval, poly, spline


def cushion(c: Canvas, look: Look) -> None:
    """A loose cushion: square or long, plain, piped, embroidered or striped, as the page says."""
    long = "30 x 50 cm" in look.product.sizes[:1] or "40 x 60 cm" in look.product.sizes[:1]
    half, tall = (340.0, 218.0) if long else (292.0, 285.0)
    form, pull = look.form(("piped", "embroidered", "striped")), look.vary("pull", 16, 34)
    x0, x1, y0, y1 = 500 - half, 500 + half, 500 - tall, 500 + tall
    path = poly(
        (x0, y0, 26), (500, y0 + pull, 260), (x1, y0, 26), (x1 - pull, 500, 240), (x1, y1, 26), (500, y1 - pull, 260),
        (x0, y1, 26), (x0 + pull, 500, 240),
    )  # fmt: skip
    c.fill(path, look.main.puffed(120, 0.8))
    if form == "striped":
        with c.within(path):
            _stripes(c, look, (x0, x1), (y0, y1))
    elif form == "embroidered":
        _stitched(c, look, half)
    elif form == "piped" or look.pick("piping", (False, False, True)):
        c.line(np.concatenate([path, path[:1]]), 11, look.main.plain().lit(look.pick("piping tone", (-0.5, 0.3))))
    if look.pick("tassels", (False, False, False, True)) and form != "piped":
        for x in (x0, x1):
            for y in (y0, y1):
                way, drop = (-1 if x < 500 else 1), (-1 if y < 500 else 1)
                c.fill(poly((x, y), (x + way * 34, y + drop * 16), (x + way * 18, y + drop * 36)), look.main.lit(-0.2))
    for sign in (-1, 1):
        fold = spline(
            (500 + sign * half * 0.86, y0 + 40), (500 + sign * half * 0.6, y0 + 120),
            (500 + sign * half * 0.42, y0 + 150), closed=False,
        )  # fmt: skip
        c.line(fold, 7, DARK.thinned(0.07))


def _stripes(c: Canvas, look: Look, span: tuple[float, float], rise: tuple[float, float]) -> None:
    stripe = look.main.lit(look.pick("stripe tone", (-0.6, 0.5, -0.9))).thinned(0.75)
    count, upright, thin = (
        look.pick("stripes", (3, 5, 7, 9)), look.pick("upright", (True, False)), look.vary("stripe", 0.25, 0.6),
    )  # fmt: skip
    low, high = span if upright else rise
    step = (high - low) / count
    for i in range(count):
        a, b = low + step * (i + 0.5 - thin / 2), low + step * (i + 0.5 + thin / 2)
        c.fill(box(a, rise[0], b, rise[1]) if upright else box(span[0], a, span[1], b), stripe)


def _stitched(c: Canvas, look: Look, half: float) -> None:
    thread = look.main.plain().lit(look.pick("thread", (-0.75, 0.6)))
    motif = look.pick("motif", ("leaves", "rings", "diamonds"))
    for i in range(-1, 2):
        x = 500 + i * half * 0.5
        if motif == "rings":
            for radius in (30, 54):
                c.line(oval(x, 500 + i * 30, radius, radius), 6, thread)
        elif motif == "diamonds":
            c.line(poly((x, 420), (x + 56, 500), (x, 580), (x - 56, 500), (x, 420)), 6, thread)
        else:
            c.line(np.array([[x, 640.0], [x, 360.0]]), 5, thread)
            for y in (400, 460, 520, 580):
                for way in (-1, 1):
                    c.fill(
                        spline((x, y + 20, 1), (x + way * 30, y + 4), (x + way * 52, y - 26, 1),
                        (x + way * 16, y - 10)), thread,
                    )  # fmt: skip


def throw(c: Canvas, look: Look) -> None:
    """A throw folded over once, its edge, checks, waffle or stitches showing."""
    form = look.form(("waffle", "fringed", "checked", "knitted"))
    paint = look.knit if form == "knitted" else look.main
    fringed = form == "fringed" or look.product.attributes.get("edge") == "fringed"
    half, top, low = look.vary("throw width", 200, 285), look.vary("throw top", 270, 420), 720.0
    x0, x1 = 500 - half, 500 + half
    slip, layers = look.vary("slip", 20, 60), look.pick("layers", (2, 3, 5))
    for i in range(layers):
        drop = (layers - i) * 26
        c.fill(
            poly((x0 - 8, low - 40 + drop, 22), (x1 + 8, low - 40 + drop, 22), (x1 + 4, low + drop, 16),
            (x0 - 4, low + drop, 16)), paint.lit(-0.12 - 0.04 * i).puffed(12),
        )  # fmt: skip
    if fringed:
        fringe_of(c, paint, (x0 + slip, x1 + 4), low + 10, 64)
    body = spline(
        (x0, top + 30), (x0 + 30, top), (500, top - 8), (x1 - 30, top), (x1, top + 30), (x1 + 8, low),
        (x1, low + 16, 1), (x0 + slip, low + 16, 1), (x0 - 4, low - 20),
    )  # fmt: skip
    c.fill(body, paint.lit(0.05).puffed(36, 0.45), cast=0.25)
    if form == "checked":
        with c.within(body):
            _checks(c, look, (x0 - 4, x1 + 8), (top - 8, low + 16))
    elif form != "waffle":
        _throw_bands(c, look, body, (top, low))
    else:
        for i in range(1, 15):
            c.line(np.array([[x0 + 8, top + i * 28], [x1 - 4, top + i * 28]]), 4, DARK.thinned(0.13))
            c.line(np.array([[x0 + i * 33.0, top + 8], [x0 + i * 33.0, low + 8]]), 4, DARK.thinned(0.13))
    fold = spline((x0 + 60, top + 6), (x0 + 90, 500), (x0 + 76, low + 14), closed=False)
    c.line(fold, 22, DARK.thinned(0.06))
    if look.says("blanket stitched"):
        for x in np.arange(x0 + slip, x1, 20):
            c.line(np.array([[x, low + 14], [x, low - 8]]), 4, paint.plain().lit(-0.5))


def _throw_bands(c: Canvas, look: Look, body: Path, rise: tuple[float, float]) -> None:
    """Woven bands near the fold, the edge or all over, in another light of the colour."""
    top, low = rise
    tone = look.main.plain().lit(look.pick("band tone", (-0.6, 0.55))).thinned(look.vary("band cover", 0.35, 0.75))
    spots = look.pick("bands", ((), (0.8, 0.88), (0.12, 0.2, 0.28), (0.2, 0.4, 0.6, 0.8), (0.7,), (0.16, 0.84)))
    wide = look.vary("band", 8, 44)
    with c.within(body):
        for spot in spots:
            y = top + (low - top) * spot
            c.fill(box(100, y, 900, y + wide), tone)
        if look.pick("upright", (False, False, True)):
            x = 500 + look.vary("upright at", -140, 140)
            c.fill(box(x, top - 20, x + wide, low + 30), tone)


def _checks(c: Canvas, look: Look, span: tuple[float, float], rise: tuple[float, float]) -> None:
    tone, step = (
        look.main.plain().lit(look.pick("check", (-0.6, 0.5))).thinned(0.42),
        look.pick("check size", (62.0, 84.0, 110.0)),
    )
    for i in range(round((span[1] - span[0]) / step)):
        c.fill(box(span[0] + i * step + step * 0.2, rise[0], span[0] + i * step + step * 0.6, rise[1]), tone)
    for i in range(round((rise[1] - rise[0]) / step)):
        c.fill(box(span[0], rise[0] + i * step + step * 0.2, span[1], rise[0] + i * step + step * 0.6), tone)


def fringe_of(c: Canvas, paint: Paint, span: tuple[float, float], y: float, length: float) -> None:
    """Threads `length` long hanging from an edge at y."""
    count = round((span[1] - span[0]) / 17)
    for i in range(count):
        x = span[0] + (i + 0.5) * (span[1] - span[0]) / count
        c.line(
            np.array([[x, y], [x + 4 * ((i * 7) % 3 - 1), y + length]]), 7, paint.plain().lit(-0.06 + 0.08 * (i % 2))
        )
