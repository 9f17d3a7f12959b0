"""Finds products by words and filters: meaning and exact words together, or in order of price or rating."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence, Set
from dataclasses import dataclass, field, replace

from retrieval.asking import Asked, read_query
from retrieval.candidates import Ranked, rank
from retrieval.evidence import Reader
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
from retrieval.index import OFFERS, Ask, Found, Matching
from retrieval.judging import JUDGED, judged
from retrieval.lexicon import only
from retrieval.product import Product
from retrieval.query import Blocking, Filters, Hit, SearchResult, Sort
from retrieval.rank import spread

_POOL = 100
_SORTED_POOL = 500
_NEAREST = 3
_BROWSE_FADE = 0.93


@dataclass(frozen=True, slots=True)
class _Answer:
    hits: tuple[Hit, ...]
    ranked: Ranked = field(default_factory=Ranked)


async def search(reader: Reader, query: str, filters: Filters, limit: int, sort: Sort) -> SearchResult:
    """Return the best `limit` products for the words among those that meet the filters; no words means browse."""
    asked = await read_query(reader.catalogued, query)
    filtered = bool(active(filters))
    counted = filtered or not asked.query.words
    answer, total = await asyncio.gather(
        _answer(reader, asked, filters, limit, sort), reader.index.count(conditions(filters)) if counted else _nothing()
    )

    async def nearest(relaxed: Filters, sort: Sort) -> tuple[Hit, ...]:
        return (await _answer(reader, asked, relaxed, _NEAREST, sort)).hits

    blocked = await blocking(reader, filters, nearest) if filtered and not answer.hits else ()
    ranked = answer.ranked
    nearest_type, type_cosine = ranked.types[0] if ranked.types else ("", 0.0)
    return SearchResult(
        answer.hits,
        blocked,
        total,
        best_cosine=ranked.best_cosine,
        lexical=ranked.lexical,
        unknown_words=asked.unknown,
        named_words=asked.named,
        corrected=asked.corrected,
        coverage=ranked.coverage,
        nearest_type=nearest_type,
        type_cosine=type_cosine,
    )


async def _nothing() -> None:
    return None


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


async def _answer(reader: Reader, asked: Asked, filters: Filters, limit: int, sort: Sort) -> _Answer:
    if sort != "relevance":
        return await _ordered(reader, asked, filters, limit, sort)
    if not asked.query.words:
        return _Answer(await browse(reader, filters, limit))
    return await _ranked(reader, asked, filters, limit)


async def _ranked(reader: Reader, asked: Asked, filters: Filters, limit: int) -> _Answer:
    # A type the shopper has already chosen leaves nothing to guess.
    wide = limit if reader.judge is None else max(limit, JUDGED)
    ranked = await rank(reader, asked, conditions(filters), wide, guess_types=not filters.product_types)
    found = await hits(reader, ranked.scored)
    if reader.judge is not None and found:
        found = (await judged(reader.judge, asked.text, found))[:limit]
    return _Answer(found, ranked)


async def _ordered(reader: Reader, asked: Asked, filters: Filters, limit: int, sort: Sort) -> _Answer:
    """Order all products that meet the filters and, where the query says more than the filters, those it is about."""
    condition, answer = conditions(filters), _Answer(())
    if asked.query.words:
        answer = await _ranked(reader, asked, filters, _POOL)
        more = asked.needed.keys() - set(reader.lexicon.query(wanted_words(filters)).sparse.indices)
        if more:
            condition = condition.also(Ids(tuple(await _about(reader, more, condition, answer.hits))))
    if sort == "rating":
        found = await reader.index.ordered("order_rating", condition, limit, descending=True)
    else:
        found = await _by_price(reader, filters, condition, limit, descending=sort == "price_high")
    return replace(answer, hits=await hits_in_order(reader, _ids(found)))


async def _about(reader: Reader, tokens: Set[int], condition: All, near: Sequence[Hit]) -> list[str]:
    """Return the products that hold the most of these words, or when no word is found, those ranked near the best."""
    [found] = await reader.index.query([Ask(Matching(only(tokens)), condition, _SORTED_POOL)], with_words=True)
    held = {one.product_id: len(tokens & set(one.words.indices)) for one in found if one.words is not None}
    if not held:
        return [hit.product.product_id for hit in near if hit.score >= 0.8 * near[0].score]
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


def _ids(found: Sequence[Found]) -> list[str]:
    return [one.product_id for one in found]
