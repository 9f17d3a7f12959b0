"""Which part of a picture is meant, and what is found by each part that is."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from retrieval.catalog import Catalog
from retrieval.picture import CleanedPicture
from retrieval.product import Product
from retrieval.query import Filters, Hit, SearchResult
from retrieval.things import Thing, at_place, things_in
from tools.present import Showing
from tools.reasons import reasons
from tools.records import PictureThing, Things
from tools.tool import ToolError

_MOST = 4  # things that one answer can speak of


@dataclass(frozen=True, slots=True)
class Sight:
    """What a search by picture looks at.

    Args:
        picture: The whole.
        things: The several things in it, from left to right; empty for a picture of one thing.
        meant: Those of them that are looked for, all where none is named; empty for the whole picture.
    """

    picture: CleanedPicture
    things: tuple[Thing, ...] = ()
    meant: tuple[Thing, ...] = ()

    @property
    def parts(self) -> tuple[CleanedPicture, ...]:
        """What is compared with the shop's pictures."""
        return tuple(thing.picture for thing in self.meant) or (self.picture,)


async def sighted(catalog: Catalog, picture: CleanedPicture, place: int | None, kinds: Filters, whose: str) -> Sight:
    """Return what to look at.

    Args:
        catalog: What counts as a thing is what it has something like.
        picture: The whole picture.
        place: 1 for the leftmost thing, -1 for the rightmost, 0 for the middle one.
        kinds: Conditions whose product types name a thing.
        whose: For whom what is seen is kept.

    Raises:
        ToolError: "no_such_thing" for a place where there is none.
    """
    things = await things_in(catalog, picture, whose)
    if not things:
        return Sight(picture)
    if place is not None:
        thing = at_place(things, place)
        if thing is None:
            text = f"I see {len(things)} things in that picture. Which one do you mean?"
            raise ToolError("no_such_thing", text, {"things": [thing.kind for thing in things]})
        return Sight(picture, things, (thing,))
    if kinds.product_types:
        return Sight(picture, things, (await _named(catalog, things, kinds, whose),))
    return Sight(picture, things, things[:_MOST])


async def _named(catalog: Catalog, things: Sequence[Thing], kinds: Filters, whose: str) -> Thing:
    """Return the thing that is of one of these kinds, or that looks most like one."""
    named = [thing for thing in things if thing.kind in kinds.product_types]
    if named:
        return max(named, key=lambda thing: thing.likeness)
    only = Filters(product_types=kinds.product_types)
    found = [await catalog.find_by_picture(thing.picture, filters=only, limit=1, whose=whose) for thing in things]
    return max(zip(things, found, strict=True), key=lambda pair: pair[1].best_cosine)[0]


def together(results: Sequence[SearchResult], limit: int) -> SearchResult:
    """Return the results of several things as one: the first of each, then the second of each."""
    if len(results) == 1:
        return results[0]
    longest = max(len(result.hits) for result in results)
    turns = (result.hits[at] for at in range(longest) for result in results if at < len(result.hits))
    hits: dict[str, Hit] = {}
    for hit in turns:
        hits.setdefault(hit.product.product_id, hit)
    return replace(
        results[0],
        hits=tuple(hits.values())[:limit],
        best_cosine=max(result.best_cosine for result in results),
        alike=any(result.alike for result in results),
        same=False,
    )


def whys(shown: Sequence[Showing], filters: Filters) -> list[str]:
    """Return why each is shown: what tells it from the most alike of its kind, then what was asked for."""
    said = reasons(shown, filters)
    firsts: dict[str, Product] = {}
    for at, showing in enumerate(shown):
        product = showing.product
        closest = firsts.setdefault(product.product_type, product)
        other = _instead(product, closest)
        if other and other not in said[at]:
            said[at] = ", ".join(part for part in (f"same kind, {other}", said[at]) if part)
    return said


def _instead(product: Product, closest: Product) -> str:
    """Return "walnut instead of oak" for the first of material and colour in which a product differs."""
    for mine, theirs in ((product.materials, closest.materials), (product.colours, closest.colours)):
        if mine and theirs and not set(mine) & set(theirs):
            return f"{mine[0]} instead of {theirs[0]}"
    return ""


def outlined(image_id: str, things: Sequence[Thing]) -> Things:
    """Return the things as pages draw them."""
    return Things(
        image_id=image_id,
        things=[
            PictureThing(
                region=thing.number,
                kind=thing.kind,
                left=thing.region.left,
                top=thing.region.top,
                width=thing.region.width,
                height=thing.region.height,
            )
            for thing in things
        ],
    )
