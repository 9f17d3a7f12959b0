"""Speaks: the checked words of a turn, then its cards; and what a settled quote became."""

import logging
from typing import Any

from langchain_core.messages import AIMessage
from langgraph.config import get_stream_writer
from langgraph.runtime import Runtime
from pydantic import TypeAdapter

from assistant.events import Shown, Text
from assistant.ground import ground
from assistant.notes import noted
from assistant.state import ConversationState, TurnContext
from tools.records import AnyRecord

_log = logging.getLogger(__name__)
_RECORD: TypeAdapter[AnyRecord] = TypeAdapter(AnyRecord)


async def answer(state: ConversationState, runtime: Runtime[TurnContext]) -> dict[str, Any]:
    """Check the last words against the records, say them, and draw the turn's records."""
    last = state["messages"][-1]
    told = noted(state["messages"][:-1], runtime.context.notes)
    text, cut = ground(last.text, told, runtime.context.policy.currency)
    if cut:
        _log.warning("cut %d unbacked sentence(s) of model %s", len(cut), state["model"])
    say = get_stream_writer()
    say(Text(delta=text).model_dump())
    for record in state["records"]:
        say(Shown(record=_RECORD.validate_python(record)).model_dump(mode="json"))
    if text == last.text:
        return {}
    # The same id replaces the message: the model's next turn reads what the shopper read.
    return {"messages": [AIMessage(text, id=last.id)]}
