"""Canvas: paints outlines, lit and textured, on a see-through layer, with edges smoothed from fourfold masks."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from math import ceil, floor
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from retrieval.demo.drawing.palette import Ramp
from retrieval.demo.drawing.paths import Path
from retrieval.demo.drawing.textures import Patch, relief

FINE = 4  # mask pixels per picture pixel, each way
UNITS = 1000.0
Light = NDArray[np.float32] | NDArray[np.float64]
Form = Literal["flat", "tube", "barrel", "ball"]
"""How light runs over a shape: from top to bottom, round an upright tube, round a lying one, over a ball."""


@dataclass(frozen=True, eq=False)
class Paint:
    """How a surface looks: its ramp and texture, and how this piece of it is lit. Light is in ramp halves, -1 to 1."""

    ramp: Ramp
    texture: str = "plain"
    strength: float = 1.0
    light: float = 0.0
    fall: float = 0.22
    puff: float = 0.0
    plump: float = 0.5
    sheen: float = 0.0
    form: Form = "flat"
    upright: bool = False
    cover: float = 1.0

    def lit(self, light: float) -> "Paint":
        """Lighter or darker by `light`."""
        return replace(self, light=self.light + light)

    def puffed(self, radius: float, plump: float = 0.5) -> "Paint":
        """Padded: edges round off over `radius` units, `plump` strong."""
        return replace(self, puff=radius, plump=plump)

    def shaped(self, form: Form) -> "Paint":
        """Lit as another form."""
        return replace(self, form=form)

    def stood(self) -> "Paint":
        """With its grain running up instead of across."""
        return replace(self, upright=True)

    def thinned(self, cover: float) -> "Paint":
        """Covering less: 0 is invisible, 1 opaque."""
        return replace(self, cover=self.cover * cover)

    def plain(self) -> "Paint":
        """Without texture, for pieces too thin to carry it."""
        return replace(self, texture="plain")


@dataclass(frozen=True, slots=True)
class _Frame:
    left: int
    top: int
    right: int
    bottom: int

    @property
    def size(self) -> tuple[int, int]:
        return self.right - self.left, self.bottom - self.top


class Canvas:
    """A square layer of `size` pixels looking at `1000 / zoom` units about `focus`, textures `grain` times finer."""

    def __init__(
        self, size: int, seed: int, zoom: float = 1.0, focus: tuple[float, float] = (500.0, 500.0), grain: float = 1.0
    ) -> None:
        self.size = size
        self._grain = grain
        self.seed = seed
        self.scale = size / UNITS * zoom
        self._origin = np.array([focus[0] - UNITS / 2 / zoom, focus[1] - UNITS / 2 / zoom])
        self._shift = np.zeros(2)
        self._stretch = np.ones(2)
        self._clip: Image.Image | None = None
        self.layer = Image.new("RGBA", (size, size))

    @contextmanager
    def shifted(self, dx: float, dy: float) -> Generator[None, None, None]:
        """Everything painted meanwhile lands (dx, dy) units further, e.g. the second shoe of a pair."""
        before = self._shift
        self._shift = before + np.array([dx, dy])
        yield
        self._shift = before

    @contextmanager
    def stretched(self, share: float) -> Generator[None, None, None]:
        """Everything painted meanwhile is wider about the middle (below 1 narrower)."""
        before, self._stretch = self._stretch, np.array([share, 1.0])
        yield
        self._stretch = before

    @contextmanager
    def within(self, path: Path) -> Generator[None, None, None]:
        """Everything painted meanwhile stays inside an outline, e.g. stripes on a shirt."""
        points = self._placed(path)
        clip = Image.new("L", (self.size, self.size))
        frame = self._frame(points, 0.0)
        if frame is not None:
            clip.paste(self._mask(points, frame, 0.0), (frame.left, frame.top))
        before, self._clip = self._clip, clip
        yield
        self._clip = before

    def _placed(self, path: Path) -> Path:
        return (self._moved(path) - self._origin) * self.scale

    def _moved(self, path: Path) -> Path:
        middle = np.array([UNITS / 2, 0.0])
        return (path - middle) * self._stretch + middle + self._shift

    def fill(self, path: Path, paint: Paint, cast: float = 0.0) -> None:
        """Paint the inside of an outline; `cast` drops a soft shadow of that strength on what lies below."""
        points = self._placed(path)
        self._apply(points, paint, cast, 0.0)

    def line(self, path: Path, width: float, paint: Paint, cast: float = 0.0) -> None:
        """Paint along an open path, `width` units wide with round ends."""
        self._apply(self._placed(path), paint, cast, max(width * self.scale, 0.35))

    def shade(self, path: Path, strength: float, blur: float = 0.0) -> None:
        """Darken what is already there inside an outline (lighten when negative), softened over `blur` units."""
        points = self._placed(path)
        frame = self._frame(points, blur * self.scale * 2)
        if frame is None:
            return
        mask = _softened(self._mask(points, frame, 0.0), blur * self.scale)
        self._darken(frame, mask, strength)

    def _apply(self, points: Path, paint: Paint, cast: float, width: float) -> None:
        frame = self._frame(points, width)
        if frame is None:
            return
        mask = self._mask(points, frame, width)
        if cast:
            self._cast(points, cast, width)
        body = self._body(points, frame, paint, mask)
        if self._clip is not None:
            mask = ImageChops.multiply(mask, self._clip.crop((frame.left, frame.top, frame.right, frame.bottom)))
        if paint.cover < 1:
            mask = mask.point([round(value * paint.cover) for value in range(256)])
        body.putalpha(mask)
        self.layer.alpha_composite(body, (frame.left, frame.top))

    def _frame(self, points: Path, margin: float) -> _Frame | None:
        left, top = (floor(value - margin) - 1 for value in points.min(axis=0))
        right, bottom = (ceil(value + margin) + 1 for value in points.max(axis=0))
        left, top, right, bottom = max(left, 0), max(top, 0), min(right, self.size), min(bottom, self.size)
        return _Frame(left, top, right, bottom) if right > left and bottom > top else None

    def _mask(self, points: Path, frame: _Frame, width: float) -> Image.Image:
        wide, high = frame.size
        fine = Image.new("L", (wide * FINE, high * FINE))
        local = (points - (frame.left, frame.top)) * FINE - 0.5
        corners = [(float(x), float(y)) for x, y in local]
        pen = ImageDraw.Draw(fine)
        if width:
            pen.line(corners, fill=255, width=max(1, round(width * FINE)), joint="curve")
            radius = width * FINE / 2
            for x, y in (corners[0], corners[-1]):
                pen.ellipse([x - radius, y - radius, x + radius, y + radius], fill=255)
        else:
            pen.polygon(corners, fill=255)
        return fine.reduce(FINE)

    def _cast(self, points: Path, strength: float, width: float) -> None:
        reach = 12 * self.scale
        lowered = points + np.array([2.0, 9.0]) * self.scale
        frame = self._frame(lowered, width + reach)
        if frame is not None:
            self._darken(frame, _softened(self._mask(lowered, frame, width), reach), strength)

    def _darken(self, frame: _Frame, mask: Image.Image, strength: float) -> None:
        place = (frame.left, frame.top, frame.right, frame.bottom)
        under = self.layer.crop(place)
        tone = (255, 250, 240, 255) if strength < 0 else (26, 20, 24, 255)
        veil = Image.new("RGBA", under.size, tone)
        veil.putalpha(mask.point([min(255, round(value * abs(strength))) for value in range(256)]))
        shaded = Image.alpha_composite(under, veil)
        shaded.putalpha(under.getchannel("A"))
        self.layer.paste(shaded, place[:2])

    def _body(self, points: Path, frame: _Frame, paint: Paint, mask: Image.Image) -> Image.Image:
        low, high = points.min(axis=0), points.max(axis=0)
        across = _axis(frame.left, frame.right, low[0], high[0])[None, :]
        down = _axis(frame.top, frame.bottom, low[1], high[1])[:, None]
        light = _form_light(paint, across, down)
        if paint.puff:
            light = light + _puffed(mask, paint, self.scale)
        if paint.texture != "plain":
            anchor = low / self.scale + self._origin
            start = np.array([frame.left, frame.top]) / self.scale + self._origin
            salt = self.seed ^ (round(float(anchor[0])) * 7919 + round(float(anchor[1])) * 104729)
            corner = (float(start[0]) * self._grain, float(start[1]) * self._grain)
            patch = Patch(corner, frame.size, self.scale / self._grain, salt, paint.upright)
            light = light + paint.strength * relief(paint.texture, patch)
        index = np.clip(np.broadcast_to(light + paint.light, mask.size[::-1]) * 127 + 128, 0, 255).astype(np.uint8)
        return Image.fromarray(paint.ramp[index]).convert("RGBA")


def _axis(start: int, stop: int, low: float, high: float) -> NDArray[np.float32]:
    """Where pixels lie between low (-1) and high (1)."""
    return ((np.arange(start, stop, dtype=np.float32) + 0.5 - low) / max(high - low, 1e-6) * 2 - 1).astype(np.float32)


def _form_light(paint: Paint, across: Light, down: Light) -> Light:
    if paint.form == "tube":
        return _round_light(across, paint.sheen) - 0.4 * paint.fall * down
    if paint.form == "barrel":
        return _round_light(down, paint.sheen)
    if paint.form == "ball":
        glow = np.exp(-3.2 * ((across + 0.34) ** 2 + (down + 0.4) ** 2))
        return (0.15 + 1.1 * paint.sheen) * glow - 0.3 * (across**2 * 0.6 + down**2 * (down > 0)) - 0.06 * down
    return -paint.fall * down - 0.25 * paint.fall * across


def _round_light(place: Light, sheen: float) -> Light:
    """Light round a tube seen from the side: a lit band left of the middle, dark to the right, a little bounce."""
    band = np.exp(-9 * (place + 0.36) ** 2)
    bounce = np.exp(-40 * (place - 0.93) ** 2)
    return (0.2 + sheen) * band - 0.42 * np.clip(place, 0, 1) - 0.3 * np.clip(-place - 0.62, 0, 1) + 0.16 * bounce


def _puffed(mask: Image.Image, paint: Paint, scale: float) -> NDArray[np.float32]:
    """Light on a padded edge: up where it faces the light from the upper left, down where it turns away."""
    wide, high = mask.size
    shrink = max(1, min(4, min(wide, high) // 8, floor(paint.puff * scale / 3)))
    radius = max(paint.puff * scale / shrink / 2, 0.6)
    pad = ceil(2 * radius)
    small = mask.resize((max(1, wide // shrink), max(1, high // shrink)), Image.Resampling.BOX)
    field = Image.new("L", (small.width + 2 * pad, small.height + 2 * pad))
    field.paste(small, (pad, pad))
    soft = np.asarray(field.filter(ImageFilter.GaussianBlur(radius)), np.float32) / 255
    step = max(1, round(radius))
    slope = np.roll(soft, -step, 0) - np.roll(soft, step, 0) + 0.45 * (np.roll(soft, -step, 1) - np.roll(soft, step, 1))
    value = paint.plump * slope + paint.sheen * 0.5 * (0.55 - soft) * (slope > -0.2)
    inner = value[pad : pad + small.height, pad : pad + small.width].astype(np.float32)
    return np.asarray(Image.fromarray(inner).resize((wide, high), Image.Resampling.BILINEAR), np.float32)


def _softened(mask: Image.Image, radius: float) -> Image.Image:
    """A mask blurred by about `radius` pixels, worked out small where that is enough."""
    if radius < 0.5:
        return mask
    shrink = max(1, min(4, int(radius // 2)))
    small = mask.resize((max(1, mask.width // shrink), max(1, mask.height // shrink)), Image.Resampling.BOX)
    return small.filter(ImageFilter.GaussianBlur(radius / shrink / 2)).resize(mask.size, Image.Resampling.BILINEAR)


class Gauge(Canvas):
    """A canvas that paints nothing and keeps how far the outlines reach: left, top, right, bottom in units."""

    def __init__(self) -> None:
        super().__init__(8, 0)
        self.reach = (UNITS, UNITS, 0.0, 0.0)

    def fill(self, path: Path, paint: Paint, cast: float = 0.0) -> None:
        """Note an outline's reach."""
        self._note(path, 0.0)

    def line(self, path: Path, width: float, paint: Paint, cast: float = 0.0) -> None:
        """Note a line's reach."""
        self._note(path, width / 2)

    def shade(self, path: Path, strength: float, blur: float = 0.0) -> None:
        """Nothing: shade falls only on what is there."""

    @contextmanager
    def within(self, path: Path) -> Generator[None, None, None]:
        """Note nothing meanwhile: what stays inside an outline reaches no further."""
        before = self.reach
        yield
        self.reach = before

    def _note(self, path: Path, margin: float) -> None:
        path = self._moved(path)
        (left, top), (right, bottom) = path.min(axis=0) - margin, path.max(axis=0) + margin
        a, b, c, d = self.reach
        self.reach = (min(a, float(left)), min(b, float(top)), max(c, float(right)), max(d, float(bottom)))
