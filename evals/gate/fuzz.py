"""Runs random sequences in several processes, each on shops of its own."""

import asyncio
import multiprocessing
import tempfile
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter

from evals.gate.ground import open_ground
from evals.gate.report import RigReport
from evals.gate.sequences import Sequence
from evals.gate.shadow import Violation

# One shop serves this many sequences: opening takes a second, and tables that grow are part of the test.
_CHUNK = 100
# Where files are memory, a write does not wait for a disk that the rig says nothing about.
_MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None


@dataclass(frozen=True, slots=True)
class FuzzPlan:
    """How much to run; the same seed gives the same sequences, however many processes share them."""

    cases: int
    steps: int = 24
    seed: int = 1
    processes: int = 1
    first: bool = False  # stop at the first violation


@dataclass(slots=True)
class _Done:
    cases: int = 0
    calls: int = 0
    violations: list[str] = field(default_factory=list[str])
    counts: Counter[str] = field(default_factory=Counter[str])


def fuzz(plan: FuzzPlan) -> RigReport:
    """Run the plan; every sequence's name is in its violation, so that it can be run alone."""
    report, counts, started = RigReport("fuzz", plan.cases, plan.seed), Counter[str](), perf_counter()
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(plan.processes, mp_context=context) as pool:
        running = [pool.submit(_chunk, plan, first, last) for first, last in _ranges(plan.cases)]
        for future in as_completed(running):
            done = future.result()
            report.cases += done.cases
            report.calls += done.calls
            report.violations += done.violations
            counts += done.counts
            if plan.first and report.violations:
                pool.shutdown(cancel_futures=True)
                break
    seconds = perf_counter() - started
    report.facts = {
        "seconds": round(seconds, 1),
        "sequences_per_s_per_core": round(report.cases / seconds / plan.processes, 2),
        "outcomes": dict(sorted(counts.items())),
    }
    return report


def _ranges(cases: int) -> Iterator[tuple[int, int]]:
    return ((first, min(first + _CHUNK, cases)) for first in range(0, cases, _CHUNK))


def _chunk(plan: FuzzPlan, first: int, last: int) -> _Done:
    return asyncio.run(_run(plan, first, last))


async def _run(plan: FuzzPlan, first: int, last: int) -> _Done:
    done = _Done()
    with tempfile.TemporaryDirectory(dir=_MEMORY) as home:
        async with open_ground(Path(home)) as ground:
            for case in range(first, last):
                sequence = Sequence(ground, f"{plan.seed}:{case}")
                try:
                    done.calls += await sequence.run(plan.steps)
                except Violation as violation:
                    done.violations.append(f"seed {plan.seed}, case {case}: {violation}")
                    # What broke here may break the next sequences for no reason of theirs.
                    return done
                done.cases += 1
                done.counts += sequence.counts
            report = await ground.books.audit.verify()
            if not report.ok:
                done.violations.append(f"seed {plan.seed}, cases {first} to {last}: G19: {report.problem}")
    return done
