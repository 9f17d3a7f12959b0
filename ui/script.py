"""Recorded conversations: what each line of a script means, and whether an expectation holds."""

import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from evals.journeys.conditions import Expectation, Facts, ScriptError, expectation

Kind = Literal["say", "card", "press", "decline", "set", "expect", "cart", "order", "picture", "again", "quit"]

_SUBJECTS = ("cart", "orders", "order", "shown", "quote", "said", "press", "memory", "cases")


class Unmet(Exception):
    """An expectation does not hold; the text says what was there instead."""


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


def _split(line: int, words: Sequence[str]) -> tuple[str, Expectation]:
    """Return what an expectation is about, and what that must be."""
    words = list(words)
    # `orders=1` is short for `orders count=1`, `said~…` for `said text~…`.
    head = re.match(r"([a-z_]+)([<>!=~].*)", words[0], re.DOTALL)
    if head is not None:
        words[0:1] = [head[1], f"{'text' if head[1] == 'said' else 'count'}{head[2]}"]
    subject, rest = words[0], words[1:]
    if subject not in _SUBJECTS:
        raise ScriptError(f"line {line}: {subject!r} cannot be expected; there are {', '.join(_SUBJECTS)}.")
    try:
        return subject, expectation(rest)
    except ScriptError as error:
        raise ScriptError(f"line {line}: {error}") from error


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
    _, wanted = _split(0, words)
    for looked_at in wanted.looked_at(facts, items):
        for each in wanted.conditions:
            if each.name not in looked_at:
                raise ScriptError(f"There is no {each.name!r} here; there is: {', '.join(looked_at)}.")
    if unmet := wanted.unmet(facts, items, {}):
        raise Unmet(unmet)
