"""More like these and less like those: shown products as examples, by their looks and by what is said of them."""

from collections.abc import Sequence
from dataclasses import dataclass

from retrieval.evidence import Reader
from retrieval.filters import All, Condition, Ids, Not, OneOf, conditions
from retrieval.index import TEXT, Ask, Found, LikeAny
from retrieval.query import Filters, Hit, Liking, SearchResult, Sort
from retrieval.rank import fuse
from retrieval.search import blocking, hits
from retrieval.sights import Sight
from retrieval.vision.encoder import Rows

_POOL = 60
_MOST = 10  # examples of a side
_NEAREST = 3


@dataclass(frozen=True, slots=True)
class Examples:
    """What is known of products that are wanted more, or less: rows of their pictures, what is said, their kinds."""

    pictures: tuple[Rows, ...] = ()
    texts: tuple[Rows, ...] = ()
    kinds: tuple[str, ...] = ()


async def examples(reader: Reader, sight: Sight, product_ids: Sequence[str]) -> Examples:
    """Return what is known of at most ten products; those unknown are left out.

    Args:
        reader: The catalogue.
        sight: Only what this encoder saw of their pictures counts.
        product_ids: Which.
    """
    ids = list(product_ids)[:_MOST]
    place = sight.place
    fields = ["product_type", place.looked]
    known = await reader.index.retrieve(ids, fields, with_vectors=True, seen=place) if ids else []
    vectors = [(one.vectors or {}, one.payload.get(place.looked) == sight.eye.name) for one in known]
    seen = [named[place.vectors] for named, current in vectors if current and place.vectors in named]
    return Examples(
        tuple(row[None] for rows in seen for row in rows),
        tuple(named[TEXT] for named, _ in vectors),
        tuple(dict.fromkeys(str(one.payload["product_type"]) for one in known)),
    )


async def more_like(reader: Reader, sight: Sight, liking: Liking, filters: Filters, limit: int) -> SearchResult:
    """Return products like any of the liked, those of their kinds first, the nearer to the unlike last; none of both.

    Args:
        reader: The catalogue.
        sight: The encoder whose rows of pictures are compared.
        liking: The examples; without a known liked one nothing is found.
        filters: What all of them meet.
        limit: How many.
    """
    liked, unlike = await examples(reader, sight, liking.liked), await examples(reader, sight, liking.unlike)
    if not liked.texts:
        return SearchResult(())
    new = Not(Ids((*liking.liked, *liking.unlike)))
    kind = OneOf("product_type", liked.kinds)

    async def alike(filters: Filters, limit: int) -> tuple[Hit, ...]:
        among = conditions(filters).also(new)
        own = await _ranked(reader, sight, (liked, unlike), among.also(kind))
        others = await _ranked(reader, sight, (liked, unlike), among.also(Not(kind))) if len(own) < limit else []
        return await hits(reader, [*own, *others][:limit])

    async def nearest(relaxed: Filters, _: Sort) -> tuple[Hit, ...]:
        return await alike(relaxed, _NEAREST)

    chosen = await alike(filters, limit)
    also: tuple[Condition, ...] = (new,)
    blocked = () if chosen else await blocking(reader, filters, nearest, also)
    return SearchResult(chosen, blocked)


async def _ranked(
    reader: Reader, sight: Sight, sides: tuple[Examples, Examples], among: All
) -> list[tuple[str, float]]:
    liked, unlike = sides
    asks = [Ask(LikeAny(liked.texts, TEXT, unlike.texts), among, _POOL)]
    if liked.pictures:
        asks.append(Ask(LikeAny(liked.pictures, sight.place.vectors, unlike.pictures), among, _POOL))
    return fuse([(1.0, _ids(found)) for found in await reader.index.query(asks)])


def _ids(found: Sequence[Found]) -> list[str]:
    return [one.product_id for one in found]
