"""Weighs how much of a query the catalogue can meet: which words name something sold, and which types are meant."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from retrieval.encode import TextEncoder
from retrieval.filters import All
from retrieval.index import NAMES, WORDS, Ask, Matching, VectorIndex
from retrieval.lexicon import Lexicon, Query, only

_CHECKED_WORDS = 16
_MEANT_COSINE = 0.5  # below this a query and a type's name have little to do with each other
_MEANT_MARGIN = 0.1  # how far behind the best type the second may be


@dataclass(slots=True)
class Reader:
    """One edition of the catalogue and what is needed to ask it; what was learned of it is remembered here."""

    index: VectorIndex
    encoder: TextEncoder
    lexicon: Lexicon
    type_vectors: dict[str, NDArray[np.float32]] = field(default_factory=dict[str, NDArray[np.float32]])
    held: dict[int, tuple[bool, bool]] = field(default_factory=dict[int, tuple[bool, bool]])  # token: (any, names)
    pairs: dict[str, tuple[str, ...]] | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the catalogue knows of a query, whatever the filters."""

    unknown_words: tuple[str, ...] = ()
    named_words: tuple[str, ...] = ()
    types: tuple[tuple[str, float], ...] = ()  # the two nearest product types and their cosines, best first

    def meant(self) -> list[tuple[str, float]]:
        """Return the types that the query may well mean: near enough, and near the best."""
        return [(t, c) for t, c in self.types if c >= max(_MEANT_COSINE, self.types[0][1] - _MEANT_MARGIN)]


async def learn_types(reader: Reader) -> None:
    """Make ready to compare queries with the product types; call it once after the catalogue changed."""
    types = [name for name in await reader.index.facet("product_type") if name]
    new = [name for name in types if name not in reader.type_vectors]
    vectors = dict(zip(new, await reader.encoder.encode(new), strict=True))
    reader.type_vectors = {name: vectors[name] if name in vectors else reader.type_vectors[name] for name in types}


async def weigh(reader: Reader, asked: Query, vector: NDArray[np.float32]) -> Evidence:
    """Return what is known of the query.

    Args:
        reader: The catalogue, its types learned.
        asked: The query's words.
        vector: The query's meaning, (384,) unit length.
    """
    tokens = {word: token for word, token in list(asked.tokens.items())[:_CHECKED_WORDS] if not word.isdigit()}
    await _look_up(reader, [token for token in dict.fromkeys(tokens.values()) if token not in reader.held])
    cosines = [(name, float(known @ vector)) for name, known in reader.type_vectors.items()]
    return Evidence(
        tuple(word for word, token in tokens.items() if not reader.held[token][0]),
        tuple(word for word, token in tokens.items() if reader.held[token][1]),
        tuple(sorted(cosines, key=lambda pair: (-pair[1], pair[0]))[:2]),
    )


async def _look_up(reader: Reader, tokens: list[int]) -> None:
    if not tokens:
        return
    asks = [Ask(Matching(only({token}), name), All(), 1) for token in tokens for name in (WORDS, NAMES)]
    found = iter(await reader.index.query(asks))
    reader.held.update({token: (bool(next(found)), bool(next(found))) for token in tokens})
