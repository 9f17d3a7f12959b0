"""Reads the catalogue's own words and how many products carry each, from the index or from a feed's entries."""

import asyncio
from collections import Counter
from collections.abc import Iterable

from retrieval.filters import All
from retrieval.index import OFFERS, VectorIndex
from retrieval.product import CatalogueEntry
from retrieval.query import Vocabulary

_FIELDS = ("product_types", "departments", "colours", "materials", "sizes", "brands", "styles")


async def read_vocabulary(index: VectorIndex, version: str) -> Vocabulary:
    """Return all words, lower case except sizes and brands, and the range of offer prices (minor units).

    Without any offer the range is 0 to 0.
    """
    words, (low, high) = await asyncio.gather(
        asyncio.gather(
            *(
                index.facet(field)
                for field in (
                    "product_type",
                    "department",
                    "colours",
                    "materials",
                    "label_sizes",
                    "label_brand",
                    "styles",
                )
            )
        ),
        _price_range(index),
    )
    types, departments, colours, materials, sizes, brands, styles = (
        {word: count for word, count in found.items() if word} for found in words
    )
    return Vocabulary(types, departments, colours, materials, sizes, brands, styles, low, high, version)


def vocabulary_of(entries: Iterable[CatalogueEntry], version: str) -> Vocabulary:
    """Return the words of products that are in no index; the price range is that of their offers (minor units)."""
    counts: dict[str, Counter[str]] = {name: Counter() for name in _FIELDS}
    prices: list[int] = []
    for entry in entries:
        product, options = entry.product, [offer.options for offer in entry.offers]
        prices.extend(offer.price for offer in entry.offers)
        said: dict[str, Iterable[str]] = {
            "product_types": (product.product_type,),
            "departments": (product.department,),
            "colours": (c.casefold() for c in (*product.colours, *(o.get("colour", "") for o in options))),
            "materials": (m.casefold() for m in product.materials),
            "sizes": (*product.sizes, *(o.get("size", "") for o in options)),
            "brands": (product.brand,),
            "styles": (s.casefold() for s in product.styles),
        }
        for name, words in said.items():
            counts[name].update({word for word in words if word})
    return Vocabulary(
        **{name: dict(counted) for name, counted in counts.items()},
        price_min=min(prices, default=0),
        price_max=max(prices, default=0),
        version=version,
    )


async def _price_range(index: VectorIndex) -> tuple[int, int]:
    cheapest = await index.ordered("order_price", All(), 1, [OFFERS])
    dearest = await index.ordered("order_price_high", All(), 1, [OFFERS], descending=True)
    low = min((offer["price"] for one in cheapest for offer in one.payload[OFFERS]), default=0)
    high = max((offer["price"] for one in dearest for offer in one.payload[OFFERS]), default=0)
    return low, high
