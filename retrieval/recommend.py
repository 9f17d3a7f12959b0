"""Recommends to a shopper's liking: gathers what others took and what is alike, and puts that in order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retrieval.evidence import Reader
from retrieval.filters import STOCKED_PRICES, All, Ids, Not, conditions
from retrieval.index import TEXT, Ask, Found, LikeAny, VectorIndex
from retrieval.query import Filters, Hit, Liking, SearchResult, Sort
from retrieval.rank import fuse, spread
from retrieval.search import blocking, browse, hits_in_order
from retrieval.taste.learned import Learned
from retrieval.taste.ranking import Features, Goods, seen

_POOL, _NEAREST = 60, 3
_LIKED = 10
_FADE = 0.93
# Of what others took and what is alike, by place in either list; likeness brings in what nobody took yet.
_TAKEN, _ALIKE = 0.75, 0.25
_WIDER = 3  # what others took may be of other kinds than asked for
_GOODS = ("product_type", "order_price", STOCKED_PRICES, "order_merit")
_UNIQUE, _THOUSANDTHS = 1000, 1000.0  # order_ numbers carry three digits to tell equal ones apart; merit is in 1/1000


@dataclass(frozen=True, slots=True)
class Shopper:
    """What there is to recommend by.

    Args:
        liking: What the shopper likes and does not.
        liked: The last ten of it, as far as they are sold.
        vectors: Of those.
        against: Of what the shopper does not like.
        learned: What was learned of others.
        taken: Ids of what others took, the best first.
    """

    liking: Liking
    liked: tuple[Goods, ...]
    vectors: tuple[NDArray[np.float32], ...]
    against: tuple[NDArray[np.float32], ...]
    learned: Learned | None
    taken: Sequence[str]

    @property
    def new(self) -> tuple[Not, ...]:
        """Return that what is liked is not recommended."""
        return (Not(Ids(tuple(self.liking.liked))),) if self.liking.liked else ()


@dataclass(frozen=True, slots=True)
class Candidates:
    """What may be recommended, the best by fixed weights first.

    Args:
        goods: The products.
        worth: Of each by fixed weights, positive.
        lists: Ids by "taken" and "alike", the best first.
    """

    goods: tuple[Goods, ...]
    worth: Mapping[str, float]
    lists: Mapping[str, Sequence[str]]

    def seen_for(self, shopper: Shopper) -> Features:
        """Return what a trained ranker sees of them."""
        learned = shopper.learned
        return seen(self.goods, shopper.liked, self.lists, learned.taken_by if learned else lambda product_id: 0.0)

    def in_order(self, worth: Mapping[str, float], limit: int) -> list[str]:
        """Return the ids of the best, each further one of a type counting a little less."""
        types = {one.product_id: one.product_type for one in self.goods}
        return spread(list(types), worth.__getitem__, lambda each: [types[each]], limit, _FADE)


async def recommend(reader: Reader, known: tuple[Liking, Learned | None], filters: Filters, limit: int) -> SearchResult:
    """Return what others took with the liked products and what is like any of them, of several types, none of them.

    Without known liked products: well-reviewed ones of several types. The order is a trained ranker's where one was
    found better than fixed weights.

    Args:
        reader: The catalogue.
        known: What the shopper likes, of which the last ten are compared, and what was learned of others.
        filters: What all of them meet.
        limit: How many.
    """
    shopper = await shopper_of(reader.index, known, limit)

    async def choose(filters: Filters, limit: int) -> tuple[Hit, ...]:
        if not shopper.vectors and not shopper.taken:
            return await browse(reader, filters, limit, shopper.new)
        found = await candidates(reader.index, shopper, conditions(filters), limit)
        worth, ranker = found.worth, shopper.learned.ranker if shopper.learned else None
        if ranker is not None:
            scores = ranker.score(found.seen_for(shopper)).tolist()
            worth = {one.product_id: score for one, score in zip(found.goods, scores, strict=True)}
        return await hits_in_order(reader, found.in_order(worth, limit))

    async def nearest(relaxed: Filters, _: Sort) -> tuple[Hit, ...]:
        return await choose(relaxed, _NEAREST)

    chosen = await choose(filters, limit)
    blocked = () if chosen else await blocking(reader, filters, nearest, shopper.new)
    return SearchResult(chosen, blocked)


async def weighed(index: VectorIndex, known: tuple[Liking, Learned | None], limit: int) -> tuple[Candidates, Features]:
    """Return what may be recommended of the whole catalogue, and what a trained ranker sees of it."""
    shopper = await shopper_of(index, known, limit)
    found = await candidates(index, shopper, All(), limit)
    return found, found.seen_for(shopper)


async def shopper_of(index: VectorIndex, known: tuple[Liking, Learned | None], limit: int) -> Shopper:
    """Return what there is to recommend by, read from the catalogue and from what was learned."""
    liking, learned = known
    liked, against = await _known(index, liking.liked), await _known(index, liking.unlike)
    taken = learned.wanted(liking.liked, _WIDER * _depth(limit)) if learned else []
    return Shopper(liking, tuple(map(_goods, liked)), _vectors(liked), _vectors(against), learned, taken)


async def candidates(index: VectorIndex, shopper: Shopper, among: All, limit: int) -> Candidates:
    """Return what may be recommended to a shopper of whom something is known, among what meets a condition."""
    among, found = among.also(*shopper.new), list[Found]()
    if shopper.vectors:
        ask = Ask(LikeAny(shopper.vectors, unlike=shopper.against), among, _depth(limit))
        [found] = await index.query([ask], _GOODS)
    there = await index.scan(among.also(Ids(tuple(shopper.taken))), _GOODS) if shopper.taken else []
    goods = {one.product_id: _goods(one) for one in (*found, *there)}
    taken, alike = [each for each in shopper.taken if each in goods], [one.product_id for one in found]
    worth = {one.product_id: one.score for one in found}
    if taken or shopper.against:
        worth = dict(fuse([(_TAKEN, taken), (_ALIKE, alike)]))
    return Candidates(tuple(goods[each] for each in worth), worth, {"taken": taken, "alike": alike})


def _depth(limit: int) -> int:
    return max(_POOL, 4 * limit)


async def _known(index: VectorIndex, product_ids: Sequence[str]) -> list[Found]:
    wanted = list(product_ids)[:_LIKED]
    return await index.retrieve(wanted, _GOODS, with_vectors=True) if wanted else []


def _vectors(found: Sequence[Found]) -> tuple[NDArray[np.float32], ...]:
    return tuple(one.vectors[TEXT] for one in found if one.vectors is not None)


def _goods(found: Found) -> Goods:
    payload = found.payload
    price, merit = payload.get("order_price") or 0, payload.get("order_merit") or 0
    return Goods(
        found.product_id,
        payload["product_type"],
        price / _UNIQUE,
        bool(payload.get(STOCKED_PRICES)),
        merit / _UNIQUE / _THOUSANDTHS,
    )
