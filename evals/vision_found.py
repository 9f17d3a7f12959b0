"""Vision on labelled pictures: how often the nearest pictures show the right product, class or item."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evals.intervals import interval, mean_of
from evals.vision_sets import PictureSet, Shot
from retrieval.vision.encoder import PictureEncoder, Rows, Views
from retrieval.vision.keypoints import VERIFIED, Keypoints, agreement, keypoints

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
        `_low` and `_high`; `looks_recall@k` without keypoints, `shape_recall@k` by shape alone; milliseconds of
        processor time of the encoder a picture.
    """
    done = 0

    def one_more(count: int = 1) -> None:
        nonlocal done
        done += count
        told(done)

    points = [keypoints(shot.path.read_bytes()) for shot in read.gallery]
    return {name: await _of(read, (eye, points), seed, one_more) for name, eye in eyes.items()}


@dataclass(frozen=True, slots=True)
class _Gallery:
    """What is looked among: (n, size) rows, n keypoints, and what the n pictures show."""

    rows: Rows
    points: Sequence[Keypoints]
    shown: NDArray[np.str_]


async def _of(
    read: PictureSet, by: tuple[PictureEncoder, Sequence[Keypoints]], seed: int, told: Callable[[int], None]
) -> Figures:
    eye, points = by
    started = time.process_time()
    rows = await _encoded(eye, read.gallery, told)
    encoding = time.process_time() - started
    gallery = _Gallery(rows, points, np.array([shot.shows for shot in read.gallery]))
    ranks: dict[str, list[int]] = {"recall": [], "looks_recall": [], "shape_recall": []}
    asking = 0.0
    for shot in read.queries:
        picture = shot.path.read_bytes()
        started = time.process_time()
        asked = await eye.encode_query(picture)
        asking += time.process_time() - started
        looks = asked.looks.likeness(rows)
        verified = _verified(asked.looks, looks, gallery, picture)
        for name, likeness in zip(ranks, (verified, looks, asked.shapes.likeness(rows)), strict=True):
            ranks[name].append(_rank(likeness, gallery.shown, shot.shows))
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


def _verified(views: Views, likeness: Rows, gallery: _Gallery, picture: bytes) -> Rows:
    """Return the likeness with what keypoints add, as in a search but for the nearest picture of each thing alone."""
    if not views.bounds.agreed:
        return likeness
    asked, verified, leading = keypoints(picture, asked=True), likeness.copy(), set[int]()
    for cosines in views.rows @ gallery.rows.T:
        order = np.argsort(-cosines, kind="stable")
        _, firsts = np.unique(gallery.shown[order], return_index=True)
        leading.update(order[np.sort(firsts)[:VERIFIED]].tolist())
    for at in leading:
        verified[at] += views.bounds.agreed * agreement(asked, [gallery.points[at]])
    return verified


def _rank(likeness: Rows, shown: NDArray[np.str_], meant: str) -> int:
    """Return how many products, classes or items come before the one that is meant."""
    best = likeness[shown == meant].max(initial=-np.inf)
    return len(set(shown[likeness > best].tolist())) if np.isfinite(best) else len(shown)
