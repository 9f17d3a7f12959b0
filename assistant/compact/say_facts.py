"""Words for what a product's page says: single facts, a short introduction, reviews as quotes."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from assistant.compact.asked import is_part, is_wear
from assistant.compact.say_options import sold_out
from assistant.compact.wordforms import plural, spelled, stems
from assistant.compact.wording import capital, counted, listed, sentences, the, verb
from tools.records import Item

_MEASURES = {"width": "wide", "height": "high", "depth": "deep", "length": "long", "diameter": "across"}
_MEASURE_NAMES = ("width", "depth", "height", "length", "diameter")
_PAGE_FACTS = {"colours": "colour", "sizes": "size", "materials": "material", "brand": "maker", "styles": "style"}
_NAMES = {"fit": "how they fit", "care": "how to care for them", "origin": "where they are made"}
_QUOTE = 160  # Characters of a review that are quoted.
_NOUNS = (
    "height",
    "width",
    "depth",
    "length",
    "weight",
    "size",
    "capacity",
    "colour",
    "maker",
    "material",
    "style",
    "number",
    "origin",
    "load",
    "care",
)


def answer(items: Sequence[Item], asked: Sequence[str], facts: Mapping[str, Any]) -> str:
    """Answer every question for every item, naming each item once."""
    parts: list[str] = []
    if len(items) > 2 and len(asked) == 1 and not any(_known(item, asked[0], facts) for item in items):
        return f"None of the pages of these {spelled(len(items))} says anything of {_NAMES.get(asked[0], asked[0])}."
    for item in items:
        for at, name in enumerate(asked):
            parts.append(_fact(item, name, facts, the(item) if at == 0 else verb(item, "it", "they")))
    return sentences(*parts)


def _known(item: Item, name: str, facts: Mapping[str, Any]) -> bool:
    """Tell whether the page of one product answers a question at all."""
    if name in {"price", "reviews", "rating", "value", "size"} or name in _PAGE_FACTS:
        return True
    return _attribute(item, name) is not None or set(stems(name)) <= set(stems(" ".join((*item.materials, item.title))))


def material_answer(item: Item, wanted: Sequence[str]) -> str:
    """Answer 'is it leather' from the materials the page lists; without such a list nothing is known."""
    be = verb(item, "is", "are")
    if set(wanted) & set(item.materials):
        return f"Yes, {the(item)} {be} made of {listed(item.materials)}."
    if item.materials:
        return f"No, {the(item)} {be} made of {listed(item.materials)}."
    return f"I don't know whether {the(item)} {be} {listed(wanted, 'or')}; the page doesn't say."


def _fact(item: Item, name: str, facts: Mapping[str, Any], who: str) -> str:
    """Return one sentence about `who`, from the item's record; or that the page does not say."""
    subject = capital(who)
    if name == "reviews":
        return _reviews(item, facts, subject)
    if name == "price":
        return f"{subject} {_price(item)}."
    if name in {"rating", "value"}:
        return (
            f"Buyers rate {who} {item.rating:g} of 5."
            if item.rating is not None
            else f"{subject} {verb(item, 'has', 'have')} no reviews yet."
        )
    if name == "size" and (size := _size(item)):
        return f"{subject} {size}."
    if name in _PAGE_FACTS and (told := _listed_fact(item, name)):
        return f"{subject} {told}."
    key = _attribute(item, name)
    if key is None:
        return _unsaid(item, _PAGE_FACTS.get(name, name), who)
    value = item.attributes[key]
    if key in _MEASURES:
        return f"{subject} {verb(item, 'is', 'are')} {value} {_MEASURES[key]}."
    return f"{subject}: {value}." if key == "care" or key in value else f"{subject}: {key} {value}."


def _attribute(item: Item, name: str) -> str | None:
    """Return the attribute that is meant: equal by words, or holding the word asked among its own or its values."""
    wanted = stems(name.removeprefix("number of "))
    if name.startswith("number of "):
        return next((k for k in item.attributes if stems(k) == wanted), None)
    for key in item.attributes:
        if stems(key) == wanted:
            return key
    for key, value in item.attributes.items():
        if set(wanted) <= set(stems(key)) or set(wanted) <= set(stems(value)):
            return key
    return None


def _unsaid(item: Item, name: str, who: str) -> str:
    if set(stems(name)) <= set(stems(" ".join((*item.materials, *item.styles, item.title)))):
        return f"Yes, {who} {verb(item, 'is', 'are')} {name}."
    there = list(item.attributes)
    measures = [k for k in item.attributes if k in _MEASURE_NAMES]
    lists = f"; the page lists {listed(there[:3])}{'' if len(there) < 4 else ' and more'}" if there else ""
    if measures:
        lists = f"; of measures the page lists {listed(measures)} only"
    if name in _NOUNS or name.startswith("number of ") or any(name.endswith(n) for n in _NOUNS):
        return f"I don't know {_of(who)} {name}{lists}."
    if name == "fit":
        return f"I don't know how {who} {verb(item, 'fits', 'fit')}; the page doesn't say."
    if is_wear(name):
        return f"I don't know whether {who} {verb(item, plural(name), name)}; the page doesn't say."
    if is_part(name):
        return f"The page says nothing of {plural(name)} on {who}{lists}."
    return f"I don't know whether {who} {verb(item, 'is', 'are')} {name}; the page doesn't say."


