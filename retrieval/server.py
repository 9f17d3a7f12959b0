"""The index on a Qdrant server or cluster: editions are collections, and an alias names the current one."""

from collections.abc import Awaitable, Mapping, Sequence
from typing import Any, TypeVar, cast

import numpy as np
from numpy.typing import NDArray
from qdrant_client import AsyncQdrantClient, models
from qdrant_client.http.exceptions import ApiException

from policies.errors import Unavailable
from retrieval.collection import KEYWORD, another_place, payload_indexes, sparse_vectors, vectors
from retrieval.filters import All, Between, Condition, Ids, Not, OneOf, SomeOffer, flattened
from retrieval.index import (
    DENSE_SIZES,
    OFFERS,
    PLACES,
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

_PAGE = 1000
_FACET_VALUES = 100_000
# Of a million products the vectors as bytes take 0.4 GB of memory, the graph 0.3; whole vectors (1.5 GB) and products
# stay on disk. Shards are as many as the cluster has nodes, replicas as its configuration says.
_SEARCHED = 128  # candidates the graph keeps on its way; 64, its least, found 96 of 100 nearest, 128 found 99
_AS_BYTES_FIRST = models.SearchParams(
    hnsw_ef=_SEARCHED, quantization=models.QuantizationSearchParams(rescore=True, oversampling=1.5)
)

T = TypeVar("T")


async def create_collection(client: AsyncQdrantClient, name: str) -> "ServerIndex":
    """Create an empty collection with our vectors and payload indexes."""
    await asked(
        client.create_collection(
            name,
            vectors_config=vectors(),
            sparse_vectors_config=sparse_vectors(),
            on_disk_payload=True,
        )
    )
    for field, schema in payload_indexes().items():
        await asked(client.create_payload_index(name, field, schema))
    return ServerIndex(client, name)


class ServerIndex:
    """A VectorIndex on one collection, by its name or an alias; the server keeps what it acknowledged."""

    def __init__(self, client: AsyncQdrantClient, collection: str) -> None:
        self._client = client
        self._collection = collection

    async def upsert(self, rows: Sequence[Row]) -> None:
        """See VectorIndex."""
        points = [
            models.PointStruct(
                id=point_id(row.payload["id"]),
                vector={
                    **{name: vector.tolist() for name, vector in row.vectors.items()},
                    **{name: _sparse(words) for name, words in row.words.items()},
                },
                payload=row.payload,
            )
            for row in rows
        ]
        await asked(self._client.upsert(self._collection, points))

    async def delete(self, product_ids: Sequence[str]) -> None:
        """See VectorIndex."""
        points = models.PointIdsList(points=[point_id(i) for i in product_ids])
        await asked(self._client.delete(self._collection, points))

    async def query(
        self, asks: Sequence[Ask], payload: Sequence[str] = (), *, with_words: bool = False
    ) -> list[list[Found]]:
        """See VectorIndex."""
        requests = [
            models.QueryRequest(
                query=_scoring(ask.by),
                using=ask.by.name,
                filter=_filter(ask.condition),
                limit=ask.limit,
                with_payload=["id", *payload],
                with_vector=[WORDS] if with_words else False,
                params=_AS_BYTES_FIRST if ask.by.name in DENSE_SIZES else None,
            )
            for ask in asks
        ]
        answers = await asked(self._client.query_batch_points(self._collection, requests))
        return [best_first(_found(point, point.score) for point in answer.points) for answer in answers]

    async def retrieve(
        self,
        product_ids: Sequence[str],
        payload: Sequence[str] = (),
        *,
        with_vectors: bool = False,
        seen: Place | None = None,
    ) -> list[Found]:
        """See VectorIndex."""
        points = [point_id(i) for i in product_ids]
        vectors = [*(DENSE_SIZES if with_vectors else ()), *([seen.vectors] if seen else [])] or False
        records = await asked(
            self._client.retrieve(self._collection, points, with_payload=["id", *payload], with_vectors=vectors)
        )
        known = {found.product_id: found for found in map(_found, records)}
        return [known[i] for i in dict.fromkeys(product_ids) if i in known]

    async def ordered(
        self, field: str, condition: All, limit: int, payload: Sequence[str] = (), *, descending: bool = False
    ) -> list[Found]:
        """See VectorIndex."""
        direction = models.Direction.DESC if descending else models.Direction.ASC
        records, _ = await asked(
            self._client.scroll(
                self._collection,
                scroll_filter=_filter(condition),
                limit=limit,
                order_by=models.OrderBy(key=field, direction=direction),
                with_payload=["id", *payload],
            )
        )
        return [_found(record) for record in records]

    async def scan(self, condition: All, payload: Sequence[str] = (), limit: int | None = None) -> list[Found]:
        """See VectorIndex."""
        found: list[Found] = []
        offset: Any = None
        while limit is None or len(found) < limit:
            page = _PAGE if limit is None else min(_PAGE, limit - len(found))
            records, offset = await asked(
                self._client.scroll(
                    self._collection,
                    scroll_filter=_filter(condition),
                    limit=page,
                    offset=offset,
                    with_payload=["id", *payload],
                )
            )
            found.extend(_found(record) for record in records)
            if offset is None:
                break
        return found

    async def count(self, condition: All) -> int:
        """See VectorIndex."""
        answer = await asked(self._client.count(self._collection, count_filter=_filter(condition), exact=True))
        return answer.count

    async def facet(self, field: str) -> dict[str, int]:
        """See VectorIndex."""
        answer = await asked(self._client.facet(self._collection, key=field, limit=_FACET_VALUES, exact=True))
        return {str(hit.value): hit.count for hit in answer.hits}

    async def set_payload(self, product_id: str, payload: Payload) -> None:
        """See VectorIndex."""
        await asked(self._client.set_payload(self._collection, payload, points=[point_id(product_id)]))

    async def set_pictures(
        self, pictures: Mapping[str, NDArray[np.float32]], encoder: str, place: Place = PLACES[0]
    ) -> None:
        """See VectorIndex."""
        ids, name = [point_id(i) for i in pictures], place.vectors
        seen = [models.PointVectors(id=point_id(i), vector={name: r.tolist()}) for i, r in pictures.items() if len(r)]
        await asked(self._client.delete_vectors(self._collection, vectors=[name], points=[*ids]))
        if seen:
            await asked(self._client.update_vectors(self._collection, seen))
        await asked(self._client.set_payload(self._collection, {place.looked: encoder}, points=[*ids]))

    async def make_room(self, place: Place) -> None:
        """See VectorIndex."""
        known = (await asked(self._client.get_collection(self._collection))).config.params.vectors
        if place.vectors not in cast(Mapping[str, object], known or {}):
            room = models.DenseVectorNameConfig(dense=another_place())
            await asked(self._client.create_vector_name(self._collection, place.vectors, room))
        await asked(self._client.create_payload_index(self._collection, place.looked, KEYWORD))

    async def forget_pictures(self, place: Place) -> None:
        """See VectorIndex."""
        every = models.Filter()
        await asked(self._client.delete_payload(self._collection, keys=[place.looked], points=every))
        await asked(self._client.delete_vectors(self._collection, vectors=[place.vectors], points=every))

    async def optimize(self) -> None:
        """Do nothing: the server optimises by itself."""

    async def flush(self) -> None:
        """Do nothing: the server answered each write after it was on disk."""

    async def close(self) -> None:
        """Do nothing: the connection belongs to whoever opened it."""


async def asked(answer: Awaitable[T]) -> T:
    """Return the server's answer.

    Raises:
        Unavailable: The server does not answer, or answers with an error.
    """
    try:
        return await answer
    except ApiException as problem:
        raise Unavailable(f"The Qdrant server did not answer: {problem}") from problem


def _sparse(words: Sparse) -> models.SparseVector:
    return models.SparseVector(indices=list(words.indices), values=list(words.values))


def _scoring(by: Nearest | Matching | LikeAny) -> models.Query:
    if isinstance(by, Matching):
        return models.NearestQuery(nearest=_sparse(by.words))
    if isinstance(by, Nearest):
        return models.NearestQuery(nearest=by.vector.tolist())
    liked, unlike = ([vector.tolist() for vector in each] for each in (by.vectors, by.unlike))
    best = models.RecommendStrategy.BEST_SCORE
    return models.RecommendQuery(recommend=models.RecommendInput(positive=liked, negative=unlike, strategy=best))


def _found(point: models.ScoredPoint | models.Record, score: float = 0.0) -> Found:
    payload = point.payload or {}
    vectors: dict[str, NDArray[np.float32]] = {}
    words = None
    for name, value in cast(dict[str, Any], point.vector or {}).items():
        if not isinstance(value, models.SparseVector):
            vectors[name] = np.array(value, dtype=np.float32)
        elif name == WORDS:
            words = Sparse(tuple(value.indices), tuple(value.values))
    return Found(payload["id"], payload, score, vectors or None, words)


def _filter(condition: All) -> models.Filter | None:
    return _all(condition.conditions) if condition.conditions else None


def _all(conditions: Sequence[Condition]) -> models.Filter:
    must = [_condition(c) for c in conditions if not isinstance(c, Not)]
    must_not = [_condition(c.condition) for c in conditions if isinstance(c, Not)]
    return models.Filter(must=must, must_not=must_not)


def _condition(condition: Condition) -> models.Condition:
    match condition:
        case OneOf(field, values):
            return models.FieldCondition(key=field, match=models.MatchAny(any=list(values)))
        case Between(field, low, high):
            return models.FieldCondition(key=field, range=models.Range(gte=low, lte=high))
        case Ids(product_ids):
            return models.HasIdCondition(has_id=[point_id(i) for i in product_ids])
        case SomeOffer(conditions):
            flat, same = flattened(condition)
            nested = models.NestedCondition(nested=models.Nested(key=OFFERS, filter=_all(conditions)))
            return models.Filter(must=[*map(_condition, flat), *([] if same else [nested])])
        case Not():
            return _all([condition])
        case All(conditions):
            return _all(conditions)
