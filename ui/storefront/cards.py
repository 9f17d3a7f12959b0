"""Product cards: each price and stock word on them is read from the books for this page."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from retrieval.demo.drawing.palette import COLOURS
from retrieval.filters import fold
from retrieval.product import Product
from retrieval.query import Filters
from shop.books import PlannerBooks
from shop.views import StockedOffer
from tools.matching import for_sale, matching
from tools.present import Showing, item
from ui.storefront import wording

_CARD_PICTURE = 480
_MOST_SWATCHES = 5


@dataclass(frozen=True, slots=True)
class Swatch:
    """A colour a product comes in; `fill` is its tone as #rrggbb, "" when nobody knows the word."""

    name: str
    fill: str
    in_stock: bool = True


@dataclass(frozen=True, slots=True)
class Card:
    """One product in a grid, every text ready to be shown."""

    product_id: str
    address: str
    title: str
    about: str
    kind: str
    picture: str | None
    price: str
    was: str | None
    stock: str
    stocked: bool
    swatches: tuple[Swatch, ...]
    more_colours: int
    rating: float | None
    reviews: int


def swatch(colour: str, *, in_stock: bool = True) -> Swatch:
    """Return a colour with the tone the shop draws it in."""
    return Swatch(wording.name(colour), COLOURS.get(fold(colour), ""), in_stock)


async def read_cards(books: PlannerBooks, products: Sequence[Product], filters: Filters) -> list[Card]:
    """Return the cards of those products that are on sale and meet the filters on one variant now."""
    offers = await books.offers.of_products([product.product_id for product in products])
    return [_card(showing) for showing in showings(products, offers, filters)]


def showings(
    products: Iterable[Product], offers: Mapping[str, Sequence[StockedOffer]], filters: Filters
) -> list[Showing]:
    """Return what of these products can be shown; what the books no longer sell is left out."""
    shown: list[Showing] = []
    for product in products:
        selling = for_sale(product, offers.get(product.product_id, ()))
        variants = matching(product, selling, filters)
        if variants:
            shown.append(Showing(product, tuple(selling), tuple(variants)))
    return shown


def _card(showing: Showing) -> Card:
    product, record = showing.product, item(showing)
    colours = _swatches(showing)
    return Card(
        product_id=product.product_id,
        address=wording.product_address(product.product_id),
        title=wording.one_line(product.title),
        about=_about(product),
        kind=wording.name(product.product_type),
        picture=wording.picture(record.image_url, _CARD_PICTURE),
        price=wording.span(record.price, record.price_to),
        was=str(record.list_price) if record.list_price else None,
        stock=wording.stock_words(showing.most),
        stocked=showing.most > 0,
        swatches=colours[:_MOST_SWATCHES],
        more_colours=max(0, len(colours) - _MOST_SWATCHES),
        rating=record.rating,
        reviews=len(product.reviews),
    )


def _about(product: Product) -> str:
    """Say in a few words what it is made of, or who makes it."""
    words = " and ".join(wording.one_line(word, 30) for word in product.materials[:2])
    brand = wording.one_line(product.brand, 40)
    return ", ".join(part for part in (wording.name(words), brand) if part)


def _swatches(showing: Showing) -> tuple[Swatch, ...]:
    """Return the colours of the variants in the product's order, where there are several."""
    stocked: dict[str, bool] = {}
    for offer in showing.offers:
        colour = offer.options.get("colour")
        if colour:
            stocked[colour] = stocked.get(colour, False) or offer.buyable
    if len(stocked) < 2:  # One colour is no choice.
        return ()
    return tuple(swatch(colour, in_stock=buyable) for colour, buyable in stocked.items())
