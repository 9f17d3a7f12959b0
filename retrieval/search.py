"""Finds products by words and filters: meaning and exact words together, or in order of price or rating."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace

from retrieval.encode import TextEncoder
from retrieval.filters import (
    All,
    Condition,
    Ids,
    active,
    conditions,
    meets,
    offer_conditions,
    value_text,
    wanted_words,
)
from retrieval.index import OFFERS, Ask, Found, Matching, Nearest, VectorIndex
from retrieval.lexicon import Lexicon, Query, only
from retrieval.product import Product
from retrieval.query import Blocking, Filters, Hit, SearchResult, Sort
from retrieval.rank import fuse, spread

# On Icecat's 113 judged queries, NDCG@10: words alone 0.783, meaning alone 0.537, both equal 0.790, these 0.809.
_DENSE_WEIGHT, _WORDS_WEIGHT = 0.4, 1.0
_POOL = 100  # candidates each way of searching brings
_SORTED_POOL = 500
_NEAREST = 3
_CHECKED_WORDS = 16
_BROWSE_FADE = 0.93


@dataclass(slots=True)
class Reader:
    """One edition of the catalogue and what is needed to ask it; what was learned of it is remembered here."""

    index: VectorIndex
    encoder: TextEncoder
    lexicon: Lexicon
    known_tokens: dict[int, bool] = field(default_factory=dict[int, bool])
    pairs: dict[str, tuple[str, ...]] | None = None


@dataclass(frozen=True, slots=True)
class _Answer:
    hits: tuple[Hit, ...]
    best_cosine: float = 0.0
    lexical: bool = False


async def search(reader: Reader, query: str, filters: Filters, limit: int, sort: Sort) -> SearchResult:
    """Return the best `limit` products for the words among those that meet the filters; no words means browse."""
    asked = reader.lexicon.query(query)
    answer = await _answer(reader, query, asked, filters, limit, sort)
    unknown = await _unknown_words(reader, asked)
    filtered = bool(active(filters))
    total = await reader.index.count(conditions(filters)) if filtered or not asked.tokens else None

    async def nearest(relaxed: Filters, sort: Sort) -> tuple[Hit, ...]:
        return (await _answer(reader, query, asked, relaxed, _NEAREST, sort)).hits

    blocked = await blocking(reader, filters, nearest) if filtered and not answer.hits else ()
    return SearchResult(answer.hits, blocked, total, answer.best_cosine, answer.lexical, unknown)


async def browse(reader: Reader, filters: Filters, limit: int, also: tuple[Condition, ...] = ()) -> tuple[Hit, ...]:
    """Return well-reviewed products of different types and brands; the same ones every time."""
    found = await reader.index.ordered(
        "order_merit",
        conditions(filters).also(*also),
        max(_POOL, 8 * limit),
        ["product_type", "brand", "order_merit"],
        descending=True,
    )

    def kinds(one: Found) -> tuple[str, str]:
        return f"type {one.payload['product_type']}", f"brand {one.payload['brand']}"

    chosen = spread(found, lambda one: one.payload["order_merit"], kinds, limit, _BROWSE_FADE)
    return await hits_in_order(reader, [one.product_id for one in chosen])


async def blocking(
    reader: Reader,
    filters: Filters,
    nearest: Callable[[Filters, Sort], Awaitable[tuple[Hit, ...]]],
    also: tuple[Condition, ...] = (),
) -> tuple[Blocking, ...]:
    """Return each filter without which something would be left, in the order of the fields.

    Args:
        reader: The catalogue.
        filters: Filters that together leave nothing.
        nearest: Finds the nearest products under other filters; for a price bound it is asked by price.
        also: Conditions beside the filters, the same as in the search that found nothing.
    """
    unset = Filters()
    names = active(filters)
    relaxed = {name: replace(filters, **{name: getattr(unset, name)}) for name in names}
    counts = await asyncio.gather(*(reader.index.count(conditions(relaxed[name]).also(*also)) for name in names))
    by_price: dict[str, Sort] = {"price_max": "price_low", "price_min": "price_high"}
    return tuple(
        [
            Blocking(
                name, value_text(filters, name), count, await nearest(relaxed[name], by_price.get(name, "relevance"))
            )
            for name, count in zip(names, counts, strict=True)
            if count
        ]
    )


async def hits(reader: Reader, scored: Sequence[tuple[str, float]]) -> tuple[Hit, ...]:
    """Return whole products for (id, score) pairs, in their order."""
    found = await reader.index.retrieve([product_id for product_id, _ in scored], ["product"])
    products = {one.product_id: Product.model_validate_json(one.payload["product"]) for one in found}
    return tuple(Hit(products[i], score) for i, score in scored if i in products)


async def hits_in_order(reader: Reader, product_ids: Sequence[str]) -> tuple[Hit, ...]:
    """Return whole products whose order is all that is known about them; scores fall from 1 towards 0."""
    return await hits(reader, [(i, 1 - place / len(product_ids)) for place, i in enumerate(product_ids)])


async def _answer(reader: Reader, query: str, asked: Query, filters: Filters, limit: int, sort: Sort) -> _Answer:
    if sort != "relevance":
        return await _ordered(reader, query, asked, filters, limit, sort)
    if not asked.tokens:
        return _Answer(await browse(reader, filters, limit))
    dense, words = await _neighbours(reader, query, asked, conditions(filters), max(_POOL, 4 * limit))
    ranked = fuse([(_DENSE_WEIGHT, _ids(dense)), (_WORDS_WEIGHT, _ids(words))])
    return _Answer(await hits(reader, ranked[:limit]), dense[0].score if dense else 0.0, bool(words))


async def _neighbours(
    reader: Reader, query: str, asked: Query, condition: All, pool: int
) -> tuple[list[Found], list[Found]]:
    """Return (nearest in meaning, sharing words), each best first."""
    vector = await reader.encoder.encode_query(query)
    asks = [Ask(Nearest(vector), condition, pool), Ask(Matching(asked.sparse), condition, pool)]
    dense, words = await reader.index.query(asks)
    return dense, words


async def _ordered(reader: Reader, query: str, asked: Query, filters: Filters, limit: int, sort: Sort) -> _Answer:
    """Order all products that meet the filters and, where the query says more than the filters, those it is about."""
    condition, best_cosine, lexical = conditions(filters), 0.0, False
    said = set(reader.lexicon.query(wanted_words(filters)).tokens.values())
    if asked.tokens:
        dense, words = await _neighbours(reader, query, asked, condition, _POOL)
        best_cosine, lexical = (dense[0].score if dense else 0.0), bool(words)
        more = set(asked.tokens.values()) - said
        if more:
            condition = condition.also(Ids(tuple(await _about(reader, more, condition, dense))))
    if sort == "rating":
        found = await reader.index.ordered("order_rating", condition, limit, descending=True)
    else:
        found = await _by_price(reader, filters, condition, limit, descending=sort == "price_high")
    return _Answer(await hits_in_order(reader, _ids(found)), best_cosine, lexical)


async def _about(reader: Reader, tokens: set[int], condition: All, dense: list[Found]) -> list[str]:
    """Return the products that hold the most of these words, or when no word is found, the nearest in meaning."""
    [found] = await reader.index.query([Ask(Matching(only(tokens)), condition, _SORTED_POOL)], with_words=True)
    held = {one.product_id: len(tokens.intersection(one.words.indices)) for one in found if one.words is not None}
    if not held:
        return [one.product_id for one in dense if one.score >= 0.8 * dense[0].score]
    most = max(held.values())
    return [product_id for product_id, count in held.items() if count == most]


async def _by_price(reader: Reader, filters: Filters, condition: All, limit: int, *, descending: bool) -> list[Found]:
    """Order by the lowest price among the offers that meet the filters, which is the price a card shows."""
    narrowing = replace(filters, price_max=None)
    if not offer_conditions(narrowing):
        # Whatever offer meets price_max alone, the product's cheapest meets it too: the engine's order is exact.
        return await reader.index.ordered("order_price", condition, limit, descending=descending)
    wanted = offer_conditions(filters)
    priced: list[tuple[int, str, Found]] = []
    for one in await reader.index.scan(condition, [OFFERS]):
        for price in sorted(offer["price"] for offer in one.payload[OFFERS] if meets(offer, wanted))[:1]:
            priced.append((-price if descending else price, one.product_id, one))
    return [one for _, _, one in sorted(priced, key=lambda p: p[:2])[:limit]]


async def _unknown_words(reader: Reader, asked: Query) -> tuple[str, ...]:
    tokens = {word: token for word, token in list(asked.tokens.items())[:_CHECKED_WORDS] if not word.isdigit()}
    new = [token for token in dict.fromkeys(tokens.values()) if token not in reader.known_tokens]
    if new:
        answers = await reader.index.query([Ask(Matching(only({token})), All(), 1) for token in new])
        reader.known_tokens.update({token: bool(found) for token, found in zip(new, answers, strict=True)})
    return tuple(word for word, token in tokens.items() if not reader.known_tokens[token])


def _ids(found: Sequence[Found]) -> list[str]:
    return [one.product_id for one in found]
