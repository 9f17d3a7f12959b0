"""Finds words for things, colours, materials, brands, sizes and prices in a message, whatever a catalogue names."""

import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.compact.lexicon import NEAR_COLOUR, SAME_MATERIAL, SAME_TYPE, WIDER_MATERIAL, WIDER_TYPE

BUCKETS = 32_768
SLOTS = ("product_types", "colours", "materials", "brands", "sizes", "price")
OTHER = "other"
LABELS = ("O", *(f"{mark}-{name}" for name in (*SLOTS, OTHER) for mark in ("B", "I")))
_NEVER = -1e4
_MOST = 64  # Words that are read; longer messages hardly name more.
_SPACE = re.compile(r"\S+")
_EDGES = ".,;:!?()\"'"
_MATERIALS = ("leather", "cotton", "silk", "linen", "velvet", "wool", "glass", "plastic", "steel", "marble")
_UNITS = frozenset(
    [
        "cm",
        "mm",
        "m",
        "inch",
        "inches",
        "in",
        "ft",
        "feet",
        "oz",
        "ounce",
        "ounces",
        "lb",
        "lbs",
        "kg",
        "g",
        "ml",
        "l",
        "liter",
        "liters",
        "gallon",
        "gallons",
        "pack",
        "count",
        "ct",
        "size",
        "xl",
        "xs",
        "s",
        "xxl",
        "small",
        "medium",
        "large",
        "king",
        "queen",
        "twin",
        "full",
        "yard",
        "yards",
        "watt",
        "watts",
        "w",
        "v",
        "volt",
        "volts",
        "gb",
        "tb",
        "mah",
        "month",
        "months",
        "year",
        "years",
        '"',
    ]
)


@dataclass(frozen=True, slots=True)
class Entity:
    """Words of the message as they were written, and the slot they belong to."""

    slot: str
    text: str


@dataclass(frozen=True, slots=True)
class Tagger:
    """A linear chain over hashed word features.

    Args:
        weights: (BUCKETS, labels).
        steps: (labels, labels) from the label before to the label after.
    """

    weights: NDArray[np.float32]
    steps: NDArray[np.float32]

    def entities(self, text: str) -> list[Entity]:
        """Return what a message names, from left to right, at most once each."""
        spans = [match.span() for match in _SPACE.finditer(text)][:_MOST]
        words = [text[start:end].strip(_EDGES) for start, end in spans]
        kept = [(word, span) for word, span in zip(words, spans, strict=True) if word]
        labels = self.labels([word for word, _ in kept])
        found: list[tuple[str, list[str]]] = []
        for (word, _), label in zip(kept, labels, strict=True):
            name = LABELS[label]
            if name.startswith("B-"):
                found.append((name[2:], [word]))
            elif name.startswith("I-") and found:
                found[-1][1].append(word)
            elif found and found[-1][0] != "O":
                found.append(("O", []))
        told = [Entity(slot, " ".join(parts)) for slot, parts in found if slot in SLOTS]
        return list(dict.fromkeys(told))

    def labels(self, words: Sequence[str]) -> list[int]:
        """Return the best chain of labels, indexes into LABELS."""
        if not words:
            return []
        scores = np.stack([self.weights[list(buckets)].sum(axis=0) for buckets in described(words)])
        return best_chain(scores, self.steps + allowed())

    def parts(self) -> dict[str, NDArray[Any]]:
        """Return arrays to keep: 8-bit weights and their scale, and the steps."""
        scale = np.array([np.abs(self.weights).max() / 127.0 + 1e-12], dtype=np.float32)
        return {
            "tag_weights": np.asarray(np.rint(self.weights / scale), dtype=np.int8),
            "tag_scale": scale,
            "tag_steps": self.steps.astype(np.float32),
        }


