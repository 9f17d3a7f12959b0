"""How a message carries what its shopper asked to be remembered: for this turn only, never in a checkpoint."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from langchain_core.messages import BaseMessage, HumanMessage

Note = Mapping[str, Any]
M = TypeVar("M", bound=BaseMessage)
_NOTES = "notes"
# A shopper's words never hold an empty line, so nobody can write a marker.
_MARK = "\n\n[notes: "


def noted(messages: Sequence[M], notes: Sequence[Note]) -> list[M | HumanMessage]:
    """Return the messages with the notes at the shopper's last one: typed for code, and as text for any model.

    Args:
        messages: The conversation; not changed.
        notes: Entries as `tools.memory.entry` writes them.
    """
    told: list[M | HumanMessage] = list(messages)
    at = max((i for i, message in enumerate(told) if isinstance(message, HumanMessage)), default=-1)
    if at < 0 or not notes:
        return told
    last = told[at]
    text = f"{last.text}{_MARK}{json.dumps(list(notes), ensure_ascii=False, separators=(',', ':'))}]"
    told[at] = HumanMessage(text, id=last.id, additional_kwargs={**last.additional_kwargs, _NOTES: list(notes)})
    return told


def notes_of(messages: Sequence[BaseMessage]) -> list[Note]:
    """Return the notes that the shopper's last message carries."""
    last = next((message for message in reversed(messages) if isinstance(message, HumanMessage)), None)
    return list(last.additional_kwargs.get(_NOTES, ())) if last is not None else []
