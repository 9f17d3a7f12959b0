"""Turns a clause in its situation into numbers for the trained heads: word patterns, flags, and its kind of moment."""

import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from assistant.compact.intents import Situation
from assistant.compact.meaning import Clause, Intent, Slots
from assistant.compact.terms import Terms
from assistant.compact.wordforms import Token, tokens

BUCKETS = 16_384
MOMENTS = ("fresh", "going on", "asked")
"""What a clause follows: nothing, products or a search, or a question of the assistant's."""

Asking = Literal["", "which", "option", "need", "yes or no"]

_OPTION = re.compile(r"\b(?:what|which) (?:\w+ )?(?:sizes?|colou?rs?)\b")
_WHICH = re.compile(
    r"\bwhich\b|\bclarify\b|\bspecif(?:y|ic)\b|\b(?:do|did) you mean\b|\breferring to\b|\btalking about\b|"
    r"\bpoint (?:it |them )?out\b|\basking about\b|\bhad? in mind\b.*\b(?:ones?|these|those)\b"
)
_YES = re.compile(
    r"^(?:(?:and|or|so|then|sure|ok|great)[, ]+)*(?:shall|should|do|would|can|could|is|are|was|did|will|want|anything|"
    r"does|may|interested|ready|how do you like|what do you think)\b"
)
_NEED = re.compile(r"\bbudget\b|\boccasion\b|\bin mind\b|\bprefer(?:ence)?\b|\bprice range\b|\bparticular\b")
_LONGEST = 24  # Words of a clause that are looked at; more say little more.
_SETTING = ("product_types", "departments", "colours", "materials", "sizes", "brands", "styles", "not_colours",
            "not_materials", "not_product_types", "sort", "relative", "quantity", "in_stock")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Features:
    """Numbers of one clause.

    Args:
        buckets: Distinct word patterns and flags, each in [0, BUCKETS).
        moment: Index into MOMENTS.
    """

    buckets: tuple[int, ...]
    moment: int


def asking(said: str) -> Asking:
    """Return what the assistant's last words ask, "" when they ask nothing.

    Args:
        said: Its whole message in lower case.
    """
    last = re.split(r"(?<=[.!?])\s+", said.strip())[-1] if said else ""
    if not last.endswith("?") and not _WHICH.search(last):
        return ""
    if _OPTION.search(last):
        return "need" if "looking for" in last else "option"
    if _WHICH.search(last):
        return "which"
    return "yes or no" if _YES.match(last) and not _NEED.search(last) else "need"


def features(clause: Clause, now: Situation, ruled: Intent | None, asked: Asking, terms: Terms) -> Features:
    """Describe a clause.

    Args:
        clause: As read, its intent not yet known.
        now: The conversation before it.
        ruled: What rules made of it.
        asked: What the assistant asked before it.
        terms: The catalogue's words, which stand for their field: one pattern serves every shop.
    """
    moment = 2 if asked in {"which", "option", "need"} else 1 if now.shown or now.has_need else 0
    names = set(_named(clause, now, ruled, asked, moment, terms))
    return Features(tuple(sorted({zlib.crc32(name.encode()) % BUCKETS for name in names})), moment)


def _named(
    clause: Clause, now: Situation, ruled: Intent | None, asked: Asking, moment: int, terms: Terms
) -> Iterator[str]:
    for pattern in _patterns(_skeleton(clause.text, terms)):
        yield pattern
        yield f"{moment}|{pattern}"
    for flag in _flags(clause, now):
        yield f"flag {flag}"
        yield f"flag {moment} {flag}"
        yield f"flag {asked} {flag}"
    yield f"rule {ruled} {moment}"
    yield f"asked {asked} {clause.reference.kind}"


def _skeleton(text: str, terms: Terms) -> list[str]:
    """Return the words with the catalogue's own and figures replaced by what they are."""
    words = tokens(text)[:_LONGEST]
    starts = {match.start: match for match in terms.find(words)}
    kept: list[str] = []
    at = 0
    while at < len(words):
        match = starts.get(at)
        kept.append(f"<{match.field}>" if match else _plain(words[at]))
        at = match.end if match else at + 1
    return kept


def _plain(word: Token) -> str:
    return "<n>" if any(letter.isdigit() for letter in word.text) else word.text


def _patterns(words: Sequence[str]) -> Iterator[str]:
    framed = ["^", *words, "$"]
    for size in (1, 2, 3):
        for at in range(len(framed) - size + 1):
            yield " ".join(framed[at : at + size])
    yield f"begins {' '.join(words[:4])}"
    yield f"whole {' '.join(words)}"


def _flags(clause: Clause, now: Situation) -> Iterator[str]:
    slots, words = clause.slots, len(clause.text.split())
    for name in _SETTING:
        if getattr(slots, name):
            yield name
    if _bounded(slots):
        yield "price"
    if set(slots.product_types) & set(now.need_types):
        yield "same type"
    yield f"soft {min(len(slots.soft), 3)}"
    yield f"points {clause.reference.kind}{' many' if clause.reference.plural else ''}"
    yield f"asks {min(len(clause.asked), 2)}"
    yield f"words {min(words, 12) // 2}"
    for name in ("shown", "has_need", "focused", "cart", "added", "ordered"):
        if getattr(now, name):
            yield f"now {name}"
    if clause.text.endswith("?"):
        yield "question"


def _bounded(slots: Slots) -> bool:
    return slots.price_min is not None or slots.price_max is not None
