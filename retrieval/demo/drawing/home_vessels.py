"""Vases and baskets."""

import numpy as np

from retrieval.demo.drawing.canvas import Canvas
from retrieval.demo.drawing.look import Look
from retrieval.demo.drawing.materials import paint_of
from retrieval.demo.drawing.parts import DARK, FLOOR, PAPER, disc_top
from retrieval.demo.drawing.paths import arc, box, oval, spline

_PROFILES: dict[str, tuple[float, ...]] = {
    "urn": (44, 36, 70, 112, 120, 96, 58),
    "ball": (30, 28, 84, 128, 130, 96, 50),
    "cylinder": (78, 80, 82, 84, 84, 84, 80),
    "amphora": (40, 34, 60, 116, 104, 66, 40),
    "flare": (104, 74, 54, 56, 74, 80, 62),
    "shoulder": (34, 32, 40, 110, 104, 88, 70),
    "rings": (56, 84, 60, 96, 66, 98, 70),
}
_BOTTLES: dict[str, tuple[float, ...]] = {
    "long neck": (22, 16, 17, 24, 84, 98, 66),
    "flask": (24, 18, 22, 70, 104, 106, 84),
    "drop": (20, 15, 18, 40, 90, 112, 80),
}


def vase(c: Canvas, look: Look) -> None:
    """A vase: thrown profiles by the product's choice, bottles, jugs with a handle, tall ones for the floor."""
    form = look.form(("bud vase", "floor vase", "jug", "bottle vase"))
    high = look.measure("height", 26)
    tall = {"floor vase": 560.0, "bud vase": 300.0}.get(form, 330 + (high - 17) * 8)
    bottle = form in ("bottle vase", "bud vase") or look.measure("opening", 8) < 4
    shapes = _BOTTLES if bottle else _PROFILES
    name = look.pick("profile", tuple(shapes))
    girth = look.vary("girth", 0.9, 1.25) * (tall / 400) ** 0.55
    if form == "jug":
        name, shapes = look.pick("jug", ("urn", "shoulder", "amphora")), _PROFILES
    top = FLOOR - tall
    right = [(500 + wide * girth, top + tall * i / 6) for i, wide in enumerate(shapes[name])]
    if form == "jug":
        x, y = right[1]
        grip = spline(
            (1000 - x, y), (1000 - x - 110 * girth, y + 30), (1000 - x - 90 * girth, y + tall * 0.36),
            (1000 - right[3][0], right[3][1]), closed=False,
        )  # fmt: skip
        c.line(grip, 26, look.main.plain())
    stems = look.pick("stems", (True, False)) and form != "jug"
    if stems:
        _stems(c, look, top)
    _pot(c, look, right)


def _stems(c: Canvas, look: Look, top: float) -> None:
    count, twig = look.pick("stem count", (1, 2, 3)), paint_of("walnut").plain()
    for i in range(count):
        lean = (i - (count - 1) / 2) * 76 + look.vary("lean", -26, 26)
        bend = spline((500, top + 60), (500 + lean * 0.3, top - 60), (500 + lean, top - 190 + 22 * i), closed=False)
        c.line(bend, 5, twig)
        for spot in (16, 22, 27):
            x, y = bend[min(spot, len(bend) - 1)]
            for way in (-1, 1):
                leaf = spline((x, y, 1), (x + way * 18, y - 22), (x + way * 42, y - 26, 1), (x + way * 26, y - 4))
                c.fill(leaf, paint_of("cotton", look.pick("leaf", ("sage", "olive", "moss"))).plain().lit(0.1 * way))


