"""What recommendations are compared with: the bestsellers, neighbours by cosine, and the published closed form."""

import numpy as np

from retrieval.taste.interactions import Interactions, Scorer
from retrieval.taste.item_to_item import closed_form, together

_COSINE_NEIGHBOURS = 200
_RIDGE = 300.0


def bestsellers(taken: Interactions) -> Scorer:
    """Score everything by how often it was taken."""
    popularity = taken.popularity()
    return lambda items, days: popularity


def nearest_items(taken: Interactions) -> Scorer:
    """Score by the cosine of two products' takers, the strongest neighbours of each only (ItemKNN)."""
    pairs = together(taken, np.arange(len(taken.items))).astype(np.float32)
    lengths = np.sqrt(np.maximum(np.diag(pairs), 1.0))
    pairs /= lengths[:, None] * lengths[None, :]
    np.fill_diagonal(pairs, 0.0)
    for row in pairs:
        least = np.partition(row, -min(_COSINE_NEIGHBOURS, len(row)))[-min(_COSINE_NEIGHBOURS, len(row))]
        row[row < least] = 0.0
    return lambda items, days: pairs[:, items].sum(axis=1).astype(np.float64)


def published(taken: Interactions) -> Scorer:
    """Score by EASE as it was published."""
    weights = closed_form(together(taken, np.arange(len(taken.items))), _RIDGE)
    return lambda items, days: weights[items].sum(axis=0)
