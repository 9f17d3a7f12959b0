"""Which variants of a product meet a search's conditions, by what the books say now."""

from collections.abc import Sequence

from retrieval.filters import fold
from retrieval.product import Product
from retrieval.query import Filters
from shop.views import StockedOffer


def for_sale(product: Product, offers: Sequence[StockedOffer]) -> list[StockedOffer]:
    """Return the offers that the shop sells at all, in or out of stock, in the order of the product's page."""

    def place(offer: StockedOffer) -> tuple[int, int]:
        return _place(product.colours, offer.options.get("colour")), _place(product.sizes, offer.options.get("size"))

    return sorted((offer for offer in offers if offer.for_sale), key=place)


def matching(product: Product, offers: Sequence[StockedOffer], filters: Filters) -> list[StockedOffer]:
    """Return those variants that meet colour, size, price and stock conditions all at once."""
    return [offer for offer in offers if _meets(product, offer, filters)]


def _meets(product: Product, offer: StockedOffer, filters: Filters) -> bool:
    if not offer.for_sale:
        return False
    colours = values_of(product, offer, "colour")
    return (
        (not filters.colours or bool(colours & _folded(filters.colours)))
        and not colours & _folded(filters.not_colours)
        and (not filters.sizes or bool(values_of(product, offer, "size") & _folded(filters.sizes)))
        and (filters.price_min is None or offer.price >= filters.price_min)
        and (filters.price_max is None or offer.price <= filters.price_max)
        and (not filters.in_stock or offer.available > 0)
    )


def values_of(product: Product, offer: StockedOffer, option: str) -> set[str]:
    """Return a variant's values of "colour" or "size", folded; the product's own where variants do not differ."""
    if option in offer.options:
        return {fold(offer.options[option])}
    return _folded(product.colours if option == "colour" else product.sizes)


def options_in_stock(offers: Sequence[StockedOffer]) -> list[dict[str, str]]:
    """Return the options of each variant that can be had now, in the order given."""
    return [dict(offer.options) for offer in offers if offer.buyable]


def _folded(words: Sequence[str]) -> set[str]:
    return {fold(word) for word in words}


def _place(values: Sequence[str], value: str | None) -> int:
    """Return where a value stands on the page; one that the page does not list comes last."""
    return values.index(value) if value in values else len(values)
