"""Vision by words: whether words find pictures, and whether a picture's kind is read off without an example of it."""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evals.intervals import interval, mean_of
from evals.vision import photo_of
from evals.vision_found import Figures
from evals.vision_sets import PictureSet
from retrieval.demo.drawing.draw import draw_product
from retrieval.encode import TextEncoder
from retrieval.enrich import bare_text, measured
from retrieval.product import Product
from retrieval.train.vision_pictures import CALLED, said_of
from retrieval.vision.compact import CompactEncoder
from retrieval.vision.encoder import Rows
from retrieval.vision.naming import captions, shares

_SIDE = 256  # pixels, as products' drawings are looked at
_PRECISION = 0.9  # how often a kind that is told must be right, as enrichment has it
_HALVINGS = 40
_ROW, _PAGE = 6, 10  # first hits that a kind and a product are looked for among


@dataclass(frozen=True, slots=True)
class Named:
    """A picture and what may be said of it.

    Args:
        picture: Its bytes.
        kind: What it shows, in the set's own word.
        said: How one would ask for this very product; "" where that is not measured.
        text: What the shop says of it.
    """

    picture: bytes
    kind: str
    said: str = ""
    text: str = ""


def of_set(read: PictureSet) -> list[Named]:
    """Return the pictures that nothing was learnt from: of classes those that are asked, of products the shop's own."""
    if read.task == "product":
        return [Named(shot.path.read_bytes(), shot.kind) for shot in read.gallery if shot.kind]
    return [Named(shot.path.read_bytes(), shot.shows) for shot in read.queries]


def of_products(products: Sequence[Product], most: int, seed: int) -> tuple[list[Named], list[Named]]:
    """Draw some products of the demo shop, each as its picture in the shop and as a bad photo."""
    rng = random.Random(seed)
    shown: tuple[list[Named], list[Named]] = [], []
    for product in rng.sample(list(products), min(most, len(products))):
        colour = rng.choice(product.colours or (None,))
        pictures = draw_product(product, colour, 0, _SIDE), photo_of(product, colour, rng).jpeg
        for kept, picture in zip(shown, pictures, strict=True):
            kept.append(Named(picture, product.product_type, said_of(product), bare_text(product)))
    return shown


async def measure_words(shown: Sequence[Named], eye: CompactEncoder, words: TextEncoder, seed: int) -> Figures:
    """Compare pictures with words in the text encoder's space.

    Args:
        shown: Pictures that the encoder has not learnt from.
        eye: Whose words are measured.
        words: The text encoder.
        seed: Of the bootstrap.

    Returns:
        `kind_read@1`: share of pictures whose nearest caption, among those of the set's kinds, is right; its chance is
        the commonest kind's share; `kind_read_as_labelled@1` is by the set's labels where the encoder learnt another
        word for some. `kind_told`: share of half of the pictures whose kind is read from the confidence that was right
        90 % of the time on the other half, as `aisle catalog enrich` has it, and `kind_told_right` of them; means over
        halvings by chance, without an interval.
        `kind_found@6`: share of the six pictures nearest a kind's caption that show it, or of as many as do. Where
        products are asked for: `product_found@10` among pictures, `product_found_by_text@10` among the shop's texts.
        `_low` and `_high` bound 95 % intervals, over pictures, or over kinds for `kind_found`.
    """
    pictures = await eye.words([one.picture for one in shown])
    return {**await _kinds(shown, pictures, words, seed), **await _products(shown, pictures, words, seed)}


async def _kinds(shown: Sequence[Named], pictures: Rows, words: TextEncoder, seed: int) -> Figures:
    count = Counter(one.kind for one in shown)
    kinds = sorted(count)
    true = np.array([kinds.index(one.kind) for one in shown])
    figures: Figures = {"pictures": len(shown), "kinds": len(kinds)}
    called = await captions([CALLED.get(kind, kind) for kind in kinds], words)
    figures |= _read("kind_read@1", pictures, called, true, seed) | _told(shares(pictures, called), true, seed)
    figures["kind_read_chance"] = round(max(count.values()) / len(shown), 4)
    if any(kind in CALLED for kind in kinds):
        figures |= _read("kind_read_as_labelled@1", pictures, await captions(kinds, words), true, seed)
    first = np.argsort(-(called @ pictures.T), axis=1, kind="stable")[:, :_ROW]
    each = np.bincount(true)
    most = np.minimum(each, _ROW)
    right = (true[first] == np.arange(len(kinds))[:, None]).sum(axis=1) / most
    figures |= interval(f"kind_found@{_ROW}", mean_of(right), len(kinds), seed)
    figures["kind_found_chance"] = round(float((first.shape[1] * each / len(true) / most).mean()), 4)
    return figures


def _read(name: str, pictures: Rows, kinds: Rows, true: NDArray[np.int64], seed: int) -> Figures:
    right = shares(pictures, kinds).argmax(axis=1) == true
    return dict(interval(name, mean_of(right.tolist()), len(right), seed))


def _told(sure: Rows, true: NDArray[np.int64], seed: int) -> Figures:
    right, confidence = sure.argmax(axis=1) == true, sure.max(axis=1)
    draw, half = np.random.default_rng(seed), len(true) // 2
    told, met = 0, 0
    for _ in range(_HALVINGS):
        tried, asked = np.split(draw.permutation(len(true)), [half])
        guesses = list(zip(confidence[tried].tolist(), right[tried].tolist(), strict=True))
        threshold = measured(guesses, half, _PRECISION).threshold
        if threshold is not None:
            some = asked[confidence[asked] >= threshold]
            told, met = told + len(some), met + int(right[some].sum())
    figures: Figures = {"kind_told": round(told / (_HALVINGS * (len(true) - half)), 4)}
    return figures | ({"kind_told_right": round(met / told, 4)} if told else {})


async def _products(shown: Sequence[Named], pictures: Rows, words: TextEncoder, seed: int) -> Figures:
    if not all(one.said for one in shown):
        return {}
    asked, texts = await words.encode([one.said for one in shown]), await words.encode([one.text for one in shown])
    figures: Figures = {}
    for name, rows in (("product_found", pictures), ("product_found_by_text", texts)):
        likeness = asked @ rows.T
        ranks = (likeness > likeness.diagonal()[:, None]).sum(axis=1)
        figures |= interval(f"{name}@{_PAGE}", mean_of((ranks < _PAGE).tolist()), len(shown), seed)
    figures["product_found_chance"] = round(min(1.0, _PAGE / len(shown)), 4)
    return figures
