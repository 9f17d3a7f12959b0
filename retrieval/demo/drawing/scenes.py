"""Scenes: the quiet ground behind a product, a set for the second view, and the shadow that ties it down."""

from dataclasses import replace
from functools import cache
from typing import Literal

import numpy as np
from PIL import Image, ImageFilter

from retrieval.demo.drawing.canvas import Canvas, Light, Paint
from retrieval.demo.drawing.look import Look
from retrieval.demo.drawing.materials import paint_of, solid
from retrieval.demo.drawing.palette import GROUNDS, Rgb, blend, ramp, rgb
from retrieval.demo.drawing.paths import box, oval, poly, spline

Stand = Literal["floor", "top", "wall", "hang", "flat", "laid"]
"""Where a product belongs: on the floor, on a table, on the wall, hung from above, flat on the floor, on a tray."""


def studio(size: int, look: Look) -> Image.Image:
    """A plain tinted ground, lighter behind the product, the floor a shade deeper."""
    tone = rgb(look.pick("ground", GROUNDS))
    across = np.linspace(-1, 1, size, dtype=np.float32)[None, :]
    down = np.linspace(-1, 1, size, dtype=np.float32)[:, None]
    glow = np.exp(-1.1 * ((across - look.vary("glow", -0.3, 0.3)) ** 2 + (down + 0.25) ** 2))
    edge = (down - look.vary("horizon", 0.38, 0.62)) * look.pick("edge", (5, 10, 18))
    light = 0.22 * glow - 0.14 - 0.08 * (1 + np.tanh(edge)) - 0.06 * down
    return _toned(tone, light + _backdrop(look, across, down))


def _backdrop(look: Look, across: Light, down: Light) -> Light:
    """Light of a quiet shape on the wall: a disc, an arch, a slanting beam, or nothing."""
    kind = look.pick("backdrop", ("disc", "arch", "beam", "none"))
    x, y = look.vary("backdrop x", -0.4, 0.4), look.vary("backdrop y", -0.4, 0.1)
    size, tone = look.vary("backdrop size", 0.45, 0.72), look.pick("backdrop tone", (-0.13, 0.13))
    far = np.hypot(across - x, down - y)
    if kind == "arch":
        far = np.where(down > y, np.abs(across - x), far)
    elif kind == "beam":
        far = np.abs(across * 0.8 + (down - y) * 0.5 - x) + 0.3
    elif kind == "none":
        return np.zeros_like(far)
    return tone * np.clip((size - far) * 60, 0, 1)


def room(size: int, look: Look, line: float) -> Image.Image:
    """A wall and a floor meeting at `line` units, with what the product's own choice puts on the wall."""
    tone = rgb(look.pick("ground", GROUNDS))
    wall, wood = (
        blend(tone, rgb(look.pick("wall", ("#c9b8a4", "#b4c0b4", "#b9b3c4", "#b3bfca", "#d0b7a6"))), 0.5),
        rgb("#cdb597"),
    )
    c = Canvas(size, look.seed)
    c.fill(box(-5, -5, 1005, line + 5), _flat(wall))
    c.fill(box(-5, line, 1005, 1005), Paint(ramp(wood, 0.7), texture="oak", strength=0.6, fall=-0.1, light=0.1))
    for y in (line + 60, line + 138):
        c.fill(box(-5, y, 1005, y + 2), solid(blend(wood, (60, 40, 30), 0.35)).thinned(0.5))
    c.fill(box(-5, line - 22, 1005, line + 2), _flat(blend(wall, (255, 255, 255), 0.55)).lit(-0.05))
    return c.layer.convert("RGB")


def _flat(tone: Rgb) -> Paint:
    return Paint(ramp(tone, 0.55), fall=0.12)


def plinth(size: int, look: Look, top: float) -> Image.Image:
    """A round-arched niche and a plinth whose upper edge is at `top` units, for things that stand on a table."""
    tone = rgb(look.pick("ground", GROUNDS))
    deep = blend(tone, rgb(look.pick("wall", ("#c9b8a4", "#b4c0b4", "#b9b3c4", "#b3bfca", "#d0b7a6"))), 0.62)
    c = Canvas(size, look.seed)
    c.fill(box(-5, -5, 1005, 1005), _flat(tone))
    arch = spline((170, top + 4, 1), (170, 420), (270, 190), (500, 105), (730, 190), (830, 420), (830, top + 4, 1))
    c.fill(arch, _flat(deep))
    c.fill(
        poly((60, top - 30), (940, top - 30), (1005, top + 42), (-5, top + 42)),
        _flat(blend(tone, (255, 255, 255), 0.35)).lit(0.1),
    )
    c.fill(box(-5, top + 40, 1005, 1005), _flat(blend(tone, (120, 100, 90), 0.14)))
    return c.layer.convert("RGB")


def tray(size: int, look: Look) -> Image.Image:
    """A round stone or wooden tray seen from above, for small things laid down."""
    tone = rgb(look.pick("ground", GROUNDS))
    c = Canvas(size, look.seed)
    c.fill(box(-5, -5, 1005, 1005), _flat(blend(tone, rgb("#b9ab9a"), 0.3)))
    x, y = look.vary("tray x", 470, 530), look.vary("tray y", 470, 530)
    c.fill(oval(x + 14, y + 22, 436, 436), solid((70, 55, 50)).thinned(0.16))
    kind = look.pick("tray", ("marble", "oak", "stoneware", "cloth"))
    stuff = _flat(blend(tone, (255, 255, 255), 0.4)) if kind == "cloth" else paint_of(kind).lit(0.1)
    c.fill(oval(x, y, 430, 430), replace(stuff, strength=0.5).puffed(14, 0.4))
    c.fill(oval(x, y, 398, 398), replace(stuff, strength=0.5).lit(-0.03))
    return c.layer.convert("RGB")


