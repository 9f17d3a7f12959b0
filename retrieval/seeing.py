"""Finds products by how they look: a shopper's picture alone, or a picture and words together."""

from collections.abc import Sequence
from dataclasses import dataclass

from retrieval.evidence import Reader
from retrieval.filters import All, OneOf, active, conditions
from retrieval.index import LOOKED, PICTURE, PICTURE_SIZE, Ask, Found, Matching, Nearest
from retrieval.query import Filters, Hit, SearchResult, Sort
from retrieval.rank import fuse
from retrieval.search import blocking, hits
from retrieval.vision.encoder import Asked, Bounds, Views, widened

_POOL = 100
_PICTURE_WEIGHT, _DENSE_WEIGHT, _WORDS_WEIGHT = 1.0, 0.3, 0.5
_NEAREST = 3


@dataclass(frozen=True, slots=True)
class Glance:
    """A picture as it is compared.

    Args:
        eye: The encoder's name; only what the same one saw is compared.
        views: What is compared.
        whole: With the picture's colours, where `views` leaves them out; else None.
    """

    eye: str
    views: Views
    whole: Views | None = None


def glance(eye: str, asked: Asked, filters: Filters) -> Glance:
    """Return how a picture is compared; where colours are asked for, its own do not count."""
    return Glance(eye, asked.shapes, asked.looks) if filters.colours else Glance(eye, asked.looks)


async def find_by_picture(reader: Reader, seen: Glance, words: str, filters: Filters, limit: int) -> SearchResult:
    """Return the products that look most like the picture among those that meet the filters.

    Args:
        reader: The catalogue.
        seen: The picture.
        words: What the shopper adds, "" for nothing; then likeness and words count together.
        filters: Bind like in any search; with colours, products of the kind that the picture shows come first.
        limit: How many.
    """
    bounds, kind = seen.views.bounds, await _kind(reader, seen)

    async def found(conditions_now: All, most: int) -> tuple[tuple[Hit, ...], list[tuple[str, float]]]:
        pool = max(_POOL, 4 * most)
        seen_now = await _seen(reader, seen, conditions_now, pool)
        if kind is not None:
            own = await _seen(reader, seen, conditions_now.also(kind), pool)
            seen_now = list(dict([*own, *seen_now]).items())
        ranked = await _with_words(reader, seen_now, words, conditions_now, pool) if words else seen_now
        return await hits(reader, ranked[:most]), seen_now[:2]

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


async def _kind(reader: Reader, seen: Glance) -> OneOf | None:
    """Return the kind of thing a picture shows, where `seen` itself leaves its colours out.

    Shape alone tells kinds apart less well than shape and colour, and the wish for another colour is for the same kind.
    """
    if seen.whole is None:
        return None
    nearest = await _seen(reader, Glance(seen.eye, seen.whole), All(), 1)
    if not nearest:
        return None
    [product] = await reader.index.retrieve([nearest[0][0]], ["product_type"])
    return OneOf("product_type", (product.payload["product_type"],))


async def _seen(reader: Reader, seen: Glance, condition: All, pool: int) -> list[tuple[str, float]]:
    """Return (product id, cosine) by the nearest of all pairs of a row and a product's picture, best first."""
    looked = condition.also(OneOf(LOOKED, (seen.eye,)))
    asks = [Ask(Nearest(row[None], PICTURE), looked, pool) for row in widened(seen.views.rows, PICTURE_SIZE)]
    best: dict[str, float] = {}
    for worth, answer in zip(seen.views.worth, await reader.index.query(asks), strict=True):
        for one in answer:
            best[one.product_id] = max(float(worth) * one.score, best.get(one.product_id, -1.0))
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
