"""What a vector engine must do for us, and the shapes that go in and come out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple, Protocol
from uuid import NAMESPACE_URL, uuid5

import numpy as np
from numpy.typing import NDArray

from retrieval.filters import PRICES, SOLD, STOCKED_PRICES, All
from retrieval.vision.compact import DIMENSION

TEXT = "text"
WORDS = "words"  # every word of a product, weighted by where it stands
NAMES = "names"  # only what it is called: title, type, brand, colours, materials, styles
SAID = "said"  # what it is called and its description, without single facts; every word of weight 1
SPARSE_NAMES = (WORDS, NAMES, SAID)
OFFERS = "offers"
DENSE_SIZES: Mapping[str, int] = {TEXT: 384}  # named dense vectors, one a product
PICTURE = "picture"  # any number of vectors a product, one for each of its pictures
PICTURE_SIZE = DIMENSION  # shorter vectors of other encoders have zeros behind them
LOOKED = "looked"  # name of the encoder that looked at the product's pictures
SHOWN = "shown"  # addresses of the product's own pictures and its variants'
PRINTS = "prints"  # fingerprints of the product's pictures, for whom they are used by as well


class Place(NamedTuple):
    """Where the index keeps what one encoder saw: the name of the vectors, and the field that names the encoder."""

    vectors: str
    looked: str


# A second encoder looks at everything beside the first one's vectors before it takes over.
PLACES = (Place(PICTURE, LOOKED), Place("picture_2", "looked_2"))
POINTS = "points"  # keypoints of each of them
SPOKEN = "spoken"  # words of its name, as a shopper may misspell them
FAMILY = "family"  # the same for products that differ only in colour or size
RANKED_BY = (FAMILY, "product_type", "order_price", "order_merit")  # what a ranker reads of each product found
KEYWORD_FIELDS = (
    "product_type",
    "department",
    "colours",
    "materials",
    "brand",
    "styles",
    "label_brand",
    "label_sizes",
    SPOKEN,
    LOOKED,
    *SOLD.values(),
)
NUMBER_FIELDS = ("order_price", "order_price_high", "order_rating", "order_merit", PRICES, STOCKED_PRICES)
OFFER_KEYWORD_FIELDS = ("colours", "sizes")
OFFER_NUMBER_FIELDS = ("price", "stock")

_SCORE_DIGITS = 5

Payload = dict[str, Any]  # JSON


@dataclass(frozen=True, slots=True)
class Sparse:
    """A bag of words as numbers: token ids and their weights, same length."""

    indices: tuple[int, ...]
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One product as the engine keeps it. `payload["id"]` is the product id."""

    payload: Payload
    words: Mapping[str, Sparse]  # one for each of SPARSE_NAMES
    vectors: Mapping[str, NDArray[np.float32]]  # name -> (size,), any of DENSE_SIZES


@dataclass(frozen=True, slots=True)
class Nearest:
    """Ask for the products whose named vector has the highest cosine with `vector`.

    With those of PLACES `vector` is one row, (1, size), and the nearest of a product's pictures counts; products
    without are not found.
    """

    vector: NDArray[np.float32]
    name: str = TEXT


@dataclass(frozen=True, slots=True)
class Matching:
    """Ask for the products that share words, by their weights and the catalogue's own word frequencies."""

    words: Sparse
    name: str = WORDS


@dataclass(frozen=True, slots=True)
class LikeAny:
    """Ask for the products most like any one of several vectors; what is nearer to one of `unlike` comes last."""

    vectors: tuple[NDArray[np.float32], ...]
    name: str = TEXT
    unlike: tuple[NDArray[np.float32], ...] = ()


@dataclass(frozen=True, slots=True)
class Ask:
    """One ranked question: only products that meet `condition` compete for the `limit` places."""

    by: Nearest | Matching | LikeAny
    condition: All
    limit: int


@dataclass(frozen=True, slots=True)
class Found:
    """A product with the payload fields asked for; `score` is 0.0 where nothing was ranked."""

    product_id: str
    payload: Payload
    score: float = 0.0
    vectors: Mapping[str, NDArray[np.float32]] | None = None
    words: Sparse | None = None


def best_first(found: Iterable[Found]) -> list[Found]:
    """Return what was found by score, ties by id: engines leave ties in the order their segments happen to have.

    Scores that differ by less than the noise of their arithmetic count as ties.
    """
    return sorted(found, key=lambda one: (-round(one.score, _SCORE_DIGITS), one.product_id))


class VectorIndex(Protocol):
    """One catalogue's vectors and payloads. Methods may run at the same time; writes are the caller's to order."""

    async def upsert(self, rows: Sequence[Row]) -> None:
        """Insert or replace whole products."""
        ...

    async def delete(self, product_ids: Sequence[str]) -> None:
        """Remove products; unknown ids are ignored."""
        ...

    async def query(
        self, asks: Sequence[Ask], payload: Sequence[str] = (), *, with_words: bool = False
    ) -> list[list[Found]]:
        """Answer several questions at once, each best first, filtered before ranking; `id` is always in the payload."""
        ...

    async def retrieve(
        self,
        product_ids: Sequence[str],
        payload: Sequence[str] = (),
        *,
        with_vectors: bool = False,
        seen: Place | None = None,
    ) -> list[Found]:
        """Return the known ones among these products, in the order asked; `seen` adds rows of their pictures."""
        ...

    async def ordered(
        self, field: str, condition: All, limit: int, payload: Sequence[str] = (), *, descending: bool = False
    ) -> list[Found]:
        """Return products by a number field; products without the field are left out."""
        ...

    async def scan(self, condition: All, payload: Sequence[str] = (), limit: int | None = None) -> list[Found]:
        """Return every product that meets the condition (at most `limit`), in a stable order."""
        ...

    async def count(self, condition: All) -> int:
        """Return exactly how many products meet the condition."""
        ...

    async def facet(self, field: str) -> dict[str, int]:
        """Return each value of a keyword field and how many products carry it."""
        ...

    async def set_payload(self, product_id: str, payload: Payload) -> None:
        """Replace the given payload fields of one product, which must be known."""
        ...

    async def set_pictures(
        self, pictures: Mapping[str, NDArray[np.float32]], encoder: str, place: Place = PLACES[0]
    ) -> None:
        """Replace the picture vectors of known products, (n, PICTURE_SIZE) each, and note who looked; n may be 0."""
        ...

    async def make_room(self, place: Place) -> None:
        """Let a place be written to; an index that was made before there was such a place lacks it."""
        ...

    async def forget_pictures(self, place: Place) -> None:
        """Remove all picture vectors of a place, and who looked."""
        ...

    async def optimize(self) -> None:
        """Build what makes large catalogues fast to search; small ones need nothing."""
        ...

    async def flush(self) -> None:
        """Return once everything written is on disk."""
        ...

    async def close(self) -> None:
        """Release files and connections; the index is not used afterwards."""
        ...


@lru_cache(maxsize=20_000)
def point_id(product_id: str) -> str:
    """Return the UUID under which engines keep a product; they take no other text as an id."""
    return str(uuid5(NAMESPACE_URL, f"aisle:product:{product_id}"))
