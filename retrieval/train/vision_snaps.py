"""Takes a shop's picture as a shopper's camera might: turned, nearer, from a side, in another place and light."""

import random

import numpy as np
from PIL import Image, ImageEnhance, ImageFilter

from retrieval.vision import colour
from retrieval.vision.ground import foreground

_SIDE = 160  # longest side of a snap, pixels
_TURNED = 14.0  # degrees either way
_NEARER = 0.12  # share of a side that may be cut away at each edge
_ASKEW = 0.08  # share of a side by which a corner may move
_LIGHT = (0.65, 1.35)
_WARMTH = (0.92, 1.08)


def snapped(picture: Image.Image, rng: random.Random) -> Image.Image:
    """Return an RGB picture of the same thing, at most 160 pixels a side.

    Args:
        picture: RGB.
        rng: Decides everything.
    """
    picture = picture.copy()
    picture.thumbnail((_SIDE, _SIDE), Image.Resampling.BOX)
    if rng.random() < 0.5:
        picture = _on_another_ground(picture, rng)
    edge = np.asarray(picture)[0].mean(axis=0)
    fill = (int(edge[0]), int(edge[1]), int(edge[2]))
    picture = picture.rotate(rng.uniform(-_TURNED, _TURNED), Image.Resampling.BILINEAR, fillcolor=fill)
    return _lit(_nearer(picture, rng), rng)


def _on_another_ground(picture: Image.Image, rng: random.Random) -> Image.Image:
    mask = Image.fromarray((foreground(colour.lab(np.asarray(picture))) * 255).astype(np.uint8))
    grey = rng.uniform(50, 240)
    tint = np.clip([grey + rng.uniform(-30, 30) for _ in range(3)], 0, 255)
    slope = np.linspace(rng.uniform(0.75, 1), 1, picture.height)[:, None, None]
    ground = np.broadcast_to(slope * tint, (picture.height, picture.width, 3)).astype(np.uint8)
    return Image.composite(picture, Image.fromarray(ground), mask)


def _nearer(picture: Image.Image, rng: random.Random) -> Image.Image:
    """Cut edges away, and move each corner a little: the picture as seen from a side."""
    width, height = picture.size
    left, top, right, bottom = (rng.uniform(0, _NEARER) if rng.random() < 0.6 else 0 for _ in range(4))
    corners: list[float] = []
    for x, y in ((left, top), (left, 1 - bottom), (1 - right, 1 - bottom), (1 - right, top)):
        corners += [(x + rng.uniform(-_ASKEW, _ASKEW) / 2) * width, (y + rng.uniform(-_ASKEW, _ASKEW) / 2) * height]
    corners = [min(max(at, 0), (width, height)[i % 2] - 1) for i, at in enumerate(corners)]
    return picture.transform(picture.size, Image.Transform.QUAD, corners, Image.Resampling.BILINEAR)


def _lit(picture: Image.Image, rng: random.Random) -> Image.Image:
    picture = ImageEnhance.Brightness(picture).enhance(rng.uniform(*_LIGHT))
    picture = ImageEnhance.Contrast(picture).enhance(rng.uniform(*_LIGHT))
    channels = list(picture.split())
    for at in (0, 2):
        warmth = rng.uniform(*_WARMTH)
        channels[at] = channels[at].point([min(255, round(value * warmth)) for value in range(256)])
    picture = Image.merge("RGB", channels)
    return picture.filter(ImageFilter.GaussianBlur(rng.uniform(0, 1.2))) if rng.random() < 0.4 else picture
