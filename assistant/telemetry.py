"""Tells watchers of turns, calls and tools, and draws OpenTelemetry spans of them; neither carries anybody's words."""

from collections.abc import Generator
from contextlib import contextmanager
from time import monotonic
from typing import Protocol
from urllib.parse import urlsplit

from opentelemetry.trace import NoOpTracer, Span, SpanKind, StatusCode, Tracer

from assistant.cost import TurnMeter
from assistant.price import Usage
from assistant.registry import ModelSpec
from shop.ledger import Spent, TurnRecord
from tools.registry import TOOLS, ToolError


class Watcher(Protocol):
    """Counts what happens; labels are of fixed lists."""

    def turn(self, told: TurnRecord, spent: Spent) -> None:
        """A turn is over."""
        ...

    def call(self, model: str, outcome: str, usage: Usage, micros: int) -> None:
        """A model was asked, and answered or failed."""
        ...

    def skipped(self, model: str, why: str) -> None:
        """A model was not asked, or its answer could not be used."""
        ...

    def tool(self, name: str, outcome: str, seconds: float) -> None:
        """A tool ran."""
        ...


class Drawn:
    """The span of a call while it is made."""

    def __init__(self, span: Span) -> None:
        self._span = span
        self.usage = Usage()
        self.micros = 0
        self.outcome = "answered"

    def failed(self, why: str) -> None:
        """Note that no usable answer came."""
        self.outcome = "failed"
        self._span.set_attribute("error.type", why[:60])
        self._span.set_status(StatusCode.ERROR)

    def used(self, usage: Usage | None, micros: int) -> None:
        """Note what the call used and cost; None where nobody knows."""
        self.usage, self.micros = usage or Usage(), micros
        self._span.set_attribute("aisle.cost_micros", micros)
        if usage is not None:
            self._span.set_attribute("gen_ai.usage.input_tokens", usage.input_tokens)
            self._span.set_attribute("gen_ai.usage.output_tokens", usage.output_tokens)
            self._span.set_attribute("gen_ai.usage.cache_read.input_tokens", usage.cached_tokens)


class Telemetry:
    """One process's watchers and its tracer.

    Args:
        tracer: Draws spans; None draws none.
    """

    def __init__(self, tracer: Tracer | None = None) -> None:
        self._tracer = tracer or NoOpTracer()
        self._watchers: list[Watcher] = []

    def watch(self, watcher: Watcher) -> None:
        """Tell `watcher` from now on."""
        self._watchers.append(watcher)

    @contextmanager
    def turn(self, meter: TurnMeter) -> Generator[None]:
        """Draw a turn around what happens in it; `meter` says at the end how it was answered."""
        attributes = {"gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "aisle"}
        with self._tracer.start_as_current_span(
            "invoke_agent aisle", kind=SpanKind.INTERNAL, attributes=attributes, record_exception=False
        ) as span:
            try:
                yield
            finally:
                span.set_attribute("aisle.route", meter.route)
                span.set_attribute("aisle.reason", meter.reason)
                span.set_attribute("aisle.cost_micros", meter.micros)
                span.set_attribute("gen_ai.response.model", meter.model)

    def ended(self, told: TurnRecord, spent: Spent) -> None:
        """Tell how a turn was answered."""
        for watcher in self._watchers:
            watcher.turn(told, spent)

    @contextmanager
    def chat(self, name: str, spec: ModelSpec) -> Generator[Drawn]:
        """Draw a call of an endpoint."""
        server = urlsplit(spec.address)
        attributes = {
            "gen_ai.operation.name": "chat",
            "gen_ai.provider.name": name,
            "gen_ai.request.model": spec.model,
            "gen_ai.request.max_tokens": spec.max_tokens,
            "gen_ai.request.temperature": spec.temperature,
            "server.address": server.hostname or "",
            "server.port": server.port or 0,
        }
        # Exceptions are not recorded: their texts may quote a request.
        with self._tracer.start_as_current_span(
            f"chat {spec.model}", kind=SpanKind.CLIENT, attributes=attributes, record_exception=False
        ) as span:
            drawn = Drawn(span)
            try:
                yield drawn
            finally:
                for watcher in self._watchers:
                    watcher.call(name, drawn.outcome, drawn.usage, drawn.micros)

    def skipped(self, name: str, why: str) -> None:
        """Tell that a model gave no answer."""
        for watcher in self._watchers:
            watcher.skipped(name, why)

    @contextmanager
    def tool(self, name: str) -> Generator[None]:
        """Draw a tool's run."""
        # A model may invent names; a label must not.
        name = name if name in TOOLS else "unknown"
        attributes = {"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": name, "gen_ai.tool.type": "function"}
        started, outcome = monotonic(), "failed"
        with self._tracer.start_as_current_span(
            f"execute_tool {name}", kind=SpanKind.INTERNAL, attributes=attributes, record_exception=False
        ):
            try:
                yield
                outcome = "done"
            except ToolError:
                outcome = "refused"
                raise
            finally:
                for watcher in self._watchers:
                    watcher.tool(name, outcome, monotonic() - started)
