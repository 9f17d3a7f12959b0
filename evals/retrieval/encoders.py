"""Text encoders for measuring speed: one that tells how long it took, one that costs next to nothing."""

from collections.abc import Sequence
from time import perf_counter
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from retrieval.cache import Tally
from retrieval.encode import TextEncoder
from retrieval.minilm import WIDTH

_REMEMBERED = 100_000
_NUMBER_WEIGHT = 0.3  # codes and sizes tell products of one kind apart a little


class TimedEncoder(TextEncoder):
    """Another encoder, with the seconds its `encode` has taken so far."""

    def __init__(self, encoder: TextEncoder) -> None:
        self._encoder = encoder
        self.tally = encoder.tally
        self.seconds = 0.0

    async def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """See TextEncoder."""
        began = perf_counter()
        vectors = await self._encoder.encode(texts)
        self.seconds += perf_counter() - began
        return vectors

    async def encode_query(self, text: str) -> NDArray[np.float32]:
        """See TextEncoder."""
        return await self._encoder.encode_query(text)

    def is_word(self, word: str) -> bool:
        """See TextEncoder."""
        return self._encoder.is_word(word)


class HashedEncoder(TextEncoder):
    """Sums a direction for each word, for shops too large to encode: vectors of the same size and little sense."""

    def __init__(self) -> None:
        self._directions: dict[str, NDArray[np.float32]] = {}
        self.tally = Tally()

    async def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """See TextEncoder."""
        return np.array([self._vector(text) for text in texts], dtype=np.float32).reshape(-1, WIDTH)

    async def encode_query(self, text: str) -> NDArray[np.float32]:
        """See TextEncoder."""
        return self._vector(text)

    def is_word(self, word: str) -> bool:
        """See TextEncoder."""
        return False

    def _vector(self, text: str) -> NDArray[np.float32]:
        total = np.sum([self._direction(word) for word in text.casefold().split()] or [np.ones(WIDTH)], axis=0)
        return (total / np.linalg.norm(total)).astype(np.float32)

    def _direction(self, word: str) -> NDArray[np.float32]:
        if word not in self._directions:
            if len(self._directions) >= _REMEMBERED:
                self._directions.clear()
            weight = _NUMBER_WEIGHT if any(sign.isdigit() for sign in word) else 1.0
            drawn = np.random.default_rng(crc32(word.encode())).standard_normal(WIDTH)
            self._directions[word] = (weight * drawn).astype(np.float32)
        return self._directions[word]
