"""Pictures to vectors without any learned weights: colours, layout, edges and outline of the thing shown."""

import asyncio
import io
import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from retrieval.vision import colour, shape
from retrieval.vision.encoder import Asked, Bounds, Rows, Views
from retrieval.vision.ground import Box, box, foreground

Floats = NDArray[np.float32]

_SIDE = 128  # longest side of the picture that is looked at, pixels
_COARSE = 8  # cells along each side of a layout
# What two pictures are compared by: (numbers, weight as stored, weight by shape). As stored, colour counts most, which
# finds another view of the same thing. By shape, edges count most and the ground nothing, which finds it in another
# light and place. The higher of both likenesses counts, so neither loses what the other finds.
_BLOCKS = {
    "scene": (_COARSE * _COARSE * 3, 1.0, 0.0),  # where which colour is in the whole picture
    "tones": (colour.BINS, 3.0, 0.0),  # colours of the whole picture, the middle counting most
    "colours": (colour.BINS, 4.0, 1.0),  # colours of the thing
    "layout": (_COARSE * _COARSE * 3, 1.0, 3.0),  # where which colour is on the thing, brought to one brightness
    "outline": (256, 0.5, 0.5),
    "edges": (512, 2.0, 6.0),
    "proportion": (9, 0.2, 0.6),
}
_OF_COLOUR = frozenset({"scene", "tones", "colours", "layout"})
DIMENSION = sum(size for size, _, _ in _BLOCKS.values())
# A shopper's photo is never quite level: (degrees, whether what the turn lays bare is cut away).
_POSES = ((0, False), (-8, True), (8, True), (-16, True), (16, True), (-8, False), (8, False))
_SHARE_OF = np.array([0.8, 1.2, 1.2], dtype=np.float32)  # colour tells more than light and shadow
_MID = np.array([60, 5, 10], dtype=np.float32)  # Lab
_LEVELLED = 0.75  # how far brightness is evened out: a dark photo of a white cup is not quite a grey cup
_DARKEST = 8.0  # lightness below which there is no colour to brighten

# Of turned and noisy copies 99 % lie above 0.87, of photos in another light 75 % above `near`; of photos of clothes the
# shop does not have, 73 % below it. With their own product left out, none of 800 photos was called another by `same`.
_LOOKS = Bounds(near=0.82, same=0.985, lead=0.02)
# Of the nearest of its kind in another colour, seven in ten lie above `near`.
_SHAPES = Bounds(near=0.7, same=1.0, lead=0.0)


class ClassicalEncoder:
    """Descriptors of colour and shape, about 10 ms a picture on one core.

    Finds the same thing again, turned up to 20 degrees, cropped, noisy or recompressed; knows nothing of meaning.
    """

    name = "classical-2"
    dimension = DIMENSION

    async def encode(self, pictures: Sequence[bytes]) -> Rows:
        """See PictureEncoder."""
        return await asyncio.to_thread(self._encode, pictures)

    def _encode(self, pictures: Sequence[bytes]) -> Rows:
        rows = [_describe(_small(_opened(picture))) for picture in pictures]
        return np.stack(rows) if rows else np.zeros((0, DIMENSION), dtype=np.float32)

    async def encode_query(self, picture: bytes) -> Asked:
        """See PictureEncoder: rows for each of seven ways the picture may be turned."""
        return await asyncio.to_thread(self._encode_query, picture)

    def _encode_query(self, picture: bytes) -> Asked:
        small = _small(_opened(picture), 2 * _SIDE)
        rows = np.stack([_describe(_small(_posed(small, degrees, cut=cut))) for degrees, cut in _POSES])
        by_shape, worth = _reweighed(rows, {name: weight for name, (_, _, weight) in _BLOCKS.items()})
        looks = np.concatenate([rows, by_shape]), np.repeat(np.array([1, worth], dtype=np.float32), len(rows))
        without_colour = {name: 0.0 if name in _OF_COLOUR else weight for name, (_, _, weight) in _BLOCKS.items()}
        shapes, worth = _reweighed(rows, without_colour)
        return Asked(Views(*looks, _LOOKS), Views(shapes, np.full(len(rows), worth, dtype=np.float32), _SHAPES))


def _reweighed(rows: Rows, weights: Mapping[str, float]) -> tuple[Rows, float]:
    """Return unit rows whose cosines with stored rows weigh the blocks so, and the factor that makes the highest 1."""
    factors = [np.full(size, weights[name] / stored, np.float32) for name, (size, stored, _) in _BLOCKS.items()]
    squares = sum(weights[name] ** 2 / stored for name, (_, stored, _) in _BLOCKS.items())
    highest = sum(weights.values()) / math.sqrt(squares * sum(stored for _, stored, _ in _BLOCKS.values()))
    reweighed = rows * np.concatenate(factors)
    return reweighed / np.maximum(np.linalg.norm(reweighed, axis=1, keepdims=True), 1e-6), 1 / highest


