"""What goes with a type of product, learned from the merchant's links of others of its type."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

_TYPES = 4
_BACKING = 10.0  # links of any type that weigh as much as the same number of the type's own
_LEAST = 3  # products of the type that link there; of fewer, it is a whim


@dataclass(frozen=True, slots=True)
class Linked:
    """A product with the merchant's links from it.

    Args:
        product_id: Its id.
        product_type: Its type.
        towards: Ids of what the merchant says goes with it.
    """

    product_id: str
    product_type: str
    towards: Sequence[str]


@dataclass(frozen=True, slots=True)
class Pairing:
    """What was learned of a catalogue's links.

    Args:
        types: For each type, those it goes with, the strongest first; a link from the other side counts half.
        counts: For each type, how many of its products link to which product.
        everywhere: How many products of any type link to which product.
    """

    types: Mapping[str, tuple[str, ...]]
    counts: Mapping[str, Mapping[str, int]]
    everywhere: Mapping[str, int]

    @classmethod
    def learn(cls, products: Iterable[Linked]) -> Self:
        """Learn from products and their links; links to products that are not among them say nothing."""
        every = list(products)
        kind = {one.product_id: one.product_type for one in every}
        between: dict[str, Counter[str]] = {}
        counts: dict[str, Counter[str]] = {}
        everywhere: Counter[str] = Counter()
        for one in every:
            for other in (each for each in one.towards if each in kind):
                counts.setdefault(one.product_type, Counter())[other] += 1
                everywhere[other] += 1
                if kind[other] != one.product_type:
                    between.setdefault(one.product_type, Counter())[kind[other]] += 2
                    between.setdefault(kind[other], Counter())[one.product_type] += 1
        types = {
            name: tuple(sorted(others, key=lambda other: (-others[other], other))[:_TYPES])
            for name, others in between.items()
        }
        return cls(types, counts, everywhere)

    def chance(self, product_type: str, product_id: str) -> float:
        """Return how likely a product of that type is linked to the other one, in [0, 1]."""
        counts = self.counts.get(product_type, {})
        anywhere = self.everywhere.get(product_id, 0) / max(1, sum(self.everywhere.values()))
        return (counts.get(product_id, 0) + _BACKING * anywhere) / (sum(counts.values()) + _BACKING)

    def towards(self, product_type: str) -> list[str]:
        """Return what several products of a type are linked to, the most linked first."""
        counts = self.counts.get(product_type, {})
        return sorted((each for each in counts if counts[each] >= _LEAST), key=lambda each: (-counts[each], each))
