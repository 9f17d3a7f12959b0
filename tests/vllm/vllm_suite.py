"""Whole conversations on a real vLLM; `make test-vllm` runs this, plain pytest does not collect it."""

import asyncio
import json
import logging
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any, Literal

import pytest
from langchain_core.messages import HumanMessage, SystemMessage
from langchain_openai import ChatOpenAI
from pydantic import BaseModel, SecretStr

from assistant.calling import Candidate
from assistant.compact.planner import CompactPlanner
from assistant.endpoint import Bounds, EndpointPlanner
from assistant.prompt import EndpointPrompt, system_text
from assistant.route import ModelChain
from policies.principal import Principal
from retrieval.catalog import Catalog
from shop.books import PlannerBooks
from tests.assistant.local_endpoint import call, local_endpoint
from tests.vllm.conftest import PYTHON, SERVING, Keep, Newcomer, Open
from tests.vllm.server import ADAPTER, KEY, MODEL, Vllm, serving
from tests.vllm.traces import TRACES, hold
from tools.registry import tool_schemas


@pytest.fixture
async def vllm(checkpoint: Path, tmp_path: Path) -> AsyncGenerator[Vllm]:
    adapter = tmp_path / "adapter"
    made = await asyncio.create_subprocess_exec(PYTHON, SERVING / "adapter.py", adapter)
    assert await made.wait() == 0
    async with serving(PYTHON, checkpoint, adapter, tmp_path / "vllm.log") as server:
        yield server


class Usage:
    """Wraps a planner and keeps what each answer used."""

    def __init__(self, planner: EndpointPlanner) -> None:
        self.planner = planner
        self.used: list[tuple[int, int, int]] = []

    async def ainvoke(self, input: list[Any], config: Any = None) -> Any:
        message = await self.planner.ainvoke(input, config)
        usage: Any = message.usage_metadata or {}
        cached = usage.get("input_token_details", {}).get("cache_read", 0) or 0
        self.used.append((usage.get("input_tokens", 0), cached, usage.get("output_tokens", 0)))
        return message


def client(url: str, model: str = MODEL) -> ChatOpenAI:
    return ChatOpenAI(
        model=model, base_url=url, api_key=SecretStr(KEY), max_retries=0, stream_usage=True, temperature=0, timeout=120
    )


def planner(url: str, catalog: Catalog, model: str = MODEL) -> Usage:
    prompt = EndpointPrompt(catalog.vocabulary, sees=True)
    return Usage(EndpointPlanner(client(url, model), tool_schemas(), prompt, Bounds(120, max_tokens=200)))


@pytest.fixture
def talk(opened: Open, catalog: Catalog, compact: CompactPlanner, newcomer: Newcomer, picture: Keep) -> Any:
    """Hold a trace with a planner in front of the compact one; returns shopper, events and the planner."""

    @asynccontextmanager
    async def talking(own: Any) -> AsyncGenerator[Any]:
        async with opened(ModelChain([Candidate("vllm", own), Candidate("compact", compact)])) as assistant:

            async def trace(said: list[str]) -> tuple[Principal, list[list[Any]]]:
                shopper = await newcomer()
                return shopper, await hold(assistant, shopper, said, partial(picture, shopper))

            yield trace

    return talking


def outcome(turns: list[list[Any]]) -> list[Any]:
    """Return what a trace left behind: its cart and quote, and what was shown and told, without ids of the moment."""
    kept: list[Any] = []
    for events in turns:
        for event in events:
            data = event["data"]
            if event["event"] in ("cart", "quote"):
                lines = [(line["title"], line["quantity"]) for line in data["lines"]]
                kept.append((event["event"], lines, data.get("totals")))
            if event["event"] == "products":
                kept.append(("products", [item["product_id"] for item in data["items"]]))
    return kept


def said(events: list[Any]) -> str:
    return "".join(e["data"]["delta"] for e in events if e["event"] == "text")


