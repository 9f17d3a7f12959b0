"""Kills the process at every point between press and money, again while it recovers, and looks at how it ends."""

import asyncio
import itertools
import json
import os
import random
import shutil
import signal
import sys
import tempfile
import traceback
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from evals.gate.ground import INSTRUMENTS, Ground, open_ground
from evals.gate.report import RigReport
from policies.errors import Refused
from policies.principal import Principal, Scope
from shop.db import Database
from shop.views import Card

_AFTERS = ("retry", "decline")
_NEVER = 0
_FAILED = 70  # exit status of a child that met a bug instead of its end

Work = Callable[[Path, int], Coroutine[Any, Any, None]]


@dataclass(frozen=True, slots=True)
class Scenario:
    """One way to die twice.

    Args:
        instrument: How the sandbox answers.
        first: Write of the purchase at which the process dies; odd is before its commit, even after; 0 is never.
        second: The same for the recovery that follows.
        after: What the shopper does when the shop is back.
    """

    instrument: str
    first: int
    second: int
    after: str


def crash(cases: int, seed: int) -> RigReport:
    """Run `cases` scenarios drawn by `seed`, or every one there is for 0."""
    report = RigReport("crash", cases, seed)
    with tempfile.TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as folder:
        grounds = {name: _prepared(Path(folder) / name, name) for name in INSTRUMENTS}
        every = _scenarios(grounds, Path(folder))
        chosen = random.Random(seed).sample(every, cases) if 0 < cases < len(every) else every
        report.wanted = len(chosen)
        kills = 0
        for scenario in chosen:
            died, problem = _play(scenario, grounds[scenario.instrument], Path(folder) / "case")
            kills += died
            report.cases += 1
            if problem:
                report.violations.append(f"{scenario}: {problem}")
        report.calls = kills
        report.facts = {"kills": kills, "scenarios_in_all": len(every)}
    return report


def _scenarios(grounds: dict[str, Path], folder: Path) -> list[Scenario]:
    """Count the writes of an undisturbed purchase, and name every pair of points in it."""
    every: list[Scenario] = []
    for instrument, ground in grounds.items():
        case = _copied(ground, folder / "count")
        _run(_press, case, _NEVER)
        writes = int((case / "writes").read_text(encoding="ascii"))
        points = range(2 * writes + 1)
        every += [Scenario(instrument, a, b, c) for a, b, c in itertools.product(points, points, _AFTERS)]
    return every


def _play(scenario: Scenario, ground: Path, case: Path) -> tuple[int, str]:
    """Return how often the process was killed, and what is wrong with the end, "" for nothing."""
    _copied(ground, case)
    killed = 0
    for work, point in ((_press, scenario.first), (_recover, scenario.second)):
        status = _run(work, case, point)
        killed += status == -signal.SIGKILL
        if status not in (0, -signal.SIGKILL):
            return killed, "a bug surfaced; see above"
    finish = _retry if scenario.after == "retry" else _decline
    if _run(finish, case, _NEVER) != 0:
        return killed, "a bug surfaced; see above"
    return killed, (case / "verdict").read_text(encoding="utf-8")


def _copied(ground: Path, case: Path) -> Path:
    shutil.rmtree(case, ignore_errors=True)
    shutil.copytree(ground, case)
    return case


def _prepared(home: Path, instrument: str) -> Path:
    home.mkdir()
    _run(_prepare, home, _NEVER)
    return home


