"""The next item in closed form: what comes after these, learned from the order in which shoppers took things.

A ridge regression from the recent past of every moment of every shopper to what followed it, after SLIST (Choi et al.,
"Session-aware Linear Item-Item Models", WWW 2021): the past fades with every step back, what follows fades with every
step ahead. Unlike item to item it knows which of two products comes first, and forgets what a shopper took long ago.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import Self

import numpy as np
from numpy.typing import NDArray

from retrieval.taste.interactions import ClosedForm, Days, Indices, Interactions, Scores


@dataclass(frozen=True, slots=True, kw_only=True)
class Knobs(ClosedForm):
    """How the next item is learned.

    Args:
        past: A step back in a shopper's history lessens its weight by exp(-1 / past).
        ahead: A step ahead lessens the weight of what followed by exp(-1 / ahead).
        longest: Of a history the last so many are looked at.
    """

    ridge: float = 50.0
    novelty: float = 0.1
    most: int = 20_000
    past: float = 3.0
    ahead: float = 2.0
    longest: int = 50


@dataclass(frozen=True, slots=True)
class NextItem:
    """A trained model.

    Args:
        knobs: What it was trained with.
        place: Row and column of each product, -1 for those not learned, shape (products,).
        weights: Of every learned product after every other, shape (learned, learned).
    """

    knobs: Knobs
    place: Indices
    weights: NDArray[np.float32]

    @classmethod
    def train(cls, taken: Interactions, knobs: Knobs | None = None) -> Self:
        """Learn from interactions in their order; the same ones give the same weights."""
        chosen = knobs or Knobs()
        kept = taken.most_taken(chosen.most)
        place = np.full(len(taken.items), -1, dtype=np.int64)
        place[kept] = np.arange(len(kept))
        pasts, follows = _successions(taken, place, len(kept), chosen)
        pasts[np.diag_indices_from(pasts)] += chosen.ridge
        weights = np.linalg.solve(pasts, follows)
        weights /= ((taken.popularity()[kept] + 1) ** chosen.novelty).astype(np.float32)
        return cls(chosen, place, weights)

    def scores(self, items: Indices, days: Days) -> Scores:
        """Score every product as the next one of a shopper.

        Args:
            items: Products the shopper took, oldest first, shape (history,).
            days: When; only their order counts, which `items` has.

        Returns:
            Scores, shape (products,), higher is likelier; 0 for products that were never taken.
        """
        learned = self.place[items[-self.knobs.longest :]]
        learned = learned[learned >= 0]
        worth = np.exp(-np.arange(len(learned) - 1, -1, -1) / self.knobs.past).astype(np.float32)
        summed = worth @ self.weights[learned]
        return np.where(self.place >= 0, summed[self.place], 0.0).astype(np.float64)


def _successions(
    taken: Interactions, place: Indices, size: int, knobs: Knobs
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return how recent pasts go together, and what followed them, each of shape (size, size)."""
    pasts = np.zeros((size, size), dtype=np.float32)
    follows = np.zeros((size, size), dtype=np.float32)
    for start, end in pairwise(taken.bounds().tolist()):
        mine = place[taken.item[start:end]][-knobs.longest :]
        mine = mine[mine >= 0]
        steps = np.arange(len(mine))[:, None] - np.arange(len(mine))[None, :]
        past = np.where(steps >= 0, np.exp(-np.maximum(steps, 0) / knobs.past), 0.0)
        after = np.where(steps < 0, np.exp((np.minimum(steps, -1) + 1) / knobs.ahead), 0.0)
        at = np.ix_(mine, mine)
        np.add.at(pasts, at, past.T @ past)
        np.add.at(follows, at, past.T @ after)
    return pasts, follows
