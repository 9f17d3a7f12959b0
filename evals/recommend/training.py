"""Learns from a shop's events, measures on the later part of them, and says whether that may be served."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

import numpy as np

from evals.recommend.baselines import Scorer, bestsellers
from evals.recommend.clicks import Estimate, Order, Slate, estimated, examined
from evals.recommend.dataset import Held
from evals.recommend.measures import measured, ranked
from policies.errors import SettingsError
from retrieval.taste.interactions import Interactions
from retrieval.taste.item_to_item import ItemToItem, Knobs
from retrieval.taste.learned import Learned

Told = Callable[[str], None]

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
class Trained:
    """What a training came to.

    Args:
        model: Learned from every event.
        figures: By system, on the later part, learned from the earlier: `trained`, `served` as it is served now (or
            its settings, where it has seen the later part), `bestsellers`.
        accepted: Whether it may be served: better than bestsellers, and no worse than what is served.
        until: Of the last event, RFC 3339.
        events: How many were learned from.
        clicks: Of a row as it was shown and as the model would have ordered it; {} where too few rows are known.
    """

    model: Learned
    figures: Mapping[str, Mapping[str, float]]
    accepted: bool
    until: str
    events: int
    clicks: Mapping[str, Estimate]


def train(events: Sequence[Done], served: tuple[Learned, str] | None, seed: int, told: Told) -> Trained:
    """Learn from events and measure what was learned.

    Args:
        events: In any order.
        served: What is served now and until when it had learned, RFC 3339.
        seed: Of the intervals.
        told: Told what is being done, a sentence a step.

    Raises:
        SettingsError: There are too few events to tell anything.
    """
    taken = sorted((each for each in events if each.kind in TAKEN), key=lambda each: each.at)
    split = taken[int(len(taken) * _EARLIER)].at if taken else None
    held = None if split is None else _held(taken, split)
    if split is None or held is None or len(held.wanted) < _FEWEST:
        raise SettingsError(
            f"{len(taken):,} events are too few to learn from: at least {_FEWEST} shoppers must have taken something "
            "new in the latest fifth of the time. Import some with: aisle events import FILE"
        )
    knobs = _chosen(held, told)
    systems = {"trained": ItemToItem.train(held.taken, knobs).scores, "bestsellers": bestsellers(held.taken)}
    if served is not None:
        systems["served"] = _as_served(served, held, split)
    told("Measuring")
    figures = {name: measured(held, ranked(held, scorer), seed) for name, scorer in systems.items()}
    score = figures["trained"]["ndcg@10"]
    accepted = score > figures["bestsellers"]["ndcg@10"] and score >= figures.get("served", {}).get("ndcg@10", 0.0)
    slates = _slates(events, taken, split)
    clicks: Mapping[str, Estimate] = {}
    if len(slates) >= _ROWS:
        clicks = estimated(slates, _ordering(held, systems["trained"]), examined(slates))
    told("Learning from everything")
    every = _interactions(taken)
    model = Learned.train(every, _interactions([each for each in taken if each.kind == "buy"], every.items), knobs)
    return Trained(model, figures, accepted, taken[-1].at.isoformat(), len(taken), clicks)


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
        Slate(tuple(reversed(liked[who])), shown, frozenset(clicked.get((who, slate), ())) & frozenset(shown))
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
    taken = held.taken
    bounds = taken.bounds()
    longer = np.diff(bounds) > 1
    keep = np.ones(len(taken.item), dtype=bool)
    last = bounds[1:] - 1
    keep[last[longer]] = False
    inner = Interactions(taken.users, taken.items, taken.user[keep], taken.item[keep], taken.day[keep])
    newest: list[int] = taken.item[last].tolist()
    wanted = {taken.users[who]: frozenset([taken.items[newest[who]]]) for who in np.flatnonzero(longer).tolist()}
    if not wanted:
        return _CHOICES[0]
    choosing = Held("interactions", inner, wanted)
    found: list[tuple[float, int]] = []
    for number, knobs in enumerate(_CHOICES):
        told(f"Choosing settings ({number + 1} of {len(_CHOICES)})")
        scores = ItemToItem.train(inner, knobs).scores
        found.append((measured(choosing, ranked(choosing, scores), 0)["ndcg@10"], -number))
    return _CHOICES[-max(found)[1]]


def _as_served(served: tuple[Learned, str], held: Held, split: datetime) -> Scorer:
    """Return how the served model scores the products of `held`; one that has seen what is to be found begins anew."""
    model, until = served
    if datetime.fromisoformat(until) >= split:
        return ItemToItem.train(held.taken, model.likes.knobs).scores
    place = np.array([model.number.get(item, -1) for item in held.taken.items], dtype=np.int64)
    known = place >= 0

    def scores(items: np.ndarray, days: np.ndarray) -> np.ndarray:
        mine = known[items]
        theirs = model.likes.scores(place[items[mine]], days[mine])
        found = np.zeros(len(place))
        found[known] = theirs[place[known]]
        return found

    return scores


def settings_of(knobs: Knobs) -> str:
    """Return settings in words."""
    return ", ".join(f"{name} {value:g}" for name, value in asdict(knobs).items())
