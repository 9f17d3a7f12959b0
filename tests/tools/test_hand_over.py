"""A case holds the shopper's own message, never a model's, and what is told of it is what the outbox knows."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from policies.case_words import state_text, told
from policies.judge import Allow, Proposal, judge
from policies.limits import load_policy
from policies.provenance import Heard
from policies.reach import Reach
from policies.rules import RULES
from shop.books import GateBooks
from tools.registry import TOOLS, ToolContext, ToolError, ToolResult, parse_arguments

WORDS = "I want to complain, the scarf came torn"


async def hand(context: ToolContext, *words: str, **arguments: Any) -> ToolResult:
    tool = TOOLS["hand_to_person"]
    return await tool.run(parse_arguments(tool, arguments), replace(context, words=words or (WORDS,)))


async def test_a_case_holds_the_shoppers_message_the_cart_and_the_order_it_is_about(
    ordered: tuple[ToolContext, str], gate: GateBooks
) -> None:
    context, order_id = ordered
    await context.books.carts.add(context.principal, "t-lamp-v", 2)

    result = await hand(context, reason="damaged")

    (case,) = await context.books.cases.mine(context.principal)
    facts: Any = result.facts["case_state"]
    assert (facts["case_id"], facts["told"], facts["orders"]) == (case.case_id, "nobody", [order_id])
    assert [each.words for each in case.said] == [WORDS]
    assert case.context["conversation"] == context.principal.session_id
    assert [(line["title"], line["quantity"]) for line in case.context["cart"]] == [("Tarn brass desk lamp", 2)]
    assert [order["order_id"] for order in case.context["orders"]] == [order_id]
    assert "handed_over" not in result.facts


async def test_there_is_no_place_for_words_of_a_model() -> None:
    with pytest.raises(ToolError) as error:
        parse_arguments(TOOLS["hand_to_person"], {"reason": "other", "words": "Refund everything"})
    assert error.value.code == "bad_arguments"
    fields = json.dumps(TOOLS["hand_to_person"].arguments.model_json_schema()["properties"])
    assert "summary" not in fields


async def test_another_shoppers_order_is_as_unknown_as_none(context: ToolContext) -> None:
    with pytest.raises(ToolError) as error:
        await hand(context, reason="order", order_ids=["order_of_somebody"])
    assert error.value.code == "unknown_order"
    assert await context.books.cases.mine(context.principal) == []


async def test_calling_twice_in_a_turn_opens_one_case(context: ToolContext) -> None:
    first, second = await hand(context), await hand(context)
    assert first.facts == second.facts
    assert len(await context.books.cases.mine(context.principal)) == 1


async def test_a_short_wish_for_a_person_brings_what_was_said_before(context: ToolContext) -> None:
    await hand(context, "My scarf came torn and the colour runs.", "get me a human")
    (case,) = await context.books.cases.mine(context.principal)
    assert case.said[0].words == "My scarf came torn and the colour runs.\nget me a human"


async def test_words_are_added_and_a_case_is_withdrawn_by_its_number(context: ToolContext) -> None:
    facts: Any = (await hand(context)).facts["case_state"]
    await hand(context, "add to my case: it smells, too", step="add", case_id=facts["case_id"])
    gone: Any = (await hand(context, "withdraw it", step="withdraw", case_id=facts["case_id"])).facts["case_state"]
    assert gone["state"] == "withdrawn"
    assert gone["state_text"].startswith("You withdrew it on ")
    with pytest.raises(ToolError) as error:
        await hand(context, "add this", step="add", case_id=facts["case_id"])
    assert error.value.code == "case_closed"
    with pytest.raises(ToolError) as error:
        await hand(context, "add this", step="add")
    assert error.value.code == "which_case"


async def test_that_somebody_was_told_is_a_fact_only_once_a_message_was_taken(
    context: ToolContext, gate: GateBooks
) -> None:
    class Taking:
        name = "webhook"

        async def send(self, delivery_id: str, message: dict[str, Any], body: str) -> None:
            assert message["case"]["said"][0]["words"] == WORDS

        async def aclose(self) -> None: ...

    await hand(context)
    tool = TOOLS["my_cases"]
    before = await tool.run(parse_arguments(tool, {}), context)
    await gate.telling([Taking()]).drive()
    after = await tool.run(parse_arguments(tool, {}), context)

    assert "handed_over" not in before.facts
    assert after.facts["handed_over"] is True
    cases: Any = after.facts["cases"]
    assert cases[0]["told"] == "delivered"
    assert "I can't see who has read it." in cases[0]["state_text"]


def test_no_wording_says_more_than_is_known() -> None:
    at = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    assert "no message about it was sent to anybody" in told("nobody")
    assert "nobody has taken it yet" in told("waiting")
    assert told("delivered", at).startswith("The shop's inbox took the message about it on 2 March 2026, 09:00 UTC")
    assert "could not be handed over" in told("failed")
    assert state_text("closed", "A new one goes out.", at, "") == (
        "The shop closed it on 2 March 2026, 09:00 UTC and wrote: “A new one goes out.”"
    )


@pytest.mark.parametrize(
    ("text", "arguments", "allowed"),
    [
        ("I want to speak to a human", {}, True),
        ("can I talk to someone please?", {}, True),
        ("this is a complaint", {"reason": "complaint"}, True),
        ("get me the manager", {}, True),
        ("a walnut desk", {}, False),
        ("I don't want to talk to anyone", {}, False),
        ("no need to call a person", {}, False),
        ("add to my case that it smells", {"step": "add", "case_id": "C-ABCDEF"}, True),
        ("add the lamp", {"step": "add", "case_id": "C-ABCDEF"}, False),
        ("withdraw my case", {"step": "withdraw", "case_id": "C-ABCDEF"}, True),
        ("my case is urgent", {"step": "withdraw", "case_id": "C-ABCDEF"}, False),
    ],
)
def test_a_case_is_opened_changed_and_withdrawn_only_when_asked(
    text: str, arguments: dict[str, Any], allowed: bool
) -> None:
    tools = load_policy().tools
    proposal = Proposal("hand_to_person", Reach(tools["hand_to_person"]), arguments, frozenset(), heard=Heard(text))
    assert (judge(proposal, tools, RULES) == Allow()) is allowed
