"""Puts what was found in order: by weights that suit any shop, or by trees trained on a shop's own judgments."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

# What a ranker sees of one product for one query, in this order. Scores are in [0, 1] unless noted.
FEATURES = (
    "words",  # its words' score, of the best product's
    "words_of_all",  # the same, of what a product with every word would get
    "meaning",  # its cosine with the query, of the nearest product's
    "cosine",  # that cosine itself, in [-1, 1]
    "type",  # cosine of its type with the query where that type is likely meant, else 0
    "price",  # natural logarithm of its lowest price in minor units, 0 without one
    "price_place",  # its price among what was found, 0 the lowest, 1 the highest
    "merit",  # what buyers say of it, in stars, few reviews counting less
    "query_words",  # how many words the query has
    "code",  # 1 where the query names a part or model number
    "mentioned",  # 1 where a type is meant and no word of the query names a product
)

Features = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Example:
    """What was found for one query or one shopper, and what people thought of it.

    Args:
        features: (found, number of features).
        grades: (found,), 0 where nobody judged.
        weight: How much it counts beside the others.
    """

    features: Features
    grades: NDArray[np.float32]
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class RankerNote:
    """Where a ranker comes from: for whoever asks why something ranks where it does."""

    name: str
    detail: str = ""


class Ranker(Protocol):
    """Scores what was found for one query."""

    note: RankerNote

    def score(self, features: Features) -> NDArray[np.float32]:
        """Return one score a row, higher is better.

        Args:
            features: (found, len(FEATURES)), in the order of FEATURES.
        """
        ...


class LinearRanker:
    """Fixed weights: shared words first, then nearness in meaning and the type that is meant.

    Measured on half of Icecat's judged queries and fifty everyday ones of the demo shop (docs/relevance.md).
    """

    note = RankerNote("linear")

    def score(self, features: Features) -> NDArray[np.float32]:
        """See Ranker."""
        column = dict(zip(FEATURES, features.T, strict=True))
        # Words that only stand in descriptions are a weak reason, once a type is meant.
        words = column["words"] * np.where(column["mentioned"] > 0, _MENTIONED_WEIGHT, 1.0)
        return (words + _MEANING_WEIGHT * column["meaning"] + _TYPE_WEIGHT * column["type"]).astype(np.float32)


_MEANING_WEIGHT, _TYPE_WEIGHT, _MENTIONED_WEIGHT = 0.5, 0.8, 0.3


def standing(values: Sequence[float]) -> NDArray[np.float32]:
    """Return each value's place among all, 0 for the lowest, 1 for the highest; equal values share one."""
    known = np.array(values, dtype=np.float32)
    if not len(known):
        return known
    places = np.searchsorted(np.sort(known), known)
    return (places / max(1, len(known) - 1)).astype(np.float32)
