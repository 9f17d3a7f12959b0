"""Words for what was found by a picture: what comes closest, how sure that is, and what a picture cannot tell."""

from collections.abc import Sequence
from typing import Any, cast

from assistant.compact.outcomes import Outcome
from assistant.compact.say_finds import Manner, price_words, tells_apart
from assistant.compact.say_none import nothing
from assistant.compact.scripts import refusal
from assistant.compact.wordforms import plural, spelled
from assistant.compact.wording import capital, listed, place, sentences, the, verb
from tools.records import Item, Products

_LOST = "I could not look at that picture. Please send it again."
_STILL_LOOKING = "I have not looked at all our products yet; ask again in a few minutes to be sure."
_LOOKS_ONLY = "I go by looks alone, so I can't say for certain what it is."


def sighted(outcome: Outcome, manner: Manner, *, identify: bool, more: bool) -> str:
    """Say what one picture found.

    Args:
        outcome: Of `find_by_picture`.
        manner: How to speak, with the conditions that were asked for.
        identify: Whether the shopper asks what the picture shows.
        more: Whether what was shown before was left out.
    """
    record = outcome.products()
    if outcome.error is not None or record is None:
        return refusal(outcome.error) if outcome.error else _LOST
    pending = _STILL_LOOKING if outcome.facts.get("all_looked_at") is False else ""
    if record.items:
        return sentences(_found(record, outcome, manner, identify=identify, more=more), pending)
    if "within" in outcome.facts:
        return sentences("Nothing like these things fits in that sum. Name a higher one, or one thing alone.", pending)
    if record.filters and not more:
        return sentences(nothing(record, manner), pending)
    if more:
        return sentences("That is all that looks like it. Drop a condition and there will be more.", pending)
    return sentences(_unlike(outcome, identify=identify), pending)


def _found(record: Products, outcome: Outcome, manner: Manner, *, identify: bool, more: bool) -> str:
    first, others = record.items[0], record.items[1:]
    alike = outcome.facts.get("alike") is not False
    if not more and (several := _several(record, outcome)):
        return several
    if more:
        opening = f"The next most alike: {the(first)}, at {first.price}."
    elif not alike:
        asked = _conditions(record, manner).removesuffix(", ") or "here"
        opening = f"Nothing {asked} looks really like your picture. {_comes_closest(first, record)}"
    elif identify:
        kind = plural(first.product_type) if first.product_type else "pieces"
        opening = f"Of what we carry it looks most like our {kind}. {_comes_closest(first, record)}"
    elif outcome.facts.get("same") and not record.filters:
        opening = f"That looks like {the(first)} itself, at {first.price}."
    else:
        opening = _closest(first, record, manner)
    apart = tells_apart(record.items, first.title) if len(others) == 1 else ""
    return sentences(opening, _LOOKS_ONLY if identify else "", _more(others), apart)


def _several(record: Products, outcome: Outcome) -> str:
    """Name each of the things in a picture with what comes closest to it; "" for a picture of one thing."""
    things = cast("list[dict[str, Any]]", outcome.facts.get("things") or [])
    shown = {item.product_id: item for item in record.items}
    if len(things) < 2:
        return ""
    if "together" in outcome.facts:
        return _together(record, [str(thing["kind"]) for thing in things if not thing["first"]], outcome)
    names = _called([str(thing["kind"]) for thing in things])
    pairs = [(name, shown.get(str(thing["first"]))) for name, thing in zip(names, things, strict=True)]
    closest = [f"closest to {name}, {the(item)}, at {item.price}" for name, item in pairs if item is not None]
    seen = f"I see {spelled(len(things))} things in your picture."
    return sentences(seen, capital(f"{'; '.join(closest)}."), "Tap one or name it, and I go by that alone.")


def _together(record: Products, missing: Sequence[str], outcome: Outcome) -> str:
    """Name one of each thing in a picture with their sum, and what the sum left out."""
    found = [f"{the(item)}, at {item.price}" for item in record.items]
    left = f"No {listed(missing, 'or')} like yours fits in." if missing else ""
    return sentences(f"{capital('; '.join(found))}. Together {outcome.facts['together']}.", left)


def _called(kinds: Sequence[str]) -> list[str]:
    """Name things from left to right: by kind where that tells them apart, else by place."""
    sides = ["on the left", *["in the middle"] * (len(kinds) - 2), "on the right"]
    alone = [kinds.count(kind) == 1 for kind in kinds]
    return [
        f"the {kind}" if once else f"the {kind} {where}" for kind, where, once in zip(kinds, sides, alone, strict=True)
    ]


def _closest(first: Item, record: Products, manner: Manner) -> str:
    lead, by = _conditions(record, manner), _by(record)
    if len(record.items) > 1:
        return capital(f"{lead}closest in {by}: {the(first)}, at {first.price}.")
    return capital(f"{lead}{the(first)}, at {first.price}, {verb(first, 'is', 'are')} closest in {by}.")


def _comes_closest(first: Item, record: Products) -> str:
    comes = verb(first, "comes", "come")
    return capital(f"{the(first)}, at {first.price}, {comes} closest in {_by(record)}.")


def _by(record: Products) -> str:
    """Where a colour is asked for, the picture's own colour does not count."""
    return "shape" if record.filters.get("colours") else "colour and shape"


