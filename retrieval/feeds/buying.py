"""What one row says about buying: price, sale, stock, and the options that tell it from its siblings."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from retrieval.feeds.amounts import Mark, parse_price
from retrieval.feeds.fields import COLOURS, SIZES
from retrieval.feeds.options import FeedOptions
from retrieval.feeds.record import SEPARATOR, folded
from retrieval.feeds.tally import Fault, Refusal

_NO = frozenset({"false", "no", "0", "draft", "archived", "inactive", "disabled", "unpublished", "n", "nein"})
_IN = frozenset({"in_stock", "instock", "yes", "true", "1", "available", "limitedavailability", "onlineonly", "ja",
                 "instoreonly", "lieferbar", "auf_lager"})  # fmt: skip
_OUT = frozenset({"out_of_stock", "outofstock", "no", "false", "0", "sold_out", "soldout", "discontinued", "nein",
                  "unavailable", "nicht_lieferbar"})  # fmt: skip
_LATER = frozenset({"preorder", "pre_order", "backorder", "presale", "onbackorder", "notify", "made_to_order"})
_MOST_STOCK = 10**9


@dataclass(frozen=True, slots=True)
class Terms:
    """How this feed writes money, and when it is read.

    Args:
        options: What the operator says.
        mark: The decimal mark of the feed's prices.
        now: Decides whether a dated sale is on.
    """

    options: FeedOptions
    mark: Mark
    now: datetime


@dataclass(frozen=True, slots=True)
class Buying:
    """Price in minor units, the price before a reduction, and units on hand."""

    price: int
    list_price: int | None
    stock: int


def buying(values: Mapping[str, str], terms: Terms) -> tuple[Buying, list[Fault]]:
    """Return what a row says about buying, and what of it is doubtful.

    Raises:
        Refusal: Price, stock or publication is missing or wrong.
    """
    if any(folded(state) in _NO for state in values.get("published", "").split(SEPARATOR)):
        raise Refusal(("published", "is not published"))
    notes: list[Fault] = []
    price = _price("price", values, terms)
    if price is None:
        raise Refusal(("price", "is missing"))
    before = None
    if values.get("sale_price") and _on_sale(values, terms, notes):
        reduced = _price("sale_price", values, terms) or price
        price, before = (reduced, price) if reduced < price else (price, None)
        if before is None:
            notes.append(("sale_price", "is not below the price, ignored"))
    listed = _list_price(values, terms, notes)
    if listed is not None and listed > price:
        before = max(before or 0, listed)
    return Buying(price, before, _stock(values, terms, notes)), notes


def _price(field: str, values: Mapping[str, str], terms: Terms) -> int | None:
    if not values.get(field):
        return None
    currency = values.get("currency", "").upper() or terms.options.currency
    if currency != terms.options.currency:
        raise Refusal(("currency", f"is {currency[:10]}; the shop sells in {terms.options.currency}"))
    try:
        return parse_price(values[field], terms.options.currency, terms.mark, minor=terms.options.minor_units)
    except Refusal as refusal:
        raise Refusal(*((field, reason) for _, reason in refusal.faults)) from refusal


def _list_price(values: Mapping[str, str], terms: Terms, notes: list[Fault]) -> int | None:
    try:
        return _price("list_price", values, terms)
    except Refusal as refusal:
        # Many systems write 0 where there is no price to compare with.
        if set(values["list_price"]) - set("0., "):
            notes.extend((field, f"{reason}; ignored") for field, reason in refusal.faults)
        return None


def _on_sale(values: Mapping[str, str], terms: Terms, notes: list[Fault]) -> bool:
    start, _, end = values.get("sale_dates", "").partition("/")
    start, end = start or values.get("sale_from", ""), end or values.get("sale_to", "")
    try:
        begins = _moment(start, time.min) if start else None
        ends = _moment(end, time.max) if end else None
    except ValueError:
        notes.append(("sale_dates", "cannot be read as dates, the sale is ignored"))
        return False
    return (begins is None or begins <= terms.now) and (ends is None or terms.now <= ends)


def _moment(text: str, at: time) -> datetime:
    text = text.strip()
    if len(text) == len("2026-01-31"):
        return datetime.combine(date.fromisoformat(text), at, UTC)
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _stock(values: Mapping[str, str], terms: Terms, notes: list[Fault]) -> int:
    state = folded(values.get("availability", "").rpartition("/")[2])
    counted = _count(values.get("quantity", ""))
    if counted is None and state.isdigit() and state not in "01":
        counted = _count(state)
    endless = folded(values.get("backorders", "")) in {"continue", "yes", "true", "1"}
    if state in _OUT or state in _LATER:
        return 0
    if counted is not None and (counted > 0 or not endless):
        return counted
    if state in _IN or endless:
        return terms.options.assumed_stock
    if state:
        notes.append(("availability", f"{values['availability'][:40]!r} is unknown, taken as out of stock"))
        return 0
    return terms.options.assumed_stock


def _count(text: str) -> int | None:
    if not text:
        return None
    try:
        number = float(text.replace(" ", "").replace("\u00a0", ""))
    except ValueError as problem:
        raise Refusal(("quantity", f"{text[:40]!r} is not a number")) from problem
    if not -_MOST_STOCK < number < _MOST_STOCK:
        raise Refusal(("quantity", f"{text[:40]!r} is not a number of units"))
    return max(0, int(number))


def named_options(values: Mapping[str, str], names: Mapping[int, str]) -> dict[str, str]:
    """Return a row's options as "colour" and "size"; a further option stands behind the size, as in "M / Slim".

    Args:
        values: Of the row.
        names: Of option 1 to 3; often only a product's first row has them.
    """
    found = {name: values[name] for name in ("colour", "size") if name in values}
    further: list[str] = []
    for place in (1, 2, 3):
        name, value = folded(names.get(place, "")), values.get(f"option{place}_value", "")
        if not value or (name == "title" and value == "Default Title"):
            continue
        if name in COLOURS:
            found["colour"] = value
        elif name in SIZES:
            found["size"] = value
        else:
            further.append(value)
    return {**found, **({"further": " / ".join(further)} if further else {})}
