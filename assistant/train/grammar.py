"""Writes shoppers' sentences from the patterns in `phrases/`: choices, parts, and words of a shop."""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from random import Random
from typing import cast

_CHOICE = re.compile(r"\[([^\[\]]*)\]")
_PART = re.compile(r"<(\w+)>")
_SPACES = re.compile(r"\s+(?=[,.?!])|\s{2,}")
_FILES = ("finding", "looking", "shopping", "talking", "more", "dialogues", "moments", "turns")
_DEPTH = 8  # parts within parts


@dataclass(frozen=True, slots=True)
class Pattern:
    """One line of a phrase file: what it asks for, where it is said, and its number, by which patterns are held out.

    `after` is what the assistant may have said before, where that matters.
    """

    number: int
    intent: str
    when: tuple[str, ...]
    text: str
    after: tuple[str, ...] = ()


def patterns() -> list[Pattern]:
    """Return every pattern in the order of the files."""
    found: list[Pattern] = []
    for name in _FILES:
        for intent, groups in _toml(name).items():
            for group in cast(Sequence[Mapping[str, Sequence[str]]], groups):
                when, after = tuple(group["when"]), tuple(group.get("after", ()))
                found.extend(
                    Pattern(len(found) + at, intent, when, text, after) for at, text in enumerate(group["say"])
                )
    return found


class Parts:
    """The parts patterns share, and lists of catalogue words beyond those of one shop."""

    def __init__(self) -> None:
        read = _toml("parts")
        self.lists = cast(Mapping[str, Sequence[str]], read.pop("lists"))
        self._parts = cast(Mapping[str, Sequence[str]], read)

    def fill(self, pattern: str, words: Mapping[str, str], random: Random) -> str:
        """Return one sentence of a pattern.

        Args:
            pattern: With [choices] and <parts>.
            words: What parts such as <type>, <colour>, <name> stand for in this sentence.
            random: Decides; the same state gives the same sentence.
        """
        text = pattern
        for _ in range(_DEPTH):
            text = _PART.sub(lambda match: self._one(match[1], words, random), _chosen(text, random))
            if "<" not in text and "[" not in text:
                break
        return _SPACES.sub(lambda match: "" if match.end() < len(text) and text[match.end()] in ",.?!" else " ", text)

    def _one(self, name: str, words: Mapping[str, str], random: Random) -> str:
        return words[name] if name in words else random.choice(self._parts[name])


def misspelt(text: str, random: Random) -> str:
    """Return a text with one slip in one of its longer words: a letter doubled, dropped, swapped or replaced."""
    words = text.split(" ")
    long = [at for at, word in enumerate(words) if len(word) > 4 and word.isalpha()]
    if not long:
        return text
    at = random.choice(long)
    word, place = words[at], random.randrange(1, len(words[at]) - 1)
    slips = (
        word[:place] + word[place] + word[place:],
        word[:place] + word[place + 1 :],
        word[: place - 1] + word[place] + word[place - 1] + word[place + 1 :],
        word[:place] + random.choice("aeinorst") + word[place + 1 :],
    )
    words[at] = random.choice(slips)
    return " ".join(words)


def _chosen(text: str, random: Random) -> str:
    while (match := _CHOICE.search(text)) is not None:
        text = text[: match.start()] + random.choice(match[1].split("|")) + text[match.end() :]
    return text.strip()


def _toml(name: str) -> dict[str, object]:
    text = files("assistant.train").joinpath(f"phrases/{name}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def drawn(each: Sequence[Pattern], count: int, random: Random) -> Iterator[Pattern]:
    """Yield patterns in turn, in an order of chance, until `count` were drawn."""
    order = list(each)
    for at in range(count):
        if at % len(order) == 0:
            random.shuffle(order)
        yield order[at % len(order)]
