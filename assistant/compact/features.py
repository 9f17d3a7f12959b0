"""Turns a clause in its turn into numbers for the trained heads: word patterns, flags, and what they follow."""

import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from assistant.compact.intents import Situation
from assistant.compact.meaning import Clause, Intent, Slots
from assistant.compact.terms import Terms
from assistant.compact.wordforms import Token, tokens

BUCKETS = 32_768
MOMENTS = ("fresh", "going on", "told", "cart", "ordered", "which", "need", "yes or no")
"""What a clause follows: nothing, products or a search, facts, a change to the cart, an order, or a question."""

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
# "How about the white couch?" offers; whatever follows answers no question.
_OFFERS = re.compile(
    r"^(?:(?:and|or|so|then|well|sure|ok|great)[, ]+)*(?:what|how) about\b(?! (?:your|a price|the (?:price|size|"
    r"budget)))"
)
_NEED = re.compile(r"\bbudget\b|\boccasion\b|\bin mind\b|\bprefer(?:ence)?\b|\bprice range\b|\bparticular\b")
# What the assistant's words tell where nothing else of the conversation is known.
_CARTED = re.compile(
    r"\b(?:added|put|adding|placed)\b.*\b(?:cart|basket|bag)\b|\b(?:in )?your (?:cart|basket|bag)\b|\bcart:|^added\b|"
    r"\b(?:removed|taken) .*|\b(?:cart|basket) (?:is|has|holds)\b"
)
_ORDERED = re.compile(
    r"\b(?:ordered|order (?:is|was|has been) (?:placed|confirmed)|placed your order|your orders?\b|orders?:|delivered|"
    r"on its way|on the way|dispatched|shipped)"
)
_FACT = re.compile(
    r"[$€£]\s?\d|\bcosts?\b|\brat(?:ed|ing)\b|\breviews?\b|\bmade (?:of|from|by)\b|\bcomes? in\b|\bin stock\b|"
    r"\bavailable in\b|\bpriced\b|\b\d+ cm\b"
)
_LONGEST = 24  # Words of a clause that are looked at; more say little more.
_SETTING = ("product_types", "departments", "colours", "materials", "sizes", "brands", "styles", "not_colours",
            "not_materials", "not_product_types", "sort", "relative", "quantity", "in_stock")  # fmt: skip
_KNOWN = ("shown", "has_need", "focused", "cart", "added", "ordered")
_FACETS = ("product_types", "colours", "materials", "brands")


@dataclass(frozen=True, slots=True)
class Turn:
    """What surrounds a clause.

    Args:
        now: The conversation before it.
        said: The assistant's words before it, normalised.
        terms: The catalogue's words, which stand for their field: one pattern serves every shop.
        before: The clause before it in the same message, "" for the first.
        after: The clause after it, "" for the last.
    """

    now: Situation
    said: str
    terms: Terms
    before: str = ""
    after: str = ""

    @property
    def asked(self) -> Asking:
        """What the assistant asked."""
        return asking(self.said)


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
    last = _last(said)
    if _OFFERS.match(last) or (not last.endswith("?") and not _WHICH.search(last)):
        return ""
    if _OPTION.search(last):
        return "need" if "looking for" in last else "option"
    if _WHICH.search(last):
        return "which"
    return "yes or no" if _YES.match(last) and not _NEED.search(last) else "need"


def overheard(now: Situation, said: str) -> Situation:
    """Return a situation with what only the assistant's words tell: that something is in the cart, or was ordered.

    Args:
        now: As records tell it.
        said: The assistant's message, normalised.
    """
    carted = _CARTED.search(said) is not None
    return replace(
        now,
        cart=now.cart or carted,
        added=now.added or (carted and "added" in said),
        ordered=now.ordered or (not carted and _ORDERED.search(said) is not None),
    )


def features(clause: Clause, turn: Turn, ruled: Intent | None) -> Features:
    """Describe a clause.

    Args:
        clause: As read, its intent not yet known.
        turn: What surrounds it.
        ruled: What rules made of it.
    """
    moment = _moment(turn)
    names = set(_named(clause, turn, ruled, moment))
    return Features(tuple(sorted({zlib.crc32(name.encode()) % BUCKETS for name in names})), moment)


def _last(said: str) -> str:
    return re.split(r"(?<=[.!?])\s+", said.strip())[-1] if said else ""


def _moment(turn: Turn) -> int:
    asked, now = turn.asked, turn.now
    if asked in {"which", "option"}:
        return MOMENTS.index("which")
    if asked:
        return MOMENTS.index(asked)
    if _ORDERED.search(turn.said) and now.ordered:
        return MOMENTS.index("ordered")
    if _CARTED.search(turn.said):
        return MOMENTS.index("cart")
    if _FACT.search(turn.said):
        return MOMENTS.index("told")
    return MOMENTS.index("going on" if now.shown or now.has_need else "fresh")


def _named(clause: Clause, turn: Turn, ruled: Intent | None, moment: int) -> Iterator[str]:
    asked, words = turn.asked, _skeleton(clause.text, turn.terms)
    for pattern in _patterns(words):
        yield pattern
        yield f"{moment}|{pattern}"
    for flag in _flags(clause, turn.now):
        yield f"flag {flag}"
        yield f"flag {moment} {flag}"
        yield f"flag {asked} {flag}"
    yield f"rule {ruled} {moment}"
    yield f"asked {asked} {clause.reference.kind}"
    yield from _around(turn, ruled)


def _around(turn: Turn, ruled: Intent | None) -> Iterator[str]:
    """Yield the words before and after, which tell lead-ins from wishes and answers from new business."""
    for name, text in (("before", turn.before), ("after", turn.after)):
        words = _skeleton(text, turn.terms)[:8]
        yield f"{name} {'some' if words else 'none'} {ruled}"
        for size in (1, 2):
            for at in range(len(words) - size + 1):
                yield f"{name} {' '.join(words[at : at + size])}"


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
    slots, length = clause.slots, len(clause.text.split())
    yield from (name for name in _SETTING if getattr(slots, name))
    if _bounded(slots):
        yield "price"
    if set(slots.product_types) & set(now.need_types):
        yield "same type"
    yield from _seen(slots, now)
    yield f"soft {min(len(slots.soft), 3)}"
    yield f"points {clause.reference.kind}{' many' if clause.reference.plural else ''}"
    yield f"asks {min(len(clause.asked), 2)}"
    yield f"words {min(length, 12) // 2}"
    yield from (f"now {name}" for name in _KNOWN if getattr(now, name))
    if clause.text.endswith("?"):
        yield "question"


def _seen(slots: Slots, now: Situation) -> Iterator[str]:
    """Yield whether what is named is on screen: 'the green one' points there, 'in green' mostly looks for more."""
    for name in _FACETS if now.facets else ():
        if words := set(getattr(slots, name)):
            yield f"{name} {'on screen' if words & now.facets else 'not on screen'}"


def _bounded(slots: Slots) -> bool:
    return slots.price_min is not None or slots.price_max is not None