def _conditions(record: Products, manner: Manner) -> str:
    """Return what was asked for as a lead: 'in green or moss, up to $80, '."""
    colours, materials, refused = (_named(record, name) for name in ("colours", "materials", "not_brands"))
    said = (
        f"in {colours}" if colours else "",
        f"in {materials}" if materials else "",
        f"without {refused.title()}" if refused else "",
        price_words(record.filters, manner),
    )
    lead = ", ".join(part for part in said if part)
    return f"{lead}, " if lead else ""


def _named(record: Products, name: str) -> str:
    values = cast("list[object]", record.filters.get(name) or [])
    return listed([str(value) for value in values[:3]], "or")


def _unlike(outcome: Outcome, *, identify: bool) -> str:
    kind = str(outcome.facts.get("nearest_kind") or "")
    opening = "Nothing here looks like that picture."
    if identify:
        opening = "I can't tell what it is: nothing here looks like it."
    if not kind:
        return f"{opening} Tell me what it is and I'll look by name."
    return f"{opening} Least unlike are our {plural(kind)}. Tell me what it is and I'll look by name."


def _more(others: Sequence[Item]) -> str:
    if not others:
        return ""
    kinds = {item.product_type for item in others}
    kind = kinds.pop() if len(kinds) == 1 else "piece"
    return f"After it {spelled(len(others))} more {kind if len(others) == 1 else plural(kind)}, the most alike first."


def apart(said: Sequence[tuple[int, str]]) -> str:
    """Tell the results of several pictures apart, each by its place: 'For the first picture, … For the second, …'."""
    parts: list[str] = []
    for at, words in said:
        noun = f"{place(at)} picture" if not parts else place(at)
        own = words.startswith(("I ", "I'"))
        parts.append(f"For {noun}, {words if own else words[:1].lower() + words[1:]}")
    return " ".join(parts)


def turned_into(kinds: Sequence[str], outcome: Outcome, manner: Manner) -> str:
    """Answer a wish for the pictured thing as another kind: only the looks can be compared."""
    record = outcome.products()
    if outcome.error is not None or record is None or not record.items:
        return sighted(outcome, manner, identify=False, more=False)
    first = record.items[0]
    among = listed([plural(kind) for kind in kinds], "and")
    opening = f"A picture tells me colour and shape only, so these are the {among} that look most like it."
    return sentences(opening, f"The closest is {the(first)}, at {first.price}.")


def beside(outcome: Outcome, shown: Item) -> str:
    """Answer whether a picture suits, or is, a shown product: what can be compared, and what cannot."""
    record = outcome.products()
    if outcome.error is not None or record is None:
        return refusal(outcome.error) if outcome.error else _LOST
    first = next(iter(record.items), None)
    if first is None:
        return f"Nothing here looks like your picture, so I can't set it beside {the(shown)}. What is it?"
    if first.product_id == shown.product_id:
        sure = bool(outcome.facts.get("same"))
        return (
            f"Your picture looks like {the(shown)} itself."
            if sure
            else f"Of all we carry, {the(shown)} looks most like it."
        )
    ask = f"Ask what goes with {the(shown)} and I'll show the shop's own pairings."
    facts = sentences(_coloured(shown), _coloured(first))
    closest = f"Your picture looks most like {the(first)}, at {first.price}."
    return sentences("I can't judge from a picture whether two things suit each other.", closest, facts, ask)


def going_with(outcome: Outcome, closest: Item) -> str:
    """Say what goes with a picture, which is what goes with the product that comes closest to it."""
    record = outcome.products()
    if outcome.error is not None or record is None:
        return refusal(outcome.error) if outcome.error else _LOST
    by = f"Going by {the(closest)}, the closest to your picture"
    if not record.items:
        return f"{by}: nothing that goes with it fits."
    kinds = {item.product_type for item in record.items}
    noun = plural(kinds.pop()) if len(kinds) == 1 else "pieces"
    count = len(record.items)
    if count == 1:
        return (
            f"{by}: {the(record.items[0])}, at {record.items[0].price}, {verb(record.items[0], 'goes', 'go')} with it."
        )
    return f"{by}: {spelled(count)} {noun} that go with it."


def _coloured(item: Item) -> str:
    if not item.colours:
        return ""
    return f"{capital(the(item))} {verb(item, 'comes', 'come')} in {listed(item.colours[:4], 'and')}."


def read_aloud(outcome: Outcome) -> str:
    """Say what a label in a picture tells; its prices are never said, for they are nobody's offer here."""
    if outcome.error is not None:
        return refusal(outcome.error)
    label = cast("dict[str, Any]", outcome.facts.get("label") or {})
    if not label:
        return "I can't read any text in your picture."
    said = [
        *(f"size {size}" for size in label.get("sizes", [])),
        *(str(brand).title() for brand in label.get("brands", [])),
        *map(str, [*label.get("materials", []), *label.get("care", [])]),
    ]
    prices = "A price in a picture is not ours; the ones on our products count." if label.get("prices_seen") else ""
    if said:
        return sentences(f"It says {listed(said)}.", prices)
    nothing_known = "There is text in your picture, but no size, brand, material or care advice that I know."
    return sentences("" if prices and not label.get("other_text") else nothing_known, prices)
