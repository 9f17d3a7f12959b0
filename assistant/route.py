"""Which model answers this turn, and why: the compact planner while it is sure, others by need, never over a cap."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.runnables import RunnableConfig

from assistant.breaker import Breaker
from assistant.calling import Calls, Candidate, Skipped
from assistant.cost import Purse, TurnMeter, refused
from assistant.escalate import Understood, of_its_own, reasons, taken_out
from assistant.registry import Routing
from assistant.telemetry import Telemetry
from policies.errors import Unavailable


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer, who gave it, how it came to that one, and why."""

    message: AIMessage
    model: str
    route: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class _Plan:
    """Whom to ask in which order, what that is called, and the compact planner's answer where it is there already."""

    order: tuple[Candidate, ...]
    route: str
    reason: str
    own: Reply | None = None


class ModelChain:
    """Asks the cheapest model that can answer, and falls back down the list when an endpoint fails.

    Args:
        candidates: In the order they are asked; by need, the compact planner and then the others by tier.
        routing: When a turn is handed on and an endpoint left alone.
        purse: Reserves what calls may cost; None where nothing is counted.
        telemetry: Told of every call.
        around: Bytes sent with every request beside the conversation.
        by_need: Whether the first is the compact planner, and the others are asked only when it is not sure.
    """

    def __init__(
        self,
        candidates: Sequence[Candidate],
        *,
        routing: Routing | None = None,
        purse: Purse | None = None,
        telemetry: Telemetry | None = None,
        around: int = 0,
        by_need: bool = False,
    ) -> None:
        if not candidates:
            raise ValueError("a model chain needs at least one candidate")
        self._candidates = tuple(candidates)
        self._routing = routing or Routing()
        self._by_need = by_need and len(candidates) > 1
        self._refuses = purse is not None and purse.refuses
        limits = (self._routing.breaker_failures, self._routing.breaker_open_s)
        breakers = {each.name: Breaker(*limits) for each in candidates}
        self._calls = Calls(breakers, purse, telemetry or Telemetry(), around)

    @property
    def names(self) -> tuple[str, ...]:
        """Names in the order they are asked when nothing speaks against it."""
        return tuple(candidate.name for candidate in self._candidates)

    async def ask(
        self,
        messages: Sequence[BaseMessage],
        config: RunnableConfig | None = None,
        since: str = "",
        turn: TurnMeter | None = None,
    ) -> Reply:
        """Return the next message of the turn.

        Args:
            messages: The conversation.
            config: Carries the step's brief.
            since: Who answered this turn's step before, "" at its first.
            turn: Counts the turn; None where nobody does.

        Raises:
            Unavailable: Every model failed.
            Refused: "budget": a cap is reached, and the operator would rather refuse than degrade.
        """
        turn = turn or TurnMeter()
        plan = self._later(since, turn) if since else await self._first(list(messages), config, turn)
        reply = await self._asked(plan, list(messages), config, turn) if plan.order else plan.own
        assert reply is not None  # A plan without an order carries its answer.
        turn.model, turn.route, turn.reason = reply.model, reply.route, reply.reason
        return reply

    def _later(self, since: str, turn: TurnMeter) -> _Plan:
        """Stay with who answered the step before; those ahead of it failed and are not waited for again."""
        at = self.names.index(since) if since in self.names else 0
        return _Plan(self._down(self._candidates[at]), turn.route or "configured", turn.reason)

    async def _first(self, messages: list[BaseMessage], config: RunnableConfig | None, turn: TurnMeter) -> _Plan:
        if not self._by_need:
            return _Plan(self._candidates, "configured", "")
        own = self._candidates[0]
        message = await self._calls.make(own, messages, config, turn)
        if isinstance(message, Skipped):
            raise Unavailable(f"The compact planner failed ({message.why}).")
        found = _noted(message, turn)
        kept = Reply(message, own.name, "kept", "sure")
        return _Plan((), kept.route, kept.reason, kept) if found is None else self._decided(found, messages, turn, kept)

    def _decided(self, found: Understood, messages: list[BaseMessage], turn: TurnMeter, kept: Reply) -> _Plan:
        why = reasons(found, messages, self._routing.keep_from)
        before = next((each for each in self._candidates[1:] if each.name == turn.previous), None)
        if not why and before is None:
            return _Plan((), "kept", "sure", kept)
        if not why and of_its_own(found):
            return _Plan((), "returned", "new_matter", replace(kept, route="returned", reason="new_matter"))
        target = self._target(why, before)
        if target is None:
            return _Plan((), "kept", "nobody_able", replace(kept, reason="nobody_able"))
        stays = before is not None and target.name == before.name
        return _Plan(self._down(target), "stays" if stays else "escalated", ",".join(why) or "same_matter", kept)

    def _target(self, why: Sequence[str], before: Candidate | None) -> Candidate | None:
        """Return who answers: who did, unless what they said was not it, or they can't see what is asked about."""
        able = [each for each in self._candidates[1:] if "picture_to_read" not in why or each.sees_pictures]
        if before is not None and "rephrased" in why:
            able = [each for each in able if each.rank > before.rank] or able
        return before if before in able else next(iter(able), None)

    def _down(self, target: Candidate) -> tuple[Candidate, ...]:
        """Return a model and those behind it: by need the cheaper ones, dearest first, else the rest of the list."""
        if not self._by_need:
            return self._candidates[self._candidates.index(target) :]
        cheaper = [each for each in self._candidates if each.rank < target.rank]
        return (target, *sorted(cheaper, key=lambda each: -each.rank))

    async def _asked(
        self, plan: _Plan, messages: list[BaseMessage], config: RunnableConfig | None, turn: TurnMeter
    ) -> Reply:
        missed: list[str] = []
        for candidate in plan.order:
            if plan.own is not None and candidate.name == plan.own.model:
                return replace(plan.own, route=_missed_route(missed), reason="; ".join(missed))
            message = await self._calls.make(candidate, messages, config, turn)
            if isinstance(message, Skipped):
                if message.cap and self._refuses:
                    raise refused(message.cap)
                missed.append(f"{candidate.name}: {message.why}")
                continue
            found = _noted(message, turn)
            if missed:
                return Reply(message, candidate.name, _missed_route(missed), "; ".join(missed))
            # Where nobody else is there, the ledger still tells who would have been asked, and why.
            why = (",".join(reasons(found, messages, self._routing.keep_from)) or "sure") if found else ""
            return Reply(message, candidate.name, plan.route, plan.reason or why)
        raise Unavailable(f"No model answered ({'; '.join(missed)}).")


def _noted(message: AIMessage, turn: TurnMeter) -> Understood | None:
    found = taken_out(message)
    if found is not None:
        turn.intents, turn.confidence = found.intents, found.confidence
    return found


def _missed_route(missed: Sequence[str]) -> str:
    return "capped" if all(": cap " in each for each in missed) else "fallback"
