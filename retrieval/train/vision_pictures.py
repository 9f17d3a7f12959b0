"""Prepares what the picture encoder learns from: things cut out of drawings, labelled photos, and words for both."""

import csv
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from policies.errors import SettingsError
from retrieval.demo import generate
from retrieval.demo.drawing.draw import DRAWINGS, draw_product, drawn_alone
from retrieval.encode import TextEncoder
from retrieval.product import Product
from retrieval.vision.naming import captions

SIDE = 112  # pixels of a kept picture; the network sees a part of it
_DRAWN = 224  # pixels of a drawing that is snapped
_VIEWS = (0, 2)  # the whole thing, and close up
CALLED = {  # labels of the photos, in words
    "longsleeve": "long-sleeved top",
    "outwear": "jacket",
    "pants": "trousers",
}

Bytes = NDArray[np.uint8]
Numbers = NDArray[np.int64]
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Pictures:
    """What is learnt from, decoded once.

    Args:
        things: (products, 4, SIDE, SIDE, 4) RGBA: two colours, each whole and close up.
        thing_kinds: (products,) rows of `kinds`.
        captions: (products, 384) text vectors of what each product is said to be.
        photos: (n, SIDE, SIDE, 3) RGB.
        photo_kinds: (n,) rows of `kinds`.
        kinds: (k, 384) text vectors of what kinds of things are called.
    """

    things: Bytes
    thing_kinds: Numbers
    captions: Floats
    photos: Bytes
    photo_kinds: Numbers
    kinds: Floats

    def save(self, path: Path) -> None:
        """Write everything to one file."""
        np.savez(path, **{name: getattr(self, name) for name in Pictures.__slots__})


def read_pictures(path: Path) -> Pictures:
    """Read what `save` wrote."""
    with np.load(path, allow_pickle=False) as kept:
        return Pictures(**{name: kept[name] for name in Pictures.__slots__})


async def prepare(photos: Path, products: int, seed: int, words: TextEncoder, told: Callable[[int], None]) -> Pictures:
    """Draw products and read labelled photos.

    Args:
        photos: Folder with `labels.csv` (image, split, label); only rows whose split is train are read.
        products: How many to draw, of a shop that this seed alone decides.
        seed: Not the demo shop's, which measures what was learnt.
        words: Places words where the pictures are to come to lie.
        told: Told how many products are drawn.

    Raises:
        SettingsError: The folder of photos cannot be read.
    """
    drawn = [_apart(entry.product, seed) for entry in generate(products=products, seed=seed).entries]
    rng = random.Random(seed)
    things = np.zeros((len(drawn), 2 * len(_VIEWS), SIDE, SIDE, 4), dtype=np.uint8)
    for at, product in enumerate(drawn):
        things[at] = _drawn(product, rng)
        told(at + 1)
    names = sorted(DRAWINGS)
    taken, labels = _photos(photos)
    called = [CALLED.get(label, label) for label in labels]
    kinds = names + sorted(set(called) - set(names))
    return Pictures(
        things=things,
        thing_kinds=np.array([kinds.index(product.product_type) for product in drawn], dtype=np.int64),
        captions=await words.encode([said_of(product) for product in drawn]),
        photos=taken,
        photo_kinds=np.array([kinds.index(name) for name in called], dtype=np.int64),
        kinds=await captions(kinds, words),
    )


def drawn_things(products: int, seed: int) -> list[list[bytes]]:
    """Return a drawing of each product of a shop that this seed alone decides, plain or in a setting."""
    rng = random.Random(seed)
    drawn = [_apart(entry.product, seed) for entry in generate(products=products, seed=seed).entries]
    return [
        [draw_product(product, rng.choice(product.colours or (None,)), rng.randrange(2), _DRAWN)] for product in drawn
    ]


def _apart(product: Product, seed: int) -> Product:
    """Return the product under another id: drawings choose by it, and the demo shop's would be chosen alike."""
    return product.model_copy(update={"product_id": f"{seed}-{product.product_id}"})


def _drawn(product: Product, rng: random.Random) -> Bytes:
    own = list(product.colours) or [None]
    colours = rng.sample(own, 2) if len(own) > 1 else own * 2
    return np.stack([np.asarray(drawn_alone(product, colour, view, SIDE)) for colour in colours for view in _VIEWS])


def said_of(product: Product) -> str:
    """Return what a product is said to be, as its pictures learn it."""
    return f"{' '.join(product.styles)} {product.product_type} in {' and '.join(product.materials)}"


def _photos(folder: Path) -> tuple[Bytes, Sequence[str]]:
    try:
        with (folder / "labels.csv").open(encoding="utf-8", newline="") as file:
            rows = [row for row in csv.DictReader(file) if row["split"] == "train"]
        pictures = [_photo(folder / row["image"]) for row in rows]
    except (OSError, KeyError) as problem:
        raise SettingsError(f"The photos in {folder} cannot be read: {problem}") from problem
    return np.stack(pictures), [row["label"] for row in rows]


def _photo(path: Path) -> Bytes:
    with Image.open(path) as opened:
        return np.asarray(opened.convert("RGB").resize((SIDE, SIDE), Image.Resampling.BOX))
