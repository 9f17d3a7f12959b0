"""Kills the process at every point between press and money, again while it recovers, and looks at how it ends."""

import gc
import itertools
import random
import signal
from collections.abc import Callable, Coroutine, Generator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from evals.gate.crash_reviews import REVIEWS
from evals.gate.crash_scenes import SCENES, Scene
from evals.gate.dying import NEVER, dying, in_child
from evals.gate.ground import open_ground
from evals.gate.place import Place, Site
from evals.gate.pool import Progress, share
from evals.gate.report import RigReport
from evals.gate.stopping import stopping

_AFTERS = ("retry", "decline")
EVERY_SCENE = {**SCENES, **REVIEWS}
_SETTLE = 3
_CHUNK = 10

Work = Callable[[Scene, Place, int], Coroutine[Any, Any, None]]


@dataclass(frozen=True, slots=True)
class CrashPlan:
    """What to run.

    Args:
        cases: Scenarios drawn by the seed; 0 is every one there is.
        seed: Of the draw.
        scenes: Names of scenes; empty is all.
        start: Number of the first scenario, to go on where another run ended.
        processes: That share them.
        site: Where the shops are.
        first: Stop at the first violation.
    """

    cases: int
    seed: int = 1
    scenes: tuple[str, ...] = ()
    start: int = 0
    processes: int = 1
    site: Site = field(default_factory=Site)
    first: bool = False


@dataclass(frozen=True, slots=True)
class Scenario:
    """One way to die twice.

    Args:
        scene: What is being pressed, and how the sandbox answers.
        first: Write of the purchase at which the process dies; odd is before its commit, even after; 0 is never.
        second: The same for the recovery that follows.
        after: What the shopper does when the shop is back.
    """

    scene: str
    first: int
    second: int
    after: str


def crash(plan: CrashPlan) -> RigReport:
    """Run the plan's scenarios; SIGINT and SIGTERM end it after those that are under way."""
    report, kills = RigReport("crash", plan.cases, plan.seed), 0
    scenes = {name: scene for name, scene in EVERY_SCENE.items() if not plan.scenes or name in plan.scenes}
    with stopping() as stop, _prepared(plan.site, scenes) as grounds:
        every = _scenarios(plan.site, scenes, grounds)
        drawn = random.Random(plan.seed).sample(every, plan.cases) if 0 < plan.cases < len(every) else every
        chosen = drawn[plan.start :]
        report.wanted = len(chosen)
        progress = Progress(report.wanted)
        pieces = [chosen[at : at + _CHUNK] for at in range(0, len(chosen), _CHUNK)]
        work = (partial(_chunk, plan.site, piece, grounds) for piece in pieces)
        for played, died, problems in share(plan.processes, work, stop):
            report.cases += played
            report.violations += problems
            kills += died
            progress.tell(report.cases)
            if plan.first and report.violations:
                stop.append(0)
    report.calls = kills
    report.facts = {"database": plan.site.database, "kills": kills, "scenarios_in_all": len(every)}
    report.facts |= {"scenes": sorted(scenes), "next": plan.start + report.cases, "stopped": bool(stop)}
    return report


@contextmanager
def _prepared(site: Site, scenes: dict[str, Scene]) -> Generator[dict[str, Place]]:
    """Set every scene up once; scenarios play on copies."""
    with ExitStack() as stack:
        grounds = {name: stack.enter_context(site.place()) for name in scenes}
        for name, place in grounds.items():
            if _run(_prepare, scenes[name], place, NEVER) != 0:
                raise LookupError(f"{name} could not be set up; see above")
        yield grounds


def _scenarios(site: Site, scenes: dict[str, Scene], grounds: dict[str, Place]) -> list[Scenario]:
    """Count the writes of an undisturbed purchase or change, and name every pair of points in it."""
    every: list[Scenario] = []
    for name, ground in grounds.items():
        with site.place(like=ground) as case:
            _run(_press, scenes[name], case, NEVER)
            writes = int((case.home / "writes").read_text(encoding="ascii"))
        points = range(2 * writes + 1)
        every += [Scenario(name, a, b, c) for a, b, c in itertools.product(points, points, _AFTERS)]
    return every


def _chunk(site: Site, scenarios: Sequence[Scenario], grounds: Mapping[str, Place]) -> tuple[int, int, list[str]]:
    kills, problems = 0, list[str]()
    # A child that looks through what it inherited for garbage gets a copy of all of it.
    gc.collect()
    gc.freeze()
    for scenario in scenarios:
        died, problem = _play(site, scenario, grounds[scenario.scene])
        kills += died
        problems += [f"{scenario}: {problem}"] if problem else []
    return len(scenarios), kills, problems


def _play(site: Site, scenario: Scenario, ground: Place) -> tuple[int, str]:
    """Return how often the process was killed, and what is wrong with the end, "" for nothing."""
    scene, killed = EVERY_SCENE[scenario.scene], 0
    with site.place(like=ground) as case:
        for work, point in ((_press, scenario.first), (_recover, scenario.second)):
            status = _run(work, scene, case, point)
            killed += status == -signal.SIGKILL
            if status not in (0, -signal.SIGKILL):
                return killed, "a bug surfaced; see above"
        finish = _retry if scenario.after == "retry" else _decline
        if _run(finish, scene, case, NEVER) != 0:
            return killed, "a bug surfaced; see above"
        return killed, (case.home / "verdict").read_text(encoding="utf-8")


def _run(work: Work, scene: Scene, place: Place, point: int) -> int:
    return in_child(partial(work, scene, place, point))


async def _prepare(scene: Scene, place: Place, _: int) -> None:
    await scene.prepare(place)


async def _press(scene: Scene, place: Place, point: int) -> None:
    async with open_ground(place, known=True) as ground:
        writes = dying(point)
        await scene.press(ground)
        (place.home / "writes").write_text(str(writes()), encoding="ascii")


async def _recover(_: Scene, place: Place, point: int) -> None:
    async with open_ground(place, known=True) as ground:
        dying(point)
        await ground.books.recover()


async def _retry(scene: Scene, place: Place, _: int) -> None:
    await _finished(scene, place, retry=True)


async def _decline(scene: Scene, place: Place, _: int) -> None:
    await _finished(scene, place, retry=False)


async def _finished(scene: Scene, place: Place, *, retry: bool) -> None:
    async with open_ground(place, known=True) as ground:
        for _ in range(_SETTLE):
            await ground.books.recover()
        said = await (scene.again(ground) if retry else scene.set_aside(ground))
        for _ in range(_SETTLE):
            await ground.books.recover()
        (place.home / "verdict").write_text("; ".join(scene.problems(ground, said)), encoding="utf-8")