class Wish(BaseModel):
    """What a structured answer has to hold."""

    kind: Literal["desk", "lamp"]
    in_stock: bool


async def test_a_real_vllm_holds_the_conversations_and_its_api_does_what_we_rely_on(
    vllm: Vllm,
    recorded: tuple[str, dict[str, list[Any]]],
    talk: Any,
    catalog: Catalog,
    books: PlannerBooks,
) -> None:
    own = planner(vllm.url, catalog)
    first_of_turn: list[int] = []
    async with talk(own) as trace:
        for name, words in TRACES.items():
            before = len(own.used)
            shopper, turns = await trace(words)
            assert outcome(turns) == outcome(recorded[1][name]), name
            assert [said(t) for t in turns] == [said(t) for t in recorded[1][name]], name
            assert {t[-1]["data"]["model"] for t in turns} == {"vllm"}, (name, [t[-1]["data"] for t in turns])
            assert await books.orders.mine(shopper) == []
            if name == "purchase":
                first_of_turn = [before + 2, before + 4]
                assert any(len([e for e in t if e["event"] == "text"]) > 1 for t in turns), "streamed by sentence"

        cached = [own.used[at][1] / own.used[at][0] for at in first_of_turn]
        read, written = sum(u[0] for u in own.used), sum(u[2] for u in own.used)
        share = f"cached at the start of turns 2 and 3: {cached}; read {read}, written {written} tokens"
        logging.getLogger("figures").warning(share)
        assert min(cached) >= 0.9

        # Several at once.
        together = await asyncio.gather(*(trace(TRACES["price bound"]) for _ in range(6)))
        assert all(outcome(turns) == outcome(recorded[1]["price bound"]) for _, turns in together)

    system = SystemMessage(system_text(await catalog.vocabulary()))
    wish = (
        await client(vllm.url)
        .bind(max_tokens=60)
        .with_structured_output(Wish, method="json_schema")
        .ainvoke([system, HumanMessage("a desk under $600")])
    )
    assert isinstance(wish, Wish)

    # Between the parts of a call the grammar lets a model this small write line breaks for ever.
    forced = client(vllm.url).bind_tools(tool_schemas(), tool_choice="view_cart", frequency_penalty=2)
    (made,) = (await forced.ainvoke([system, HumanMessage("a desk under $600")], max_tokens=60)).tool_calls
    assert (made["name"], made["args"]) == ("view_cart", {})

    adapted = await client(vllm.url, ADAPTER).ainvoke([HumanMessage("a desk under $600")], max_tokens=8)
    assert adapted.response_metadata["model_name"] == ADAPTER

    # The same server, asked for one model and killed in the middle of a conversation: the compact planner goes on.
    async with talk(planner(vllm.url, catalog)) as trace:
        shopper, turns = await trace(TRACES["purchase"][:2])
        killing = asyncio.create_task(vllm.kill())
        _, after = await trace(["a walnut desk"])
        await killing
    assert len((await books.carts.view(shopper)).lines) == 1
    assert after[0][-1]["event"] == "done"
    assert "products" in [e["event"] for e in after[0]]


async def test_a_malformed_call_of_one_endpoint_is_repaired_by_asking_again(
    talk: Any, catalog: Catalog, recorded: tuple[str, dict[str, list[Any]]]
) -> None:
    """What a model this small can't be made to do on demand is done by an endpoint in front of it."""
    search = call("search_products", {"query": "desk", "product_types": "desk", "price_max": 60000})
    broken = call("search_products", '{"query": "de')
    async with (
        local_endpoint(broken, search, call("my_orders", {})) as served,
        talk(planner(served.url, catalog)) as trace,
    ):
        _, turns = await trace(["a desk under $600"])

    assert json.dumps(served.asked[1]["tool_choice"]).count("search_products") == 1
    assert outcome(turns)[0] == outcome(recorded[1]["price bound"])[0]
