"""An endpoint that fails in every way, behind the real loop: an answer or one honest sentence, and nothing is lost."""

import asyncio
import json
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from langchain_openai import ChatOpenAI
from pydantic import SecretStr

from assistant.checkpoints import open_saver
from assistant.compact.planner import CompactPlanner
from assistant.endpoint import Bounds, EndpointPlanner
from assistant.events import StoredEvent
from assistant.graph import build_graph
from assistant.pace import Pace
from assistant.prompt import EndpointPrompt
from assistant.route import Candidate, ModelChain
from assistant.session import Assistant, ShopperMessage, TurnLimits
from assistant.state import TurnContext
from policies.limits import load_policy
from policies.principal import Principal, Scope
from retrieval.catalog import Catalog
from shop.books import GateBooks, PlannerBooks
from tests.assistant.local_endpoint import (
    Answer,
    LocalEndpoint,
    begun,
    call,
    endless,
    hang,
    local_endpoint,
    pieces,
    raw,
    status,
    words,
)
from tests.assistant.test_session import said, say, shopper, until
from tests.fakes import DESK
from tools.registry import tool_schemas

__all__ = ["shopper"]

Talk = Callable[..., Any]
Newcomer = Callable[[], Awaitable[Principal]]
SEARCH = call("search_products", {"query": "walnut desk", "product_types": "desk"})
FOUND = words("The walnut one is $640. It is made of walnut.")


@pytest.fixture
def compact(catalog: Catalog) -> CompactPlanner:
    return CompactPlanner(encoder=catalog.encoder, vocabulary=catalog.vocabulary, currency="USD")


@pytest.fixture
def talk(home: Path, books: PlannerBooks, catalog: Catalog, compact: CompactPlanner) -> Talk:
    """Open an assistant whose planner is an endpoint that gives these answers, with the compact planner behind it."""

    @asynccontextmanager
    async def opened(
        *answers: Answer, timeout_s: float = 5.0, deadline_s: float = 20
    ) -> AsyncGenerator[tuple[Assistant, LocalEndpoint]]:
        async with AsyncExitStack() as stack:
            endpoint = await stack.enter_async_context(local_endpoint(*answers))
            client = ChatOpenAI(
                model="tiny", base_url=endpoint.url, api_key=SecretStr("k"), max_retries=0, stream_usage=True
            )
            prompt = EndpointPrompt(catalog.vocabulary, sees=True)
            planner = EndpointPlanner(client, tool_schemas(), prompt, Bounds(timeout_s, max_tokens=60))
            chain = ModelChain([Candidate("mine", planner), Candidate("compact", compact)])
            policy = load_policy(None)
            saver = await stack.enter_async_context(open_saver(home / "conversations.sqlite"))

            def context_of(principal: Principal) -> TurnContext:
                return TurnContext(principal, catalog, books, chain, policy, 6)

            limits = TurnLimits(max_message_chars=400, deadline_s=deadline_s, grace_s=0.05)
            assistant = Assistant(build_graph(saver), saver, books, context_of, limits, Pace(policy))
            stack.push_async_callback(assistant.aclose)
            yield assistant, endpoint

    return opened


@pytest.fixture
def newcomer(gate: GateBooks, clock: Callable[[], Any]) -> Newcomer:
    """Begin another shopper's session."""

    async def begin() -> Principal:
        session_id = await gate.conversations.create_session("guest:eve", "", clock() + timedelta(hours=1))
        principal = Principal(f"guest:{session_id}", session_id, frozenset({Scope.CHAT}))
        await gate.shoppers.ensure_guest(principal)
        return principal

    return begin


def message(text: str) -> ShopperMessage:
    return ShopperMessage(text, "t1")


def planner(assistant: Assistant, shopper: Principal) -> Any:
    return assistant._context(shopper).models._candidates[0].model


def done(events: list[StoredEvent]) -> dict[str, Any]:
    assert events[-1].event == "done", events[-1].data
    return events[-1].data


async def test_words_reach_the_shopper_sentence_by_sentence_and_cards_follow(talk: Talk, shopper: Principal) -> None:
    async with talk(SEARCH, FOUND) as (assistant, endpoint):
        events = await say(assistant, shopper, "a walnut desk")

    assert [e.event for e in events] == ["status", "text", "text", "products", "done"]
    assert said(events) == "The walnut one is $640. It is made of walnut."
    assert (done(events)["model"], done(events)["route"]) == ("mine", "configured")
    first, second = endpoint.asked
    assert first["stream"] is True
    assert first["parallel_tool_calls"] is False
    assert {tool["function"]["strict"] for tool in first["tools"]} == {True}
    assert "seed" not in first
    assert [m["role"] for m in second["messages"]] == ["system", "user", "assistant", "tool"]


