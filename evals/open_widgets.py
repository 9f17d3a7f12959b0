"""Open widgets: many conversations followed at once over lines that break, each event checked by its number."""

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import Any

import httpx

from evals.load import CONVERSATIONS, quantile
from evals.stream import numbered_events_of

# How long a follower may take to hear what a turn has told already, and a whole turn, seconds.
_LATE_S = 60.0
_AGAIN_S = 0.2
_PAGE = 4096  # bytes, as /proc counts memory
_KB = 1024

Headers = dict[str, str]
Told = tuple[str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class StreamPlan:
    """How many widgets, and how they are used.

    Args:
        clients: Conversations that are open at the same time, at least 1.
        turns: Messages of each.
        pause_s: Mean time a shopper reads before the next message, seconds; 0 says everything at once.
        breaks: Share of the events after which the line breaks and is taken up again.
        seed: Of pauses and breaks.
    """

    clients: int = 200
    turns: int = 5
    pause_s: float = 20.0
    breaks: float = 0.1
    seed: int = 7


@dataclass(slots=True)
class StreamReport:
    """What was measured; times in seconds, memory in bytes of the serving process."""

    first_event: list[float] = field(default_factory=list[float])
    seconds: list[float] = field(default_factory=list[float])
    wrong: Counter[str] = field(default_factory=Counter[str])
    events: int = 0
    reconnects: int = 0
    elapsed: float = 0.0
    clients: int = 0
    memory: dict[str, int] = field(default_factory=dict[str, int])

    def metrics(self) -> dict[str, float | int]:
        """Return the figures of a report, units in the keys."""
        faults = {name: self.wrong[name] for name in ("lost", "reordered", "repeated", "different")}
        failed = sum(count for name, count in self.wrong.items() if name not in faults)
        return {
            "clients": self.clients,
            "turns": len(self.seconds),
            "events": self.events,
            "reconnects": self.reconnects,
            **faults,
            "errors": failed,
            "first_event_p50_ms": quantile(self.first_event, 0.50),
            "first_event_p95_ms": quantile(self.first_event, 0.95),
            "first_event_max_ms": quantile(self.first_event, 1.0),
            "turn_p95_ms": quantile(self.seconds, 0.95),
            "turns_per_s": round(len(self.seconds) / self.elapsed, 2) if self.elapsed else 0.0,
            **{f"{name}_kb": round(bytes_ / _KB / max(1, self.clients), 1) for name, bytes_ in self._grown().items()},
        }

    def _grown(self) -> dict[str, int]:
        """Return by how much the server grew: once all were open, and once all had talked."""
        before = self.memory.get("before", 0)
        names = {"per_open_conversation": "open", "per_talked_conversation": "talked"}
        return {
            name: self.memory[moment] - before for name, moment in names.items() if before and moment in self.memory
        }


def resident(pid: int) -> int:
    """Return the memory a process holds, bytes; 0 where the system does not tell (it is read from /proc)."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]) * _PAGE
    except (OSError, IndexError, ValueError):
        return 0


@dataclass(slots=True)
class _Widget:
    """One open widget: a line that follows the conversation, and the turns its shopper takes."""

    http: httpx.AsyncClient
    plan: StreamPlan
    report: StreamReport
    number: int
    path: str = ""
    headers: Headers = field(default_factory=Headers)
    heard: dict[int, Told] = field(default_factory=dict[int, Told])
    last: int = 0
    news: asyncio.Condition = field(default_factory=asyncio.Condition)
    following: "asyncio.Task[None] | None" = None

    async def open(self) -> None:
        """Begin a conversation and follow it from its beginning."""
        begun = (await self.http.post("/v1/sessions")).raise_for_status().json()
        self.path = f"/v1/sessions/{begun['session_id']}"
        self.headers = {"Authorization": f"Bearer {begun['token']}"}
        self.following = asyncio.create_task(self._follow())

    async def _follow(self) -> None:
        chance = random.Random(f"{self.plan.seed} line {self.number}")
        while True:
            headers = self.headers | {"Last-Event-ID": str(self.last)}
            try:
                async with self.http.stream("GET", f"{self.path}/events", headers=headers) as response:
                    response.raise_for_status()
                    async for number, name, data in numbered_events_of(response):
                        await self._take(number, (name, data))
                        if chance.random() < self.plan.breaks:
                            break
            except httpx.HTTPError as error:
                self.report.wrong[type(error).__name__] += 1
                await asyncio.sleep(_AGAIN_S)
            self.report.reconnects += 1

    async def _take(self, number: int, told: Told) -> None:
        wrong = self.report.wrong
        if number in self.heard:
            wrong["repeated"] += 1
        elif number < self.last:
            wrong["reordered"] += 1
        else:
            wrong["lost"] += number - self.last - 1
        async with self.news:
            self.heard.setdefault(number, told)
            self.last = max(self.last, number)
            self.report.events += 1
            self.news.notify_all()

    async def talk(self) -> None:
        """Take the shopper's turns; the line must have told each of their events."""
        chance = random.Random(f"{self.plan.seed} talk {self.number}")
        messages = CONVERSATIONS[self.number % len(CONVERSATIONS)]
        for turn in range(self.plan.turns):
            if self.plan.pause_s:
                await asyncio.sleep(chance.expovariate(1 / self.plan.pause_s))
            await self._turn(messages[turn % len(messages)], f"{turn}")

    async def _turn(self, text: str, client_turn_id: str) -> None:
        body, told = {"text": text, "client_turn_id": client_turn_id}, dict[int, Told]()
        began, first = perf_counter(), 0.0
        async with self.http.stream("POST", f"{self.path}/turns", json=body, headers=self.headers) as response:
            if not response.is_success:
                self.report.wrong[f"status {response.status_code}"] += 1
                return
            async for number, name, data in numbered_events_of(response):
                first = first or perf_counter() - began
                told[number] = (name, data)
        self.report.seconds.append(perf_counter() - began)
        self.report.first_event.append(first)
        self._check_turn(told)
        await self._heard_all(max(told, default=0), told)

    def _check_turn(self, told: Mapping[int, Told]) -> None:
        if not told or list(told.values())[-1][0] != "done":
            self.report.wrong["turn without done"] += 1
        if list(told) != sorted(told):
            self.report.wrong["reordered"] += 1

    async def _heard_all(self, last: int, told: Mapping[int, Told]) -> None:
        """Wait until the line has told all that the turn told, and compare."""
        try:
            async with asyncio.timeout(_LATE_S), self.news:
                await self.news.wait_for(lambda: self.last >= last)
        except TimeoutError:
            self.report.wrong["lost"] += sum(1 for number in told if number not in self.heard)
            return
        self.report.wrong["lost"] += sum(1 for number in told if number not in self.heard)
        self.report.wrong["different"] += sum(
            1 for number, each in told.items() if number in self.heard and self.heard[number] != each
        )

    async def close(self) -> None:
        """Let go of the line."""
        if self.following is not None:
            self.following.cancel()
            await asyncio.gather(self.following, return_exceptions=True)


async def measure(http: httpx.AsyncClient, plan: StreamPlan, memory: Callable[[], int] = lambda: 0) -> StreamReport:
    """Open widgets, let their shoppers talk over breaking lines, and check what each of them was told.

    Args:
        http: Client of a running server; it must allow two connections a client, and one more each.
        plan: How many, and how they are used.
        memory: What the serving process holds now, bytes; 0 when nobody knows.
    """
    await _warm_up(http)
    report = StreamReport(clients=plan.clients)
    widgets = [_Widget(http, plan, report, number) for number in range(plan.clients)]
    report.memory["before"] = memory()
    await _each(widgets, _Widget.open)
    report.memory["open"] = memory()
    began = perf_counter()
    try:
        await _each(widgets, _Widget.talk)
    finally:
        report.elapsed = perf_counter() - began
        report.memory["talked"] = memory()
        await asyncio.gather(*(widget.close() for widget in widgets))
    return report


async def _each(widgets: Sequence[_Widget], what: Callable[[_Widget], Any]) -> None:
    await asyncio.gather(*(what(widget) for widget in widgets))


async def _warm_up(http: httpx.AsyncClient) -> None:
    """Take one conversation's turns, for the first ones load weights."""
    widget = _Widget(http, StreamPlan(clients=1, pause_s=0, breaks=0), StreamReport(), 0)
    await widget.open()
    await widget.talk()
    await widget.close()
