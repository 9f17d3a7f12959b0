"""A product's page: pictures, variants as the books have them now, facts, and what buyers wrote."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from starlette.datastructures import QueryParams

from policies.words import DEFAULT_LOCALE, say
from retrieval.demo.drawing.draw import VIEWS
from retrieval.product import Product
from retrieval.query import Filters
from shop.views import StockedOffer
from tools.matching import for_sale
from ui.problems import HttpProblem, not_found
from ui.storefront import wording
from ui.storefront.cards import Swatch, read_cards, swatch
from ui.storefront.frame import PageRoute, page, storefront_of
from ui.visitor import Visiting

router = APIRouter(include_in_schema=False, route_class=PageRoute)

_THUMB, _LARGE = 256, 800
_ROW = 4
_MOST_REVIEWS = 12
_LONGEST_DESCRIPTION, _LONGEST_REVIEW = 4_000, 1_200
_LONGEST_FACT, _MOST_FACTS = 200, 40


@dataclass(frozen=True, slots=True)
class View:
    """One picture of the product; `address` shows it large."""

    small: str
    large: str
    address: str
    here: bool


@dataclass(frozen=True, slots=True)
class Colour:
    """A colour to choose, pictured where there is a picture of it."""

    swatch: Swatch
    picture: str | None
    address: str
    here: bool
    in_stock: bool


@dataclass(frozen=True, slots=True)
class Option:
    """One variant to choose within a colour."""

    variant_id: str
    name: str
    price: str
    was: str
    stock: str
    buyable: bool
    here: bool


@dataclass(frozen=True, slots=True)
class Quoted:
    """What one buyer wrote."""

    rating: int
    title: str
    lines: Sequence[str]
    author: str


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the address chose: a colour with its variants, one of them where that is settled, and a view."""

    colour: str | None
    offers: Sequence[StockedOffer]
    variant: StockedOffer | None
    view: int


@router.get("/p/{product_id}")
async def product_page(product_id: str, request: Request, visitor: Visiting) -> HTMLResponse:
    """Show one product."""
    app = storefront_of(request).services.app
    product = (await app.catalog.get([product_id])).get(product_id)
    offers = (await app.books.offers.of_products([product_id])).get(product_id, [])
    selling = for_sale(product, offers) if product is not None else []
    if product is None or not selling:
        raise _not_sold(offers)
    chosen = _chosen(product, selling, request.query_params)
    sold = Filters(in_stock=True, not_ids=(await storefront_of(request).directory()).not_sold)
    together, alike = await asyncio.gather(
        app.catalog.goes_with(product_id, sold, limit=_ROW), app.catalog.similar_to(product_id, sold, limit=2 * _ROW)
    )
    own = [hit.product for hit in together.hits]
    known = {each.product_id for each in own}
    others = [hit.product for hit in alike.hits if hit.product.product_id not in known]
    context: dict[str, object] = {
        "title": wording.one_line(product.title),
        "product": product,
        "address": wording.product_address(product_id),
        "chosen": chosen,
        "views": _views(product, chosen),
        "colours": _colours(product, selling, chosen),
        "options": _options(chosen),
        "buyable": any(offer.buyable for offer in chosen.offers),
        "age": max((offer.minimum_age or 0 for offer in chosen.offers), default=0),
        "facts": _facts(product),
        "description": wording.paragraphs(product.description, _LONGEST_DESCRIPTION),
        "reviews": _reviews(product),
        "goes_with": await read_cards(app.books, own, Filters(in_stock=True)),
        "similar": (await read_cards(app.books, others, Filters(in_stock=True)))[:_ROW],
        "crumbs": _crumbs(product),
        "boards": [each.name for each in await app.books.boards.mine(visitor.principal)] if visitor else [],
    }
    return await page(request, "product.html", context | _price(chosen))


def _not_sold(offers: Sequence[StockedOffer]) -> HttpProblem:
    """Return why there is no page: the policy sells the product to nobody, or there is none of that name."""
    why = next((offer for offer in offers if offer.not_sold), None)
    if why is None:
        return not_found()
    what = wording.one_line(why.product_title)
    return HttpProblem(404, "not_sold_here", say(DEFAULT_LOCALE, "not_sold_here", what=what, why=why.not_sold))


def _chosen(product: Product, selling: Sequence[StockedOffer], asked: QueryParams) -> Chosen:
    """Settle what the address leaves open: a colour that can be had, never a size among several."""
    named = next((offer for offer in selling if offer.variant_id == asked.get("variant")), None)
    wanted = named.options.get("colour") if named else asked.get("colour")
    stocked = next((offer for offer in selling if offer.buyable), selling[0]).options.get("colour")
    colour = wanted if any(offer.options.get("colour") == wanted for offer in selling) else stocked
    offers = [offer for offer in selling if offer.options.get("colour") == colour]
    sized = next((offer for offer in offers if offer.options.get("size") == asked.get("size", "")), None)
    only = offers[0] if len(offers) == 1 else None
    view = asked.get("view", "0")
    return Chosen(colour, offers, named or sized or only, int(view) if view in {"1", "2"} else 0)


