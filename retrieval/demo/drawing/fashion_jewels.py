"""Sunglasses, necklaces and bracelets."""

from math import cos, sin

import numpy as np

from retrieval.demo.drawing.canvas import Canvas, Paint
from retrieval.demo.drawing.look import Look
from retrieval.demo.drawing.materials import metal, solid
from retrieval.demo.drawing.palette import rgb
from retrieval.demo.drawing.parts import DARK, PAPER
from retrieval.demo.drawing.paths import Path, arc, box, oval, poly, spline


def sunglasses(c: Canvas, look: Look) -> None:
    """Sunglasses from the front, arms folded behind: round, cat-eye, aviator, square or oval."""
    form = look.form(("round", "cat eye", "aviator", "square", "oval"), look.pick("shape", ("round", "square")))
    wide = 96 + look.measure("lens width", 50) * 1.4
    gap = 16 + look.measure("bridge", 20) * 1.4
    thin = look.material in ("steel", "gold") or form == "aviator"
    rim = 10.0 if thin else look.pick("rim", (16.0, 22.0, 34.0))
    middle = 500.0
    for way in (-1, 1):
        c.line(
            spline((500 + way * (gap + wide * 2 - 8), middle - wide * 0.3),
            (500 + way * (gap + wide * 1.5), middle - wide * 0.46), (500 - way * wide * 0.3, middle - wide * 0.34),
            closed=False), 11 if thin else 17, look.main.plain().lit(-0.3).thinned(0.9),
        )  # fmt: skip
    lens = solid(
        rgb(look.pick("lens", ("#3b3f45", "#6a4a34", "#3c4d45", "#4a5a78", "#7d6a4e", "#6d4450"))), 1.3
    ).thinned(0.88)
    shape = _lens(form, wide) * (1.0, look.vary("lens high", 0.84, 1.14))
    for way in (-1, 1):
        placed = shape * (way, 1) + (500 + way * (gap + wide), middle)
        c.fill(placed, lens)
        c.fill(
            np.array([[500 + way * (gap + wide) - wide * 0.5, middle + wide * 0.3],
            [500 + way * (gap + wide) - wide * 0.1, middle - wide * 0.5], [500 + way * (gap + wide) + wide * 0.14,
            middle - wide * 0.5], [500 + way * (gap + wide) - wide * 0.3, middle + wide * 0.4]]), PAPER.thinned(0.13),
        )  # fmt: skip
        c.line(np.concatenate([placed, placed[:2]]), rim, look.main if not thin else look.main.plain(), cast=0.25)
        c.fill(oval(500 + way * (gap + wide * 1.94), middle - wide * 0.36, 7, 7), metal("gold").shaped("ball"))
    c.line(
        spline((500 - gap - 6, middle - wide * 0.22), (500, middle - wide * 0.4), (500 + gap + 6, middle - wide * 0.22),
        closed=False), rim * 0.9, look.main.plain(), cast=0.2,
    )  # fmt: skip
    if form == "aviator":
        c.line(
            np.array([[500 - gap - wide * 0.5, middle - wide * 0.66], [500 + gap + wide * 0.5, middle - wide * 0.66]]),
            rim, look.main.plain(), cast=0.2,
        )  # fmt: skip


def _lens(form: str, wide: float) -> Path:
    """The right lens about its own middle."""
    w = wide
    if form == "round":
        return oval(0, 0, w * 0.94, w * 0.92)
    if form == "oval":
        return oval(0, 0, w, w * 0.68)
    if form == "cat eye":
        return spline(
            (-w * 0.96, -w * 0.1), (-w * 0.7, -w * 0.46), (w * 0.3, -w * 0.6), (w * 1.12, -w * 0.82, 1),
            (w * 0.94, w * 0.06), (w * 0.3, w * 0.58), (-w * 0.56, w * 0.5),
        )  # fmt: skip
    if form == "aviator":
        return spline(
            (-w * 0.88, -w * 0.6), (0, -w * 0.68), (w * 0.86, -w * 0.56), (w * 0.94, 0), (w * 0.5, w * 0.74),
            (-w * 0.1, w * 0.86), (-w * 0.7, w * 0.3),
        )  # fmt: skip
    return poly((-w, -w * 0.64, 34), (w, -w * 0.7, 34), (w * 0.94, w * 0.56, 50), (-w * 0.88, w * 0.6, 50))


