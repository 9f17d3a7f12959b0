"""Races: many presses of the same cards at once from several processes, with declines and changes against them."""

import asyncio
import multiprocessing
import random
import tempfile
from collections import Counter
from collections.abc import Generator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

from evals.gate.ground import GOODS, Ground, open_ground
from evals.gate.report import RigReport
from evals.gate.shadow import Shadow, Shown, Violation, settle
from policies.errors import Refused
from policies.principal import Principal
from shop.views import Card, LineChange

Against = Literal["nothing", "decline", "price", "cart", "last one"]
_Answer = tuple[str, str]  # quote, and the intent or the reason of the refusal
_KINDS: tuple[Against, ...] = ("nothing", "decline", "price", "cart", "last one")


class _Pipe(Protocol):
    """One end of a pipe between two processes."""

    def send(self, obj: Any, /) -> None: ...

    def recv(self) -> Any: ...


@dataclass(frozen=True, slots=True)
class RacePlan:
    """How many races, how many presses in each, over how many processes."""

    cases: int
    ways: int = 64
    processes: int = 4
    seed: int = 1


@dataclass(frozen=True, slots=True)
class _Start:
    """What one process does in one race."""

    presses: tuple[tuple[Principal, Card], ...]
    against: Against
    who: Principal
    after: int  # presses that go before what runs against them


def race(plan: RacePlan) -> RigReport:
    """Run the plan: of all presses of one card exactly one purchase may come, paid once."""
    with tempfile.TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as home:
        return asyncio.run(_race(plan, Path(home)))


async def _race(plan: RacePlan, home: Path) -> RigReport:
    report, outcomes = RigReport("race", plan.cases, plan.seed), Counter[str]()
    async with open_ground(home) as ground:
        with _runners(home, plan.processes) as runners:
            for case in range(plan.cases):
                kind = _KINDS[case % len(_KINDS)]
                try:
                    outcomes += await _one(plan, ground, runners, kind, random.Random(f"{plan.seed}:{case}"))
                except Violation as violation:
                    report.violations.append(f"seed {plan.seed}, case {case}, against {kind}: {violation}")
                report.cases += 1
                report.calls += plan.ways
        log = await ground.books.audit.verify()
        if not log.ok:
            report.violations.append(f"G19: {log.problem}")
    report.facts = {"ways": plan.ways, "processes": plan.processes, "outcomes": dict(sorted(outcomes.items()))}
    return report


async def _one(
    plan: RacePlan, ground: Ground, runners: Sequence[_Pipe], kind: Against, chance: random.Random
) -> Counter[str]:
    await ground.books.merchant.stock(GOODS)
    if kind == "last one":
        await ground.books.merchant.set_offer("desk", stock=1)
    shown = await _cards(ground, 2 if kind == "last one" else 1)
    shadow, since = _shadow(ground, shown), len(ground.charges())
    presses = [(each.owner, each.card) for each in chance.choices(shown, k=plan.ways)]
    # Who is told first has a head start: half of the time that is what runs against the presses.
    order = chance.sample(range(len(runners)), len(runners))
    for at in order:
        share = tuple(presses[at :: len(runners)])
        against, after = (kind, chance.choice([0, len(share) // 2])) if at == order[0] else ("nothing", 0)
        runners[at].send(_Start(share, against, shown[0].owner, after))
    answers: list[_Answer] = [one for runner in runners for one in await asyncio.to_thread(runner.recv)]
    _note(shadow, shown, answers)
    if kind in ("nothing", "last one") and len(shadow.intents) != 1:
        raise Violation(f"G9: {len(shadow.intents)} purchases where there had to be one")
    await settle(ground, shadow, since)
    return Counter("taken" if said.startswith("intent_") else said for _, said in answers)


def _note(shadow: Shadow, shown: Sequence[Shown], answers: Sequence[_Answer]) -> None:
    """Tell the shadow which cards were taken; every taker of one card must hold the same purchase."""
    cards = {each.card.quote_id: each for each in shown}
    for quote_id, said in answers:
        if said.startswith("intent_"):
            shadow.bought[quote_id] = cards[quote_id]
            if shadow.intents.setdefault(quote_id, said) != said:
                raise Violation("G6: two presses of one card are two purchases")


async def _cards(ground: Ground, shoppers: int) -> list[Shown]:
    """Return two cards of one quote for each shopper, as two tabs show them."""
    cards: list[Shown] = []
    for _ in range(shoppers):
        guest = await ground.guest()
        await ground.books.carts.add(guest, "desk")
        quote = await ground.books.quotes.prepare(guest)
        lines = tuple((line.variant_id, line.quantity, line.unit_price) for line in quote.lines)
        for _ in range(2):
            card = await ground.books.gate.render(guest, quote.quote_id)
            cards.append(Shown(guest, card, lines, quote.total, 0.0, 0))
    return cards


def _shadow(ground: Ground, shown: Sequence[Shown]) -> Shadow:
    shadow = Shadow(shown=list(shown))
    for each in shown:
        shadow.moved(each.owner.subject)
    for row in ground.rows("SELECT variant_id, received FROM offers"):
        shadow.received[row["variant_id"]] = row["received"]
    return shadow


@contextmanager
def _runners(home: Path, count: int) -> Generator[list[_Pipe]]:
    context = multiprocessing.get_context("spawn")
    with ExitStack() as stack:
        pipes: list[_Pipe] = []
        for _ in range(count):
            ours, theirs = context.Pipe()
            process = context.Process(target=_run, args=(home, theirs), daemon=True)
            process.start()
            stack.callback(process.join, 30)
            pipes.append(ours)
        try:
            yield pipes
        finally:
            for pipe in pipes:
                pipe.send(None)


def _run(home: Path, pipe: _Pipe) -> None:
    asyncio.run(_serve(home, pipe))


async def _serve(home: Path, pipe: _Pipe) -> None:
    async with open_ground(home) as ground:
        while True:
            start: _Start | None = await asyncio.to_thread(pipe.recv)
            if start is None:
                return
            presses = [asyncio.ensure_future(_press(ground, *one)) for one in start.presses[: start.after]]
            against = asyncio.ensure_future(_against(ground, start))
            presses += [asyncio.ensure_future(_press(ground, *one)) for one in start.presses[start.after :]]
            await against
            pipe.send(await asyncio.gather(*presses))


async def _press(ground: Ground, who: Principal, card: Card) -> _Answer:
    try:
        outcome = await ground.press(card, who)
        await ground.books.worker.drive(outcome.intent_id)
    except Refused as refused:
        return card.quote_id, refused.code
    return card.quote_id, outcome.intent_id


async def _against(ground: Ground, start: _Start) -> None:
    quote_id = start.presses[0][1].quote_id
    books = ground.books
    try:
        match start.against:
            case "decline":
                await books.gate.decline(start.who, quote_id)
            case "price":
                await books.merchant.set_offer("desk", price=65_500)
            case "cart":
                lines = (await books.carts.view(start.who)).lines
                await books.carts.change(start.who, [LineChange(line_id=line.line_id, quantity=2) for line in lines])
            case "nothing" | "last one":
                await books.worker.drive()
    except Refused:
        # Too late is an answer, too: the purchase came first.
        return
