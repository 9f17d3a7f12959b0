"""What goes together in baskets: pairs that several people bought at once, which says more than likeness does."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Self

import numpy as np
from numpy.typing import NDArray

from retrieval.taste.interactions import Days, Indices, Interactions

Weights = NDArray[np.float64]

_LEAST_PEOPLE = 3  # of fewer, one could tell who they are
_WIDEST = 50  # products of one basket that count; beyond, it is no basket but a stock
_SHRINK = 5.0  # as if so many baskets had held either product alone
_KEPT = 50
_STEP = 2_000_000  # pairs counted at a time


@dataclass(frozen=True, slots=True)
class Baskets:
    """Products that were bought together, by product.

    Args:
        starts: Where each product's companions begin, shape (products + 1,).
        companion: Index of each companion, the strongest first, shape (kept,).
        weight: Of each companion in (0, 1], shape (kept,).
        people: How many people bought the two at once, shape (kept,).
    """

    starts: Indices
    companion: Indices
    weight: Weights
    people: Indices

    @classmethod
    def train(cls, bought: Interactions) -> Self:
        """Learn from purchases; what a shopper buys on one day (UTC) is one basket."""
        size = len(bought.items)
        codes, people = _pairs(bought, size)
        popularity = np.bincount(np.unique(bought.user * size + bought.item) % size, minlength=size)
        enough = people >= _LEAST_PEOPLE
        first, second, people = codes[enough] // size, codes[enough] % size, people[enough]
        first, second, people = np.r_[first, second], np.r_[second, first], np.r_[people, people]
        weight = people / (np.sqrt(popularity[first] * popularity[second]) + _SHRINK)
        order = np.lexsort((second, -weight, first))
        first = first[order]
        starts = np.searchsorted(first, np.arange(size + 1))
        kept = np.arange(len(first)) - starts[first] < _KEPT
        starts = np.searchsorted(first[kept], np.arange(size + 1))
        picked = order[kept]
        return cls(starts, second[picked], weight[picked], people[picked])

    def along(self, item: int) -> slice:
        """Return where a product's companions are."""
        return slice(int(self.starts[item]), int(self.starts[item + 1]))


def _pairs(bought: Interactions, size: int) -> tuple[Indices, Indices]:
    """Return codes (lower × products + higher) of pairs bought at once, and by how many people."""
    counted: list[tuple[Indices, Indices]] = []
    codes: list[Indices] = []
    waiting = 0
    for start, end in pairwise(bought.bounds().tolist()):
        mine = _of_one(bought.item[start:end], bought.day[start:end], size)
        codes.append(mine)
        waiting += len(mine)
        if waiting > _STEP:
            counted, codes, waiting = [_counted(counted, codes)], [], 0
    return _counted(counted, codes)


def _of_one(items: Indices, days: Days, size: int) -> Indices:
    """Return the pairs that one shopper bought at once, each once."""
    found: list[Indices] = []
    when = np.floor(days)
    for day in np.unique(when):
        basket = np.unique(items[when == day])[:_WIDEST]
        lower, higher = np.triu_indices(len(basket), 1)
        found.append(basket[lower] * size + basket[higher])
    return np.unique(np.concatenate(found)) if found else np.zeros(0, dtype=np.int64)


def _counted(known: list[tuple[Indices, Indices]], codes: list[Indices]) -> tuple[Indices, Indices]:
    """Add one for each code to what is counted already."""
    every = np.concatenate([*(held for held, _ in known), *codes, np.zeros(0, dtype=np.int64)])
    ones = [np.ones(len(each), dtype=np.int64) for each in codes]
    worth = np.concatenate([*(count for _, count in known), *ones, np.zeros(0, dtype=np.int64)])
    unique, place = np.unique(every, return_inverse=True)
    return unique, np.bincount(place, weights=worth, minlength=len(unique)).astype(np.int64)
