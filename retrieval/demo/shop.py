"""The demo shop as a whole: `generate` gives its entries, made one by one as they are read, and its policies."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import overload

from retrieval.demo.kinds import Material, load
from retrieval.demo.layout import Layout, product_id
from retrieval.demo.offers import Range, make_offers
from retrieval.demo.policies import POLICIES
from retrieval.demo.portrait import describe, draw, title
from retrieval.demo.reviews import make_reviews
from retrieval.product import CatalogueEntry, Policy, Product

PRODUCTS_MAX = 1_000_000


class Entries(Sequence[CatalogueEntry]):
    """A shop's entries: a sequence that keeps none of them and makes each when it is asked for."""

    def __init__(self, material: Material, layout: Layout) -> None:
        self._material = material
        self._layout = layout

    def __len__(self) -> int:
        return self._layout.products

    @overload
    def __getitem__(self, index: int) -> CatalogueEntry: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[CatalogueEntry, ...]: ...
    def __getitem__(self, index: int | slice) -> CatalogueEntry | tuple[CatalogueEntry, ...]:
        if isinstance(index, slice):
            return tuple(self._entry(at) for at in range(*index.indices(len(self))))
        if not -len(self) <= index < len(self):
            raise IndexError(index)
        return self._entry(index % len(self))

    def __iter__(self) -> Iterator[CatalogueEntry]:
        return map(self._entry, range(len(self)))

    def _entry(self, index: int) -> CatalogueEntry:
        place = self._layout.place(index)
        rng = Random(f"aisle-demo:{self._layout.seed}:{index}")
        portrait = draw(place, self._layout, self._material, rng)
        low, high = place.kind.price
        dollars = rng.triangular(low, high, low + (high - low) * 0.4) * portrait.factor
        own_id = product_id(index)
        product = Product(
            product_id=own_id,
            title=title(place, portrait),
            brand=portrait.brand,
            product_type=place.kind.name,
            department=place.kind.department,
            description=describe(place, portrait, self._material, rng),
            colours=portrait.colours,
            sizes=portrait.sizes,
            materials=portrait.materials,
            styles=portrait.styles,
            attributes=portrait.attributes,
            image_url=f"/pictures/{own_id}.webp",
            url=f"/p/{own_id}",
            reviews=make_reviews(place.kind, portrait, self._material.words, rng),
            complements=self._layout.complements(place, rng.randint(3, 5)),
            related=self._layout.related(place, rng.randint(2, 4)),
        )
        offered = Range(own_id, portrait.colours, portrait.sizes, dollars)
        return CatalogueEntry(product=product, offers=make_offers(place.kind, offered, rng))


@dataclass(frozen=True)
class DemoShop:
    """A generated shop. `entries` may be read any number of times, from the start or by index."""

    entries: Entries
    policies: tuple[Policy, ...]


def generate(products: int = 1200, seed: int = 7) -> DemoShop:
    """The demo shop of 1 to 1,000,000 products; the same numbers give the same shop on every machine.

    Raises:
        ValueError: `products` is out of range.
    """
    if not 1 <= products <= PRODUCTS_MAX:
        raise ValueError(f"the demo shop can have 1 to {PRODUCTS_MAX:,} products, not {products:,}")
    material = load()
    return DemoShop(Entries(material, Layout(material, products, seed)), POLICIES)
