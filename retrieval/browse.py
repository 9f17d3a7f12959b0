"""Lists a part of the shop page by page, and counts what each further choice would leave."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from retrieval.evidence import Reader
from retrieval.filters import All, Ids, active, conditions, fold
from retrieval.parts import FIELDS, MOST, OF_OFFER, Parts, Row, RowOffer, read_rows, row_of
from retrieval.query import Blocking, Filters, Hit, SearchResult, Sort
from retrieval.search import blocking, hits_in_order, search

_CANDIDATES = 240
# What ranks below this share of the first hit has little to do with the words any more: "lamp" ends with the lamps.
_NEAR_THE_BEST = 0.45
_NEAREST = 3
_ANYTHING = Filters()
_OF_PRODUCT = ("product_types", "departments", "brands", "materials", "styles")


@dataclass(frozen=True, slots=True)
class Browse:
    """Which part of the shop to list, and what was chosen within it.

    Args:
        query: Words; only what is near them is listed, best first. "" lists everything.
        within: The part of the shop, e.g. one department. It is no choice: nothing is counted without it.
        filters: What the shopper chose. The `not_` fields are not read.
        sort: Order; relevance without words is by what buyers say, with what is sold out at the end.
        offset: How many to pass over.
        limit: How many to return.
    """

    query: str = ""
    within: Filters = _ANYTHING
    filters: Filters = _ANYTHING
    sort: Sort = "relevance"
    offset: int = 0
    limit: int = 24


@dataclass(frozen=True, slots=True)
class Facets:
    """How many products each value would leave, chosen instead of what is chosen of its kind, all else as it is.

    Args:
        counts: Name of a field of `Filters` to its values, most first; brands and sizes as the feed writes them.
        in_stock: Products that can be had now.
        price_min: Lowest price, minor units; 0 where nothing is left.
        price_max: Highest price, minor units.
    """

    counts: dict[str, dict[str, int]]
    in_stock: int = 0
    price_min: int = 0
    price_max: int = 0


@dataclass(frozen=True, slots=True)
class Browsed:
    """One page of a listing.

    Args:
        hits: The page's products in order.
        total: How many meet everything.
        facets: What further choices would leave.
        blocked_by: When nothing is left: each choice without which something would be.
        found: What the words found in the whole shop; None without words.
        partial: Whether only the `MOST` best-reviewed products of the part were looked at.
    """

    hits: tuple[Hit, ...]
    total: int
    facets: Facets
    blocked_by: tuple[Blocking, ...] = ()
    found: SearchResult | None = None
    partial: bool = False


async def browse(reader: Reader, parts: Parts, asked: Browse) -> Browsed:
    """Return a page of a part of the shop with its facets; what was read of it is remembered in `parts`."""
    found = await search(reader, asked.query, Filters(), _CANDIDATES, "relevance") if asked.query.strip() else None
    if found is None:
        base = conditions(asked.within)
        rows = await read_rows(reader, parts, base)
    else:
        near = [h.product.product_id for h in found.hits if h.score >= _NEAR_THE_BEST * found.hits[0].score]
        base = conditions(asked.within).also(Ids(tuple(near)))
        place = {product_id: rank for rank, product_id in enumerate(near)}
        scanned = await reader.index.scan(base, FIELDS)
        rows = sorted(map(row_of, scanned), key=lambda row: place[row.product_id])
    tally = _Tally(asked.filters)
    for row in rows:
        tally.add(row)
    ids = tally.ordered(asked.sort, ranked=found is not None)
    page = await hits_in_order(reader, ids[asked.offset : asked.offset + asked.limit])
    blocked = () if ids or not active(asked.filters) else await _blocked(reader, asked.filters, base, rows)
    return Browsed(page, len(ids), tally.facets(), blocked, found, partial=len(rows) >= MOST)


async def _blocked(reader: Reader, filters: Filters, base: All, rows: Sequence[Row]) -> tuple[Blocking, ...]:
    async def nearest(relaxed: Filters, sort: Sort) -> tuple[Hit, ...]:
        tally = _Tally(relaxed)
        for row in rows:
            tally.add(row)
        return await hits_in_order(reader, tally.ordered(sort, ranked=True)[:_NEAREST])

    return await blocking(reader, filters, nearest, base.conditions)


@dataclass(slots=True)
class _Tally:
    """Goes over products one by one; each is counted for every facet under all filters but the facet's own."""

    filters: Filters
    matching: list[tuple[Row, int, bool]] = field(default_factory=list[tuple[Row, int, bool]])  # lowest price, stocked
    in_stock: int = 0
    prices: tuple[int, int] | None = None
    wanted: dict[str, frozenset[str]] = field(init=False)
    counts: dict[str, Counter[str]] = field(init=False)
    labels: dict[str, str] = field(default_factory=dict[str, str])

    def __post_init__(self) -> None:
        names = (*_OF_PRODUCT, *OF_OFFER)
        chosen: dict[str, tuple[str, ...]] = {name: getattr(self.filters, name) for name in names}
        self.wanted = {name: frozenset(map(fold, words)) for name, words in chosen.items() if words}
        self.counts = {name: Counter[str]() for name in names}

    def add(self, row: Row) -> None:
        """Count one product wherever it belongs."""
        failed = [name for name in _OF_PRODUCT if self._misses(name, row.words)]
        if len(failed) > 1:
            return
        offers = [(offer, self._failed(offer)) for offer in row.offers]
        fitting = [offer for offer, missed in offers if not missed]
        self.labels.update(row.labels)
        if failed:
            if fitting:
                self.counts[failed[0]].update(row.words[failed[0]])
            return
        if fitting:
            stocked = any(offer.stock > 0 for offer in fitting)
            self.matching.append((row, min(offer.price for offer in fitting), stocked))
            for name in _OF_PRODUCT:
                self.counts[name].update(row.words[name])
        self._add_offers(offers)

    def _add_offers(self, offers: Sequence[tuple[RowOffer, list[str]]]) -> None:
        for name in OF_OFFER:
            self.counts[name].update({word for offer in _but(offers, name) for word in offer.words[name]})
        self.in_stock += any(offer.stock > 0 for offer in _but(offers, "in_stock"))
        prices = [offer.price for offer in _but(offers, "price")]
        if prices:
            low, high = self.prices or (prices[0], prices[0])
            self.prices = min(low, *prices), max(high, *prices)

    def _misses(self, name: str, words: dict[str, tuple[str, ...]]) -> bool:
        return name in self.wanted and self.wanted[name].isdisjoint(words[name])

    def _failed(self, offer: RowOffer) -> list[str]:
        """Return what an offer does not meet, each facet once."""
        low, high = self.filters.price_min, self.filters.price_max
        failed = [name for name in OF_OFFER if self._misses(name, offer.words)]
        if (low is not None and offer.price < low) or (high is not None and offer.price > high):
            failed.append("price")
        if self.filters.in_stock and offer.stock < 1:
            failed.append("in_stock")
        return failed

    def ordered(self, sort: Sort, *, ranked: bool) -> list[str]:
        """Return the ids of all that match; `ranked` says that they were added best first."""
        match sort:
            case "price_low":
                found = sorted(self.matching, key=lambda one: (one[1], one[0].product_id))
            case "price_high":
                found = sorted(self.matching, key=lambda one: (-one[1], one[0].product_id))
            case "rating":
                found = sorted(self.matching, key=lambda one: (-one[0].rating, one[0].product_id))
            case _ if ranked:
                found = self.matching
            case _:
                found = sorted(self.matching, key=lambda one: (not one[2], -one[0].merit, one[0].product_id))
        return [row.product_id for row, _, _ in found]

    def facets(self) -> Facets:
        """Return the counts with values as the shop writes them."""
        counts = {
            name: {self.labels.get(word, word): n for word, n in _most_first(counted) if word}
            for name, counted in self.counts.items()
        }
        low, high = self.prices or (0, 0)
        return Facets(counts, self.in_stock, low, high)


def _but(offers: Iterable[tuple[RowOffer, list[str]]], name: str) -> list[RowOffer]:
    """Return the offers that meet everything, `name` aside."""
    return [offer for offer, failed in offers if not failed or failed == [name]]


def _most_first(counted: Counter[str]) -> list[tuple[str, int]]:
    return sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))
