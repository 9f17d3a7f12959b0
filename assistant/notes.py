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


def moved(messages: Sequence[BaseMessage]) -> list[BaseMessage]:
    """Return the messages with the notes at the first instead of the last one, where the next turn finds them again.

    They change seldom; at the last message, they would be other bytes there one turn later.
    """
    notes = notes_of(messages)
    asked = [at for at, message in enumerate(messages) if isinstance(message, HumanMessage)]
    told = list(messages)
    if not notes or len(asked) < 2:
        return told
    first, last = told[asked[0]], told[asked[-1]]
    text, mark, entries = last.text.rpartition(_MARK)
    told[asked[0]] = HumanMessage(first.text + mark + entries, additional_kwargs=first.additional_kwargs)
    told[asked[-1]] = HumanMessage(text, additional_kwargs=last.additional_kwargs)
    return told
