"""Finds products by how they look: a shopper's picture alone, or a picture and words together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from retrieval.evidence import Reader
from retrieval.examples import examples
from retrieval.filters import All, Ids, OneOf, active, conditions
from retrieval.index import PICTURE_SIZE, PRINTS, Ask, Found, Matching, Nearest, VectorIndex
from retrieval.query import Filters, Hit, Liking, SearchResult, Sort
from retrieval.rank import fuse
from retrieval.search import blocking, hits
from retrieval.sights import Sight
from retrieval.vision.encoder import Asked, Bounds, Rows, Seen, Views, widened

_POOL = 100
_PICTURE_WEIGHT, _DENSE_WEIGHT, _WORDS_WEIGHT = 1.0, 0.3, 0.5
_NEAREST = 3
_AGAINST = 0.5  # of its likeness to what it should be less like


@dataclass(frozen=True, slots=True)
class Glance:
    """A picture as it is compared.

    Args:
        sight: The encoder that looked at it; only what the same one saw is compared.
        views: What is compared.
        whole: With the picture's colours, where `views` leaves them out; else None.
        liked: Rows of products that are examples beside it.
        unlike: Rows of products that what is found should be less like.
    """

    sight: Sight
    views: Views
    whole: Views | None = None
    liked: tuple[Rows, ...] = ()
    unlike: tuple[Rows, ...] = ()


def glance(sight: Sight, asked: Asked, filters: Filters) -> Glance:
    """Return how a picture is compared; where colours are asked for, its own do not count."""
    return Glance(sight, asked.shapes, asked.looks) if filters.colours else Glance(sight, asked.looks)


async def swayed(reader: Reader, seen: Glance, beside: Liking) -> Glance:
    """Return a glance that examples beside the picture sway; products not looked at sway nothing."""
    if not (beside.liked or beside.unlike):
        return seen
    liked, unlike = await examples(reader, seen.sight, beside.liked), await examples(reader, seen.sight, beside.unlike)
    return replace(seen, liked=liked.pictures, unlike=unlike.pictures)


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
        ranked = await _less_like(reader, seen.unlike, seen.sight.place.vectors, seen_now)
        ranked = await _with_words(reader, ranked, words, conditions_now, pool) if words else ranked
        return await hits(reader, ranked[:most]), seen_now[:2]

    async def nearest(relaxed: Filters, _: Sort) -> tuple[Hit, ...]:
        return (await found(conditions(relaxed), _NEAREST))[0]

    chosen, nearest_two = await found(conditions(filters), limit)
    likeness = nearest_two[0][1] if nearest_two else 0.0
    filtered = bool(active(filters))
    blocked = await blocking(reader, filters, nearest) if filtered and not chosen else ()
    same = not (words or seen.liked or seen.unlike) and _is_one_thing(nearest_two, bounds)
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
    nearest = await _seen(reader, Glance(seen.sight, seen.whole), All(), 1)
    if not nearest:
        return None
    [product] = await reader.index.retrieve([nearest[0][0]], ["product_type"])
    return OneOf("product_type", (product.payload["product_type"],))


async def _seen(reader: Reader, seen: Glance, condition: All, pool: int) -> list[tuple[str, float]]:
    """Return (product id, cosine) by the nearest of all pairs of a row and a product's picture, best first."""
    looked, vectors = condition.also(seen.sight.looked), seen.sight.place.vectors
    rows = [row[None] for row in widened(seen.views.rows, PICTURE_SIZE)] + [*seen.liked]
    worths = [float(worth) for worth in seen.views.worth] + [1.0] * len(seen.liked)
    asks = [Ask(Nearest(row, vectors), looked, pool) for row in rows]
    return _best_of(await reader.index.query(asks), worths)


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
    """Keep what an encoder saw in products' pictures, with their fingerprints."""
    for product_id, seen in pictures.items():
        await index.set_payload(product_id, {PRINTS: [*seen.prints]})
    wide = {i: widened(seen.rows, PICTURE_SIZE) for i, seen in pictures.items()}
    await index.set_pictures(wide, sight.eye.name, sight.place)
