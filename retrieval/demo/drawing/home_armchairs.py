"""Armchairs: wing, lounge, swivel and tub chairs, and woven ones."""

import numpy as np

from retrieval.demo.drawing.canvas import Canvas, Paint
from retrieval.demo.drawing.home_sofas import arm_of
from retrieval.demo.drawing.look import Look
from retrieval.demo.drawing.materials import paint_of
from retrieval.demo.drawing.parts import FLOOR, buttons, leg, post, rod, seam
from retrieval.demo.drawing.paths import box, mirrored, oval, poly, spline


def armchair(c: Canvas, look: Look) -> None:
    """An armchair: wing, lounge, swivel and tub chairs have their own outlines, rattan its own weave."""
    form = look.form(("wing chair", "lounge chair", "swivel", "tub chair"))
    if not form and look.measure("height", 80) >= 98:
        form = "wing chair"
    half = 178 + (look.measure("width", 76) - 76) * 2.6
    drawer = {"wing chair": _wing, "lounge chair": _lounge, "tub chair": _tub, "swivel": _tub}.get(form, _club)
    if look.material == "rattan":
        _rattan_chair(c, look, half)
        return
    drawer(c, look, half)


def _stand(c: Canvas, look: Look, half: float, base: float) -> None:
    if look.says("swivel"):
        paint = look.accent if look.second in ("brass", "steel") else look.metal
        post(c, paint, 500, base - 6, FLOOR - 12, width=26)
        c.fill(oval(500, FLOOR - 10, half * 0.62, 17), paint.lit(-0.25).shaped("tube"))
        c.fill(oval(500, FLOOR - 15, half * 0.62, 15), paint.lit(0.05).shaped("tube"))
        return
    for way in (-1, 1):
        leg(c, look.legs.lit(-0.42), (500 + way * half * 0.55, base - 8), FLOOR - 12, width=18)
        leg(c, look.legs, (500 + way * half * 0.8, base - 8), lean=way * look.vary("lean", 4, 24), width=26)


def _club(c: Canvas, look: Look, half: float) -> None:
    base = FLOOR - look.vary("lift", 58, 104)
    seat, top = base - 112, FLOOR - 335 - 2.4 * look.measure("height", 84)
    arm = look.pick("arm width", (50.0, 68.0, 86.0))
    _stand(c, look, half, base)
    radius = look.pick("corner", (30.0, 60.0, 110.0))
    c.fill(
        box(500 - half + arm * 0.4, top + 90, 500 + half - arm * 0.4, seat + 60, radius), look.main.lit(-0.1).puffed(36)
    )
    cushion = box(500 - half + arm + 2, top + 116, 500 + half - arm - 2, seat + 20, 36)
    c.fill(cushion, look.main.lit(0.04).puffed(40), cast=0.25)
    if look.pick("tufts", (True, False, False)):
        buttons(c, look.main, [(500 + x * half * 0.28, top + 190 + y * 60) for x in (-1, 0, 1) for y in (0, 1)], 20)
    c.fill(
        box(500 - half + arm - 2, seat - 14, 500 + half - arm + 2, base - 30, 30),
        look.main.lit(0.14).puffed(36),
        cast=0.3,
    )
    c.fill(box(500 - half + 8, base - 44, 500 + half - 8, base + 8, 12), look.main.lit(-0.16).puffed(14))
    for x, way in ((500 - half, arm), (500 + half, -arm)):
        arm_of(c, look, x, way, (seat, base))


def _wing(c: Canvas, look: Look, half: float) -> None:
    base = FLOOR - look.vary("lift", 76, 100)
    seat, top = base - 116, base - 440 - look.vary("wing height", 0, 50)
    _stand(c, look, half, base)
    back = spline(
        *mirrored(
            (500, top - 8), (500 + half * 0.5, top + 8), (500 + half * 0.78, top + 60), (500 + half * 0.7, seat + 40, 1)
        )
    )
    c.fill(back, look.main.lit(-0.02).puffed(46))
    buttons(
        c, look.main,
        [(500 + x * half * 0.3, top + 90 + y * 66) for x in (-1, 0, 1) for y in (0, 1, 2)][:: 1 if look.pick("tufts",
        (True, False)) else 9], 18,
    )  # fmt: skip
    for way in (-1, 1):
        wing = spline(
            (500 + way * half * 0.62, top + 22), (500 + way * half * 0.98, top + 44),
            (500 + way * half * 1.04, top + 130), (500 + way * half * 0.9, seat - 90),
            (500 + way * half * 0.9, seat + 30, 1), (500 + way * half * 0.6, seat + 30, 1),
            (500 + way * half * 0.66, top + 190),
        )  # fmt: skip
        c.fill(wing, look.main.lit(-0.1).puffed(36), cast=0.25)
    c.fill(
        box(500 - half * 0.66, seat - 16, 500 + half * 0.66, base - 34, 30), look.main.lit(0.14).puffed(36), cast=0.3
    )
    c.fill(box(500 - half + 16, base - 48, 500 + half - 16, base + 6, 12), look.main.lit(-0.15).puffed(14))
    for way in (-1, 1):
        x = 500 + way * half * 0.84
        c.fill(box(x - 32, seat - 44, x + 32, base + 6, 14), look.main.lit(-0.06).puffed(26))
        c.fill(oval(x, seat - 46, 44, 36), look.main.lit(0.06).puffed(24), cast=0.3)


