"""Races: many presses of the same cards at once from several processes, with declines and changes against them."""

import asyncio
import multiprocessing
import random
from collections import Counter
from collections.abc import Generator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Protocol

from evals.gate.ground import Ground, open_ground
from evals.gate.place import Place, Site
from evals.gate.pool import Progress
from evals.gate.race_changes import CHANGES, change_race, press_change, run_against_change
from evals.gate.race_purchases import PURCHASES, press, purchase_race, run_against
from evals.gate.race_start import Answer, Race, Start, said
from evals.gate.report import RigReport
from evals.gate.stopping import deaf, stopping
from evals.gate.violation import Violation
from shop.change_quotes import is_change


class _Pipe(Protocol):
    """One end of a pipe between two processes."""

    def send(self, obj: Any, /) -> None: ...

    def recv(self) -> Any: ...


class _BrokenOffError(Violation):
    """A process died of what it did: no more races can be run with it."""


@dataclass(frozen=True, slots=True)
class RacePlan:
    """How many races, how many presses in each, over how many processes.

    Args:
        cases: Races; `start` is the number of the first.
        ways: Presses in each.
        processes: That press.
        seed: Of all of them.
        start: To go on where another run ended.
        site: Where the shop is.
        first: Stop at the first violation.
    """

    cases: int
    ways: int = 64
    processes: int = 4
    seed: int = 1
    start: int = 0
    site: Site = field(default_factory=Site)
    first: bool = False


def race(plan: RacePlan) -> RigReport:
    """Run the plan: of all presses of one card exactly one purchase, or change, may come, paid once.

    SIGINT and SIGTERM end it after the race that is under way.
    """
    with plan.site.place() as place:
        return asyncio.run(_race(plan, place))


async def _race(plan: RacePlan, place: Place) -> RigReport:
    report, outcomes = RigReport("race", plan.cases, plan.seed), Counter[str]()
    kinds = (*PURCHASES, *CHANGES)
    async with open_ground(place) as ground:
        with stopping() as stop, _runners(place, plan.processes) as runners:
            progress = Progress(plan.cases)
            for case in range(plan.start, plan.start + plan.cases):
                if stop:
                    break
                kind, chance = kinds[case % len(kinds)], random.Random(f"{plan.seed}:{case}")
                try:
                    outcomes += await _one(plan, ground, runners, kind, chance)
                except Violation as violation:
                    report.violations.append(f"seed {plan.seed}, case {case}, against {kind}: {violation}")
                    if isinstance(violation, _BrokenOffError):
                        stop.append(0)
                report.cases += 1
                report.calls += plan.ways
                progress.tell(report.cases)
                if plan.first and report.violations:
                    stop.append(0)
        log = await ground.books.audit.verify()
        if not log.ok:
            report.violations.append(f"G19: {log.problem}")
    report.facts = {"database": plan.site.database, "ways": plan.ways, "processes": plan.processes}
    report.facts |= {"next": plan.start + report.cases, "stopped": bool(stop)}
    report.facts["outcomes"] = dict(sorted(outcomes.items()))
    return report


async def _one(
    plan: RacePlan, ground: Ground, runners: Sequence[_Pipe], kind: str, chance: random.Random
) -> Counter[str]:
    await ground.restock()
    one: Race = await (purchase_race if kind in PURCHASES else change_race)(ground, kind)
    presses = chance.choices(one.cards, k=plan.ways)
    # Who is told first has a head start: half of the time that is what runs against the presses.
    order = chance.sample(range(len(runners)), len(runners))
    for at in order:
        share = tuple(presses[at :: len(runners)])
        against, after = (kind, chance.choice([0, len(share) // 2])) if at == order[0] else ("nothing", 0)
        runners[at].send(Start(share, against, one.who, after, one.order_id))
    answers: list[Answer] = []
    for runner in runners:
        try:
            answers += await asyncio.to_thread(runner.recv)
        except EOFError as ended:
            # Its own trace is on standard error.
            raise _BrokenOffError("a process that pressed broke off") from ended
    await one.judge(ground, answers)
    return Counter(said(answer) for _, answer in answers)


@contextmanager
def _runners(place: Place, count: int) -> Generator[list[_Pipe]]:
    context = multiprocessing.get_context("spawn")
    with ExitStack() as stack:
        pipes: list[_Pipe] = []
        for _ in range(count):
            ours, theirs = context.Pipe()
            process = context.Process(target=_run, args=(place, theirs), daemon=True)
            process.start()
            theirs.close()  # Held here too, it would stay open when the process dies, and its answer be waited for.
            stack.callback(process.join, 30)
            pipes.append(ours)
        try:
            yield pipes
        finally:
            for pipe in pipes:
                with suppress(BrokenPipeError):
                    pipe.send(None)


def _run(place: Place, pipe: _Pipe) -> None:
    deaf()
    asyncio.run(_serve(place, pipe))


async def _serve(place: Place, pipe: _Pipe) -> None:
    async with open_ground(place, known=True) as ground:
        while True:
            start: Start | None = await asyncio.to_thread(pipe.recv)
            if start is None:
                return
            changes = is_change(start.presses[0][1].quote_id)
            one, other = (press_change, run_against_change) if changes else (press, run_against)
            presses = [asyncio.ensure_future(one(ground, *each)) for each in start.presses[: start.after]]
            against = asyncio.ensure_future(other(ground, start))
            presses += [asyncio.ensure_future(one(ground, *each)) for each in start.presses[start.after :]]
            pipe.send([*await against, *await asyncio.gather(*presses)])
