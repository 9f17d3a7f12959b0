"""Who answers: the compact planner while it is sure, others for a reason, nobody over a cap; a service sees less."""

import asyncio
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pytest
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage, ToolMessage
from langchain_core.messages.ai import UsageMetadata
from langchain_core.runnables import RunnableConfig

from assistant.breaker import Breaker
from assistant.calling import Candidate, Planner
from assistant.compact.planner import UNDERSTOOD
from assistant.cost import Purse, TurnMeter
from assistant.disclosure import disclosed
from assistant.endpoint import EndpointFailed
from assistant.escalate import Understood, reasons
from assistant.price import Caps, Price
from assistant.registry import ModelSpec, Routing
from assistant.route import ModelChain
from policies.errors import Refused
from policies.principal import Principal
from shop.books import PlannerBooks
from tests.assistant.scripted import ScriptedPlanner, script

PRICE = Price(input=Decimal(1), output=Decimal(1))
OPEN = ModelSpec(kind="openai", base_url="http://x/v1", price=PRICE, max_tokens=100)
SERVICE = OPEN.model_copy(update={"tier": "proprietary", "may_see": ("words",), "modalities": ("text", "picture")})
EVE = Principal("guest:eve", "ses_eve")


def sure(intent: str = "search", confidence: float = 0.99, soft: int = 0) -> AIMessage:
    told = {"intents": [intent], "confidence": confidence, "threshold": 0.9, "soft": soft}
    return AIMessage(f"compact: {intent}", response_metadata={UNDERSTOOD: told})


def unsure(times: int) -> ScriptedPlanner:
    return script(*[sure(confidence=0.1) for _ in range(times)])


def answer(text: str = "open") -> AIMessage:
    usage = UsageMetadata(input_tokens=90, output_tokens=10, total_tokens=100)
    return AIMessage(text, usage_metadata=usage)


class Slow:
    """An endpoint that never ends its answer."""

    def __init__(self) -> None:
        self.entered = asyncio.Event()

    async def ainvoke(self, input: list[BaseMessage], config: RunnableConfig | None = None) -> AIMessage:
        self.entered.set()
        await asyncio.Event().wait()
        raise AssertionError("nobody ends it")


@dataclass
class Chain:
    """A compact planner and two endpoints that say what a test wrote down."""

    compact: ScriptedPlanner
    open: Planner
    service: ScriptedPlanner = field(default_factory=script)
    purse: Purse | None = None
    previous: str = ""

    def __post_init__(self) -> None:
        asked = [("compact", self.compact, None), ("open", self.open, OPEN), ("service", self.service, SERVICE)]
        candidates = [Candidate(name, model, spec) for name, model, spec in asked]
        self.chain = ModelChain(candidates, purse=self.purse, by_need=True, routing=Routing(breaker_failures=2))

    async def ask(self, *said: str, turn: str = "t1") -> tuple[str, str, str]:
        """Say these messages and return model, route and reason."""
        self.meter = TurnMeter(principal=EVE, turn_id=turn, previous=self.previous)
        reply = await self.chain.ask([HumanMessage(text) for text in said], turn=self.meter)
        self.previous = reply.model
        assert UNDERSTOOD not in reply.message.response_metadata, "no checkpoint keeps it"
        return reply.model, reply.route, reply.reason


@pytest.mark.parametrize(
    ("said", "understood", "reason"),
    [
        ("a walnut desk", {"confidence": 0.5}, "low_confidence"),
        ("cosy quiet soft warm calm thing", {"soft": 5}, "many_wishes"),
        ("which one would you pick?", {}, "advice"),
        ("this is useless", {}, "complaint"),
        ("no, that's not a desk", {}, "rephrased"),
        ("none of those, maybe a plant?", {}, "rephrased"),
        ("my parcel needs another address", {"intent": "out_of_scope"}, "declined"),
    ],
)
async def test_a_turn_is_handed_on_for_a_reason_that_is_said(said: str, understood: Any, reason: str) -> None:
    chain = Chain(script(sure(**understood)), script(answer()))
    assert await chain.ask(said) == ("open", "escalated", reason)
    assert (chain.meter.calls, chain.meter.micros, chain.meter.confidence) == (
        2,
        100,
        understood.get("confidence", 0.99),
    )


async def test_a_turn_the_compact_planner_is_sure_of_asks_nobody_else() -> None:
    assert await Chain(script(sure()), script()).ask("a walnut desk") == ("compact", "kept", "sure")


def test_asking_for_a_person_is_no_complaint_and_another_colour_no_rephrasing() -> None:
    found = Understood(("hand_over",), 0.99, 0.9)
    assert reasons(found, [HumanMessage("i want to complain")]) == ()
    two = [HumanMessage("show me walnut desks under $400"), HumanMessage("show me oak lamps under $90")]
    assert reasons(Understood(("search",), 0.99, 0.9), two) == ()
    again = [
        HumanMessage("a narrow walnut desk for the hallway"),
        HumanMessage("desk narrow enough for a hallway, walnut"),
    ]
    assert reasons(Understood(("search",), 0.99, 0.9), again) == ("rephrased",)
    assert reasons(Understood(("search",), 0.8, 0.9), [HumanMessage("a desk")], keep_from=0.7) == ()


