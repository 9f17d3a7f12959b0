"""Who took what and when, as arrays that every model of taste is trained from."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

Indices = NDArray[np.int64]
Days = NDArray[np.float64]
Scores = NDArray[np.float64]
Scorer = Callable[[Indices, Days], Scores]  # of a history, oldest first, for every product

SECONDS_OF_A_DAY = 86_400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedForm:
    """What every model in closed form is trained with.

    Args:
        ridge: Added to the diagonal; higher trusts rare pairs less.
        novelty: Scores are divided by the product's popularity to this power.
        most: Products that are learned, the most taken first, since the closed form inverts a square matrix.
    """

    ridge: float
    novelty: float
    most: int


@dataclass(frozen=True, slots=True)
class Interactions:
    """Interactions, ordered by shopper and within a shopper by time.

    Args:
        users: Opaque ids of shoppers; position is the index used below.
        items: Opaque ids of products; position is the index used below.
        user: Index of each interaction's shopper, shape (n,), ascending.
        item: Index of each interaction's product, shape (n,).
        day: When, in days since any fixed moment, shape (n,).
    """

    users: tuple[str, ...]
    items: tuple[str, ...]
    user: Indices
    item: Indices
    day: Days

    @classmethod
    def of(cls, rows: Iterable[tuple[str, str, float]], items: Sequence[str] | None = None) -> Self:
        """Read rows of (shopper, product, seconds).

        Args:
            rows: In any order; those at the same second keep theirs.
            items: The products to number, if they are to be more or others than those seen; rows of others are left
                out.
        """
        kept = list(rows)
        known = tuple(items) if items is not None else tuple(sorted({item for _, item, _ in kept}))
        number = {item: index for index, item in enumerate(known)}
        kept = [row for row in kept if row[1] in number]
        users = tuple(sorted({user for user, _, _ in kept}))
        whose = {user: index for index, user in enumerate(users)}
        user = np.array([whose[row[0]] for row in kept], dtype=np.int64)
        item = np.array([number[row[1]] for row in kept], dtype=np.int64)
        day = np.array([row[2] for row in kept], dtype=np.float64) / SECONDS_OF_A_DAY
        order = np.lexsort((day, user))
        return cls(users, known, user[order], item[order], day[order])

    def bounds(self) -> Indices:
        """Return where each shopper's interactions begin, and the end of the last, shape (shoppers + 1,)."""
        return np.searchsorted(self.user, np.arange(len(self.users) + 1))

    def popularity(self) -> Scores:
        """Return how many interactions each product has, shape (products,)."""
        return np.bincount(self.item, minlength=len(self.items)).astype(np.float64)

    def most_taken(self, most: int) -> Indices:
        """Return the products that anybody took, the most taken first, at most so many."""
        popularity = self.popularity()
        return np.argsort(-popularity, kind="stable")[: min(most, np.count_nonzero(popularity))]


def standard(scores: Scores) -> Scores:
    """Return scores moved and stretched to mean 0 and deviation 1, so that those of two models can be added."""
    spread = float(scores.std())
    return (scores - scores.mean()) / spread if spread else np.zeros_like(scores)
