"""Folds the messages of a conversation into its state, and this turn's into the steps already taken."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolMessage

from assistant.compact.dialogue import DRAFTS, Dialogue, OpenChoice, Read
from assistant.compact.outcomes import Call, Outcome, read_outcome
from assistant.pictures import pictures_of, words_of

_LOOKS = frozenset({"product_details", "store_policy", "goes_with", "view_cart", "prepare_quote"})


@dataclass(frozen=True, slots=True)
class Folded:
    """The dialogue before the current message and the steps this turn has already taken."""

    dialogue: Dialogue
    steps: tuple[tuple[Call, Outcome], ...]
    calls: int
    """How many tool calls the whole conversation has made."""


def fold(messages: Sequence[BaseMessage], read: Read = read_outcome) -> Folded:
    """Fold a planner's messages; the last HumanMessage is the one being answered.

    Args:
        messages: The whole conversation, system prompt included or not.
        read: Reads the content of a tool message; a caller may remember what it has read.
    """
    last = max((i for i, m in enumerate(messages) if isinstance(m, HumanMessage)), default=len(messages))
    dialogue = Dialogue()
    total = 0
    for round_ in _turns(messages[:last]):
        total += _replay(round_, dialogue, read)
    if last < len(messages):
        dialogue.turn += 1
        dialogue.text = message_text(messages[last])
        dialogue.sights.receive(pictures_of(messages[last]))
    steps = tuple(_steps(messages[last + 1 :], read))
    return Folded(dialogue, steps, total + len(steps))


def message_text(message: BaseMessage) -> str:
    """Return a message's words; parts that are no text (pictures) are left out."""
    content = cast("str | list[str | dict[str, Any]]", message.content)
    if isinstance(content, str):
        return words_of(content)
    parts = [p if isinstance(p, str) else str(p.get("text", "")) for p in content]
    return " ".join(p for p in parts if p)


def _turns(messages: Sequence[BaseMessage]) -> list[list[BaseMessage]]:
    turns: list[list[BaseMessage]] = []
    for message in messages:
        if isinstance(message, HumanMessage):
            turns.append([message])
        elif turns:
            turns[-1].append(message)
    return turns


def _replay(messages: Sequence[BaseMessage], dialogue: Dialogue, read: Read) -> int:
    dialogue.turn += 1
    dialogue.text = message_text(messages[0])
    dialogue.sights.receive(pictures_of(messages[0]))
    waiting = dialogue.choices
    dialogue.choices = []
    steps = _steps(messages[1:], read)
    for call, outcome in steps:
        dialogue.observe(call, outcome)
    spoken = [message_text(m) for m in messages[1:] if isinstance(m, AIMessage) and message_text(m)]
    dialogue.said = spoken[-1] if spoken else ""
    dialogue.conclude()
    dialogue.choices = [*_still_open(waiting, steps), *dialogue.choices]
    dialogue.heard.append(dialogue.text)
    if any("order_id" in message.additional_kwargs for message in messages[1:]):
        dialogue.settle()
    dialogue.last_calls = tuple(call for call, _ in steps)
    return len(steps)


def _still_open(waiting: Sequence[OpenChoice], steps: Sequence[tuple[Call, Outcome]]) -> list[OpenChoice]:
    """Return the questions that outlive a turn: it answered another of them, or only looked something up."""
    touched = {str(call.args.get("product_id", "")) for call, _ in steps if call.name in DRAFTS}
    looked = bool(steps) and all(call.name in _LOOKS for call, _ in steps)
    if looked or touched & {c.product_id for c in waiting}:
        return [c for c in waiting if c.product_id not in touched]
    return []


def _steps(messages: Sequence[BaseMessage], read: Read) -> list[tuple[Call, Outcome]]:
    answers = {m.tool_call_id: m for m in messages if isinstance(m, ToolMessage)}
    steps: list[tuple[Call, Outcome]] = []
    for message in messages:
        for made in message.tool_calls if isinstance(message, AIMessage) else ():
            answer = answers.get(made["id"] or "")
            if answer is not None:
                steps.append((Call(made["name"], dict(made["args"])), read(message_text(answer))))
    return steps
