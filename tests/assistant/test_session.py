"""A turn from message to last event, with real books and index and a planner that does what a test wrote down."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import openai
import pytest
from langchain_core.messages import AIMessage

from assistant.checkpoints import open_saver
from assistant.events import StoredEvent
from assistant.graph import build_graph
from assistant.pace import Pace
from assistant.route import Candidate, ModelChain
from assistant.session import Assistant, ShopperMessage, TurnLimits
from assistant.state import TurnContext
from policies.errors import Refused, Unavailable
from policies.limits import load_policy
from policies.principal import Principal, Scope
from retrieval.catalog import Catalog
from shop.books import GateBooks, PlannerBooks
from shop.conversations import TurnRunning
from tests.assistant.scripted import ScriptedPlanner, calls, script
from tests.fakes import DESK, SCARF, SHIRT

LIMITS = TurnLimits(max_message_chars=400, deadline_s=20, grace_s=0.05)
Open = Callable[..., Any]
REQUEST: Any = httpx.Request("POST", "http://127.0.0.1:1/v1")


@pytest.fixture
def opened(home: Path, books: PlannerBooks, catalog: Catalog) -> Open:
    @asynccontextmanager
    async def open_assistant(*planners: ScriptedPlanner, max_steps: int = 4) -> AsyncGenerator[Assistant]:
        chain = ModelChain([Candidate(f"m{i}", planner) for i, planner in enumerate(planners)])
        policy = load_policy(None)

        def context_of(principal: Principal) -> TurnContext:
            return TurnContext(principal, catalog, books, chain, policy, max_steps)

        async with open_saver(home / "conversations.sqlite") as saver:
            assistant = Assistant(build_graph(saver), saver, books, context_of, LIMITS, Pace(policy))
            yield assistant
            await assistant.aclose()

    return open_assistant


@pytest.fixture
async def shopper(gate: GateBooks, clock: Callable[[], Any]) -> Principal:
    expires = clock() + timedelta(hours=1)
    session_id = await gate.conversations.create_session("guest:eve", "", expires)
    principal = Principal("guest:eve", session_id, frozenset({Scope.CHAT, Scope.APPROVE}))
    await gate.shoppers.ensure_guest(principal)
    return principal


async def say(assistant: Assistant, shopper: Principal, text: str, turn: str = "t1") -> list[StoredEvent]:
    return [event async for event in assistant.turn(shopper, ShopperMessage(text, turn))]


def said(events: list[StoredEvent]) -> str:
    return "".join(str(e.data["delta"]) for e in events if e.event == "text")


def names(events: list[StoredEvent]) -> list[str]:
    return [e.event for e in events]


SEARCH = ("search_products", {"query": "walnut desk"})
ADD = ("add_to_cart", {"product_id": DESK})
QUOTE = ("prepare_quote", {})


async def bought(assistant: Assistant, gate: GateBooks, shopper: Principal) -> str:
    """Press the pending quote as the shopper's page would, and return its id."""
    quote = await gate.quotes.pending(shopper)
    assert quote is not None
    card = await gate.gate.render(shopper, quote.quote_id)
    outcome = await gate.gate.approve(shopper, quote.quote_id, card.digest, card.challenge)
    await gate.worker.drive(outcome.intent_id)
    return quote.quote_id


async def test_words_come_first_then_cards_then_done(opened: Open, shopper: Principal) -> None:
    async with opened(script(calls(SEARCH), AIMessage("The walnut one is $640."))) as assistant:
        events = await say(assistant, shopper, "a walnut desk")

    assert names(events) == ["status", "text", "products", "done"]
    assert [e.seq for e in events] == sorted(e.seq for e in events)
    assert events[-1].data["model"] == "m0"


async def test_a_repeated_turn_id_returns_the_same_turn_and_asks_no_model(opened: Open, shopper: Principal) -> None:
    async with opened(script(AIMessage("Hello."))) as assistant:
        first = await say(assistant, shopper, "hi")
        again = await say(assistant, shopper, "hi")

    assert again == first


