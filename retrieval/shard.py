"""How a shard of the in-process engine is laid out: its vectors, how they are compared, and what is indexed beside."""

import functools

import qdrant_edge as qdrant

from retrieval.index import (
    DENSE_SIZES,
    KEYWORD_FIELDS,
    NUMBER_FIELDS,
    OFFER_KEYWORD_FIELDS,
    OFFER_NUMBER_FIELDS,
    OFFERS,
    PICTURE,
    PICTURE_SIZE,
    SPARSE_NAMES,
)

# Every vector is compared, from some 13,000 products on as bytes first, and half as many again as asked for once
# more as they are: 0.9 ms of processor time among 50,000 against 3.2, and the same sixty found. A graph (m 16) took
# 27 s to build and 1.0 ms to ask, and lost 0.3 % (docs/log.md).
_AS_BYTES_FROM_KIB = 20_000
_NO_GRAPH = qdrant.HnswIndexConfig(m=0, ef_construct=100, full_scan_threshold=10_000)
KEYWORD = qdrant.KeywordIndexParams()
_AS_BYTES = qdrant.ScalarQuantizationConfig(qdrant.ScalarType.Int8, quantile=0.99, always_ram=True)


_NEAREST_OF_ALL = qdrant.MultiVectorConfig(qdrant.MultiVectorComparator.MaxSim), qdrant.VectorStorageDatatype.Float16


def shard_config() -> qdrant.EdgeConfig:
    """Return how a new shard keeps its vectors."""
    return qdrant.EdgeConfig(
        vectors={
            **{
                name: qdrant.EdgeVectorParams(size, qdrant.Distance.Cosine, quantization_config=_AS_BYTES)
                for name, size in DENSE_SIZES.items()
            },
            PICTURE: _pictures(),
        },
        sparse_vectors={name: qdrant.EdgeSparseVectorParams(modifier=qdrant.Modifier.Idf) for name in SPARSE_NAMES},
        optimizers=qdrant.EdgeOptimizersConfig(indexing_threshold=_AS_BYTES_FROM_KIB),
        hnsw_config=_NO_GRAPH,
    )


def payload_indexes() -> dict[str, qdrant.KeywordIndexParams | qdrant.IntegerIndexParams]:
    """Return what is indexed of a product beside its vectors, by the path of the field."""
    # `nested` lets a SomeOffer condition be answered from the indexes: 0.3 ms instead of 20 on 1,200 products.
    number = functools.partial(qdrant.IntegerIndexParams, lookup=False, range=True)
    return {
        **dict.fromkeys(KEYWORD_FIELDS, KEYWORD),
        **{field: number() for field in NUMBER_FIELDS},
        **{f"{OFFERS}[].{field}": qdrant.KeywordIndexParams(nested=OFFERS) for field in OFFER_KEYWORD_FIELDS},
        **{f"{OFFERS}[].{field}": number(nested=OFFERS) for field in OFFER_NUMBER_FIELDS},
    }


def another_place(vectors: str) -> qdrant.UpdateOperation:
    """Return what gives a shard picture vectors of this name, too; one that has them stays as it is."""
    return qdrant.UpdateOperation.create_dense_vector(vectors, PICTURE_SIZE, qdrant.Distance.Cosine, *_NEAREST_OF_ALL)


def _pictures() -> qdrant.EdgeVectorParams:
    nearest, half = _NEAREST_OF_ALL
    return qdrant.EdgeVectorParams(PICTURE_SIZE, qdrant.Distance.Cosine, multivector_config=nearest, datatype=half)
