"""Small sentence grammar: templates that may be said only when the product's facts support them."""

import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from random import Random

_SLOT = re.compile(r"\{(\w+)\}")
_CHOICE = re.compile(r"\[([^\[\]]*\|[^\[\]]*)\]")
_ARTICLE = re.compile(r"\b([Aa]) (?=[aeiouAEIOU])(?!one\b|use|uni|eu)")
_SENTENCE_START = re.compile(r"(^|[.?!] )([a-z])")


@dataclass(frozen=True, slots=True)
class Sentence:
    """One template: `{slots}` are facts, `[a|b]` are free choices, `needs` and `tags` say when it holds.

    `tags` is a conjunction of alternatives: each inner set must share an element with the product's tags.
    """

    text: str
    needs: frozenset[str]
    tags: tuple[frozenset[str], ...]

    def holds(self, facts: Mapping[str, str], tags: Set[str]) -> bool:
        """Whether every slot is known and every group of conditions is met."""
        return all(need in facts for need in self.needs) and not any(group.isdisjoint(tags) for group in self.tags)

    def say(self, facts: Mapping[str, str], rng: Random) -> str:
        """The sentence with choices made and facts filled in, starting with a capital."""
        text = _CHOICE.sub(lambda match: rng.choice(match[1].split("|")), self.text)
        text = _SLOT.sub(lambda match: facts[match[1]], text)
        text = _ARTICLE.sub(r"\1n ", text)
        return _SENTENCE_START.sub(lambda match: match[1] + match[2].upper(), text)


def parse(line: str) -> Sentence:
    """Read '@velvet,linen @floor-lamp Text with {width}.': conditions first (',' is or, two '@' are and)."""
    groups: list[frozenset[str]] = []
    while line.startswith("@"):
        condition, line = line[1:].split(" ", 1)
        groups.append(frozenset(condition.split(",")))
    return Sentence(line, frozenset(_SLOT.findall(line)), tuple(groups))


def tag(words: str) -> str:
    """A fact as a condition names it: 'floor lamp' is 'floor-lamp'."""
    return words.replace(" ", "-")


def pick(pool: Sequence[Sentence], turn: int, facts: Mapping[str, str], tags: Set[str]) -> Sentence | None:
    """The sentence whose turn it is among those that hold, so that neighbours do not repeat each other.

    Sentences with conditions come round twice as often: they say something particular.
    """
    held = [sentence for sentence in pool if sentence.holds(facts, tags)]
    held += [sentence for sentence in held if sentence.tags]
    if not held:
        return None
    return held[(turn + turn // len(held)) % len(held)]
