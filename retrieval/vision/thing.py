"""Describes the thing in a picture: its colours, where they are, its edges and outline."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from retrieval.vision import colour, shape
from retrieval.vision.ground import Box, box, foreground

Floats = NDArray[np.float32]

CELLS = 8  # along each side of a layout
LAYOUT = CELLS * CELLS * 3
_MID = np.array([60, 5, 10], dtype=np.float32)  # Lab
_LEVELLED = 0.75  # how far brightness is evened out: a dark photo of a white cup is not quite a grey cup
_DARKEST = 8.0  # lightness below which there is no colour to brighten


def of_thing(lab: Floats) -> tuple[dict[str, Floats], Box]:
    """Return the parts of a description of the thing in an (h, w, 3) Lab picture, and the box around it.

    They are `colours` (colour.BINS,), `layout` (LAYOUT,) of colours at one brightness, `outline` (256,), `edges` (512,)
    and `proportion` (9,).
    """
    mask = foreground(lab)
    around = box(mask)
    everything = np.concatenate([lab, mask[..., None]], axis=-1)
    thing = stretched(everything, around, shape.SIDE)
    return {
        **_coloured(stretched(everything, around, 32)),
        "outline": shape.silhouette(thing[..., 3]),
        "edges": shape.edges(thing[..., :3], thing[..., 3]),
        "proportion": shape.proportion(around[2] - around[0], around[3] - around[1]),
    }, around


def _coloured(pixels: Floats) -> dict[str, Floats]:
    """Describe the colours of the thing from (32, 32, 4) Lab and mask."""
    lab, mask = pixels[..., :3], pixels[..., 3:]
    covered = cells(mask)
    means = (cells(lab * mask) / np.maximum(covered, 1e-3)).astype(np.float32)
    layout = (_levelled(means, covered) - _MID) * np.array([1, 1.3, 1.3], dtype=np.float32) * covered
    colours = colour.histogram(*colour.shares(lab.reshape(-1, 3)), mask.ravel())
    return {"colours": colours, "layout": layout.ravel().astype(np.float32)}


def _levelled(means: Floats, covered: Floats) -> Floats:
    """Return the (8, 8, 3) Lab colours as if the thing were of middling brightness; dim light dulls colours too."""
    lightness = float((means[..., :1] * covered).sum()) / max(float(covered.sum()), 1e-3)
    brighter = (float(_MID[0]) / max(lightness, _DARKEST)) ** _LEVELLED
    return (means * brighter).astype(np.float32)


def cells(pixels: Floats) -> Floats:
    """Return the means of (32, 32, n) over 8 x 8 cells."""
    wide = len(pixels) // CELLS
    return pixels.reshape(CELLS, wide, CELLS, wide, -1).mean(axis=(1, 3))


def stretched(pixels: Floats, around: Box, side: int) -> Floats:
    """Return the part of (h, w, n) within the box, stretched to (side, side, n)."""
    channels = [
        np.asarray(
            Image.fromarray(np.ascontiguousarray(pixels[..., at])).resize(
                (side, side), Image.Resampling.BILINEAR, box=around
            )
        )
        for at in range(pixels.shape[2])
    ]
    return np.stack(channels, axis=-1)
