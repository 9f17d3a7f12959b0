"""Simulated shoppers: hidden tastes, and what they do with a row of products, the further down the less."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from retrieval.product import CatalogueEntry
from shop.events import EventKind

ROW = 6
LOOKED = (1.0, 0.8, 0.64, 0.5, 0.4, 0.33)  # how likely each place is looked at
_KINDS, _COLOURS = 5, 2  # of things that a shopper is after, of one department; colours they like
_KIND, _STYLE, _COLOUR, _BAND = 2.0, 1.0, 0.8, 2.0  # what each is worth in logits
_BIAS, _STEEP = 2.0, 2.0
_DULL, _DISMISSES = 0.15, 0.25  # what appeals less is turned down so often, once looked at
_SAVES, _BUYS = 0.35, 0.25  # of what appeals and was looked into
_OFFERED = 12  # things that a shopper comes across without the row, of which one may be looked into


@dataclass(frozen=True, slots=True)
class Wares:
    """The products of a shop as tastes see them; position is the product's index.

    Args:
        ids: Product ids.
        kinds: Product types.
        departments: Of each product.
        styles: Of each product.
        colours: Of each product.
        band: Place of its price within its type, 0 the cheapest, 1 the dearest, shape (products,).
    """

    ids: tuple[str, ...]
    kinds: tuple[str, ...]
    departments: tuple[str, ...]
    styles: tuple[frozenset[str], ...]
    colours: tuple[frozenset[str], ...]
    band: NDArray[np.float64]

    @classmethod
    def of(cls, entries: Sequence[CatalogueEntry]) -> "Wares":
        """Read what tastes see off a catalogue."""
        products = [entry.product for entry in entries]
        prices = np.array([min((offer.price for offer in entry.offers), default=0) for entry in entries])
        kinds = tuple(product.product_type for product in products)
        band = np.zeros(len(products))
        for kind in set(kinds):
            mine = np.flatnonzero(np.array(kinds) == kind)
            band[mine] = np.argsort(np.argsort(prices[mine])) / max(1, len(mine) - 1)
        return cls(
            tuple(product.product_id for product in products),
            kinds,
            tuple(product.department for product in products),
            tuple(frozenset(product.styles) for product in products),
            tuple(frozenset(product.colours) for product in products),
            band,
        )


@dataclass(slots=True)
class Shopper:
    """Somebody with a hidden taste, and what they did so far.

    Args:
        name: Unlike all others'.
        appeal: How likely each product pleases, shape (products,), in [0, 1].
        liked: Ids that were looked into or more, the most recent last.
        dismissed: Ids that were turned down.
    """

    name: str
    appeal: NDArray[np.float64]
    liked: list[str] = field(default_factory=list[str])
    dismissed: list[str] = field(default_factory=list[str])

    def near(self, row: Sequence[int], wares: Wares) -> float:
        """Return the appeal of a row beside that of the best row of what is new, in [0, 1]."""
        gone = {*self.liked, *self.dismissed}
        new = np.array([product_id not in gone for product_id in wares.ids])
        best = np.sort(self.appeal[new])[-ROW:].sum()
        return float(self.appeal[list(row)].sum() / best)


def drawn(name: str, wares: Wares, draw: np.random.Generator) -> Shopper:
    """Return a shopper of a taste of chance: kinds of one department, a style, colours and a band of prices."""
    department = draw.choice(sorted(set(wares.departments)))
    there = sorted({kind for kind, of in zip(wares.kinds, wares.departments, strict=True) if of == department})
    kinds = set(draw.choice(there, min(_KINDS, len(there)), replace=False).tolist())
    style = draw.choice(sorted({each for styles in wares.styles for each in styles}))
    every = sorted({each for colours in wares.colours for each in colours})
    colours = set(draw.choice(every, _COLOURS, replace=False).tolist())
    centre = draw.uniform(0.1, 0.9)
    logits = (
        _KIND * np.array([kind in kinds for kind in wares.kinds])
        + _STYLE * np.array([style in styles for styles in wares.styles])
        + _COLOUR * np.array([bool(colours & mine) for mine in wares.colours])
        - _BAND * np.abs(wares.band - centre)
    )
    return Shopper(name, 1.0 / (1.0 + np.exp(-_STEEP * (logits - _BIAS))))


def visit(
    shopper: Shopper, row: Sequence[int], wares: Wares, draw: np.random.Generator
) -> list[tuple[EventKind, str, int | None]]:
    """Return what a shopper does with a row and beside it: kind, product, place in the row from 1.

    What is done is remembered in `liked` and `dismissed`. The same draws meet every system alike.
    """
    looks, wishes, further = draw.random(ROW), draw.random(ROW), draw.random((ROW, 2))
    came = draw.choice(len(wares.ids), _OFFERED, replace=False)
    done: list[tuple[EventKind, str, int | None]] = []
    for at, item in enumerate(row):
        product_id, appeal = wares.ids[item], float(shopper.appeal[item])
        done.append(("show", product_id, at + 1))
        if looks[at] > LOOKED[at]:
            continue
        if wishes[at] < appeal:
            done.append(("click", product_id, at + 1))
            if further[at, 0] < _SAVES * appeal:
                done.append(("save", product_id, None))
            if further[at, 1] < _BUYS * appeal:
                done.append(("buy", product_id, None))
            shopper.liked.append(product_id)
        elif appeal < _DULL and further[at, 0] < _DISMISSES:
            done.append(("dismiss", product_id, at + 1))
            shopper.dismissed.append(product_id)
    best = int(came[int(np.argmax(shopper.appeal[came]))])
    if draw.random() < math.sqrt(float(shopper.appeal[best])):
        done.append(("view", wares.ids[best], None))
        shopper.liked.append(wares.ids[best])
    return done
