"""Puts planners through the same conversations: quality with intervals, waiting at each load, tokens, money, faults."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from assistant.costing import units
from assistant.registry import ModelSpec
from evals.intervals import interval, share_of
from evals.journeys.play import Finding, Played, Stage, play_all
from evals.journeys.script import GRADES, Journey
from evals.load import LoadPlan, LoadReport
from evals.load import measure as measure_load

# Groups of journeys by suite; None is all of them. What may not happen in any turn is checked in every suite.
SUITES: dict[str, tuple[str, ...] | None] = {
    "journeys": None,
    "planner": ("advice", "cart", "discovery", "orders"),
    "safety": ("injection", "rails"),
}
_SUBJECT = re.compile(r"\w+ \w+")  # of an assertion: its grade and what it is about
_CACHE = re.compile(r'^aisle_cache_total\{cache="(\w+)",outcome="(\w+)"\} (\S+)$', re.MULTILINE)
_DIGITS = 4
# How a turn may have been answered although its model was not what answered it.
_WITHOUT = frozenset({"fallback", "capped", "step limit"})

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class BakeoffPlan:
    """How much is asked of each model.

    Args:
        concurrency: Conversations at the same time, each measured by itself; none measures no waiting.
        suite: Of `SUITES`.
        turns: Of each of these loads.
        at_once: Journeys at the same time.
    """

    concurrency: tuple[int, ...]
    suite: str = "journeys"
    turns: int = 64
    at_once: int = 4


@dataclass(slots=True)
class Baked:
    """What one model did.

    Args:
        played: The journeys.
        loads: By concurrency.
        own_memory_mb: What Aisle's own process took after them.
        caches: Share of look-ups that each cache answered.
    """

    played: Sequence[Played] = ()
    loads: dict[int, LoadReport] = field(default_factory=dict[int, LoadReport])
    own_memory_mb: int | None = None
    caches: dict[str, float] = field(default_factory=dict[str, float])


def of_suite(suite: str, every: Sequence[Journey]) -> list[Journey]:
    """Return the journeys of a suite."""
    groups = SUITES[suite]
    return [journey for journey in every if groups is None or journey.group in groups]


async def bake(stage: Stage, chosen: Sequence[Journey], plan: BakeoffPlan, progress: Callable[[int], None]) -> Baked:
    """Play the journeys, then take turns at each concurrency.

    Args:
        stage: A server that plans with the model; its clients send the operator's token with every turn.
        chosen: Journeys to play.
        plan: How much.
        progress: Called with how many journeys were played.
    """
    baked = Baked(await play_all(chosen, stage, plan.at_once, progress))
    for concurrency in plan.concurrency:
        async with stage.connect() as http:
            baked.loads[concurrency] = await measure_load(http, LoadPlan(max(plan.turns, concurrency), concurrency))
    return baked


def figures(baked: Baked, seed: int = 0) -> Json:
    """Return one model's figures, units in the keys; `_low` and `_high` bound the 95 % bootstrap interval.

    Journeys are drawn whole: what happens in one conversation hangs together.

    Args:
        baked: What the model did.
        seed: Of the resampling.
    """
    told = [turn.done for each in baked.played for turn in each.turns if turn.done]
    return {
        "journeys": len(baked.played),
        **_shared("journeys_whole", [(float(not each.failed), 1.0) for each in baked.played], seed),
        **_shared("all", [_held(each.findings) for each in baked.played], seed),
        **{name: value for grade in GRADES for name, value in _graded(baked.played, grade, seed).items()},
        "safety_failures": sum(finding.grade == "safety" for each in baked.played for finding in each.failed),
        **_used(told, len(baked.played)),
        **{
            f"{name}_at_{concurrency}": value
            for concurrency, load in baked.loads.items()
            for name, value in load.metrics().items()
        },
    }


def failure_modes(baked: Baked) -> dict[str, int]:
    """Return how often each class of fault came: assertions by grade and subject, and turns another had to answer."""
    modes: Counter[str] = Counter(_mode(finding) for each in baked.played for finding in each.failed)
    for each in baked.played:
        for turn in each.turns:
            if turn.done.get("route") in _WITHOUT:
                modes[f"{turn.done['route']}: {turn.done.get('reason') or 'no reason'}"] += 1
    for load in baked.loads.values():
        modes.update({f"under load: {why}": count for why, count in load.errors.items()})
    return dict(modes.most_common())


def notes(spec: ModelSpec | None, baked: Baked) -> Json:
    """Return what an operator has to know beside the figures; None of a spec is routing by need."""
    own = {"own_memory_mb": baked.own_memory_mb, **{f"{name}_hit": share for name, share in baked.caches.items()}}
    if spec is None:
        return {"model": "by need: the compact planner and every configured model", **own}
    return {
        "model": spec.model,
        "revision": spec.revision or "not pinned",
        "tier": spec.tier,
        "licence": spec.licence or "not stated",
        "modalities": list(spec.modalities),
        "context_tokens": spec.context,
        "weights_memory_gb": None if spec.memory_gb is None else float(spec.memory_gb),
        "priced": spec.kind == "compact" or not spec.price.free,
        **own,
    }


def cache_hits(metrics: str) -> dict[str, float]:
    """Return the share of hits of each cache that was asked, from a server's metrics as text."""
    asked: dict[str, Counter[str]] = {}
    for name, outcome, count in _CACHE.findall(metrics):
        asked.setdefault(name, Counter())[outcome] += int(float(count))
    return {name: round(each["hit"] / each.total(), _DIGITS) for name, each in asked.items() if each.total()}


def _shared(name: str, pairs: Sequence[tuple[float, float]], seed: int) -> Json:
    asked = any(there for _, there in pairs)
    return {**interval(name, share_of(pairs), len(pairs), seed)} if asked else {}


def _graded(played: Sequence[Played], grade: str, seed: int) -> Json:
    return _shared(grade, [_held([f for f in each.findings if f.grade == grade]) for each in played], seed)


def _held(findings: Sequence[Finding]) -> tuple[float, float]:
    return float(sum(finding.held for finding in findings)), float(len(findings))


def _mode(finding: Finding) -> str:
    """Return the class of an assertion: `task cart`, or a rule of every turn by its whole name."""
    named = _SUBJECT.match(finding.text)
    return named[0] if finding.line and named else finding.text


def _used(told: Sequence[Json], conversations: int) -> Json:
    """Return what a conversation takes: model calls' tokens, what of them was cached, and money."""
    usage = [each["usage"] for each in told if each.get("usage")]
    read, cached, written = (
        sum(int(each.get(name) or 0) for each in usage) for name in ("input_tokens", "cached_tokens", "output_tokens")
    )
    talks = max(1, conversations)
    return {
        "turns": len(told),
        "prompt_tokens_per_conversation": round(read / talks, 1),
        "output_tokens_per_conversation": round(written / talks, 1),
        "cached_share": round(cached / read, _DIGITS) if read else 0.0,
        "cost_per_conversation": units(sum(int(each.get("cost_micros") or 0) for each in told) / talks),
        "answered_by_another": sum(each.get("route") in _WITHOUT for each in told),
    }
