"""Scores ranked recommendations: what was found, with TREC's code, and how varied and well known what is shown is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import ir_measures
import numpy as np
from ir_measures import R, Success, nDCG

from evals.intervals import interval, mean_of
from evals.recommend.dataset import Held
from retrieval.taste.interactions import Scorer

DEPTH = 20

_SHOWN = 10
_DIGITS = 4
_POPULAR_SHARE = 0.1
_INTERACTIONS = {"recall@20": R @ 20, "ndcg@10": nDCG @ 10}
_SEQUENCES = {"hr@10": Success @ 10, "ndcg@10": nDCG @ 10}


@dataclass(frozen=True, slots=True)
class Ranked:
    """The best `DEPTH` products for each shopper of whom something is to be found, by id, none taken before."""

    by_user: Mapping[str, Sequence[str]]


def ranked(held: Held, scorer: Scorer) -> Ranked:
    """Rank every product for every shopper; what they took is left out, since it is to be something new."""
    taken = held.taken
    bounds = taken.bounds()
    lists: dict[str, list[str]] = {}
    for who, user in enumerate(taken.users):
        if user not in held.wanted:
            continue
        mine = slice(int(bounds[who]), int(bounds[who + 1]))
        scores = scorer(taken.item[mine], taken.day[mine]).copy()
        scores[taken.item[mine]] = -np.inf
        best = np.argpartition(-scores, DEPTH)[:DEPTH] if len(scores) > DEPTH else np.arange(len(scores))
        order = best[np.argsort(-scores[best], kind="stable")]
        lists[user] = [taken.items[item] for item in order.tolist() if scores[item] > -np.inf]
    return Ranked(lists)


def measured(held: Held, lists: Ranked, seed: int) -> dict[str, float]:
    """Return the means, the bounds of their 95 % bootstrap intervals, and what is shown.

    Args:
        held: What was to be found.
        lists: What was recommended.
        seed: Of the intervals.

    Returns:
        The measures of its kind with `_low` and `_high` beside each; `coverage@10`, the share of products that anybody
        is shown; `novelty@10`, the mean information in bits of a shown product's popularity; `popular_share@10`, the
        share of what is shown that is among the tenth taken most.
    """
    measures = _INTERACTIONS if held.kind == "interactions" else _SEQUENCES
    values = _by_user(held, lists, measures)
    figures: dict[str, float] = {}
    for name, each in values.items():
        figures |= interval(name, mean_of(each), len(each), seed)
    figures |= {name: round(value, _DIGITS) for name, value in _breadth(held, lists).items()}
    return figures | {"shoppers": len(held.wanted)}


def _by_user(held: Held, lists: Ranked, measures: Mapping[str, ir_measures.Measure]) -> dict[str, np.ndarray]:
    judged = {user: dict.fromkeys(items, 1) for user, items in held.wanted.items()}
    scored = {user: {item: float(-place) for place, item in enumerate(mine)} for user, mine in lists.by_user.items()}
    place = {user: index for index, user in enumerate(sorted(judged))}
    names = {str(measure): name for name, measure in measures.items()}
    values = {name: np.zeros(len(place)) for name in measures}
    for metric in ir_measures.iter_calc(list(measures.values()), judged, scored):  # pyright: ignore[reportUnknownMemberType]
        values[names[str(metric.measure)]][place[metric.query_id]] = metric.value
    return values


def _breadth(held: Held, lists: Ranked) -> dict[str, float]:
    number = {item: index for index, item in enumerate(held.taken.items)}
    shown = np.array([number[item] for mine in lists.by_user.values() for item in mine[:_SHOWN]], dtype=np.int64)
    popularity = held.taken.popularity()
    many = np.argsort(-popularity, kind="stable")[: max(1, round(len(popularity) * _POPULAR_SHARE))]
    share = (popularity[shown] + 1) / (popularity.sum() + len(popularity))
    return {
        "coverage@10": len(np.unique(shown)) / len(popularity),
        "novelty@10": float(-np.log2(share).mean()) if len(shown) else 0.0,
        "popular_share@10": float(np.isin(shown, many).mean()) if len(shown) else 0.0,
    }
