"""Runs an understander over the development set and the public sets, and returns its figures."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from assistant.train.tagger import SLOT_OF
from evals.datasets import CLINC150, QUERYNER, Dataset, present
from evals.intervals import interval, mean_of
from evals.understanding import public
from evals.understanding.answer import Answer
from evals.understanding.ask import Answered, Understander
from evals.understanding.development import Utterance, development
from evals.understanding.figures import f1_of, figures, recall_within
from evals.understanding.judge import Counts, Judged, judge

_MS = 1000
_DIGITS = 4
_WARM_UP = 5  # messages before timing: the first ones load weights

Told = Callable[[str], None]
Metrics = dict[str, float | int]


@dataclass(frozen=True, slots=True)
class UnderstandingPlan:
    """What to measure on.

    Args:
        data: The folder of public data, or None; sets that are not there are left out and told.
        seed: Of the bootstrap.
    """

    data: Path | None
    seed: int = 11


@dataclass(frozen=True, slots=True)
class Measured:
    """Figures, and every judged message of the development set for looking closer."""

    metrics: Metrics
    judged: tuple[Judged, ...]


async def measure(understander: Understander, plan: UnderstandingPlan, told: Told) -> Measured:
    """Measure an understander.

    Args:
        understander: A running one that reads messages against the demo shop's words.
        plan: On what.
        told: Told in words what is being done and what is left out.

    Returns:
        Shares in [0, 1] with `_low` and `_high` bounds of their 95 % bootstrap intervals; times in milliseconds.
    """
    utterances = development()
    asked = [public.asked_with(one) for one in utterances]
    await understander.ask(asked[:_WARM_UP], told)
    answered = await understander.ask(asked, told)
    judged = _judged(utterances, answered)
    metrics: Metrics = {"messages": len(judged), **figures(judged, plan.seed), **_times(answered)}
    alarms = [_alarm(one.answer) for one in answered]
    shopping = [alarm for alarm, one in zip(alarms, judged, strict=True) if one.wanted != "out_of_scope"]
    if plan.data is not None:
        metrics |= await _dialogues(understander, plan.data, plan.seed, told)
    if plan.data is not None and _here(plan.data, CLINC150, told):
        metrics |= await _scope(understander, plan.data, shopping, told)
    if plan.data is not None and _here(plan.data, QUERYNER, told):
        metrics |= await _entities(understander, plan, told)
    if plan.data is None:
        told("not run: clinc150 and queryner need --data or AISLE_DATA_DIR")
    return Measured(metrics, tuple(judged))


def _judged(utterances: Sequence[Utterance], answered: Sequence[Answered]) -> list[Judged]:
    return [judge(one, each.answer) for one, each in zip(utterances, answered, strict=True)]


def _times(answered: Sequence[Answered]) -> Metrics:
    p50, p95 = np.quantile([one.seconds for one in answered], [0.5, 0.95]) * _MS
    return {"p50_ms": round(float(p50), 2), "p95_ms": round(float(p95), 2)}


def _here(data: Path, dataset: Dataset, told: Told) -> bool:
    found = present(data, dataset)
    if not found:
        told(f"not run: {dataset.folder} is not in {data}; its home is {dataset.home}")
    return found


def _alarm(answer: Answer) -> float:
    """Return how strongly a message is called out of scope: any that is so called above any that is not."""
    return 1 + answer.confidence if answer.first == "out_of_scope" else 1 - answer.confidence


async def _scope(understander: Understander, data: Path, shopping: Sequence[float], told: Told) -> Metrics:
    outside, others = public.out_of_scope(data, told)
    found: Metrics = {"shopping_called_out_of_scope": _share([alarm > 1 for alarm in shopping])}
    for name, texts in (("clinc_oos", outside), ("clinc_other_intents", others)):
        alarms = [_alarm(one.answer) for one in await understander.ask([{"text": text} for text in texts], told)]
        found[f"{name}_recall"] = round(recall_within(alarms, shopping), _DIGITS)
        found[f"{name}_recall_as_decided"] = _share([alarm > 1 for alarm in alarms])
    return found


async def _entities(understander: Understander, plan: UnderstandingPlan, told: Told) -> Metrics:
    assert plan.data is not None
    queries = public.queries(plan.data, told)
    answered = await understander.ask([{"text": one.query} for one in queries], told)
    each = [public.entities(query, one.answer) for query, one in zip(queries, answered, strict=True)]
    whole = [Counts(*map(sum, zip(*slots.values(), strict=True))) for slots in each]
    found: Metrics = {**interval("queryner_f1", f1_of(whole), len(whole), plan.seed)}
    for slot in SLOT_OF.values():
        f1 = f1_of([slots[slot] for slots in each])(np.arange(len(each)))
        found[f"queryner_f1_{slot}"] = round(f1, _DIGITS)
    return found


async def _dialogues(understander: Understander, data: Path, seed: int, told: Told) -> Metrics:
    utterances = public.dialogues(data)
    if not utterances:
        return {}
    judged = _judged(utterances, await understander.ask([public.asked_with(one) for one in utterances], told))
    size = len(judged)
    right, near = mean_of([one.right for one in judged]), mean_of([one.near for one in judged])
    return {
        "dialogues_messages": size,
        **interval("dialogues_intent_accuracy", right, size, seed),
        **interval("dialogues_intent_accuracy_neighbours", near, size, seed),
    }


def _share(met: Sequence[bool]) -> float:
    return round(sum(met) / len(met), _DIGITS) if met else 0.0