def _toned(tone: Rgb, light: Light) -> Image.Image:
    index = np.clip(light * 127 + 128, 0, 255).astype(np.uint8)
    return Image.fromarray(ramp(tone, 0.6)[index])


def set_on_floor(ground: Image.Image, layer: Image.Image) -> None:
    """Lay the shadow of whatever stands: its outline thrown flat, and a soft dark close under it."""
    size = ground.width
    alpha = layer.getchannel("A")
    frame = alpha.getbbox()
    if frame is None:
        return
    left, top, right, bottom = frame
    high = max(4, round((bottom - top) * 0.07))
    thrown = alpha.crop((left, top + round((bottom - top) * 0.35), right, bottom)).resize((right - left, high))
    veil = Image.new("L", ground.size)
    veil.paste(
        thrown.transpose(Image.Transpose.FLIP_TOP_BOTTOM), (left + round(size * 0.006), bottom - round(high * 0.72))
    )
    veil = _blurred(veil, size * 0.011)
    ground.paste((48, 38, 36), mask=veil.point([round(value * 0.34) for value in range(256)]))
    wide = round((right - left) * 1.16)
    deep = max(6, round(min(size * 0.09, wide * 0.13)))
    spot = _spot(128).resize((wide, deep)).point([round(value * 0.3) for value in range(256)])
    ground.paste((54, 42, 40), ((left + right - wide) // 2, bottom - round(deep * 0.62)), spot)


def set_on_wall(ground: Image.Image, layer: Image.Image, depth: float) -> None:
    """Lay the soft shadow of something hanging `depth` units before a wall, lit from the upper left."""
    size = ground.width
    veil = Image.new("L", ground.size)
    step = depth * size / 1000
    veil.paste(layer.getchannel("A"), (round(step * 0.55), round(step)))
    veil = _blurred(veil, step * 1.1)
    ground.paste((58, 46, 44), mask=veil.point([round(value * 0.3) for value in range(256)]))


def _blurred(mask: Image.Image, radius: float) -> Image.Image:
    small = mask.resize((max(1, mask.width // 4), max(1, mask.height // 4)), Image.Resampling.BOX)
    return small.filter(ImageFilter.GaussianBlur(radius / 4)).resize(mask.size, Image.Resampling.BILINEAR)


def props(c: Canvas, look: Look) -> None:
    """What a room has beside the product: a framed print, a plant or a hanging lamp, in quiet tones."""
    which = look.pick("prop", ("print", "plant", "prints", "window"))
    side = look.pick("prop side", (0.0, 1.0))
    x = 150 + 700 * side
    if which in ("print", "prints"):
        for i in range(1 if which == "print" else 2):
            _print(c, look, x + (i * 150 - 75 * (which == "prints")) * (1 - 2 * side), 190 + 40 * i)
    elif which == "window":
        c.fill(poly((x - 110, 60), (x + 90, 60), (x + 150, 430), (x - 50, 430)), solid((255, 250, 236)).thinned(0.3))
    else:
        _plant(c, x + (70 if side else -70))


def _print(c: Canvas, look: Look, x: float, y: float) -> None:
    tone = rgb(look.pick("print", ("#b7714f", "#7d8c74", "#5d7184", "#c49a4e")))
    c.fill(box(x - 62, y, x + 62, y + 160), paint_of(look.pick("frame", ("oak", "walnut"))), cast=0.0)
    c.fill(box(x - 54, y + 8, x + 54, y + 152), solid(rgb("#f5f0e7"), 0.5))
    c.fill(oval(x - 6, y + 76, 30, 34), solid(tone, 0.6))
    c.fill(box(x - 36, y + 96, x + 36, y + 124, 8), solid(blend(tone, (240, 230, 215), 0.45), 0.6))


def _plant(c: Canvas, x: float) -> None:
    leaf = Paint(ramp(rgb("#6d8467"), 0.9))
    for i, (dx, dy) in enumerate(((-70, -190), (-30, -270), (20, -300), (64, -240), (84, -160), (-90, -110))):
        tip = (x + dx, 660 + dy)
        middle = ((x + tip[0]) / 2 + (26 if i % 2 else -26), (640 + tip[1]) / 2)
        c.fill(
            spline((x, 650, 1), (middle[0] - 20, middle[1]), (*tip, 1), (middle[0] + 22, middle[1] + 8)),
            leaf.lit(-0.2 + 0.09 * i),
        )
    c.fill(
        poly((x - 52, 640, 6), (x + 52, 640, 6), (x + 40, 745, 12), (x - 40, 745, 12)),
        paint_of("stoneware").shaped("tube"),
    )


@cache
def _spot(size: int) -> Image.Image:
    """A round soft spot of `size` pixels, 255 in the middle, stretched to any oval shadow or glow."""
    place = np.linspace(-1, 1, size, dtype=np.float32)
    far = place[None, :] ** 2 + place[:, None] ** 2
    return Image.fromarray((255 * np.clip(1 - far, 0, 1) ** 1.6).astype(np.uint8))
