"""Finds products that show nearly one picture: fingerprints name the pairs, keypoints and vectors confirm them."""

import asyncio
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from retrieval.catalog import Catalog
from retrieval.filters import All
from retrieval.index import PRINTS, Place, VectorIndex
from retrieval.seeing import points_of
from retrieval.sights import Sight
from retrieval.vision.encoder import Rows
from retrieval.vision.fingerprint import BITS, Prints, apart, read_prints
from retrieval.vision.keypoints import Keypoints, agreement

_ROWS = 512  # fingerprints compared with all others at a time
_NEAREST = 3  # fingerprints of each, whose pictures are compared by keypoints
_AGREED = 0.35  # of the keypoints, at least
_MIRRORED = 25  # of 256 signs, at most: keypoints do not know a mirror
_ALIKE = 0.7  # cosine of the nearest pictures, at least
_MOST = 2000  # pairs; more are one picture that stands for none
_PAGE = 256  # pairs read at a time

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Double:
    """Two products with nearly one picture.

    Args:
        product_ids: Both, in order of their ids.
        signs: Of 256 in which the fingerprints of the nearest pictures differ.
        agreed: Share of their keypoints that agree; 0.0 where only one's mirror is the other.
        cosine: Of the nearest pictures' vectors.
    """

    product_ids: Pair
    signs: int
    agreed: float
    cosine: float


@dataclass(slots=True)
class Near:
    """How near two products' fingerprints are: in how many signs they differ, and which pictures of both are near."""

    signs: int = BITS
    mirrored: bool = False
    pictures: set[tuple[int, int]] = field(default_factory=set[tuple[int, int]])

    def add(self, signs: int, pictures: tuple[int, int], *, mirrored: bool) -> None:
        """Take two near pictures in."""
        self.signs = min(self.signs, signs)
        self.mirrored |= mirrored
        if not mirrored:
            self.pictures.add(pictures)


async def doubles(catalog: Catalog) -> list[Double]:
    """Return at most 2,000 pairs of products whose pictures were looked at, the fewest signs apart first."""
    async with catalog.reading() as shelf:
        return await _doubles(shelf.reader.index, shelf.sight)


async def _doubles(index: VectorIndex, sight: Sight) -> list[Double]:
    found = await index.scan(All((sight.looked,)), [PRINTS])
    near = await asyncio.to_thread(near_prints, {one.product_id: one.payload.get(PRINTS, ()) for one in found})
    told: list[Double] = []
    pairs = sorted(near)
    for page in (pairs[at : at + _PAGE] for at in range(0, len(pairs), _PAGE)):
        agreed = await _agreed(index, {pair: near[pair] for pair in page})
        enough = {pair: share if share >= _AGREED else 0.0 for pair, share in agreed.items()}
        likely = {pair: share for pair, share in enough.items() if share or near[pair].mirrored}
        rows = await _rows(index, sight.place, sorted({product_id for pair in likely for product_id in pair}))
        told += [
            Double(
                pair,
                near[pair].signs,
                share,
                float((rows[pair[0]] @ rows[pair[1]].T).max()),
            )
            for pair, share in likely.items()
            if pair[0] in rows and pair[1] in rows
        ]
    sure = [one for one in told if one.cosine >= _ALIKE]
    return sorted(sure, key=lambda one: (one.signs, one.product_ids))[:_MOST]


async def _agreed(index: VectorIndex, near: Mapping[Pair, Near]) -> dict[Pair, float]:
    points = await points_of(index, sorted({product_id for pair in near for product_id in pair}))
    return await asyncio.to_thread(lambda: {pair: _agreement(points, pair, one) for pair, one in near.items()})


def _agreement(points: Mapping[str, Sequence[Keypoints]], pair: Pair, near: Near) -> float:
    first, second = (points.get(product_id, ()) for product_id in pair)
    both = [(mine, theirs) for mine, theirs in near.pictures if mine < len(first) and theirs < len(second)]
    return max((agreement(first[mine], [second[theirs]]) for mine, theirs in both), default=0.0)


async def _rows(index: VectorIndex, place: Place, product_ids: Sequence[str]) -> dict[str, Rows]:
    found = await index.retrieve(product_ids, seen=place)
    return {one.product_id: one.vectors[place.vectors] for one in found if one.vectors}


def near_prints(prints: Mapping[str, Sequence[str]]) -> dict[Pair, Near]:
    """Return pairs of products that may show one picture: the nearest fingerprints of each, and mirrors. Blocks.

    Every print is compared with every other one.
    """
    ids = sorted(prints)
    owner = np.array([at for at, product_id in enumerate(ids) for _ in prints[product_id]], dtype=np.int64)
    place = [at for product_id in ids for at in range(len(prints[product_id]))]
    every = read_prints([one for product_id in ids for one in prints[product_id]])
    near: dict[Pair, Near] = defaultdict(Near)
    for start in range(0, len(every), _ROWS):
        for mine, theirs, signs, mirrored in _near(every, owner, start):
            # Both are looked at from each side; the pair is one, in order of the products' ids.
            first, second = (mine, theirs) if owner[mine] < owner[theirs] else (theirs, mine)
            near[ids[owner[first]], ids[owner[second]]].add(signs, (place[first], place[second]), mirrored=mirrored)
    return dict(near)


def _near(every: Prints, owner: NDArray[np.int64], start: int) -> Iterator[tuple[int, int, int, bool]]:
    """Yield the places of near prints, in how many signs they differ, and whether one is the other's mirror."""
    some = every[start : start + _ROWS]
    own = owner[start : start + _ROWS, None] == owner
    straight, mirrored = (apart(some, every, mirrored=way) for way in (False, True))
    straight[own] = mirrored[own] = BITS
    close = np.zeros_like(own)
    nearest = np.argpartition(straight, min(_NEAREST, len(every)) - 1, axis=1)[:, :_NEAREST]
    np.put_along_axis(close, nearest, values=True, axis=1)
    for signs, chosen, way in (
        (straight, close & ~own, False),
        (mirrored, (mirrored <= _MIRRORED) & (mirrored < straight), True),
    ):
        for mine, theirs in np.argwhere(chosen).tolist():
            yield start + mine, theirs, int(signs[mine, theirs]), way
