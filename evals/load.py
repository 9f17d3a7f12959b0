"""Load: how long a shopper waits for whole turns over HTTP, from the request to the stream's last event."""

import asyncio
import itertools
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

import httpx

from evals.stream import events_of

_MS = 1000
_WARM_UP = 4  # turns before measuring: the first ones load weights and open connections

# Conversations as shoppers have them: search, refine, refer back, compare, fill the cart, ask.
CONVERSATIONS: tuple[tuple[str, ...], ...] = (
    ("a walnut desk under $700", "cheaper", "compare the first two", "add the first one", "what is in my cart?"),
    ("I need a black dress for a wedding", "under $150", "do you have it in size M?", "add it", "undo that"),
    ("a warm lamp for the bedroom", "something like the second one", "only in stock", "what goes with it?"),
    ("show me sofas in green", "not velvet", "the cheapest one", "how wide is it?", "add it to the cart"),
    ("running shoes", "size 42", "in white", "the second one", "buy it"),
    ("hello", "what is your returns policy?", "how long does delivery take?", "thanks"),
    ("a rug for the hallway", "not grey", "the first one", "add two of them", "remove it"),
    ("do you sell car tyres?", "then a vase", "under $60", "tell me more about the first one"),
)


@dataclass(frozen=True, slots=True)
class LoadPlan:
    """How much load.

    Args:
        turns: Turns to take in all, at least 1.
        concurrency: Conversations at the same time, at least 1.
    """

    turns: int
    concurrency: int = 1


@dataclass(slots=True)
class LoadReport:
    """What was measured; times in seconds, from sending a message to its `done`.

    Args:
        first_word: To the first words of an answer that has some.
        told: What `done` says of each turn; with models and money where the client is the operator's.
    """

    seconds: list[float] = field(default_factory=list[float])
    first_event: list[float] = field(default_factory=list[float])
    first_word: list[float] = field(default_factory=list[float])
    told: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    errors: Counter[str] = field(default_factory=Counter[str])
    by_event: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    elapsed: float = 0.0

    def metrics(self) -> dict[str, float | int]:
        """Return the figures of a report, units in the keys."""
        return {
            "turns": len(self.seconds),
            "errors": sum(self.errors.values()),
            "p50_ms": quantile(self.seconds, 0.50),
            "p95_ms": quantile(self.seconds, 0.95),
            "p99_ms": quantile(self.seconds, 0.99),
            "max_ms": quantile(self.seconds, 1.0),
            "first_event_p50_ms": quantile(self.first_event, 0.50),
            "first_word_p50_ms": quantile(self.first_word, 0.50),
            "first_word_p95_ms": quantile(self.first_word, 0.95),
            "turns_per_s": round(len(self.seconds) / self.elapsed, 2) if self.elapsed else 0.0,
        }

    def by_kind(self) -> dict[str, str]:
        """Return p50 and p95 of turns by the last record they drew, and the errors by reason."""
        rows = {
            f"turns that drew {name}": f"{len(times)}, p50 {quantile(times, 0.5)} ms, p95 {quantile(times, 0.95)} ms"
            for name, times in sorted(self.by_event.items())
        }
        return rows | {f"error {reason}": str(count) for reason, count in self.errors.items()}


def quantile(values: Sequence[float], share: float) -> float:
    """Return the smallest value that `share` of all do not exceed, in milliseconds; 0 of nothing."""
    if not values:
        return 0.0
    rank = max(0, -(-int(share * 1_000_000) * len(values) // 1_000_000) - 1)
    return round(sorted(values)[rank] * _MS, 1)


async def measure(http: httpx.AsyncClient, plan: LoadPlan) -> LoadReport:
    """Take turns of realistic conversations and measure each.

    Args:
        http: Client of a running server; its base URL is the server's.
        plan: How many turns, how many at the same time.
    """
    warming = LoadReport()
    await _converse(http, CONVERSATIONS[0][:_WARM_UP], iter(range(_WARM_UP)), warming)
    report = LoadReport()
    tickets = iter(range(plan.turns))
    conversations = itertools.cycle(CONVERSATIONS)
    started = perf_counter()
    await asyncio.gather(*(_worker(http, conversations, tickets, report) for _ in range(plan.concurrency)))
    report.elapsed = perf_counter() - started
    return report


async def _worker(
    http: httpx.AsyncClient, conversations: Iterator[Sequence[str]], tickets: Iterator[int], report: LoadReport
) -> None:
    while await _converse(http, next(conversations), tickets, report):
        pass


async def _converse(
    http: httpx.AsyncClient, messages: Sequence[str], tickets: Iterator[int], report: LoadReport
) -> bool:
    """Hold one conversation while there are tickets; says whether there are any left."""
    begun = (await http.post("/v1/sessions")).raise_for_status().json()
    path = f"/v1/sessions/{begun['session_id']}/turns"
    headers = {"Authorization": f"Bearer {begun['token']}"}
    for text in messages:
        if next(tickets, None) is None:
            return False
        await _turn(http, path, headers, text, report)
    return True


async def _turn(http: httpx.AsyncClient, path: str, headers: dict[str, str], text: str, report: LoadReport) -> None:
    """Take one turn and note how long it took; a turn without `done` is an error and has no time."""
    started = perf_counter()
    first: float | None = None
    word: float | None = None
    drew, ended = "words", ""
    told: dict[str, Any] = {}
    async with http.stream("POST", path, json={"text": text}, headers=headers) as response:
        if not response.is_success:
            report.errors[f"status {response.status_code}"] += 1
            return
        async for name, data in events_of(response):
            now = perf_counter() - started
            first = now if first is None else first
            word = now if word is None and name == "text" else word
            told = data if name == "done" else told
            ended = name if name == "done" else f"error {data.get('code', '')}" if name == "error" else ended
            drew = name if name not in {"status", "text", "done", "error"} else drew
    if ended != "done":
        report.errors[ended or "broken stream"] += 1
        return
    seconds = perf_counter() - started
    report.seconds.append(seconds)
    report.first_event.append(first or seconds)
    report.first_word += [word] if word is not None else []
    report.told.append(told)
    report.by_event[drew].append(seconds)