def _opened(picture: bytes) -> Image.Image:
    opened = Image.open(io.BytesIO(picture))
    opened.draft("RGB", (2 * _SIDE, 2 * _SIDE))
    return opened.convert("RGB")


def _small(picture: Image.Image, longest: int = _SIDE) -> Image.Image:
    ratio = longest / max(picture.size)
    size = (max(8, round(picture.width * ratio)), max(8, round(picture.height * ratio)))
    return picture.resize(size, Image.Resampling.BOX if ratio < 0.5 else Image.Resampling.BILINEAR)


def _posed(picture: Image.Image, degrees: int, *, cut: bool) -> Image.Image:
    """Return the picture turned; bare corners are cut away, or filled with the border's usual colour."""
    if not degrees:
        return picture
    pixels = np.asarray(picture)
    border = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
    red, green, blue = (int(channel) for channel in np.median(border, axis=0))
    turned = picture.rotate(degrees, Image.Resampling.BILINEAR, fillcolor=(red, green, blue))
    if not cut:
        return turned
    turn = math.radians(abs(degrees))
    kept = 1 / (math.cos(turn) + math.sin(turn))
    x, y = turned.width * (1 - kept) / 2, turned.height * (1 - kept) / 2
    return turned.crop((round(x), round(y), round(turned.width - x), round(turned.height - y)))


def _describe(picture: Image.Image) -> Floats:
    """Return the (dimension,) unit vector of one picture."""
    lab = colour.lab(np.asarray(picture))
    mask = foreground(lab)
    around = box(mask)
    everything = np.concatenate([lab, mask[..., None]], axis=-1)
    thing = _stretched(everything, around, shape.SIDE)
    parts = {
        **_of_scene(_stretched(lab, (0, 0, picture.width, picture.height), 32)),
        **_of_thing(_stretched(everything, around, 32)),
        "outline": shape.silhouette(thing[..., 3]),
        "edges": shape.edges(thing[..., :3], thing[..., 3]),
        "proportion": shape.proportion(around[2] - around[0], around[3] - around[1]),
    }
    whole = np.concatenate([_unit(parts[name]) * math.sqrt(weight) for name, (_, weight, _) in _BLOCKS.items()])
    return _unit(whole).astype(np.float32)


def _of_scene(lab: Floats) -> dict[str, Floats]:
    """Describe the whole (32, 32, 3) picture."""
    cells = _cells(lab)
    border = np.concatenate([cells[0], cells[-1], cells[:, 0], cells[:, -1]])
    middle = _fading(_COARSE, 1.2)[..., None]
    scene = (cells - np.median(border, axis=0)) * middle * _SHARE_OF
    tones = colour.histogram(*colour.shares(lab.reshape(-1, 3)), _fading(32, 0.9).ravel())
    return {"scene": scene.ravel().astype(np.float32), "tones": tones}


def _of_thing(pixels: Floats) -> dict[str, Floats]:
    """Describe the colours of the thing from (32, 32, 4) Lab and mask."""
    lab, mask = pixels[..., :3], pixels[..., 3:]
    covered = _cells(mask)
    means = (_cells(lab * mask) / np.maximum(covered, 1e-3)).astype(np.float32)
    layout = (_levelled(means, covered) - _MID) * np.array([1, 1.3, 1.3], dtype=np.float32) * covered
    colours = colour.histogram(*colour.shares(lab.reshape(-1, 3)), mask.ravel())
    return {"colours": colours, "layout": layout.ravel().astype(np.float32)}


def _levelled(means: Floats, covered: Floats) -> Floats:
    """Return the (8, 8, 3) Lab colours as if the thing were of middling brightness; dim light dulls colours too."""
    lightness = float((means[..., :1] * covered).sum()) / max(float(covered.sum()), 1e-3)
    brighter = (float(_MID[0]) / max(lightness, _DARKEST)) ** _LEVELLED
    return (means * brighter).astype(np.float32)


def _cells(pixels: Floats) -> Floats:
    """Return the means of (32, 32, n) over 8 x 8 cells."""
    wide = len(pixels) // _COARSE
    return pixels.reshape(_COARSE, wide, _COARSE, wide, -1).mean(axis=(1, 3))


def _fading(side: int, width: float) -> Floats:
    """Return (side, side) weights that fall off from the middle."""
    y, x = np.mgrid[0:side, 0:side] / ((side - 1) / 2) - 1
    return np.exp(-(x**2 + y**2) / width).astype(np.float32)


def _stretched(pixels: Floats, around: Box, side: int) -> Floats:
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


def _unit(values: Floats) -> Floats:
    return values / max(float(np.linalg.norm(values)), 1e-6)
