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
    desks = item("Fen", 56000), item("Tarn", 64000), item("Oak", 70000)
    asked_for = {"colours": ["green"], "price_max": 80000}
    row = await said(planner, "in green under $800", outcome(facts, *desks, filters=asked_for))
    assert row.startswith("In green, up to $800, closest in shape: the Fen desk, at $560. After it two more desks")


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
    assert call["name"] == "find_by_picture"
    assert call["args"] == {
        "image_id": image_id,
        "product_types": [product().product_type],
        "price_max": 90000,
    }


def test_a_message_names_its_pictures_for_code_and_for_any_model() -> None:
    message = shopper_message("like this but green", ["img_a", "img_b"], "t1")
    assert pictures_of(message) == ("img_a", "img_b")
    assert message.text == "like this but green\n\n[picture: img_a]\n\n[picture: img_b]"
    assert words_of(message.text) == "like this but green"
    plain = shopper_message("a desk", [], "t2")
    assert (plain.text, pictures_of(plain)) == ("a desk", ())


PICTURES = ("img_" + "a" * 22, "img_" + "b" * 22)
ALIKE: dict[str, Any] = {"alike": True, "all_looked_at": True}


class Talk:
    """A conversation whose tools answer what a test says; the calls the planner makes are kept."""

    def __init__(self, planner: CompactPlanner) -> None:
        self._planner = planner
        self._messages: list[BaseMessage] = []
        self.calls: list[dict[str, Any]] = []

    async def __call__(self, text: str, *results: ToolMessage, pictures: tuple[str, ...] = ()) -> str:
        """Say something; each call is answered by the next result, and by an empty one when those are used up."""
        left = list(results)
        self.calls = []
        self._messages.append(shopper_message(text, pictures, f"t{len(self._messages)}"))
        while True:
            reply = await self._planner.ainvoke(self._messages)
            assert isinstance(reply, AIMessage)
            self._messages.append(reply)
            if not reply.tool_calls:
                assert ground(reply.text, self._messages)[1] == []  # pyright: ignore[reportArgumentType]
                return reply.text
            for call in reply.tool_calls:
                parse_arguments(TOOLS[call["name"]], dict(call["args"]))
                self.calls.append({"name": call["name"], **call["args"]})
                given = left.pop(0) if left else outcome(ALIKE)
                self._messages.append(given.model_copy(update={"tool_call_id": call["id"]}))


@pytest.fixture
def talk(planner: CompactPlanner) -> Talk:
    return Talk(planner)


def by(image_id: str, **args: Any) -> dict[str, Any]:
    return {"name": "find_by_picture", "image_id": image_id, **args}


async def test_changes_after_a_picture_are_searches_by_the_same_picture_with_the_conditions_kept(talk: Talk) -> None:
    desks = outcome(ALIKE, item("Fen", 56000) | {"brand": "Alder House"}, item("Tarn", 64000))
    await talk("like this", desks, pictures=PICTURES[:1])
    kept: dict[str, Any] = {"product_types": ["desk"]}
    for text, change in (
        ("in green?", {"colours": ["green"]}),
        ("but cheaper", {"price_max": 55999}),
        ("like this but in leather", {"materials": ["leather"]}),
        ("under $400", {"price_max": 40000}),
        ("not that brand", {"not_brands": ["alder house"]}),
        ("in red", {"colours": ["red"]}),
    ):
        await talk(text, desks)
        kept |= change
        assert talk.calls == [by(PICTURES[0], **kept)], text


async def test_a_new_need_ends_the_search_by_picture_and_the_picture_can_be_named_again(talk: Talk) -> None:
    await talk("like this", outcome(ALIKE, item("Fen", 56000)), pictures=PICTURES[:1])
    await talk("show me lamps under $80")
    assert [call["name"] for call in talk.calls] == ["search_products"]
    await talk("in red")
    assert [call["name"] for call in talk.calls] == ["search_products"]
    await talk("hello")
    await talk("like the picture I sent, under $90")
    assert talk.calls == [by(PICTURES[0], price_max=9000)]


async def test_more_leaves_out_what_was_shown_for_that_picture(talk: Talk) -> None:
    await talk("like this", outcome(ALIKE, item("Fen", 56000), item("Tarn", 64000)), pictures=PICTURES[:1])
    assert await talk("anything else?", outcome(ALIKE)) == (
        "That is all that looks like it. Drop a condition and there will be more."
    )
    assert talk.calls == [by(PICTURES[0], product_types=["desk"], not_ids=["fen", "tarn"])]


async def test_the_kind_a_picture_shows_is_kept_only_where_something_is_alike(talk: Talk) -> None:
    await talk("like this", outcome(ALIKE | {"alike": False}), pictures=PICTURES[:1])
    await talk("in green?")
    assert talk.calls == [by(PICTURES[0], colours=["green"])]


