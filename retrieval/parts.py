"""Parts of the shop as compact rows, read once and kept until the catalogue changes."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from retrieval.evidence import Reader
from retrieval.filters import All, SomeOffer, fold
from retrieval.index import OFFERS, Found, Payload
from retrieval.product import Product
from retrieval.search import hits_in_order

# A part of the shop larger than this is listed by its best-reviewed products only.
MOST = 5_000
OF_OFFER = ("colours", "sizes")
_KEPT_PARTS = 64
FIELDS = (
    "product_type", "department", "brand", "label_brand", "materials", "styles", "label_sizes", "order_merit",
    "order_rating", OFFERS,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class RowOffer:
    """One offer of a row: colours and sizes folded, price in minor units."""

    words: dict[str, tuple[str, ...]]
    price: int
    stock: int


@dataclass(frozen=True, slots=True)
class Row:
    """What a listing needs of one product; words are folded."""

    product_id: str
    words: dict[str, tuple[str, ...]]
    offers: tuple[RowOffer, ...]
    labels: tuple[tuple[str, str], ...]  # folded brand and sizes with what the feed writes
    merit: int
    rating: int


Parts = dict[All, tuple[Row, ...]]  # parts of the shop as last read


@dataclass(frozen=True, slots=True)
class Part:
    """One kind within one department: how many products, and the one that buyers speak best of."""

    department: str
    product_type: str
    count: int
    best: Product


async def outline(reader: Reader, parts: Parts) -> tuple[Part, ...]:
    """Return every kind of every department that has something to sell, the largest first; words are folded."""
    counts: Counter[tuple[str, str]] = Counter()
    best: dict[tuple[str, str], str] = {}
    for row in await read_rows(reader, parts, All()):
        if row.offers:
            part = row.words["departments"][0], row.words["product_types"][0]
            counts[part] += 1
            best.setdefault(part, row.product_id)
    found = {hit.product.product_id: hit.product for hit in await hits_in_order(reader, list(best.values()))}
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return tuple(Part(*part, count, found[best[part]]) for part, count in ordered if best[part] in found)


async def read_rows(reader: Reader, parts: Parts, base: All) -> Sequence[Row]:
    """Return the best-reviewed products of a part of the shop."""
    if base in parts:
        return parts[base]
    found = await reader.index.ordered("order_merit", base, MOST, FIELDS, descending=True)
    if len(parts) >= _KEPT_PARTS:
        parts.clear()
    parts[base] = tuple(map(row_of, found))
    return parts[base]


def repriced(parts: Parts, offers: Mapping[str, Payload]) -> Parts:
    """Return the parts with new offers of these products; a part that offers themselves define is read anew."""

    def current(row: Row) -> Row:
        return replace(row, offers=_offers(offers[row.product_id])) if row.product_id in offers else row

    return {
        base: tuple(map(current, rows))
        for base, rows in parts.items()
        if not any(isinstance(condition, SomeOffer) for condition in base.conditions)
    }


def row_of(found: Found) -> Row:
    """Return one product's row from its payload's `FIELDS`."""
    payload = found.payload
    words = {
        "product_types": (payload["product_type"],),
        "departments": (payload["department"],),
        "brands": (payload["brand"],),
        "materials": tuple(payload["materials"]),
        "styles": tuple(payload["styles"]),
    }
    labels = [(payload["brand"], payload["label_brand"]), *((fold(size), size) for size in payload["label_sizes"])]
    return Row(
        found.product_id, words, _offers(payload), tuple(labels), payload["order_merit"], payload["order_rating"]
    )


def _offers(payload: Payload) -> tuple[RowOffer, ...]:
    return tuple(
        RowOffer({name: tuple(offer[name]) for name in OF_OFFER}, offer["price"], offer["stock"])
        for offer in payload[OFFERS]
    )
