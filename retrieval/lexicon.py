"""Turns words into BM25 weights, and tells which words of a query the catalogue has never seen."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

import qdrant_edge as qdrant

from retrieval.index import Sparse

# How a shopper asks, not what they ask for; the engine's English stop words come on top.
_ASKING = """
want need needs looking look show find get give buy please like good nice great best lovely cheap cheaper cheapest
affordable budget expensive something anything thing things stuff some any one ones under below over above around about
less more than price priced dollars usd sale im id ill me my us our you your can could would shop store sell have got
stock available new really very quite maybe also still just
"""
_WORD = re.compile(r"\w+(?:'\w+)?")
_TYPICAL_WORDS = 80.0  # the length against which BM25 calls a product's text long


@dataclass(frozen=True, slots=True)
class Query:
    """The words of a query that carry meaning: each with its token, and all of them as one sparse vector."""

    tokens: dict[str, int]  # word as written -> token id of its stem
    sparse: Sparse


class Lexicon:
    """Qdrant's own BM25 tokens (English stems and stop words), the same for every engine."""

    def __init__(self) -> None:
        languages = {qdrant.Language.English}
        self._documents = qdrant.Bm25(qdrant.Bm25Config(avg_len=_TYPICAL_WORDS))
        self._queries = qdrant.Bm25(
            qdrant.Bm25Config(stopwords=qdrant.StopwordsSet(languages=languages, custom=set(_ASKING.split())))
        )

    def document(self, text: str) -> Sparse:
        """Return a product text's saturated word frequencies."""
        return _sparse(self._documents.embed_document(text))

    def query(self, text: str) -> Query:
        """Return the meaningful words of a query, each once."""
        tokens: dict[str, int] = {}
        for word in dict.fromkeys(_WORD.findall(text.casefold())):
            indices = self._queries.embed_query(word).indices
            if indices:
                tokens[word] = indices[0]
        return Query(tokens, _once(tokens.values()))


def only(tokens: set[int]) -> Sparse:
    """Return these tokens as a sparse query of equal weights."""
    return _once(sorted(tokens))


def _once(tokens: Iterable[int]) -> Sparse:
    unique = tuple(dict.fromkeys(tokens))
    return Sparse(unique, (1.0,) * len(unique))


def _sparse(vector: qdrant.SparseVector) -> Sparse:
    return Sparse(tuple(vector.indices), tuple(vector.values))
