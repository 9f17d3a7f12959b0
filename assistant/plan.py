"""Asks a model what to say or do next, and says its words as far as records back them."""

import logging
from collections.abc import Sequence
from functools import partial
from typing import Any

from langchain_core.messages import AIMessage, AnyMessage, BaseMessage, HumanMessage, ToolMessage
from langgraph.config import get_stream_writer
from langgraph.runtime import Runtime

from assistant.events import Text
from assistant.ground import Grounding, instead
from assistant.notes import noted
from assistant.state import ConversationState, TurnContext
from assistant.window import Brief, Window

STEP_LIMIT = "I went back and forth on that without getting anywhere. Tell me the one thing that matters most?"
_INTERRUPTED = '{"error": {"code": "interrupted", "text": "This call did not finish.", "facts": {}}}'
_log = logging.getLogger(__name__)


async def plan(state: ConversationState, runtime: Runtime[TurnContext]) -> dict[str, Any]:
    """Return the model's next message: words, which the shopper was told while they came, or tool calls."""
    context = runtime.context
    told = noted(state["messages"], context.notes)
    window = _window(told, context)
    if state["steps"] >= context.max_steps:
        window.tell(STEP_LIMIT)
        context.meter.reason = "step limit"
        return {"messages": [AIMessage(STEP_LIMIT)], "route": "step limit"}
    brief = Brief(window, frozenset(state.get("shown", [])), partial(_picture, context))
    reply = await context.models.ask(closed(told), brief.config(), since=state["model"], turn=context.meter)
    message = _said(reply.message, window, told)
    if window.cut:
        _log.warning("cut %d unbacked sentence(s) of model %s", len(window.cut), reply.model)
    return {
        "messages": [message],
        "steps": state["steps"] + 1,
        "model": reply.model,
        "route": state["route"] if reply.model == state["model"] else reply.route,
    }


def _window(messages: Sequence[AnyMessage], context: TurnContext) -> Window:
    say = get_stream_writer()
    return Window(
        lambda: Grounding(messages, context.policy.currency),
        lambda text: say(Text(delta=text).model_dump()),
        follows=_spoke(messages),
    )


def _spoke(messages: Sequence[BaseMessage]) -> bool:
    """Say whether this turn said something before: words beside a call."""
    asked = max((at for at, message in enumerate(messages) if isinstance(message, HumanMessage)), default=0)
    return any(isinstance(message, AIMessage) and message.text.strip() for message in messages[asked:])


def _said(message: AIMessage, window: Window, messages: Sequence[AnyMessage]) -> AIMessage:
    """Return the message with the words that the shopper read: the model's next turn reads the same."""
    window.finish(message.text)
    if not window.said and not message.tool_calls:
        window.tell(instead(messages))
    if window.said == message.text:
        return message
    return AIMessage(window.said, tool_calls=message.tool_calls, id=message.id, usage_metadata=message.usage_metadata)


async def _picture(context: TurnContext, image_id: str) -> bytes | None:
    """Return a picture of this shopper's conversation as JPEG."""
    if context.uploads is None:
        return None
    kept = await context.uploads.load(context.principal, image_id)
    return None if kept is None else kept.jpeg


def closed(messages: Sequence[AnyMessage]) -> list[BaseMessage]:
    """Return the messages with every tool call answered.

    A turn that was cut off (cancelled, killed) leaves calls without results, which endpoints reject.
    """
    answered = {m.tool_call_id for m in messages if isinstance(m, ToolMessage)}
    result: list[BaseMessage] = []
    for message in messages:
        result.append(message)
        if isinstance(message, AIMessage):
            result += [
                ToolMessage(_INTERRUPTED, tool_call_id=call["id"] or "", name=call["name"])
                for call in message.tool_calls
                if call["id"] not in answered
            ]
    return result
