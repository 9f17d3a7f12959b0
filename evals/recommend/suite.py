"""Runs every recommender over one folder: what it is compared with, the parts of what is served, and what is served."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from importlib.util import find_spec
from itertools import pairwise
from typing import Protocol, cast

import numpy as np

from evals.recommend.baselines import Scorer, bestsellers, nearest_items, published
from evals.recommend.dataset import Held, without_last
from evals.recommend.measures import measured, ranked
from retrieval.taste import next_item
from retrieval.taste.attentive import Weights, read_attentive, written
from retrieval.taste.interactions import Days, Indices, Interactions, Scores
from retrieval.taste.item_to_item import ItemToItem

Told = Callable[[str], None]

_SETTINGS = (
    next_item.Knobs(),
    next_item.Knobs(ridge=10.0),
    next_item.Knobs(ridge=200.0),
    next_item.Knobs(ridge=200.0, past=8.0, ahead=5.0, novelty=0.3),
)
_CHOOSERS = 4000
# Settings are chosen on the products taken most: a square matrix of twice the size takes eight times as long.
_CHOSEN_AMONG = 5000
_TRAINING_SHARE = 0.65  # of the time for a run, its beginning included
_MIXES = (0.0, 0.15, 0.3, 0.5, 0.7, 0.85, 1.0)


class _Training(Protocol):
    def train(
        self,
        histories: Sequence[Indices],
        products: int,
        found: Callable[[int, float], None],
        *,
        seed: int,
        late: Callable[[], bool],
    ) -> Weights: ...


@dataclass(frozen=True, slots=True)
class Watch:
    """How long a run may take.

    Args:
        seconds: For the whole run.
        begun: When it began, by `now`.
        now: A clock in seconds.
    """

    seconds: float
    begun: float
    now: Callable[[], float]

    def late(self) -> bool:
        """Say whether training has to end, so that time is left to rank with what was trained."""
        return self.now() - self.begun > _TRAINING_SHARE * self.seconds


@dataclass(frozen=True, slots=True)
class Measured:
    """What a run found.

    Args:
        systems: Measures by system.
        chosen: What was chosen on held-back training interactions, in words; "" where there was nothing to choose.
    """

    systems: Mapping[str, Mapping[str, float]]
    chosen: str


def measure(held: Held, seed: int, told: Told, watch: Watch) -> Measured:
    """Train and measure every recommender on one folder's interactions.

    Args:
        held: What to learn from and what is to be found.
        seed: Of the training and of the intervals.
        told: Told what is being done, a sentence a step.
        watch: How long it may take; only the training of the attentive model is cut short.
    """
    baselines = {"bestsellers": bestsellers, "item_knn": nearest_items, "ease": published}
    systems: dict[str, Mapping[str, float]] = {}
    for name, train in baselines.items():
        told(f"Measuring {name}")
        systems[name] = measured(held, ranked(held, train(held.taken)), seed)
    if held.kind == "interactions":
        told("Measuring item to item")
        systems["served"] = measured(held, ranked(held, ItemToItem.train(held.taken).scores), seed)
        return Measured(systems, "")
    parts, chosen = _sequential(held, seed, told, watch)
    return Measured(systems | {name: measured(held, ranked(held, part), seed) for name, part in parts.items()}, chosen)


def _sequential(held: Held, seed: int, told: Told, watch: Watch) -> tuple[dict[str, Scorer], str]:
    """Return the parts of what is served for sequences and their mix, chosen on each shopper's last known product."""
    inner = _some(without_last(held))
    found: list[float] = []
    for number, knobs in enumerate(_SETTINGS, 1):
        told(f"Choosing how the next item is learned ({number} of {len(_SETTINGS)})")
        fewer = replace(knobs, most=_CHOSEN_AMONG)
        found.append(_found(inner, next_item.NextItem.train(inner.taken, fewer).scores))
    knobs = _SETTINGS[found.index(max(found))]
    told("Learning the next item from everything")
    parts: dict[str, Scorer] = {"next_item": next_item.NextItem.train(held.taken, knobs).scores}
    if find_spec("torch") is None:
        return parts | {
            "served": parts["next_item"]
        }, f"{knobs}; no PyTorch here, so nothing attentive (make setup-train)"
    attentive = _attentive(held.taken, seed, told, watch)
    told("Choosing the mix")
    scorer = next_item.NextItem.train(inner.taken, knobs).scores
    share, best = max(((s, _found(inner, mixed(scorer, attentive, s))) for s in _MIXES), key=lambda each: each[1])
    parts |= {"attentive": attentive, "served": mixed(parts["next_item"], attentive, share)}
    return parts, f"{knobs}; attentive {share}, next item {1 - share:.2f}; NDCG@10 {best:.4f} where it was chosen"


def mixed(first: Scorer, second: Scorer, share: float) -> Scorer:
    """Return a scorer that adds two others' standard scores, the second one's with this share."""

    def scores(items: Indices, days: Days) -> Scores:
        return (1 - share) * _standard(first(items, days)) + share * _standard(second(items, days))

    return scores


def _standard(scores: Scores) -> Scores:
    spread = float(scores.std())
    return (scores - scores.mean()) / spread if spread else np.zeros_like(scores)


def _attentive(taken: Interactions, seed: int, told: Told, watch: Watch) -> Scorer:
    bounds = taken.bounds()
    histories = [taken.item[start:end] for start, end in pairwise(bounds.tolist())]
    # PyTorch is there for training only; what is measured is what would be served.
    training = cast(_Training, import_module("retrieval.train.attentive"))

    def found(epoch: int, score: float) -> None:
        told(f"Training the attentive model: epoch {epoch + 1}, NDCG@10 {score:.4f} on what is held back")

    weights = training.train(histories, len(taken.items), found, seed=seed, late=watch.late)
    return read_attentive(written(weights), weights["place.weight"].shape[0]).scores


def _some(held: Held) -> Held:
    """Return the same with fewer shoppers to find something for: enough to choose by, soon ranked."""
    step = -(-len(held.wanted) // _CHOOSERS)
    return replace(held, wanted=dict(list(held.wanted.items())[::step]))


def _found(held: Held, scorer: Scorer) -> float:
    return measured(held, ranked(held, scorer), 0)["ndcg@10"]
