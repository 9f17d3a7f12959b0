"""What an endpoint reads: the same first bytes for everybody and for ever, and a conversation that only grows."""

import hashlib
import json
import subprocess
import sys
from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolMessage, convert_to_openai_messages

from assistant.ground import Grounding
from assistant.notes import noted
from assistant.pictures import shopper_message
from assistant.prompt import EndpointPrompt, compacted, system_text
from assistant.window import Brief, Window
from retrieval.demo import generate
from retrieval.query import Vocabulary
from retrieval.vocabulary import vocabulary_of
from tools.registry import tool_schemas

NOTES = ({"key": "size:clothes", "value": "m"},)
PREFIX = """
import hashlib, json
from assistant.prompt import system_text
from retrieval.demo import generate
from retrieval.vocabulary import vocabulary_of
from tools.registry import tool_schemas
words = vocabulary_of(generate(products=60, seed=7).entries, "v")
print(hashlib.sha256((json.dumps(tool_schemas()) + system_text(words)).encode()).hexdigest())
"""


@cache
def shop_words(products: int = 60) -> Vocabulary:
    return vocabulary_of(generate(products=products, seed=7).entries, "v")


async def vocabulary() -> Vocabulary:
    return shop_words()


async def picture(image_id: str) -> bytes | None:
    return None if "gone" in image_id else image_id.encode()


def brief() -> Brief:
    return Brief(Window(lambda: Grounding([]), lambda _: None, follows=False), frozenset(), picture)


async def read(messages: Sequence[BaseMessage], *, sees: bool = True) -> list[Any]:
    """Return a request's messages as they go out."""
    return list(convert_to_openai_messages(await EndpointPrompt(vocabulary, sees=sees)(messages, brief())))


def turn(number: int, size: int = 10, images: Sequence[str] = ()) -> list[BaseMessage]:
    item = {"product_id": f"p{number}", "title": f"Fen desk {number}", "about": "x" * size}
    result = json.dumps({"records": [{"kind": "products", "items": [item]}], "facts": {}})
    call = {"name": "search_products", "args": {"query": f"desk {number}"}, "id": f"c{number}"}
    return [
        shopper_message(f"desk {number}", images, f"m{number}"),
        AIMessage("", tool_calls=[call]),
        ToolMessage(result, tool_call_id=f"c{number}", name="search_products"),
        AIMessage(f"Desk {number}."),
    ]


def test_another_process_writes_the_same_prefix() -> None:
    own = hashlib.sha256((json.dumps(tool_schemas()) + system_text(shop_words())).encode()).hexdigest()
    other = subprocess.run([sys.executable, "-c", PREFIX], capture_output=True, text=True, check=True)

    assert other.stdout.strip() == own


async def test_every_conversation_begins_with_the_same_bytes_and_each_turn_with_those_of_the_one_before() -> None:
    first, other = await read(turn(1)), await read(turn(2))
    later = await read([*turn(1), *turn(3), HumanMessage("thanks")])

    assert first[0] == other[0] == later[0]
    assert json.dumps(later).startswith(json.dumps(first)[:-1])
    assert not any(mark in first[0]["content"] for mark in ("2026", "guest:", "ses_"))


def test_the_prefix_of_the_demo_shop_is_short() -> None:
    """10,150 characters are some 2,780 tokens of Mistral's Tekken vocabulary of 131,000, see docs/serving.md."""
    text = system_text(shop_words(1200)) + "".join(json.dumps(tool) for tool in tool_schemas())

    assert len(text) <= 10_150


async def test_a_picture_goes_out_as_data_and_one_that_is_gone_as_its_words() -> None:
    said = [shopper_message("like this", ["img_a", "img_gone"], "m1")]
    (_, message) = await read(said)

    assert [part["type"] for part in message["content"]] == ["image_url", "text"]
    assert message["content"][0]["image_url"]["url"].startswith("data:image/jpeg;base64,")
    assert "image_url" not in json.dumps(await read(said, sees=False))


async def test_notes_do_not_move_from_turn_to_turn() -> None:
    earlier = noted([*turn(1), *turn(2)[:1]], NOTES)
    later = noted([*turn(1), *turn(2), HumanMessage("thanks")], NOTES)

    assert json.dumps(await read(later)).startswith(json.dumps(await read(earlier))[:-1])
    assert json.dumps(await read(later)).count("[notes: [") == 1


@settings(max_examples=30)
@given(st.lists(st.integers(10, 30_000), min_size=1, max_size=30))
def test_a_long_conversation_is_cut_seldom_and_the_last_turn_never(sizes: list[int]) -> None:
    messages: list[BaseMessage] = []
    starts: list[str] = []
    for number, size in enumerate(sizes):
        messages += turn(number, size)
        kept = compacted(messages)
        starts.append(str(kept[0].id))
        assert kept[-4:] == messages[-4:] or len(kept) == 4
        # The turns before the last one fit, whatever the last one brings.
        assert sum(len(m.text) for m in kept[:-4]) <= 65_000
        # Within a turn the beginning stays as it is.
        assert compacted(messages[:-1])[0].id == kept[0].id
    moved = sum(a != b for a, b in pairwise(starts))
    assert moved <= sum(sizes) // 30_000 + 1


def test_what_was_cut_can_still_be_spoken_of() -> None:
    messages = [message for number in range(8) for message in turn(number, 12_000)]

    assert "Fen desk 0 (p0)" in compacted(messages)[0].text


async def test_pictures_leave_two_at_a_time() -> None:
    sent = []
    for count in range(1, 9):
        messages = [message for number in range(count) for message in turn(number, 10, [f"img_{number}"])]
        sent.append(json.dumps(await read(messages)).count('image_url":'))

    assert sent == [1, 2, 3, 4, 3, 4, 3, 4]
