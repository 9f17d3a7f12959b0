"""Learns from a shop's events, measures on the later part of them, and says whether that may be served."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime

import numpy as np

from evals.recommend.baselines import bestsellers
from evals.recommend.clicks import Estimate, Order, Slate, estimated, examined
from evals.recommend.dataset import Held, without_last
from evals.recommend.measures import measured, ranked
from evals.recommend.sequence import MIXES, Fit, Told
from policies.errors import SettingsError
from retrieval.taste.attentive import Attentive
from retrieval.taste.interactions import Interactions, Scorer
from retrieval.taste.item_to_item import ItemToItem, Knobs
from retrieval.taste.learned import Learned, mixed

TAKEN = frozenset({"view", "click", "add", "save", "buy"})
_EARLIER = 0.8  # share of the events, by time, that the others are foretold from
_CHOICES = (Knobs(), Knobs(ridge=100.0), Knobs(ridge=20.0), Knobs(novelty=0.0), Knobs(ridge=100.0, novelty=0.0))
_ROWS = 200  # of which products and clicks are known; of fewer, no click is foretold
_FEWEST = 20  # shoppers who took something new later; of fewer, nothing can be said


@dataclass(frozen=True, slots=True)
class Done:
    """One event as it is learned from: who by pseudonym, with which product, when, what, and where in which row."""

    who: str
    product_id: str
    at: datetime
    kind: str
    place: int | None = None
    slate: str = ""


@dataclass(frozen=True, slots=True)
class Earlier:
    """The state in which the later part of the time is yet to come.

    Args:
        model: Learned from the earlier part.
        held: What shoppers took then, and what they took later.
        slates: Rows shown later.
    """

    model: Learned
    held: Held
    slates: Sequence[Slate]


@dataclass(frozen=True, slots=True)
class Trained:
    """What a training came to.

    Args:
        model: Learned from every event.
        figures: By system, on the later part, learned from the earlier: `trained`, `served` as it is served now (or
            its settings, where it has seen the later part), `bestsellers`; where a sequence model was tried, `mixed`
            with it and `item_to_item` without, the better of which is what was trained.
        accepted: Whether it may be served: better than bestsellers, and no worse than what is served.
        until: Of the last event, RFC 3339.
        events: How many were learned from.
        clicks: Of a row as it was shown and as the model would have ordered it; {} where too few rows are known.
        earlier: What a ranker may be trained from.
    """

    model: Learned
    figures: Mapping[str, Mapping[str, float]]
    accepted: bool
    until: str
    events: int
    clicks: Mapping[str, Estimate]
    earlier: Earlier


def train(
    events: Sequence[Done], served: tuple[Learned, str] | None, seed: int, told: Told, fit: Fit | None = None
) -> Trained:
    """Learn from events and measure what was learned.

    Args:
        events: In any order.
        served: What is served now and until when it had learned, RFC 3339.
        seed: Of the intervals.
        told: Told what is being done, a sentence a step.
        fit: Trains a sequence model; None where nothing here can.

    Raises:
        SettingsError: There are too few events to tell anything, or what is served has a part that nothing here trains.
    """
    taken = sorted((each for each in events if each.kind in TAKEN), key=lambda each: each.at)
    split = taken[int(len(taken) * _EARLIER)].at if taken else None
    held = None if split is None else _held(taken, split)
    if split is None or held is None or len(held.wanted) < _FEWEST:
        raise SettingsError(
            f"{len(taken):,} events are too few to learn from: at least {_FEWEST} shoppers must have taken something "
            "new in the latest fifth of the time. Import some with: aisle events import FILE"
        )
    if served is not None and served[0].sequence is not None and fit is None:
        raise SettingsError(
            "What is served has a sequence model, which needs PyTorch to be renewed. Run this in the training "
            "environment: make setup-train"
        )
    knobs = _chosen(held, told)
    earlier = Learned.train(held.taken, _bought(taken, held.taken.items, split), knobs)
    parts = _Parts(earlier.likes.scores, fit(held.taken) if fit else None)
    share = _share(held, knobs, parts.sequence, told)
    figures = _figures(held, parts, share, _as_served(served, held, split, parts) if served else None, (seed, told))
    share = share if figures["trained"] is figures.get("mixed") else 0.0
    score = figures["trained"]["ndcg@10"]
    accepted = score > figures["bestsellers"]["ndcg@10"] and score >= figures.get("served", {}).get("ndcg@10", 0.0)
    slates = _slates(events, taken, split)
    clicks: Mapping[str, Estimate] = {}
    if len(slates) >= _ROWS:
        clicks = estimated(slates, _ordering(held, parts.mixed(share)), examined(slates))
    told("Learning from everything")
    every = _interactions(taken)
    model = Learned.train(every, _bought(taken, every.items), knobs)
    if fit and share:
        model = replace(model, sequence=fit(every), share=share)
        earlier = replace(earlier, sequence=parts.sequence, share=share)
    before = Earlier(earlier, held, slates)
    return Trained(model, figures, accepted, taken[-1].at.isoformat(), len(taken), clicks, before)


def _bought(taken: Sequence[Done], items: Sequence[str], until: datetime | None = None) -> Interactions:
    return _interactions([e for e in taken if e.kind == "buy" and (until is None or e.at < until)], items)


@dataclass(frozen=True, slots=True)
class _Parts:
    likes: Scorer
    sequence: Attentive | None

    def mixed(self, share: float) -> Scorer:
        return mixed(self.likes, self.sequence and self.sequence.scores, share)


def _share(held: Held, knobs: Knobs, sequence: Attentive | None, told: Told) -> float:
    """Return the sequence model's share that foretells best, on each shopper's last known product."""
    inner = without_last(held)
    if sequence is None or not inner.wanted:
        return 0.0
    told("Choosing the mix")
    likes = ItemToItem.train(inner.taken, knobs).scores
    found = [measured(inner, ranked(inner, mixed(likes, sequence.scores, share)), 0)["ndcg@10"] for share in MIXES]
    return MIXES[found.index(max(found))]


def _figures(
    held: Held, parts: _Parts, share: float, served: Scorer | None, how: tuple[int, Told]
) -> Mapping[str, Mapping[str, float]]:
    """Measure on the later part; what was trained has the sequence model only where that is better with it."""
    seed, told = how
    told("Measuring")
    systems = {"item_to_item": parts.likes, "bestsellers": bestsellers(held.taken)}
    systems |= {"served": served} if served else {}
    systems |= {"mixed": parts.mixed(share)} if share else {}
    figures = {name: measured(held, ranked(held, scorer), seed) for name, scorer in systems.items()}
    alone, both = figures["item_to_item"], figures.get("mixed", {})
    better = both if both.get("ndcg@10", 0.0) > alone["ndcg@10"] else alone
    return figures | {"trained": better}


def _held(taken: Sequence[Done], split: datetime) -> Held:
    """Hold back what shoppers took for the first time from a moment on."""
    earlier = [each for each in taken if each.at < split]
    mine: dict[str, set[str]] = {}
    for each in earlier:
        mine.setdefault(each.who, set()).add(each.product_id)
    wanted: dict[str, set[str]] = {}
    for each in taken:
        if each.at >= split and each.who in mine and each.product_id not in mine[each.who]:
            wanted.setdefault(each.who, set()).add(each.product_id)
    every = sorted({each.product_id for each in taken})
    return Held("interactions", _interactions(earlier, every), {who: frozenset(ids) for who, ids in wanted.items()})


def _slates(events: Sequence[Done], taken: Sequence[Done], split: datetime) -> list[Slate]:
    """Return the rows that were shown from a moment on, of which something was clicked in any place that is known."""
    rows: dict[tuple[str, str], dict[int, str]] = {}
    clicked: dict[tuple[str, str], set[str]] = {}
    for each in events:
        if each.at >= split and each.slate and each.kind == "show" and each.place is not None:
            rows.setdefault((each.who, each.slate), {})[each.place] = each.product_id
        elif each.at >= split and each.slate and each.kind == "click":
            clicked.setdefault((each.who, each.slate), set()).add(each.product_id)
    liked: dict[str, list[str]] = {}
    for each in taken:
        if each.at < split:
            liked.setdefault(each.who, []).append(each.product_id)
    return [
        Slate(tuple(reversed(liked[who])), shown, frozenset(clicked.get((who, slate), ())) & frozenset(shown), who)
        for (who, slate), places in rows.items()
        if who in liked and len(shown := tuple(places[place] for place in sorted(places))) > 1
    ]


def _ordering(held: Held, scorer: Scorer) -> Order:
    """Return how a model orders a row for its shopper; what it knows nothing of keeps its place among the last."""
    number = {item: index for index, item in enumerate(held.taken.items)}

    def order(slate: Slate) -> list[str]:
        mine = np.array([number[item] for item in slate.liked], dtype=np.int64)
        scores = scorer(mine, -np.arange(len(mine), dtype=np.float64))
        worth = {item: float(scores[number[item]]) if item in number else 0.0 for item in slate.shown}
        return sorted(slate.shown, key=lambda item: -worth[item])

    return order


def _interactions(events: Sequence[Done], items: Sequence[str] | None = None) -> Interactions:
    return Interactions.of(((each.who, each.product_id, each.at.timestamp()) for each in events), items)


def _chosen(held: Held, told: Told) -> Knobs:
    """Return the settings that foretell best, on each shopper's last known product, which is learned from later."""
    choosing = without_last(held)
    if not choosing.wanted:
        return _CHOICES[0]
    found: list[tuple[float, int]] = []
    for number, knobs in enumerate(_CHOICES):
        told(f"Choosing settings ({number + 1} of {len(_CHOICES)})")
        scores = ItemToItem.train(choosing.taken, knobs).scores
        found.append((measured(choosing, ranked(choosing, scores), 0)["ndcg@10"], -number))
    return _CHOICES[-max(found)[1]]


def _as_served(served: tuple[Learned, str], held: Held, split: datetime, parts: _Parts) -> Scorer:
    """Return how the served model scores the products of `held`; one that has seen what is to be found begins anew."""
    model, until = served
    if datetime.fromisoformat(until) >= split:
        return replace(parts, likes=ItemToItem.train(held.taken, model.likes.knobs).scores).mixed(model.share)
    place = np.array([model.number.get(item, -1) for item in held.taken.items], dtype=np.int64)
    known = place >= 0

    def scores(items: np.ndarray, days: np.ndarray) -> np.ndarray:
        mine = known[items]
        found = np.zeros(len(place))
        if not mine.any():
            return found
        theirs = model.scores(place[items[mine]], days[mine])
        found[known] = theirs[place[known]]
        return found

    return scores


def settings_of(knobs: Knobs) -> str:
    """Return settings in words."""
    return ", ".join(f"{name} {value:g}" for name, value in asdict(knobs).items())