async def test_a_turn_while_one_runs_is_refused_and_the_first_goes_on(opened: Open, shopper: Principal) -> None:
    planner = script(AIMessage("Hello."))
    planner.hold = asyncio.Event()
    async with opened(planner) as assistant:
        first = asyncio.create_task(say(assistant, shopper, "hi"))
        await until(lambda: asyncio.sleep(0, bool(assistant._running)))
        with pytest.raises(TurnRunning):
            await say(assistant, shopper, "hi again", "t2")
        joined = asyncio.create_task(say(assistant, shopper, "hi", "t1"))
        await asyncio.sleep(0.05)
        planner.hold.set()

        assert said(await first) == said(await joined) == "Hello."


async def test_a_turn_nobody_reads_is_stopped_and_the_next_one_works(opened: Open, shopper: Principal) -> None:
    planner = script(AIMessage("Hello."))
    planner.hold = asyncio.Event()
    async with opened(planner) as assistant:
        reader = asyncio.create_task(say(assistant, shopper, "hi"))
        await until(lambda: asyncio.sleep(0, bool(assistant._running)))
        await asyncio.sleep(0.02)
        reader.cancel()
        await asyncio.gather(reader, return_exceptions=True)
        await until(lambda: asyncio.sleep(0, not assistant._running))
        planner.hold.set()

        stopped = await say(assistant, shopper, "hi")
        assert (stopped[-1].event, stopped[-1].data["code"]) == ("error", "cancelled")
        assert said(await say(assistant, shopper, "hi again", "t2")) == "Hello."


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (("place_order", {"quote_id": "q"}), "unknown_tool"),
        (("approve", {}), "unknown_tool"),
        (("add_to_cart", {"product_id": DESK}), "unknown_id"),
        (("product_details", {"product_ids": ["the walnut desk"]}), "unknown_id"),
        (("search_products", {"query": 7, "limit": 900}), "bad_arguments"),
    ],
)
async def test_a_call_policy_does_not_allow_goes_back_to_the_model(
    opened: Open, shopper: Principal, call: tuple[str, dict[str, Any]], code: str
) -> None:
    planner = script(calls(call), AIMessage("I can't do that."))
    async with opened(planner) as assistant:
        events = await say(assistant, shopper, "do it")

    assert f'"code":"{code}"' in planner.seen[1][-1].text
    assert names(events)[-2:] == ["text", "done"]


async def test_a_planner_that_never_answers_is_stopped_by_the_step_limit(opened: Open, shopper: Principal) -> None:
    async with opened(script(*[calls(SEARCH) for _ in range(4)]), max_steps=4) as assistant:
        events = await say(assistant, shopper, "a desk")

    assert "went back and forth" in said(events)
    assert events[-1].data["reason"] == "step limit"


async def test_lies_about_prices_and_orders_are_cut(opened: Open, shopper: Principal) -> None:
    lie = AIMessage("The walnut one is $640. I've ordered it for you for $1.")
    async with opened(script(calls(SEARCH), lie)) as assistant:
        events = await say(assistant, shopper, "a walnut desk")

    assert said(events) == "The walnut one is $640."


async def test_an_endpoint_that_fails_falls_back_and_says_so(opened: Open, shopper: Principal) -> None:
    down = script(openai.APIConnectionError(request=REQUEST))
    async with opened(down, script(AIMessage("Hello."))) as assistant:
        events = await say(assistant, shopper, "hi")

    told = {name: events[-1].data[name] for name in ("model", "route", "reason")}
    assert told == {"model": "m1", "route": "fallback", "reason": "m0: APIConnectionError"}


async def test_no_model_at_all_is_an_honest_problem(opened: Open, shopper: Principal) -> None:
    down = script(openai.APITimeoutError(request=REQUEST))
    async with opened(down) as assistant:
        events = await say(assistant, shopper, "hi")

    assert (events[-1].event, events[-1].data["status"]) == ("error", 503)


