"""Gathers from the tool results and the shopper's own words what an answer may say."""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any, cast

from langchain_core.messages import AnyMessage, HumanMessage, ToolMessage

from assistant.amounts import FOREIGN, amounts, counted, number
from assistant.plain import unhidden, words_of
from policies.money import exponent

Json = dict[str, Any]

# What sellers and buyers wrote: it may be told as theirs, but backs no price, discount, delivery or order.
_UNTRUSTED = frozenset({"description", "reviews"})
# What the model itself put into a call comes back in its result, and backs nothing it says later.
_SIDE = re.compile(r"\b(\d{2,3}) (?=(?:wide|long|tall|high|deep|across)\b)")
_OWN = frozenset({"query", "asked", "filters"})
_UNSAID = _UNTRUSTED | _OWN
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_PAIR = re.compile(
    r"(\d+(?:[.,]\d+)?)(?:\s?-\s?(\d+(?:[.,]\d+)?))?[\s-]?(?:working |business )?([a-z°²%]+)", re.IGNORECASE
)
_UNDONE_STATES = frozenset({"cancelled", "refunded", "partly_refunded", "exchanged"})
_MOST_PRICES = 60

Pair = tuple[float, str]


@dataclass(slots=True)
class Known:
    """One product as the records have it.

    Args:
        title: As in the catalogue.
        words: Of title, facets, attributes and page, casefolded.
        amounts: Minor units of its prices.
        pairs: Numbers with the word after them, e.g. (110, "cm").
        options: Options of each variant in stock.
        sold_out: Whether no variant is in stock.
    """

    title: str
    words: set[str] = field(default_factory=set[str])
    amounts: set[int] = field(default_factory=set[int])
    pairs: set[Pair] = field(default_factory=set[Pair])
    options: list[dict[str, str]] = field(default_factory=list[dict[str, str]])
    sold_out: bool = False

    @property
    def values(self) -> set[str]:
        """Return every value of an option that some variant in stock has."""
        return {value for options in self.options for value in options.values()}

    def has(self, value: str, asked: set[str]) -> bool:
        """Say whether a variant in stock has this value, and of its other options only what is asked, if any is."""
        kinds = {name for options in self.options for name, other in options.items() if other in asked}
        return any(
            value in options.values() and all(options.get(kind, value) in asked for kind in kinds)
            for options in self.options
        )


@dataclass(slots=True)
class Backing:
    """What the conversation's records and the shopper's own words allow an answer to say.

    Args:
        amounts: Minor units of every price and total on record, and of what the shopper named.
        prices: Those on record alone.
        words: Of everything on record and of the shopper, casefolded.
        told: Trusted text on record, casefolded: policies, notes, attributes.
        pages: Sellers' and buyers' text, casefolded.
        pairs: Numbers with the word after them, on record; `asked` the same of the shopper.
        ratings: Every rating on record.
        known: Products by title, casefolded.
        types: Kinds of product on record.
        kinds: Kinds of record this turn brought; `facts` the names of its facts.
        done: What this turn's cart records say was changed.
        cart: Lines and units of the cart as last seen; None when it was not.
        orders: Whether this turn holds an order the books confirmed; `undone` whether one was undone.
        results: Whether this turn called a tool at all.
    """

    amounts: set[int] = field(default_factory=set[int])
    prices: set[int] = field(default_factory=set[int])
    words: set[str] = field(default_factory=set[str])
    told: str = ""
    pages: str = ""
    heard: str = ""
    pairs: set[Pair] = field(default_factory=set[Pair])
    asked: set[Pair] = field(default_factory=set[Pair])
    ratings: set[float] = field(default_factory=set[float])
    known: dict[str, Known] = field(default_factory=dict[str, Known])
    types: set[str] = field(default_factory=set[str])
    kinds: set[str] = field(default_factory=set[str])
    facts: set[str] = field(default_factory=set[str])
    done: str = ""
    cart: tuple[int, int] | None = None
    orders: bool = False
    undone: bool = False
    results: bool = False


def collect(messages: Sequence[AnyMessage], currency: str) -> Backing:
    """Gather what the tool results and the shopper's words back.

    Args:
        messages: The conversation up to the answer.
        currency: The shop's, ISO 4217.
    """
    backing = Backing()
    for message in messages:
        if isinstance(message, HumanMessage):
            _hear(unhidden(message.text), backing, currency)
        elif isinstance(message, ToolMessage):
            _collect(json.loads(str(message.content)), backing, currency)
    backing.amounts |= backing.prices
    backing.amounts.discard(FOREIGN)
    for result in turn_results(messages):
        _of_turn(result, backing)
    return backing


def reckoned(prices: Iterable[int], *, sums: bool) -> set[int]:
    """Return the sums, or else the differences, of any two prices."""
    pairs = combinations(sorted(set(prices))[:_MOST_PRICES], 2)
    return {a + b if sums else b - a for a, b in pairs}


def _hear(said: str, backing: Backing, currency: str) -> None:
    backing.words |= words_of(said)
    backing.heard += " " + said.casefold()
    unit = 10 ** exponent(currency)
    backing.amounts |= {round(number(n) * unit) for n in _NUMBER.findall(said)} | set(amounts(said, currency))
    # '140 wide' is centimetres, as everything here is measured in.
    backing.asked |= set(pairs_in(_SIDE.sub(r"\1 cm ", said)))


