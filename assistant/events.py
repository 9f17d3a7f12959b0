"""What a UI can draw: words, product cards, comparison, cart, quote, order, notice, error, done."""

from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel, Field

from tools.records import AnyRecord


class Status(BaseModel):
    """A step of the turn has begun, in words a shopper may read: 'Looking through the catalogue'."""

    name: Literal["status"] = "status"
    step: str


class Text(BaseModel):
    """A piece of the answer; pieces of one turn are joined without separators."""

    name: Literal["text"] = "text"
    delta: str


class Shown(BaseModel):
    """A record to draw; its stream name is the record's kind."""

    name: Literal["shown"] = "shown"
    record: AnyRecord = Field(discriminator="kind")


class Problem(BaseModel):
    """RFC 9457 problem details of a turn that could not finish."""

    name: Literal["error"] = "error"
    type: str = "about:blank"
    title: str
    status: int
    detail: str
    code: str


class Done(BaseModel):
    """The turn is over; all but the first two are for the operator's eyes."""

    name: Literal["done"] = "done"
    turn_id: str
    seconds: float
    model: str = ""
    route: str = ""
    reason: str = ""
    usage: dict[str, int] = {}
    cost_micros: int = 0


Event = Status | Text | Shown | Problem | Done


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """An event as it was recorded: `seq` grows by one within a session and is the stream's event id."""

    seq: int
    event: str
    data: dict[str, Any]


def wire(event: Event) -> tuple[str, dict[str, Any]]:
    """Return the stream's event name and JSON data (DESIGN: `event: NAME`, `data: JSON`)."""
    if isinstance(event, Shown):
        data = event.record.model_dump(mode="json")
        return event.record.kind, data
    return event.name, event.model_dump(mode="json", exclude={"name"})
