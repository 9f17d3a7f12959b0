"""Finds products that show nearly one picture: fingerprints name the pairs, the pictures' vectors confirm them."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retrieval.catalog import Catalog
from retrieval.filters import All
from retrieval.index import PRINTS, Place, VectorIndex
from retrieval.sights import Sight
from retrieval.vision.encoder import Rows
from retrieval.vision.fingerprint import Prints, apart, read_prints

_ROWS = 512  # fingerprints compared with all others at a time
_NEAR = 25  # of 256 signs; drawings of different things are as near from 30 on
_SURE = 9  # signs, where colours need not confirm it: the same picture in another light
_ALIKE = 0.7  # cosine of the nearest pictures, at least, elsewhere
_MOST = 2000  # pairs; more are one picture that stands for none
_PAGE = 256


@dataclass(frozen=True, slots=True)
class Double:
    """Two products with nearly one picture.

    Args:
        product_ids: Both, in order of their ids.
        signs: Of 256 in which the fingerprints of the nearest pictures differ.
        cosine: Of the nearest pictures' vectors.
    """

    product_ids: tuple[str, str]
    signs: int
    cosine: float


async def doubles(catalog: Catalog) -> list[Double]:
    """Return the pairs among the products whose pictures were looked at, the surest first; at most 2,000."""
    async with catalog.reading() as shelf:
        return await _doubles(shelf.reader.index, shelf.sight)


async def _doubles(index: VectorIndex, sight: Sight) -> list[Double]:
    found = await index.scan(All((sight.looked,)), [PRINTS])
    near = await asyncio.to_thread(near_prints, {one.product_id: one.payload.get(PRINTS, ()) for one in found})
    surest = sorted(near, key=lambda pair: (near[pair], pair))[:_MOST]
    rows = await _rows(index, sight.place, sorted({product_id for pair in surest for product_id in pair}))
    told = [Double(pair, near[pair], float((rows[pair[0]] @ rows[pair[1]].T).max())) for pair in surest]
    return [double for double in told if double.signs <= _SURE or double.cosine >= _ALIKE]


async def _rows(index: VectorIndex, place: Place, product_ids: Sequence[str]) -> dict[str, Rows]:
    known: dict[str, Rows] = {}
    for page in (product_ids[at : at + _PAGE] for at in range(0, len(product_ids), _PAGE)):
        found = await index.retrieve(page, seen=place)
        known |= {one.product_id: one.vectors[place.vectors] for one in found if one.vectors}
    return known


def near_prints(prints: Mapping[str, Sequence[str]]) -> dict[tuple[str, str], int]:
    """Return the pairs of products whose nearest fingerprints differ in few signs, with how many. Blocks.

    Every print is compared with every later one.
    """
    ids = sorted(prints)
    owner = np.array([at for at, product_id in enumerate(ids) for _ in prints[product_id]], dtype=np.int64)
    every = read_prints([one for product_id in ids for one in prints[product_id]])
    best: dict[tuple[str, str], int] = {}
    for start in range(0, len(every), _ROWS):
        for mine, theirs, signs in _near(every, owner, start):
            pair = ids[mine], ids[theirs]
            best[pair] = min(signs, best.get(pair, signs))
    return best


def _near(every: Prints, owner: NDArray[np.int64], start: int) -> list[tuple[int, int, int]]:
    signs = apart(every[start : start + _ROWS], every[start:])
    mine, theirs = np.nonzero(signs <= _NEAR)
    first, second = owner[start + mine], owner[start + theirs]
    later = first < second
    return list(zip(first[later].tolist(), second[later].tolist(), signs[mine, theirs][later].tolist(), strict=True))