def _run(work: Work, home: Path, point: int) -> int:
    """Do the work in a child; returns its exit status, or minus the signal that killed it."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    status = _FAILED
    try:
        asyncio.run(work(home, point))
        status = 0
    finally:
        if status:
            traceback.print_exc()
        sys.stderr.flush()
        os._exit(status)


async def _prepare(home: Path, _: int) -> None:
    async with open_ground(home) as ground:
        guest = await ground.guest()
        await ground.books.gate.set_checkout(guest, payment_handle=home.name)
        await ground.books.carts.add(guest, "desk", 2)
        quote = await ground.books.quotes.prepare(guest)
        card = await ground.books.gate.render(guest, quote.quote_id)
    kept = {"subject": guest.subject, "session_id": guest.session_id, "total": quote.total, "card": card.model_dump()}
    (home / "shown").write_text(json.dumps(kept), encoding="utf-8")


@dataclass(frozen=True, slots=True)
class _Kept:
    who: Principal
    card: Card
    total: int


def _shown(home: Path) -> _Kept:
    kept = json.loads((home / "shown").read_text(encoding="utf-8"))
    who = Principal(kept["subject"], kept["session_id"], frozenset({Scope.CHAT, Scope.APPROVE}))
    return _Kept(who, Card(**kept["card"]), kept["total"])


async def _press(home: Path, point: int) -> None:
    shown = _shown(home)
    async with open_ground(home) as ground:
        writes = _dying(point)
        outcome = await ground.press(shown.card, shown.who)
        await ground.books.worker.drive(outcome.intent_id)
        (home / "writes").write_text(str(writes()), encoding="ascii")


async def _recover(home: Path, point: int) -> None:
    async with open_ground(home) as ground:
        _dying(point)
        await ground.books.recover()


async def _retry(home: Path, _: int) -> None:
    shown = _shown(home)
    async with open_ground(home) as ground:
        await _settled(ground)
        try:
            await ground.press(shown.card, shown.who)
            said = "taken"
        except Refused as refused:
            said = refused.code
        await _settled(ground)
        _judge(home, ground, shown, said)


async def _decline(home: Path, _: int) -> None:
    shown = _shown(home)
    async with open_ground(home) as ground:
        await _settled(ground)
        try:
            await ground.books.gate.decline(shown.who, shown.card.quote_id)
            said = "set aside"
        except Refused as refused:
            said = refused.code
        await _settled(ground)
        _judge(home, ground, shown, said)


async def _settled(ground: Ground) -> None:
    for _ in range(3):
        await ground.books.recover()


def _judge(home: Path, ground: Ground, shown: _Kept, said: str) -> None:
    (home / "verdict").write_text("; ".join(_problems(ground, shown, said)), encoding="utf-8")


def _problems(ground: Ground, shown: _Kept, said: str) -> list[str]:
    """Name what is wrong: there is one paid order, or none, no open money and the stock back."""
    intents = ground.rows("SELECT state, amount, captured FROM intents")
    orders = ground.rows("SELECT state FROM orders")
    (stock,) = ground.rows("SELECT available, reserved, sold FROM offers WHERE variant_id = 'desk'")
    charges = ground.charges()
    problems: list[str] = []
    if any(row["captured"] == 0 and row["voided"] != row["amount"] for row in charges):
        problems.append("an authorisation was left open")
    if intents and intents[0]["state"] == "captured":
        ends_well = len(intents) == 1 and [row["captured"] for row in charges] == [shown.total]
        ends_well &= [row["state"] for row in orders] == ["captured"]
        ends_well &= stock == {"available": 4, "reserved": 0, "sold": 2}
    else:
        ends_well = all(row["state"] == "closed" for row in intents) and not any(row["captured"] for row in charges)
        ends_well &= all(row["state"] == "cancelled" for row in orders)
        ends_well &= stock == {"available": 6, "reserved": 0, "sold": 0}
    if not ends_well:
        problems.append(f"ended with {intents}, {orders}, {charges}, {stock}")
    if said == "taken" and not intents:
        problems.append("the press was taken and nothing came of it")
    return problems


def _dying(point: int) -> Callable[[], int]:
    """Kill this process at a point of its writes, from now on; returns how many there have been."""
    writes = 0
    plain = Database.writing

    @asynccontextmanager
    async def writing(database: Database, *given: Any) -> AsyncGenerator[Any]:
        nonlocal writes
        async with plain(database, *given) as connection:
            yield connection
            writes += 1
            if point == 2 * writes - 1:
                os.kill(os.getpid(), signal.SIGKILL)
        if point == 2 * writes:
            os.kill(os.getpid(), signal.SIGKILL)

    # The shop needs no hook of its own for this: in this process, every write passes here.
    Database.writing = cast(Any, writing)
    return lambda: writes
