"""Colour as the eye tells it apart: sRGB to CIE Lab, and soft histograms of it."""

import math
from functools import cache
from itertools import product

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

_LEVELS = np.array([10, 28, 46, 64, 80, 95], dtype=np.float32)  # of lightness, 0 to 100
_LEVEL_WIDTH = 11.0
_HUES = 12
BINS = len(_LEVELS) * (1 + 2 * _HUES)  # neutral, and every hue pale or strong, at every lightness

# The palette: every lightness by every pair of warped a and b, as far as sRGB reaches.
_PALETTE_LEVELS, _PALETTE_SIDE = 16, 16
_REACH = 80.0  # of a and b after the warp
_STRONGEST = 90.0  # chroma that the warp leaves as it is; its root gives colours near grey, most of a shop's, more bins
_EVENED = 0.4  # power of a share: a small stripe of red says more of a thing than its share of the picture
PALETTE = 2304  # bins: all but those that next to no colour of a screen falls into

_CODES = np.arange(256, dtype=np.float32) / 255
_LINEAR = np.where(_CODES <= 0.04045, _CODES / 12.92, ((_CODES + 0.055) / 1.055) ** 2.4).astype(np.float32)
_TO_XYZ = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ],
    dtype=np.float32,
) / np.array([[0.95047], [1.0], [1.08883]], dtype=np.float32)  # white is D65


def lab(rgb: NDArray[np.uint8]) -> Floats:
    """Return (…, 3) Lab of (…, 3) sRGB; L is 0 to 100, a and b about -110 to 110."""
    xyz = _LINEAR[rgb] @ _TO_XYZ.T
    roots = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    x, y, z = roots[..., 0], roots[..., 1], roots[..., 2]
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1).astype(np.float32)


def shares(pixels: Floats) -> tuple[Floats, Floats]:
    """Return how much each of (n, 3) Lab pixels belongs to each lightness, (n, 6), and to each tint, (n, 25)."""
    lightness, a, b = pixels[:, 0], pixels[:, 1], pixels[:, 2]
    light = np.exp(-(((lightness[:, None] - _LEVELS) / _LEVEL_WIDTH) ** 2))
    light /= light.sum(axis=1, keepdims=True)
    chroma = np.hypot(a, b)
    turn = (np.arctan2(b, a) / (2 * np.pi) * _HUES) % _HUES
    lower = np.floor(turn).astype(np.intp)
    over = turn - lower
    hues = np.zeros((len(pixels), _HUES), dtype=np.float32)
    row = np.arange(len(pixels))
    hues[row, lower % _HUES] = 1 - over
    hues[row, (lower + 1) % _HUES] += over
    neutral = np.clip(1 - (chroma - 4) / 10, 0, 1)
    strong = np.clip((chroma - 26) / 22, 0, 1)
    pale = np.clip(1 - neutral - strong, 0, 1)
    tints = np.concatenate([neutral[:, None], hues * pale[:, None], hues * strong[:, None]], axis=1)
    return light.astype(np.float32), tints.astype(np.float32)


def histogram(light: Floats, tints: Floats, weights: Floats) -> Floats:
    """Return the (BINS,) weighted histogram; roots, so that a dot product compares distributions."""
    counts = (light * weights[:, None]).T @ tints
    return np.sqrt(np.maximum(counts, 0)).ravel()


def palette(pixels: Floats) -> Floats:
    """Return (PALETTE,) how much of (n, 3) Lab pixels has which colour, finely; small shares count for more."""
    counts = _counted(pixels)[_within_srgb()]
    return ((counts / max(len(pixels), 1)) ** _EVENED).astype(np.float32)


def _counted(pixels: Floats) -> Floats:
    """Return each bin's count of all the palette's, each pixel shared out among the eight nearest."""
    chroma = np.hypot(pixels[:, 1], pixels[:, 2]) + 1e-6
    warped = pixels[:, 1:] * np.sqrt(_STRONGEST / chroma)[:, None]
    across = (warped + _REACH) / (2 * _REACH) * (_PALETTE_SIDE - 1)
    places = np.column_stack([pixels[:, 0] / 100 * (_PALETTE_LEVELS - 1), across])
    sizes = (_PALETTE_LEVELS, _PALETTE_SIDE, _PALETTE_SIDE)
    places = np.clip(places, 0, np.array(sizes) - 1.001)
    lower = np.floor(places).astype(np.intp)
    over = (places - lower).astype(np.float32)
    counts = np.zeros(math.prod(sizes))
    for corner in product((0, 1), repeat=3):
        share = np.prod(np.where(np.array(corner, dtype=bool), over, 1 - over), axis=1)
        counts += np.bincount(np.ravel_multi_index(tuple((lower + corner).T), sizes), share, len(counts))
    return counts.astype(np.float32)


@cache
def _within_srgb() -> NDArray[np.intp]:
    """Return the bins that most colours of a screen fall into."""
    steps = np.linspace(0, 255, 32).astype(np.uint8)
    colours = np.stack(np.meshgrid(steps, steps, steps), axis=-1).reshape(-1, 3)
    return np.sort(np.argsort(-_counted(lab(colours)), kind="stable")[:PALETTE])