def _pot(c: Canvas, look: Look, right: list[tuple[float, float]]) -> None:
    left = [(1000 - x, y) for x, y in reversed(right)]
    rim_y, half = right[0][1], right[0][0] - 500
    body = spline(
        (*right[0], 1), *right[1:-1], (*right[-1], 1), (500, right[-1][1] + 12), (*left[0], 1), *left[1:-1],
        (*left[-1], 1),
    )  # fmt: skip
    glassy = look.material == "glass"
    if glassy:
        c.fill(oval(500, rim_y, half, half * 0.2), look.main.thinned(0.5))
    else:
        c.fill(oval(500, rim_y, half, half * 0.22 + 3), look.main.lit(-0.55).plain())
    c.fill(body, (look.main.thinned(0.62) if glassy else look.main).shaped("tube"))
    if glassy:
        water = [(x - 9 if x > 500 else x + 9, y) for x, y in right[3:]]
        mirror = [(1000 - x, y) for x, y in reversed(water)]
        c.fill(
            spline((*water[0], 1), *water[1:-1], (*water[-1], 1), (*mirror[0], 1), *mirror[1:-1], (*mirror[-1], 1)),
            look.main.lit(-0.1).thinned(0.35),
        )
        c.line(body, 5, look.main.lit(-0.35).thinned(0.6))
        shine = [(1000 - x + 20, y) for x, y in right[2:5]]
        c.line(spline(*shine, closed=False), 10, PAPER.thinned(0.65))
    elif look.material in ("stoneware", "ceramic") and look.pick("dipped", (True, False)):
        c.shade(np.array([*right[4:], *left[:3]]), 0.16, 3)
    c.line(
        arc(500, rim_y, half, half * 0.22 + 3, (0, 360)),
        6,
        look.main.lit(0.16).plain() if not glassy else PAPER.thinned(0.7),
    )
    if look.pick("band", (True, False, False)) and not glassy:
        x, y = right[3]
        c.line(arc(500, y, x - 500, 16, (2, 178)), 5, DARK.thinned(0.3))


def basket(c: Canvas, look: Look) -> None:
    """A basket: woven walls, an open mouth, two handles; tall with a lid for laundry, wide for logs."""
    form = look.form(("laundry", "log basket"))
    high = 190 + (look.measure("height", 34) - 26) * 8.5
    half = (150 + (look.measure("width", 38) - 30) * 5) * (
        1.3 if form == "log basket" else 0.9 if form == "laundry" else 1.0
    )
    top, flare = FLOOR - high, look.vary("flare", 0.8, 1.06)
    mouth = half * 0.24
    c.fill(oval(500, top, half, mouth), look.main.lit(-0.6).plain())
    if form == "log basket":
        for i in range(5):
            x = 500 + (i - 2) * half * 0.34
            c.fill(oval(x, top - 10 - 20 * (i % 2), half * 0.2, half * 0.19), paint_of("pine").lit(-0.1))
            c.fill(oval(x, top - 10 - 20 * (i % 2), half * 0.15, half * 0.14), paint_of("ash").lit(0.1))
    bulge = look.pick("wall", (0.0, 0.12, 0.2))
    sides = spline(
        (500 + half, top, 1), (500 + half * (flare + bulge), (top + FLOOR) / 2), (500 + half * flare, FLOOR - 16),
        (500 + half * flare * 0.8, FLOOR, 1), (500 - half * flare * 0.8, FLOOR, 1), (500 - half * flare, FLOOR - 16),
        (500 - half * (flare + bulge), (top + FLOOR) / 2), (500 - half, top, 1), (500 - half * 0.6, top + mouth * 0.8),
        (500, top + mouth), (500 + half * 0.6, top + mouth * 0.8),
    )  # fmt: skip
    c.fill(sides, look.main.shaped("tube"))
    if look.second == "cotton":
        lining = np.concatenate(
            [arc(500, top, half * 1.01, mouth, (0, 180)), arc(500, top + 44, half * 1.0, mouth, (180, 0))]
        )
        c.fill(lining, look.accent.lit(0.05).puffed(8), cast=0.2)
    else:
        c.line(arc(500, top, half, mouth, (0, 360)), 16, look.main.plain().lit(0.04))
    _grips(c, look, half, top + mouth * 0.5)
    if look.second == "pine":
        disc_top(c, look.accent, (500, top - 14), rx=half * 1.02, ry=mouth, thick=16)
        c.fill(oval(500, top - 22, 20, 14), look.accent.shaped("ball"))
    elif look.material in ("cotton", "jute") and look.pick("stripe", (True, False)):
        c.shade(box(500 - half * 1.1, top + high * 0.6, 500 + half * 1.1, FLOOR + 10), 0.3)


def _grips(c: Canvas, look: Look, half: float, y: float) -> None:
    paint = look.accent if look.second == "leather" else look.main.plain().lit(-0.12)
    if look.pick("grips", (True, False)) or look.second == "leather":
        for way in (-1, 1):
            x = 500 + way * half * 0.98
            c.line(
                spline((x - way * 34, y + 10), (x + way * 12, y - 62), (x + way * 30, y + 40), closed=False), 14, paint
            )
    else:
        c.line(arc(500, y + 24, 52, 44, (180, 360)), 14, paint, cast=0.3)
