"""The picture encoder that comes with the project: colours counted finely, and a shape learnt from drawings and photos.

See docs/models/vision.md for what it was trained on and how it scores.
"""

import asyncio
import os
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple
from zipfile import BadZipFile

import numpy as np
from PIL import Image

from policies.errors import SettingsError
from retrieval.onnx import DAMAGED, Session, open_session
from retrieval.vision import colour
from retrieval.vision.encoder import Asked, Bounds, Rows, Views
from retrieval.vision.graph import SIDE as NETWORK_SIDE
from retrieval.vision.ground import Box
from retrieval.vision.posing import SIDE, opened, posed, small
from retrieval.vision.thing import of_thing
from retrieval.vision.weighing import Floats, Weights, joined, reweighed, unit
from retrieval.vision.whitening import SIZES as WHITENED
from retrieval.vision.whitening import Whitening, Whitenings, whitened

NAME = "compact-1"
SHIPPED = Path(__file__).parent / "weights"
NETWORK_FILE, MAPS_FILE = "looks.onnx", "maps.npz"
_LOOKS, _WORDS = 128, 384
_SIZES = {"palette": colour.PALETTE, "colours": colour.BINS, **WHITENED, "looks": _LOOKS}
DIMENSION = sum(_SIZES.values())
# As stored, the palette counts most: a shop's own picture on white is known by its colours, from any side.
_STORED: Weights = {"palette": 1.0, "colours": 0.02, "form": 0.15, "tint": 0.02, "looks": 0.04}
# A photo's light and ground are anyone's, so its shape counts most.
_OF_PHOTOS: Weights = {"colours": 0.2, "form": 1.0, "tint": 0.6, "looks": 0.7}
_PALETTE_OF_PHOTOS = 0.7  # of its worth: a close-up shows colours alone, and little ground
# A heap or a close-up has no shape; its colours count where nothing else is found.
_OF_COLOURS: Weights = {"colours": 1.0, "palette": 0.5, "tint": 0.3}
_COLOURS_ALONE = 0.6  # of their worth
_OF_SHAPE: Weights = {"form": 1.0, "looks": 0.5}
_TURNS = (-10, 10)  # degrees by which a photo may be askew; what the turn lays bare is cut away
_RIM = 0.04  # share of a side that is left out to see what a frame holds
_HELD = 24  # pixels of a side; less holds nothing
_TONED = 48  # pixels along each side of the picture whose palette is counted
_WHITE = 96.0  # lightness of a studio's white ground
_BORDER = 6  # of 48 pixels
_WHITE_SHARE = 0.04  # of the border, at least, on a shop's own picture
_EVEN = 1.5  # sum of Lab differences of neighbours; a camera's noise and a room's clutter are above it
_EVEN_SHARE = 0.2

# Shops show different things on one model in one pose, so between their own pictures keypoints count less.
_STUDIO_BOUNDS = Bounds(near=0.75, same=0.965, lead=0.02, agreed=0.5)
_PHOTO_BOUNDS = Bounds(near=0.62, same=0.965, lead=0.02, agreed=4.0)
_SHAPES_BOUNDS = Bounds(near=0.65, same=1.01, lead=0.0, agreed=1.0)


class _Described(NamedTuple):
    row: Floats
    looks: Floats
    around: Box  # the thing, in pixels of the picture that was described


class CompactEncoder:
    """Finds the same thing again, turned up to 20 degrees, cropped, in another light and place, and things of its kind.

    Args:
        network: Gives looks and words of (n, 64, 64, 3) pictures.
        maps: Whitenings of the classical parts.
        mark: Set apart from other weights by this; "" for the shipped ones.
    """

    def __init__(self, network: Session, maps: Whitenings, mark: str = "") -> None:
        self._network, self._maps = network, maps
        self.name = f"{NAME}-{mark}" if mark else NAME
        self.dimension = DIMENSION

    def with_maps(self, maps: Whitenings) -> "CompactEncoder":
        """Return an encoder with the same network and other whitenings, to compare the two."""
        return CompactEncoder(self._network, maps, "tried")

    def try_out(self) -> None:
        """Look at a blank picture; raises ValueError, or one of `DAMAGED`, where the weights do not fit together."""
        row = self._described(Image.new("RGB", (SIDE, SIDE), "white")).row
        if row.shape != (DIMENSION,) or not np.isfinite(row).all():
            raise ValueError("the weights do not fit together")

    async def encode(self, pictures: Sequence[bytes]) -> Rows:
        """See PictureEncoder."""
        return await asyncio.to_thread(self._encode, pictures)

    def _encode(self, pictures: Sequence[bytes]) -> Rows:
        rows = [self._described(small(opened(picture))).row for picture in pictures]
        return np.stack(rows) if rows else np.zeros((0, DIMENSION), dtype=np.float32)

    async def words(self, pictures: Sequence[bytes]) -> Rows:
        """Return (len(pictures), 384) unit rows near where the text encoder puts what is said of such things.

        They know kinds of things that were learnt; see `retrieval.vision.naming`.
        """
        return await asyncio.to_thread(self._words, pictures)

    def _words(self, pictures: Sequence[bytes]) -> Rows:
        seen = [small(opened(picture)) for picture in pictures]
        rows = [self._read("words", one, of_thing(colour.lab(np.asarray(one)))[1]) for one in seen]
        return np.stack(rows) if rows else np.zeros((0, _WORDS), dtype=np.float32)

    async def encode_query(self, picture: bytes) -> Asked:
        """See PictureEncoder: by its palette, by shape as it is, turned two ways and within a frame, and by colours."""
        return await asyncio.to_thread(self._encode_query, picture)

    def _encode_query(self, picture: bytes) -> Asked:
        large = small(opened(picture), 2 * SIDE)
        row, looks, around = self._described(small(large))
        turned = [small(posed(large, degrees, cut=True)) for degrees in _TURNS]
        rows = [row, *(self._described(picture, looks).row for picture in turned)]
        if (held := _held(large, around)) is not None:
            rows.append(self._described(held).row)
        rows = np.stack(rows)
        by_shape, worth = reweighed(rows, _SIZES, _STORED, _OF_SHAPE)
        shapes = Views(by_shape, np.full(len(rows), worth, dtype=np.float32), _SHAPES_BOUNDS)
        by_photo, worth = reweighed(rows, _SIZES, _STORED, _OF_PHOTOS)
        by_colour, alone = reweighed(row[None], _SIZES, _STORED, _OF_COLOURS)
        studio = _in_a_studio(_tones(large))
        worths = [1 if studio else _PALETTE_OF_PHOTOS, *[worth] * len(rows), _COLOURS_ALONE * alone]
        views = np.concatenate([row[None], by_photo, by_colour])
        bounds = _STUDIO_BOUNDS if studio else _PHOTO_BOUNDS
        return Asked(Views(views, np.array(worths, dtype=np.float32), bounds), shapes)

    def _described(self, picture: Image.Image, looks: Floats | None = None) -> _Described:
        """Return how a picture is described; its looks are taken as given where they are."""
        parts, around = of_thing(colour.lab(np.asarray(picture)))
        if looks is None:
            looks = self._read("looks", picture, around)
        described = {
            "palette": colour.palette(_tones(picture).reshape(-1, 3)),
            "colours": parts["colours"],
            **whitened(parts, self._maps),
            "looks": looks,
        }
        return _Described(joined(described, _STORED), looks, around)

    def _read(self, head: str, picture: Image.Image, around: Box) -> Floats:
        """Return a head's mean over the whole picture and the thing alone, each as it is and in a mirror."""
        size = (NETWORK_SIDE, NETWORK_SIDE)
        seen = [np.asarray(picture.resize(size, Image.Resampling.BOX, box=box)) for box in (None, around)]
        batch = np.stack([*seen, *(pixels[:, ::-1] for pixels in seen)])
        return unit(self._network.run([head], {"pictures": batch})[0].sum(axis=0))


