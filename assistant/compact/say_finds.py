"""Words for a showing of products: how many of what, under which conditions, and what tells them apart."""

import re
import zlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from assistant.compact.lexicon import COLOUR_FAMILY
from assistant.compact.meaning import Slots
from assistant.compact.measures import centimetres
from assistant.compact.say_room import room
from assistant.compact.wordforms import MASS_NOUNS, plural, singular, spelled, stems
from assistant.compact.wording import capital, choose, listed, place, sentences, the, verb
from policies.money import format_minor
from tools.records import Item, Products

_MEASURES = (("width", "narrowest", "wide"), ("height", "lowest", "high"), ("length", "shortest", "long"))
_GOOD = 4.3  # Mean rating from which buyers' praise is worth mentioning.
_MOST = re.compile(r"\b(?:most|least) expensive\b|\bcheapest\b|\bpriciest\b|\bdearest\b")
VAGUE = re.compile(r"\b(?:some(?:thing)?|any(?:thing)?|things?|ideas?|gift|present|outfit|look|stuff|what)\b")


@dataclass(frozen=True, slots=True)
class Manner:
    """How a showing is spoken about.

    Args:
        slots: What the message asked for.
        currency: ISO 4217 code.
        spoken: Amounts in minor units that the shopper named; only those are repeated.
        seed: Varies the wording, the same way each time.
        text: The shopper's words.
        more: Whether this continues an earlier row.
    """

    slots: Slots
    currency: str
    spoken: Collection[int]
    seed: str
    text: str = ""
    more: bool = False


def noun_of(filters: dict[str, Any], items: Sequence[Item], said: str) -> str:
    """Return what the products are called together, singular where that is known."""
    kinds = [str(k) for k in filters.get("product_types", ())]
    if len(kinds) == 1:
        return kinds[0]
    if said and " and " in said:
        return listed([plural(singular(one)) for one in said.split(" and ")])
    if said:
        head, _, last = said.rpartition(" ")
        one = f"{head} {singular(last)}".strip()
        return f"piece of {one}" if one in MASS_NOUNS else one
    family = kinds[0].split()[-1] if kinds else ""
    if family and all(kind.endswith(family) for kind in kinds):
        return family
    shown = {i.product_type for i in items}
    return shown.pop() if len(shown) == 1 and kinds else "piece"


def phrase_of(filters: dict[str, Any], items: Sequence[Item], manner: Manner, count: int) -> str:
    """Return the noun with its conditions in the right number: 'walnut desks up to $600'."""
    noun = noun_of(filters, items, manner.slots.said_type)
    before = [_either(filters, "colours"), _either(filters, "materials")]
    if manner.slots.relative is not None and not manner.more:
        before.insert(0, "cheaper" if manner.slots.relative == "cheaper" else "dearer")
    head = noun if count == 1 or " and " in noun else plural(noun)
    after = ", ".join(
        p
        for p in (_sizes(filters), _brands(filters), price_words(filters, manner), _refused(filters), _stocked(filters))
        if p
    )
    joined = f"{head}, {after}" if after.startswith("without") and before != ["", ""] else f"{head} {after}"
    return " ".join(p for p in (*before, joined.strip(" ,")) if p)


def _either(filters: dict[str, Any], name: str) -> str:
    values = [str(v) for v in filters.get(name, ())]
    if len(values) < 4:
        return listed(values, "or")
    families = (word for word, family in COLOUR_FAMILY.items() if set(values) <= set(family))
    return next(families, "") if name == "colours" else ""


def _sizes(filters: dict[str, Any]) -> str:
    named = [str(s) if " x " in str(s) else str(s).upper() for s in filters.get("sizes", ())]
    if not named:
        return ""
    return f"{'in' if ' x ' in named[0] else 'in size'} {listed(named[:4], 'or')}"


def _brands(filters: dict[str, Any]) -> str:
    brands = [str(b).title() for b in filters.get("brands", ())]
    return f"by {listed(brands, 'or')}" if brands else ""


