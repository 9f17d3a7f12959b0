"""What a search asks for and what it answers."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from retrieval.product import Product

Sort = Literal["relevance", "price_low", "price_high", "rating"]


@dataclass(frozen=True, slots=True)
class Filters:
    """Conditions every hit must meet. Words are lower case; money is minor units, bounds inclusive.

    Within one field any value may match (colours=("black", "brown")); between fields all must.
    A colour, a size, a price bound and `in_stock` together must be met by one and the same variant.
    """

    product_types: tuple[str, ...] = ()
    departments: tuple[str, ...] = ()
    colours: tuple[str, ...] = ()
    materials: tuple[str, ...] = ()
    sizes: tuple[str, ...] = ()
    brands: tuple[str, ...] = ()
    styles: tuple[str, ...] = ()
    price_min: int | None = None
    price_max: int | None = None
    in_stock: bool = False
    not_product_types: tuple[str, ...] = ()
    not_colours: tuple[str, ...] = ()
    not_materials: tuple[str, ...] = ()
    not_brands: tuple[str, ...] = ()
    not_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Liking:
    """What a shopper showed to like and not to like: product ids, the most recent first."""

    liked: Sequence[str] = ()
    unlike: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Hit:
    """One found product; higher scores are better and comparable within one result only."""

    product: Product
    score: float


@dataclass(frozen=True, slots=True)
class Blocking:
    """A filter that alone empties the result: without it `count` products remain, the nearest first."""

    name: str
    value: str
    count: int
    nearest: tuple[Hit, ...] = ()


@dataclass(frozen=True, slots=True)
class SearchResult:
    """Hits in order. When `hits` is empty because of filters, `blocked_by` says which did it.

    A query always has neighbours, also for things the shop does not carry. The fields from `best_cosine` tell how
    much the query itself was met: when no word of it is in `named_words` and `type_cosine` is below 0.6, the shop most
    likely does not carry it ("washing machine": "wash" stands in many descriptions, but names nothing sold).
    """

    hits: tuple[Hit, ...]
    blocked_by: tuple[Blocking, ...] = ()
    total: int | None = field(default=None)  # products that meet the filters, whatever the words; None if neither
    best_cosine: float = 0.0  # likeness of meaning, query to nearest product, in [-1, 1]; 0.0 without a query
    lexical: bool = False  # some content word of the query stands in a product that meets the filters
    unknown_words: tuple[str, ...] = ()  # content words of the query that stand in no product at all
    corrected: tuple[tuple[str, str], ...] = ()  # (as written, as searched for) for each word that was misspelt
    coverage: float = 1.0  # share of the query's words, by weight, that the page of some one product has, in [0, 1]
    named_words: tuple[str, ...] = ()  # content words that stand in a title, type, brand, colour, material or style
    nearest_type: str = ""  # the product type whose name is nearest to the query
    type_cosine: float = 0.0  # how near, in [-1, 1]; 0.0 without a query
    alike: bool = True  # for a picture: the first hit looks like it; False means only the least unlike are here
    same: bool = False  # for a picture: the first hit is, as far as looks can tell, the very thing in it


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The catalogue's own words and how many products carry each; refreshed on import."""

    product_types: dict[str, int]
    departments: dict[str, int]
    colours: dict[str, int]
    materials: dict[str, int]
    sizes: dict[str, int]
    brands: dict[str, int]
    styles: dict[str, int]
    price_min: int = 0
    price_max: int = 0
    version: str = ""