async def test_a_sentence_is_read_while_the_next_is_not_written_yet(talk: Talk, shopper: Principal) -> None:
    async with talk(SEARCH, hang("The walnut one is $640. It is")) as (assistant, _):
        reading = aiter(assistant.turn(shopper, message("a walnut desk")))
        async with asyncio.timeout(10):
            while (event := await anext(reading)).event != "text":
                pass
        await reading.aclose()

    assert event.data["delta"] == "The walnut one is $640."


async def test_a_lie_in_a_stream_is_cut_and_the_next_turn_reads_what_was_said(talk: Talk, shopper: Principal) -> None:
    lie = words("The walnut one is $640. I have ordered it for $1. It is made of walnut.")
    async with talk(SEARCH, lie, words("You're welcome.")) as (assistant, endpoint):
        events = await say(assistant, shopper, "a walnut desk")
        await say(assistant, shopper, "thanks", "t2")

    assert said(events) == "The walnut one is $640. It is made of walnut."
    told = [m["content"] for m in endpoint.asked[-1]["messages"] if m["role"] == "assistant"]
    assert told[-1] == "The walnut one is $640. It is made of walnut."


# What the endpoint does, and what the turn's route then says of it.
FAULTS = [
    (status(500), "HTTP 500"),
    (status(401), "HTTP 401"),
    (status(429, retry_after="30"), "HTTP 429"),
    (status(503), "HTTP 503"),
    (hang(), "timeout"),
    (hang("The walnut one"), "timeout"),
    (begun("Let me have a"), "truncated stream"),
    (raw(b"data: {", transfer_encoding="chunked"), "OpenAIConnectionError"),
    (raw(b"data: {no json\n\n"), "unreadable answer"),
    (raw(b'data: "hello"\n\n'), "unreadable answer"),
    (raw(b"<html>hello</html>", content_type="text/html"), "unreadable answer"),
    (words(""), "empty answer"),
    (words("<think>The shopper wants a desk. I could lie."), "empty answer"),
    (endless("and so on "), "endless answer"),
    (words('<tool_call>\n{"name": "search_products"}\n</tool_call>'), "a tool call came as text"),
    (words('{"name": "search_products", "arguments": {}}'), "a tool call came as text"),
    (call("search_products", '{"query": "wal'), "the arguments of search_products were no JSON object"),
    (call("place_order", {}), "unknown_tool"),
    (call("add_to_cart", {"product_id": "made-up"}), "unknown_id"),
    (call("search_products", {"limit": 900}), "bad_arguments"),
]


async def test_whatever_an_endpoint_does_the_shopper_gets_an_answer_and_the_conversation_goes_on(
    talk: Talk, newcomer: Newcomer, books: PlannerBooks
) -> None:
    """The compact planner answers that turn; what was broken is neither said nor kept, and the next turn works."""
    async with talk(FOUND) as (assistant, endpoint):
        for answer, reason in FAULTS:
            shopper = await newcomer()
            endpoint.answers = [answer]
            planner(assistant, shopper)._bounds = Bounds(0.3 if reason == "timeout" else 5.0, max_tokens=60)
            events = await say(assistant, shopper, "a walnut desk")
            assert not (await books.carts.view(shopper)).lines
            endpoint.answers = [words("You're welcome.")]
            planner(assistant, shopper)._bounds = Bounds(5.0, max_tokens=60)
            after = await say(assistant, shopper, "thanks", "t2")

            assert (done(events)["model"], "products" in [e.event for e in events]) == ("compact", True), reason
            assert done(events)["route"] == "fallback"
            assert done(events)["reason"].startswith(f"mine: {reason}")
            assert not any(mark in said(events) for mark in ("<", "{", "lie", "and so on", "Let me have"))
            assert (said(after), done(after)["model"]) == ("You're welcome.", "mine"), reason
            assert "could lie" not in json.dumps(endpoint.asked[-1]["messages"])


async def test_an_endpoint_nobody_listens_at_is_given_up_at_once(talk: Talk, shopper: Principal) -> None:
    async with talk(FOUND) as (assistant, endpoint):
        planner(assistant, shopper)._model.root_async_client.base_url = "http://127.0.0.1:9/v1"
        events = await say(assistant, shopper, "a walnut desk")

    assert (done(events)["model"], endpoint.asked) == ("compact", [])


async def test_a_server_killed_mid_answer_loses_nothing_that_was_said(talk: Talk, shopper: Principal) -> None:
    async with talk(SEARCH, begun("The walnut one is $640. It"), words("Yes.")) as (assistant, endpoint):
        events = await say(assistant, shopper, "a walnut desk")
        await say(assistant, shopper, "fine", "t2")

    assert said(events).startswith("The walnut one is $640. ")
    assert done(events)["model"] == "compact"
    told = [m["content"] for m in endpoint.asked[-1]["messages"] if m["role"] == "assistant"]
    assert told[-1] == said(events)


async def test_who_failed_in_a_turn_is_not_waited_for_again_in_it(talk: Talk, shopper: Principal) -> None:
    async with talk(status(401)) as (assistant, endpoint):
        events = await say(assistant, shopper, "a walnut desk")

    assert "products" in [e.event for e in events]
    assert len(endpoint.asked) == 1
    assert (done(events)["route"], done(events)["reason"]) == ("fallback", "mine: HTTP 401")