def _held(large: Image.Image, around: Box) -> Image.Image | None:
    """Return what is within the thing's own edges: a niche, a poster or a box may be taken for the thing it holds."""
    left, top, right, bottom = around
    x, y = _RIM * (right - left), _RIM * (bottom - top)
    wider = max(large.size) / SIDE
    box = (round((left + x) * wider), round((top + y) * wider), round((right - x) * wider), round((bottom - y) * wider))
    return small(large.crop(box)) if min(box[2] - box[0], box[3] - box[1]) >= _HELD else None


def _tones(picture: Image.Image) -> Floats:
    """Return the (48, 48, 3) Lab colours of the whole picture."""
    return colour.lab(np.asarray(picture.resize((_TONED, _TONED), Image.Resampling.BOX)))


def _in_a_studio(tones: Floats) -> bool:
    """Tell whether a picture is a shop's own on white, whose colours are those of the thing: lit and smoothed so."""
    light = tones[..., 0] > _WHITE
    border = np.concatenate([light[:_BORDER], light[-_BORDER:], light[:, :_BORDER].T, light[:, -_BORDER:].T])
    steps = np.abs(np.diff(tones, axis=0)).sum(axis=-1)[:, :-1] + np.abs(np.diff(tones, axis=1)).sum(axis=-1)[:-1]
    return bool(border.mean() >= _WHITE_SHARE and (steps < _EVEN).mean() >= _EVEN_SHARE)


def open_compact(folder: Path = SHIPPED) -> CompactEncoder:
    """Open the encoder.

    Args:
        folder: Of other weights than the shipped ones; what it lacks is taken from those.

    Raises:
        SettingsError: Its files are damaged.
    """
    try:
        network = open_session(_file(folder, NETWORK_FILE))
        maps = read_maps(_file(folder, MAPS_FILE))
        opened = CompactEncoder(network, maps, "" if folder == SHIPPED else _mark(folder))
        opened.try_out()
    except (*DAMAGED, BadZipFile, EOFError, OSError, ValueError, KeyError) as problem:
        raise SettingsError(
            f"The picture encoder in {folder} cannot be read ({problem}); copy it again whole, or remove it."
        ) from problem
    return opened


def _file(folder: Path, name: str) -> Path:
    return folder / name if (folder / name).is_file() else SHIPPED / name


def _mark(folder: Path) -> str:
    """Return a mark that changes with any of the weights in a folder."""
    digest = sha256()
    for name in (NETWORK_FILE, MAPS_FILE):
        digest.update(_file(folder, name).read_bytes())
    return digest.hexdigest()[:10]


def read_maps(path: Path) -> Whitenings:
    """Read what `write_maps` wrote."""
    # Opened here: of a damaged file the library would leave it open.
    with path.open("rb") as file, np.load(file, allow_pickle=False) as kept:
        return {
            name: Whitening(kept[f"{name}_mean"].astype(np.float32), kept[f"{name}_weight"].astype(np.float32))
            for name in WHITENED
        }


def write_maps(path: Path, maps: Whitenings) -> None:
    """Write whitenings at half precision, whole or not at all."""
    halves = {
        f"{name}_{part}": getattr(one, part).astype(np.float16)
        for name, one in maps.items()
        for part in ("mean", "weight")
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".part")
    with draft.open("wb") as file:
        np.savez(file, **halves)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
