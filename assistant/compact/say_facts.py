"""Words for what a product's page says: single facts, options and stock, a short introduction, reviews as quotes."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from assistant.compact.wordforms import stems
from assistant.compact.wording import capital, listed, sentences, the
from tools.records import Item

_MEASURES = {"width": "wide", "height": "high", "depth": "deep", "length": "long", "diameter": "across"}
_MEASURE_NAMES = ("width", "depth", "height", "length", "diameter")
_PAGE_FACTS = {"colours": "colour", "sizes": "size", "materials": "material", "brand": "maker", "styles": "style"}
_QUOTE = 160  # Characters of a review that are quoted.
_YES = frozenset({"yes", "true", "included"})


def answer(items: Sequence[Item], asked: Sequence[str], facts: Mapping[str, Any]) -> str:
    """Answer every question for every item, naming each item once."""
    parts: list[str] = []
    for at, item in enumerate(items):
        told = [_fact(item, name, facts) for name in asked]
        for i, text in enumerate(told):
            subject = capital(the(item)) if i == 0 else "It"
            parts.append(text.replace("{It}", subject).replace("{it}", the(item) if i == 0 and at >= 0 else "it"))
    return sentences(*parts)


def _fact(item: Item, name: str, facts: Mapping[str, Any]) -> str:
    """Return one sentence with {It} or {it} for the item, from its record; or that the page does not say."""
    special = {"price": _price, "size": _size, "rating": _rating, "value": _rating}
    if name == "reviews":
        return _reviews(item, facts)
    if name in special:
        return special[name](item)
    if name in _PAGE_FACTS:
        return _listed_fact(item, name)
    key = _attribute(item, name)
    if key is None:
        return _unsaid(item, name)
    value = item.attributes[key]
    return f"{{It}} is {value} {_MEASURES[key]}." if key in _MEASURES else f"{{It}}: {key}, {value}."


def _attribute(item: Item, name: str) -> str | None:
    """Return the attribute that is meant: equal by words, or holding the word asked among its own or its values."""
    wanted = stems(name)
    for key in item.attributes:
        if stems(key) == wanted:
            return key
    for key, value in item.attributes.items():
        if set(wanted) <= set(stems(key)) or set(wanted) <= set(stems(value)):
            return key
    return None


def _unsaid(item: Item, name: str) -> str:
    known = {*stems(" ".join((*item.materials, *item.styles, item.title)))}
    if set(stems(name)) <= known:
        return f"Yes, {{it}} is {name}."
    there = [k for k in item.attributes if k in _MEASURE_NAMES] or list(item.attributes)
    if not there:
        return f"I don't know whether or what: the page of {{it}} doesn't state {name}."
    verb = "lists" if len(there) < 4 else "lists among others"
    return f"I don't know that ({name}) for {{it}}; the page {verb} {listed(there[:3])}{' only' if len(there) < 4 else ''}."


def _price(item: Item) -> str:
    span = f"costs {item.price}" if item.price_to is None else f"costs from {item.price} to {item.price_to}, by option"
    if item.list_price is not None and item.list_price.amount > item.price.amount:
        return f"{{It}} {span}, reduced from {item.list_price}."
    return f"{{It}} {span}."


def _size(item: Item) -> str:
    measures = [f"{item.attributes[k]} {_MEASURES[k]}" for k in _MEASURE_NAMES if k in item.attributes]
    if measures:
        return f"{{It}} is {listed(measures)}."
    if item.sizes:
        return f"{{It}} comes in {listed(item.sizes)}."
    return _unsaid(item, "size")


def _rating(item: Item) -> str:
    return f"Buyers rate {{it}} {item.rating:g} of 5." if item.rating is not None else "{It} has no reviews yet."


def _listed_fact(item: Item, name: str) -> str:
    values = {"colours": item.colours, "sizes": item.sizes, "materials": item.materials, "styles": item.styles}.get(
        name
    )
    if name == "brand":
        return f"{{It}} is by {item.brand}." if item.brand else _unsaid(item, "maker")
    if not values:
        return _unsaid(item, _PAGE_FACTS[name])
    if name == "materials":
        return f"{{It}} is made of {listed(values)}."
    if name == "styles":
        return f"{{It}} is {listed(values)} in style."
    gone = _sold_out(item, "colour" if name == "colours" else "size", values)
    tail = f"; {listed(gone)} {'is' if len(gone) == 1 else 'are'} out of stock" if gone else ""
    return f"{{It}} comes in {listed(values)}{tail}."


def _sold_out(item: Item, option: str, values: Sequence[str]) -> list[str]:
    stocked = {o[option] for o in item.in_stock_options if option in o}
    differs = any(option in o for o in item.in_stock_options)
    return [v for v in values if differs and v not in stocked]


def _reviews(item: Item, facts: Mapping[str, Any]) -> str:
    page = _page(item, facts)
    reviews = cast(list[dict[str, Any]], page.get("reviews") or [])
    if not reviews or item.rating is None:
        return "{It} has no reviews yet."
    best = max(reviews, key=lambda r: int(r.get("rating", 0)))
    worst = min(reviews, key=lambda r: int(r.get("rating", 0)))
    count = int(page.get("review_count") or len(reviews))
    head = f"{{It}} has {item.rating:g} of 5 from {count} {'buyer' if count == 1 else 'buyers'}."
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
    """Introduce one product in two sentences from its record: what it is, then size, options and rating."""
    made = f"in {listed(item.materials)}" if item.materials else ""
    by = f"by {item.brand}" if item.brand else ""
    cost = f"at {item.price}" if item.price_to is None else f"from {item.price} to {item.price_to}"
    first = " ".join(p for p in (capital(the(item)), by, f"is {made}" if made else "is here", cost) if p)
    second: list[str] = [f"{item.attributes[k]} {_MEASURES[k]}" for k in _MEASURE_NAMES if k in item.attributes][:2]
    if not second:
        second = [f"{k} {v}" for k, v in list(item.attributes.items())[:2] if len(v) < 40]
    rated = f"Buyers rate it {item.rating:g} of 5." if item.rating is not None else ""
    return sentences(f"{first}.", f"{capital(listed(second))}." if second else "", _options(item), rated)


def _options(item: Item) -> str:
    parts = [
        listed(v)
        for v in (item.colours if len(item.colours) > 1 else [], item.sizes if len(item.sizes) > 1 else [])
        if v
    ]
    if item.availability == "out_of_stock":
        return "It is out of stock at the moment."
    return f"It comes in {'; sizes '.join(parts)}." if parts else ""


def has_option(item: Item, wanted: Mapping[str, Sequence[str]]) -> bool:
    """Tell whether one variant in stock has all wanted options; options all variants share count as the product's."""
    if item.availability == "out_of_stock":
        return False
    options = item.in_stock_options or [{}]
    return any(all(_has(item, option, name, values) for name, values in wanted.items()) for option in options)


