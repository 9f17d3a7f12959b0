"""Cuts the part of a cleaned picture that a shopper chose."""

import asyncio
import io
from dataclasses import dataclass
from hashlib import sha256

from PIL import Image

from policies.errors import Refused
from retrieval.picture import CleanedPicture

_SMALLEST = 24  # pixels of a side; less shows nothing
_QUALITY = 90
_AROUND = 0.18  # share of a side; an encoder tells a thing from the ground by what lies around it


@dataclass(frozen=True, slots=True)
class Region:
    """A part of a picture, as shares of its width and height from the upper left corner, each 0 to 1."""

    left: float
    top: float
    width: float
    height: float


def with_surroundings(region: Region) -> Region:
    """Return the region with some of what lies around it, within the picture."""
    x, y = _AROUND * region.width, _AROUND * region.height
    left, top = max(0.0, region.left - x), max(0.0, region.top - y)
    right, bottom = min(1.0, region.left + region.width + x), min(1.0, region.top + region.height + y)
    return Region(left, top, right - left, bottom - top)


async def cut(picture: CleanedPicture, region: Region) -> CleanedPicture:
    """Return that part of a picture; what reaches over its edge is left out.

    Raises:
        Refused: "region_too_small" where fewer than 24 pixels of a side are left.
    """
    return await asyncio.to_thread(_cut, picture, region)


def _cut(picture: CleanedPicture, region: Region) -> CleanedPicture:
    left, right = _span(region.left, region.width, picture.width)
    top, bottom = _span(region.top, region.height, picture.height)
    if min(right - left, bottom - top) < _SMALLEST:
        raise Refused("region_too_small", "That part of the picture is too small to look at. Choose a larger one.")
    out = io.BytesIO()
    with Image.open(io.BytesIO(picture.jpeg), formats=("JPEG",)) as whole:
        whole.crop((left, top, right, bottom)).save(out, "JPEG", quality=_QUALITY)
    jpeg = out.getvalue()
    return CleanedPicture(jpeg, right - left, bottom - top, sha256(jpeg).hexdigest())


def _span(start: float, share: float, pixels: int) -> tuple[int, int]:
    return max(0, round(start * pixels)), min(pixels, round((start + share) * pixels))