@pytest.mark.parametrize("first", [status(500), status(503), status(429, retry_after="0")])
async def test_what_failed_before_its_first_word_is_asked_once_more(
    talk: Talk, shopper: Principal, first: Answer
) -> None:
    async with talk(first, words("Good morning.")) as (assistant, endpoint):
        events = await say(assistant, shopper, "hello")

    assert (said(events), done(events)["model"], len(endpoint.asked)) == ("Good morning.", "mine", 2)


REPAIRED = {
    "as text": (words('<tool_call>{"name": "search_products"}</tool_call>'), "required"),
    "no JSON": (call("search_products", '{"query": '), {"name": "search_products"}),
    "wrong arguments": (call("search_products", {"sort": "nicest"}), {"name": "search_products"}),
    "unknown id": (call("product_details", {"product_ids": ["the walnut desk"]}), "auto"),
    "unknown tool": (call("buy_now", {}), "auto"),
}


@pytest.mark.parametrize("kind", REPAIRED)
async def test_a_call_that_cannot_be_used_is_repaired_once_with_what_the_endpoint_can_force(
    talk: Talk, shopper: Principal, kind: str
) -> None:
    broken, forced = REPAIRED[kind]
    async with talk(broken, SEARCH, FOUND) as (assistant, endpoint):
        events = await say(assistant, shopper, "a walnut desk")

    assert done(events)["model"] == "mine"
    assert said(events).startswith("The walnut one is $640.")
    choice = endpoint.asked[1]["tool_choice"]
    assert (choice if isinstance(choice, str) else choice["function"]) == forced
    # The repair is forgotten: the next step reads a conversation without it.
    assert [m["role"] for m in endpoint.asked[2]["messages"]] == ["system", "user", "assistant", "tool"]


async def test_words_beside_a_call_and_the_answer_are_told_apart(talk: Talk, shopper: Principal) -> None:
    beside = call("search_products", {"query": "walnut desk"}, content="Let us see. ")
    async with talk(beside, FOUND) as (assistant, _):
        events = await say(assistant, shopper, "a walnut desk")

    assert said(events) == "Let us see. The walnut one is $640. It is made of walnut."


async def test_reasoning_is_neither_said_nor_kept(talk: Talk, shopper: Principal) -> None:
    thought = {"content": "<think>They are rude.</think>Good", "reasoning": "secret", "reasoning_content": "secret"}
    async with talk(pieces(thought, {"content": " morning."}), words("Yes.")) as (assistant, endpoint):
        events = await say(assistant, shopper, "hello")
        await say(assistant, shopper, "fine", "t2")

    assert said(events) == "Good morning."
    kept = json.dumps(endpoint.asked[-1]["messages"])
    assert "rude" not in kept
    assert "secret" not in kept


async def test_an_answer_that_does_not_end_stops_after_its_whole_sentences(talk: Talk, shopper: Principal) -> None:
    async with talk(endless("Good morning. ")) as (assistant, endpoint):
        events = await say(assistant, shopper, "hello")
        async with asyncio.timeout(5):
            await endpoint.left.wait()

    assert done(events)["model"] == "mine"
    assert set(said(events).split(". ")) <= {"Good morning", "Good morning."}


async def test_when_the_shopper_leaves_the_request_to_the_endpoint_ends(talk: Talk, shopper: Principal) -> None:
    async with talk(hang("Good morning. And"), words("Welcome back.")) as (assistant, endpoint):
        reading = aiter(assistant.turn(shopper, message("hello")))
        async with asyncio.timeout(10):
            while (await anext(reading)).event != "text":
                pass
            await reading.aclose()
            await endpoint.left.wait()
            await until(lambda: asyncio.sleep(0, not assistant._running))
        events = await say(assistant, shopper, "I am back", "t2")

    assert said(events) == "Welcome back."


async def test_a_list_written_with_commas_is_kept_as_a_list_for_every_planner(talk: Talk, shopper: Principal) -> None:
    search = call("search_products", {"query": "desk", "colours": "black, grey"})
    async with talk(search, words("I found some.")) as (assistant, endpoint):
        await say(assistant, shopper, "a black or grey desk")

    (made,) = endpoint.asked[1]["messages"][2]["tool_calls"]
    assert json.loads(made["function"]["arguments"])["colours"] == ["black", "grey"]


async def test_an_id_that_was_shown_is_used(talk: Talk, shopper: Principal, books: PlannerBooks) -> None:
    added = call("add_to_cart", {"product_id": DESK})
    async with talk(SEARCH, FOUND, added, words("It is in your cart.")) as (assistant, _):
        await say(assistant, shopper, "a walnut desk")
        events = await say(assistant, shopper, "add the Tarn walnut desk", "t2")

    assert "cart" in [e.event for e in events]
    assert len((await books.carts.view(shopper)).lines) == 1