async def test_only_a_model_that_may_look_is_handed_a_picture_to_read() -> None:
    compact, blind = script(sure("ask_attribute")), script()
    chain = Chain(compact, blind)
    picture = HumanMessage("what does the label say?", additional_kwargs={"image_ids": ["img_1"]})
    reply = await chain.chain.ask([picture], turn=TurnMeter())
    assert (reply.model, reply.route, reply.reason) == ("compact", "kept", "nobody_able")


async def test_a_conversation_stays_with_its_model_until_a_matter_of_its_own() -> None:
    chain = Chain(script(sure(confidence=0.1), sure("refine"), sure("view_cart")), script(answer(), answer()))
    assert await chain.ask("something nice") == ("open", "escalated", "low_confidence")
    assert await chain.ask("something nice", "cheaper") == ("open", "stays", "same_matter")
    assert await chain.ask("cheaper", "show my cart") == ("compact", "returned", "new_matter")


async def test_who_says_it_again_to_the_open_model_gets_the_next_one() -> None:
    chain = Chain(script(sure(confidence=0.1), sure()), script(answer()), script(answer("service")))
    await chain.ask("a thing")
    assert await chain.ask("a thing", "no, i want the other kind") == ("service", "escalated", "rephrased")


async def test_a_step_goes_on_with_who_answered_the_one_before() -> None:
    chain = Chain(script(), script(answer()))
    reply = await chain.chain.ask([HumanMessage("x")], since="open", turn=TurnMeter(route="escalated", reason="advice"))
    assert (reply.model, reply.route, reply.reason) == ("open", "escalated", "advice")


async def test_a_failing_endpoint_is_left_alone_after_a_while_and_tried_again_later() -> None:
    down = EndpointFailed("timeout")
    chain = Chain(unsure(3), script(down, down))
    for reason in ("open: timeout", "open: timeout", "open: breaker open"):
        assert await chain.ask("hm") == ("compact", "fallback", reason)

    now = [0.0]
    breaker = Breaker(2, 30, lambda: now[0])
    breaker.failed()
    breaker.failed()
    assert not breaker.admit()
    now[0] = 31
    assert [breaker.admit(), breaker.admit()] == [True, False], "one call tries it, the others wait"
    breaker.succeeded()
    assert breaker.admit()


async def test_over_a_cap_the_compact_planner_answers_and_nothing_is_spent(books: PlannerBooks) -> None:
    """A guest in a loop: the endpoint is asked until the guest's share is gone, and then no more."""
    purse = Purse(books.ledger, Caps(guest=Decimal("0.002")), "main")
    chain = Chain(unsure(40), script(*[answer()] * 40), purse=purse)
    routes = [(await chain.ask("hm", turn=f"t{at}"))[1] for at in range(40)]
    assert routes[0] == "escalated"
    assert set(routes[-20:]) == {"capped"}
    assert await purse.hold(TurnMeter(principal=EVE, turn_id="x"), "open", OPEN, 2_000) == "guest"


async def test_huge_texts_and_pictures_are_reserved_for_or_not_sent(books: PlannerBooks) -> None:
    purse = Purse(books.ledger, Caps(turn=Decimal("0.05")), "main")
    chain = Chain(unsure(2), script(), purse=purse)
    assert await chain.ask("word " * 12_000) == ("compact", "capped", "open: cap turn")
    assert await chain.ask("word " * 60_000) == ("compact", "fallback", "open: too long")


async def test_a_shop_may_refuse_instead(books: PlannerBooks) -> None:
    purse = Purse(books.ledger, Caps(day=Decimal(0), over="refuse"), "main")
    with pytest.raises(Refused, match="budget"):
        await Chain(script(sure(confidence=0.1)), script(), purse=purse).ask("hm")


async def test_a_turn_cut_off_pays_what_was_held(books: PlannerBooks) -> None:
    purse = Purse(books.ledger, Caps(guest=Decimal("0.01")), "main")
    slow = Slow()
    chain = Chain(unsure(1), slow, purse=purse)
    asking = asyncio.create_task(chain.ask("hm"))
    await slow.entered.wait()
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert chain.meter.micros > 500


def test_a_service_sees_what_is_listed_and_nothing_else() -> None:
    secrets = [
        SystemMessage("rules"),
        HumanMessage('hi\n\n[notes: [{"key":"size"}]]', additional_kwargs={"notes": [1], "image_ids": ["img_1"]}),
        AIMessage("", tool_calls=[{"name": "my_orders", "args": {"order_id": "A-1"}, "id": "1"}]),
        ToolMessage("order A-1 to Berlin", tool_call_id="1", name="my_orders"),
        AIMessage("It goes to Berlin."),
        HumanMessage("a desk"),
        ToolMessage("desks", tool_call_id="2", name="search_products"),
        AIMessage("Two desks."),
    ]
    seen = disclosed(secrets, {"words", "catalogue"})
    assert [m.text for m in seen[:3]] == ["rules", "hi", ""]
    assert [m.text for m in seen[5:]] == ["a desk", "desks", "Two desks."]
    assert not any(secret in repr(seen) for secret in ("Berlin", "A-1", "size", "img_1"))
    everything: list[BaseMessage] = disclosed(secrets, set(OPEN.sees))
    assert everything == secrets
    unlisted = SERVICE.model_copy(update={"may_see": None})
    assert (unlisted.configured, SERVICE.configured, OPEN.configured) == (False, True, True)
