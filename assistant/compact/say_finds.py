"""Words for a showing of products: how many of what, under which conditions, and what tells them apart."""

import re
from collections.abc import Sequence
from typing import Any

from assistant.compact.meaning import Slots
from assistant.compact.wordforms import plural, spelled
from assistant.compact.wording import capital, choose, counted, listed, place, sentences, the, the_all
from policies.money import format_minor
from tools.records import BlockedBy, Item, Products

_NUMBER = re.compile(r"^(\d+(?:\.\d+)?)\s?(cm|mm|m)?$")
_MEASURES = (("width", "narrowest", "wide"), ("height", "lowest", "high"), ("length", "shortest", "long"))
_WORD_FILTERS = ("colours", "materials", "sizes", "brands", "styles")


def noun_of(filters: dict[str, Any], items: Sequence[Item], said: str) -> str:
    """Return what the products are called together, singular where that is known."""
    kinds = list(filters.get("product_types", ()))
    if len(kinds) == 1:
        return str(kinds[0])
    shown = {i.product_type for i in items}
    if len(shown) == 1:
        return shown.pop()
    return said or "piece"


def conditions(filters: dict[str, Any], currency: str, noun: str) -> tuple[str, str]:
    """Return the conditions as words before and after the noun: ('black leather', 'under $200, in size 8')."""
    before = [listed([str(v) for v in filters.get(name, ())], "or") for name in ("colours", "materials")]
    after: list[str] = []
    if sizes := filters.get("sizes"):
        named = [str(s) if " x " in str(s) else str(s).upper() for s in sizes]
        after.append(f"{'in' if ' x ' in named[0] else 'in size'} {listed(named, 'or')}")
    if brands := filters.get("brands"):
        after.append(f"by {listed([str(b).title() for b in brands], 'or')}")
    after.append(price_words(filters, currency))
    refused = [
        str(v) for n in ("not_colours", "not_materials", "not_brands", "not_product_types") for v in filters.get(n, ())
    ]
    if refused:
        after.append(f"without {listed(refused, 'or')}")
    if filters.get("in_stock"):
        after.append("in stock")
    return " ".join(b for b in before if b), ", ".join(a for a in after if a)


def price_words(filters: dict[str, Any], currency: str) -> str:
    """Return 'under $200', 'from $50', 'from $50 to $80', or nothing."""
    low, high = filters.get("price_min"), filters.get("price_max")
    if low is not None and high is not None:
        return f"from {format_minor(low, currency)} to {format_minor(high, currency)}"
    if high is not None:
        return f"up to {format_minor(high, currency)}"
    return f"from {format_minor(low, currency)}" if low is not None else ""


def phrase_of(filters: dict[str, Any], items: Sequence[Item], said: str, currency: str, count: int) -> str:
    """Return the noun with its conditions in the right number: 'walnut desks under $600'."""
    noun = noun_of(filters, items, said)
    before, after = conditions(filters, currency, noun)
    head = noun if count == 1 else plural(noun)
    return " ".join(p for p in (before, head, after) if p)


def found(record: Products, slots: Slots, currency: str, seed: str, *, more: bool = False) -> str:
    """Say what a search found: count, kind and conditions first, then what distinguishes."""
    items = record.items
    count = len(items)
    what = phrase_of(record.filters, items, slots.said_type, currency, count)
    total = record.total or count
    if more:
        opening = f"{spelled(count)} more {what}." if count > 1 else f"One more: {the(items[0])} at {items[0].price}."
    elif count == 1:
        opening = _single(items[0], what, slots, seed)
    elif total > count:
        opening = choose(
            (f"{total} {what}; here are {spelled(count)}.", f"{spelled(count)} of our {total} {what}."), seed
        )
    else:
        opening = choose(
            (f"{spelled(count)} {what}.", f"There are {spelled(count)} {what}.", f"{what}: {spelled(count)} of them."),
            seed,
        )
    return sentences(
        capital(opening), taste(slots, items), _near(slots), tells_apart(items) if count > 1 else _why(items[0])
    )


def _single(item: Item, what: str, slots: Slots, seed: str) -> str:
    return choose(
        (f"One {what}: {the(item)} at {item.price}.", f"{the(item)}, at {item.price}, is the one that fits."), seed
    )


def taste(slots: Slots, items: Sequence[Item]) -> str:
    """Say honestly that words which are no facet only ordered the row."""
    told = " ".join(_all_words(i) for i in items).casefold()
    words = [w for w in slots.soft if w not in told]
    if not words or len(items) < 2:
        return ""
    quoted = listed([f"“{w}”" for w in words[:3]])
    return f"I went by {quoted} for the order; the pages don't state it."


