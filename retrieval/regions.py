"""Proposes the things in a picture: patches that stand out from the ground behind them, each as a region."""

import asyncio
import io
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from retrieval.region import Region
from retrieval.vision import colour
from retrieval.vision.border import Floats, otsu, ring, spread, squares, typical

Mask = NDArray[np.uint8]

MOST = 6  # things worth choosing from
_SIDE = 192  # longest side of what is looked at, pixels
_RING = 0.04  # share of the shorter side that counts as border
_COLOURS = 7  # of the ground along the border: wall, floor, skirting, light and shade of each
_ROUNDS = 8
_RARE = 0.035  # a colour on less of the border belongs to something that reaches it
_LIGHTNESS = 0.55  # how much lightness counts beside colour: shadows are ground
_END = 3  # pixels at each end of a row that tell its ground
_NEAR, _ENDS_APART = 9.0, 10.0  # Lab distances within which an end is ground, and both ends are of one wall
_APART = (4.0, 4.5)  # bounds of the Lab distance that tells a thing from the ground
_JOINED = 0.014  # share of the longest side within which two patches are one thing: a chair's legs
_LEAST_AREA, _LEAST_SIDE = 0.006, 0.07  # shares of the picture; less is a speck
_MOST_AREA = 0.8
_SOLID = 0.12  # share of its box that a thing covers at least; less is a line along the wall
_MARGIN = 0.03  # of a side, around each thing


@dataclass(frozen=True, slots=True)
class _Patch:
    left: int
    top: int
    right: int
    bottom: int
    area: int


async def propose(jpeg: bytes) -> tuple[Region, ...]:
    """Return the things that a cleaned picture shows, from left to right, at most six.

    None where nothing stands out. It knows no things, only what differs from the colours along the border: what
    touches another thing is one with it, and a cluttered ground shows as things of its own.
    """
    return await asyncio.to_thread(_propose, jpeg)


def _propose(jpeg: bytes) -> tuple[Region, ...]:
    lab = colour.lab(np.asarray(_small(jpeg)))
    height, width = lab.shape[:2]
    patches = _patches(_standing_out(lab))
    kept = [patch for patch in patches if _is_thing(patch, width, height)]
    largest = sorted(_apart(kept), key=lambda patch: -patch.area)[:MOST]
    return tuple(_region(patch, width, height) for patch in sorted(largest, key=lambda patch: patch.left + patch.right))


def _small(jpeg: bytes) -> Image.Image:
    opened = Image.open(io.BytesIO(jpeg))
    opened.draft("RGB", (2 * _SIDE, 2 * _SIDE))
    ratio = _SIDE / max(opened.size)
    size = (max(8, round(opened.width * ratio)), max(8, round(opened.height * ratio)))
    return opened.convert("RGB").resize(size, Image.Resampling.BOX if ratio < 0.5 else Image.Resampling.BILINEAR)


def _standing_out(lab: Floats) -> Mask:
    """Return 1 for each pixel of an (h, w, 3) Lab picture that is not of the ground, else 0."""
    weights = np.array([_LIGHTNESS, 1, 1], dtype=np.float32)
    weighed = (cv2.blur(lab, (3, 3)) * weights).astype(np.float32)
    colours, spread = _ground(ring(weighed, _RING))
    to_colours = np.sqrt(squares(weighed.reshape(-1, 3), colours)) - spread
    distance = np.maximum(to_colours.min(axis=1), 0).reshape(lab.shape[:2]).astype(np.float32)
    # A wall that is lit from one side is told from what is as dark as its shade only by what lies beside it.
    across, plain = _along_rows(weighed, colours)
    down, plain_down = _along_rows(weighed.transpose(1, 0, 2), colours)
    distance = np.where(plain_down[None, :], np.maximum(distance, down.T), distance)
    distance = np.where(plain[:, None], np.maximum(distance, across), distance)
    # Nearer to the ground than what splits best: things have pale edges.
    return (distance > np.clip(otsu(distance) / 2, *_APART)).astype(np.uint8)


def _along_rows(lab: Floats, colours: Floats) -> tuple[Floats, Mask]:
    """Return (h, w) distances to what lies between both ends of each row, and (h,) whether both ends are ground."""
    ends = [np.median(end, axis=1) for end in (lab[:, :_END], lab[:, -_END:])]
    step = np.linspace(0, 1, lab.shape[1], dtype=np.float32)[None, :, None]
    between = ends[0][:, None] * (1 - step) + ends[1][:, None] * step
    ground = [np.sqrt(squares(end, colours).min(axis=1)) < _NEAR for end in ends]
    alike = np.sqrt(((ends[0] - ends[1]) ** 2).sum(axis=-1)) < _ENDS_APART
    distance = np.sqrt(((lab - between) ** 2).sum(axis=-1)).astype(np.float32)
    return distance, (ground[0] & ground[1] & alike).astype(np.uint8)


def _ground(along: Floats) -> tuple[Floats, Floats]:
    """Return (n, 3) colours of the ground and (n,) how far each spreads."""
    colours = typical(along, _COLOURS, _ROUNDS)
    counts, far = spread(along, colours)
    kept = counts >= min(_RARE * len(along), counts.max())
    return colours[kept], far[kept]


def _patches(mask: Mask) -> list[_Patch]:
    reach = 2 * max(1, round(_JOINED * max(mask.shape))) + 1
    cleared = cv2.morphologyEx(mask, cv2.MORPH_OPEN, cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3)))
    joined = cv2.dilate(cleared, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach)))
    count, found = cv2.connectedComponents(joined)
    patches: list[_Patch] = []
    for number in range(1, count):
        own = mask * (found == number)
        left, top, wide, tall = cv2.boundingRect(own)
        patches.append(_Patch(left, top, left + wide, top + tall, int(own.sum())))
    return patches


def _is_thing(patch: _Patch, width: int, height: int) -> bool:
    wide, tall = patch.right - patch.left, patch.bottom - patch.top
    return (
        _LEAST_AREA * width * height <= patch.area
        and wide * tall <= _MOST_AREA * width * height
        and min(wide / width, tall / height) >= _LEAST_SIDE
        and patch.area >= _SOLID * wide * tall
    )


def _apart(patches: Sequence[_Patch]) -> list[_Patch]:
    """Return the patches without those that lie within a larger one: the flowers in a vase's picture frame."""
    larger_first = sorted(patches, key=lambda patch: -patch.area)
    kept: list[_Patch] = []
    for patch in larger_first:
        if not any(_within(patch, other) for other in kept):
            kept.append(patch)
    return kept


def _within(patch: _Patch, other: _Patch) -> bool:
    """Tell whether most of a patch's box lies in another's."""
    wide = min(patch.right, other.right) - max(patch.left, other.left)
    tall = min(patch.bottom, other.bottom) - max(patch.top, other.top)
    return wide > 0 and tall > 0 and wide * tall > 0.7 * (patch.right - patch.left) * (patch.bottom - patch.top)


def _region(patch: _Patch, width: int, height: int) -> Region:
    x, y = _MARGIN * (patch.right - patch.left), _MARGIN * (patch.bottom - patch.top)
    left, top = max(0.0, patch.left - x), max(0.0, patch.top - y)
    right, bottom = min(float(width), patch.right + x), min(float(height), patch.bottom + y)
    return Region(left / width, top / height, (right - left) / width, (bottom - top) / height)
