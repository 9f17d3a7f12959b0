"""Lays out one product for the engine: the text that is searched, and the payload that is filtered and shown."""

import json
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Any
from zlib import crc32

from retrieval.analyse import pieces, split
from retrieval.filters import PRICES, SOLD, STOCKED_PRICES, fold
from retrieval.index import FAMILY, NAMES, OFFERS, SAID, SHOWN, SPOKEN, WORDS, Payload, Sparse
from retrieval.lexicon import Field, Lexicon
from retrieval.product import Offer, Product

# Weights by measurement on half of Icecat's judged queries (docs/relevance.md); lengths as shops usually write them.
_TITLE, _LABELS = Field(1.0, 10, 0.5), Field(0.5, 3, 0.3)
_DESCRIPTION, _FACTS = Field(0.7, 20, 0.5), Field(0.15, 60, 0.5)
_MISSPELT_FROM = 4  # letters; shorter words have too many neighbours
_COLOURS = frozenset(
    {
        "black",
        "white",
        "grey",
        "gray",
        "silver",
        "gold",
        "beige",
        "brown",
        "cream",
        "ivory",
        "blue",
        "navy",
        "red",
        "green",
        "yellow",
        "orange",
        "pink",
        "purple",
        "turquoise",
        "teal",
        "multicolour",
        "multicolor",
        "transparent",
    }
)
_PRIOR_RATING, _PRIOR_REVIEWS = 3.7, 4  # what we believe of a product before anyone reviewed it


def searched_text(product: Product) -> str:
    """Return the product as prose for the encoder, what it is first: the encoder forgets long tails."""
    facts = [product.title, product.product_type, product.brand, product.department]
    facts += [", ".join(words) for words in (product.colours, product.materials, product.styles)]
    return ". ".join(fact for fact in [*facts, product.description] if fact)


def word_vectors(product: Product, lexicon: Lexicon) -> dict[str, Sparse]:
    """Return the product's words as the engine keeps them: all by fields, its names, and what is said of it."""
    return {
        WORDS: lexicon.weighted(lexical_fields(product)),
        NAMES: lexicon.present([naming_text(product)]),
        SAID: lexicon.present([said_text(product)]),
    }


def lexical_fields(product: Product) -> list[tuple[Field, str]]:
    """Return the product's text by fields, for BM25F: what it is called counts most, single facts least."""
    facts = " ".join(product.attributes.values())
    labels = " ".join([product.department, *product.colours, *product.materials, *product.styles])
    return [
        (_TITLE, f"{product.title} {product.product_type}"),
        (_LABELS, f"{product.brand} {labels}"),
        (_DESCRIPTION, product.description),
        (_FACTS, facts),
    ]


def said_text(product: Product) -> str:
    """Return what a card and its page say in words: without the single facts, which name what the product is not."""
    return f"{naming_text(product)} {product.description}"


def naming_text(product: Product) -> str:
    """Return only the words that say what the product is; a description may speak of anything."""
    labels = [product.brand, product.department, *product.colours, *product.materials, *product.styles]
    return " ".join([product.title, product.product_type, *labels])


def spoken_words(product: Product) -> list[str]:
    """Return the words of its name that a shopper may misspell: letters only, folded, four or more."""
    said = pieces(f"{product.title} {product.product_type} {product.brand} {product.department}")
    parts = (part for piece in said for part in split(piece))
    return list(dict.fromkeys(part for part in parts if len(part) >= _MISSPELT_FROM and part.isalpha()))


def family(product: Product) -> str:
    """Return what products share that differ only in colour and size, so that a page shows one of them first."""
    apart = {word for words in (product.colours, product.sizes) for value in words for word in pieces(value)}
    name = [piece for piece in pieces(product.title) if piece not in apart and piece not in _COLOURS]
    return sha256(json.dumps([fold(product.brand), fold(product.product_type), name]).encode()).hexdigest()[:12]


def payload(product: Product, offers: Sequence[Offer]) -> Payload:
    """Return everything the engine filters, orders, counts and gives back, with the whole product as JSON text.

    Fields without prefix are folded for filtering, `label_` fields are as the feed writes them,
    `order_` fields are numbers to sort by, made unique by the product id.
    """
    options = [offer.options for offer in offers]
    return {
        "id": product.product_id,
        "product": product.model_dump_json(exclude_defaults=True),
        "complements": list(product.complements),
        "product_type": fold(product.product_type),
        "department": fold(product.department),
        "colours": _folded(_union(product.colours, (o.get("colour") for o in options))),
        "materials": _folded(product.materials),
        "brand": fold(product.brand),
        "styles": _folded(product.styles),
        "label_sizes": _union(product.sizes, (o.get("size") for o in options)),
        "label_brand": product.brand,
        SPOKEN: spoken_words(product),
        FAMILY: family(product),
        SHOWN: _union((product.image_url,) if product.image_url else (), (offer.image_url for offer in offers)),
        "order_rating": _unique(round((product.rating or 0) * 1000) * 1000 + min(len(product.reviews), 999), product),
        "order_merit": _unique(merit(product), product),
        **offer_payload(product, offers),
    }


def offer_payload(product: Product, offers: Sequence[Offer]) -> Payload:
    """Return the fields that change with price and stock; only offers that may be sold take part.

    An offer that does not say its colour (or size) has every colour (size) of the product.
    """
    kept = [
        {
            "colours": _folded(_option(offer.options, "colour", product.colours)),
            "sizes": _folded(_option(offer.options, "size", product.sizes)),
            "price": offer.price,
            "stock": offer.stock,
        }
        for offer in offers
        if offer.sellable
    ]
    prices = [offer.price for offer in offers if offer.sellable]
    return {
        OFFERS: kept,
        **flat(kept),
        "order_price": _unique(min(prices), product) if prices else None,
        "order_price_high": max(prices, default=None),
    }


def flat(offers: Sequence[Mapping[str, Any]]) -> Payload:
    """Return what a payload's offers say as fields of the product, see filters.flattened."""
    return {
        PRICES: sorted({offer["price"] for offer in offers}),
        STOCKED_PRICES: sorted({offer["price"] for offer in offers if offer["stock"] > 0}),
        **{field: _union((), (word for offer in offers for word in offer[name])) for name, field in SOLD.items()},
    }


def merit(product: Product) -> int:
    """Return how well buyers speak of it, in thousandths of a star: few reviews count less."""
    total = sum(review.rating for review in product.reviews)
    return round(1000 * (total + _PRIOR_RATING * _PRIOR_REVIEWS) / (len(product.reviews) + _PRIOR_REVIEWS))


def _unique(value: int, product: Product) -> int:
    """Return a number in the same order as `value` in which equal values hardly ever meet, so that pages are stable."""
    return value * 1000 + crc32(product.product_id.encode()) % 1000


def _option(options: Mapping[str, str], name: str, otherwise: Sequence[str]) -> Sequence[str]:
    return (options[name],) if name in options else otherwise


def _folded(words: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(fold(word) for word in words))


def _union(words: Iterable[str], more: Iterable[str | None]) -> list[str]:
    return list(dict.fromkeys([*words, *(word for word in more if word)]))
