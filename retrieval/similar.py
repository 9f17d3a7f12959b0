"""Finds products by other products: alike, or going together."""

from collections.abc import Sequence
from itertools import chain, zip_longest

from retrieval.evidence import Reader
from retrieval.filters import All, Ids, Not, OneOf, conditions
from retrieval.index import TEXT, Ask, Found, Nearest
from retrieval.query import Filters, Hit, SearchResult, Sort
from retrieval.search import blocking, hits, hits_in_order
from retrieval.taste.learned import Learned
from retrieval.taste.pairing import Linked, Pairing

_SAME_TYPE_BONUS = 2.0  # more than cosines can differ: every other desk before the first table
_POOL = 60
_NEAREST = 3


async def similar_to(reader: Reader, product_id: str, filters: Filters, limit: int) -> SearchResult:
    """Return products like this one, its own type first, never itself; an unknown product has none."""
    found = await reader.index.retrieve([product_id], ["product_type"], with_vectors=True)
    if not found:
        return SearchResult(())
    [product] = found
    not_itself = Not(Ids((product_id,)))

    async def alike(filters: Filters, limit: int) -> tuple[Hit, ...]:
        return await hits(reader, await _alike(reader, product, conditions(filters).also(not_itself), limit))

    async def nearest(relaxed: Filters, _: Sort) -> tuple[Hit, ...]:
        return await alike(relaxed, _NEAREST)

    chosen = await alike(filters, limit)
    blocked = () if chosen else await blocking(reader, filters, nearest, (not_itself,))
    return SearchResult(chosen, blocked)


async def goes_with(reader: Reader, about: tuple[str, Learned | None], filters: Filters, limit: int) -> SearchResult:
    """Return what the merchant says goes with this product, then what is bought with it, then what is like it.

    What is bought with it is of other types than its own; what is like it is of types that go with its type: those
    that merchants' links join anywhere in the catalogue.

    Args:
        reader: The catalogue.
        about: The product, and what was learned of baskets.
        filters: What all of them meet.
        limit: How many.
    """
    product_id, learned = about
    found = await reader.index.retrieve([product_id], ["product_type", "complements"], with_vectors=True)
    if not found:
        return SearchResult(())
    [product] = found
    pairing, kind = await _pairing(reader), product.payload["product_type"]
    types = pairing.types.get(kind, ())
    among = All((OneOf("product_type", types),)) if types else Ids(())
    own: tuple[str, ...] = tuple(product.payload["complements"])
    # What others bought with it, then what the merchant often links to from its type.
    known = [*(learned.along(product_id) if learned else ()), *pairing.towards(kind)]
    bought = [each for each in dict.fromkeys(known) if each not in own]
    other = Not(OneOf("product_type", (kind,)))

    async def together(filters: Filters, limit: int) -> tuple[Hit, ...]:
        linked = await reader.index.scan(conditions(filters).also(Ids(own), Not(Ids((product_id,)))))
        chosen = sorted((one.product_id for one in linked), key=own.index)[:limit]
        if len(chosen) < limit and bought:
            chosen += await _there(reader, bought, conditions(filters).also(other))
        if len(chosen) < limit:
            chosen += await _alike_by_type(reader, product, types, filters, (*own, *bought, product_id))
        return await hits_in_order(reader, chosen[:limit])

    async def nearest(relaxed: Filters, _: Sort) -> tuple[Hit, ...]:
        return await together(relaxed, _NEAREST)

    chosen = await together(filters, limit)
    blocked = () if chosen else await blocking(reader, filters, nearest, (among, Not(Ids((product_id,)))))
    return SearchResult(chosen, blocked)


async def _there(reader: Reader, product_ids: Sequence[str], condition: All) -> list[str]:
    """Return those of the products that meet a condition, in their order."""
    found = {one.product_id for one in await reader.index.scan(condition.also(Ids(tuple(product_ids))))}
    return [each for each in product_ids if each in found]


async def _alike(reader: Reader, product: Found, condition: All, limit: int) -> list[tuple[str, float]]:
    vector = (product.vectors or {})[TEXT]
    same_type = OneOf("product_type", (product.payload["product_type"],))
    asks = [
        Ask(Nearest(vector), condition.also(same_type), limit),
        Ask(Nearest(vector), condition.also(Not(same_type)), limit),
    ]
    same, other = await reader.index.query(asks)
    scored = [(one.product_id, one.score + _SAME_TYPE_BONUS) for one in same]
    scored += [(one.product_id, one.score) for one in other]
    return sorted(scored, key=lambda pair: (-pair[1], pair[0]))[:limit]


async def _alike_by_type(
    reader: Reader, product: Found, types: tuple[str, ...], filters: Filters, but: tuple[str, ...]
) -> list[str]:
    """Return ids like the product, one of each type in turn, the strongest pairing first."""
    if not types:
        return []
    vector = (product.vectors or {})[TEXT]
    condition = conditions(filters).also(Not(Ids(but)))
    asks = [Ask(Nearest(vector), condition.also(OneOf("product_type", (kind,))), _POOL) for kind in types]
    lists = [[one.product_id for one in found] for found in await reader.index.query(asks)]
    return [i for i in chain.from_iterable(zip_longest(*lists)) if i is not None]


async def _pairing(reader: Reader) -> Pairing:
    if reader.pairing is None:
        found = await reader.index.scan(All(), ["product_type", "complements"])
        reader.pairing = Pairing.learn(
            Linked(one.product_id, one.payload["product_type"], one.payload["complements"]) for one in found
        )
    return reader.pairing
