"""Ends a turn that has been spoken: draws its records."""

from typing import Any

from langgraph.config import get_stream_writer
from pydantic import TypeAdapter

from assistant.events import Shown
from assistant.state import ConversationState
from tools.records import AnyRecord

_RECORD: TypeAdapter[AnyRecord] = TypeAdapter(AnyRecord)


async def answer(state: ConversationState) -> dict[str, Any]:
    """Draw the turn's records behind its words."""
    say = get_stream_writer()
    for record in state["records"]:
        say(Shown(record=_RECORD.validate_python(record)).model_dump(mode="json"))
    return {}
