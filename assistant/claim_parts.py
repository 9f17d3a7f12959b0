"""Sentences and clauses as they are checked, and which products a clause names."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from assistant.backing import Backing, Known
from assistant.claim_words import NEGATED, PENDING
from assistant.plain import words_of


@dataclass(frozen=True)
class Clause:
    """A part of a sentence that claims one thing."""

    text: str

    @cached_property
    def negated(self) -> bool:
        """Whether it says that something is not so."""
        return bool(NEGATED.search(self.text))

    def about(self, backing: Backing) -> list[Known]:
        """Return the products it names: by whole title, or by a first word that only one title has."""
        folded = self.text.casefold()
        whole = [known for title, known in backing.known.items() if title in folded]
        if whole:
            return whole
        firsts = [title.split()[0] for title in backing.known]
        words = words_of(self.text)
        return [k for t, k in backing.known.items() if t.split()[0] in words and firsts.count(t.split()[0]) == 1]


@dataclass(frozen=True)
class Sentence:
    """A sentence as it is checked: on one line, with its clauses and the shop's currency."""

    text: str
    clauses: Sequence[Clause]
    currency: str

    @cached_property
    def pending(self) -> bool:
        """Whether it speaks of what would be so: if, once, until the shopper presses."""
        return bool(PENDING.search(self.text))

    @cached_property
    def asks(self) -> bool:
        """Whether it is a question."""
        return self.text.rstrip("\"”')]").endswith("?")

    def claims(self, pattern: re.Pattern[str]) -> list[str]:
        """Return what matches in clauses that are neither denied nor pending."""
        if self.pending:
            return []
        return [m.group() for c in self.clauses if not c.negated for m in pattern.finditer(c.text)]
