"""How a collection of a Qdrant server is laid out: its vectors, how they are compared, and what is indexed beside."""

from collections.abc import Mapping

from qdrant_client import models

from retrieval.index import (
    DENSE_SIZES,
    KEYWORD_FIELDS,
    NUMBER_FIELDS,
    OFFER_KEYWORD_FIELDS,
    OFFER_NUMBER_FIELDS,
    OFFERS,
    PICTURE_SIZE,
    PLACES,
    SPARSE_NAMES,
)

KEYWORD = models.KeywordIndexParams(type=models.KeywordIndexType.KEYWORD)
_NEAREST_OF_ALL = models.MultiVectorConfig(comparator=models.MultiVectorComparator.MAX_SIM)


def vectors() -> Mapping[str, models.VectorParams]:
    """Return the dense vectors of a product."""
    return {
        **{
            name: models.VectorParams(
                size=size, distance=models.Distance.COSINE, on_disk=True, quantization_config=_as_bytes()
            )
            for name, size in DENSE_SIZES.items()
        },
        **{place.vectors: _pictures() for place in PLACES},
    }


def sparse_vectors() -> Mapping[str, models.SparseVectorParams]:
    """Return the bags of words of a product."""
    return {words: models.SparseVectorParams(modifier=models.Modifier.IDF) for words in SPARSE_NAMES}


def _as_bytes() -> models.ScalarQuantization:
    kind = models.ScalarType.INT8
    return models.ScalarQuantization(scalar=models.ScalarQuantizationConfig(type=kind, quantile=0.99, always_ram=True))


def another_place() -> models.DenseVectorConfig:
    """Return how a collection made without a place for pictures gets one."""
    return models.DenseVectorConfig(
        size=PICTURE_SIZE,
        distance=models.Distance.COSINE,
        multivector_config=_NEAREST_OF_ALL,
        datatype=models.VectorStorageDatatype.FLOAT16,
    )


def _pictures() -> models.VectorParams:
    return models.VectorParams(
        size=PICTURE_SIZE,
        distance=models.Distance.COSINE,
        multivector_config=_NEAREST_OF_ALL,
        datatype=models.Datatype.FLOAT16,
    )


def payload_indexes() -> dict[str, models.KeywordIndexParams | models.IntegerIndexParams]:
    """Return what is indexed of a product beside its vectors, by the path of the field."""

    def keyword(nested: str | None = None) -> models.KeywordIndexParams:
        return models.KeywordIndexParams(type=models.KeywordIndexType.KEYWORD, nested=nested)

    def number(nested: str | None = None) -> models.IntegerIndexParams:
        kind = models.IntegerIndexType.INTEGER
        return models.IntegerIndexParams(type=kind, lookup=False, range=True, nested=nested)

    return {
        **{field: keyword() for field in KEYWORD_FIELDS},
        **{field: number() for field in NUMBER_FIELDS},
        **{f"{OFFERS}[].{field}": keyword(OFFERS) for field in OFFER_KEYWORD_FIELDS},
        **{f"{OFFERS}[].{field}": number(OFFERS) for field in OFFER_NUMBER_FIELDS},
    }
