"""The index on Qdrant's in-process engine: one directory, one process, no server."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, ParamSpec, TypeVar, cast
from uuid import UUID

import numpy as np
import qdrant_edge as qdrant
from numpy.typing import NDArray

from retrieval.filters import All, Between, Condition, Ids, Not, OneOf, SomeOffer, flattened
from retrieval.index import (
    DENSE_SIZES,
    OFFERS,
    PLACES,
    RANKED_BY,
    WORDS,
    Ask,
    Found,
    LikeAny,
    Matching,
    Nearest,
    Payload,
    Place,
    Row,
    Sparse,
    best_first,
    point_id,
)
from retrieval.payloads import Payloads
from retrieval.shard import KEYWORD, another_place, payload_indexes, shard_config

_PAGE = 1000
_FACET_VALUES = 100_000
_AS_BYTES_FIRST = qdrant.SearchParams(quantization=qdrant.QuantizationSearchParams(rescore=True, oversampling=1.5))
_AS_THEY_ARE = qdrant.SearchParams(quantization=qdrant.QuantizationSearchParams(ignore=True))

P = ParamSpec("P")
T = TypeVar("T")


class EdgeIndex:
    """A VectorIndex on one shard. The engine releases the interpreter, so calls run in threads side by side."""

    def __init__(self, shard: qdrant.EdgeShard) -> None:
        self._shard = shard
        self._payloads = Payloads(shard)

    @staticmethod
    def create(path: Path) -> "EdgeIndex":
        """Write an empty shard with our vectors and payload indexes into an empty or absent `path`. Blocks."""
        path.mkdir(parents=True, exist_ok=True)
        shard = qdrant.EdgeShard.create(str(path), shard_config())
        for field, params in payload_indexes().items():
            shard.update(qdrant.UpdateOperation.create_field_index(field, params))
        shard.flush()
        return EdgeIndex(shard)

    @staticmethod
    def load(path: Path) -> "EdgeIndex":
        """Open an existing shard. Blocks; raises the engine's own error (a bare Exception) when it is damaged."""
        index = EdgeIndex(qdrant.EdgeShard.load(str(path)))
        index._payloads.fill(["id", *RANKED_BY])
        return index

    async def upsert(self, rows: Sequence[Row]) -> None:
        """See VectorIndex."""
        await _thread(self._upsert, rows)

    def _upsert(self, rows: Sequence[Row]) -> None:
        points = [
            qdrant.Point(
                point_id(row.payload["id"]),
                {
                    **{name: vector.tolist() for name, vector in row.vectors.items()},
                    **{name: _sparse(words) for name, words in row.words.items()},
                },
                row.payload,
            )
            for row in rows
        ]
        self._write([row.payload["id"] for row in rows], qdrant.UpdateOperation.upsert_points(points))

    def _write(self, product_ids: Iterable[str], *operations: qdrant.UpdateOperation) -> None:
        for operation in operations:
            self._shard.update(operation)
        self._payloads.forget(UUID(point_id(i)) for i in product_ids)

    async def delete(self, product_ids: Sequence[str]) -> None:
        """See VectorIndex."""
        deleted = qdrant.UpdateOperation.delete_points([point_id(i) for i in product_ids])
        await _thread(self._write, product_ids, deleted)

    async def query(
        self, asks: Sequence[Ask], payload: Sequence[str] = (), *, with_words: bool = False
    ) -> list[list[Found]]:
        """See VectorIndex. Words and vectors are asked for side by side."""
        fields = ["id", *payload]
        sides = [
            [at for at, ask in enumerate(asks) if isinstance(ask.by, Matching) == words] for words in (True, False)
        ]
        sides = [side for side in sides if side]
        answers = await asyncio.gather(
            *(_thread(self._query, [asks[at] for at in side], fields, with_words) for side in sides)
        )
        found = {
            at: one for side, answer in zip(sides, answers, strict=True) for at, one in zip(side, answer, strict=True)
        }
        return [found[at] for at in range(len(asks))]

    def _query(self, asks: Sequence[Ask], fields: Sequence[str], with_words: bool) -> list[list[Found]]:
        requests = [
            qdrant.QueryRequest(
                limit=ask.limit,
                query=_scoring(ask.by),
                filter=_filter(ask.condition),
                with_payload=False,
                with_vector=[WORDS] if with_words else False,
                params=_params(ask),
            )
            for ask in asks
        ]
        answers = self._shard.query_batch(qdrant.QueryBatchRequest(requests))
        # A point makes its id anew each time it is asked for.
        scored = [[(point.id, point) for point in answer] for answer in answers]
        payloads = self._payloads.read([each for answer in scored for each, _ in answer], fields)
        return [
            best_first(_found(point, payloads[each], point.score) for each, point in answer if each in payloads)
            for answer in scored
        ]

    async def retrieve(
        self,
        product_ids: Sequence[str],
        payload: Sequence[str] = (),
        *,
        with_vectors: bool = False,
        seen: Place | None = None,
    ) -> list[Found]:
        """See VectorIndex."""
        points: list[qdrant.PointId] = [point_id(i) for i in product_ids]
        vectors = [*(DENSE_SIZES if with_vectors else ()), *([seen.vectors] if seen else [])] or False
        records = await _thread(self._shard.retrieve, points, ["id", *payload], vectors)
        known = {found.product_id: found for found in map(_found, records)}
        return [known[i] for i in dict.fromkeys(product_ids) if i in known]

    async def ordered(
        self, field: str, condition: All, limit: int, payload: Sequence[str] = (), *, descending: bool = False
    ) -> list[Found]:
        """See VectorIndex."""
        direction = qdrant.Direction.Desc if descending else qdrant.Direction.Asc
        request = qdrant.ScrollRequest(
            limit=limit,
            filter=_filter(condition),
            with_payload=["id", *payload],
            order_by=qdrant.OrderBy(field, direction),
        )
        records, _ = await _thread(self._shard.scroll, request)
        return [_found(record) for record in records]

    async def scan(self, condition: All, payload: Sequence[str] = (), limit: int | None = None) -> list[Found]:
        """See VectorIndex."""
        found: list[Found] = []
        offset: qdrant.PointId | None = None
        while limit is None or len(found) < limit:
            page = _PAGE if limit is None else min(_PAGE, limit - len(found))
            request = qdrant.ScrollRequest(
                offset=offset, limit=page, filter=_filter(condition), with_payload=["id", *payload]
            )
            records, offset = await _thread(self._shard.scroll, request)
            found.extend(_found(record) for record in records)
            if offset is None:
                break
        return found

    async def count(self, condition: All) -> int:
        """See VectorIndex."""
        return await _thread(self._shard.count, qdrant.CountRequest(exact=True, filter=_filter(condition)))

    async def facet(self, field: str) -> dict[str, int]:
        """See VectorIndex."""
        answer = await _thread(self._shard.facet, qdrant.FacetRequest(field, limit=_FACET_VALUES, exact=True))
        return {str(hit.value): hit.count for hit in answer.hits}

    async def set_payload(self, product_id: str, payload: Payload) -> None:
        """See VectorIndex."""
        changed = qdrant.UpdateOperation.set_payload([point_id(product_id)], payload)
        await _thread(self._write, [product_id], changed)

    async def set_pictures(
        self, pictures: Mapping[str, NDArray[np.float32]], encoder: str, place: Place = PLACES[0]
    ) -> None:
        """See VectorIndex."""
        ids, name = [point_id(i) for i in pictures], place.vectors
        seen = [qdrant.PointVectors(point_id(i), {name: rows.tolist()}) for i, rows in pictures.items() if len(rows)]
        # Noted after the vectors: a crash in between has the pictures looked at again, never left out.
        writes = [
            qdrant.UpdateOperation.delete_vectors([*ids], [name]),
            *([qdrant.UpdateOperation.update_vectors(seen)] if seen else []),
            qdrant.UpdateOperation.set_payload([*ids], {place.looked: encoder}),
        ]
        await _thread(self._write, pictures, *writes)

    async def make_room(self, place: Place) -> None:
        """See VectorIndex."""
        field = qdrant.UpdateOperation.create_field_index(place.looked, KEYWORD)
        await _thread(self._write, (), another_place(place.vectors), field)

    async def forget_pictures(self, place: Place) -> None:
        """See VectorIndex."""
        looked = qdrant.UpdateOperation.delete_payload_by_filter(qdrant.Filter(), [place.looked])
        vectors = qdrant.UpdateOperation.delete_vectors_by_filter(qdrant.Filter(), [place.vectors])
        await _thread(self._write, (), looked, vectors)

    async def optimize(self) -> None:
        """See VectorIndex."""
        await _thread(self._shard.optimize)
        await _thread(self._payloads.fill, ["id", *RANKED_BY])

    async def flush(self) -> None:
        """See VectorIndex."""
        await _thread(self._shard.flush)

    async def close(self) -> None:
        """See VectorIndex."""
        await _thread(self._shard.close)