def necklace(c: Canvas, look: Look) -> None:
    """A necklace laid in its curve: a chain with a pendant, links, pearls, beads, or a choker."""
    form = look.form(("pendant", "chain necklace", "pearl", "beaded", "choker"), "chain necklace")
    long = look.measure("chain length", 48 if form != "choker" else 36)
    half, drop = 170 + (long - 36) * 2.2, 190 + (long - 36) * 10.5
    top = 500 - drop * 0.5
    loop = _loop(half, top, drop)
    front = loop[loop[:, 1] > top + drop * 0.06]
    front = front[np.argsort(-np.arctan2(front[:, 0] - 500, front[:, 1] - top))]
    if look.material == "velvet":
        c.line(loop, 26, look.main.plain().lit(-0.3))
        c.line(front, 34, look.main)
        c.fill(oval(500, top + drop + 4, 20, 26), metal("gold").shaped("ball"), cast=0.3)
    elif look.material == "pearl" or form in ("pearl", "beaded"):
        c.line(loop, 5, (metal("gold") if look.material == "pearl" else look.main.plain()).lit(-0.15), cast=0.15)
        _beads(c, look, front)
    elif form == "pendant":
        c.line(loop, 6, look.main.plain(), cast=0.2)
        _pendant(c, look, (500, top + drop))
    else:
        _links(c, look.main, loop, look.pick("links", (9.0, 13.0, 19.0)), look.pick("link", ("round", "long")))


def _loop(half: float, top: float, drop: float) -> Path:
    """A closed necklace, round at the nape and deep in front."""
    right = [
        (500 + half * x, top + drop * y)
        for x, y in ((0.5, -0.24), (0.92, -0.02), (0.96, 0.3), (0.72, 0.68), (0.34, 0.94))
    ]
    left = [(1000 - x, y) for x, y in reversed(right)]
    loop = spline((500, top - drop * 0.33), *right, (500, top + drop), *left)
    return np.concatenate([loop, loop[:1]])


def _even(path: Path, step: float) -> Path:
    """Points every `step` units along a path."""
    lengths = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(path, axis=0).T))])
    spots = np.arange(0, lengths[-1], step)
    return np.stack([np.interp(spots, lengths, path[:, 0]), np.interp(spots, lengths, path[:, 1])], axis=1)


def _links(c: Canvas, paint: Paint, curve: Path, size: float, style: str) -> None:
    spots = _even(curve, size * (1.5 if style == "round" else 2.3))
    for i, (x, y) in enumerate(spots):
        x0, y0 = spots[max(i - 1, 0)]
        x1, y1 = spots[min(i + 1, len(spots) - 1)]
        angle = np.arctan2(y1 - y0, x1 - x0)
        link = oval(0, 0, size * (1.0 if style == "round" else 1.5), size * (0.8 if i % 2 else 0.5))
        turn = np.array([[cos(angle), sin(angle)], [-sin(angle), cos(angle)]])
        c.line(
            np.concatenate([link, link[:1]]) @ turn + (x, y), size * 0.42, paint.lit(0.1 if i % 2 else -0.15), cast=0.12
        )


def _beads(c: Canvas, look: Look, curve: Path) -> None:
    size = look.vary("bead", 12, 21)
    graded = look.pick("graded", (True, False))
    spots = _even(curve, size * 2.05)
    for i, (x, y) in enumerate(spots):
        near = 1 - abs(i / max(len(spots) - 1, 1) * 2 - 1)
        radius = size * ((0.62 + 0.42 * near) if graded else 1.0)
        accent = look.says("beaded") and i % 4 == 0
        c.fill(
            oval(x, y, radius, radius),
            (metal("gold") if accent and look.material == "pearl" else look.main).shaped("ball"),
            cast=0.3,
        )


