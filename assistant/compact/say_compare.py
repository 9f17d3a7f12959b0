"""Words for a comparison: what decides between the products, from the rows that differ."""

import re
from collections.abc import Sequence

from assistant.compact.meaning import Clause
from assistant.compact.measures import centimetres
from assistant.compact.ranks import rank_said, ranked
from assistant.compact.say_ranks import advised, first
from assistant.compact.wording import capital, listed, sentences, the, verb
from policies.money import format_minor
from tools.records import Comparison, Item

_CHOOSE = re.compile(
    r"\b(?:(?:better|best)(?![ -](?:rated|reviewed|reviews|ratings?))|recommend|prefer|would you|should i|pick|choose|"
    r"worth)\b"
)
_SIDE_BY_SIDE = re.compile(
    r"\bdifference\b|\bgiv(?:e|ing) up\b|\bbetter value\b|^(?:please |can you |could you |and |now )*compare\b"
)
_MEASURES = (("width", "narrower"), ("height", "lower"), ("depth", "shallower"), ("length", "shorter"))


def verdict(record: Comparison, clause: Clause) -> str:
    """Say in two or three sentences what decides; recommend one only when asked."""
    items = record.items
    if not _SIDE_BY_SIDE.search(clause.text) and (direct := _direct(items, clause.text)):
        return direct
    if len(items) > 2:
        return sentences(_row(items), _advice(items) if asks_advice(clause.text) else "")
    first, second = items
    said = [p for p in (_size(first, second), _price(first, second), _rated(first, second)) if p is not None]
    told = sentences(_by_subject(said), _made(first, second))
    if not told:
        return "On everything the pages state, they are alike."
    return sentences(told, _advice(items) if asks_advice(clause.text) else "")


def _by_subject(said: Sequence[tuple[Item, str]]) -> str:
    """Join what is said of each item into one sentence an item, so that a name is said once."""
    subjects: dict[str, tuple[Item, list[str]]] = {}
    for item, text in said:
        subjects.setdefault(item.product_id, (item, []))[1].append(text)
    return sentences(*(f"{capital(the(item))} {listed(texts)}." for item, texts in subjects.values()))


def _direct(items: Sequence[Item], text: str) -> str:
    """Answer 'which is wider' outright."""
    rank = None if asks_advice(text) else rank_said(text)
    return first(ranked(items, rank)) if rank is not None else ""


def asks_advice(text: str) -> bool:
    """Tell whether a normalised text asks which one to take."""
    return _CHOOSE.search(text) is not None


def _size(first: Item, second: Item) -> tuple[Item, str] | None:
    for name, less in _MEASURES:
        a, b = centimetres(first.attributes.get(name, "")), centimetres(second.attributes.get(name, ""))
        if a is None or b is None or a == b:
            continue
        small = first if a < b else second
        return small, f"{verb(small, 'is', 'are')} {abs(a - b):g} cm {less}"
    return None


def _price(first: Item, second: Item) -> tuple[Item, str] | None:
    gap = first.price.amount - second.price.amount
    if gap == 0:
        return None
    cheaper = second if gap > 0 else first
    return cheaper, f"{verb(cheaper, 'costs', 'cost')} {format_minor(abs(gap), first.price.currency)} less"


def _rated(first: Item, second: Item) -> tuple[Item, str] | None:
    if first.rating is None or second.rating is None or first.rating == second.rating:
        return None
    best, other = (first, second) if first.rating > second.rating else (second, first)
    return best, f"{verb(best, 'is', 'are')} rated higher, {best.rating:g} against {other.rating:g} of 5"


def _made(first: Item, second: Item) -> str:
    if not first.materials or not second.materials or set(first.materials) == set(second.materials):
        return ""
    if any(m in i.title.casefold() for i in (first, second) for m in i.materials[:1]):
        return ""
    one = f"{capital(the(first))} {verb(first, 'is', 'are')} {listed(first.materials)}"
    return f"{one}, {the(second)} {listed(second.materials)}."


def _row(items: Sequence[Item]) -> str:
    cheapest = min(items, key=lambda i: i.price.amount)
    rated = [i for i in items if i.rating is not None]
    parts = [f"{capital(the(cheapest))} {verb(cheapest, 'costs', 'cost')} least at {cheapest.price}."]
    if rated:
        best = max(rated, key=lambda i: i.rating or 0)
        parts.append(f"Buyers rate {the(best)} highest, {best.rating:g} of 5.")
    return sentences(*parts)


def _advice(items: Sequence[Item]) -> str:
    """Recommend by what the records hold: stock first, then ratings, then price."""
    stocked = [i for i in items if i.availability != "out_of_stock"] or list(items)
    best = advised(items)
    least = min(stocked, key=lambda i: i.price.amount)
    it_is = verb(best, "it is", "they are")
    if len({i.rating for i in stocked}) == 1 and best.rating is not None:
        return f"I'd take {the(least)}: the ratings are equal and the price is lower."
    if best is least and best.rating is not None:
        return f"I'd take {the(best)}: {it_is} rated best and the cheapest."
    if best is least:
        return f"I'd take {the(best)}: {it_is} the cheapest, and no page has ratings."
    if best.rating is None or (least.rating is not None and best.rating - least.rating < 0.3):
        return f"I'd take {the(least)}: the ratings are close and the price is lower."
    return f"I'd take {the(best)} for {verb(best, 'its', 'their')} rating; {the(least)} if the price decides."
