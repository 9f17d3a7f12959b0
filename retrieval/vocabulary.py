"""Reads the catalogue's own words and how many products carry each from the index."""

import asyncio

from retrieval.filters import All
from retrieval.index import OFFERS, VectorIndex
from retrieval.query import Vocabulary


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


async def _price_range(index: VectorIndex) -> tuple[int, int]:
    cheapest = await index.ordered("order_price", All(), 1, [OFFERS])
    dearest = await index.ordered("order_price_high", All(), 1, [OFFERS], descending=True)
    low = min((offer["price"] for one in cheapest for offer in one.payload[OFFERS]), default=0)
    high = max((offer["price"] for one in dearest for offer in one.payload[OFFERS]), default=0)
    return low, high