def _collect(result: Json, backing: Backing, currency: str) -> None:
    # What is paid back or taken off is a negative amount; it is spoken of without the sign.
    backing.prices |= {abs(int(m["amount"])) for m in _dicts(result) if isinstance(m.get("amount"), int)}
    # A bound that was searched by may be spoken of: "under $440" for at most 439.99.
    bounds = [m[name] for m in _dicts(result) for name in ("price_min", "price_max") if isinstance(m.get(name), int)]
    backing.amounts |= {bound + off for bound in bounds for off in (-1, 0, 1)}
    for text in _strings(result, _UNSAID):
        backing.told += "\n" + text.casefold()
        backing.words |= words_of(text)
        backing.prices |= set(amounts(text, currency))
        backing.pairs |= set(pairs_in(text))
    for name, text in _pages(result):
        backing.pages += f"\n{text.casefold()}"
        backing.words |= words_of(text)
        backing.pairs |= set(pairs_in(text)) if name == "description" else set()
    for mapping in _dicts(result):
        _collect_product(mapping, backing, currency)


def _collect_counts(mapping: Json, backing: Backing) -> None:
    """Take "26 shelves" as a count of what was found; it is no property of a shelf."""
    counts = [len(cast("list[Json]", mapping.get("items") or [])), mapping.get("total")]
    filters = cast("Json", mapping.get("filters") or {})
    for kind in cast("list[str]", filters.get("product_types") or []):
        last = kind.split()[-1]
        names = {last, f"{last[:-1]}ve"} if last.endswith("f") else {last}
        backing.pairs |= {(float(count), name) for count in counts if isinstance(count, int) for name in names}


def _collect_product(mapping: Json, backing: Backing, currency: str) -> None:
    rating = mapping.get("rating")
    if isinstance(rating, (int, float)):
        backing.ratings.add(float(rating))
        backing.pairs.add((float(rating), "star"))
    for name, unit in (("review_count", "review"), ("review_count", "buyer"), ("available", "left")):
        if isinstance(mapping.get(name), int):
            backing.pairs.add((float(mapping[name]), unit))
    _collect_counts(mapping, backing)
    title = str(mapping.get("title") or "")
    if not title or not ({"availability", "attributes"} & set(mapping)):
        return
    known = backing.known.setdefault(title.casefold(), Known(title))
    for text in _strings(mapping, frozenset()):
        known.words |= words_of(text)
        known.pairs |= set(pairs_in(text))
    known.amounts |= {abs(int(m["amount"])) for m in _dicts(mapping) if isinstance(m.get("amount"), int)}
    known.amounts |= {amount for text in _strings(mapping, _UNTRUSTED) for amount in amounts(text, currency)}
    if "availability" in mapping:
        known.sold_out = mapping["availability"] == "out_of_stock"
        offered = cast("list[dict[str, str]]", mapping.get("in_stock_options", []))
        known.options = [{name: value.casefold() for name, value in options.items()} for options in offered]
        backing.types |= words_of(str(mapping.get("product_type", "")))


def _of_turn(result: Json, backing: Backing) -> None:
    records = cast("list[Json]", result.get("records", []))
    backing.results = True
    backing.kinds |= {str(record.get("kind")) for record in records}
    backing.facts |= set(cast("Json", result.get("facts") or {}))
    backing.orders = backing.orders or bool({"order", "orders"} & backing.kinds)
    found = [each for each in _dicts(result) if "order_id" in each]
    backing.undone = backing.undone or any(order.get("state") in _UNDONE_STATES for order in found)
    for record in records:
        if record.get("kind") in ("cart", "board"):
            backing.done += " " + str(record.get("changed", "")).casefold()


def turn_results(messages: Sequence[AnyMessage]) -> list[Json]:
    """Return the results of the tool calls since the shopper last spoke, the latest first."""
    results: list[Json] = []
    for message in reversed(messages):
        if isinstance(message, HumanMessage):
            break
        if isinstance(message, ToolMessage):
            results.append(json.loads(str(message.content)))
    return results


def last_cart(messages: Sequence[AnyMessage]) -> tuple[int, int] | None:
    """Return lines and units of the cart as it was last seen, or None."""
    for message in reversed(messages):
        if isinstance(message, ToolMessage):
            for record in cast("list[Json]", json.loads(str(message.content)).get("records", [])):
                if record.get("kind") == "cart":
                    lines = cast("list[Json]", record.get("lines", []))
                    return len(lines), sum(int(line.get("quantity", 0)) for line in lines)
    return None


def pairs_in(text: str) -> Iterator[Pair]:
    """Yield numbers with the word that follows, plural endings off: `two days` as (2, "day")."""
    for first, second, word in _PAIR.findall(text):
        for digits in (first, second):
            if digits:
                yield number(digits), singular(word)
    for value, word in counted(text):
        yield value, singular(word)


def singular(word: str) -> str:
    """Return a word without the ending of its plural, casefolded."""
    word = word.casefold()
    return word[:-1] if word.endswith("s") and len(word) > 2 else word


def _pages(value: object) -> Iterator[tuple[str, str]]:
    """Yield what sellers (`description`) and buyers (`reviews`) wrote."""
    for mapping in _dicts(value):
        for name in _UNTRUSTED & set(mapping):
            inner = mapping[name]
            texts = [inner] if isinstance(inner, str) else _strings(inner, frozenset())
            yield from ((name, text) for text in texts)


def _dicts(value: object) -> Iterator[Json]:
    if isinstance(value, dict):
        mapping = cast("Json", value)
        yield mapping
        for inner in mapping.values():
            yield from _dicts(inner)
    elif isinstance(value, list):
        for inner in cast("list[object]", value):
            yield from _dicts(inner)


def _strings(value: object, without: frozenset[str]) -> Iterator[str]:
    """Yield every text in a value, but for what lies under the names in `without`."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, inner in cast("Json", value).items():
            if name not in without:
                yield from _strings(inner, without)
    elif isinstance(value, list):
        for inner in cast("list[object]", value):
            yield from _strings(inner, without)
