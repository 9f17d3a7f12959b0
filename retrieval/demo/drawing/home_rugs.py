"""Rugs and runners, lying on the floor and running away from the viewer, their patterns in perspective."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from retrieval.demo.drawing.canvas import Canvas, Paint
from retrieval.demo.drawing.home_textiles import fringe_of
from retrieval.demo.drawing.look import Look
from retrieval.demo.drawing.materials import paint_of
from retrieval.demo.drawing.paths import Path


@dataclass(frozen=True, slots=True)
class _Floor:
    """Where a rug lies: half its width in front, its far and near edge, how narrow the far edge looks, its colours."""

    half: float
    far: float
    near: float
    narrow: float
    ground: Paint
    tone: Paint
    light: Paint

    def at(self, u: float, v: float) -> tuple[float, float]:
        """A place on the rug: u across and v along, both -1 to 1."""
        deep = (v + 1) / 2
        near = deep / (deep + (1 - deep) / self.narrow)
        return 500 + u * self.half * (self.narrow + (1 - self.narrow) * near), self.far + (self.near - self.far) * near

    def quad(self, low: tuple[float, float], high: tuple[float, float]) -> Path:
        """A rectangle on the rug between two of its corners."""
        (u0, v0), (u1, v1) = low, high
        return np.array([self.at(u0, v0), self.at(u1, v0), self.at(u1, v1), self.at(u0, v1)])

    def ring(self, size: float, corners: int) -> Path:
        """A round shape of some corners about the middle."""
        turns = np.linspace(0, 2 * np.pi, corners + 1)
        return np.array([self.at(size * np.cos(turn) * 0.9, size * np.sin(turn)) for turn in turns])


def rug(c: Canvas, look: Look) -> None:
    """A rug lying on the floor."""
    half = 330 + look.vary("rug", 0, 40)
    _lie(c, look, half, (330, 720), 0.74)


def runner(c: Canvas, look: Look) -> None:
    """A runner: long and narrow."""
    _lie(c, look, 170, (190, 800), 0.66)


def _lie(c: Canvas, look: Look, half: float, rise: tuple[float, float], narrow: float) -> None:
    tone = look.main.plain().lit(look.pick("pattern tone", (-0.6, -0.9, 0.6)))
    light = paint_of("wool", look.pick("second tone", ("cream", "sand", "charcoal"))).plain()
    floor = _Floor(half, *rise, narrow, look.main, tone, light)
    if look.pick("fringe", (True, False)) and look.material not in ("seagrass", "leather"):
        fringe_of(c, look.main.lit(0.15), (500 - half, 500 + half), rise[1] - 4, 40)
        fringe_of(c, look.main.lit(0.15), (500 - half * narrow, 500 + half * narrow), rise[0] - 18, 22)
    edge = floor.quad((-1, -1), (1, 1))
    c.fill(edge + np.array([0.0, 9.0]), look.main.lit(-0.45).plain())
    c.fill(edge, look.main.puffed(14, 0.2))
    with c.within(edge):
        _PATTERNS[_pattern(look)](c, look, floor)
    if look.says("shaggy"):
        _shag(c, look, floor)


def _pattern(look: Look) -> str:
    if look.says("striped"):
        return look.pick("pattern", ("stripes", "broad stripes"))
    drawn = ("diamonds", "medallion", "lattice", "stripes", "blocks", "border")
    quiet = () if look.says("patterned", "knotted") else ("border", "plain", "lines")
    return look.pick("pattern", (*quiet, *drawn))


def _plain(c: Canvas, look: Look, floor: _Floor) -> None:
    return


def _border(c: Canvas, look: Look, floor: _Floor) -> None:
    paints = ((0.9, floor.tone), (0.8, floor.ground.plain()), (0.76, floor.light), (0.73, floor.ground))
    for edge, paint in paints:
        c.fill(floor.quad((-edge, -edge), (edge, edge)), paint)


def _medallion(c: Canvas, look: Look, floor: _Floor) -> None:
    _border(c, look, floor)
    corners = look.pick("medallion", (8, 6, 12))
    for size, paint in ((0.6, floor.tone), (0.48, floor.light), (0.34, floor.ground), (0.16, floor.tone)):
        c.fill(floor.ring(size, corners), paint)


def _stripes(c: Canvas, look: Look, floor: _Floor) -> None:
    count = {"stripes": look.pick("stripes", (9, 11, 15)), "broad stripes": 5}.get(_pattern(look), 3)
    thin = 0.5 / count if count > 3 else 0.03
    for i in range(count):
        v = -0.92 + 1.84 * (i + 0.5) / count
        c.fill(
            floor.quad((-1, v - thin), (1, v + thin)), floor.tone.thinned(0.8) if i % 2 else floor.light.thinned(0.85)
        )


def _diamonds(c: Canvas, look: Look, floor: _Floor) -> None:
    for row in range(4):
        for column in range(3):
            u, v = -0.66 + 0.66 * column, -0.75 + 0.5 * row
            for size, paint in ((0.28, floor.tone), (0.17, floor.light), (0.08, floor.tone)):
                points = ((u, v - size * 0.8), (u + size, v), (u, v + size * 0.8), (u - size, v))
                c.fill(np.array([floor.at(*point) for point in points]), paint)


def _lattice(c: Canvas, look: Look, floor: _Floor) -> None:
    step = look.pick("lattice", (0.4, 0.5, 0.66))
    for i in range(-6, 7):
        for way in (-1, 1):
            c.line(np.array([floor.at(i * step - way, -1), floor.at(i * step + way, 1)]), 6, floor.light.thinned(0.8))


def _blocks(c: Canvas, look: Look, floor: _Floor) -> None:
    for row in range(4):
        for column in range(3):
            if (row + column + look.seed) % 2:
                low, high = (-0.94 + 0.63 * column, -0.94 + 0.47 * row), (-0.31 + 0.63 * column, -0.47 + 0.47 * row)
                c.fill(floor.quad(low, high), (floor.tone if (row * column) % 2 else floor.light).thinned(0.7))


def _shag(c: Canvas, look: Look, floor: _Floor) -> None:
    for i in range(60):
        x, y = floor.at(-0.96 + 1.92 * (i * 37 % 60) / 60, -0.96 + 1.92 * (i * 23 % 60) / 60)
        c.line(np.array([[x, y], [x + 10, y + 16]]), 4, look.main.plain().lit(0.25 if i % 2 else -0.25).thinned(0.6))


_PATTERNS: dict[str, Callable[[Canvas, Look, _Floor], None]] = {
    "plain": _plain,
    "border": _border,
    "medallion": _medallion,
    "stripes": _stripes,
    "broad stripes": _stripes,
    "lines": _stripes,
    "diamonds": _diamonds,
    "lattice": _lattice,
    "blocks": _blocks,
}
