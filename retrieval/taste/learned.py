"""What was learned of a shop's own events, and asked by product id: what is taken next, and what goes with what."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from retrieval.taste.attentive import Attentive
from retrieval.taste.baskets import Baskets
from retrieval.taste.interactions import Days, Indices, Interactions, Scorer, Scores, standard
from retrieval.taste.item_to_item import ItemToItem, Knobs
from retrieval.trees import TreesRanker

# How old, in days, each older thing of a history counts beside the one after it: what is wanted now comes first.
_STEP_DAYS = 5.0
_SPEAKS = 0.0
_TABLES = ("starts", "neighbour", "weight", "commonness")
_BASKETS = ("starts", "companion", "weight", "people")


@dataclass(frozen=True, slots=True)
class Because:
    """Why a product is recommended.

    Args:
        product_id: Of the shopper's own, the one that speaks most for it.
        bought: Whether people bought the two at once; else they were merely taken by the same people.
    """

    product_id: str
    bought: bool


@dataclass(frozen=True, slots=True)
class Learned:
    """A trained model of one shop.

    Args:
        items: Product ids; position is the index used below.
        number: The index of each.
        likes: What the same people take.
        baskets: What people buy at once.
        sequence: What is taken next after these, in their order; None where that found no more.
        share: Of the sequence's scores among the two, in [0, 1].
        popularity: How often each product was taken, shape (products,).
        ranker: Puts candidates in order; None where fixed weights do as well.
    """

    items: tuple[str, ...]
    number: Mapping[str, int]
    likes: ItemToItem
    baskets: Baskets
    sequence: Attentive | None = None
    share: float = 0.0
    popularity: Scores | None = None
    ranker: TreesRanker | None = None

    @classmethod
    def train(cls, taken: Interactions, bought: Interactions, knobs: Knobs) -> Self:
        """Learn from what was taken in any way and from what was bought, both over the same products.

        What is taken next in order is learned elsewhere, with PyTorch, and added: `replace(model, sequence=…)`.
        """
        number = {item: index for index, item in enumerate(taken.items)}
        likes, baskets = ItemToItem.train(taken, knobs), Baskets.train(bought)
        return cls(taken.items, number, likes, baskets, popularity=taken.popularity())

    def wanted(self, liked: Sequence[str], limit: int) -> list[str]:
        """Return products for somebody who liked these, the most recent first; none of them, the best first."""
        mine = np.array([self.number[each] for each in liked if each in self.number], dtype=np.int64)
        if not len(mine):
            return []
        scores = self.scores(mine[::-1], -_STEP_DAYS * np.arange(len(mine) - 1, -1, -1, dtype=np.float64))
        scores[mine] = _SPEAKS
        best = np.argpartition(-scores, min(limit, len(scores) - 1))[:limit]
        order = best[np.argsort(-scores[best], kind="stable")]
        return [self.items[item] for item in order.tolist() if scores[item] > _SPEAKS]

    def scores(self, items: Indices, days: Days) -> Scores:
        """Score every product for a shopper, shape (products,), higher is likelier, 0 or less says nothing.

        Args:
            items: Products the shopper took, oldest first, shape (history,).
            days: When, shape (history,).
        """
        return mixed(self.likes.scores, self.sequence and self.sequence.scores, self.share)(items, days)

    def taken_by(self, product_id: str) -> float:
        """Return how often a product was taken by anybody."""
        at = self.number.get(product_id)
        return 0.0 if at is None or self.popularity is None else float(self.popularity[at])

    def along(self, product_id: str) -> list[str]:
        """Return what is bought with a product, the closest first."""
        if product_id not in self.number:
            return []
        at = self.baskets.along(self.number[product_id])
        return [self.items[item] for item in self.baskets.companion[at].tolist()]

    def because(self, liked: Sequence[str], wanted: str) -> Because | None:
        """Return which of a shopper's products speaks most for another one; None where none does."""
        if wanted not in self.number:
            return None
        at = self.number[wanted]
        mine = [self.number[each] for each in liked if each in self.number]
        companions = self.baskets.companion[self.baskets.along(at)].tolist()
        together = next((item for item in mine if item in companions), None)
        if together is not None:
            return Because(self.items[together], bought=True)
        found = self.likes.because(np.array(mine, dtype=np.int64), at)
        return None if found is None else Because(self.items[found], bought=False)

    def to_bytes(self) -> bytes:
        """Return the model as one file, without the sequence model and the ranker, which have their own."""
        arrays: dict[str, Any] = {f"likes_{name}": getattr(self.likes, name) for name in _TABLES}
        arrays |= {f"baskets_{name}": getattr(self.baskets, name) for name in _BASKETS}
        arrays |= {} if self.popularity is None else {"popularity": self.popularity}
        out = io.BytesIO()
        np.savez_compressed(out, items=np.array(self.items, dtype=np.str_), **arrays)
        return out.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes, knobs: Knobs) -> Self:
        """Return the model in a file's bytes; raises ValueError, KeyError or OSError where it is none."""
        with np.load(io.BytesIO(data), allow_pickle=False) as held:
            items = tuple(str(item) for item in held["items"])
            likes = ItemToItem(knobs, *(held[f"likes_{name}"] for name in _TABLES))
            baskets = Baskets(*(held[f"baskets_{name}"] for name in _BASKETS))
            popularity = held["popularity"] if "popularity" in held.files else None
        number = {item: index for index, item in enumerate(items)}
        return cls(items, number, likes, baskets, popularity=popularity)


def mixed(first: Scorer, second: Scorer | None, share: float) -> Scorer:
    """Return a scorer that adds two others' standard scores, the second one's with this share; the first alone at 0."""
    if second is None or not share:
        return first

    def scores(items: Indices, days: Days) -> Scores:
        return (1 - share) * standard(first(items, days)) + share * standard(second(items, days))

    return scores
