"""The trained heads: from a clause's vector and features to the chance of every intent, calibrated."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from assistant.compact.features import BUCKETS, MOMENTS, Features
from assistant.compact.meaning import Intent

RULE_OFFSET = 2.5
"""Log odds that a rule's word is worth before anything is learned."""
LEXICAL = 1.0
"""Value of a bucket that is there."""
VECTOR = 3.0
"""Factor of the sentence vector, so that both learn at one pace."""


class Encoder(Protocol):
    """Turns texts into unit rows; `retrieval.encode.TextEncoder` is one."""

    async def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return (len(texts), width) unit rows."""
        ...

    async def encode_query(self, text: str) -> NDArray[np.float32]:
        """Return one (width,) unit row."""
        ...


@dataclass(frozen=True, slots=True)
class Weights:
    """What training leaves.

    Args:
        labels: Name of each class: the intents, and 'lead_in' for words that only introduce a wish.
        vector: (1 + len(MOMENTS), width, classes): of the sentence vector, in general and in each moment.
        buckets: (BUCKETS, classes).
        bias: (classes,).
        temperature: Divides the log odds.
        said: Rising chances as the softmax states them, the first 0, the last 1.
        true: For each of `said`, how often the class was right on sentences held out.
        threshold: Calibrated chance from which a turn is kept; below it is handed on or asked about.
    """

    labels: tuple[str, ...]
    vector: NDArray[np.float32]
    buckets: NDArray[np.float32]
    bias: NDArray[np.float32]
    temperature: float = 1.0
    said: tuple[float, ...] = (0.0, 1.0)
    true: tuple[float, ...] = (0.0, 1.0)
    threshold: float = 0.5

    def logits(self, vector: NDArray[np.float32], found: Features, ruled: Intent | None) -> NDArray[np.float32]:
        """Return (classes,) log odds for a clause's (width,) unit vector."""
        lexical = self.buckets[list(found.buckets)].sum(axis=0) * LEXICAL
        scores = self.bias + lexical + (vector * VECTOR) @ (self.vector[0] + self.vector[1 + found.moment])
        if ruled is not None:
            scores[self.labels.index(ruled)] += RULE_OFFSET
        return scores / self.temperature

    def calibrated(self, chance: float) -> float:
        """Return how often a class stated with this chance is right."""
        return float(np.interp(chance, self.said, self.true))

    def parts(self) -> dict[str, NDArray[Any]]:
        """Return arrays to keep: 8-bit bucket weights, 16-bit vector weights, and the rest as JSON."""
        scale: NDArray[np.float32] = np.abs(self.buckets).max(axis=0) / np.float32(127.0) + np.float32(1e-12)
        told = {
            "labels": self.labels,
            "temperature": self.temperature,
            "said": self.said,
            "true": self.true,
            "threshold": self.threshold,
        }
        return {
            "buckets": np.asarray(np.rint(self.buckets / scale), dtype=np.int8),
            "scale": scale,
            "vector": self.vector.astype(np.float16),
            "bias": self.bias.astype(np.float32),
            "told": np.frombuffer(json.dumps(told).encode(), dtype=np.uint8),
        }


def weights_of(parts: Mapping[str, NDArray[Any]]) -> Weights:
    """Return the weights that were kept as these arrays.

    Raises:
        KeyError: An array is missing.
        ValueError: The arrays are of another version.
    """
    told = json.loads(parts["told"].tobytes())
    buckets = parts["buckets"].astype(np.float32) * parts["scale"]
    vector = parts["vector"].astype(np.float32)
    if buckets.shape[0] != BUCKETS or vector.shape[0] != 1 + len(MOMENTS):
        raise ValueError("they are of another version")
    labels, said, true = (tuple(told[name]) for name in ("labels", "said", "true"))
    return Weights(labels, vector, buckets, parts["bias"], told["temperature"], said, true, told["threshold"])
