"""Listings: a kind, a department, or what a search finds, with facets, sorting and pages."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from retrieval.browse import Browse, Browsed
from retrieval.query import Blocking, Filters
from tools.carried import is_carried
from ui.problems import not_found
from ui.storefront import facets, wording
from ui.storefront.cards import Card, read_cards
from ui.storefront.choices import PAGE_SIZE, SORTS, Choices, read_choices
from ui.storefront.frame import PageRoute, Storefront, page, storefront_of

router = APIRouter(include_in_schema=False, route_class=PageRoute)

_CLOSEST = 8
_WEIGHED = 6  # how many hits it takes to tell whether words name something sold


@dataclass(frozen=True, slots=True)
class Link:
    """A link that may be where one already is."""

    text: str
    address: str
    here: bool = False


@dataclass(frozen=True, slots=True)
class Nearest:
    """What there is without one choice."""

    words: str
    count: int
    address: str
    cards: Sequence[Card]


@router.get("/c/{word:path}")
async def part(word: str, request: Request) -> HTMLResponse:
    """Show a kind or a department."""
    storefront = storefront_of(request)
    meant = (await storefront.directory()).meant(word)
    if meant is None:
        raise not_found()
    named, within = meant
    choices = read_choices(wording.part_address(named), request.query_params)
    heading = wording.plural(named) if within.product_types else wording.name(named)
    return await _listing(request, choices, within, heading)


@router.get("/search")
async def search(request: Request) -> HTMLResponse:
    """Show what words find; without words, everything."""
    choices = read_choices("/search", request.query_params)
    heading = f"“{wording.one_line(choices.query, 80)}”" if choices.query else "Everything"
    return await _listing(request, choices, Filters(), heading)


async def _listing(request: Request, choices: Choices, within: Filters, heading: str) -> HTMLResponse:
    storefront = storefront_of(request)
    filters = choices.filters(storefront.currency)
    catalog, books = storefront.services.app.catalog, storefront.services.app.books
    within = replace(within, not_ids=(await storefront.directory()).not_sold)
    asked = Browse(choices.query, within, filters, choices.sort, (choices.page - 1) * PAGE_SIZE, PAGE_SIZE)
    found = await catalog.browse(asked)
    carried = found.found is None or is_carried(choices.query, replace(found.found, hits=found.found.hits[:_WEIGHED]))
    products = [hit.product for hit in found.hits]
    if not carried:
        products = products[:_CLOSEST]
    cards, nearest = await asyncio.gather(
        read_cards(books, products, filters), _nearest(storefront, choices, found.blocked_by)
    )
    context: dict[str, object] = {
        "title": heading,
        "heading": heading,
        "query": choices.query,
        "choices": choices,
        "carried": carried,
        "cards": cards,
        "total": found.total,
        "partial": found.partial,
        "groups": facets.groups(found.facets, choices, within),
        "chips": facets.chips(choices, storefront.currency),
        "in_stock": facets.Value(
            "In stock", found.facets.in_stock, choices.in_stock, choices.to(in_stock=not choices.in_stock).address()
        ),
        "lowest": wording.whole(found.facets.price_min, storefront.currency),
        "highest": -(-found.facets.price_max // wording.minor(1, storefront.currency)),
        "kept": [pair for pair in choices.to().pairs() if pair[0] not in {"min", "max"}],
        "sorts": [Link(text, choices.to(sort=sort).address(), sort == choices.sort) for sort, text in SORTS.items()],
        "pages": _pages(choices, found),
        "nearest": nearest,
    }
    return await page(request, "listing.html", context)


async def _nearest(storefront: Storefront, choices: Choices, blocked_by: Sequence[Blocking]) -> list[Nearest]:
    """Return, for each choice that alone left nothing, what there is without it."""
    shown: list[Nearest] = []
    for blocking in blocked_by:
        relaxed = choices.without(blocking.name)
        products = [hit.product for hit in blocking.nearest]
        cards = await read_cards(storefront.services.app.books, products, relaxed.filters(storefront.currency))
        words = facets.blocked_words(blocking, choices, storefront.currency)
        shown.append(Nearest(words, blocking.count, relaxed.address(), cards))
    return shown


def _pages(choices: Choices, found: Browsed) -> list[Link]:
    """Return links to the first, the neighbouring and the last pages; none when there is one."""
    last = -(-found.total // PAGE_SIZE)
    if last < 2:
        return []
    near = {1, last, *range(choices.page - 2, choices.page + 3)}
    return [
        Link(str(number), replace(choices, page=number).address(), number == choices.page)
        for number in sorted(near)
        if 1 <= number <= last
    ]