def _refused(filters: dict[str, Any]) -> str:
    names = ("not_colours", "not_materials", "not_brands", "not_product_types")
    refused = [str(v) for n in names for v in filters.get(n, ())]
    families = (word for word, family in COLOUR_FAMILY.items() if len(refused) > 3 and set(refused) <= set(family))
    if family := next(families, ""):
        return f"in no {family} colour"
    return f"without {listed(refused, 'or')}" if refused else ""


def _stocked(filters: dict[str, Any]) -> str:
    return "in stock" if filters.get("in_stock") else ""


def price_words(filters: dict[str, Any], manner: Manner) -> str:
    """Return 'up to $200', 'from $50', 'from $50 to $80'; nothing for bounds the shopper did not name."""
    both = filters.get("price_min"), filters.get("price_max")
    if (
        both[0] is not None
        and both[1] is not None
        and (both[0] + both[1]) // 2 in manner.spoken
        and both[0] not in manner.spoken
    ):
        return f"around {format_minor((both[0] + both[1]) // 2, manner.currency)}"
    low = filters.get("price_min") if filters.get("price_min") in manner.spoken else None
    high = filters.get("price_max") if filters.get("price_max") in manner.spoken else None
    if low is not None and high is not None:
        return f"from {format_minor(low, manner.currency)} to {format_minor(high, manner.currency)}"
    if high is not None:
        return f"up to {format_minor(high, manner.currency)}"
    return f"from {format_minor(low, manner.currency)}" if low is not None else ""


def found(record: Products, manner: Manner) -> str:
    """Say what a search found: count, kind and conditions first, then what distinguishes."""
    items = [item for item in record.items if not item.sponsored] or record.items
    count = len(items)
    what = phrase_of(record.filters, items, manner, count)
    unknown = "" if record.filters.get("product_types") else unnamed(manner, items)
    if in_title := _in_titles(manner, items):
        what = f"{in_title} {what}" if manner.slots.product_types else what
    if unknown:
        these = "this comes" if count == 1 else f"these {spelled(count)} come"
        opening = f"Nothing here is called {unknown}; {these} nearest."
    elif most := _superlative(items[0], manner):
        opening = most
    elif count == 1:
        opening = _single(items[0], what, manner)
    elif manner.more:
        opening = f"{spelled(count)} more {what}."
    elif (record.total or count) > count and manner.slots.soft:
        opening = f"{spelled(count)} {what}, the nearest first."
    elif (record.total or count) > count:
        options = (
            f"{spelled(record.total or count)} {what}; here are {spelled(count)}.",
            f"{spelled(count)} of our {spelled(record.total or count)} {what}.",
        )
        opening = choose(options, manner.seed)
    else:
        opening = choose((f"{spelled(count)} {what}.", f"There are {spelled(count)} {what}."), manner.seed)
    distinct = room(manner.text, items) or (tells_apart(items, manner.seed) if count > 1 else _why(items[0]))
    return sentences(capital(opening), "" if unknown else taste(manner, items), near(manner.slots), distinct)


def _in_titles(manner: Manner, items: Sequence[Item]) -> str:
    """Return the one further word asked for when every shown title carries it: 'floor' for floor lamps."""
    words = manner.slots.soft
    if len(words) != 1 or not all(set(stems(words[0])) <= set(stems(i.title)) for i in items):
        return ""
    return words[0]


def _superlative(item: Item, manner: Manner) -> str:
    """Answer 'the cheapest' and 'the most expensive' with the first of the row, which is sorted by it."""
    match = _MOST.search(manner.text)
    if match is None or manner.slots.sort not in {"price_low", "price_high"}:
        return ""
    word = "cheapest" if manner.slots.sort == "price_low" else "most expensive"
    return f"The {word} is {the(item)} at {item.price}."


def _single(item: Item, what: str, manner: Manner) -> str:
    if manner.more:
        return f"One more: {the(item)} at {item.price}."
    fits = verb(item, "is the one that fits", "are the ones that fit")
    return choose((f"One {what}: {the(item)} at {item.price}.", f"{the(item)}, at {item.price}, {fits}."), manner.seed)


