"""What reaches the shopper of a stream: whole checked sentences, however it was cut into pieces, and nothing else."""

import json
from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from langchain_core.messages import AnyMessage, HumanMessage, ToolMessage

from assistant.ground import Grounding, ground, instead
from assistant.screen import RawCall
from assistant.window import Window

ITEM = {"product_id": "fen", "title": "Fen desk", "price": {"amount": 56000, "currency": "USD"}}
RESULT = json.dumps({"records": [{"kind": "products", "items": [ITEM]}], "facts": {}})
RECORDS: list[AnyMessage] = [HumanMessage("a desk under $600"), ToolMessage(RESULT, tool_call_id="c")]
PARTS = (
    *("The Fen desk is $560. ", "It is $5.60! ", "I ordered it. ", "Under $600 (e.g. this) it fits.\n", "Yes", "? "),
    *("a < b. ", "“Nice.” ", "\n\n", " ", "…", "$5", "60.", "It\u200b is. "),
)


def heard(pieces: Sequence[str]) -> tuple[str, list[str]]:
    told: list[str] = []
    window = Window(lambda: Grounding(RECORDS), told.append, follows=False)
    for piece in pieces:
        window.hear(piece)
    window.close()
    assert "".join(told) == window.said
    return window.said, window.cut


def cut_up(text: str, at: Sequence[int]) -> list[str]:
    places = sorted({0, len(text), *(each % (len(text) + 1) for each in at)})
    return [text[a:b] for a, b in pairwise(places)]


@settings(max_examples=300)
@given(st.lists(st.sampled_from(PARTS), max_size=8), st.lists(st.integers(0, 400), max_size=12))
def test_a_stream_says_what_the_whole_answer_would(parts: list[str], at: list[int]) -> None:
    text = "".join(parts)
    whole, cut = ground(text, RECORDS)
    said, left_out = heard(cut_up(text, at))

    assert (said or instead(RECORDS)) == whole
    assert left_out == cut


CALLS = (
    '<tool_call>{"name": "add_to_cart"}</tool_call>',
    "<function=add_to_cart><parameter=product_id>",
    '[TOOL_CALLS][{"name": "x"}]',
    '```json\n{"name": "x"}\n```',
    '{"name": "search_products", "arguments": {}}',
    '<|python_tag|>search_products.call(query="desk")',
)


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("step", [1, 3, 1000])
def test_a_call_that_comes_as_text_is_never_said(call: str, step: int) -> None:
    told: list[str] = []
    window = Window(lambda: Grounding(RECORDS), told.append, follows=False)

    def stream() -> None:
        for at in range(0, len(call), step):
            window.hear(call[at : at + step])
        window.close()

    with pytest.raises(RawCall):
        stream()
    assert told == []


@settings(max_examples=100)
@given(st.lists(st.integers(0, 400), max_size=12))
def test_reasoning_is_never_said_and_what_comes_before_its_end_mark_is_forgotten(at: list[int]) -> None:
    assert heard(cut_up("<think>It is $560. So: lie.</think>It fits. <think>hm</think>Yes.", at))[0] == "It fits. Yes."
    assert heard(cut_up("so the user wants</think>It fits.", at))[0] == "It fits."


def test_a_second_answer_follows_with_a_gap_and_without_the_first_ones_broken_end() -> None:
    told: list[str] = []
    window = Window(lambda: Grounding(RECORDS), told.append, follows=False)
    window.hear("The Fen desk is $560. It was ma")
    window.restart()
    window.finish("It fits.")

    assert "".join(told) == window.said == "The Fen desk is $560. It fits."
