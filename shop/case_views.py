"""What the books tell of a case: its state, every word about it, and whether anybody was told."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

Reason = Literal["complaint", "order", "damaged", "payment", "product", "other"]
CaseState = Literal["open", "closed", "withdrawn"]
TellingState = Literal["nobody", "waiting", "delivered", "failed"]


@dataclass(frozen=True, slots=True)
class Telling:
    """Whether the shop's people were told of a case by a message.

    Args:
        state: "nobody" when no way of telling is set up, "waiting" until a message is confirmed, "delivered" once it
            was taken, which says nothing about who has read it, "failed" when it was given up.
        at: When it was taken.
    """

    state: TellingState
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """Words of the shopper about their case."""

    words: str
    said_at: datetime


@dataclass(frozen=True, slots=True)
class Case:
    """A case as the books have it.

    Args:
        case_id: What shopper and shop call it, e.g. "C-7K2MQX".
        session_id: The conversation it was opened in.
        context: What was around it then: the cart, the orders named, how far the conversation had come.
        note: What the shop wrote when it closed the case.
        told: Whether anybody was told that it was opened.
    """

    case_id: str
    subject: str
    session_id: str
    reason: Reason
    state: CaseState
    context: Mapping[str, Any]
    note: str
    opened_at: datetime
    changed_at: datetime
    said: tuple[Said, ...]
    told: Telling


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message of the outbox.

    Args:
        event: "opened", "words" or "withdrawn".
        done: Channels that took it.
        problem: Why the last try failed, without addresses and secrets.
    """

    delivery_id: str
    event: str
    state: str
    done: tuple[str, ...]
    attempts: int
    problem: str
    next_try_at: datetime
    delivered_at: datetime | None