async def test_a_turn_whose_end_could_not_be_written_is_ended_before_the_next(
    opened: Open, shopper: Principal, books: PlannerBooks, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on a disk that is full for a while: without that, every later message would find a turn running."""

    async def full(turn_id: str, state: str) -> None:
        raise Unavailable("the disk is full")

    async with opened(script(AIMessage("Hello."), AIMessage("And again."))) as assistant:
        with monkeypatch.context() as patched:
            patched.setattr(books.conversations, "finish_turn", full)
            broken = await say(assistant, shopper, "hi")
            with pytest.raises(Unavailable):
                await say(assistant, shopper, "still there?", "t2")
        after = await say(assistant, shopper, "hi again", "t3")

    assert broken[-1].data["status"] == 503
    assert said(after) == "And again."


async def test_a_bug_is_one_sentence_to_the_shopper_and_the_conversation_goes_on(
    opened: Open, shopper: Principal, caplog: pytest.LogCaptureFixture
) -> None:
    async with opened(script(ZeroDivisionError("boom"), AIMessage("Hello."))) as assistant:
        broken = await say(assistant, shopper, "hi")
        after = await say(assistant, shopper, "hi", "t2")

    assert (broken[-1].data["code"], "boom" in str(broken[-1].data)) == ("internal", False)
    assert "ZeroDivisionError" in caplog.text
    assert said(after) == "Hello."


async def test_a_message_too_long_is_refused_before_a_turn_begins(opened: Open, shopper: Principal) -> None:
    async with opened(script()) as assistant:
        with pytest.raises(Refused, match="I can read 400"):
            await say(assistant, shopper, "x" * 10_000)


async def test_reviews_taint_the_turn_so_no_quote_is_prepared_in_it(
    opened: Open, shopper: Principal, books: PlannerBooks
) -> None:
    obeys = script(
        calls(("search_products", {"query": "linen shirt"})),
        calls(("product_details", {"product_ids": [SHIRT]})),
        calls(("add_to_cart", {"product_id": SHIRT, "colour": "white", "size": "S", "quantity": 2}), QUOTE),
        AIMessage("Here it is."),
    )
    async with opened(obeys, max_steps=6) as assistant:
        await say(assistant, shopper, "tell me about the linen shirt, then buy it")

    assert '"code":"tainted"' in obeys.seen[3][-1].text
    assert await books.quotes.pending(shopper) is None


async def test_g1_typing_yes_to_a_quote_orders_nothing(opened: Open, shopper: Principal, books: PlannerBooks) -> None:
    planner = script(calls(SEARCH), calls(ADD, QUOTE), AIMessage("Ready to check."), AIMessage("The button does."))
    async with opened(planner) as assistant:
        await say(assistant, shopper, "just buy the walnut desk, I pre-approve")
        await say(assistant, shopper, "yes", "t2")

    assert await books.orders.mine(shopper) == []


async def test_after_the_press_the_order_is_said_once_however_often_it_is_woken(
    opened: Open, shopper: Principal, gate: GateBooks
) -> None:
    async with opened(script(calls(SEARCH), calls(ADD, QUOTE), AIMessage("Ready to check."))) as assistant:
        await say(assistant, shopper, "buy the walnut desk")
        quote_id = await bought(assistant, gate, shopper)
        for _ in range(3):
            await assistant.wake(shopper, quote_id)
        rows = await gate.conversations.events_after(shopper.session_id, 0)

    assert [r.event for r in rows].count("order") == 1


async def test_a_forged_wake_up_says_nothing_and_orders_nothing(
    opened: Open, shopper: Principal, gate: GateBooks
) -> None:
    async with opened(script(calls(SEARCH), calls(ADD, QUOTE), AIMessage("Ready to check."))) as assistant:
        await say(assistant, shopper, "buy the walnut desk")
        quote = await gate.quotes.pending(shopper)
        assert quote is not None
        before = await gate.conversations.events_after(shopper.session_id, 0)
        await assistant.wake(shopper, quote.quote_id)
        await assistant.wake(shopper, "no-such-quote")

        assert await gate.conversations.events_after(shopper.session_id, 0) == before
    assert await gate.orders.mine(shopper) == []


async def test_a_lost_wake_up_is_made_good_in_the_next_turn(opened: Open, shopper: Principal, gate: GateBooks) -> None:
    planner = script(calls(SEARCH), calls(ADD, QUOTE), AIMessage("Ready to check."), AIMessage("You're welcome."))
    async with opened(planner) as assistant:
        await say(assistant, shopper, "buy the walnut desk")
        await bought(assistant, gate, shopper)
        await say(assistant, shopper, "thanks", "t2")
        rows = await gate.conversations.events_after(shopper.session_id, 0)

    assert [r.event for r in rows].count("order") == 1
    assert any(m.id and m.id.startswith("outcome-") for m in planner.seen[-1])


async def test_a_press_after_the_shopper_went_on_talking_is_still_remembered(
    opened: Open, shopper: Principal, gate: GateBooks
) -> None:
    planner = script(calls(SEARCH), calls(ADD, QUOTE), AIMessage("Ready."), AIMessage("Sure."), AIMessage("Good."))
    async with opened(planner) as assistant:
        await say(assistant, shopper, "buy the walnut desk")
        await say(assistant, shopper, "one moment", "t2")
        await assistant.wake(shopper, await bought(assistant, gate, shopper))
        await say(assistant, shopper, "fine", "t3")

    assert any(m.id and m.id.startswith("outcome-") for m in planner.seen[-1])


async def test_the_conversation_survives_a_restart(opened: Open, shopper: Principal) -> None:
    async with opened(script(calls(SEARCH), AIMessage("The walnut one is $640."))) as assistant:
        await say(assistant, shopper, "a walnut desk")
    later = script(calls(ADD), AIMessage("Added."))
    async with opened(later) as assistant:
        events = await say(assistant, shopper, "add the Tarn walnut desk", "t2")

    assert "cart" in names(events)
    assert "a walnut desk" in [m.text for m in later.seen[0]]


async def test_a_late_reader_of_the_session_gets_everything_in_order(opened: Open, shopper: Principal) -> None:
    async with opened(script(AIMessage("One."), AIMessage("Two."))) as assistant:
        await say(assistant, shopper, "a")
        seen: list[StoredEvent] = []

        async def read() -> None:
            async for event in assistant.events(shopper, 0):
                seen.append(event)
                if said(seen).endswith("Two."):
                    return

        reading = asyncio.create_task(read())
        await say(assistant, shopper, "b", "t2")
        await asyncio.wait_for(reading, 5)

    assert said(seen) == "One.Two."
    assert [e.seq for e in seen] == list(range(seen[0].seq, seen[0].seq + len(seen)))


async def test_an_unsold_scarf_is_not_added_whatever_the_model_says(opened: Open, shopper: Principal) -> None:
    planner = script(
        calls(("search_products", {"query": "wool scarf"})),
        calls(("add_to_cart", {"product_id": SCARF, "colour": "grey"})),
        AIMessage("It is sold out in grey."),
    )
    async with opened(planner) as assistant:
        events = await say(assistant, shopper, "add the grey scarf")

    assert '"code":"out_of_stock"' in planner.seen[2][-1].text
    assert "cart" not in names(events)


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    """Wait for an observable state rather than for a time."""
    async with asyncio.timeout(5):
        while not await condition():  # noqa: ASYNC110  # There is no event to wait for: tasks of the assistant.
            await asyncio.sleep(0.005)


async def test_what_is_added_in_a_turn_that_read_reviews_says_so_on_its_line(opened: Open, shopper: Principal) -> None:
    planner = script(
        calls(("search_products", {"query": "linen shirt"})),
        calls(("product_details", {"product_ids": [SHIRT]})),
        calls(("add_to_cart", {"product_id": SHIRT, "colour": "white", "size": "S"})),
        AIMessage("It is in your cart."),
    )
    async with opened(planner) as assistant:
        events = await say(assistant, shopper, "what do buyers say of the linen shirt? add it in white, size S")

    (cart,) = [event.data for event in events if event.event == "cart"]
    assert [line["note"] for line in cart["lines"]] == ["suggested after reading seller text"]