def tagger_of(parts: Mapping[str, NDArray[Any]]) -> Tagger:
    """Return the tagger that was kept as these arrays.

    Raises:
        KeyError: An array is missing.
        ValueError: The arrays are of another version.
    """
    weights = parts["tag_weights"].astype(np.float32) * parts["tag_scale"]
    if weights.shape != (BUCKETS, len(LABELS)):
        raise ValueError("they are of another version")
    return Tagger(weights, parts["tag_steps"])


def described(words: Sequence[str]) -> list[tuple[int, ...]]:
    """Return for each word its distinct buckets."""
    plain = [word.casefold() for word in words]
    padded = ["^^", "^", *plain, "$", "$$"]
    each = (set(_named(padded, at + 2, len(plain))) for at in range(len(plain)))
    return [tuple(sorted({zlib.crc32(name.encode()) % BUCKETS for name in names})) for names in each]


def best_chain(scores: NDArray[np.float32], steps: NDArray[np.float32]) -> list[int]:
    """Return the labels of the highest sum of (n, labels) word scores and (labels, labels) steps."""
    total = scores[0] + _first()
    back: list[NDArray[np.int64]] = []
    for row in scores[1:]:
        reached = total[:, None] + steps
        back.append(reached.argmax(axis=0))
        total = reached.max(axis=0) + row
    chain = [int(total.argmax())]
    for came in reversed(back):
        chain.append(int(came[chain[-1]]))
    return chain[::-1]


def allowed() -> NDArray[np.float32]:
    """Return (labels, labels) nothing for a step that may be, very little for one into the middle of another span."""
    table = np.zeros((len(LABELS), len(LABELS)), dtype=np.float32)
    for after, name in enumerate(LABELS):
        if name.startswith("I-"):
            table[:, after] = _NEVER
            for mark in ("B-", "I-"):
                table[LABELS.index(mark + name[2:]), after] = 0.0
    return table


def _first() -> NDArray[np.float32]:
    return np.array([_NEVER if name.startswith("I-") else 0.0 for name in LABELS], dtype=np.float32)


def _named(padded: Sequence[str], at: int, count: int) -> Iterator[str]:
    word, before, after = padded[at], padded[at - 1], padded[at + 1]
    shape = re.sub(r"[a-z]+", "a", re.sub(r"\d+", "9", word))
    yield f"w {word}"
    yield f"w-1 {before}"
    yield f"w+1 {after}"
    yield f"w-2 {padded[at - 2]}"
    yield f"w+2 {padded[at + 2]}"
    yield f"pair {before} {word}"
    yield f"pair+ {word} {after}"
    yield f"around {before} {after}"
    for size in (2, 3, 4):
        yield f"end {word[-size:]}"
        yield f"begin {word[:size]}"
    yield f"end-1 {before[-3:]}"
    yield f"end+1 {after[-3:]}"
    yield f"shape {shape} {_kind(after)}"
    yield f"kinds {_kind(before)} {_kind(word)} {_kind(after)}"
    yield f"kind {_kind(word)}"
    yield f"place {at == 2} {at == count + 1} {min(count, 6)}"
    yield f"last {at == count + 1} {word[-3:]}"
    yield "bias"


def _kind(word: str) -> str:
    if any(letter.isdigit() for letter in word):
        return "money" if word[0] in "$€£" else "number"
    if word in _UNITS:
        return "unit"
    return _KINDS.get(word) or _KINDS.get(word.removesuffix("s"), "")


def _kinds() -> dict[str, str]:
    kinds: dict[str, str] = {}
    for phrase in (*(one for group in SAME_TYPE for one in group), *WIDER_TYPE):
        kinds[phrase.split()[-1].removesuffix("s")] = "type"
    groups = (one for group in SAME_MATERIAL for one in group)
    for phrase in (*groups, *WIDER_MATERIAL, *WIDER_MATERIAL["wood"], *_MATERIALS):
        kinds[phrase] = "material"
    for phrase in (*NEAR_COLOUR, "gray", "colored", "multicolor"):
        kinds[phrase] = "colour"
    return kinds


_KINDS = _kinds()