def _address(product_id: str, chosen: Chosen, **changes: str | int | None) -> str:
    """Return the page's address with something else chosen; what is as usual is left out."""
    state: dict[str, str | int | None] = {
        "colour": chosen.colour,
        "size": chosen.variant.options.get("size") if chosen.variant else None,
        "view": chosen.view,
    }
    pairs = {name: value for name, value in (state | changes).items() if value}
    path = wording.product_address(product_id)
    return f"{path}?{urlencode(pairs)}" if pairs else path


def _views(product: Product, chosen: Chosen) -> list[View]:
    """Return the drawn views of the chosen colour; where the shop draws none, the feed's one picture."""
    url = chosen.offers[0].image_url or product.image_url
    count = VIEWS if wording.is_drawn(url) else 1
    views: list[View] = []
    for view in range(count):
        small, large = wording.picture(url, _THUMB, view), wording.picture(url, _LARGE, view)
        if small and large:
            at = _address(product.product_id, chosen, view=view)
            views.append(View(small, large, at, view == min(chosen.view, count - 1)))
    return views


def _colours(product: Product, selling: Sequence[StockedOffer], chosen: Chosen) -> list[Colour]:
    """Return the colours the variants come in; one alone is said among the facts."""
    by_colour: dict[str, list[StockedOffer]] = {}
    for offer in selling:
        by_colour.setdefault(offer.options.get("colour", ""), []).append(offer)
    by_colour.pop("", None)
    return [
        Colour(
            swatch(colour),
            wording.picture(offers[0].image_url, _THUMB),
            _address(product.product_id, chosen, colour=colour),
            colour == chosen.colour,
            any(offer.buyable for offer in offers),
        )
        for colour, offers in by_colour.items()
    ]


def _options(chosen: Chosen) -> list[Option]:
    return [
        Option(
            offer.variant_id,
            _option_name(offer, number),
            wording.price(offer.price, offer.currency),
            _was(offer),
            wording.stock_words(offer.available),
            offer.buyable,
            offer is chosen.variant,
        )
        for number, offer in enumerate(chosen.offers, 1)
    ]


def _option_name(offer: StockedOffer, number: int) -> str:
    """Name a variant within its colour: its size, or whatever else the feed tells it apart by."""
    rest = [wording.one_line(value, 60) for key, value in offer.options.items() if key not in {"colour", "size"}]
    size = offer.options.get("size")
    return ", ".join([*([wording.one_line(size, 60)] if size else []), *rest]) or f"Variant {number}"


def _was(offer: StockedOffer) -> str:
    reduced = offer.list_price is not None and offer.list_price > offer.price
    return wording.price(offer.list_price or 0, offer.currency) if reduced else ""


def _price(chosen: Chosen) -> dict[str, object]:
    """Return the words beside the button: of the chosen variant, or of all that are still open."""
    if chosen.variant is not None:
        offer = chosen.variant
        price, was = wording.price(offer.price, offer.currency), _was(offer)
        return {"price": price, "was": was, "stock": wording.stock_words(offer.available), "stocked": offer.buyable}
    low, high = min(chosen.offers, key=lambda o: o.price), max(chosen.offers, key=lambda o: o.price)
    price = wording.price(low.price, low.currency)
    text = price if low.price == high.price else f"{price} – {wording.price(high.price, high.currency)}"
    stocked = any(offer.buyable for offer in chosen.offers)
    stock = "" if stocked else wording.stock_words(0)
    return {"price": text, "was": _was(low) if low.price == high.price else "", "stock": stock, "stocked": stocked}


def _facts(product: Product) -> list[tuple[str, str]]:
    """Return what the page says of the product, its makers' words last."""
    stated = [("Material", ", ".join(product.materials)), ("Style", ", ".join(product.styles))]
    stated += product.attributes.items()
    facts = [(wording.name(name), _capital(wording.one_line(value, _LONGEST_FACT))) for name, value in stated if value]
    brand = wording.one_line(product.brand)
    return [*facts[:_MOST_FACTS], *([("Brand", brand)] if brand else [])]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _reviews(product: Product) -> list[Quoted]:
    return [
        Quoted(
            review.rating,
            wording.one_line(review.title),
            wording.paragraphs(review.text, _LONGEST_REVIEW),
            wording.one_line(review.author, 60),
        )
        for review in product.reviews[:_MOST_REVIEWS]
    ]


def _crumbs(product: Product) -> list[tuple[str, str]]:
    words = (word for word in (product.department, product.product_type) if wording.slug(word))
    return [(wording.name(word), wording.part_address(word)) for word in words]
