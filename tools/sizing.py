"""Which variants of a board's things can be bought as they are: the chosen, the only one, or the shopper's own size."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from policies.told import Told
from shop.views import StockedOffer
from tools.kinds import FOOTWEAR, GARMENTS
from tools.options import resolve_variant
from tools.present import Showing
from tools.tool import ToolError
from tools.wording import normal


@dataclass(frozen=True, slots=True)
class Split:
    """What of a board goes into the cart, and what stays: {product_id, title, why, missing, options}."""

    variant_ids: list[str] = field(default_factory=list[str])
    left: list[dict[str, object]] = field(default_factory=list[dict[str, object]])


def split_pieces(showings: Sequence[Showing], told: Sequence[Told]) -> Split:
    """Return which variants to put into a cart, one of each, and what needs a choice or can't be had."""
    split = Split()
    for showing in showings:
        try:
            split.variant_ids.append(_variant(showing, told).variant_id)
        except ToolError as error:
            open_ones = {name: error.facts[name] for name in ("missing", "options") if name in error.facts}
            about = {"product_id": showing.product.product_id, "title": showing.product.title}
            split.left.append({**about, "why": error.code, **open_ones})
    return split


def sizes_told(kind: str, sizes: Sequence[str], told: Sequence[Told]) -> tuple[str, ...]:
    """Return the labels among `sizes` that were told for that kind of product, those for the very kind first."""
    scope = "shoes" if kind in FOOTWEAR else "clothes" if kind in GARMENTS else ""
    mine = [each for each in told if each.kind == "size" and each.of in (kind, scope, "")]
    wanted = [normal(each.value) for each in sorted(mine, key=lambda each: each.of != kind)]
    return tuple(label for value in wanted for label in sizes if normal(label) == value)


def _variant(showing: Showing, told: Sequence[Told]) -> StockedOffer:
    if len(showing.variants) == 1 and showing.variants[0].buyable:
        return showing.variants[0]
    product = showing.product
    size = next(iter(sizes_told(product.product_type, product.sizes, told)), None)
    colours = {offer.options.get("colour") for offer in showing.offers if offer.buyable}
    # The one colour that is left can be taken; a size that nobody told never is.
    colour = colours.pop() if len(colours) == 1 else None
    return resolve_variant(product, showing.offers, {"size": size, "colour": colour})