def _all_words(item: Item) -> str:
    return " ".join((item.title, item.brand, *item.styles, *item.materials, *item.colours, *item.attributes.values()))


def _near(slots: Slots) -> str:
    named = [f"{ours} is our nearest to {said}" for said, ours in slots.near]
    return capital(f"{listed(named)}.") if named else ""


def _why(item: Item) -> str:
    reasons = [r for r in item.why.split(", ") if r and "lowest price" not in r]
    return f"It is {listed(reasons)}." if reasons and all(_readable(r) for r in reasons) else ""


def _readable(reason: str) -> bool:
    return re.search(r"\b(?:wide|high|deep|long|across|off|left|rated)\b", reason) is not None


def tells_apart(items: Sequence[Item]) -> str:
    """Say in one sentence what distinguishes the products of a row, from their records only."""
    parts = [p for p in (_measured(items), _reduced(items), _prices(items)) if p]
    if len(parts) > 2:
        parts = parts[:2]
    return capital(f"{'; '.join(parts)}.") if parts else ""


def _measured(items: Sequence[Item]) -> str:
    if len({i.product_type for i in items}) > 1:
        return ""
    for name, least, word in _MEASURES:
        values = [
            (size, at) for at, i in enumerate(items) if (size := centimetres(i.attributes.get(name, ""))) is not None
        ]
        if len(values) < 2 or len({v for v, _ in values}) < 2 or len(values) < len(items):
            continue
        at = min(values)[1]
        return f"{place(at)} is {items[at].attributes[name]} {word}, the {least}"
    return ""


def _reduced(items: Sequence[Item]) -> str:
    for at, item in enumerate(items):
        if item.list_price is not None and item.list_price.amount > item.price.amount:
            off = format_minor(item.list_price.amount - item.price.amount, item.price.currency)
            return f"{place(at)} is {off} off its list price"
    return ""


def _prices(items: Sequence[Item]) -> str:
    low, high = min(items, key=lambda i: i.price.amount), max(items, key=lambda i: i.price.amount)
    if low.price.amount == high.price.amount:
        return f"each costs {low.price}"
    return f"prices run from {low.price} to {high.price}"


def centimetres(value: str) -> float | None:
    """Read '110 cm' or '1.1 m' as centimetres, None for anything else."""
    match = _NUMBER.match(value.strip())
    if match is None:
        return None
    return float(match[1]) * {"m": 100.0, "mm": 0.1}.get(match[2] or "cm", 1.0)


def nothing(record: Products, slots: Slots, currency: str) -> str:
    """Say what is not there, which condition did it, and the nearest there is."""
    what = phrase_of(record.filters, (), slots.said_type, currency, 2)
    opening = f"No {what}." if record.filters else "Nothing here fits that."
    if opening == "No pieces.":
        opening = "Nothing here fits that."
    return sentences(opening, *(_without(b, currency) for b in record.blocked_by[:2]))


def _without(blocked: BlockedBy, currency: str) -> str:
    if not blocked.nearest:
        return ""
    first = blocked.nearest[0]
    if blocked.name == "price_max":
        return f"The closest in price is {the(first)} at {first.price}."
    if blocked.name == "in_stock":
        return f"Out of stock: {the_all(blocked.nearest[:3])}."
    if blocked.name in _WORD_FILTERS:
        others = _other_values(blocked)
        leads = {"sizes": "In other sizes", "colours": "In other colours", "materials": "In other materials"}
        lead = f"In {listed(others)}" if others else leads.get(blocked.name, "Otherwise")
        verb = "is one" if blocked.count == 1 else f"are {spelled(blocked.count)}"
        return (
            f"{lead} there {verb}, such as {the(first)} at {first.price}."
            if blocked.count > 1
            else f"{lead} there is {the(first)} at {first.price}."
        )
    return f"Without that there {'is' if blocked.count == 1 else 'are'} {counted(blocked.count, 'other')}, such as {the(first)} at {first.price}."


def _other_values(blocked: BlockedBy) -> list[str]:
    """Return the value all named products share instead, where the count covers no others."""
    if blocked.name not in {"colours", "materials"} or blocked.count > len(blocked.nearest):
        return []
    shared = [set(getattr(i, blocked.name)) for i in blocked.nearest]
    return sorted(set.intersection(*shared))[:1]
