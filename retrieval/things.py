"""The things in a picture that the shop has something like: where each is, and what kind of thing it is here."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from policies.errors import Refused
from retrieval.catalog import Catalog
from retrieval.picture import CleanedPicture
from retrieval.region import Region, cut, with_surroundings
from retrieval.regions import propose

# The whole picture counts as one thing where it looks this much more like a product than its best part does.
_ONE_THING = 0.02


@dataclass(frozen=True, slots=True)
class Thing:
    """One of several things in a picture.

    Args:
        number: Its place from the left, from 1.
        region: Where it is.
        picture: That part alone.
        kind: The product type of what looks most like it.
        likeness: How much, a cosine.
    """

    number: int
    region: Region
    picture: CleanedPicture
    kind: str
    likeness: float


async def things_in(catalog: Catalog, picture: CleanedPicture, whose: str = "") -> tuple[Thing, ...]:
    """Return the several things in a cleaned picture from left to right; none where there is but one.

    Args:
        catalog: What counts as a thing is what something here looks like.
        picture: The whole.
        whose: For whom what is seen is kept.
    """
    regions = await propose(picture.jpeg)
    if len(regions) < 2:
        return ()
    whole = await catalog.find_by_picture(picture, limit=1, whose=whose)
    seen = [await _seen(catalog, picture, region, whose) for region in regions]
    # Cut out of a picture a thing looks more like what is sold than the whole does; what does not is a prop.
    things = [thing for thing, alike in seen if alike or thing.likeness > whole.best_cosine]
    if len(things) < 2 or whole.best_cosine > max(thing.likeness for thing in things) + _ONE_THING:
        return ()
    return tuple(replace(thing, number=number) for number, thing in enumerate(things, 1))


def at_place(things: Sequence[Thing], place: int) -> Thing | None:
    """Return the thing at a place: 1 the leftmost, -1 the rightmost, 0 the middle; None where there is none."""
    if place == 0:
        return things[len(things) // 2] if things else None
    if abs(place) > len(things):
        return None
    return things[place - 1 if place > 0 else place]


async def _seen(catalog: Catalog, picture: CleanedPicture, region: Region, whose: str) -> tuple[Thing, bool]:
    """Return what a region shows and whether something sold looks like it."""
    try:
        part = await cut(picture, with_surroundings(region))
    except Refused:
        # Too small to look at.
        return Thing(0, region, picture, "", -1.0), False
    found = await catalog.find_by_picture(part, limit=1, whose=whose)
    kind = found.hits[0].product.product_type if found.hits else ""
    return Thing(0, region, part, kind, found.best_cosine if found.hits else -1.0), bool(kind) and found.alike
