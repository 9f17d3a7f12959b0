"""What answering one clause is made of: a script asks for tool calls, gets their outcomes, ends in words."""

import re
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from typing import Any

from assistant.compact.dialogue import Dialogue
from assistant.compact.outcomes import Call, Failure, Outcome
from assistant.compact.terms import Terms
from assistant.compact.wording import the_all
from policies.money import exponent

_FIGURES = re.compile(r"\d[\d,]*(?:\.\d+)?")

Script = Generator[tuple[Call, ...], tuple[Outcome, ...], str]
"""Yields tool calls to make together, receives one outcome for each, returns what to tell the shopper."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What every script works with: the conversation, kept current as outcomes arrive, and the shop's words."""

    dialogue: Dialogue
    terms: Terms
    currency: str
    notes: dict[str, Mapping[str, Any]] = field(default_factory=dict[str, Mapping[str, Any]])
    """What the shopper asked to be remembered, by key; kept current as well."""

    @property
    def spoken(self) -> frozenset[int]:
        """Amounts in minor units that the shopper wrote in figures; answers repeat no other bound."""
        texts = (*self.dialogue.heard, self.dialogue.text)
        units = 10 ** exponent(self.currency)
        return frozenset(round(float(n.replace(",", "")) * units) for t in texts for n in _FIGURES.findall(t[:1000]))

    @property
    def seed(self) -> str:
        """What varies the wording: the message and its turn."""
        return f"{self.dialogue.turn} {self.dialogue.text}"


def say(text: str) -> Script:
    """Return a script that only speaks."""
    return text
    yield ()


def ask_which(desk: Desk, candidates: tuple[str, ...], noun: str = "one") -> str:
    """Ask which of the candidates is meant; with none, say that nothing was shown that fits."""
    items = [desk.dialogue.items[i] for i in candidates if i in desk.dialogue.items]
    if not items:
        return "I'm not sure which one you mean. Tell me its name, or what you are looking for."
    kinds = {i.product_type for i in items}
    word = kinds.pop() if len(kinds) == 1 and noun == "one" else noun
    if len(items) > 4:
        return f"Which {word} do you mean? Say its name or its place, such as 'the second'."
    return f"Which {word}: {the_all(items, 'or')}?"


_REFUSALS = {
    "unknown_id": "I can't find that one among what I've shown you. Let me look again if you tell me what it was.",
    "no_longer_sold": "That one is no longer sold here.",
    "cart_changed": "Your cart changed in the meantime. Please look at it once more before I change anything.",
    "unknown_line": "That is not in your cart any more.",
    "nothing_to_undo": "There is nothing to undo.",
    "unsupported": "I change nothing unless you ask for it. Tell me which one, and what to do with it.",
    "unreadable": "Something went wrong on our side, and nothing was changed. Please try again.",
}


def refusal(error: Failure) -> str:
    """Tell the shopper in plain words why a tool did nothing."""
    known = _REFUSALS.get(error.code)
    if known is not None:
        return known
    if error.text and error.code not in {"", "invalid_arguments", "refused"}:
        return error.text
    return "That did not work, and nothing was changed. Please try again in other words."
