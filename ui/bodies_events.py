"""What the routes of events carry and answer, as OpenAPI describes it."""

from typing import Literal

from pydantic import BaseModel, Field

from ui.bodies import Body


class EventSeen(Body):
    """One thing that the shopper did with a product."""

    kind: Literal["view", "show", "click", "save", "dismiss"]
    product_id: str = Field(min_length=1, max_length=64)
    position: int | None = Field(default=None, ge=1, le=1000, description="Where in a row it stood, from 1.")
    slate: str = Field(default="", max_length=64, description="Names that row; the same for all that stood in it.")


class EventsSeen(Body):
    """Several events, in the order in which they happened."""

    source: Literal["chat", "widget", "page"] = Field(description="Where it happened.")
    events: list[EventSeen] = Field(min_length=1, max_length=100)


class EventsKept(BaseModel):
    """How many of the events are of products the shop sells."""

    kept: int


class LearningWanted(Body):
    """Whether the shop may learn."""

    allowed: bool


class LearningTold(BaseModel):
    """Whether the shop may learn."""

    allowed: bool