async def test_another_kind_by_the_same_picture_says_what_a_picture_can_tell(talk: Talk) -> None:
    await talk("like this", outcome(ALIKE, item("Fen", 56000)), pictures=PICTURES[:1])
    chair = item("Cove", 20000) | {"product_type": "dining chair", "title": "Cove chair"}
    said = await talk("the same as a dining chair?", outcome(ALIKE, chair))
    assert talk.calls == [by(PICTURES[0], product_types=["dining chair"])]
    assert said == (
        "A picture tells me colour and shape only, so these are the dining chairs that look most like it. "
        "The closest is the Cove chair, at $200."
    )


async def test_no_search_by_picture_knows_sizes(talk: Talk) -> None:
    await talk("like this", outcome(ALIKE, item("Fen", 56000), item("Tarn", 64000)), pictures=PICTURES[:1])
    assert (await talk("smaller")).startswith("I can't search by size")
    assert talk.calls == []


async def test_two_pictures_are_told_apart_and_each_can_be_named(talk: Talk) -> None:
    lamp = item("Harbour", 8900) | {"product_type": "lamp", "title": "Harbour lamp"}
    said = await talk("like these", outcome(ALIKE, item("Fen", 56000)), outcome(ALIKE, lamp), pictures=PICTURES)
    assert talk.calls == [by(PICTURES[0], limit=4), by(PICTURES[1], limit=4)]
    assert said == (
        "For the first picture, the Fen desk, at $560, is closest in colour and shape. "
        "For the second, the Harbour lamp, at $89, is closest in colour and shape."
    )
    await talk("the second picture in green", outcome(ALIKE, lamp))
    assert talk.calls == [by(PICTURES[1], product_types=["lamp"], colours=["green"])]
    await talk("and the first one under $600", outcome(ALIKE, item("Fen", 56000)))
    assert talk.calls == [by(PICTURES[0], product_types=["desk"], price_max=60000)]
    await talk("both pictures in black")
    assert [call["image_id"] for call in talk.calls] == list(PICTURES)
    assert await talk("the third picture") == "I have 2 pictures from you. Which one do you mean?"


async def test_what_a_picture_shows_is_never_claimed_to_be_known(talk: Talk) -> None:
    said = await talk("what is this?", outcome(ALIKE, item("Fen", 56000)), pictures=PICTURES[:1])
    assert said == (
        "Of what we carry it looks most like our desks. The Fen desk, at $560, comes closest in colour and shape. "
        "I go by looks alone, so I can't say for certain what it is."
    )
    far = outcome({"alike": False, "all_looked_at": True, "nearest_kind": "vase"})
    assert await talk("what is this?", far, pictures=PICTURES[1:]) == (
        "I can't tell what it is: nothing here looks like it. Least unlike are our vases. "
        "Tell me what it is and I'll look by name."
    )


async def test_only_a_near_and_clear_likeness_is_called_the_thing_itself(talk: Talk) -> None:
    same = outcome(ALIKE | {"same": True}, item("Fen", 56000))
    assert await talk("like this", same, pictures=PICTURES[:1]) == "That looks like the Fen desk itself, at $560."
    assert "itself" not in await talk(
        "in green", outcome(ALIKE | {"same": True}, item("Fen", 1), filters={"colours": ["x"]})
    )


async def test_a_picture_beside_a_shown_product_is_compared_by_what_is_known(talk: Talk) -> None:
    await talk("desks", outcome({"carried": True}, item("Fen", 56000) | {"colours": ["brown"]}, relation="search"))
    lamp = item("Harbour", 8900) | {"product_type": "lamp", "title": "Harbour lamp", "colours": ["black"]}
    said = await talk("does this go with the first one?", outcome(ALIKE, lamp), pictures=PICTURES[:1])
    assert said == (
        "I can't judge from a picture whether two things suit each other. Your picture looks most like the Harbour "
        "lamp, at $89. The Fen desk comes in brown. The Harbour lamp comes in black. Ask what goes with the Fen desk "
        "and I'll show the shop's own pairings."
    )
    fen = outcome(ALIKE, item("Fen", 56000))
    assert await talk("is this the Fen desk?", fen, pictures=PICTURES[1:]) == (
        "Of all we carry, the Fen desk looks most like it."
    )


async def test_nothing_is_added_by_picture_alone(talk: Talk) -> None:
    said = await talk("add this to my cart", outcome(ALIKE, item("Fen", 56000)), pictures=PICTURES[:1])
    assert [call["name"] for call in talk.calls] == ["find_by_picture"]
    assert said.endswith("I add nothing by picture alone: tell me which one.")


