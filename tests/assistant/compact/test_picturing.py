"""Messages with a picture: the compact planner looks by it, with what the words ask for, and says what it found."""

import asyncio
import io
import json
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolMessage
from PIL import Image

from assistant.compact.planner import CompactPlanner
from assistant.ground import ground
from assistant.pictures import pictures_of, shopper_message, words_of
from retrieval.demo import generate
from retrieval.demo.drawing.draw import draw_product
from retrieval.looking import Looking
from retrieval.picture import CleanedPicture, PictureCleaner
from retrieval.product import Product
from tools.registry import TOOLS, ToolContext, parse_arguments
from tools.uploads import Uploads

IMAGE = "img_0123456789abcdefghijkl"


def product() -> Product:
    return next(e.product for e in generate(products=60, seed=7).entries if len(e.product.colours) > 1)


@pytest.fixture
def planner(context: ToolContext) -> CompactPlanner:
    return CompactPlanner(encoder=context.catalog.encoder, vocabulary=context.catalog.vocabulary)


async def asked(planner: CompactPlanner, text: str) -> dict[str, Any]:
    reply = await planner.ainvoke([shopper_message(text, [IMAGE], "t1")])
    assert isinstance(reply, AIMessage)
    (call,) = reply.tool_calls
    assert call["name"] == "find_by_picture"
    assert call["args"].pop("image_id") == IMAGE
    parse_arguments(TOOLS["find_by_picture"], {"image_id": IMAGE, **call["args"]})
    return call["args"]


@pytest.mark.parametrize("text", ["Like this picture.", "do you have something like this?", "find me this", "this one"])
async def test_a_bare_picture_is_looked_for_as_it_is(planner: CompactPlanner, text: str) -> None:
    assert await asked(planner, text) == {}


async def test_what_is_said_beside_the_picture_becomes_conditions(planner: CompactPlanner) -> None:
    assert await asked(planner, "like this but in green under $80") == {"colours": ["green"], "price_max": 8000}
    assert await asked(planner, "a desk like this under $500") == {"product_types": ["desk"], "price_max": 50000}
    args = await asked(planner, "this, but not in black and in stock")
    assert args["not_colours"] == ["black"]
    assert args["in_stock"] is True


def outcome(facts: dict[str, Any], *items: dict[str, Any], **record: Any) -> ToolMessage:
    shown = {"kind": "products", "relation": "picture", "items": list(items), **record}
    return ToolMessage(json.dumps({"records": [shown], "facts": facts}), tool_call_id="call_1")


def item(name: str, price: int) -> dict[str, Any]:
    money = {"amount": price, "currency": "USD"}
    base = {"product_type": "desk", "availability": "in_stock", "price": money}
    return {"product_id": name.lower(), "title": f"{name} desk", **base}


async def said(planner: CompactPlanner, text: str, result: ToolMessage) -> str:
    messages: list[BaseMessage] = [shopper_message(text, [IMAGE], "t1")]
    reply = await planner.ainvoke(messages)
    assert isinstance(reply, AIMessage)
    messages += [reply, result]
    answer = await planner.ainvoke(messages)
    assert isinstance(answer, AIMessage)
    assert not answer.tool_calls
    assert ground(answer.text, messages)[1] == []  # pyright: ignore[reportArgumentType]
    return answer.text


async def test_the_closest_is_named_with_its_price(planner: CompactPlanner) -> None:
    facts = {"alike": True, "all_looked_at": True}
    alone = await said(planner, "like this", outcome(facts, item("Fen", 56000)))
    assert alone == "The Fen desk, at $560, is closest in colour and shape."
    row = await said(planner, "in green", outcome(facts, item("Fen", 56000), item("Tarn", 64000), item("Oak", 70000)))
    assert row.startswith("Closest in shape: the Fen desk, at $560. After it two more desks")


async def test_it_says_when_nothing_is_near_and_when_it_has_not_seen_everything(planner: CompactPlanner) -> None:
    nothing = await said(planner, "like this", outcome({"alike": False, "all_looked_at": True}))
    assert nothing == "Nothing here looks like that picture. Tell me what it is and I'll look by name."
    early = await said(planner, "like this", outcome({"alike": False, "all_looked_at": False}))
    assert early.endswith("ask again in a few minutes to be sure.")
    far = await said(planner, "a desk like this", outcome({"alike": False, "all_looked_at": True}, item("Fen", 56000)))
    assert far.startswith("Nothing here looks really like your picture. The Fen desk, at $560, comes closest")


async def test_conditions_that_leave_nothing_are_named(planner: CompactPlanner) -> None:
    blocked = [{"name": "price_max", "value": "100", "count": 4, "nearest": [item("Fen", 56000)]}]
    result = outcome({"alike": True, "all_looked_at": True}, blocked_by=blocked, filters={"price_max": 100})
    assert "The closest in price is the Fen desk at $560." in await said(planner, "like this under $1", result)


async def test_a_lost_picture_is_asked_for_again(planner: CompactPlanner) -> None:
    error = {"error": {"code": "unknown_picture", "text": "That picture is not here any more. Please send it again."}}
    lost = ToolMessage(json.dumps(error), tool_call_id="call_1")
    assert await said(planner, "like this", lost) == "That picture is not here any more. Please send it again."


async def test_a_message_after_the_picture_narrows_what_was_found(context: ToolContext, tmp_path: Path) -> None:
    cleaner = PictureCleaner()
    await Looking(context.catalog, cleaner).catch_up(asyncio.Event())
    await cleaner.aclose()
    uploads = Uploads(tmp_path / "uploads")
    out = io.BytesIO()
    Image.open(io.BytesIO(draw_product(product(), None, 0, 320))).convert("RGB").save(out, "JPEG")
    picture = CleanedPicture(out.getvalue(), 320, 320, sha256(out.getvalue()).hexdigest())
    image_id = await uploads.keep(context.principal, picture)
    here = replace(context, uploads=uploads)
    planner = CompactPlanner(encoder=context.catalog.encoder, vocabulary=context.catalog.vocabulary)
    args: dict[str, object] = {"image_id": image_id, "product_types": [product().product_type]}
    tool = TOOLS["find_by_picture"]
    result = await tool.run(parse_arguments(tool, args), here)
    records = [r.model_dump(mode="json", exclude_defaults=True) | {"kind": "products"} for r in result.records]
    content = json.dumps({"records": records, "facts": result.facts})
    messages: list[BaseMessage] = [
        shopper_message("like this", [image_id], "t1"),
        AIMessage("", tool_calls=[{"name": "find_by_picture", "args": args, "id": "call_1", "type": "tool_call"}]),
        ToolMessage(content, tool_call_id="call_1"),
        AIMessage(f"Closest: the {product().title}."),
        HumanMessage("under $900"),
    ]
    reply = await planner.ainvoke(messages)
    assert isinstance(reply, AIMessage)
    (call,) = reply.tool_calls
    assert call["name"] == "search_products"
    assert call["args"]["product_types"] == [product().product_type]
    assert call["args"]["price_max"] == 90000


def test_a_message_names_its_pictures_for_code_and_for_any_model() -> None:
    message = shopper_message("like this but green", ["img_a", "img_b"], "t1")
    assert pictures_of(message) == ("img_a", "img_b")
    assert message.text == "like this but green\n\n[picture: img_a]\n\n[picture: img_b]"
    assert words_of(message.text) == "like this but green"
    plain = shopper_message("a desk", [], "t2")
    assert (plain.text, pictures_of(plain)) == ("a desk", ())