_thread = asyncio.to_thread


def _sparse(words: Sparse) -> qdrant.SparseVector:
    return qdrant.SparseVector(list(words.indices), list(words.values))


def _scoring(by: Nearest | Matching | LikeAny) -> qdrant.Query:
    if isinstance(by, Matching):
        return qdrant.Query.Nearest(_sparse(by.words), using=by.name)
    if isinstance(by, Nearest):
        return qdrant.Query.Nearest(by.vector.tolist(), using=by.name)
    liked = qdrant.RecommendQuery([each.tolist() for each in by.vectors], [each.tolist() for each in by.unlike])
    return qdrant.Query.RecommendBestScore(liked, using=by.name)


def _params(ask: Ask) -> qdrant.SearchParams | None:
    named = any(isinstance(condition, Ids) for condition in ask.condition.conditions)
    # Products that are named are few: their vectors are compared as they are.
    return _AS_THEY_ARE if named or ask.by.name not in DENSE_SIZES else _AS_BYTES_FIRST


def _found(point: qdrant.ScoredPoint | qdrant.Record, payload: Payload | None = None, score: float = 0.0) -> Found:
    payload = payload or point.payload or {}
    stored = cast(dict[str, Any] | None, point.vector)
    vectors: dict[str, NDArray[np.float32]] = {}
    words = None
    for name, value in (stored or {}).items():
        if not isinstance(value, qdrant.SparseVector):
            vectors[name] = np.array(value, dtype=np.float32)
        elif name == WORDS:
            words = Sparse(tuple(value.indices), tuple(value.values))
    return Found(payload["id"], payload, score, vectors or None, words)


def _filter(condition: All) -> qdrant.Filter | None:
    return _all(condition.conditions) if condition.conditions else None


def _all(conditions: Sequence[Condition]) -> qdrant.Filter:
    must: list[qdrant.ConditionType] = []
    must_not: list[qdrant.ConditionType] = []
    for condition in conditions:
        if isinstance(condition, Not):
            must_not.append(_condition(condition.condition))
        else:
            must.append(_condition(condition))
    return qdrant.Filter(must=must, must_not=must_not)


def _condition(condition: Condition) -> "qdrant.ConditionType":
    match condition:
        case OneOf(field, values):
            return qdrant.FieldCondition(field, match=qdrant.MatchAny(list(values)))
        case Between(field, low, high):
            return qdrant.FieldCondition(field, range=qdrant.RangeFloat(gte=low, lte=high))
        case Ids(product_ids):
            return qdrant.HasIdCondition({point_id(i) for i in product_ids})
        case SomeOffer(conditions):
            flat, same = flattened(condition)
            nested = [] if same else [qdrant.NestedCondition(OFFERS, _all(conditions))]
            return qdrant.Filter(must=[*map(_condition, flat), *nested])
        case Not():
            return _all([condition])
        case All(conditions):
            return _all(conditions)
