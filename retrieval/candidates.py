"""Gathers what each way of searching finds for a query, compares all of it by the same features, and orders it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from retrieval.analyse import is_code
from retrieval.asking import Asked
from retrieval.evidence import Reader, meant_types
from retrieval.filters import All, Ids, OneOf
from retrieval.index import FAMILY, RANKED_BY, SAID, Ask, Found, Matching, Nearest
from retrieval.rank import apart
from retrieval.ranker import FEATURES, Features, standing

_POOL = 60  # candidates each way of searching brings
# The second of thirty colours of one thing comes after what is nearly as good, and before what is not.
_FAMILY_FADE = 0.9
_UNIQUE = 1000  # what `order_` fields carry below their value, see document.py
_BEST_OF_A_TERM = 2.4  # about the highest weight of a term in a product


@dataclass(frozen=True, slots=True)
class Ranked:
    """Products in order, and how well the query was met at all.

    Args:
        scored: (id, score), best first.
        best_cosine: Of the product nearest in meaning.
        lexical: Some word of the query stands in a product that meets the condition.
        coverage: Share of the query's words, by weight, that some one product's page has, whatever the condition.
        types: The two product types nearest to the query and their cosines.
    """

    scored: tuple[tuple[str, float], ...] = ()
    best_cosine: float = 0.0
    lexical: bool = False
    coverage: float = 1.0
    types: tuple[tuple[str, float], ...] = ()


@dataclass(slots=True)
class _Pool:
    """What was found so far, with the scores known of each."""

    found: dict[str, Found] = field(default_factory=dict[str, Found])
    words: dict[str, float] = field(default_factory=dict[str, float])
    cosines: dict[str, float] = field(default_factory=dict[str, float])

    def add(self, answer: Sequence[Found], scores: dict[str, float]) -> None:
        for one in answer:
            self.found.setdefault(one.product_id, one)
            scores[one.product_id] = one.score


@dataclass(frozen=True, slots=True)
class Gathered:
    """Everything any way of searching found for a query, not in order yet.

    Args:
        ids: Of the products.
        features: (len(ids), len(FEATURES)), what a ranker sees of each.
        families: What each product is a variant of.
        met: How well the query was met; nothing is scored yet.
    """

    ids: tuple[str, ...]
    features: Features
    families: tuple[str, ...]
    met: Ranked


async def rank(reader: Reader, asked: Asked, condition: All, limit: int, *, guess_types: bool) -> Ranked:
    """Return the best `limit` products that meet the condition, further ones of a family later."""
    gathered = await gather(reader, asked, condition, limit, guess_types=guess_types)
    ids, families = gathered.ids, gathered.families
    scores = reader.ranker.score(gathered.features)
    order = sorted(range(len(ids)), key=lambda at: (-round(float(scores[at]), 5), ids[at]))
    scored = [(ids[at], float(scores[at])) for at in order]
    return replace(gathered.met, scored=tuple(apart(scored, [families[at] for at in order], _FAMILY_FADE)[:limit]))


async def gather(reader: Reader, asked: Asked, condition: All, limit: int, *, guess_types: bool) -> Gathered:
    """Return what each way of searching brings, at least `limit` each where there are so many."""
    vector = await reader.encoder.encode_query(asked.text)
    meant = meant_types(reader, vector)
    likely = meant.likely() if guess_types else []
    pool, size = _Pool(), max(_POOL, 4 * limit)
    asks = [
        Ask(Matching(asked.cover, SAID), All(), 1),
        Ask(Matching(asked.sparse), condition, size),
        Ask(Nearest(vector), condition, size),
        *(Ask(Nearest(vector), condition.also(OneOf("product_type", (name,))), size) for name, _ in likely),
    ]
    said, words, *dense = await reader.index.query(asks, RANKED_BY)
    pool.add(words, pool.words)
    for answer in dense:
        pool.add(answer, pool.cosines)
    await _complete(reader, pool, asked, vector)
    ids = tuple(pool.found)
    met = Ranked(
        (),
        dense[0][0].score if dense[0] else 0.0,
        bool(words),
        asked.covered(said[0].score if said else 0.0),
        meant.types,
    )
    families = tuple(pool.found[i].payload.get(FAMILY) or i for i in ids)
    return Gathered(ids, _features(pool, ids, asked, likely), families, met)


async def _complete(reader: Reader, pool: _Pool, asked: Asked, vector: NDArray[np.float32]) -> None:
    """Score everything both ways: what one way of searching did not bring may still be near or share words."""
    far = tuple(i for i in pool.found if i not in pool.cosines)
    wordless = tuple(i for i in pool.found if i not in pool.words)
    asks = [
        Ask(Nearest(vector), All((Ids(far or ("",)),)), max(1, len(far))),
        Ask(Matching(asked.sparse), All((Ids(wordless or ("",)),)), max(1, len(wordless))),
    ]
    near, sharing = await reader.index.query(asks)
    pool.cosines.update({one.product_id: one.score for one in near})
    pool.words.update({one.product_id: one.score for one in sharing})


def _features(pool: _Pool, ids: Sequence[str], asked: Asked, likely: Sequence[tuple[str, float]]) -> Features:
    """Return (found, len(FEATURES)), see ranker.FEATURES."""
    words = np.array([pool.words.get(i, 0.0) for i in ids], dtype=np.float32)
    cosines = np.array([pool.cosines.get(i, 0.0) for i in ids], dtype=np.float32)
    payloads = [pool.found[i].payload for i in ids]
    prices = [(payload["order_price"] or 0) // _UNIQUE for payload in payloads]
    cosine_of = dict(likely)
    whole = _BEST_OF_A_TERM * (sum(asked.needed.values()) + asked.missing)
    named = bool(asked.named)
    columns = {
        "words": words / max(float(words.max(initial=0.0)), 1e-6),
        "words_of_all": words / max(whole, 1e-6),
        "meaning": cosines / max(float(cosines.max(initial=0.0)), 1e-6),
        "cosine": cosines,
        "type": [cosine_of.get(payload["product_type"], 0.0) for payload in payloads],
        "price": [math.log(price) if price > 0 else 0.0 for price in prices],
        "price_place": standing(prices),
        "merit": [payload["order_merit"] / _UNIQUE / 1000 for payload in payloads],
        "query_words": np.full(len(ids), len(asked.query.words)),
        "code": np.full(len(ids), float(any(is_code(word.text) for word in asked.query.words))),
        "mentioned": np.full(len(ids), float(bool(likely) and not named)),
    }
    return np.column_stack([np.asarray(columns[name], dtype=np.float32) for name in FEATURES])
