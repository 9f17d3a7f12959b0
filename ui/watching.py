"""Counts turns, calls and tools for Prometheus; every label is of a list that does not grow with shoppers."""

from collections.abc import Iterable, Mapping

from prometheus_client import CollectorRegistry, Counter, Histogram, Metric
from prometheus_client.core import CounterMetricFamily
from prometheus_client.registry import Collector

from assistant.price import MICROS, Usage
from retrieval.cache import Tally
from shop.ledger import Spent, TurnRecord

# Seconds; tools are searches and rows, calls are models.
_TOOL_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0)
_CALL_BUCKETS = (0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 60.0)
_ROUTES = frozenset({"kept", "returned", "stays", "escalated", "capped", "fallback", "configured"})
# Why a model was not asked or not used, by the beginning of the words; the rest of them may be an endpoint's own.
_WHY = ("cap ", "breaker open", "too long", "timeout", "HTTP 4", "HTTP 5", "no connection")


class Counters:
    """A watcher that counts in a registry."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._routed = Counter("aisle_routed_turns", "Turns by model and route.", ["model", "route"], registry=registry)
        self._why = Counter("aisle_route_reasons", "Why turns were handed on.", ["reason"], registry=registry)
        self._calls = Counter("aisle_model_calls", "Calls of endpoints.", ["model", "outcome"], registry=registry)
        self._tokens = Counter(
            "aisle_model_tokens",
            "Tokens: of requests fresh and cached, of answers.",
            ["model", "kind"],
            registry=registry,
        )
        self._cost = Counter("aisle_model_cost", "Money, in units of the currency.", ["model"], registry=registry)
        self._seconds = Histogram(
            "aisle_model_seconds", "A call of an endpoint.", ["model"], buckets=_CALL_BUCKETS, registry=registry
        )
        self._skipped = Counter(
            "aisle_model_skipped", "Models not asked, or not used, by why.", ["model", "why"], registry=registry
        )
        self._tools = Counter("aisle_tools", "Calls of tools by outcome.", ["tool", "outcome"], registry=registry)
        self._tool_seconds = Histogram(
            "aisle_tool_seconds", "A tool's run.", ["tool"], buckets=_TOOL_BUCKETS, registry=registry
        )

    def turn(self, told: TurnRecord, spent: Spent) -> None:
        """Count a turn by who answered it, and the reasons it was handed on for."""
        route = told.route if told.route in _ROUTES else "none"
        self._routed.labels(model=told.model or "none", route=route).inc()
        if route in {"escalated", "stays"}:
            for reason in told.reason.split(","):
                self._why.labels(reason=reason).inc()

    def call(self, model: str, outcome: str, usage: Usage, micros: int) -> None:
        """Count a call with its tokens and money."""
        self._calls.labels(model=model, outcome=outcome).inc()
        fresh = usage.input_tokens - usage.cached_tokens
        for kind, tokens in (("fresh", fresh), ("cached", usage.cached_tokens), ("output", usage.output_tokens)):
            self._tokens.labels(model=model, kind=kind).inc(tokens)
        self._cost.labels(model=model).inc(micros / MICROS)
        self._seconds.labels(model=model).observe(usage.millis / 1000)

    def skipped(self, model: str, why: str) -> None:
        """Count a model that was not asked, or gave no usable answer."""
        why = "no connection" if "ConnectionError" in why else why
        label = next((known.strip() for known in _WHY if why.startswith(known)), "unusable")
        self._skipped.labels(model=model, why=label).inc()

    def tool(self, name: str, outcome: str, seconds: float) -> None:
        """Count a tool's run."""
        self._tools.labels(tool=name, outcome=outcome).inc()
        self._tool_seconds.labels(tool=name).observe(seconds)


class Caches(Collector):
    """Tells how often caches helped; they count themselves.

    Args:
        tallies: By name of the cache.
    """

    def __init__(self, tallies: Mapping[str, Tally]) -> None:
        self._tallies = tallies

    def collect(self) -> Iterable[Metric]:
        """Return the counts as they are now."""
        asked = CounterMetricFamily("aisle_cache", "Look-ups in caches by outcome.", labels=["cache", "outcome"])
        for name, tally in self._tallies.items():
            asked.add_metric([name, "hit"], tally.hits)
            asked.add_metric([name, "miss"], tally.misses)
        yield asked
