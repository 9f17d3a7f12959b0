"""What a page may say over its connection: words, and ids of pictures it showed. What else it claims is not read."""

from typing import Any

from pydantic import UUID4, BaseModel, Field, ValidationError

_PICTURES = 4


class _Words(BaseModel):
    id: UUID4
    output: str


class _Reference(BaseModel):
    id: str


class _Payload(BaseModel):
    message: _Words
    references: list[_Reference] | None = Field(default=None, alias="fileReferences", max_length=_PICTURES)


class Sent(BaseModel):
    """A shopper's message: who says it and in which role is not the page's to tell."""

    id: UUID4
    text: str
    pictures: tuple[str, ...]


def read_sent(payload: Any) -> Sent | None:
    """Return what was said, or None when this is no message."""
    try:
        read = _Payload.model_validate(payload)
    except ValidationError:
        return None
    pictures = tuple(reference.id for reference in read.references or [])
    return Sent(id=read.message.id, text=read.message.output, pictures=pictures)
