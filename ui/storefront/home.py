"""The front page: a few pictured products, the parts of the shop, what buyers praise, and what is reduced."""

import asyncio
from collections.abc import Iterable

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from retrieval.browse import Browse
from retrieval.query import Filters, Liking
from ui.storefront.cards import Card, read_cards
from ui.storefront.directory import Directory
from ui.storefront.frame import PageRoute, Storefront, page, storefront_of

router = APIRouter(include_in_schema=False, route_class=PageRoute)

_COLLAGE, _ROW = 3, 4
_LOOKED_THROUGH = 96
# What a shop of these departments can say of itself; any other says its name.
_HEADLINES = {"home": "Quiet rooms, warm light", "fashion": "Clothes for many seasons"}


@router.get("/")
async def home(request: Request) -> HTMLResponse:
    """Show the front page; an empty shop says how it is filled."""
    storefront = storefront_of(request)
    directory = await storefront.directory()
    if not directory.products:
        return await page(request, "empty.html", {"title": ""})
    best, reduced = await asyncio.gather(_well_reviewed(storefront), _reduced(storefront))
    hero = _pictured(best, _COLLAGE)
    shown = {card.product_id for card in hero}
    praised = [card for card in best if card.product_id not in shown and card.rating][:_ROW]
    context: dict[str, object] = {
        "title": "",
        "headline": _headline(directory),
        "about": _about(directory),
        "hero": hero,
        "best": praised,
        "some": [] if praised else [card for card in best if card.product_id not in shown][: 2 * _ROW],
        "reduced": [card for card in reduced if card.product_id not in shown][:_ROW],
    }
    return await page(request, "home.html", context)


async def _well_reviewed(storefront: Storefront) -> list[Card]:
    """Return what buyers speak best of, of several kinds; without reviews, simply several kinds."""
    app = storefront.services.app
    sold = Filters(in_stock=True, not_ids=(await storefront.directory()).not_sold)
    found = await app.catalog.recommend(Liking(), sold, limit=_COLLAGE + 3 * _ROW)
    return await read_cards(app.books, [hit.product for hit in found.hits], Filters(in_stock=True))


async def _reduced(storefront: Storefront) -> list[Card]:
    """Return reduced products in stock of different kinds, from among the best reviewed."""
    app = storefront.services.app
    sold = Filters(not_ids=(await storefront.directory()).not_sold)
    listed = await app.catalog.browse(Browse(within=sold, filters=Filters(in_stock=True), limit=_LOOKED_THROUGH))
    cards = await read_cards(app.books, [hit.product for hit in listed.hits], Filters(in_stock=True))
    return list({card.kind: card for card in reversed(cards) if card.was}.values())[::-1][: 2 * _ROW]


def _pictured(cards: Iterable[Card], most: int) -> list[Card]:
    return [card for card in cards if card.picture][:most]


def _headline(directory: Directory) -> str:
    words = [department.part.word for department in directory.named]
    return next((line for word, line in _HEADLINES.items() if word in words), "")


def _about(directory: Directory) -> str:
    """Say what the shop has, in its own words."""
    count = f"{directory.products:,} {'thing' if directory.products == 1 else 'things'}"
    words = sorted(kind.word for kind in directory.kinds)
    what = f" of {len(words)} kinds, from {words[0]} to {words[-1]}" if len(words) > 1 else ""
    return f"{count}{what}. Prices and stock are read from the books as you look."
