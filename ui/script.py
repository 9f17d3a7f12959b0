"""Recorded conversations: what each line of a script means, and whether an expectation holds."""

import operator
import re
import shlex
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

Facts = Mapping[str, Any]
Kind = Literal["say", "card", "press", "decline", "set", "expect", "cart", "order", "picture", "again", "quit"]

_CONDITION = re.compile(r"^(?P<name>[a-z_]+)(?P<sign><=|>=|!=|=|<|>|~|!~)(?P<value>.*)$", re.DOTALL)
_SUBJECTS = ("cart", "orders", "order", "shown", "quote", "said", "press", "memory", "cases")
_ORDERED: Mapping[str, Callable[[float, float], bool]] = {
    "<=": operator.le,
    ">=": operator.ge,
    "<": operator.lt,
    ">": operator.gt,
}


class ScriptError(Exception):
    """A line of a script says nothing we know; the text says what it could say."""


class Unmet(Exception):
    """An expectation does not hold; the text says what was there instead."""


@dataclass(frozen=True, slots=True)
class Condition:
    """`name sign value`, e.g. `price <= 70000`."""

    name: str
    sign: str
    value: str

    def holds(self, facts: Facts) -> bool:
        """Say whether the facts meet this; of a list, one element is enough (for != and !~: all must)."""
        if self.name not in facts:
            raise ScriptError(f"There is no {self.name!r} here; there is: {', '.join(facts)}.")
        found = facts[self.name]
        values: list[Any] = list(found) if isinstance(found, (list, tuple)) else [found]  # pyright: ignore[reportUnknownArgumentType]  # JSON values of any kind.
        if self.sign in {"!=", "!~"}:
            return not any(self._one(value, self.sign[1]) for value in values)
        return any(self._one(value, self.sign) for value in values)

    def _one(self, found: object, sign: str) -> bool:
        if sign == "~":
            return self.value.casefold() in str(found).casefold()
        if isinstance(found, bool):
            return sign == "=" and str(found).lower() == self.value.lower()
        if isinstance(found, (int, float)):
            wanted = number(self.value)
            return found == wanted if sign == "=" else _ORDERED[sign](found, wanted)
        return sign == "=" and str(found).casefold() == self.value.casefold()


@dataclass(frozen=True, slots=True)
class Instruction:
    """One line of a script.

    Args:
        line: Its number, from 1.
        kind: What to do.
        text: What the shopper says, or the whole line.
        words: The words after a control.
    """

    line: int
    kind: Kind
    text: str
    words: tuple[str, ...] = ()


def number(text: str) -> float:
    """Read a number or money: `2`, `64000` (minor units), `$640`, `$640.50` (to minor units)."""
    try:
        if text.startswith("$"):
            return round(float(text[1:].replace(",", "")) * 100)
        return float(text)
    except ValueError as error:
        raise ScriptError(f"{text!r} is not a number; write 2, 64000 (minor units) or $640.") from error


def parse(text: str) -> list[Instruction]:
    """Read a script: plain lines are what the shopper says, `#` comments, `!` controls.

    Raises:
        ScriptError: Names the line that cannot be read.
    """
    read = (instruction(line, position) for position, line in enumerate(text.splitlines(), 1))
    return [each for each in read if each is not None]


def instruction(text: str, line: int = 1) -> Instruction | None:
    """Read one line; None when there is nothing to do."""
    text = text.strip()
    if not text or text.startswith("#"):
        return None
    if not text.startswith("!"):
        return Instruction(line, "say", text)
    try:
        words = shlex.split(text[1:])
    except ValueError as error:
        raise ScriptError(f"line {line}: {error}") from error
    match words:
        case ["card" | "press" | "decline" | "cart" | "again" | "quit" as kind]:
            return Instruction(line, kind, text)
        case ["set" as kind, _, "price" | "stock" | "sellable", _] | [
            "order" as kind,
            "ship" | "deliver" | "receive" | "dispute",
        ]:
            return Instruction(line, kind, text, tuple(words[1:]))
        case ["picture", _, *rest] if len(rest) <= 2:  # A colour, and whether it is rotated.
            return Instruction(line, "picture", text, tuple(words[1:]))
        case ["expect", *rest] if rest:
            _split(line, rest)
            return Instruction(line, "expect", text, tuple(rest))
        case _:
            known = "!card, !press, !decline, !cart, !again, !quit, !picture PRODUCT-ID [COLOUR] [rotated] or "
            known += "!picture bicycle, !order ship|deliver|receive|dispute, "
            known += "!set TARGET price|stock|sellable VALUE, !expect WHAT …"
            raise ScriptError(f"line {line}: {text!r} is not a control; there are {known}.")


def _split(line: int, words: Sequence[str]) -> tuple[str, str, list[Condition]]:
    """Return subject, quantifier ("" for the subject itself) and conditions of an expectation."""
    words = list(words)
    head = _CONDITION.match(words[0])
    if head is not None:
        # `orders=1` is short for `orders count=1`, `said~…` for `said text~…`.
        subject = head["name"]
        short = {"said": "text"}.get(subject, "count")
        words[0:1] = [subject, f"{short}{head['sign']}{head['value']}"]
    subject, rest = words[0], words[1:]
    if subject not in _SUBJECTS:
        raise ScriptError(f"line {line}: {subject!r} cannot be expected; there are {', '.join(_SUBJECTS)}.")
    quantifier = rest.pop(0) if rest and (rest[0] in {"all", "any", "none"} or rest[0].isdigit()) else ""
    conditions: list[Condition] = []
    for word in rest:
        match = _CONDITION.match(word)
        if match is None:
            raise ScriptError(f"line {line}: {word!r} is not a condition; write name=value, name<=value or name~text.")
        conditions.append(Condition(match["name"], match["sign"], match["value"]))
    if not conditions:
        raise ScriptError(f"line {line}: say what to expect, e.g. !expect cart lines=1.")
    return subject, quantifier, conditions


def subject_of(words: Sequence[str]) -> str:
    """Return what an expectation is about."""
    return _split(0, words)[0]


def check(words: Sequence[str], facts: Facts, items: Sequence[Facts]) -> None:
    """Check an expectation against what is there.

    Args:
        words: The words after `!expect`.
        facts: Of the subject itself, e.g. `{"lines": 1, "total": 64000}`.
        items: Of what it holds, e.g. the cart's lines.

    Raises:
        Unmet: It does not hold.
        ScriptError: It asks for something that is not there to ask for.
    """
    _, quantifier, conditions = _split(0, words)
    if quantifier == "":
        _require(conditions, facts)
        return
    if quantifier.isdigit():
        position = int(quantifier)
        if not 1 <= position <= len(items):
            raise Unmet(f"there are {len(items)}, so there is no number {position}")
        _require(conditions, items[position - 1])
        return
    met = [all(condition.holds(item) for condition in conditions) for item in items]
    good = {"all": bool(met) and all(met), "any": any(met), "none": not any(met)}[quantifier]
    if not good:
        raise Unmet(f"{sum(met)} of {len(met)} are so: {_brief(items, conditions)}")


def _require(conditions: Iterable[Condition], facts: Facts) -> None:
    for condition in conditions:
        if not condition.holds(facts):
            raise Unmet(f"{condition.name} is {facts[condition.name]!r}")


def _brief(items: Sequence[Facts], conditions: Sequence[Condition]) -> str:
    return "; ".join(", ".join(f"{each.name}={item.get(each.name)!r}" for each in conditions) for item in items)
