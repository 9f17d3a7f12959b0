"""Holds one answer against one labelled message: what is right, missing and too much."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import NamedTuple, cast

from rapidfuzz.distance import OSA

from evals.understanding.answer import (
    LISTED,
    PRICES,
    Answer,
    asked_of,
    materials_of,
    price_of,
    soft_of,
    types_of,
    wide,
    words_of,
)
from evals.understanding.development import Utterance
from retrieval.demo import generate

NEIGHBOURS = frozenset(
    frozenset(pair)
    for pair in (
        ("search", "refine"),
        ("search", "find_similar"),
        ("refine", "find_similar"),
        ("ask_attribute", "compare"),
        ("add_to_cart", "buy"),
        ("refine", "answer_clarification"),
    )
)
SLOTS = (*LISTED, *PRICES, "soft")
# Intents that soft words serve; elsewhere they are not judged.
_FINDING = frozenset(
    {"search", "refine", "find_similar", "goes_with", "recommend", "board", "remember", "answer_clarification"}
)
_FUZZY_FROM = 5  # letters from which one slip of the shopper's is the same soft word
# Things that messages of the set ask for and the shop has not; no slot is theirs.
_NOT_SOLD = frozenset({
    "apron", "bedding", "candle", "card", "chef", "curtain", "frying", "helmet", "holder", "kettle", "knife", "mug",
    "motorbike", "pan", "plant", "short", "sock", "stroller", "tent", "wallet", "xyz123",
})  # fmt: skip


class Counts(NamedTuple):
    """Values of a label and an answer: in both, in the answer alone, in the label alone."""

    right: int = 0
    extra: int = 0
    missed: int = 0


@dataclass(frozen=True, slots=True)
class Judged:
    """One message judged.

    Args:
        wanted: The label's first intent.
        got: The answer's.
        sure: The answer's confidence in [0, 1].
        intents: Over the set of intents.
        slots: By slot; slots that neither names are left out.
        asked: None where the label names nothing asked.
        pointed: Whether exactly the things meant are named; None where nothing shown is meant.
        pointed_idly: Whether something is pointed at although nothing is meant; None where something is.
    """

    wanted: str
    got: str
    sure: float
    intents: Counts
    slots: Mapping[str, Counts] = field(default_factory=dict[str, Counts])
    asked: Counts | None = None
    pointed: bool | None = None
    pointed_idly: bool | None = None

    @property
    def right(self) -> bool:
        """Whether the first intent is the label's."""
        return self.wanted == self.got

    @property
    def near(self) -> bool:
        """Whether the first intent is the label's or its neighbour."""
        return self.right or frozenset({self.wanted, self.got}) in NEIGHBOURS


def judge(one: Utterance, answer: Answer) -> Judged:
    """Judge an answer to a message."""
    meant, named = frozenset(one.refers_to), frozenset(answer.refers_to)
    return Judged(
        wanted=one.intents[0],
        got=answer.first,
        sure=answer.confidence,
        intents=_counts(frozenset(one.intents), frozenset(answer.intents)),
        slots={} if one.intents[0] == "out_of_scope" else _slots(one, answer.slots),
        asked=_counts(asked_of(one.asked), asked_of(answer.asked)) if one.asked else None,
        pointed=meant == named if meant else None,
        pointed_idly=bool(named) if one.shown and not meant else None,
    )


def _slots(one: Utterance, answer: Mapping[str, object]) -> dict[str, Counts]:
    label = one.slots
    wanted, got, soft = words_of(label), words_of(answer), soft_of(answer) - _NOT_SOLD
    found: dict[str, Counts] = {}
    for name in LISTED:
        want, have = wanted.get(name, frozenset[str]()), got.get(name, frozenset[str]())
        if name.endswith("product_types"):
            have = types_of(have, want, _types())
        if name.endswith("materials"):
            have = materials_of(have)
            soft |= wide(have - want)
            have -= wide(have - want)
        found[name] = _counts(want, have)
    for name in PRICES:
        found[name] = _price(label.get(name), price_of(answer, name))
    if _FINDING.intersection(one.intents):
        found["soft"] = _soft(soft_of(label), soft)
    return {name: counts for name, counts in found.items() if any(counts)}


def _counts(wanted: frozenset[str], got: frozenset[str]) -> Counts:
    return Counts(len(wanted & got), len(got - wanted), len(wanted - got))


def _price(wanted: object, got: int | None) -> Counts:
    """Judge a bound; a label of two accepts what lies between."""
    if wanted is None or got is None:
        return Counts(0, int(got is not None), int(wanted is not None))
    bounds = cast(Sequence[int], wanted) if isinstance(wanted, list | tuple) else (cast(int, wanted),)
    return Counts(1) if min(bounds) <= got <= max(bounds) else Counts(0, 1, 1)


def _soft(wanted: frozenset[str], got: frozenset[str]) -> Counts:
    missed, extra = set(wanted - got), set(got - wanted)
    for word in sorted(missed):
        alike = next((w for w in sorted(extra) if len(w) >= _FUZZY_FROM and OSA.distance(w, word) <= 1), None)
        if alike is not None:
            missed.remove(word)
            extra.remove(alike)
    return Counts(len(wanted) - len(missed), len(extra), len(missed))


@cache
def _types() -> frozenset[str]:
    return frozenset(entry.product.product_type for entry in generate().entries)
