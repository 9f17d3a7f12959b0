"""Finds products by how they look: a shopper's picture alone, or a picture and words together."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from retrieval.evidence import Reader
from retrieval.examples import examples
from retrieval.filters import All, Ids, OneOf, active, conditions
from retrieval.index import PICTURE_SIZE, POINTS, PRINTS, Ask, Found, Matching, Nearest, VectorIndex
from retrieval.query import Filters, Hit, Liking, SearchResult, Sort
from retrieval.rank import fuse
from retrieval.search import blocking, hits
from retrieval.sights import Sight
from retrieval.vision.encoder import Asked, Bounds, Rows, Seen, Views, widened
from retrieval.vision.keypoints import VERIFIED, Keypoints, agreement, unpacked

_POOL = 100
_PICTURE_WEIGHT, _DENSE_WEIGHT, _WORDS_WEIGHT = 1.0, 0.3, 0.5
_NEAREST = 3
_ALIKE = 0.06  # of the first one's keypoints that agree, where cosines are far; of things not sold 0.016 at most did
_AGAINST = 0.5  # of its likeness to what it should be less like


@dataclass(frozen=True, slots=True)
class Glance:
    """A picture as it is compared.

    Args:
        sight: The encoder that looked at it; only what the same one saw is compared.
        points: Its keypoints, by which the most alike are ranked anew; None where not that very thing is looked for.
        views: What is compared.
        whole: With the picture's colours, where `views` leaves them out; else None.
        liked: Rows of products that are examples beside it.
        unlike: Rows of products that what is found should be less like.
    """

    sight: Sight
    points: Keypoints | None
    views: Views
    whole: Views | None = None
    liked: tuple[Rows, ...] = ()
    unlike: tuple[Rows, ...] = ()


class _Near(NamedTuple):
    """Products by (product id, cosine), best first, and those that lead by any row of the picture."""

    found: list[tuple[str, float]]
    leading: tuple[str, ...]


def glance(sight: Sight, asked: Asked, points: Keypoints, filters: Filters) -> Glance:
    """Return how a picture is compared; where colours are asked for, its own do not count."""
    if filters.colours:
        return Glance(sight, points, asked.shapes, asked.looks)
    return Glance(sight, points, asked.looks)


async def swayed(reader: Reader, seen: Glance, beside: Liking) -> Glance:
    """Return a glance that examples beside the picture sway; products not looked at sway nothing."""
    if not (beside.liked or beside.unlike):
        return seen
    liked, unlike = await examples(reader, seen.sight, beside.liked), await examples(reader, seen.sight, beside.unlike)
    return replace(seen, points=None, liked=liked.pictures, unlike=unlike.pictures)


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

    async def found(conditions_now: All, most: int) -> tuple[tuple[Hit, ...], list[tuple[str, float]], float]:
        pool = max(_POOL, 4 * most)
        every = await _seen(reader, seen, conditions_now, pool)
        own = every if kind is None else await _seen(reader, seen, conditions_now.also(kind), pool)
        seen_now = _joined(own.found, every.found)
        agreed = await _agreed(reader, seen, own)
        ranked = _joined(_reordered(own, seen, agreed), seen_now)
        ranked = await _less_like(reader, seen.unlike, seen.sight.place.vectors, ranked)
        ranked = await _with_words(reader, ranked, words, conditions_now, pool) if words else ranked
        first = agreed.get(ranked[0][0], 0.0) if ranked else 0.0
        return await hits(reader, ranked[:most]), seen_now[:2], first

    async def nearest(relaxed: Filters, _: Sort) -> tuple[Hit, ...]:
        return (await found(conditions(relaxed), _NEAREST))[0]

    chosen, nearest_two, agreed = await found(conditions(filters), limit)
    likeness = nearest_two[0][1] if nearest_two else 0.0
    filtered = bool(active(filters))
    blocked = await blocking(reader, filters, nearest) if filtered and not chosen else ()
    same = not (words or seen.liked or seen.unlike) and _is_one_thing(chosen, nearest_two, bounds)
    total = await reader.index.count(conditions(filters)) if filtered else None
    alike = likeness >= bounds.near or agreed >= _ALIKE
    return SearchResult(chosen, blocked, total, best_cosine=likeness, alike=alike, same=same)


def _joined(first: Sequence[tuple[str, float]], others: Sequence[tuple[str, float]]) -> list[tuple[str, float]]:
    """Return the first, and then those of the others that are not among them."""
    known = {product_id for product_id, _ in first}
    return [*first, *(pair for pair in others if pair[0] not in known)]


def _is_one_thing(chosen: Sequence[Hit], nearest: Sequence[tuple[str, float]], bounds: Bounds) -> bool:
    """Tell whether the first chosen is the thing in the picture: the nearest by (product id, cosine), and alone so.

    What keypoints put behind another is not.
    """
    if not chosen or chosen[0].product.product_id != nearest[0][0]:
        return False
    behind = nearest[1][1] if len(nearest) > 1 else -1.0
    return nearest[0][1] >= bounds.same and nearest[0][1] - behind >= bounds.lead


async def _kind(reader: Reader, seen: Glance) -> OneOf | None:
    """Return the kind of thing a picture shows, where `seen` itself leaves its colours out.

    Shape alone tells kinds apart less well than shape and colour, and the wish for another colour is for the same kind.
    """
    if seen.whole is None:
        return None
    whole = Glance(seen.sight, seen.points, seen.whole)
    near = await _seen(reader, whole, All(), VERIFIED * len(seen.whole.rows))
    nearest = _reordered(near, whole, await _agreed(reader, whole, near))
    if not nearest:
        return None
    [product] = await reader.index.retrieve([nearest[0][0]], ["product_type"])
    return OneOf("product_type", (product.payload["product_type"],))


async def _seen(reader: Reader, seen: Glance, condition: All, pool: int) -> _Near:
    """Return what is nearest by all pairs of a row and a product's picture."""
    looked, vectors = condition.also(seen.sight.looked), seen.sight.place.vectors
    rows = [row[None] for row in widened(seen.views.rows, PICTURE_SIZE)] + [*seen.liked]
    worths = [float(worth) for worth in seen.views.worth] + [1.0] * len(seen.liked)
    asks = [Ask(Nearest(row, vectors), looked, pool) for row in rows]
    answers = await reader.index.query(asks)
    leading = dict.fromkeys(one.product_id for answer in answers for one in answer[:VERIFIED])
    return _Near(_best_of(answers, worths), tuple(leading))