def _pendant(c: Canvas, look: Look, at: tuple[float, float]) -> None:
    x, y = at
    style, size = (
        look.pick("pendant", ("disc", "drop", "bar", "ring", "stone", "moon")),
        look.vary("pendant size", 0.9, 1.25),
    )
    c.line(oval(x, y + 10, 9, 11), 5, look.main.plain())
    y += 20 * size
    if style == "disc":
        c.fill(oval(x, y + 44 * size, 44 * size, 44 * size), look.main.lit(0.1), cast=0.3)
        c.line(oval(x, y + 44 * size, 34 * size, 34 * size), 3, DARK.thinned(0.3))
    elif style == "drop":
        c.fill(
            spline((x, y, 1), (x + 30 * size, y + 60 * size), (x, y + 96 * size), (x - 30 * size, y + 60 * size)),
            look.main.shaped("ball"),
            cast=0.3,
        )
    elif style == "bar":
        c.fill(box(x - 11, y, x + 11, y + 116 * size, 6), look.main.shaped("tube"), cast=0.3)
    elif style == "ring":
        c.line(oval(x, y + 44 * size, 40 * size, 40 * size), 13, look.main, cast=0.3)
    elif style == "moon":
        c.fill(
            spline((x + 20, y, 1), (x - 34 * size, y + 44 * size), (x + 20, y + 90 * size, 1), (x - 2, y + 44 * size)),
            look.main.lit(0.1),
            cast=0.3,
        )
    else:
        c.fill(
            poly((x, y), (x + 34 * size, y + 34 * size), (x, y + 78 * size), (x - 34 * size, y + 34 * size), r=6),
            solid(rgb(look.pick("stone", ("#3d6b5c", "#7a2f42", "#35507e", "#c48a52"))), 1.4).shaped("ball"),
            cast=0.3,
        )


def bracelet(c: Canvas, look: Look) -> None:
    """A bracelet lying as a ring: cuff, bangle, chain, beads, or leather wound round."""
    form = look.form(("cuff", "bangle", "chain", "beaded", "wrap"), "bangle")
    rx, ry, wide = 260.0, look.vary("seen from", 92, 176), 22 + look.measure("width", 1.0) * 20
    if form in ("beaded", "chain") or look.material == "pearl":
        ring = oval(500, 500, rx, ry + 40)
        closed = np.concatenate([ring, ring[:1]])
        if form == "chain" and look.material != "pearl":
            _links(c, look.main, closed, look.pick("links", (14.0, 18.0, 24.0)), look.pick("link", ("round", "long")))
            c.fill(box(486, 500 + ry + 22, 536, 500 + ry + 58, 12), look.main.lit(0.1), cast=0.3)
        else:
            _beads(c, look, closed)
        return
    if form == "wrap":
        for i in range(look.pick("turns", (2, 3))):
            y = 450 + i * 58
            _band(c, look.main, (rx, ry, 34), y)
        c.fill(oval(500, 450 + ry + 60, 15, 15), metal("brass").shaped("ball"), cast=0.3)
        return
    wide = {"bangle": 20 + look.vary("bangle", 0, 22), "cuff": 60 + look.vary("cuff", 0, 80)}.get(form, wide)
    _band(c, look.main, (rx, ry, wide), 500 - wide / 2)
    if form == "cuff":
        style = look.pick("cuff style", ("plain", "grooves", "hammered"))
        for i in range(1, 4 if style == "grooves" else 1):
            c.line(arc(500, 500 - wide / 2 + wide * i / 4, rx, ry, (4, 176)), 4, DARK.thinned(0.4))
        for i in range(26 if style == "hammered" else 0):
            angle = np.radians(12 + i * 6.2)
            c.shade(
                oval(500 + rx * cos(angle), 500 - wide / 2 + ry * sin(angle) + wide * (0.25 + 0.5 * (i * 7 % 3) / 2),
                13, 11), 0.2 if i % 2 else -0.25, 6,
            )  # fmt: skip


def _band(c: Canvas, paint: Paint, size: tuple[float, float, float], y: float) -> None:
    rx, ry, wide = size
    back = np.concatenate([arc(500, y, rx, ry, (180, 360)), arc(500, y + wide, rx, ry, (360, 180))])
    c.fill(back, paint.lit(-0.5).shaped("tube"))
    front = np.concatenate([arc(500, y, rx, ry, (180, 0)), arc(500, y + wide, rx, ry, (0, 180))])
    c.fill(front, paint.shaped("tube"), cast=0.12)
    c.line(arc(500, y + 2, rx, ry, (178, 2)), 4, PAPER.thinned(0.45))
