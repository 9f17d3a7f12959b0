"""The systems that are compared: BM25, nearness in meaning, a plain fusion of both, and what a shopper gets."""

import logging
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path

import bm25s
import numpy as np
from numpy.typing import NDArray

from evals.retrieval.measures import Run
from retrieval.catalog import Catalog
from retrieval.document import searched_text
from retrieval.encode import TextEncoder
from retrieval.lexicon import Lexicon
from retrieval.product import Product
from retrieval.query import Filters
from retrieval.rank import fuse
from tools.carried import is_carried

_DEPTH = 100
_SHOWN = 6
_K1, _B = 1.2, 0.75
_MEANING_SHARE = 0.4  # what weighted reciprocal rank fusion gives the dense list on Icecat in published trials
_WORD = re.compile(r"\w+")


class KeptEncoder(TextEncoder):
    """The text encoder with what it made kept in a file, so that a second run over a catalogue encodes nothing.

    Args:
        encoder: That encodes.
        kept: The file.
    """

    def __init__(self, encoder: TextEncoder, kept: Path) -> None:
        self._encoder = encoder
        self.tally = encoder.tally
        self._kept = kept
        self._known: dict[bytes, NDArray[np.float32]] = {}
        if kept.is_file():
            with np.load(kept) as stored:
                self._known = dict(zip((bytes(d) for d in stored["digests"]), stored["vectors"], strict=True))

    async def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """See TextEncoder."""
        digests = [sha256(text.encode()).digest() for text in texts]
        new = {d: text for d, text in zip(digests, texts, strict=True) if d not in self._known}
        self._known.update(zip(new, await self._encoder.encode(list(new.values())), strict=True))
        return np.array([self._known[d] for d in digests], dtype=np.float32)

    async def encode_query(self, text: str) -> NDArray[np.float32]:
        """See TextEncoder."""
        return await self._encoder.encode_query(text)

    def is_word(self, word: str) -> bool:
        """See TextEncoder."""
        return self._encoder.is_word(word)

    def keep(self) -> None:
        """Write the file."""
        self._kept.parent.mkdir(parents=True, exist_ok=True)
        digests = np.frombuffer(b"".join(self._known), dtype=np.uint8).reshape(-1, 32)
        np.savez(self._kept, digests=digests, vectors=np.array(list(self._known.values()), dtype=np.float32))


@dataclass(slots=True)
class PlainSystems:
    """BM25 over title, brand and description, exact nearness in meaning, and their weighted reciprocal ranks."""

    encoder: TextEncoder
    ids: list[str] = field(default_factory=list[str])
    words: list[list[str]] = field(default_factory=list[list[str]])
    texts: list[str] = field(default_factory=list[str])
    lexicon: Lexicon = field(default_factory=Lexicon)

    def add(self, product: Product) -> None:
        """Take one product."""
        self.ids.append(product.product_id)
        self.words.append(self._words(f"{product.title} {product.brand} {product.description}"))
        self.texts.append(searched_text(product))

    async def runs(self, queries: Sequence[tuple[str, str]]) -> dict[str, Run]:
        """Return the ranked ids of "bm25", "dense" and "fused" for (id, text) of each query."""
        logging.getLogger("bm25s").setLevel(logging.WARNING)
        bm25 = bm25s.BM25(k1=_K1, b=_B, method="lucene")
        bm25.index(self.words, show_progress=False)  # pyright: ignore[reportUnknownMemberType] -- untyped library
        vectors = await self.encoder.encode(self.texts)
        lexical: dict[str, list[str]] = {}
        dense: dict[str, list[str]] = {}
        for query_id, text in queries:
            asked = list(dict.fromkeys(self._words(text)))
            scores = bm25.get_scores(asked)  # pyright: ignore[reportUnknownMemberType]
            lexical[query_id] = self._best(np.asarray(scores, dtype=np.float32))
            dense[query_id] = self._best(vectors @ await self.encoder.encode_query(text))
        fused = {i: [p for p, _ in fuse([(1.0, lexical[i]), (_MEANING_SHARE, dense[i])])][:_DEPTH] for i, _ in queries}
        return {"bm25": lexical, "dense": dense, "fused": fused}

    def _words(self, text: str) -> list[str]:
        found = map(self.lexicon.token, _WORD.findall(text.casefold()))
        return [str(token) for token in found if token is not None]

    def _best(self, scores: NDArray[np.float32]) -> list[str]:
        order = np.argsort(-scores, kind="stable")[:_DEPTH]
        return [self.ids[int(at)] for at in order if scores[at] > 0]


async def served(
    catalog: Catalog, queries: Sequence[tuple[str, str]], progress: Callable[[int], None]
) -> tuple[Run, dict[str, bool]]:
    """Return what a shopper's search finds, and whether the assistant would say that the shop has no such thing."""
    run: dict[str, list[str]] = {}
    refused: dict[str, bool] = {}
    for done, (query_id, text) in enumerate(queries, start=1):
        found = await catalog.search(text, Filters(), limit=_DEPTH)
        run[query_id] = [hit.product.product_id for hit in found.hits]
        refused[query_id] = not is_carried(text, replace(found, hits=found.hits[:_SHOWN]))
        progress(done)
    return run, refused
