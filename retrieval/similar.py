"""Finds products by other products: alike, going together, or to a shopper's liking."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import chain, zip_longest

from retrieval.evidence import Reader
from retrieval.filters import All, Ids, Not, OneOf, conditions
from retrieval.index import TEXT, Ask, Found, LikeAny, Nearest
from retrieval.query import Filters, Hit, SearchResult, Sort
from retrieval.rank import spread
from retrieval.search import blocking, browse, hits, hits_in_order

_SAME_TYPE_BONUS = 2.0  # more than cosines can differ: every other desk before the first table
_POOL = 60
_LIKED = 10
_RECOMMEND_FADE = 0.93
_COMPLEMENTARY_TYPES = 4
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


async def goes_with(reader: Reader, product_id: str, filters: Filters, limit: int) -> SearchResult:
    """Return what the merchant says goes with this product, then what is like it among the types that go with its type.

    Types go together when merchants' links join them anywhere in the catalogue.
    """
    found = await reader.index.retrieve([product_id], ["product_type", "complements"], with_vectors=True)
    if not found:
        return SearchResult(())
    [product] = found
    types = await _complementary_types(reader, product.payload["product_type"])
    among = All((OneOf("product_type", types),)) if types else Ids(())
    own: tuple[str, ...] = tuple(product.payload["complements"])

    async def together(filters: Filters, limit: int) -> tuple[Hit, ...]:
        linked = await reader.index.scan(conditions(filters).also(Ids(own), Not(Ids((product_id,)))))
        chosen = sorted((one.product_id for one in linked), key=own.index)[:limit]
        if len(chosen) < limit:
            chosen += await _alike_by_type(reader, product, types, filters, (*own, product_id))
        return await hits_in_order(reader, chosen[:limit])

    async def nearest(relaxed: Filters, _: Sort) -> tuple[Hit, ...]:
        return await together(relaxed, _NEAREST)

    chosen = await together(filters, limit)
    blocked = () if chosen else await blocking(reader, filters, nearest, (among, Not(Ids((product_id,)))))
    return SearchResult(chosen, blocked)


async def recommend(reader: Reader, liked: Sequence[str], filters: Filters, limit: int) -> SearchResult:
    """Return products like any of the liked ones (most recent first, ten count), of several types, none of them liked.

    Without known liked products: well-reviewed ones of several types.
    """
    known = await reader.index.retrieve(list(liked)[:_LIKED], with_vectors=True)
    vectors = tuple(one.vectors[TEXT] for one in known if one.vectors is not None)
    new = (Not(Ids(tuple(liked))),) if liked else ()

    async def choose(filters: Filters, limit: int) -> tuple[Hit, ...]:
        if not vectors:
            return await browse(reader, filters, limit, new)
        ask = Ask(LikeAny(vectors), conditions(filters).also(*new), max(_POOL, 4 * limit))
        [found] = await reader.index.query([ask], ["product_type"])
        chosen = spread(found, lambda one: one.score, lambda one: [one.payload["product_type"]], limit, _RECOMMEND_FADE)
        return await hits_in_order(reader, [one.product_id for one in chosen])

    async def nearest(relaxed: Filters, _: Sort) -> tuple[Hit, ...]:
        return await choose(relaxed, _NEAREST)

    chosen = await choose(filters, limit)
    blocked = () if chosen else await blocking(reader, filters, nearest, new)
    return SearchResult(chosen, blocked)


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


async def _complementary_types(reader: Reader, product_type: str) -> tuple[str, ...]:
    if reader.pairs is None:
        reader.pairs = await _learn_pairs(reader)
    return reader.pairs.get(product_type, ())


async def _learn_pairs(reader: Reader) -> dict[str, tuple[str, ...]]:
    """Return, for each type, the types most often linked from or to it; a link towards it counts half."""
    everything = await reader.index.scan(All(), ["product_type", "complements"])
    types = {one.product_id: one.payload["product_type"] for one in everything}
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for one in everything:
        this = one.payload["product_type"]
        for other in (types[i] for i in one.payload["complements"] if i in types):
            if other != this:
                counts[this][other] += 2
                counts[other][this] += 1
    return {
        kind: tuple(sorted(with_it, key=lambda other: (-with_it[other], other))[:_COMPLEMENTARY_TYPES])
        for kind, with_it in counts.items()
    }
