"""Hats: beanies, brims, berets and caps."""

import numpy as np

from retrieval.demo.drawing.canvas import Canvas, Paint
from retrieval.demo.drawing.look import Look
from retrieval.demo.drawing.materials import metal, paint_of
from retrieval.demo.drawing.parts import DARK, FLOOR, seam
from retrieval.demo.drawing.paths import arc, box, mirrored, oval, poly, spline


def hat(c: Canvas, look: Look) -> None:
    """A hat: beanie, bucket hat, sun hat, fedora, beret or cap."""
    form = look.form(("beanie", "bucket hat", "sun hat", "fedora", "beret", "cap"), "cap")
    {"beanie": _beanie, "bucket hat": _bucket, "sun hat": _brimmed, "fedora": _brimmed, "beret": _beret, "cap": _cap}[
        form
    ](c, look)


def _beanie(c: Canvas, look: Look) -> None:
    low = FLOOR - 20
    c.fill(
        spline(*mirrored((500, 396 - look.vary("slouch", 0, 60)), (590, 414 - look.vary("slouch", 0, 50)), (668, 500),
        (690, low - 110, 1), (500, low - 100))), look.knit.puffed(44, 0.5),
    )  # fmt: skip
    if look.pick("pompom", (True, False, False)):
        c.fill(
            oval(500, 380, 66, 60),
            paint_of("bouclé", look.pick("pom", ("cream", "grey", "sand"))).shaped("ball"),
            cast=0.2,
        )
    cuff = look.vary("cuff", 84, 170)
    for i in range(look.pick("beanie stripes", (0, 0, 1, 3))):
        c.line(
            arc(500, low - cuff - 46 - 44 * i, 178 - 13 * i, 16, (6, 174)),
            look.vary("beanie stripe", 14, 30),
            look.main.plain().lit(look.pick("beanie tone", (-0.5, 0.5))),
        )
    c.fill(
        poly((306, low - cuff, 20), (500, low - cuff - 10, 100), (694, low - cuff, 20), (688, low - 6, 30),
        (500, low + 6, 100), (312, low - 6, 30)), look.rib.puffed(26, 0.5), cast=0.3,
    )  # fmt: skip
    if look.pick("label", (True, False)):
        c.fill(box(596, low - 70, 648, low - 36, 4), paint_of("leather", "tan"), cast=0.2)


def _bucket(c: Canvas, look: Look) -> None:
    brim = 70 + look.measure("brim", 6) * 14
    low = FLOOR - 20
    c.fill(
        spline(*mirrored((500, low - brim + 10), (500 + 175, low - brim + 6, 1), (500 + 200 + brim * 0.5, low - 10, 1),
        (640, low + 12), (500, low + 18))), look.main.lit(-0.06).puffed(16), cast=0.0,
    )  # fmt: skip
    for i in range(3):
        y = low - brim + 40 + i * brim * 0.26
        c.line(arc(500, y - 20, 186 + i * brim * 0.14, 26, (10, 170)), 2.6, DARK.thinned(0.22))
    c.fill(
        spline(*mirrored((500, 416), (630, 426), (656, 450), (680, low - brim + 8, 1), (500, low - brim + 26))),
        look.main.lit(0.04).puffed(30, 0.5),
        cast=0.25,
    )
    seam(c, arc(500, 440, 150, 16, (0, 180)), 3, 0.4)
    for way in (-1, 1):
        c.fill(oval(500 + way * 80, 520, 6, 6), metal("steel"))


def _brimmed(c: Canvas, look: Look) -> None:
    sun = look.says("sun hat")
    wide = (270 if sun else 230) + look.measure("brim", 10 if sun else 6.5) * (11 if sun else 10)
    y, crown = FLOOR - 90, 168.0
    c.fill(oval(500, y, wide, 82 if sun else 58), look.main.lit(-0.02).puffed(20, 0.4))
    c.shade(oval(506, y - 4, crown + 26, 40), 0.3, 20)
    top = y - look.vary("crown", 190, 240)
    if sun or look.pick("crown shape", ("pinch", "round")) == "round":
        shape = spline(
            *mirrored(
                (500, top), (580, top + 12), (500 + crown * 0.9, top + 80), (500 + crown, y - 6, 1), (500, y + 24)
            )
        )
    else:
        shape = spline(
            (500 - crown, y - 6, 1), (500 - crown * 0.92, top + 70), (420, top + 4), (500, top + 26), (586, top),
            (500 + crown * 0.9, top + 70), (500 + crown, y - 6, 1), (500, y + 24),
        )  # fmt: skip
    c.fill(shape, look.main.lit(0.05).puffed(40, 0.5))
    band: Paint = (
        paint_of("leather", "brown")
        if look.pick("band", (True, False))
        else paint_of("satin", "black" if look.colour != "black" else "cream")
    )
    ribbon = np.concatenate([arc(500, y - 8, crown + 1, 30, (180, 0)), arc(500, y - 46, crown * 0.985, 30, (0, 180))])
    c.fill(ribbon, band.plain().shaped("tube"))
    if sun and look.pick("tail", (True, False)):
        c.fill(
            spline((640, y - 20, 1), (700, y + 10), (742, y + 60, 1), (712, y + 66, 1), (660, y + 20)),
            band.plain().lit(0.1),
            cast=0.2,
        )


def _beret(c: Canvas, look: Look) -> None:
    low = FLOOR - 40
    c.fill(box(392, low - 60, 628, low, 26), look.rib.lit(-0.2))
    tilt = look.pick("tilt", (-1, 1))
    c.fill(
        spline((500 - 250, low - 150), (500 - 180, low - 250 - 20 * tilt), (500, low - 290),
        (500 + 180, low - 250 + 20 * tilt), (500 + 254, low - 150), (500 + 150, low - 56), (500, low - 40),
        (500 - 150, low - 56)), look.main.puffed(60, 0.6), cast=0.2,
    )  # fmt: skip
    c.line(spline((500, low - 286), (506 + tilt * 10, low - 316), closed=False), 11, look.main.plain())


def _cap(c: Canvas, look: Look) -> None:
    low = FLOOR - 50
    c.fill(
        spline((330, low - 30, 1), (326, low - 180), (420, low - 288), (530, low - 290), (630, low - 220),
        (662, low - 60, 1), (520, low - 20)), look.main.puffed(48, 0.5),
    )  # fmt: skip
    for start, bend in ((470, -40), (556, 46)):
        seam(
            c, spline((500, low - 292), (start + bend * 0.7, low - 180), (start + bend, low - 30), closed=False), 3,
            0.45,
        )  # fmt: skip
    c.fill(oval(500, low - 294, 15, 11), look.main.shaped("ball"))
    c.fill(
        spline((420, low - 42, 1), (600, low - 84), (740, low - 56), (850, low + 20), (760, low + 44), (600, low + 10),
        (470, low + 8, 1)), look.main.lit(-0.1).puffed(24, 0.5), cast=0.3,
    )  # fmt: skip
    for i in range(3):
        c.line(
            spline((470 + i * 26, low - 24), (620, low - 56 + i * 20), (800 - i * 20, low + 16), closed=False),
            2.4,
            DARK.thinned(0.24),
        )
    if look.pick("badge", (True, False)):
        c.fill(
            oval(590, low - 150, 34, 30),
            paint_of("wool", "cream" if look.colour not in ("white", "cream") else "navy"),
            cast=0.12,
        )
