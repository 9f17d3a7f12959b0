"""What the routes of a shopper's notes and cases carry and answer, as OpenAPI describes it."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, Field

from ui.bodies import Body


class NoteTold(BaseModel):
    """One thing the shopper asked to be remembered."""

    key: str = Field(description="What it is addressed by, e.g. 'size-clothes'.")
    kind: Literal["size", "dislike", "like", "budget", "room", "owns"]
    text: str = Field(description="The entry as a phrase, e.g. 'size M in clothes'.")
    words: str = Field(description="The shopper's own words.")
    said_at: datetime
    on: bool = Field(description="Whether it is gone by; off, it is only kept.")


class NoteChanged(Body):
    """What changes about an entry; what is not given stays."""

    on: bool | None = None
    value: str | None = Field(default=None, min_length=1, max_length=20, description="Another size.")
    amount: int | None = Field(default=None, ge=0, le=10**9, description="Another budget, minor units.")


class MemoryTold(BaseModel):
    """Everything the shopper asked to be remembered, oldest first."""

    entries: list[NoteTold]


class CaseWords(Body):
    """Words to add to a case."""

    words: str = Field(min_length=1, max_length=2000)


class CaseAnswered(Body):
    """How a case ended."""

    note: str = Field(default="", max_length=2000, description="Its shopper reads this.")


class CaseTold(BaseModel):
    """A case and how it stands."""

    case_id: str = Field(description="What shopper and shop call it, e.g. 'C-7K2MQX'.")
    state: Literal["open", "closed", "withdrawn"]
    reason: str
    told: Literal["nobody", "waiting", "delivered", "failed"] = Field(
        description="Whether the shop's people were told by a message; delivered says nothing about who has read it."
    )
    state_text: str = Field(description="The only wording of it that a shopper reads.")
    opened_at: datetime
    said: list[str] = Field(description="The shopper's own words, oldest first.")


class CasesTold(BaseModel):
    """Several cases."""

    cases: list[CaseTold]


class MessageTold(BaseModel):
    """Words about a case and when they were said."""

    words: str
    said_at: datetime


class CaseMessage(BaseModel):
    """A message of the outbox."""

    event: str
    state: str
    taken_by: list[str]
    attempts: int
    problem: str
    delivered_at: datetime | None


class CaseFileTold(BaseModel):
    """Everything about a case."""

    case: CaseTold
    subject: str
    context: dict[str, Any]
    said: list[MessageTold]
    conversation: list[str] = Field(description="What the shopper wrote in that conversation, oldest first.")
    messages: list[CaseMessage]
