"""Weighs how much of a query the catalogue can meet: which words name something sold, and which types are meant."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from retrieval.asking import Catalogued, Knowledge
from retrieval.encode import TextEncoder
from retrieval.index import VectorIndex
from retrieval.judging import Judge
from retrieval.lexicon import Lexicon
from retrieval.ranker import Ranker
from retrieval.taste.pairing import Pairing

_MEANT_COSINE = 0.5  # below this a query and a type's name have little to do with each other
_MEANT_MARGIN = 0.1  # how far behind the best type the second may be


@dataclass(slots=True)
class Reader:
    """One edition of the catalogue and what is needed to ask it; what was learned of it is remembered here."""

    index: VectorIndex
    encoder: TextEncoder
    lexicon: Lexicon
    ranker: Ranker
    type_vectors: dict[str, NDArray[np.float32]] = field(default_factory=dict[str, NDArray[np.float32]])
    knowledge: Knowledge = field(default_factory=Knowledge)
    pairing: Pairing | None = None
    judge: Judge | None = None

    @property
    def catalogued(self) -> Catalogued:
        """Return what reading a query takes."""
        return Catalogued(self.index, self.lexicon, self.encoder, self.knowledge)


@dataclass(frozen=True, slots=True)
class Meant:
    """Which product types a query may mean: the two nearest and their cosines, best first."""

    types: tuple[tuple[str, float], ...] = ()

    def likely(self) -> list[tuple[str, float]]:
        """Return the types that the query may well mean: near enough, and near the best."""
        return [(t, c) for t, c in self.types if c >= max(_MEANT_COSINE, self.types[0][1] - _MEANT_MARGIN)]


async def learn_types(reader: Reader) -> None:
    """Make ready to compare queries with the product types; call it once after the catalogue changed."""
    types = [name for name in await reader.index.facet("product_type") if name]
    new = [name for name in types if name not in reader.type_vectors]
    vectors = dict(zip(new, await reader.encoder.encode(new), strict=True))
    reader.type_vectors = {name: vectors[name] if name in vectors else reader.type_vectors[name] for name in types}


def meant_types(reader: Reader, vector: NDArray[np.float32]) -> Meant:
    """Return the types nearest to a query.

    Args:
        reader: The catalogue, its types learned.
        vector: The query's meaning, (384,) unit length.
    """
    cosines = [(name, float(known @ vector)) for name, known in reader.type_vectors.items()]
    return Meant(tuple(sorted(cosines, key=lambda pair: (-pair[1], pair[0]))[:2]))
