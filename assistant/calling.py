"""Makes one step's call of one model: breaker, cap and disclosure before it, usage and money after it."""

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Protocol

import openai
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.messages.ai import UsageMetadata
from langchain_core.runnables import RunnableConfig

from assistant.breaker import Breaker
from assistant.cost import Hold, Purse, TurnMeter, most_tokens
from assistant.disclosure import disclosed
from assistant.endpoint import EndpointFailed
from assistant.price import Usage, usage_of
from assistant.registry import ModelSpec
from assistant.telemetry import Telemetry
from assistant.usage import counted

FAILURES = (openai.APIError, EndpointFailed)
# An answer that can't be used is asked for once more.
_REQUESTS = 2
# A token is rarely less than three bytes: a request that would be too long even so is not sent.
_BYTES_PER_TOKEN = 3
# An endpoint that answered with an error, or that nobody listens at, wrote nothing that costs.
_UNBILLED = re.compile(r"HTTP \d|\w*ConnectionError")


class Planner(Protocol):
    """A chat model, or an endpoint that speaks while it answers: `assistant.window.Brief` is in the configuration."""

    async def ainvoke(self, input: list[BaseMessage], config: RunnableConfig | None = None) -> AIMessage:
        """Return the next message."""
        ...


@dataclass(frozen=True, slots=True)
class Candidate:
    """A model with the tools already bound; without a spec it costs nothing and sees everything."""

    name: str
    model: Planner
    spec: ModelSpec | None = None

    @property
    def rank(self) -> int:
        """Place in the chain; 0 is the compact planner."""
        return 0 if self.spec is None else self.spec.rank

    @property
    def sees_pictures(self) -> bool:
        """Whether it can look at a picture and may."""
        return self.spec is None or ("picture" in self.spec.modalities and "pictures" in self.spec.sees)


@dataclass(frozen=True, slots=True)
class Skipped:
    """No answer of a model: why, and the cap in the way if it was one."""

    why: str
    cap: str = ""


class Calls:
    """Calls models.

    Args:
        breakers: By name of the model.
        purse: Reserves what a call may cost; None where nothing is counted.
        telemetry: Told of every call.
        around: Bytes that are sent with every request beside the conversation: system text and tools.
    """

    def __init__(self, breakers: Mapping[str, Breaker], purse: Purse | None, telemetry: Telemetry, around: int) -> None:
        self._breakers = breakers
        self._purse = purse
        self._telemetry = telemetry
        self._around = around

    async def make(
        self, candidate: Candidate, messages: list[BaseMessage], config: RunnableConfig | None, turn: TurnMeter
    ) -> AIMessage | Skipped:
        """Return a model's message, or why there is none.

        Args:
            candidate: Whom to ask.
            messages: The conversation; what the model may not see is taken out.
            config: Carries the step's brief.
            turn: Counts the call.
        """
        if candidate.spec is None or candidate.spec.kind == "compact":
            return await self._own(candidate, messages, config, turn)
        if not self._breakers[candidate.name].admit():
            return self._skipped(candidate.name, "breaker open")
        seen = disclosed(messages, _seen_by(candidate))
        held = await self._reserved(candidate.name, candidate.spec, seen, turn)
        if isinstance(held, Skipped):
            return held
        return await self._asked(candidate, seen, config, (turn, held))

    async def _own(
        self, candidate: Candidate, messages: list[BaseMessage], config: RunnableConfig | None, turn: TurnMeter
    ) -> AIMessage | Skipped:
        started = monotonic()
        try:
            message = await candidate.model.ainvoke(messages, config)
        except FAILURES as error:
            return self._skipped(candidate.name, _reason(error))
        used = usage_of(message.usage_metadata, _millis(started)) or Usage(millis=_millis(started))
        turn.used(used, candidate.spec.price.of(used) if candidate.spec else 0)
        return message

    async def _reserved(
        self, name: str, spec: ModelSpec, messages: Sequence[BaseMessage], turn: TurnMeter
    ) -> Hold | Skipped:
        most = most_tokens(spec, messages, self._around)
        if most > _BYTES_PER_TOKEN * spec.context:
            return self._skipped(name, "too long")
        if self._purse is None:
            return Hold(None, spec, "")
        held = await self._purse.hold(turn, name, spec, min(most, spec.context) * _REQUESTS)
        if isinstance(held, Hold):
            return held
        return self._skipped(name, f"cap {held}", held)

    async def _asked(
        self,
        candidate: Candidate,
        messages: list[BaseMessage],
        config: RunnableConfig | None,
        counting: tuple[TurnMeter, Hold],
    ) -> AIMessage | Skipped:
        turn, held = counting
        breaker, started = self._breakers[candidate.name], monotonic()
        # What is not known to cost less costs all that was held: a turn cut off, an answer that broke.
        used: Usage | None = None
        with self._telemetry.chat(candidate.name, held.spec) as span, counted() as seen:
            try:
                message = await candidate.model.ainvoke(messages, config)
                seen_usage = list(seen) or [each for each in (message.usage_metadata,) if each is not None]
                used = _sum(seen_usage, _millis(started)) if seen_usage else None
                breaker.succeeded()
                return message
            except FAILURES as error:
                breaker.failed()
                why = _reason(error)
                if _UNBILLED.match(why):
                    used = _sum(seen, _millis(started))
                span.failed(why)
                return self._skipped(candidate.name, why)
            finally:
                # Shielded: a turn that is cancelled pays all the same.
                micros = await asyncio.shield(held.settle(used))
                turn.used(used or Usage(millis=_millis(started)), micros)
                span.used(used, micros)

    def _skipped(self, name: str, why: str, cap: str = "") -> Skipped:
        self._telemetry.skipped(name, why)
        return Skipped(why, cap)


def _seen_by(candidate: Candidate) -> frozenset[str]:
    assert candidate.spec is not None  # Only endpoints are asked through here.
    sees = frozenset[str](candidate.spec.sees)
    return sees if candidate.sees_pictures else sees - {"pictures"}


def _sum(seen: Sequence[UsageMetadata], millis: int) -> Usage:
    each = [usage_of(used, 0) or Usage() for used in seen]
    return sum(each, Usage(millis=millis))


def _reason(error: Exception) -> str:
    if isinstance(error, openai.APIStatusError):
        return f"HTTP {error.status_code}"
    return str(error) if isinstance(error, EndpointFailed) else type(error).__name__


def _millis(started: float) -> int:
    return round((monotonic() - started) * 1000)
