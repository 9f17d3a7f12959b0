"""Scores ranked lists against judgments with TREC's own code, and compares two systems query by query."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import ir_measures
import numpy as np
from ir_measures import RR, Judged, R, nDCG

from evals.intervals import bounds, mean_of
from evals.retrieval.dataset import Dataset

Run = Mapping[str, Sequence[str]]  # query id -> product ids, best first

_DIGITS = 4
_GRADE_STEPS = 100  # grades may have two decimals; TREC's code takes whole numbers only
_GAIN_STEPS = 1000


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean difference and the bounds of its 95 % bootstrap interval over queries."""

    mean: float
    low: float
    high: float


class Judge:
    """Measures runs over one dataset; gains are 2^grade - 1, and what nobody judged gains nothing."""

    def __init__(self, data: Dataset) -> None:
        answerable = data.answerable()
        self._ids = sorted(answerable)
        self._qrels = {i: {p: _level(grade) for p, grade in data.grades[i].items()} for i in self._ids}
        levels = {level for judged in self._qrels.values() for level in judged.values()}
        gains = {level: round((2 ** (level / _GRADE_STEPS) - 1) * _GAIN_STEPS) for level in levels}
        relevant = _level(data.relevant)
        self._measures = {
            "ndcg@10": nDCG(gains=gains) @ 10,
            "judged@10": Judged @ 10,
            "judged_only_ndcg@10": nDCG(gains=gains, judged_only=True) @ 10,
            "recall@100": R(rel=relevant) @ 100,
            "mrr": RR(rel=relevant),
        }

    def by_query(self, run: Run) -> dict[str, dict[str, float]]:
        """Return each answerable query's measures; a query without results has zeros."""
        # TREC's code divides by the length of a result; a query without one keeps its zeros.
        scored = {i: {p: float(-place) for place, p in enumerate(run[i])} for i in self._ids if run.get(i)}
        judged = {i: self._qrels[i] for i in scored}
        names = {str(measure): name for name, measure in self._measures.items()}
        table = {i: dict.fromkeys(self._measures, 0.0) for i in self._ids}
        measures = list(self._measures.values())
        for metric in ir_measures.iter_calc(measures, judged, scored):  # pyright: ignore[reportUnknownMemberType]
            table[metric.query_id][names[str(metric.measure)]] = metric.value
        return table


def means(table: Mapping[str, Mapping[str, float]]) -> dict[str, float]:
    """Return the mean of every measure over the queries."""
    names = list(next(iter(table.values()))) if table else []
    return {name: round(float(np.mean([row[name] for row in table.values()])), _DIGITS) for name in names}


def compared(
    table: Mapping[str, Mapping[str, float]], base: Mapping[str, Mapping[str, float]], measure: str, seed: int
) -> Interval:
    """Return how much better a system is than another on the same queries, with a paired bootstrap interval.

    Without any query all three are 0.
    """
    if not table:
        return Interval(0.0, 0.0, 0.0)
    differences = np.array([table[i][measure] - base[i][measure] for i in sorted(table)])
    low, high = bounds(mean_of(differences), len(differences), seed)
    return Interval(*(round(float(value), _DIGITS) for value in (differences.mean(), low, high)))


def refusals(data: Dataset, refused: Mapping[str, bool]) -> dict[str, float]:
    """Return how well a system tells queries without any relevant product; {} where all have one.

    Args:
        data: The judged queries.
        refused: Query id to whether the system said that it has nothing of the kind.
    """
    without = data.queries.keys() - data.answerable()
    if not without:
        return {}
    said = {i for i, no in refused.items() if no}
    right = len(said & without)
    precision, recall = right / len(said) if said else 0.0, right / len(without)
    f1 = 2 * precision * recall / (precision + recall) if right else 0.0
    named = {"no_answer_precision": precision, "no_answer_recall": recall, "no_answer_f1": f1}
    return {name: round(value, _DIGITS) for name, value in named.items()}


def _level(grade: float) -> int:
    return round(grade * _GRADE_STEPS)