def _lounge(c: Canvas, look: Look, half: float) -> None:
    wood = look.legs
    seat, top = FLOOR - 190, FLOOR - 440 - look.vary("tall", 0, 60)
    wide = half * 1.08
    for way in (-1, 1):
        rod(c, wood.lit(-0.3), (500 + way * wide * 0.8, seat + 20), (500 + way * wide * 0.86, FLOOR - 12), 17)
    c.fill(
        poly((500 - half * 0.78, top, 44), (500 + half * 0.78, top, 44), (500 + half * 0.86, seat + 10, 20),
        (500 - half * 0.86, seat + 10, 20)), look.main.puffed(42),
    )  # fmt: skip
    if look.pick("channels", (True, False)):
        for i in range(1, 4):
            y = top + (seat - top) * i / 4
            seam(c, np.array([[500 - half * 0.76, y], [500 + half * 0.76, y]]), 4, 0.55)
    else:
        c.fill(
            box(500 - half * 0.6, top + 22, 500 + half * 0.6, top + 98, 30), look.main.lit(0.1).puffed(28), cast=0.25
        )
    c.fill(
        poly((500 - half * 0.84, seat - 22, 26), (500 + half * 0.84, seat - 22, 26), (500 + half * 0.92, seat + 74, 30),
        (500 - half * 0.92, seat + 74, 30)), look.main.lit(0.12).puffed(40), cast=0.32,
    )  # fmt: skip
    c.fill(box(500 - wide, seat + 62, 500 + wide, seat + 84, 8), wood.lit(-0.05))
    for way in (-1, 1):
        x = 500 + way * wide
        rod(c, wood, (x, seat - 92), (x + way * 6, FLOOR), 22)
        c.fill(
            poly((x - way * 26, seat - 112, 10), (x + way * 34, seat - 106, 10), (x + way * 34, seat - 84, 10),
            (x - way * 26, seat - 86, 10)), wood.lit(0.14), cast=0.25,
        )  # fmt: skip


def _tub(c: Canvas, look: Look, half: float) -> None:
    base = FLOOR - (70 if look.says("swivel") else look.vary("lift", 48, 90))
    seat, top = base - 112, base - 320 - look.vary("tall", 0, 50)
    _stand(c, look, half, base)
    shell = spline(
        *mirrored((500, top), (500 + half * 0.7, top + 34), (500 + half, top + 150), (500 + half * 0.97, base - 60),
        (500 + half * 0.82, base + 4), (500, base + 10)),
    )  # fmt: skip
    c.fill(shell, look.main.lit(-0.1).puffed(44))
    inner = spline(
        *mirrored((500, top + 34), (500 + half * 0.54, top + 58), (500 + half * 0.68, top + 160),
        (500 + half * 0.66, seat + 20, 1)),
    )  # fmt: skip
    c.fill(inner, look.main.lit(-0.2).puffed(20, -0.3))
    if look.pick("channels", (True, True, False)):
        for i in range(-3, 4):
            x = 500 + i * half * 0.18
            seam(c, np.array([[x, top + 48 + abs(i) * 7], [x * 0.98 + 10, seat - 16]]), 4, 0.6)
    c.fill(
        box(500 - half * 0.72, seat - 18, 500 + half * 0.72, base - 40, 34), look.main.lit(0.14).puffed(38), cast=0.34
    )


def _rattan_chair(c: Canvas, look: Look, half: float) -> None:
    seat, top, cloth = FLOOR - 210, FLOOR - 470 - look.vary("tall", 0, 60), paint_of("linen", "cream")
    cane: Paint = look.main
    for way in (-1, 1):
        leg(c, cane.plain().lit(-0.3), (500 + way * half * 0.6, seat + 40), FLOOR - 12, width=18)
        leg(c, cane.plain(), (500 + way * half * 0.84, seat + 40), lean=way * 12, width=22)
    flare = look.vary("flare", 0.84, 1.08)
    back = spline(
        *mirrored((500, top), (500 + half * 0.7 * flare, top + 30), (500 + half * flare, top + 150),
        (500 + half * 0.98, seat - 10), (500 + half * 0.86, seat + 74), (500, seat + 84)),
    )  # fmt: skip
    c.fill(back, cane.lit(-0.06).puffed(30))
    c.fill(
        spline(*mirrored((500, top + 44), (500 + half * 0.56, top + 64), (500 + half * 0.72, top + 170),
        (500 + half * 0.7, seat + 10, 1))), cane.lit(-0.3),
    )  # fmt: skip
    c.line(np.array(back), 13, cane.plain().lit(0.04))
    if look.pick("back cushion", (True, False)):
        c.fill(box(500 - half * 0.5, top + 116, 500 + half * 0.5, seat - 6, 40), cloth.puffed(40), cast=0.3)
    c.fill(box(500 - half * 0.7, seat - 30, 500 + half * 0.7, seat + 36, 28), cloth.lit(0.05).puffed(30), cast=0.35)
