"""Whether the shopper's own words ask for something to be remembered or forgotten, and say what is kept."""

import re
from collections.abc import Mapping, Sequence
from typing import cast

from policies import speech
from policies.acts import ASKED, YES
from policies.provenance import Heard

_ASK = re.compile(
    r"\b(?:remember|note|notice|save|store|keep|keep in mind|bear in mind|don't forget|merk\w*|retiens|recuerda|ricorda"
    r"|onthou\w*)\b"
)
_NOT_ASK = re.compile(r"\b(?:don't|do not|never|no need to|nicht) (?:remember|note|save|store|keep|merk\w*)\b")
_DISLIKE = re.compile(
    r"\b(?:don't|do not|never|not|no|without|hate|dislike|avoid|allergic|can't|cannot|nothing|kein\w*|nicht|ohne)\b"
)
_FORGET = re.compile(
    r"(?<!don't )(?<!not )\b(?:forget|delete|erase|remove|wipe|clear|drop|take (?:that )?back|vergiss|losch\w*|oublie"
    r"|olvida|dimentica|vergeet)\b"
)
_EVERYTHING = re.compile(
    r"\b(?:everything|all|anything|about me|my (?:data|notes|memory|preferences)|alles|tout|todo)\b"
)
_PARTS = re.compile(r"\s*[,.;!?]+\s*|\s+(?:and|but|plus|und)\s+")
_NUMBER = re.compile(r"\d+(?:[.,]\d{3})*(?:[.,]\d{1,2})?")
_SCOPES = frozenset({"clothes", "shoes"})


def keeping(arguments: Mapping[str, object], heard: Heard) -> bool:
    """Say whether this message asks to keep something and states just this, or says yes to keeping what was stated."""
    said = _stated(heard)
    if said is None:
        return False
    stems, figures = speech.stems(said), _figures(said)
    named = [str(arguments[name]) for name in ("value", "of", "detail", "whom") if arguments.get(name) is not None]
    if not all(word in _SCOPES or speech.stems(word) <= stems for word in named):
        return False
    amounts = [number for name in ("amount", "width_cm", "length_cm") if isinstance(number := arguments.get(name), int)]
    if not all(
        any(abs(number - figure * factor) < 1 for figure in figures for factor in (1, 100, 1000)) for number in amounts
    ):
        return False
    return _meant_so(str(arguments.get("kind")), str(arguments.get("value", "")), said)


def forgetting(arguments: Mapping[str, object], heard: Heard) -> bool:
    """Say whether this message asks to forget just these entries, or all of them."""
    said = speech.plain(heard.text)
    if not any(_FORGET.search(clause) and not ASKED.match(clause) for clause in speech.clauses(said)):
        return False
    if arguments.get("everything"):
        return _EVERYTHING.search(said) is not None
    keys = arguments.get("keys")
    named = [str(key) for key in cast("Sequence[object]", keys)] if isinstance(keys, (list, tuple)) else []
    stems = speech.stems(said)
    return bool(named) and all(speech.stems(key.replace("-", " ")) & stems for key in named)


def _stated(heard: Heard) -> str | None:
    """Return the words that state what to keep, None where nothing is to be kept."""
    said = speech.plain(heard.text)
    if _NOT_ASK.search(said):
        return None
    if any(_ASK.search(clause) and not ASKED.match(clause) for clause in speech.clauses(said)):
        return said
    question = speech.plain(heard.said.rstrip().rsplit(". ", 1)[-1])
    agreed = YES.match(said.strip(" .!,?").replace(",", "").replace(".", "")) is not None
    if agreed and heard.said.rstrip().endswith("?") and _ASK.search(question) and heard.earlier:
        return speech.plain(heard.earlier[-1])
    return None


def _meant_so(kind: str, value: str, said: str) -> bool:
    """Say whether a taste is the one said: a dislike stands beside its refusal, a like beside none."""
    if kind not in ("like", "dislike"):
        return True
    refused = False
    for part in _PARTS.split(_ASK.sub(" ", said, count=1)):
        refused = _DISLIKE.search(part) is not None or (refused and len(part.split()) <= len(value.split()) + 1)
        if speech.stems(value) <= speech.stems(part) and refused == (kind == "dislike"):
            return True
    return False


def _figures(said: str) -> set[float]:
    found: set[float] = set()
    for match in _NUMBER.finditer(said):
        text = re.sub(r"[.,](?=\d{3}(?:\D|$))", "", match.group()).replace(",", ".")
        found.add(float(text))
    return found