async def test_what_goes_with_a_picture_goes_by_the_product_closest_to_it(talk: Talk) -> None:
    paired = outcome({}, item("Tarn", 64000), item("Oak", 70000), relation="goes_with")
    said = await talk("what goes with this?", outcome(ALIKE, item("Fen", 56000)), paired, pictures=PICTURES[:1])
    assert [call["name"] for call in talk.calls] == ["find_by_picture", "goes_with"]
    assert said == "Going by the Fen desk, the closest to your picture: two desks that go with it."


async def test_what_else_a_message_asks_is_answered_beside_its_picture(talk: Talk) -> None:
    policy = ToolMessage(json.dumps({"records": [], "facts": {"policy": {"text": "30 days."}}}), tool_call_id="x")
    found = outcome(ALIKE, item("Fen", 56000))
    said = await talk("like this. what is your returns policy?", policy, found, pictures=PICTURES[:1])
    assert [call["name"] for call in talk.calls] == ["store_policy", "find_by_picture"]
    assert said == "30 days. The Fen desk, at $560, is closest in colour and shape."


def several(*kinds: str) -> dict[str, Any]:
    ids = ("fen", "harbour", "tarn")
    return ALIKE | {"things": [{"region": n + 1, "kind": kind, "first": ids[n]} for n, kind in enumerate(kinds)]}


LAMP = item("Harbour", 8900) | {"product_type": "lamp", "title": "Harbour lamp"}


async def test_each_of_several_things_is_named_and_asked_for_on_its_own(talk: Talk) -> None:
    found = outcome(several("desk", "lamp"), item("Fen", 56000), LAMP)
    assert await talk("like this", found, pictures=PICTURES[:1]) == (
        "I see two things in your picture. Closest to the desk, the Fen desk, at $560; closest to the lamp, the "
        "Harbour lamp, at $89. Tap one or name it, and I go by that alone."
    )
    await talk("only the lamp", outcome(ALIKE, LAMP))
    assert talk.calls == [by(PICTURES[0], product_types=["lamp"])]
    await talk("in green", outcome(ALIKE, LAMP))
    assert talk.calls == [by(PICTURES[0], product_types=["lamp"], colours=["green"])]
    await talk("and the one on the left?", outcome(ALIKE, item("Fen", 56000)))
    assert talk.calls[0]["region"] == 1
    await talk("under $600", outcome(ALIKE, item("Fen", 56000)))
    assert (talk.calls[0]["region"], talk.calls[0]["price_max"]) == (1, 60000)


async def test_two_of_one_kind_are_told_apart_by_place(talk: Talk) -> None:
    found = outcome(several("lamp", "lamp"), item("Fen", 56000), LAMP)
    said = await talk("like this", found, pictures=PICTURES[:1])
    assert "closest to the lamp on the right, the Harbour lamp" in said
    await talk("The one on the right", outcome(ALIKE, LAMP))
    assert talk.calls == [by(PICTURES[0], region=-1)]


async def test_a_place_in_the_picture_can_be_named_at_once(planner: CompactPlanner) -> None:
    assert await asked(planner, "something like the one on the right") == {"region": -1}
    assert await asked(planner, "is this the right size? find me one like it") == {}


async def test_lamps_asked_for_by_words_after_a_picture_of_several_things_are_a_new_need(talk: Talk) -> None:
    await talk("like this", outcome(several("desk", "lamp"), item("Fen", 56000), LAMP), pictures=PICTURES[:1])
    await talk("show me lamps under $80")
    assert [call["name"] for call in talk.calls] == ["search_products"]


async def test_what_a_label_in_a_picture_says_is_read_aloud_but_never_its_price(talk: Talk) -> None:
    label = ToolMessage(json.dumps({"facts": {"label": {"sizes": ["8"], "prices_seen": ["$9.99"]}}}), tool_call_id="x")
    said = await talk("what size does the label say?", label, pictures=PICTURES[:1])
    assert talk.calls == [{"name": "read_picture", "image_id": PICTURES[0]}]
    assert said == "It says size 8. A price in a picture is not ours; the ones on our products count."
    other = ToolMessage(json.dumps({"facts": {"label": {"other_text": True}}}), tool_call_id="x")
    assert (await talk("and what does the tag say?", other)).startswith("There is text in your picture, but no size")
    empty = ToolMessage(json.dumps({"facts": {"label": {}}}), tool_call_id="x")
    assert await talk("can you read it?", empty) == "I can't read any text in your picture."


async def test_a_sum_for_a_whole_room_is_for_one_of_each_thing_in_the_picture(talk: Talk) -> None:
    look = several("desk", "lamp", "rug")
    look["things"][2]["first"] = ""
    found = outcome(look | {"together": "$649", "within": 90000}, item("Fen", 56000), LAMP)
    said = await talk("buy me this room under $900", found, pictures=PICTURES[:1])
    assert talk.calls == [by(PICTURES[0], together=90000)]
    assert said.startswith("The Fen desk, at $560; the Harbour lamp, at $89. Together $649. No rug like yours fits in.")
