"""Trains the ranker of recommendations from what shoppers clicked or took, and keeps it where fixed weights are worse.

Where rows are known as they were shown, what was clicked counts as many times as its place was looked at less than the
first (inverse propensity), so that the ranker learns what was wanted and not where it stood. Elsewhere it learns from
what shoppers took later, among all that might have been recommended.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from zlib import crc32

import numpy as np

from evals.boosting import boosted
from evals.intervals import bounds, mean_of
from evals.recommend.clicks import MOST, examined
from evals.recommend.sequence import Told
from evals.recommend.training import Earlier
from retrieval.index import VectorIndex
from retrieval.query import Liking
from retrieval.ranker import Example
from retrieval.recommend import Candidates, weighed
from retrieval.taste.ranking import FEATURES, Features
from retrieval.taste.versions import OF_TASTE
from retrieval.trees import TreesRanker, read_ranker

_CLICKED = 200  # rows with a click; of fewer, what was taken later is learned from
_FEWEST = 40  # shoppers of either half; of fewer, nothing can be said
_MOMENTS = 1500  # that are learned from, each costs a recommendation
_ROUNDS, _SHOWN = 60, 10
_NEWEST = 20  # of what a shopper likes


@dataclass(frozen=True, slots=True)
class Moment:
    """A shopper at one time, what they liked until then, and what came of it.

    Args:
        who: By pseudonym.
        liked: Product ids, the most recent first.
        wanted: What was clicked or taken, with how much it counts.
        shown: The row as it stood; () where anything might have been recommended.
    """

    who: str
    liked: tuple[str, ...]
    wanted: Mapping[str, float]
    shown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ranked:
    """What a training of the ranker came to.

    Args:
        ranker: None where fixed weights do as well.
        told: In words.
        trained: Mean worth of the shoppers who were held out, by the trained ranker.
        linear: The same by fixed weights.
        low: Of the 95 % interval of the difference.
        high: The same.
    """

    ranker: TreesRanker | None
    told: str
    trained: float = 0.0
    linear: float = 0.0
    low: float = 0.0
    high: float = 0.0


@dataclass(frozen=True, slots=True)
class _Weighed:
    moment: Moment
    found: Candidates
    features: Features
    ids: Mapping[str, int] = field(default_factory=dict[str, int])


async def train_ranker(index: VectorIndex, earlier: Earlier, seed: int, told: Told) -> Ranked:
    """Learn from half of the shoppers and keep the ranker where it is better for the other half, beyond chance.

    Args:
        index: The catalogue, with the products that the events are of.
        earlier: What was known before what is to be foretold.
        seed: The same one gives the same ranker and interval.
        told: Told what is being done, a sentence a step.
    """
    moments, chances = moments_of(earlier)
    seen: list[_Weighed] = []
    for number, moment in enumerate(moments):
        if number % 100 == 0:
            told(f"Gathering what might have been recommended ({number} of {len(moments)})")
        seen += await _weighed(index, earlier, moment)
    halves: tuple[list[_Weighed], list[_Weighed]] = ([], [])
    for one in seen:
        halves[crc32(one.moment.who.encode()) % 2].append(one)
    if min(len({one.moment.who for one in half}) for half in halves) < _FEWEST:
        return Ranked(None, f"Of {len(seen)} moments there are too few to train a ranker; fixed weights order.")
    told("Training the ranker")
    trained = _fitted(halves[0], seed)
    after = [_worth(one, trained.score(one.features).tolist(), chances) for one in halves[1]]
    before = [_worth(one, list(one.found.worth.values()), chances) for one in halves[1]]
    better = np.array(after) - np.array(before)
    low, high = bounds(mean_of(better), len(better), seed)
    figures = (round(float(np.mean(after)), 4), round(float(np.mean(before)), 4), round(low, 4), round(high, 4))
    what = "clicks a row by inverse propensity" if chances is not None else "NDCG@10 of what was taken later"
    said = (
        f"Ranker: {what} {figures[0]}, by fixed weights {figures[1]}; difference "
        f"{round(float(better.mean()), 4)} [{figures[2]}, {figures[3]}] on {len(better)} moments of others."
    )
    if low <= 0:
        return Ranked(None, f"{said} That may be chance, so fixed weights order.", *figures)
    return Ranked(_fitted(seen, seed), f"{said} It is used.", *figures)


def moments_of(earlier: Earlier) -> tuple[list[Moment], np.ndarray | None]:
    """Return the moments to learn from, and how likely each place of a row is looked at where rows are known."""
    clicked = [slate for slate in earlier.slates if slate.clicked]
    if len(clicked) >= _CLICKED:
        chances = examined(earlier.slates)
        rows = [
            Moment(
                slate.who,
                slate.liked[:_NEWEST],
                {each: min(MOST, 1.0 / float(chances[slate.shown.index(each)])) for each in sorted(slate.clicked)},
                slate.shown,
            )
            for slate in clicked
        ]
        return _some(rows), chances
    held, taken = earlier.held, earlier.held.taken
    where: dict[str, int] = {user: at for at, user in enumerate(taken.users)}
    limits: list[int] = taken.bounds().tolist()
    rows: list[Moment] = []
    for who, wanted in sorted(held.wanted.items()):
        mine: list[int] = taken.item[limits[where[who]] : limits[where[who] + 1]].tolist()
        liked = tuple(dict.fromkeys(taken.items[item] for item in reversed(mine)))[:_NEWEST]
        rows.append(Moment(who, liked, dict.fromkeys(sorted(wanted), 1.0)))
    return _some(rows), None


def _some(moments: Sequence[Moment]) -> list[Moment]:
    return list(moments[:: -(-len(moments) // _MOMENTS)]) if moments else []


async def _weighed(index: VectorIndex, earlier: Earlier, moment: Moment) -> list[_Weighed]:
    """Return what is seen at a moment, only of the row where there was one; [] where nothing wanted is among it."""
    found, features = await weighed(index, (Liking(moment.liked), earlier.model), _SHOWN)
    if moment.shown:
        keep = [at for at, one in enumerate(found.goods) if one.product_id in moment.shown]
        goods = tuple(found.goods[at] for at in keep)
        worth = {one.product_id: found.worth[one.product_id] for one in goods}
        found, features = Candidates(goods, worth, found.lists), features[keep]
    ids = {one.product_id: at for at, one in enumerate(found.goods)}
    return [_Weighed(moment, found, features, ids)] if len(ids) > 1 and set(ids) & set(moment.wanted) else []


def _fitted(seen: Sequence[_Weighed], seed: int) -> TreesRanker:
    """Train on one example for each product that was wanted, against what was not, with the weight it has."""
    examples: list[Example] = []
    for one in seen:
        wanted = [one.ids[each] for each in one.moment.wanted if each in one.ids]
        for at in wanted:
            rows = [row for row in range(len(one.ids)) if row == at or row not in wanted]
            grades = np.array([float(row == at) for row in rows], dtype=np.float32)
            weight = one.moment.wanted[one.found.goods[at].product_id]
            examples.append(Example(one.features[rows], grades, weight))
    provenance = json.dumps({"features": list(FEATURES), "examples": len(examples), "rounds": _ROUNDS, "seed": seed})
    return read_ranker(boosted(examples, _ROUNDS, seed, provenance, FEATURES), Path("ranker.onnx"), OF_TASTE)


def _worth(one: _Weighed, scores: Sequence[float], chances: np.ndarray | None) -> float:
    """Return what an order is worth: clicks by inverse propensity of a row, else NDCG@10."""
    worth = dict(zip((goods.product_id for goods in one.found.goods), scores, strict=True))
    limit = len(worth) if chances is not None else _SHOWN
    order = one.found.in_order(worth, limit)
    wanted = one.moment.wanted
    if chances is not None:
        return sum(min(MOST, wanted[each] * float(chances[at])) for at, each in enumerate(order) if each in wanted)
    gains = [1 / np.log2(at + 2) for at, each in enumerate(order) if each in wanted]
    return float(sum(gains) / sum(1 / np.log2(at + 2) for at in range(min(len(wanted), _SHOWN))))