def _of(who: str) -> str:
    """Write 'its', 'their' or 'the Fen desk's'."""
    return {"it": "its", "they": "their"}.get(who, f"{who}'" if who.endswith("s") else f"{who}'s")


def _price(item: Item) -> str:
    cost = verb(item, "costs", "cost")
    span = (
        f"{cost} {item.price}" if item.price_to is None else f"{cost} from {item.price} to {item.price_to}, by option"
    )
    if item.list_price is not None and item.list_price.amount > item.price.amount:
        return f"{span}, reduced from {item.list_price}"
    return span


def _size(item: Item) -> str:
    measures = [f"{item.attributes[k]} {_MEASURES[k]}" for k in _MEASURE_NAMES if k in item.attributes]
    if measures:
        return f"{verb(item, 'is', 'are')} {listed(measures)}"
    return f"{verb(item, 'comes', 'come')} in {listed(item.sizes)}" if item.sizes else ""


def _listed_fact(item: Item, name: str) -> str:
    be, come = verb(item, "is", "are"), verb(item, "comes", "come")
    if name == "brand":
        return f"{be} by {item.brand}" if item.brand else ""
    if name == "materials":
        return f"{be} made of {listed(item.materials)}" if item.materials else ""
    if name == "styles":
        return f"{be} {listed(item.styles)} in style" if item.styles else ""
    values = item.colours if name == "colours" else item.sizes
    gone = sold_out(item, "colour" if name == "colours" else "size")
    tail = f"; {listed(gone)} {'is' if len(gone) == 1 else 'are'} out of stock" if gone else ""
    return f"{come} in {listed(values)}{tail}" if values else ""


def _reviews(item: Item, facts: Mapping[str, Any], subject: str) -> str:
    page = _page(item, facts)
    reviews = cast(list[dict[str, Any]], page.get("reviews") or [])
    if not reviews or item.rating is None:
        return f"{subject} {verb(item, 'has', 'have')} no reviews yet."
    best = max(reviews, key=lambda r: int(r.get("rating", 0)))
    worst = min(reviews, key=lambda r: int(r.get("rating", 0)))
    count = int(page.get("review_count") or len(reviews))
    head = f"{subject} {verb(item, 'has', 'have')} {item.rating:g} of 5 from {counted(count, 'buyer')}."
    quotes = [f"One writes: {_quoted(best)}."]
    if worst is not best and int(worst.get("rating", 5)) <= 3:
        quotes.append(f"Another: {_quoted(worst)}.")
    return sentences(head, *quotes)


def _quoted(review: Mapping[str, Any]) -> str:
    text = " ".join(str(review.get("text") or review.get("title") or "").split())
    if len(text) > _QUOTE:
        text = f"{text[:_QUOTE].rsplit(' ', 1)[0]} …"
    return f"“{text.rstrip('.')}”"


def _page(item: Item, facts: Mapping[str, Any]) -> dict[str, Any]:
    pages = cast(dict[str, dict[str, Any]], facts.get("products") or {})
    return pages.get(item.product_id, {})


def introduce(item: Item, facts: Mapping[str, Any]) -> str:
    """Introduce one product from its record: what it is and costs, then its measures, options and rating."""
    be = verb(item, "is", "are")
    cost = f"{item.price}" if item.price_to is None else f"from {item.price} to {item.price_to}"
    by = f" by {item.brand}" if item.brand else ""
    made_of = (
        f" {be} made of {listed(item.materials)} and {verb(item, 'costs', 'cost')} {cost}"
        if item.materials
        else f" {verb(item, 'costs', 'cost')} {cost}"
    )
    measures = [f"{item.attributes[k]} {_MEASURES[k]}" for k in _MEASURE_NAMES if k in item.attributes][:2]
    it_is = verb(item, "It is", "They are")
    size = f"{it_is} {listed(measures)}." if measures else _first_facts(item)
    rated = f"Buyers rate {verb(item, 'it', 'them')} {item.rating:g} of 5." if item.rating is not None else ""
    return sentences(f"{capital(the(item))}{by}{made_of}.", size, _options(item), rated)


def _first_facts(item: Item) -> str:
    told = [f"{k}: {v}" for k, v in item.attributes.items() if len(v) < 40 and k != "care"][:2]
    return f"{capital('; '.join(told))}." if told else ""


def _options(item: Item) -> str:
    if item.availability == "out_of_stock":
        return f"{verb(item, 'It is', 'They are')} out of stock at the moment."
    come = verb(item, "It comes", "They come")
    colours = f"in {listed(item.colours)}" if len(item.colours) > 1 else ""
    sizes = f"{'in' if ' ' in item.sizes[0] else 'in sizes'} {listed(item.sizes)}" if len(item.sizes) > 1 else ""
    return f"{come} {', '.join(p for p in (colours, sizes) if p)}." if colours or sizes else ""
