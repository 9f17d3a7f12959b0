"""Trains the tagger: an averaged structured perceptron over queryner's training queries, bare and inside sentences."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import numpy as np
from numpy.typing import NDArray

from assistant.compact.tagger import BUCKETS, LABELS, OTHER, Tagger, allowed, best_chain, described
from assistant.train.corpora import lines_of

# Which types of queryner are which slots of ours; its other twelve types are left out.
SLOT_OF = {
    "core_product_type": "product_types",
    "color": "colours",
    "material": "materials",
    "creator": "brands",
    "UoM": "sizes",
    "price": "price",
}
_WRAPPED = 0.35  # Share of queries that also stand inside a sentence.
_BEFORE = (
    "i'm looking for a", "i need", "do you have any", "show me some", "can you find me a", "i want to buy a",
    "looking for", "hi, do you sell", "i would like", "please find me", "what about", "any", "have you got a",
)  # fmt: skip
_AFTER = ("", "", "", "please", "?", "for my mother", "if you have it", "thanks")


@dataclass(frozen=True, slots=True)
class _Tagged:
    buckets: list[tuple[int, ...]]
    labels: list[int]


def train_tagger(data: Path, seed: int, epochs: int, told: Callable[[str], None]) -> Tagger:
    """Return a tagger; the same data and seed give the same bytes.

    Args:
        data: Folder with queryner.
        seed: Decides order and sentences.
        epochs: How often each query is seen.
        told: Told after each epoch.

    Raises:
        SettingsError: queryner is not there.
    """
    random = Random(seed)
    rows = [json.loads(line) for line in lines_of(data / "queryner" / "train.jsonl")]
    tagged = [one for row in rows for one in _each(row["tokens"], row["labels"], random)]
    weights = np.zeros((BUCKETS, len(LABELS)), dtype=np.float32)
    steps = np.zeros((len(LABELS), len(LABELS)), dtype=np.float32)
    weighed, stepped, barred = np.zeros_like(weights), np.zeros_like(steps), allowed()
    count = 1
    for epoch in range(epochs):
        random.shuffle(tagged)
        for one in tagged:
            scores = np.stack([weights[list(buckets)].sum(axis=0) for buckets in one.buckets])
            guess = best_chain(scores, steps + barred)
            if guess != one.labels:
                _learn(one, guess, (weights, weighed), (steps, stepped), count)
            count += 1
        told(f"tagger: {epoch + 1} of {epochs}")
    total = np.float32(count)
    mean, stepping = weights - weighed / total, steps - stepped / total
    return Tagger(mean.astype(np.float32), stepping.astype(np.float32))


Pair = tuple[NDArray[np.float32], NDArray[np.float32]]


def _learn(one: _Tagged, guess: Sequence[int], weights: Pair, steps: Pair, count: int) -> None:
    """Move towards the right chain and away from the guess, in the weights and in what averages them."""
    for at, (right, wrong) in enumerate(zip(one.labels, guess, strict=True)):
        if right != wrong:
            rows = list(one.buckets[at])
            for array, size in zip(weights, (1.0, float(count)), strict=True):
                array[rows, right] += size
                array[rows, wrong] -= size
        if at:
            for array, size in zip(steps, (1.0, float(count)), strict=True):
                array[one.labels[at - 1], right] += size
                array[guess[at - 1], wrong] -= size


def _each(words: Sequence[str], labels: Sequence[str], random: Random) -> list[_Tagged]:
    numbers = [LABELS.index(_ours(label)) for label in labels]
    found = [_Tagged(described(words), numbers)]
    if random.random() < _WRAPPED:
        before, after = random.choice(_BEFORE).split(), random.choice(_AFTER).split()
        around = [*before, *words, *after]
        found.append(_Tagged(described(around), [0] * len(before) + numbers + [0] * len(after)))
    return found


def _ours(label: str) -> str:
    if label == "O":
        return label
    return f"{label[:2]}{SLOT_OF.get(label[2:], OTHER)}"
