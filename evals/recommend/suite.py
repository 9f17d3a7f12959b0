"""Runs every recommender over one folder: what it is compared with, the parts of what is served, and what is served."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from evals.recommend.baselines import bestsellers, nearest_items, published
from evals.recommend.dataset import Held, without_last
from evals.recommend.measures import measured, ranked
from evals.recommend.sequence import MIXES, Told, Watch, fitted, trainable
from retrieval.taste import next_item
from retrieval.taste.interactions import Scorer
from retrieval.taste.item_to_item import ItemToItem
from retrieval.taste.learned import mixed

_SETTINGS = (
    next_item.Knobs(),
    next_item.Knobs(ridge=10.0),
    next_item.Knobs(ridge=200.0),
    next_item.Knobs(ridge=200.0, past=8.0, ahead=5.0, novelty=0.3),
)
_CHOOSERS = 4000
# Settings are chosen on the products taken most: a square matrix of twice the size takes eight times as long.
_CHOSEN_AMONG = 5000


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
    if not trainable():
        return parts | {
            "served": parts["next_item"]
        }, f"{knobs}; no PyTorch here, so nothing attentive (make setup-train)"
    attentive = fitted(held.taken, seed, told, watch).scores
    told("Choosing the mix")
    scorer = next_item.NextItem.train(inner.taken, knobs).scores
    share, best = max(((s, _found(inner, mixed(scorer, attentive, s))) for s in MIXES), key=lambda each: each[1])
    parts |= {"attentive": attentive, "served": mixed(parts["next_item"], attentive, share)}
    return parts, f"{knobs}; attentive {share}, next item {1 - share:.2f}; NDCG@10 {best:.4f} where it was chosen"


def _some(held: Held) -> Held:
    """Return the same with fewer shoppers to find something for: enough to choose by, soon ranked."""
    step = -(-len(held.wanted) // _CHOOSERS)
    return replace(held, wanted=dict(list(held.wanted.items())[::step]))


def _found(held: Held, scorer: Scorer) -> float:
    return measured(held, ranked(held, scorer), 0)["ndcg@10"]
