"""What the routes of a shopper's notes answer, as OpenAPI describes it."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field


class NoteTold(BaseModel):
    """One thing the shopper asked to be remembered."""

    key: str = Field(description="What it is addressed by, e.g. 'size-clothes'.")
    kind: Literal["size", "dislike", "like", "budget", "room", "owns"]
    text: str = Field(description="The entry as a phrase, e.g. 'size M in clothes'.")
    words: str = Field(description="The shopper's own words.")
    said_at: datetime


class MemoryTold(BaseModel):
    """Everything the shopper asked to be remembered, oldest first."""

    entries: list[NoteTold]
