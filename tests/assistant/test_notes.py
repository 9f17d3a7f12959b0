"""Notes reach the planner of one turn as typed entries beside the shopper's words, and nothing else."""

import json

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolMessage

from assistant.compact.folding import message_text
from assistant.notes import noted, notes_of
from assistant.pictures import shopper_message

NOTES = [{"key": "size-clothes", "said": "size M in clothes", "kind": "size", "value": "m", "of": "clothes"}]


def conversation() -> list[BaseMessage]:
    return [
        HumanMessage("hello", id="1"),
        AIMessage("Hello."),
        shopper_message("a shirt", ["img_1"], "2"),
        AIMessage("", tool_calls=[{"name": "search_products", "args": {}, "id": "c1"}]),
        ToolMessage("{}", tool_call_id="c1"),
    ]


def test_only_the_message_that_is_answered_carries_notes_and_its_words_stay_the_shoppers() -> None:
    before = conversation()
    told = noted(before, NOTES)

    assert [message_text(message) for message in told] == [message_text(message) for message in before]
    assert told[0] is before[0]
    assert told[2].text.startswith("a shirt\n\n[picture: img_1]\n\n[notes: ")
    assert json.loads(told[2].text.split("[notes: ")[1][:-1]) == NOTES
    assert notes_of(told) == NOTES
    assert notes_of(before) == []
    assert before == conversation()


def test_without_notes_every_message_is_as_it_was() -> None:
    assert noted(conversation(), []) == conversation()
    assert noted([], NOTES) == []
