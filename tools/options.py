"""From the words a shopper uses for a colour and a size to the one variant they mean."""

from collections.abc import Mapping, Sequence

from retrieval.product import Product
from shop.views import StockedOffer
from tools.matching import for_sale, options_in_stock
from tools.tool import ToolError
from tools.wording import normal

OPTION_NAMES = ("colour", "size")


def resolve_variant(product: Product, offers: Sequence[StockedOffer], asked: Mapping[str, str | None]) -> StockedOffer:
    """Return the one variant in stock that the asked options mean.

    Args:
        product: The product it is a variant of.
        offers: Its offers as the books have them now.
        asked: Wanted "colour" and "size"; None or absent where the shopper did not say.

    Raises:
        ToolError: "no_longer_sold", "no_such_option", "choose_option" or "out_of_stock", with what can be had.
    """
    selling = for_sale(product, offers)
    if not selling:
        raise ToolError("no_longer_sold", f"{product.title} is no longer sold.", {"product_id": product.product_id})
    given = {name: value for name in OPTION_NAMES if (value := asked.get(name))}
    candidates = selling
    for name, value in given.items():
        _require_option(product, selling, name, value)
        candidates = _with_option(product, candidates, name, value)
    if not candidates:
        raise _no_such(product, selling, given)
    had = [offer for offer in candidates if offer.available > 0]
    if not had:
        raise _sold_out(product, selling, given, candidates)
    missing = [name for name in OPTION_NAMES if len({offer.options.get(name) for offer in candidates}) > 1]
    if missing:
        raise _choose(product, candidates, missing)
    return had[0]


def _with_option(product: Product, offers: Sequence[StockedOffer], name: str, value: str) -> list[StockedOffer]:
    """Return the offers with that value; where none is equal, those whose value alone contains its words."""
    wanted = normal(value)
    labelled = {label: normal(label) for offer in offers for label in _labels(product, offer, name)}
    equal = {label for label, plain in labelled.items() if plain == wanted}
    words = set(wanted.split())
    close = {label for label, plain in labelled.items() if words <= set(plain.split())}
    meant = equal or (close if len(close) == 1 else set[str]())
    return [offer for offer in offers if meant & set(_labels(product, offer, name))]


def _labels(product: Product, offer: StockedOffer, name: str) -> Sequence[str]:
    if name in offer.options:
        return (offer.options[name],)
    return product.colours if name == "colour" else product.sizes


def _require_option(product: Product, selling: Sequence[StockedOffer], name: str, value: str) -> None:
    if not _with_option(product, selling, name, value):
        raise _no_such(product, selling, {name: value})


def _choices(offers: Sequence[StockedOffer], names: Sequence[str]) -> dict[str, list[str]]:
    """Return, for each option, the distinct values that are in stock, in the shop's order."""
    stocked = options_in_stock(offers)
    return {name: list(dict.fromkeys(option[name] for option in stocked if name in option)) for name in names}


def _no_such(product: Product, selling: Sequence[StockedOffer], given: Mapping[str, str]) -> ToolError:
    named = " and ".join(f"{name} {value!r}" for name, value in given.items())
    names = [name for name in OPTION_NAMES if any(name in offer.options for offer in selling)]
    return ToolError(
        "no_such_option",
        f"{product.title} does not come in {named}.",
        {
            "product_id": product.product_id,
            "title": product.title,
            "asked": dict(given),
            "options": _choices(selling, names),
            "in_stock_options": options_in_stock(selling),
        },
    )


def _choose(product: Product, candidates: Sequence[StockedOffer], missing: Sequence[str]) -> ToolError:
    out = [dict(offer.options) for offer in candidates if offer.available <= 0]
    return ToolError(
        "choose_option",
        f"{product.title} comes in several; ask the shopper which {' and '.join(missing)}.",
        {
            "product_id": product.product_id,
            "title": product.title,
            "missing": list(missing),
            "options": _choices(candidates, missing),
            "in_stock_options": options_in_stock(candidates),
            "out": out,
        },
    )


def _sold_out(
    product: Product, selling: Sequence[StockedOffer], given: Mapping[str, str], candidates: Sequence[StockedOffer]
) -> ToolError:
    named = ", ".join(candidates[0].options.values()) if len(candidates) == 1 else ", ".join(given.values())
    names = [name for name in OPTION_NAMES if any(name in offer.options for offer in selling)]
    return ToolError(
        "out_of_stock",
        f"{product.title}{' in ' + named if named else ''} is out of stock.",
        {
            "product_id": product.product_id,
            "title": product.title,
            "asked": dict(given),
            "options": _choices(selling, names),
            "in_stock_options": options_in_stock(selling),
        },
    )
