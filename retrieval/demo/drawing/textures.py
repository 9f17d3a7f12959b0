"""Textures: small differences in light, one function a material, in units so that every picture size looks alike."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from math import ceil, floor

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Field = NDArray[np.float32]
Raw = NDArray[np.float32] | NDArray[np.float64]
_TILE = 256


@cache
def _tile() -> NDArray[np.uint8]:
    noise = np.random.Generator(np.random.PCG64(20260117)).normal(128, 40, (_TILE, _TILE))
    return np.clip(noise, 0, 255).astype(np.uint8)


@dataclass(frozen=True, slots=True)
class Patch:
    """Where a texture is wanted: its corner in units, its size in pixels, pixels per unit, a salt, its direction."""

    start: tuple[float, float]
    size: tuple[int, int]
    scale: float
    salt: int
    upright: bool

    def along(self) -> Field:
        """Units along the grain, shaped to broadcast."""
        return self._axis(1) if self.upright else self._axis(0)

    def athwart(self) -> Field:
        """Units across the grain, shaped to broadcast."""
        return self._axis(0) if self.upright else self._axis(1)

    def _axis(self, which: int) -> Field:
        line = ((np.arange(self.size[which]) + 0.5) / self.scale + self.start[which]).astype(np.float32)
        return line[None, :] if which == 0 else line[:, None]

    def noise(self, along: float, athwart: float, salt: int = 0) -> Field:
        """Smooth noise of about unit spread in cells of `along` by `athwart` units."""
        cells = (athwart, along) if self.upright else (along, athwart)
        seed = (self.salt + salt * 7919) & 0xFFFF
        lows, counts, edges = list[int](), list[int](), list[tuple[float, float]]()
        for which in (0, 1):
            low = self.start[which] / cells[which]
            high = low + self.size[which] / self.scale / cells[which]
            first = floor(low) - 2
            lows.append(first)
            counts.append(ceil(high) + 2 - first)
            edges.append((low - first, high - first))
        rows = (np.arange(lows[1], lows[1] + counts[1]) + seed * 31) % _TILE
        columns = (np.arange(lows[0], lows[0] + counts[0]) + seed * 17) % _TILE
        part = Image.fromarray(_tile()[np.ix_(rows, columns)])
        frame = (edges[0][0], edges[1][0], edges[0][1], edges[1][1])
        smooth = part.resize(self.size, Image.Resampling.BICUBIC, box=frame)
        field: Field = np.asarray(smooth, np.float32)
        return ((field - 128) / 40).astype(np.float32)

    def keep(self, period: float) -> float:
        """How much of a pattern of that many units to draw: 0 where pixels could not show it."""
        return float(np.clip((period * self.scale - 2.0) / 2.5, 0, 1))


def relief(name: str, patch: Patch) -> Field:
    """Light differences of a texture over a patch, about -0.5 to 0.5."""
    return _TEXTURES[name](patch).astype(np.float32)


def _oak(patch: Patch) -> Raw:
    return 0.055 * patch.noise(170, 5) + 0.05 * patch.noise(420, 16, 1) + 0.03 * patch.noise(26, 2.4, 2)


def _walnut(patch: Patch) -> Raw:
    rings = np.sin((patch.athwart() / 17 + 1.1 * patch.noise(260, 60, 3)) * 2 * np.pi)
    return 0.085 * patch.noise(240, 7) + 0.055 * rings + 0.04 * patch.noise(60, 3, 1)


def _ash(patch: Patch) -> Raw:
    rings = np.sin((patch.athwart() / 22 + 1.3 * patch.noise(330, 70, 3)) * 2 * np.pi)
    return 0.05 * np.clip(rings, -0.2, 1) * -1 + 0.05 * patch.noise(200, 6)


def _pine(patch: Patch) -> Raw:
    rings = np.sin((patch.athwart() / 26 + 0.9 * patch.noise(300, 90, 3)) * 2 * np.pi)
    knots = np.clip(patch.noise(46, 30, 5) - 2.1, 0, 1)
    return -0.07 * np.clip(rings - 0.3, 0, 1) + 0.03 * patch.noise(180, 6) - 0.7 * knots


def _bamboo(patch: Patch) -> Raw:
    strip = np.floor(patch.athwart() / 19)
    node = np.abs((patch.along() / 118 + strip * 0.37) % 1 - 0.5) > 0.482
    edge = np.abs(patch.athwart() / 19 % 1 - 0.5) > 0.46
    return 0.05 * np.sin(strip * 12.9) - 0.15 * node - 0.1 * edge * patch.keep(9) + 0.035 * patch.noise(140, 3)


def _linen(patch: Patch) -> Raw:
    return 0.075 * patch.noise(26, 3.4) + 0.075 * patch.noise(3.4, 26, 1) + 0.05 * patch.noise(120, 120, 2)


def _wool(patch: Patch) -> Raw:
    return 0.10 * patch.noise(5, 5) + 0.06 * patch.noise(90, 70, 1)


def _boucle(patch: Patch) -> Raw:
    curls = patch.noise(10, 10)
    return 0.15 * np.abs(curls) - 0.1 + 0.06 * patch.noise(5, 5, 1) + 0.02 * patch.noise(90, 90, 2)


def _velvet(patch: Patch) -> Raw:
    return 0.10 * patch.noise(150, 110) + 0.06 * patch.noise(60, 90, 1) + 0.018 * patch.noise(4, 7, 2)


def _leather(patch: Patch) -> Raw:
    crease = np.abs(patch.noise(34, 22)) < 0.09
    return 0.045 * patch.noise(8, 8, 1) + 0.11 * patch.noise(150, 120, 2) - 0.05 * crease * patch.keep(6)


def _suede(patch: Patch) -> Raw:
    return 0.06 * patch.noise(7, 10) + 0.10 * patch.noise(70, 60, 1)


def _cotton(patch: Patch) -> Raw:
    return 0.03 * patch.noise(4, 4) + 0.045 * patch.noise(180, 120, 1)


def _canvas(patch: Patch) -> Raw:
    return 0.065 * patch.noise(7, 3.2) + 0.065 * patch.noise(3.2, 7, 1)


def _silk(patch: Patch) -> Raw:
    return 0.12 * patch.noise(300, 46) + 0.07 * patch.noise(160, 22, 1)


def _satin(patch: Patch) -> Raw:
    return 0.19 * patch.noise(300, 44) + 0.10 * patch.noise(150, 20, 1)


def _denim(patch: Patch) -> Raw:
    twill = np.sin((patch.along() + patch.athwart()) / 6.2 * 2 * np.pi) * patch.keep(6.2)
    return 0.05 * twill + 0.06 * patch.noise(9, 3) + 0.05 * patch.noise(160, 110, 1)


def _knit(patch: Patch) -> Raw:
    column = patch.along() / 13 % 1
    arms = np.abs(column - 0.5)
    rows = np.sin((patch.athwart() / 11 + arms * 1.6) * 2 * np.pi)
    return patch.keep(11) * (0.12 * rows - 0.16 * (arms < 0.07)) + 0.05 * patch.noise(5, 5)


def _rib(patch: Patch) -> Raw:
    return 0.16 * np.sin(patch.along() / 11 * 2 * np.pi) * patch.keep(11) + 0.04 * patch.noise(5, 5)


def _weave(patch: Patch, across: float, high: float) -> Raw:
    column, row = patch.along() / across, patch.athwart() / high
    over = (np.floor(column) + np.floor(row)) % 2
    hump = np.sin((column % 1) * np.pi) * over + np.sin((row % 1) * np.pi) * (1 - over)
    gap = (np.abs(row % 1 - 0.5) > 0.42) | (np.abs(column % 1 - 0.5) > 0.46)
    return patch.keep(high) * (0.26 * hump - 0.2 - 0.22 * gap) + 0.06 * patch.noise(40, 5)


def _rattan(patch: Patch) -> Raw:
    return _weave(patch, 21, 11)


def _seagrass(patch: Patch) -> Raw:
    return _weave(patch, 30, 15) + 0.10 * patch.noise(14, 4, 1)


def _straw(patch: Patch) -> Raw:
    row = np.floor(patch.athwart() / 12)
    slant = np.where(row % 2 == 0, 1.0, -1.0)
    plait = np.sin((patch.along() / 12 + slant * (patch.athwart() / 12 % 1)) * 2 * np.pi)
    return 0.13 * plait * patch.keep(12) + 0.05 * patch.noise(12, 4)


def _jute(patch: Patch) -> Raw:
    row = patch.athwart() / 17
    twist = np.sin((patch.along() / 15 + row % 1 * 0.9 + np.floor(row) * 0.5) * 2 * np.pi)
    round_row = np.sin((row % 1) * np.pi)
    return patch.keep(15) * (0.28 * round_row - 0.2 + 0.09 * twist) + 0.09 * patch.noise(6, 4)


def _marble(patch: Patch) -> Raw:
    bend = patch.noise(150, 120) + 0.45 * patch.noise(48, 40, 1)
    vein = np.exp(-(np.abs(bend + 0.25) / 0.075)) + 0.55 * np.exp(-(np.abs(bend - 0.95) / 0.045))
    return -0.62 * vein + 0.06 * patch.noise(120, 120, 2)


def _stoneware(patch: Patch) -> Raw:
    specks = np.clip(patch.noise(5.5, 5.5) - 1.75, 0, 1)
    return -0.75 * specks + 0.03 * patch.noise(60, 30, 1)


def _concrete(patch: Patch) -> Raw:
    pores = np.clip(patch.noise(7, 7) - 2.15, 0, 1)
    return -0.6 * pores + 0.07 * patch.noise(80, 60, 1) + 0.03 * patch.noise(4, 4, 2)


def _metal(patch: Patch) -> Raw:
    return 0.025 * patch.noise(190, 2.6)


def _coated(patch: Patch) -> Raw:
    return 0.015 * patch.noise(4, 4)


def _glaze(patch: Patch) -> Raw:
    return 0.05 * patch.noise(150, 26)


def _pleats(patch: Patch) -> Raw:
    return 0.10 * (np.abs(patch.along() / 21 % 1 - 0.5) * 4 - 1) * patch.keep(21)


def _tortoise(patch: Patch) -> Raw:
    return 0.55 * np.tanh(2.2 * patch.noise(26, 20)) + 0.1 * patch.noise(9, 9, 1)


def _mesh(patch: Patch) -> Raw:
    holes = np.sin(patch.along() / 9 * 2 * np.pi) * np.sin(patch.athwart() / 9 * 2 * np.pi)
    return 0.15 * holes * patch.keep(9)


def _pile(patch: Patch) -> Raw:
    return 0.13 * patch.noise(7, 5) + 0.05 * patch.noise(60, 40, 1)


_TEXTURES: dict[str, Callable[[Patch], Raw]] = {
    "oak": _oak,
    "walnut": _walnut,
    "ash": _ash,
    "pine": _pine,
    "bamboo": _bamboo,
    "linen": _linen,
    "wool": _wool,
    "boucle": _boucle,
    "velvet": _velvet,
    "leather": _leather,
    "suede": _suede,
    "cotton": _cotton,
    "canvas": _canvas,
    "silk": _silk,
    "satin": _satin,
    "denim": _denim,
    "knit": _knit,
    "rib": _rib,
    "rattan": _rattan,
    "seagrass": _seagrass,
    "straw": _straw,
    "jute": _jute,
    "marble": _marble,
    "stoneware": _stoneware,
    "concrete": _concrete,
    "metal": _metal,
    "coated": _coated,
    "glaze": _glaze,
    "pleats": _pleats,
    "tortoise": _tortoise,
    "mesh": _mesh,
    "pile": _pile,
}
