"""Why a product is shown, in a few words from data: what matched, and what tells it from its neighbours."""

from collections.abc import Sequence

from policies.money import format_minor
from retrieval.filters import fold
from retrieval.product import Product
from retrieval.query import Filters
from tools.present import LOW_STOCK, Showing

_MOST_PARTS = 3
_LONGEST_VALUE = 32
_GOOD_RATING = 4.5
_MEASURES = {
    "width": "wide",
    "height": "high",
    "depth": "deep",
    "length": "long",
    "diameter": "across",
}
# Facts that every product of a kind has in some wording and that do not help to choose.
_DULL = frozenset(
    {"care", "origin", "made in", "warranty", "assembly", "model", "sku", "season", "seller", "seller name"}
)
# Values that say what a product is without, which is no reason to show it.
_WITHOUT = frozenset({"none", "no", "not suitable", "n/a", "-", "–", "unknown", "without"})
# Facts whose value speaks for itself: "800 g", "showerproof", "UPF 50".
_PLAIN = frozenset(
    {"composition", "cuffs", "drawers", "gauge", "inside", "measure", "neckline", "slats", "sleeves", "uv"}
    | {"uv protection", "water resistance", "weight"}
)
_LEADING = frozenset({"fits", "for", "seats", "warm to"})
_FEW_WORDS = 2


def reasons(showings: Sequence[Showing], filters: Filters) -> list[str]:
    """Return one reason for each showing: matched words first, then what distinguishes it here.

    E.g. "walnut, 110 cm wide, $60 off". Empty where data says nothing of interest.
    """
    return [_joined(matched(showing, filters) + distinguishing(showing, showings)) for showing in showings]


def likeness(showings: Sequence[Showing], anchor: Showing, against: Sequence[Showing] = ()) -> list[str]:
    """Return for each showing what it has in common with the anchor and how its price compares.

    Args:
        showings: The row.
        anchor: What it should be like.
        against: What it should be less like; what these have and it has not is said second, as "not black".
    """
    answer: list[str] = []
    for showing in showings:
        shared, *rest = _common(showing, anchor) or [""]
        parts = [shared, *_spared(showing, anchor, against), *rest, *distinguishing(showing, showings)]
        answer.append(_joined([part for part in parts if part]))
    return answer


def _spared(showing: Showing, anchor: Showing, against: Sequence[Showing]) -> list[str]:
    """Return the first material, style or colour of those it should be less like that neither it nor the anchor has."""
    theirs = [word for one in against for word in _looks(one.product)]
    own = {fold(word) for word in (*_looks(showing.product), *_looks(anchor.product))}
    return [f"not {word}" for word in theirs if fold(word) not in own][:1]


def _looks(product: Product) -> tuple[str, ...]:
    return (*product.materials, *product.styles, *product.colours)


def taste(showings: Sequence[Showing], filters: Filters, liked: Sequence[Product]) -> list[str]:
    """Return for each showing what it shares with the first liked product that it shares anything with."""
    answer: list[str] = []
    for showing in showings:
        shared = [parts for product in liked if (parts := _shared(showing.product, product))][:1]
        own = matched(showing, filters) + distinguishing(showing, showings)
        answer.append(_joined([part for parts in shared for part in parts] + own))
    return answer


def matched(showing: Showing, filters: Filters) -> list[str]:
    """Return the asked words that the product carries, in the order colour, material, style, size."""
    product = showing.product
    colours = {colour for offer in showing.variants if (colour := offer.options.get("colour"))} or set(product.colours)
    sizes = {size for offer in showing.variants if (size := offer.options.get("size"))} or set(product.sizes)
    return [
        *_asked(sorted(colours), filters.colours),
        *_asked(product.materials, filters.materials),
        *_asked(product.styles, filters.styles),
        *(
            f"size {size}" if size[0].isdigit() and " " not in size else size
            for size in _asked(sorted(sizes), filters.sizes)
        ),
    ]


def distinguishing(showing: Showing, row: Sequence[Showing]) -> list[str]:
    """Return what tells a showing from its neighbours: reduction, scarcity, a measure, lowest price, rating."""
    parts = _telling_fact(showing.product, [other.product for other in row])
    cheapest = showing.cheapest
    if cheapest.list_price is not None and cheapest.list_price > cheapest.price:
        parts.append(f"{format_minor(cheapest.list_price - cheapest.price, cheapest.currency)} off")
    if 0 < showing.most <= LOW_STOCK:
        parts.append(f"only {showing.most} left")
    others = [other.cheapest.price for other in row if other is not showing]
    one_kind = len({other.product.product_type for other in row}) == 1
    if one_kind and others and cheapest.price < min(others):
        parts.append("lowest price of these")
    rating = showing.product.rating
    if rating is not None and rating >= _GOOD_RATING:
        parts.append(f"rated {rating:.1f} of 5")
    return parts


def measure(name: str, value: str) -> str:
    """Write an attribute as a phrase: ("width", "110 cm") is "110 cm wide", ("stackable", "yes") is "stackable"."""
    if fold(value) == "yes":
        return name
    if name in _PLAIN or name in value:
        return value
    if name in _LEADING:
        return f"{name} {value}"
    if len(value.split()) > _FEW_WORDS and not value[0].isdigit():
        return f"{name}: {value}"
    return f"{value} {_MEASURES.get(name, name)}"


def _asked(values: Sequence[str], wanted: Sequence[str]) -> list[str]:
    asked = {fold(word) for word in wanted}
    return [value for value in values if fold(value) in asked]


def _telling_fact(product: Product, row: Sequence[Product]) -> list[str]:
    """Return the first attribute, measures first, whose value differs among products of the same type in the row."""
    peers = [other for other in row if other.product_type == product.product_type]
    for name in sorted(product.attributes, key=lambda name: name not in _MEASURES):
        value = product.attributes[name]
        differs = len({other.attributes.get(name) for other in peers}) > 1
        telling = name not in _DULL and fold(value) not in _WITHOUT and len(value) <= _LONGEST_VALUE
        # A comma would read as the next reason.
        if differs and telling and "," not in value:
            return [measure(name, value)]
    return []


def _common(showing: Showing, anchor: Showing) -> list[str]:
    parts = _shared(showing.product, anchor.product)
    gap = anchor.cheapest.price - showing.cheapest.price
    if gap and anchor.cheapest.currency == showing.cheapest.currency:
        written = format_minor(abs(gap), anchor.cheapest.currency)
        parts.append(f"{written} {'less' if gap > 0 else 'more'}")
    return parts


def _shared(product: Product, other: Product) -> list[str]:
    """Return the first material, else style, else colour that both have, as "also walnut"."""
    words = [*_asked(product.materials, other.materials), *_asked(product.styles, other.styles)]
    words = words or _asked(product.colours, other.colours)
    return [f"also {word}" for word in words[:1]]


def _joined(parts: Sequence[str]) -> str:
    return ", ".join(list(dict.fromkeys(parts))[:_MOST_PARTS])
