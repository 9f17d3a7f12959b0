"""Vision on labelled pictures: how often the nearest pictures show the right product, class or item."""

import time
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from evals.intervals import interval, mean_of
from evals.vision_sets import PictureSet, Shot
from retrieval.vision.encoder import PictureEncoder, Rows, Views

_BATCH = 32
_CUTS = (1, 5, 10)
_DIGITS = 2

Figures = dict[str, float | int]


async def measure(
    read: PictureSet, eyes: Mapping[str, PictureEncoder], seed: int, told: Callable[[int], None]
) -> dict[str, Figures]:
    """Look for every query among the gallery with each encoder.

    Args:
        read: Pictures and what they show.
        eyes: Encoders by the name of the system.
        seed: Of the bootstrap.
        told: Told how many pictures were looked at, of all encoders together.

    Returns:
        For each system `recall@k` over distinct products, classes or items, with bounds of its 95 % interval under
        `_low` and `_high`; `shape_recall@k` by shape alone; milliseconds of processor time a picture.
    """
    done = 0

    def one_more(count: int = 1) -> None:
        nonlocal done
        done += count
        told(done)

    return {name: await _of(read, eye, seed, one_more) for name, eye in eyes.items()}


async def _of(read: PictureSet, eye: PictureEncoder, seed: int, told: Callable[[int], None]) -> Figures:
    started = time.process_time()
    gallery = await _encoded(eye, read.gallery, told)
    encoding = time.process_time() - started
    shown = np.array([shot.shows for shot in read.gallery])
    ranks: dict[str, list[int]] = {"recall": [], "shape_recall": []}
    asking = 0.0
    for shot in read.queries:
        picture = shot.path.read_bytes()
        started = time.process_time()
        asked = await eye.encode_query(picture)
        asking += time.process_time() - started
        for name, views in (("recall", asked.looks), ("shape_recall", asked.shapes)):
            ranks[name].append(_rank(views, gallery, shown, shot.shows))
        told(1)
    figures: Figures = {"queries": len(read.queries), "gallery": len(read.gallery)}
    for name, places in ranks.items():
        for cut in _CUTS:
            figures |= interval(f"{name}@{cut}", mean_of([place < cut for place in places]), len(places), seed)
    figures["encode_ms"] = round(1000 * encoding / len(read.gallery), _DIGITS)
    figures["encode_query_ms"] = round(1000 * asking / len(read.queries), _DIGITS)
    return figures


async def _encoded(eye: PictureEncoder, shots: Sequence[Shot], told: Callable[[int], None]) -> Rows:
    rows: list[Rows] = []
    for start in range(0, len(shots), _BATCH):
        some = shots[start : start + _BATCH]
        rows.append(await eye.encode([shot.path.read_bytes() for shot in some]))
        told(len(some))
    return np.concatenate(rows)


def _rank(views: Views, gallery: Rows, shown: NDArray[np.str_], meant: str) -> int:
    """Return how many products, classes or items come before the one that is meant."""
    likeness = views.likeness(gallery)
    best = likeness[shown == meant].max(initial=-np.inf)
    return len(set(shown[likeness > best].tolist())) if np.isfinite(best) else len(shown)
