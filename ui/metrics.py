"""What this server counts, as Prometheus text; nothing in it names a shopper or a conversation."""

from collections.abc import AsyncIterator, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest, start_http_server

from assistant.events import StoredEvent
from policies.errors import SettingsError

# Seconds; dense around the aims of 150 ms and 400 ms.
_TURN_BUCKETS = (0.025, 0.05, 0.1, 0.15, 0.25, 0.4, 0.75, 1.5, 3.0, 10.0, 60.0)


@dataclass(frozen=True, slots=True)
class Metrics:
    """Counters of one server, in a registry of their own."""

    registry: CollectorRegistry
    sessions: Counter
    turns: Counter
    turn_seconds: Histogram
    presses: Counter
    requests: Counter

    def text(self) -> bytes:
        """Write all counters in Prometheus' text format."""
        return generate_latest(self.registry)


def new_metrics() -> Metrics:
    """Return fresh counters at zero."""
    registry = CollectorRegistry()
    return Metrics(
        registry=registry,
        sessions=Counter("aisle_sessions", "Sessions begun.", registry=registry),
        turns=Counter("aisle_turns", "Turns by how they ended.", ["outcome"], registry=registry),
        turn_seconds=Histogram(
            "aisle_turn_seconds", "From the shopper's message to done.", buckets=_TURN_BUCKETS, registry=registry
        ),
        presses=Counter("aisle_presses", "Answers to quote cards by outcome.", ["outcome"], registry=registry),
        requests=Counter(
            "aisle_requests", "HTTP requests by route and status.", ["route", "status"], registry=registry
        ),
    )


async def counting(events: AsyncIterator[StoredEvent], metrics: Metrics) -> AsyncIterator[StoredEvent]:
    """Pass a turn's events on, and count how it ended and how long it took."""
    started = monotonic()
    outcome = "left"
    try:
        async for event in events:
            if event.event in {"done", "error"}:
                outcome = event.event
            yield event
    finally:
        metrics.turns.labels(outcome=outcome).inc()
        metrics.turn_seconds.observe(monotonic() - started)


@contextmanager
def watched(metrics: Metrics, host: str, port: int | None) -> Generator[int | None]:
    """Serve the counters at an address of their own, without a token, until the block ends; yields the port.

    Args:
        metrics: What to serve.
        host: Address that only watchers reach.
        port: 0 picks a free one, None serves nothing.

    Raises:
        SettingsError: The address can't be used.
    """
    if port is None:
        yield None
        return
    try:
        server, thread = start_http_server(port, host, metrics.registry)
    except OSError as error:
        raise SettingsError(f"{host}:{port} can't serve metrics ({error.strerror}). Choose another port.") from error
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
