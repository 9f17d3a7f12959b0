"""Runs random sequences in several processes, each on shops of its own; stopped early, it tells what was done."""

import asyncio
import gc
import traceback
from collections import Counter
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from functools import partial
from time import perf_counter, process_time
from typing import Literal

from evals.gate.at_once import AtOnce
from evals.gate.change_sequences import ChangeSequence
from evals.gate.ground import hold_orders, open_ground
from evals.gate.home_sequences import HomeSequence
from evals.gate.place import Site
from evals.gate.pool import Progress, share
from evals.gate.report import RigReport
from evals.gate.sequences import Sequence
from evals.gate.spending_sequences import SpendingSequence
from evals.gate.stopping import stopping
from evals.gate.violation import Violation

# One shop serves this many sequences: opening takes a second, and tables that grow are part of the test.
_HELD_ABOVE = 130_000  # minor units: two desks with delivery and tax, and more, wait for a person
_CHUNK = 100

Kind = Literal["both", "purchases", "changes", "homes"]
# Which sequence a case is, by turns; one around orders makes three times the calls of one around a purchase.
_KINDS: Mapping[Kind, tuple[type[Sequence], ...]] = {
    "both": (Sequence, Sequence, Sequence, ChangeSequence, HomeSequence, Sequence, Sequence, SpendingSequence),
    "purchases": (Sequence,),
    "changes": (ChangeSequence, ChangeSequence, SpendingSequence),
    "homes": (HomeSequence,),
}


@dataclass(frozen=True, slots=True)
class FuzzPlan:
    """How much to run; the same seed and case give the same sequence, however many processes share them.

    Args:
        cases: Sequences to run.
        steps: Calls in each.
        seed: Of all of them.
        processes: That share them.
        first: Stop at the first violation.
        start: Number of the first case, to go on where another run ended or to share one seed between machines.
        kind: What the sequences are about.
        site: Where the shops are.
    """

    cases: int
    steps: int = 24
    seed: int = 1
    processes: int = 1
    first: bool = False
    start: int = 0
    kind: Kind = "both"
    site: Site = field(default_factory=Site)


@dataclass(slots=True)
class _Done:
    first: int
    last: int
    cases: int = 0
    calls: int = 0
    busy_s: float = 0.0
    violations: list[str] = field(default_factory=list[str])
    counts: Counter[str] = field(default_factory=Counter[str])


def fuzz(plan: FuzzPlan) -> RigReport:
    """Run the plan; every sequence's name is in its violation, so that it can be run alone.

    SIGINT and SIGTERM end it after the sequences that are under way: the report then says with which case to go on.
    """
    report, total, started = RigReport("fuzz", plan.cases, plan.seed), _Done(plan.start, plan.start), perf_counter()
    with stopping() as stop:
        progress = Progress(plan.cases)
        for done in share(plan.processes, _pieces(plan), stop):
            report.cases += done.cases
            report.calls += done.calls
            report.violations += done.violations
            total.counts += done.counts
            total.busy_s += done.busy_s
            total.last = max(total.last, done.last)
            progress.tell(report.cases)
            if plan.first and report.violations:
                stop.append(0)
    seconds = perf_counter() - started
    report.facts = {
        "kind": plan.kind,
        "database": plan.site.database,
        "steps": plan.steps,
        "from": plan.start,
        "next": total.last,
        "stopped": bool(stop),
        "processes": plan.processes,
        "seconds": round(seconds, 1),
        "sequences_per_s_per_core": round(report.cases / seconds / plan.processes, 2),
        "sequences_per_cpu_s": round(report.cases / max(total.busy_s, 1e-9), 2),
        "outcomes": dict(sorted(total.counts.items())),
    }
    return report


def here(plan: FuzzPlan) -> list[str]:
    """Run the plan's cases on one shop in this process; returns what broke, after which nothing more is run."""
    return _chunk(plan, plan.start, plan.start + plan.cases).violations


def _pieces(plan: FuzzPlan) -> Generator[Callable[[], _Done]]:
    ends = plan.start + plan.cases
    for first in range(plan.start, ends, _CHUNK):
        yield partial(_chunk, plan, first, min(first + _CHUNK, ends))


def _chunk(plan: FuzzPlan, first: int, last: int) -> _Done:
    begun = process_time()
    # What was loaded stays: looking through it for garbage again and again takes time and finds none. What the last
    # piece left goes first, or it would stay, too: 75 KB a sequence.
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    done = asyncio.run(_run(plan, first, last))
    done.busy_s = process_time() - begun
    return done


async def _run(plan: FuzzPlan, first: int, last: int) -> _Done:
    asyncio.get_running_loop().set_default_executor(AtOnce())
    done, kinds = _Done(first, last), _KINDS[plan.kind]
    with plan.site.place() as place:
        hold_orders(place, _HELD_ABOVE)
        async with open_ground(place) as ground:
            for case in range(first, last):
                sequence = kinds[case % len(kinds)](ground, f"{plan.seed}:{case}")
                problem = await _problem(sequence, plan.steps)
                if problem:
                    done.violations.append(f"seed {plan.seed}, case {case}: {problem}")
                    # What broke here may break the next sequences for no reason of theirs.
                    return done
                done.cases += 1
                done.calls += plan.steps
                done.counts += sequence.counts
            report = await ground.books.audit.verify()
            if not report.ok:
                done.violations.append(f"seed {plan.seed}, cases {first} to {last}: G19: {report.problem}")
    return done


async def _problem(sequence: Sequence, steps: int) -> str:
    """Run a sequence and return what broke, "" for nothing; a bug that surfaces is a find like any other."""
    running = asyncio.ensure_future(sequence.run(steps))
    await asyncio.wait([running])
    found = running.exception()
    if found is None or isinstance(found, Violation):
        return str(found or "")
    return f"after {sequence.trail[-1]}, a bug: {''.join(traceback.format_exception(found)[-2:]).strip()}"
