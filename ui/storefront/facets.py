"""The choices a listing offers, as links: each with how many products it would leave."""

from collections.abc import Mapping
from dataclasses import dataclass

from retrieval.browse import Facets
from retrieval.filters import fold
from retrieval.query import Blocking, Filters
from ui.storefront import wording
from ui.storefront.cards import Swatch, swatch
from ui.storefront.choices import FACETS, Choices

_SHOWN_FIRST = 8
_MOST = 60
_LETTERS = {name: place for place, name in enumerate(("xxs", "xs", "s", "m", "l", "xl", "xxl", "3xl", "4xl"))}


@dataclass(frozen=True, slots=True)
class Value:
    """One value to choose: `address` toggles it."""

    name: str
    count: int
    chosen: bool
    address: str
    swatch: Swatch | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """The values of one facet; the first few are shown at once."""

    title: str
    first: tuple[Value, ...]
    more: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Chip:
    """A choice made: `address` takes it back."""

    text: str
    address: str


def groups(facets: Facets, choices: Choices, within: Filters) -> list[Group]:
    """Return the facets worth offering: those with a choice to make, and those with one made."""
    return [
        group
        for of, _, title in FACETS
        if not getattr(within, of) and (group := _group(of, title, facets.counts.get(of, {}), choices))
    ]


def _group(of: str, title: str, counts: Mapping[str, int], choices: Choices) -> Group | None:
    known = {fold(value) for value in counts}
    empty = {value: 0 for value in choices.words.get(of, ()) if fold(value) not in known}
    if len(counts) + len(empty) < 2 and not choices.words.get(of):
        return None
    values = [_value(of, value, count, choices) for value, count in [*list(counts.items())[:_MOST], *empty.items()]]
    if of == "sizes":
        values.sort(key=lambda value: _size_place(value.name))
    values.sort(key=lambda value: not value.chosen)
    return Group(title, tuple(values[:_SHOWN_FIRST]), tuple(values[_SHOWN_FIRST:]))


def _value(of: str, value: str, count: int, choices: Choices) -> Value:
    tone = swatch(value) if of == "colours" else None
    text = wording.one_line(value, 60) if of in {"brands", "sizes"} else wording.name(value)
    return Value(text, count, choices.chosen(of, value), choices.toggled(of, value).address(), tone)


def _size_place(size: str) -> tuple[int, float, str]:
    """Order sizes as a shop does: letters, then numbers by their value, then the rest."""
    plain = fold(size)
    if plain in _LETTERS:
        return 0, _LETTERS[plain], plain
    number = plain.split(" ")[0].replace(",", ".")
    if number.replace(".", "", 1).isdigit() and number.isascii():
        return 1, float(number), plain
    return 2, 0, plain


def chips(choices: Choices, currency: str) -> list[Chip]:
    """Return every choice made with the address that takes it back."""
    made = [
        Chip(wording.name(value), choices.toggled(of, value).address())
        for of, _, _ in FACETS
        for value in choices.words.get(of, ())
    ]
    if choices.price_min is not None:
        low = wording.price(wording.minor(choices.price_min, currency), currency)
        made.append(Chip(f"From {low}", choices.without("price_min").address()))
    if choices.price_max is not None:
        high = wording.price(wording.minor(choices.price_max, currency), currency)
        made.append(Chip(f"Up to {high}", choices.without("price_max").address()))
    if choices.in_stock:
        made.append(Chip("In stock", choices.without("in_stock").address()))
    return made


def blocked_words(blocking: Blocking, choices: Choices, currency: str) -> str:
    """Say which choice left nothing, as a shopper would: 'nothing under $40'."""
    match blocking.name:
        case "price_max":
            return f"up to {wording.price(int(blocking.value), currency)}"
        case "price_min":
            return f"from {wording.price(int(blocking.value), currency)}"
        case "in_stock":
            return "in stock"
        case "sizes":
            return f"in size {' or '.join(wording.one_line(word, 60) for word in choices.words.get('sizes', ()))}"
        case "brands":
            return f"by {' or '.join(wording.one_line(word, 60) for word in choices.words.get('brands', ()))}"
        case name:
            return f"in {' or '.join(wording.one_line(word, 60) for word in choices.words.get(name, ()))}"
