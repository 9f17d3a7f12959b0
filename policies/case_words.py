"""What a shopper is told of a case that waits for a person; it never says more than the outbox knows."""

from datetime import datetime
from typing import Literal

Telling = Literal["nobody", "waiting", "delivered", "failed"]

_TOLD = {
    "nobody": "It waits in the shop's list of cases; no message about it was sent to anybody.",
    "waiting": "A message about it goes to the shop now; nobody has taken it yet, as far as I know.",
    "failed": "The message about it could not be handed over, so it waits in the shop's list of cases.",
}
_DELIVERED = "The shop's inbox took the message about it on {at}; I can't see who has read it."


def told(state: Telling, at: datetime | None = None) -> str:
    """Say whether anybody was told of a case."""
    return _DELIVERED.format(at=written(at)) if state == "delivered" and at is not None else _TOLD[state]


def state_text(state: str, note: str, changed_at: datetime, telling: str) -> str:
    """Say how a case stands.

    Args:
        state: "open", "closed" or "withdrawn".
        note: What the shop wrote when it closed it.
        changed_at: When it was closed or withdrawn.
        telling: As `told` says it.
    """
    if state == "withdrawn":
        return f"You withdrew it on {written(changed_at)}."
    if state == "closed":
        wrote = f" and wrote: “{note}”" if note else " without a note."
        return f"The shop closed it on {written(changed_at)}{wrote}"
    return f"It is open. {telling}"


def written(at: datetime) -> str:
    """Write a time: '2 March 2026, 09:00 UTC'."""
    return f"{at.day} {at:%B %Y, %H:%M} UTC"
