"""A tool call and what came of it, read back from the JSON of a tool message."""

import json
import re
from dataclasses import dataclass, field
from typing import Any, cast

from pydantic import ValidationError

from assistant.compact.wordforms import stems
from tools.records import (
    BlockedBy,
    Board,
    Boards,
    Cart,
    Comparison,
    Item,
    Notice,
    Order,
    Orders,
    Products,
    Quote,
    Record,
)

_PLAIN_WORD = re.compile(r"^[^\W\d_]{3,}$")
_KINDS: dict[str, type[Record]] = {
    "products": Products,
    "comparison": Comparison,
    "cart": Cart,
    "quote": Quote,
    "order": Order,
    "orders": Orders,
    "board": Board,
    "boards": Boards,
    "notice": Notice,
}
# How a record without its kind is told: the first of these fields that it has.
_TELLING = (("rows", "comparison"), ("quote_id", "quote"), ("order_id", "order"), ("orders", "orders"),
            ("items", "products"), ("version", "cart"), ("text", "notice"))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Call:
    """A tool call by name with JSON-plain arguments."""

    name: str
    args: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a tool did nothing."""

    code: str
    text: str
    facts: dict[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a tool answered: records and facts, or a failure."""

    records: tuple[Record, ...] = ()
    facts: dict[str, Any] = field(default_factory=dict[str, Any])
    error: Failure | None = None
    names: dict[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    """For each product shown the words of its title that name it."""

    def products(self) -> Products | None:
        """Return the showing, if any."""
        return next((r for r in self.records if isinstance(r, Products)), None)

    def board(self) -> Board | None:
        """Return the board, if any."""
        return next((r for r in self.records if isinstance(r, Board)), None)

    def cart(self) -> Cart | None:
        """Return the cart, if any."""
        return next((r for r in self.records if isinstance(r, Cart)), None)

    def quote(self) -> Quote | None:
        """Return the quote, if any."""
        return next((r for r in self.records if isinstance(r, Quote)), None)


def telling(record: Products) -> list[BlockedBy]:
    """Return the blocking conditions worth naming, at most two: without the kind asked for, anything would fit."""
    return [b for b in record.blocked_by if b.name not in {"product_types", "departments", "query"}][:2]


def kinds_seen(outcome: Outcome) -> list[str]:
    """Return the kinds of the several things in a picture, from left to right; none for a picture of one."""
    things = cast("list[dict[str, Any]]", outcome.facts.get("things") or [])
    return [str(thing["kind"]) for thing in things]


def read_outcome(content: str) -> Outcome:
    """Read a tool message; content that is no tool result counts as a failure with that text."""
    try:
        data = json.loads(content)
    except json.JSONDecodeError:
        return Outcome(error=Failure("unreadable", content))
    if not isinstance(data, dict):
        return Outcome(error=Failure("unreadable", content))
    body = cast(dict[str, Any], data)
    if "error" in body:
        error = cast(dict[str, Any], body["error"])
        return Outcome(error=Failure(str(error.get("code", "")), str(error.get("text", "")), error.get("facts") or {}))
    records = [r for raw in body.get("records", ()) if (r := _record(raw)) is not None]
    return Outcome(tuple(records), body.get("facts") or {}, names=_names(records))


def _names(records: list[Record]) -> dict[str, tuple[str, ...]]:
    items: list[Item] = []
    for record in records:
        if isinstance(record, Products | Comparison | Board):
            items.extend(record.items)
        if isinstance(record, Products):
            items.extend(i for b in record.blocked_by for i in b.nearest)
    return {i.product_id: tuple(name_words(i)) for i in items}


def name_words(item: Item) -> list[str]:
    """Return the words of a title that name this product: not its type, colours, materials or sizes."""
    facets = [item.product_type, *item.colours, *item.materials, *item.sizes, *item.styles]
    common = {w for facet in facets for w in stems(facet)}
    return [w for w in stems(item.title) if w not in common and _PLAIN_WORD.match(w)]


def _record(raw: dict[str, Any]) -> Record | None:
    kind = raw.get("kind") or next((name for key, name in _TELLING if key in raw), "")
    model = _KINDS.get(str(kind))
    if model is None:
        return None
    try:
        return model.model_validate(raw)
    except ValidationError:
        return None
