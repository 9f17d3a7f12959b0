"""Asks a model what to say or do next."""

from collections.abc import Sequence
from importlib import resources
from typing import Any

from langchain_core.messages import AIMessage, AnyMessage, BaseMessage, SystemMessage, ToolMessage
from langgraph.runtime import Runtime

from assistant.notes import noted
from assistant.state import ConversationState, TurnContext

STEP_LIMIT = "I went back and forth on that without getting anywhere. Tell me the one thing that matters most?"
_INTERRUPTED = '{"error": {"code": "interrupted", "text": "This call did not finish.", "facts": {}}}'


def system_prompt() -> str:
    """Return the system text: the same bytes in every turn and conversation, so that prefix caches hold."""
    return (resources.files("assistant") / "prompts" / "system.md").read_text(encoding="utf-8")


async def plan(state: ConversationState, runtime: Runtime[TurnContext]) -> dict[str, Any]:
    """Return the model's next message: words to answer with, or tool calls."""
    context = runtime.context
    if state["steps"] >= context.max_steps:
        return {"messages": [AIMessage(STEP_LIMIT)], "route": "step limit"}
    messages = noted(closed(state["messages"]), context.notes)
    reply = await context.models.ask([SystemMessage(system_prompt()), *messages])
    return {
        "messages": [reply.message],
        "steps": state["steps"] + 1,
        "model": reply.model,
        "route": reply.route,
    }


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
