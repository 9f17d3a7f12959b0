"""From a product and its offers as the books have them now to the card a shopper sees."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from policies.money import Money
from policies.words import DEFAULT_LOCALE, say
from retrieval.product import Product
from shop.views import StockedOffer
from tools.matching import options_in_stock
from tools.records import Item

LOW_STOCK = 3  # Units of a variant at or below which a page says "only N left".
_MAX_FACT_CHARS = 200

Availability = Literal["in_stock", "low_stock", "out_of_stock"]


@dataclass(frozen=True, slots=True)
class Showing:
    """One product about to be shown.

    Args:
        product: As the index has it.
        offers: All its offers, as the books have them now.
        variants: Those of them that meet what was asked, at least one.
    """

    product: Product
    offers: tuple[StockedOffer, ...]
    variants: tuple[StockedOffer, ...]

    @property
    def cheapest(self) -> StockedOffer:
        """The variant whose price the card shows: the lowest in stock, else the lowest."""
        return min(self._priced, key=lambda offer: offer.price)

    @property
    def dearest(self) -> StockedOffer:
        """The variant with the highest price among those the card speaks of."""
        return max(self._priced, key=lambda offer: offer.price)

    @property
    def _priced(self) -> tuple[StockedOffer, ...]:
        stocked = tuple(offer for offer in self.variants if offer.available > 0)
        return stocked or self.variants

    @property
    def most(self) -> int:
        """Units that can be had of the best stocked variant."""
        return max(offer.available for offer in self.variants)


def availability(units: int) -> Availability:
    """Name a stock level: nothing, at most `LOW_STOCK` units, or enough."""
    if units <= 0:
        return "out_of_stock"
    return "low_stock" if units <= LOW_STOCK else "in_stock"


def item(showing: Showing, why: str = "") -> Item:
    """Return the card of a showing; every price and stock word on it is from the books."""
    product, cheapest, dearest = showing.product, showing.cheapest, showing.dearest
    reduced = cheapest.list_price is not None and cheapest.list_price > cheapest.price
    return Item(
        product_id=product.product_id,
        variant_id=showing.variants[0].variant_id if len(showing.variants) == 1 else None,
        title=product.title,
        brand=product.brand,
        product_type=product.product_type,
        price=Money(amount=cheapest.price, currency=cheapest.currency),
        price_to=Money(amount=dearest.price, currency=dearest.currency) if dearest.price > cheapest.price else None,
        list_price=Money(amount=cheapest.list_price or 0, currency=cheapest.currency) if reduced else None,
        image_url=showing.variants[0].image_url or product.image_url,
        url=product.url,
        availability=availability(showing.most),
        colours=list(product.colours),
        sizes=list(product.sizes),
        materials=list(product.materials),
        styles=list(product.styles),
        rating=round(product.rating, 1) if product.rating is not None else None,
        attributes={name: value[:_MAX_FACT_CHARS] for name, value in product.attributes.items()},
        in_stock_options=options_in_stock(showing.offers),
        why="; ".join(each for each in (_age_note(showing), why) if each),
    )


def _age_note(showing: Showing) -> str:
    """Say for whom the goods are, where not for everybody; the order card has its press confirm it."""
    ages = [offer.minimum_age for offer in showing.variants if offer.minimum_age is not None]
    return say(DEFAULT_LOCALE, "for_age", age=max(ages)) if ages else ""


def items(showings: Sequence[Showing], reasons: Sequence[str]) -> list[Item]:
    """Return the cards of a row of showings with one reason each."""
    return [item(showing, why) for showing, why in zip(showings, reasons, strict=True)]
