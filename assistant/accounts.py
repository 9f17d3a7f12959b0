"""Ends a turn's accounts: what the operator reads in `done`, the row in the ledger, and what watchers are told."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import replace
from time import monotonic

from assistant.cost import Purse, TurnMeter
from assistant.events import Done
from assistant.telemetry import Telemetry
from policies.principal import Principal


class Accounts:
    """One process's accounts of turns.

    Args:
        purse: Writes the ledger; None where nothing is kept.
        telemetry: Told of turns and tools.
    """

    def __init__(self, purse: Purse | None = None, telemetry: Telemetry | None = None) -> None:
        self._purse = purse
        self._telemetry = telemetry or Telemetry()

    @contextmanager
    def turn(self, meter: TurnMeter) -> Generator[None]:
        """Draw a turn around what happens in it."""
        with self._telemetry.turn(meter):
            yield

    @contextmanager
    def tool(self, meter: TurnMeter, name: str) -> Generator[None]:
        """Note that a tool runs, and draw it."""
        meter.tools.append(name)
        with self._telemetry.tool(name):
            yield

    async def close(self, meter: TurnMeter, outcome: str) -> None:
        """Write and tell how a turn was answered, at its end."""
        if self._purse is not None:
            await self._purse.close(meter, outcome)
        self._telemetry.ended(replace(meter.record, outcome=outcome), meter.spent)


def metered(principal: Principal, turn_id: str) -> TurnMeter:
    """Return the meter of a turn that begins now."""
    return TurnMeter(principal=principal, turn_id=turn_id, started=monotonic())


def done(meter: TurnMeter) -> Done:
    """Return the last event of a turn that was answered; only the operator is shown how."""
    return Done(
        turn_id=meter.turn_id,
        seconds=round(monotonic() - meter.started, 3),
        model=meter.model,
        route=meter.route,
        reason=meter.reason,
        usage=meter.usage.model_dump(),
        cost_micros=meter.micros,
    )
