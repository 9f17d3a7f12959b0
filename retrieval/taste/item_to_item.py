"""Item to item in closed form: what somebody who took these takes next, learned from who took what together.

The weights are those of EASE (Steck, "Embarrassingly Shallow Autoencoders for Sparse Data", WWW 2019): the ridge
regression of every product on all others, whose diagonal is held at zero. Of each row the strongest are kept, so that a
recommendation costs as much as the shopper's history is long and not as the catalogue is wide. On top of the published
model, what a shopper took lately counts more, and what everybody takes counts a little less; both were chosen on the
last fifth of the training interactions of `online_retail_uci`.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import Self

import numpy as np

from retrieval.taste.interactions import ClosedForm, Days, Indices, Interactions, Scores

_STEP = 1024  # rows whose neighbours are chosen at a time, which bounds the memory for it


@dataclass(frozen=True, slots=True, kw_only=True)
class Knobs(ClosedForm):
    """How item to item is trained and asked.

    Args:
        neighbours: Weights kept for a product.
        fresh_days: An interaction's extra weight falls to 1/e of it in this time before the shopper's last one.
        lasting: Weight of an interaction however old, beside 1 for one that is new.
    """

    ridge: float = 500.0
    novelty: float = 0.2
    most: int = 12_000
    neighbours: int = 200
    fresh_days: float = 30.0
    lasting: float = 0.3


@dataclass(frozen=True, slots=True)
class ItemToItem:
    """A trained model.

    Args:
        knobs: What it was trained with.
        starts: Where each product's neighbours begin, shape (products + 1,).
        neighbour: Index of each neighbour, shape (kept,).
        weight: Of each neighbour, shape (kept,).
        commonness: What scores are divided by, shape (products,).
    """

    knobs: Knobs
    starts: Indices
    neighbour: Indices
    weight: Scores
    commonness: Scores

    @classmethod
    def train(cls, taken: Interactions, knobs: Knobs | None = None) -> Self:
        """Learn from interactions; the same ones give the same weights."""
        chosen = knobs or Knobs()
        kept = taken.most_taken(chosen.most)
        weights = closed_form(together(taken, kept), chosen.ridge)
        lists = _strongest(weights, chosen.neighbours)
        starts = np.zeros(len(taken.items) + 1, dtype=np.int64)
        starts[kept + 1] = lists.shape[1]
        order = np.argsort(kept)
        picked = lists[order]
        return cls(
            chosen,
            np.cumsum(starts),
            kept[picked].ravel(),
            weights[order[:, None], picked].ravel(),
            (taken.popularity() + 1) ** chosen.novelty,
        )

    def scores(self, items: Indices, days: Days) -> Scores:
        """Score every product for a shopper.

        Args:
            items: Products the shopper took, shape (history,).
            days: When, shape (history,), in the unit of the interactions it was trained from.

        Returns:
            Scores, shape (products,), higher is likelier; 0 for all where nothing is known. What was taken is scored as
            well: whoever asks leaves it out.
        """
        if not len(items):
            return np.zeros_like(self.commonness)
        ages = days.max() - days
        worth = np.exp(-ages / self.knobs.fresh_days) + self.knobs.lasting
        counts = self.starts[items + 1] - self.starts[items]
        spans = zip(self.starts[items].tolist(), self.starts[items + 1].tolist(), strict=True)
        places = np.concatenate([np.arange(start, end, dtype=np.int64) for start, end in spans])
        added = self.weight[places] * np.repeat(worth, counts)
        summed = np.bincount(self.neighbour[places], weights=added, minlength=len(self.commonness))
        return summed / self.commonness

    def because(self, items: Indices, wanted: int) -> int | None:
        """Return which of a shopper's products speaks most for another one; None where none does."""
        best, strength = None, 0.0
        for item in items.tolist():
            near = slice(self.starts[item], self.starts[item + 1])
            weight = float(self.weight[near][self.neighbour[near] == wanted].sum())
            if weight > strength:
                best, strength = item, weight
        return best


def together(taken: Interactions, kept: Indices) -> Scores:
    """Return how many shoppers took both of two products, shape (kept, kept).

    Args:
        taken: What they took.
        kept: Indices of the products that are counted.
    """
    place = np.full(len(taken.items), -1, dtype=np.int64)
    place[kept] = np.arange(len(kept))
    pairs = np.zeros((len(kept), len(kept)))
    for start, end in pairwise(taken.bounds().tolist()):
        mine = np.unique(place[taken.item[start:end]])
        mine = mine[mine >= 0]
        pairs[np.ix_(mine, mine)] += 1.0
    return pairs


def closed_form(pairs: Scores, ridge: float) -> Scores:
    """Return EASE's weight of every column's product given the row's; overwrites `pairs`."""
    pairs[np.diag_indices_from(pairs)] += ridge
    precision = np.linalg.inv(pairs)
    weights = precision / -np.diag(precision)
    weights[np.diag_indices_from(weights)] = 0.0
    return weights


def _strongest(weights: Scores, most: int) -> Indices:
    """Return the columns of every row's strongest weights, of either sign, shape (rows, most or fewer)."""
    width = min(most, weights.shape[1])
    parts = [
        np.argpartition(-np.abs(weights[start : start + _STEP]), width - 1, axis=1)[:, :width]
        for start in range(0, len(weights), _STEP)
    ]
    return np.concatenate(parts) if parts else np.zeros((0, 0), dtype=np.int64)