async def _agreed(reader: Reader, seen: Glance, near: _Near) -> dict[str, float]:
    """Return how far keypoints agree, of what leads by any of the rows."""
    if seen.points is None:
        return {}
    shown = await points_of(reader.index, near.leading)
    return await asyncio.to_thread(_agreements, seen.points, shown)


def _agreements(asked: Keypoints, shown: Mapping[str, Sequence[Keypoints]]) -> dict[str, float]:
    return {product_id: agreement(asked, points) for product_id, points in shown.items()}


async def points_of(index: VectorIndex, product_ids: Sequence[str]) -> dict[str, list[Keypoints]]:
    """Return the keypoints of each known product's pictures, in their order."""
    told = await index.retrieve(product_ids, [POINTS])
    return {one.product_id: [unpacked(text) for text in one.payload.get(POINTS, ())] for one in told}


def _reordered(near: _Near, seen: Glance, agreed: Mapping[str, float]) -> list[tuple[str, float]]:
    """Return what was found in a new order: how far keypoints agree counts, too."""
    worth = seen.views.bounds.agreed
    told = [(product_id, cosine + worth * agreed.get(product_id, 0.0)) for product_id, cosine in near.found]
    return sorted(told, key=lambda pair: (-pair[1], pair[0]))


async def _less_like(
    reader: Reader, unlike: Sequence[Rows], vectors: str, seen: Sequence[tuple[str, float]]
) -> list[tuple[str, float]]:
    """Return what was seen in a new order: likeness to the nearest of the rows `unlike` counts half against it.

    A shop's own pictures are nearer to each other than to any photo, so comparing the two likenesses outright, as
    engines' recommendations do, would set the photo aside.
    """
    if not unlike:
        return list(seen)
    among = All((Ids(tuple(product_id for product_id, _ in seen)),))
    asks = [Ask(Nearest(row, vectors), among, len(seen)) for row in unlike]
    against = dict(_best_of(await reader.index.query(asks), [1.0] * len(asks)))
    swayed = [(product_id, cosine - _AGAINST * against.get(product_id, 0.0)) for product_id, cosine in seen]
    return sorted(swayed, key=lambda pair: (-pair[1], pair[0]))


def _best_of(answers: Sequence[Sequence[Found]], worths: Sequence[float]) -> list[tuple[str, float]]:
    best: dict[str, float] = {}
    for worth, answer in zip(worths, answers, strict=True):
        for one in answer:
            best[one.product_id] = max(worth * one.score, best.get(one.product_id, -1.0))
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


async def keep_seen(index: VectorIndex, pictures: Mapping[str, Seen], sight: Sight) -> None:
    """Keep what an encoder saw in products' pictures, with their fingerprints and keypoints."""
    for product_id, seen in pictures.items():
        await index.set_payload(product_id, {PRINTS: [*seen.prints], POINTS: [*seen.points]})
    wide = {i: widened(seen.rows, PICTURE_SIZE) for i, seen in pictures.items()}
    await index.set_pictures(wide, sight.eye.name, sight.place)