def unnamed(manner: Manner, items: Sequence[Item]) -> str:
    """Return the product words that no shown page knows, quoted; '' when a known product or a taste was asked for."""
    if manner.slots.product_types or manner.slots.departments or manner.more or VAGUE.search(manner.text):
        return ""
    words = _unsaid(manner, items)
    return f"“{' '.join(words)}”" if words and len(words) == len(manner.slots.soft) else ""


def taste(manner: Manner, items: Sequence[Item]) -> str:
    """Say honestly that words which are no facet of any page only ordered the row."""
    words = _unsaid(manner, items)
    if not words or len(items) < 2:
        return ""
    quoted = listed([f"“{w}”" for w in words[:3]], "or")
    return f"No page says {quoted} outright; these come nearest."


def _unsaid(manner: Manner, items: Sequence[Item]) -> list[str]:
    told = set(stems(" ".join(_all_words(i) for i in items)))
    return [w for w in manner.slots.soft if not set(stems(w)) <= told]


def _all_words(item: Item) -> str:
    facts = (*item.styles, *item.materials, *item.colours, *item.attributes.values(), *item.attributes)
    return " ".join((item.title, item.brand, item.product_type, *facts))


def near(slots: Slots) -> str:
    """Say which of the shop's colours stands for one it does not have."""
    named = [f"{ours} is our nearest to {said}" for said, ours in slots.near]
    return capital(f"{listed(named)}.") if named else ""


def _why(item: Item) -> str:
    reasons = [r for r in item.why.split(", ") if _readable(r)]
    return f"{verb(item, 'It is', 'They are')} {listed(reasons)}." if reasons else ""


def _readable(reason: str) -> bool:
    return re.search(r"\b(?:wide|high|deep|long|across|off|rated)\b", reason) is not None


def tells_apart(items: Sequence[Item], seed: str) -> str:
    """Say in one sentence what distinguishes the products of a row, from their records only."""
    told = [t for t in (_measured(items), _reduced(items), _rated(items)) if t is not None]
    if len(told) == 3:
        told = [t for t in told if t is not told[zlib.crc32(seed.encode()) % 3]]
    if not told:
        return capital(f"{_prices(items)}.")
    if len(told) == 1:
        return capital(f"{place(told[0][0])} is {told[0][1]}; {_prices(items)}.")
    (at, first), (other, second) = told
    joined = f"{first}, and {second}" if at == other else f"{first}; {place(other)} is {second}"
    return capital(f"{place(at)} is {joined}.")


def _rated(items: Sequence[Item]) -> tuple[int, str] | None:
    """Return the place of the one product that buyers rate clearly highest."""
    ratings = [i.rating or 0.0 for i in items]
    best = max(ratings)
    if best < _GOOD or ratings.count(best) > 1:
        return None
    return ratings.index(best), f"rated {best:g} of 5, the best of them"


def _measured(items: Sequence[Item]) -> tuple[int, str] | None:
    """Return the place and words of the narrowest, lowest or shortest, where every page states that measure."""
    if len({i.product_type for i in items}) > 1:
        return None
    for name, least, word in _MEASURES:
        sizes = [centimetres(i.attributes.get(name, "")) for i in items]
        known = [s for s in sizes if s is not None]
        if len(known) == len(items) and known.count(min(known)) == 1:
            at = known.index(min(known))
            return at, f"{items[at].attributes[name]} {word}, the {least}"
    return None


def _reduced(items: Sequence[Item]) -> tuple[int, str] | None:
    for at, item in enumerate(items):
        if item.list_price is not None and item.list_price.amount > item.price.amount:
            off = format_minor(item.list_price.amount - item.price.amount, item.price.currency)
            return at, f"{off} off its list price"
    return None


def _prices(items: Sequence[Item]) -> str:
    low, high = min(items, key=lambda i: i.price.amount), max(items, key=lambda i: i.price.amount)
    if low.price.amount == high.price.amount:
        return f"each costs {low.price}"
    return f"prices run from {low.price} to {high.price}"
