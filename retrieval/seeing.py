"""Finds products by how they look: a shopper's picture alone, or a picture and words together."""

from collections.abc import Sequence

from retrieval.evidence import Reader
from retrieval.filters import All, active, conditions
from retrieval.index import PICTURE, Ask, Found, Matching, Nearest
from retrieval.query import Filters, Hit, SearchResult, Sort
from retrieval.rank import fuse
from retrieval.search import blocking, hits
from retrieval.vision.encoder import Bounds, Rows

_POOL = 100
_PICTURE_WEIGHT, _DENSE_WEIGHT, _WORDS_WEIGHT = 1.0, 0.3, 0.5
_NEAREST = 3


async def find_by_picture(
    reader: Reader, rows: Rows, words: str, filters: Filters, limit: int, bounds: Bounds
) -> SearchResult:
    """Return the products that look most like the picture among those that meet the filters.

    Args:
        reader: The catalogue.
        rows: The picture as the encoder sees it, (n, size), one row for each way it may be held.
        words: What the shopper adds, "" for nothing; then likeness and words count together.
        filters: Bind like in any search; colours asked for make the picture count by shape alone (the caller's part).
        limit: How many.
        bounds: What the cosines of these rows mean.
    """

    async def found(conditions_now: All, most: int) -> tuple[tuple[Hit, ...], list[tuple[str, float]]]:
        seen = await _seen(reader, rows, conditions_now, max(_POOL, 4 * most))
        ranked = await _with_words(reader, seen, words, conditions_now, max(_POOL, 4 * most)) if words else seen
        return await hits(reader, ranked[:most]), seen[:2]

    async def nearest(relaxed: Filters, _: Sort) -> tuple[Hit, ...]:
        return (await found(conditions(relaxed), _NEAREST))[0]

    chosen, nearest_two = await found(conditions(filters), limit)
    likeness = nearest_two[0][1] if nearest_two else 0.0
    filtered = bool(active(filters))
    blocked = await blocking(reader, filters, nearest) if filtered and not chosen else ()
    same = not words and _is_one_thing(nearest_two, bounds)
    total = await reader.index.count(conditions(filters)) if filtered else None
    return SearchResult(chosen, blocked, total, best_cosine=likeness, alike=likeness >= bounds.near, same=same)


def _is_one_thing(nearest: Sequence[tuple[str, float]], bounds: Bounds) -> bool:
    """Tell whether the first of (product id, cosine) is the thing in the picture: near enough, and alone in that."""
    behind = nearest[1][1] if len(nearest) > 1 else -1.0
    return bool(nearest) and nearest[0][1] >= bounds.same and nearest[0][1] - behind >= bounds.lead


async def _seen(reader: Reader, rows: Rows, condition: All, pool: int) -> list[tuple[str, float]]:
    """Return (product id, cosine) by the nearest of all pairs of a row and a product's picture, best first."""
    asks = [Ask(Nearest(row[None], PICTURE), condition, pool) for row in rows]
    best: dict[str, float] = {}
    for answer in await reader.index.query(asks):
        for one in answer:
            best[one.product_id] = max(one.score, best.get(one.product_id, -1.0))
    return sorted(best.items(), key=lambda pair: (-pair[1], pair[0]))


async def _with_words(
    reader: Reader, seen: Sequence[tuple[str, float]], words: str, condition: All, pool: int
) -> list[tuple[str, float]]:
    """Return ids by likeness and words together."""
    asked = reader.lexicon.query(words)
    if not asked.tokens:
        return list(seen)
    vector = await reader.encoder.encode_query(words)
    asks = [Ask(Nearest(vector), condition, pool), Ask(Matching(asked.sparse), condition, pool)]
    dense, lexical = await reader.index.query(asks)
    looks = [product_id for product_id, _ in seen]
    return fuse(
        [(_PICTURE_WEIGHT, looks), (_DENSE_WEIGHT, _ids(dense)), (_WORDS_WEIGHT, _ids(lexical))],
    )


def _ids(found: Sequence[Found]) -> list[str]:
    return [one.product_id for one in found]
