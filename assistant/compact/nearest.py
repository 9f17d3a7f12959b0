"""Decides by likeness: the intent whose example phrasings lie nearest to a clause."""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from assistant.compact.meaning import Intent
from assistant.compact.phrasings import PHRASINGS

_TOP = 2  # A single odd example must not decide alone.


class Encoder(Protocol):
    """Turns texts into unit rows; `retrieval.encode.TextEncoder` is one."""

    async def encode(self, texts: list[str]) -> NDArray[np.float32]:
        """Return (len(texts), width) unit rows."""
        ...

    async def encode_query(self, text: str) -> NDArray[np.float32]:
        """Return one (width,) unit row."""
        ...


class Nearest:
    """Example phrasings, encoded once on first use."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._intents: list[Intent] = []
        self._rows: NDArray[np.float32] | None = None

    async def warm(self) -> None:
        """Encode the examples, about a second on one core; later calls return at once."""
        await self._examples()

    async def rank(self, text: str) -> list[tuple[Intent, float]]:
        """Return intents with their likeness to the text, best first; likeness is a cosine in [-1, 1]."""
        rows = await self._examples()
        scores = rows @ await self._encoder.encode_query(text)
        ranked: list[tuple[Intent, float]] = []
        for intent in PHRASINGS:
            own = np.sort(scores[[i for i, name in enumerate(self._intents) if name == intent]])[::-1][:_TOP]
            ranked.append((intent, float(own[0] * 0.7 + own.mean() * 0.3)))
        return sorted(ranked, key=lambda pair: -pair[1])

    async def _examples(self) -> NDArray[np.float32]:
        if self._rows is None:
            self._intents = [intent for intent, texts in PHRASINGS.items() for _ in texts]
            self._rows = await self._encoder.encode([text for texts in PHRASINGS.values() for text in texts])
        return self._rows
