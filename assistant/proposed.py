"""Checks the calls of a model's message before they are acted on, and says what is wrong in words it can act on."""

import json
from dataclasses import dataclass
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolCall, ToolMessage

from policies.judge import Proposal
from policies.rules import only_shown_ids
from tools.registry import TOOLS, Tool, ToolError, parse_arguments

_AGAIN = (
    "[format] Your last reply was not read: {problem}. Answer the shopper's message again. "
    "Call a tool through a tool call with valid JSON arguments, never as text."
)


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a reply.

    Args:
        problem: Short, for the log and the model.
        correction: Messages to put behind the prompt for another try.
        tool_choice: What the next reply must be, where an endpoint can force it: "auto", "required" or a tool.
    """

    problem: str
    correction: tuple[BaseMessage, ...]
    tool_choice: str | dict[str, Any] = "auto"


def raw_call(text: str) -> Fault:
    """Return the fault of a call that came as text."""
    return Fault(f"a tool call came as text ({text[:20]})", _again("it held a tool call as text"), "required")


def fault_of(message: AIMessage, shown: frozenset[str]) -> Fault | None:
    """Return the first thing that is wrong with a message's calls, None when all can be judged and run."""
    if message.invalid_tool_calls:
        name = str(message.invalid_tool_calls[0].get("name") or "")
        problem = f"the arguments of {name} were no JSON object"
        return Fault(problem, _again(problem), _named(name) if name in TOOLS else "required")
    for call in message.tool_calls:
        error, choice = _wrong(call, shown)
        if error is not None:
            return Fault(f"{error.code} in {call['name']}", _refused(message, error), choice)
    return None


def canonical(call: ToolCall) -> ToolCall:
    """Return a checked call with its arguments as the tools read them, so that every planner finds them alike."""
    arguments = parse_arguments(TOOLS[call["name"]], call["args"])
    return ToolCall(
        name=call["name"],
        args=arguments.model_dump(mode="json", exclude_unset=True),
        id=call["id"],
        type="tool_call",
    )


def _wrong(call: ToolCall, shown: frozenset[str]) -> tuple[ToolError | None, str | dict[str, Any]]:
    tool = TOOLS.get(call["name"])
    if tool is None:
        return ToolError("unknown_tool", f"There is no tool called {call['name'][:40]!r}."), "auto"
    try:
        parse_arguments(tool, call["args"])
    except ToolError as error:
        return error, _named(tool.name)
    return _unknown_id(tool, call, shown), "auto"


def _unknown_id(tool: Tool, call: ToolCall, shown: frozenset[str]) -> ToolError | None:
    refusal = only_shown_ids(Proposal(tool.name, tool.reach, call["args"], shown), {})
    return None if refusal is None else ToolError(refusal.code, refusal.reason)


def _refused(message: AIMessage, error: ToolError) -> tuple[BaseMessage, ...]:
    """Return the reply with each of its calls answered by what is wrong."""
    answer = json.dumps({"error": {"code": error.code, "text": error.text, "facts": error.facts}})
    calls = message.tool_calls
    told = [ToolMessage(answer, tool_call_id=call["id"] or "", name=call["name"]) for call in calls]
    return (AIMessage("", tool_calls=calls), *told)


def _again(problem: str) -> tuple[BaseMessage, ...]:
    return (HumanMessage(_AGAIN.format(problem=problem)),)


def _named(name: str) -> dict[str, Any]:
    return {"type": "function", "function": {"name": name}}
