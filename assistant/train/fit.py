"""Fits the heads: a multinomial logistic regression over sentence vectors and hashed word patterns, in plain numpy."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.compact.features import BUCKETS, MOMENTS
from assistant.compact.heads import LEXICAL, RULE_OFFSET, VECTOR, Weights

_BATCH = 512
_RATE = 0.05  # Slow on purpose: weights that fit our own patterns closely read other shoppers' words worse.
_START = 1e-6  # Of the squares that slow a weight down.
_ALL = slice(None)
_BLIND = 0.35  # Share of sentences that in an epoch show no word patterns, so that the meaning must do.
_BLUR = 0.1  # Share that shows no vector.

Array = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Examples:
    """Sentences as numbers; row i of each belongs together.

    Args:
        vectors: (n, width) unit rows.
        buckets: For each its distinct buckets.
        moments: (n,) indexes into MOMENTS.
        ruled: (n,) class a rule stated, -1 for none.
        classes: (n,) the class that is right.
        groups: (n,) the pattern or corpus a sentence came from; groups are held out whole.
        weights: (n,) how much each counts.
    """

    vectors: Array
    buckets: Sequence[tuple[int, ...]]
    moments: NDArray[np.int64]
    ruled: NDArray[np.int64]
    classes: NDArray[np.int64]
    groups: NDArray[np.int64]
    weights: Array

    def take(self, rows: NDArray[np.int64]) -> "Examples":
        """Return these rows."""
        return Examples(
            self.vectors[rows],
            [self.buckets[int(row)] for row in rows.tolist()],
            self.moments[rows],
            self.ruled[rows],
            self.classes[rows],
            self.groups[rows],
            self.weights[rows],
        )


class _Learned:
    """An array of weights that learns by Adagrad, row by row."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        self.value = np.zeros(shape, dtype=np.float32)
        self._square = np.full(shape, _START, dtype=np.float32)

    def step(self, slope: Array, rows: NDArray[np.int64] | slice = _ALL) -> None:
        """Follow a slope of these rows downhill."""
        self._square[rows] += slope * slope
        self.value[rows] -= _RATE * slope / np.sqrt(self._square[rows])


def fit(examples: Examples, labels: Sequence[str], seed: int, epochs: int, told: Callable[[int], None]) -> Weights:
    """Return fitted weights; the same examples, seed and machine give the same.

    Args:
        examples: To learn from.
        labels: Name of each class.
        seed: Decides order and what is hidden when.
        epochs: How often each sentence is seen.
        told: Told after each epoch how many are done.
    """
    random = np.random.default_rng(seed)
    width, classes = examples.vectors.shape[1], len(labels)
    vector = [_Learned((width, classes)) for _ in range(1 + len(MOMENTS))]
    lexical, bias = _Learned((BUCKETS, classes)), _Learned((classes,))
    for epoch in range(epochs):
        order = random.permutation(len(examples.classes))
        for start in range(0, len(order), _BATCH):
            batch = examples.take(order[start : start + _BATCH])
            seen = (random.random(len(batch.classes)) >= _BLIND).astype(np.float32)[:, None]
            vectors = batch.vectors * (VECTOR * (random.random(len(batch.classes)) >= _BLUR))[:, None]
            weights = [each.value for each in vector]
            words = _Words(batch.buckets)
            scores = _dense(vectors, batch.moments, weights) + words.scores(lexical.value) * seen + bias.value
            slope = _slope((scores + offsets(batch.ruled, classes)).astype(np.float32), batch.classes, batch.weights)
            vector[0].step((vectors.T @ slope).astype(np.float32))
            for moment in range(len(MOMENTS)):
                here = batch.moments == moment
                vector[1 + moment].step((vectors[here].T @ slope[here]).astype(np.float32))
            rows, sums = words.slopes(slope * seen)
            lexical.step(sums, rows)
            bias.step(slope.sum(axis=0))
        told(epoch + 1)
    return Weights(tuple(labels), np.stack([each.value for each in vector]), lexical.value, bias.value)


class _Words:
    """The word patterns of a batch, laid end to end."""

    def __init__(self, buckets: Sequence[tuple[int, ...]]) -> None:
        sizes = np.array([len(each) for each in buckets])
        self._flat = np.array([bucket for each in buckets for bucket in each], dtype=np.int64)
        self._rows = np.repeat(np.arange(len(buckets)), sizes)
        self._starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])

    def scores(self, weights: Array) -> Array:
        """Return (n, classes) what the patterns add to the log odds."""
        return np.add.reduceat(weights[self._flat], self._starts, axis=0) * np.float32(LEXICAL)

    def slopes(self, slope: Array) -> tuple[NDArray[np.int64], Array]:
        """Return the buckets that occur and for each its slope."""
        order = np.argsort(self._flat, kind="stable")
        rows, starts = np.unique(self._flat[order], return_index=True)
        return rows, np.add.reduceat(slope[self._rows[order]] * np.float32(LEXICAL), starts, axis=0)


def scores_of(examples: Examples, weights: Weights) -> Array:
    """Return (n, classes) log odds of examples, before temperature."""
    classes = len(weights.labels)
    out = np.zeros((len(examples.classes), classes), dtype=np.float32)
    for start in range(0, len(out), _BATCH):
        rows = np.arange(start, min(start + _BATCH, len(out)))
        batch = examples.take(rows)
        dense = _dense(batch.vectors * np.float32(VECTOR), batch.moments, list(weights.vector))
        lexical = _Words(batch.buckets).scores(weights.buckets)
        out[rows] = dense + lexical + weights.bias + offsets(batch.ruled, classes)
    return out


def _dense(vectors: NDArray[Any], moments: NDArray[np.int64], weights: Sequence[Array]) -> Array:
    scores = vectors @ weights[0]
    for moment in range(len(MOMENTS)):
        here = moments == moment
        scores[here] += vectors[here] @ weights[1 + moment]
    return scores.astype(np.float32)


def offsets(ruled: NDArray[np.int64], classes: int) -> Array:
    """Return (n, classes) what the rules' words are worth."""
    out = np.zeros((len(ruled), classes), dtype=np.float32)
    known = np.flatnonzero(ruled >= 0)
    out[known, ruled[known]] = RULE_OFFSET
    return out


def softmax(scores: Array) -> Array:
    """Return chances of (n, classes) log odds."""
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    return raised / raised.sum(axis=1, keepdims=True)


def _slope(scores: Array, classes: NDArray[np.int64], weights: Array) -> Array:
    chances = softmax(scores)
    chances[np.arange(len(classes)), classes] -= 1.0
    return chances * (weights / weights.sum())[:, None]
