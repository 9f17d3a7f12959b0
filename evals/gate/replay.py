"""Replays the gold write calls of tau2's retail domain through the gate, and compares every end with tau2's."""

import asyncio
import json
import random
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from evals.gate.place import Place, Site
from evals.gate.pool import share
from evals.gate.replay_crash import Approval, copy_of, killed, place_at, points_of
from evals.gate.replay_data import Call, Retail, load
from evals.gate.replay_oracle import Oracle
from evals.gate.replay_presses import Presses, Tally, stranger_of
from evals.gate.replay_shop import Shop, import_users, open_shop
from evals.gate.report import RigReport
from evals.gate.stopping import stopping
from shop.books import migrate

_MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None


@dataclass(frozen=True, slots=True)
class ReplayPlan:
    """What to run.

    Args:
        data: Folder with `tau2_retail` in it.
        cases: Gold calls, drawn by whole tasks; 0 is all there are.
        kills: Kills drawn by the seed among all points of all approved calls; 0 is every point once, -1 is none.
        seed: Of the draws.
        processes: That share the kills.
    """

    data: Path
    cases: int = 0
    kills: int = 40
    seed: int = 1
    processes: int = 1


@dataclass(slots=True)
class _Run:
    """What is collected while tasks are played."""

    retail: Retail
    site: Site
    folder: Path
    tally: Tally = field(default_factory=Tally)
    approvals: list[Approval] = field(default_factory=list[Approval])


def replay(plan: ReplayPlan) -> RigReport:
    """Play the tasks, then kill; every case is one gold call.

    Raises:
        SettingsError: The data is not there.
    """
    retail = load(plan.data)
    tasks = _drawn(retail, plan)
    wanted = sum(len(task) for task in tasks)
    report = RigReport("replay", max(wanted, plan.cases), plan.seed)
    with tempfile.TemporaryDirectory(dir=_MEMORY) as folder:
        run = _Run(retail, Site(), Path(folder))
        with run.site.place() as empty:
            asyncio.run(_migrated(empty))
            for calls in tasks:
                with run.site.place(like=empty) as place:
                    asyncio.run(_task(run, place, calls))
                report.cases += len(calls)
            kills = _kills(run, plan)
        report.calls, report.violations = run.tally.calls, run.tally.problems
        report.facts = {**run.tally.counts, **kills}
    return report


def _drawn(retail: Retail, plan: ReplayPlan) -> list[tuple[Call, ...]]:
    """Return whole tasks with at least as many calls as asked for, in the order of the data."""
    if not plan.cases:
        return list(retail.calls)
    order = random.Random(plan.seed).sample(range(len(retail.calls)), len(retail.calls))
    chosen: list[int] = []
    while order and sum(len(retail.calls[at]) for at in chosen) < plan.cases:
        chosen.append(order.pop())
    return [retail.calls[at] for at in sorted(chosen)]


async def _migrated(place: Place) -> None:
    await migrate(place.url)
    async with open_shop(place):
        return


async def _task(run: _Run, place: Place, calls: Sequence[Call]) -> None:
    retail, oracle = run.retail, Oracle(run.retail)
    users = list(dict.fromkeys(retail.owner(call) for call in calls))
    other = next(user_id for user_id in retail.users if user_id not in users)
    for user_id in users:
        oracle.take(user_id)
    async with open_shop(place) as ground:
        shop = Shop(ground)
        await import_users(shop, retail, users)
        presses = Presses(shop, retail, oracle, stranger_of(other), run.tally)
        for call in calls:
            home = run.folder / f"{len(run.approvals)}"
            played = await presses.play(call, partial(copy_of, place, home))
            if played is not None:
                ids, plain = dict(shop.orders), json.loads(json.dumps(played.end))
                made = Approval(call, place_at(home), ids, tuple(users), played.who, played.card, plain)
                run.approvals.append(made)
        audit = await ground.books.audit.verify()
        if not audit.ok:
            run.tally.problems.append(f"task {calls[0].task}: the log: {audit.problem}")


def _kills(run: _Run, plan: ReplayPlan) -> dict[str, object]:
    """Kill as planned; a kill that ends otherwise than the undisturbed press is a violation."""
    chosen = run.approvals if plan.kills >= 0 else []
    if plan.kills > 0 and chosen:
        chosen = random.Random(plan.seed).choices(chosen, k=plan.kills)
    work = (partial(_die, run.site, one, f"{plan.seed}:{at}", plan.kills == 0) for at, one in enumerate(chosen))
    crashes, kills, same = 0, 0, 0
    with stopping() as stop:
        for tried, died, problems in share(plan.processes, work, stop) if chosen else ():
            crashes, kills, same = crashes + tried, kills + died, same + tried - len(problems)
            run.tally.problems += problems
        if stop:
            run.tally.problems.append("stopped before all kills were made")
    return {"crashes": crashes, "kills": kills, "crashes_ended_same": same}


def _die(site: Site, approval: Approval, seed: str, everywhere: bool) -> tuple[int, int, list[str]]:
    """Kill one approval at all its points, or at a random one; returns crashes, kills and what ended otherwise."""
    chance, last = random.Random(seed), points_of(site, approval)
    points = range(1, last + 1) if everywhere else [chance.randint(1, last)]
    kills, problems = 0, list[str]()
    for point in points:
        died, problem = killed(site, approval, point, chance)
        kills += died
        problems += [f"{approval.call} killed at {point}: {problem}"] if problem else []
    return len(points), kills, problems
