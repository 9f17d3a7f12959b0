"""Counts what a turn's calls used and cost, and reserves the most a call may cost before it is made."""

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from langchain_core.messages import BaseMessage

from assistant.pictures import pictures_of
from assistant.price import Caps, Scope, Usage
from assistant.registry import ModelSpec
from policies.errors import Refused, Unavailable
from policies.principal import Principal
from shop.ledger import Ledger, Spender, Spent, TurnRecord

_log = logging.getLogger(__name__)

_SCOPES: tuple[Scope, ...] = ("turn", "conversation", "guest", "guests", "shopper", "tenant", "day")
# A byte-level vocabulary makes at most one token of a byte; templates add a few around each message.
_AROUND_MESSAGE, _AROUND_REQUEST = 32, 256
# A hold outlives the longest call with its retries, so that only a crash leaves one behind.
_HOLD_FACTOR, _HOLD_MORE_S = 3, 30


@dataclass(slots=True)
class TurnMeter:
    """What one turn was asked of models, why, and what it cost; handed through a run, never checkpointed.

    Args:
        principal: Who is speaking.
        turn_id: The turn.
        previous: Who answered the turn before, "" at the beginning.
        started: When it began, by the monotonic clock.
    """

    principal: Principal | None = None
    turn_id: str = ""
    previous: str = ""
    started: float = 0.0
    model: str = ""
    route: str = ""
    reason: str = ""
    intents: tuple[str, ...] = ()
    confidence: float | None = None
    tools: list[str] = field(default_factory=list[str])
    calls: int = 0
    usage: Usage = field(default_factory=Usage)
    micros: int = 0

    def used(self, usage: Usage, micros: int) -> None:
        """Add one call."""
        self.calls += 1
        self.usage = self.usage + usage
        self.micros += micros

    @property
    def record(self) -> TurnRecord:
        """How it was answered, for the ledger."""
        return TurnRecord(
            model=self.model,
            route=self.route,
            reason=self.reason,
            intents=",".join(self.intents),
            pattern=">".join(self.tools),
            confidence=None if self.confidence is None else round(self.confidence * 1000),
            calls=self.calls,
        )

    @property
    def spent(self) -> Spent:
        """What it used and cost, for the ledger."""
        return Spent(**self.usage.model_dump(), micros=self.micros)


def most_tokens(spec: ModelSpec, messages: Sequence[BaseMessage], around: int) -> int:
    """Return the most tokens a request can have: one a byte, and what its pictures may become.

    Args:
        spec: Who is asked.
        messages: What is sent.
        around: Bytes of what else is sent with every request, such as the tools' schemas.
    """
    texts = pictures = 0
    for message in messages:
        pictures += len(pictures_of(message))
        parts = message.content if isinstance(message.content, list) else [message.content]
        for part in parts:
            if isinstance(part, dict) and part.get("type") in {"image", "image_url"}:
                pictures += 1
            else:
                texts += len((part if isinstance(part, str) else json.dumps(part)).encode())
        calls = getattr(message, "tool_calls", None)
        texts += len(json.dumps(calls).encode()) if calls else 0
    return texts + around + pictures * spec.picture_tokens + len(messages) * _AROUND_MESSAGE + _AROUND_REQUEST


class Purse:
    """What models may cost here: prices are the registry's, caps hold over all servers of these books."""

    def __init__(self, ledger: Ledger, caps: Caps, tenant: str) -> None:
        self._ledger = ledger
        self._caps = {scope: cap for scope in _SCOPES if (cap := caps.micros(scope)) is not None}
        self._tenant = tenant
        self.refuses = caps.over == "refuse"

    def spender(self, turn: TurnMeter) -> Spender | None:
        """Return for whom a turn asks, None outside of conversations."""
        if turn.principal is None:
            return None
        return Spender(turn.principal.subject, turn.principal.session_id, turn.turn_id, self._tenant)

    async def hold(self, turn: TurnMeter, name: str, spec: ModelSpec, most: int) -> "Hold | str":
        """Reserve the most a call may cost, or return the cap in the way, "books" when nothing can be reserved.

        Args:
            turn: For which.
            name: Of the model.
            spec: Its price.
            most: Tokens of the request at most.
        """
        spender = self.spender(turn)
        if spender is None:
            return Hold(None, spec, "")
        worst = Usage(input_tokens=most, output_tokens=spec.max_tokens, millis=round(spec.timeout_s * 1000))
        keep = timedelta(seconds=spec.timeout_s * _HOLD_FACTOR + _HOLD_MORE_S)
        micros = spec.price.of(worst)
        try:
            call_id = await self._ledger.reserve(spender, name, micros, self._caps, keep)
            if call_id is not None:
                return Hold(self._ledger, spec, call_id)
            return await self._ledger.over(spender, micros, self._caps) or "day"
        except Unavailable:
            _log.exception("nothing could be reserved for a call of %s, so it is not made", name)
            return "books"

    async def close(self, turn: TurnMeter, outcome: str) -> None:
        """Write how a turn was answered; a ledger that can't be written stops no answer."""
        spender = self.spender(turn)
        if spender is None or not turn.model:
            return
        try:
            await self._ledger.record(spender, replace(turn.record, outcome=outcome), turn.spent)
        except Unavailable:
            _log.exception("what turn %s cost could not be written", turn.turn_id)


@dataclass(frozen=True, slots=True)
class Hold:
    """A reservation of one call."""

    ledger: Ledger | None
    spec: ModelSpec
    call_id: str

    async def settle(self, usage: Usage | None) -> int:
        """Pay for what the call used, None for all that was held; returns micro-units."""
        spent = None if usage is None else Spent(**usage.model_dump(), micros=self.spec.price.of(usage))
        if self.ledger is None:
            return 0 if spent is None else spent.micros
        try:
            return await self.ledger.settle(self.call_id, spent)
        except Unavailable:
            # The hold stays and counts until it expires.
            _log.exception("call %s could not be settled", self.call_id)
            return 0 if spent is None else spent.micros


def refused(scope: str) -> Refused:
    """Return what a shopper is told when no more may be spent on them now."""
    text = "I can't answer more of these today. Search, cart and orders on the shop's pages work as always."
    return Refused("budget", text, {"cap": scope})
