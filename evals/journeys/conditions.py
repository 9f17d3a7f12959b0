"""Conditions of journeys and of `aisle chat`'s scripts: `price<=10000`, `colour~white`, `type=lamp|rug`, `id=@lamp`."""

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

Facts = Mapping[str, Any]

_CONDITION = re.compile(r"(?P<name>[a-z_]+)(?P<sign><=|>=|!=|!~|=|<|>|~)(?P<value>.*)", re.DOTALL)
_ORDERED: Mapping[str, Callable[[float, float], bool]] = {
    "<=": operator.le,
    ">=": operator.ge,
    "<": operator.lt,
    ">": operator.gt,
}


class ScriptError(Exception):
    """A line of a script says nothing we know; the text says which and what is known."""


@dataclass(frozen=True, slots=True)
class Condition:
    """`name sign value`; a value may list alternatives with `|`, and `@name` stands for what a journey named."""

    name: str
    sign: str
    value: str

    def holds(self, facts: Facts, names: Mapping[str, str]) -> bool:
        """Say whether the facts meet this; one of a list is enough, for != and !~ none of it may be so."""
        if self.name not in facts:
            return False
        found: object = facts[self.name]
        values = list(cast("Sequence[object]", found)) if isinstance(found, (list, tuple)) else [found]
        wanted = [names.get(each[1:], each) if each.startswith("@") else each for each in self.value.split("|")]
        negated = self.sign in {"!=", "!~"}
        sign = self.sign[1] if negated else self.sign
        met = any(_one(value, sign, each) for value in values for each in wanted)
        return met != negated

    def __str__(self) -> str:
        return f"{self.name}{self.sign}{self.value}"


def condition(word: str) -> Condition:
    """Read one condition.

    Raises:
        ScriptError: It is none.
    """
    match = _CONDITION.fullmatch(word)
    if match is None:
        raise ScriptError(f"{word!r} is not a condition; write name=value, name<=value or name~text")
    return Condition(match["name"], match["sign"], match["value"])


def number(text: str) -> float:
    """Read a number or money: `2`, `64000` (minor units), `$640`, `$640.50` (to minor units).

    Raises:
        ScriptError: It is neither.
    """
    try:
        if text.startswith("$"):
            return round(float(text[1:].replace(",", "")) * 100)
        return float(text)
    except ValueError as error:
        raise ScriptError(f"{text!r} is not a number; write 2, 64000 (minor units) or $640.") from error


def _one(found: object, sign: str, wanted: str) -> bool:
    if sign == "~":
        return wanted.casefold() in str(found).casefold()
    if isinstance(found, (int, float)) and not isinstance(found, bool):
        bound = number(wanted)
        return found == bound if sign == "=" else _ORDERED[sign](found, bound)
    return sign == "=" and str(found).casefold() == wanted.casefold()


@dataclass(frozen=True, slots=True)
class Expectation:
    """What a subject must be: the subject itself, or all, any, none or one of what it holds.

    `all` asks for at least one; `only` is content with none: nothing else is there.
    """

    quantifier: str
    conditions: tuple[Condition, ...]

    def looked_at(self, facts: Facts, items: Sequence[Facts]) -> Sequence[Facts]:
        """Return what the conditions are held against; nothing where there is no such place."""
        if self.quantifier == "":
            return [facts]
        if self.quantifier.isdigit():
            place = int(self.quantifier)
            return items[place - 1 : place] if place else []
        return items

    def unmet(self, facts: Facts, items: Sequence[Facts], names: Mapping[str, str]) -> str:
        """Return what is there instead; "" when it holds."""
        if self.quantifier == "":
            return self._first_unmet(facts, names)
        if self.quantifier.isdigit():
            place = self.looked_at(facts, items)
            return self._first_unmet(place[0], names) if place else f"there are {len(items)}"
        met = [all(each.holds(item, names) for each in self.conditions) for item in items]
        good = {"all": bool(met) and all(met), "only": all(met), "any": any(met), "none": not any(met)}[self.quantifier]
        return "" if good else f"{sum(met)} of {len(met)} are so: {self._brief(items)}"

    def _first_unmet(self, facts: Facts, names: Mapping[str, str]) -> str:
        for each in self.conditions:
            if not each.holds(facts, names):
                return f"{each.name} is {facts.get(each.name, 'not there')!r}"
        return ""

    def _brief(self, items: Sequence[Facts]) -> str:
        named = [", ".join(f"{each.name}={item.get(each.name)!r}" for each in self.conditions) for item in items[:8]]
        return "; ".join(named)


def expectation(words: Sequence[str]) -> Expectation:
    """Read `[all|only|any|none|NUMBER] condition…`.

    Raises:
        ScriptError: A word is neither.
    """
    rest = list(words)
    quantifier = rest.pop(0) if rest and (rest[0] in {"all", "only", "any", "none"} or rest[0].isdigit()) else ""
    if not rest:
        raise ScriptError("say what to expect, e.g. shown all type=lamp")
    return Expectation(quantifier, tuple(condition(word) for word in rest))
