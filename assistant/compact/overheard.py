"""Understands single messages from outside a conversation: JSON in, plain JSON out, for evals and other programs."""

import re
from collections.abc import Sequence
from dataclasses import fields
from math import isfinite
from typing import Any, Literal, cast

from pydantic import BaseModel, ConfigDict, Field

from assistant.compact.clauses import split
from assistant.compact.dialogue import Dialogue, Showing
from assistant.compact.intents import looks_like_search
from assistant.compact.meaning import Slots, Understanding
from assistant.compact.outcomes import name_words
from assistant.compact.slots import read_slots
from assistant.compact.terms import Terms
from assistant.compact.wanted import asked_about, pointed_at, wanted
from assistant.compact.wordforms import normal, tokens
from policies.money import Money
from tools.records import Item

# Words of an assistant that has goods before it, whatever it calls them.
_GOODS = re.compile(
    r"\b(?:these|those|here (?:is|are)|here's|how about|what about|comes? in|(?:this|that|the \w+) ones?|"
    r"(?:rated|priced) |in stock)\b|[$€£]\s?\d"
)
_MONEY = frozenset({"price_min", "price_max"})
_LISTED = ("colours", "materials", "sizes", "styles")
# What pages and feeds call a field whose name the records spell otherwise.
_FACET_NAMES = {
    "type": "product_type", "category": "product_type", "colour": "colours", "color": "colours", "colors": "colours",
    "material": "materials", "size": "sizes", "style": "styles",
}  # fmt: skip


class Said(BaseModel):
    """One earlier message."""

    role: Literal["user", "assistant"]
    text: str


class Shown(BaseModel):
    """One product on screen; facets by name, each a word, a number or a list of words."""

    id: str
    title: str = ""
    facets: dict[str, Any] = {}


class Overheard(BaseModel):
    """A message with what came before it."""

    model_config = ConfigDict(extra="ignore")

    text: str = Field(max_length=100_000)
    history: list[Said] | None = None
    shown: list[Shown] | None = None


def dialogue_of(heard: Overheard, terms: Terms, currency: str) -> Dialogue:
    """Return the conversation before the message, as far as its words and the products on screen tell it."""
    dialogue = Dialogue(text=heard.text)
    history = heard.history or []
    for said in history:
        if said.role == "user":
            dialogue.turn += 1
            dialogue.heard.append(said.text)
            _take_need(said.text, dialogue, terms, currency)
    dialogue.said = history[-1].text if history and history[-1].role == "assistant" else ""
    _take_described(dialogue, terms)
    items = [_item(shown) for shown in heard.shown or ()]
    _show(items, dialogue)
    return dialogue


def told(understanding: Understanding, dialogue: Dialogue, terms: Terms, currency: str) -> dict[str, Any]:
    """Write an understanding as plain JSON; empty slots are left out, prices are {amount, currency}, minor units."""
    clauses = understanding.clauses
    pointed: list[str] = []
    for clause in clauses:
        ids = pointed_at(clause, dialogue)
        pointed.extend(ids)
        # "The second looks nice, does it fold?": what one half named, "it" in the next means.
        dialogue.focus = ids if len(ids) == 1 else dialogue.focus
    return {
        "intents": list(dict.fromkeys(understanding.intents)),
        "slots": _slots([wanted(clause, dialogue, terms, currency) for clause in clauses], currency),
        "asked": list(dict.fromkeys(name for clause in clauses for name in asked_about(clause, dialogue))),
        "refers_to": list(dict.fromkeys(pointed)),
        "confidence": round(understanding.confidence, 4),
    }


def _take_described(dialogue: Dialogue, terms: Terms) -> None:
    """Note whether the assistant's last words were about goods, and of which kind if the shopper named none."""
    said = normal(dialogue.said)
    kinds = [match.values[0] for match in terms.find(tokens(said)) if match.field == "product_types"]
    dialogue.described = bool(said) and bool(dialogue.need or kinds or _GOODS.search(said))
    if kinds and not dialogue.need:
        dialogue.need = {"product_types": list(dict.fromkeys(kinds))}


def _take_need(text: str, dialogue: Dialogue, terms: Terms, currency: str) -> None:
    for part in split(normal(text[:1000])):
        slots, _ = read_slots(part, terms, currency)
        if slots.product_types:
            dialogue.need = {"product_types": list(slots.product_types)}
        elif not dialogue.need and (looks_like_search(part) or slots.constrains()):
            dialogue.need = {"query": part}


def _show(items: Sequence[Item], dialogue: Dialogue) -> None:
    if not items:
        return
    dialogue.items = {item.product_id: item for item in items}
    dialogue.showings = [Showing(dialogue.turn, "search", tuple(dialogue.items))]
    dialogue.focus = tuple(dialogue.items) if len(dialogue.items) == 1 else ()
    for item in items:
        dialogue.attribute_names.update(dict.fromkeys(item.attributes))
        for word in name_words(item):
            dialogue.names.setdefault(word, []).append(item.product_id)


def _item(shown: Shown) -> Item:
    facets = {_FACET_NAMES.get(name, name): value for name, value in shown.facets.items()}
    lists = {name: [word.casefold() for word in _words(facets.pop(name, ()))] for name in _LISTED}
    kind, brand = (next(iter(_words(facets.pop(name, ""))), "") for name in ("product_type", "brand"))
    attributes = {name: ", ".join(_words(value)) for name, value in facets.items() if name not in {"price", "rating"}}
    return Item(
        product_id=shown.id,
        title=shown.title,
        brand=brand,
        product_type=kind.casefold(),
        price=_price(facets.get("price")),
        availability="in_stock",
        attributes=attributes,
        rating=_number(facets.get("rating")),
        colours=lists["colours"],
        materials=lists["materials"],
        sizes=lists["sizes"],
        styles=lists["styles"],
    )


def _words(value: object) -> list[str]:
    if isinstance(value, str | int | float):
        return [str(value)] if str(value) else []
    return [str(word) for word in cast(list[object], value)] if isinstance(value, list) else []


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and isfinite(value) else None


def _price(value: object) -> Money:
    """Read a price in minor units, plain or as {amount, currency}; an unknown one is 0, which no answer shows."""
    amount = cast(dict[str, object], value).get("amount") if isinstance(value, dict) else value
    return Money(amount=int(_number(amount) or 0))


def _slots(each: Sequence[Slots], currency: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for slots in each:
        for field in fields(Slots):
            value: object = getattr(slots, field.name)
            if isinstance(value, tuple):
                words = cast(tuple[object, ...], value)
                found[field.name] = list(dict.fromkeys([*found.get(field.name, ()), *words]))
            elif value not in (None, False, ""):
                money = {"amount": value, "currency": currency}
                found.setdefault(field.name, money if field.name in _MONEY else value)
    return {name: value for name, value in found.items() if value != []}