def _has(item: Item, option: Mapping[str, str], name: str, values: Sequence[str]) -> bool:
    plain = {v.casefold() for v in values}
    if name in option:
        return option[name].casefold() in plain
    whole = item.colours if name == "colour" else item.sizes
    return any(v.casefold() in plain for v in whole)


def option_answer(item: Item, wanted: Mapping[str, Sequence[str]], others: Sequence[Item]) -> str:
    """Answer 'do you have it in blue, in a 2': yes with the price, sold out with what is there, or never made."""
    if not wanted:
        return _stock(item)
    told = listed([_said(name, v) for name, values in wanted.items() for v in values])
    if has_option(item, wanted):
        return f"Yes, {the(item)} is in stock {told}, at {item.price}."
    for name, values in wanted.items():
        made = item.colours if name == "colour" else item.sizes
        if not {v.casefold() for v in values} & {v.casefold() for v in made}:
            return sentences(_never_made(item, name, values, made), _elsewhere(item, wanted, others))
    return sentences(
        f"{capital(the(item))} is out of stock {told}.", _instead(item, wanted), _elsewhere(item, wanted, others)
    )


def _said(name: str, value: str) -> str:
    if name == "colour":
        return f"in {value}"
    return f"in {value}" if " " in value else f"in size {value.upper()}"


def _never_made(item: Item, name: str, values: Sequence[str], made: Sequence[str]) -> str:
    what = listed([v if name == "colour" or " " in v else v.upper() for v in values], "or")
    if not made:
        return f"{capital(the(item))} has no choice of {name}."
    asked = f"in {what}" if name == "colour" or " " in what else f"in size {what}"
    return f"{capital(the(item))} doesn't come {asked}; it comes in {listed(made)}."


def _instead(item: Item, wanted: Mapping[str, Sequence[str]]) -> str:
    """Name what is in stock nearest to the wish: other sizes of that colour, else other colours."""
    for kept, free in (("colour", "size"), ("size", "colour")):
        left = [
            o[free]
            for o in item.in_stock_options
            if free in o and (kept not in wanted or _has(item, o, kept, wanted[kept]))
        ]
        values = list(dict.fromkeys(left))
        if values and free in wanted:
            return f"{capital(listed(values))} {'is' if len(values) == 1 else 'are'} here."
    return ""


def _elsewhere(item: Item, wanted: Mapping[str, Sequence[str]], others: Sequence[Item]) -> str:
    also = [o for o in others if o.product_id != item.product_id and has_option(o, wanted)]
    if not also:
        return ""
    told = listed([_said(name, v) for name, values in wanted.items() for v in values])
    return f"{capital(the(also[0]))} is the one {told}, at {also[0].price}."


def _stock(item: Item) -> str:
    if item.availability == "out_of_stock":
        return f"{capital(the(item))} is out of stock at the moment."
    parts: list[str] = []
    for name, values in (("colour", item.colours), ("size", item.sizes)):
        gone = _sold_out(item, name, values)
        stocked = [v for v in values if v not in gone]
        if len(values) > 1:
            parts.append(f"in {listed(stocked)}" + (f" ({listed(gone)} sold out)" if gone else ""))
    left = ", only a few left" if item.availability == "low_stock" else ""
    return f"Yes, {the(item)} is in stock{left}{', ' if parts else ''}{'; '.join(parts)}."
