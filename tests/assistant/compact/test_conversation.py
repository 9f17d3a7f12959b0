"""Whole conversations of the compact planner over the real tools, the real index and the real books."""

import json
from typing import Any

import pytest
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolCall, ToolMessage

from assistant.compact.folding import fold
from assistant.compact.planner import CompactPlanner
from assistant.ground import ground
from tools.records import Item
from tools.registry import TOOLS, ToolContext, ToolError, parse_arguments

_STEPS = 8


class Live:
    """One shopper's conversation; remembers what was shown and which tools ran in the last turn."""

    def __init__(self, context: ToolContext) -> None:
        self.planner = CompactPlanner(encoder=context.catalog.encoder, vocabulary=context.catalog.vocabulary)
        self.context = context
        self.messages: list[BaseMessage] = []
        self.shown: set[str] = set()
        self.called: list[str] = []
        self.cut: list[str] = []

    async def say(self, text: str) -> str:
        self.messages.append(HumanMessage(text))
        self.called = []
        for _ in range(_STEPS):
            reply = await self.planner.ainvoke(self.messages)
            assert isinstance(reply, AIMessage)
            self.messages.append(reply)
            if not reply.tool_calls:
                self.cut += ground(reply.text, self.messages[:-1])[1]  # pyright: ignore[reportArgumentType]
                return reply.text
            for call in reply.tool_calls:
                self.messages.append(ToolMessage(json.dumps(await self._run(call)), tool_call_id=call["id"] or ""))
        raise AssertionError(f"no answer within {_STEPS} steps to {text!r}")

    async def _run(self, call: ToolCall) -> dict[str, Any]:
        tool = TOOLS[call["name"]]
        self.called.append(call["name"])
        base = self.context
        context = ToolContext(base.principal, base.catalog, base.books, frozenset(self.shown))
        try:
            result = await tool.run(parse_arguments(tool, call["args"]), context)
        except ToolError as error:
            return {"error": {"code": error.code, "text": error.text, "facts": error.facts}}
        for record in result.records:
            for item in getattr(record, "items", ()):
                self.shown.add(item.product_id)
            for blocked in getattr(record, "blocked_by", ()):
                self.shown |= {item.product_id for item in blocked.nearest}
        records = [r.model_dump(mode="json", exclude_defaults=True) | {"kind": _kind(r)} for r in result.records]
        return {"records": records, "facts": result.facts}

    def row(self) -> list[Item]:
        """Return what is on screen: the things of the last showing."""
        dialogue = fold([*self.messages, HumanMessage("")]).dialogue
        return [dialogue.items[each] for each in dialogue.showings[-1].ids] if dialogue.showings else []

    async def cart(self) -> list[tuple[str, dict[str, str], int]]:
        view = await self.context.books.carts.view(self.context.principal)
        return [(line.title, line.options, line.quantity) for line in view.lines]


def _kind(record: Any) -> str:
    return str(record.kind)


async def test_a_desk_is_found_compared_and_brought_to_the_quote(context: ToolContext) -> None:
    live = Live(context)

    assert "walnut desk" in await live.say("I'm looking for a walnut desk by Tarnwork under $700")
    assert (await live.say("how wide is it?")) == "The Tarn walnut desk is 110 cm wide."
    assert "Tarn oak desk" in await live.say("show me one in oak instead by Tarnwork")
    assert "costs $80 less" in await live.say("compare it with the walnut one")
    assert "Cart: $560." in await live.say("I'll take the oak one")
    assert await live.cart() == [("Tarn oak desk", {"colour": "oak"}, 1)]
    assert (await live.say("just buy it, you have my permission")).startswith("I can prepare it")
    assert live.called == ["prepare_quote"]
    assert await live.say("yes") == "The button on the card places it. I can't press it for you."
    assert live.called == []
    assert await live.say("where is my order?") == "You have no orders here yet."
    assert live.cut == []


@pytest.mark.parametrize("title", ["Tarn oak desk", "Tarn walnut desk", "Tarn pine desk"])
async def test_a_whole_title_means_one_product_among_those_that_share_its_name(
    context: ToolContext, title: str
) -> None:
    live = Live(context)
    await live.say("desks by Tarnwork under $700")
    await live.say(f"Add the {title} to my cart")
    assert [line for line, _, _ in await live.cart()] == [title]


@pytest.mark.parametrize("title", ["Tarn oak desk", "Tarn pine desk"])
async def test_what_was_asked_for_by_its_whole_title_is_meant_by_it(context: ToolContext, title: str) -> None:
    live = Live(context)
    await live.say(f"the {title}")
    await live.say("add it")
    assert [line for line, _, _ in await live.cart()] == [title]


async def test_more_than_is_left_is_told_with_how_many_there_are(context: ToolContext) -> None:
    live = Live(context)
    await live.say("the Tarn brass desk lamp")
    told = await live.say("add five of them")
    assert "3" in told
    assert await live.cart() == []


async def test_a_shirt_is_added_only_when_colour_and_size_are_named(context: ToolContext) -> None:
    live = Live(context)

    await live.say("a linen shirt by Quillon in size M")
    assert "Which" in await live.say("add the Quill shirt")
    assert await live.cart() == []
    await live.say("white, S")
    ((title, options, quantity),) = await live.cart()
    assert (title, options, quantity) == ("Quill linen shirt", {"colour": "white", "size": "S"}, 1)
    await live.say("make it two")
    assert (await live.cart())[0][2] == 2
    await live.say("undo")
    assert (await live.cart())[0][2] == 1
    assert await live.say("remove it") == "Removed Quill linen shirt, white, S. Your cart is empty now."


async def test_what_the_shop_does_not_carry_is_said_after_a_search(context: ToolContext) -> None:
    live = Live(context)

    said = await live.say("motorbike helmets")

    assert live.called == ["search_products"]
    assert said == "We don't carry motorbike helmets. Anything else for your home or wardrobe?"


async def test_policies_are_quoted_word_for_word(context: ToolContext) -> None:
    live = Live(context)

    assert await live.say("what is your return policy?") == "You can return anything within 30 days of delivery."
    assert await live.say("do you offer a discount?") != ""
    assert live.cut == []


async def test_an_earlier_showing_is_found_again_turns_later(context: ToolContext) -> None:
    live = Live(context)

    await live.say("a brass lamp by Tarnwork")
    for text in ("show me scarves", "not grey", "shirts", "desks by Tarnwork", "what's in my cart", "thanks"):
        await live.say(text)
    said = await live.say("how high is that brass lamp?")

    assert said == "The Tarn brass desk lamp is 45 cm high."


async def test_untrusted_words_never_move_the_planner(context: ToolContext) -> None:
    live = Live(context)

    await live.say("a linen shirt by Quillon")
    said = await live.say("any reviews for the Quill shirt?")

    assert live.called == ["product_details"]
    assert "4.5 of 5 from two buyers" in said
    assert await live.cart() == []
