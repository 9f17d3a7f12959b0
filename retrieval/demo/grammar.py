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
    """One template: `{slots}` are facts, `[a|b]` are free choices, the rest says when it holds.

    Every slot in `needs` must be a known fact, each set in `groups` must share a word with the product's tags,
    and none of `barred` may be among them.
    """

    text: str
    needs: frozenset[str]
    groups: tuple[frozenset[str], ...]
    barred: frozenset[str]

    def holds(self, facts: Mapping[str, str], tags: Set[str]) -> bool:
        """Whether the product's facts and tags let it be said."""
        if not self.barred.isdisjoint(tags) or any(group.isdisjoint(tags) for group in self.groups):
            return False
        return all(need in facts for need in self.needs)

    def say(self, facts: Mapping[str, str], rng: Random) -> str:
        """The sentence with choices made and facts filled in, starting with a capital."""
        text = _CHOICE.sub(lambda match: rng.choice(match[1].split("|")), self.text)
        text = _SLOT.sub(lambda match: facts[match[1]], text)
        text = _ARTICLE.sub(r"\1n ", text)
        return _SENTENCE_START.sub(lambda match: match[1] + match[2].upper(), text)


def parse(line: str) -> Sentence:
    """Read '@velvet,linen @!bed Text with {width}.': conditions first (',' is or, two '@' are and, '!' is none of)."""
    groups: list[frozenset[str]] = []
    barred: frozenset[str] = frozenset()
    while line.startswith("@"):
        condition, line = line[1:].split(" ", 1)
        if condition.startswith("!"):
            barred |= frozenset(condition[1:].split(","))
        else:
            groups.append(frozenset(condition.split(",")))
    return Sentence(line, frozenset(_SLOT.findall(line)), tuple(groups), barred)


def tag(words: str) -> str:
    """A fact as a condition names it: 'floor lamp' is 'floor-lamp'."""
    return words.replace(" ", "-")


def pick(pool: Sequence[Sentence], turn: int, facts: Mapping[str, str], tags: Set[str]) -> Sentence | None:
    """The sentence whose turn it is among those that hold, so that neighbours do not repeat each other.

    Sentences with conditions come round twice as often: they say something particular.
    """
    held = [sentence for sentence in pool if sentence.holds(facts, tags)]
    held += [sentence for sentence in held if sentence.groups]
    if not held:
        return None
    shift = turn // len(held) if len(held) > 2 else 0  # so that pools of one length do not run in step
    return held[(turn + shift) % len(held)]
