"""Whole conversations on a real vLLM; `make test-vllm` runs this, plain pytest does not collect it."""

import asyncio
import json
import logging
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Literal

import httpx
import pytest
from langchain_core.messages import HumanMessage, SystemMessage
from pydantic import BaseModel

from assistant.calling import Candidate
from assistant.compact.planner import CompactPlanner
from assistant.prompt import system_text
from assistant.route import ModelChain
from assistant.session import Assistant
from retrieval.catalog import Catalog
from shop.books import PlannerBooks
from tests.vllm.conftest import PYTHON, SERVING, Held, Keep, Newcomer, Open, client, endpoint_planner, left_behind
from tests.vllm.server import ADAPTER, KEY, MODEL, Vllm, dying, serving
from tests.vllm.traces import TRACES, hold
from tools.registry import tool_schemas

figures = logging.getLogger("figures")


@pytest.fixture
async def vllm(checkpoint: Path, tmp_path: Path) -> AsyncGenerator[Vllm]:
    adapter = tmp_path / "adapter"
    made = await asyncio.create_subprocess_exec(PYTHON, SERVING / "adapter.py", adapter)
    assert await made.wait() == 0
    async with serving(PYTHON, checkpoint, adapter, tmp_path / "vllm.log") as server:
        yield server


class Usage:
    """Wraps a planner and keeps what each answer used."""

    def __init__(self, url: str, catalog: Catalog) -> None:
        self.planner = endpoint_planner(url, catalog)
        self.used: list[tuple[int, int, int]] = []

    async def ainvoke(self, input: list[Any], config: Any = None) -> Any:
        message = await self.planner.ainvoke(input, config)
        usage: Any = message.usage_metadata or {}
        cached = usage.get("input_token_details", {}).get("cache_read", 0) or 0
        self.used.append((usage.get("input_tokens", 0), cached, usage.get("output_tokens", 0)))
        return message


@dataclass(frozen=True, slots=True)
class Talk:
    """An assistant whose planner is a real vLLM, with the compact one behind it."""

    assistant: Assistant
    newcomer: Newcomer
    picture: Keep
    books: PlannerBooks

    async def trace(self, said: list[str]) -> Held:
        """Hold a conversation as a new shopper."""
        shopper = await self.newcomer()
        turns = await hold(self.assistant, shopper, said, partial(self.picture, shopper))
        return Held(turns, await left_behind(self.books, shopper))


@pytest.fixture
def talk(opened: Open, compact: CompactPlanner, newcomer: Newcomer, picture: Keep, books: PlannerBooks) -> Any:
    """Open an assistant over a planner."""

    @asynccontextmanager
    async def talking(own: Any) -> AsyncGenerator[Talk]:
        async with opened(ModelChain([Candidate("vllm", own), Candidate("compact", compact)])) as assistant:
            yield Talk(assistant, newcomer, picture, books)

    return talking


def drawn(turns: list[list[Any]]) -> list[Any]:
    """Return what was drawn, without ids of the moment."""
    kept: list[Any] = []
    for event in (event for events in turns for event in events):
        data = event["data"]
        if event["event"] in ("cart", "quote"):
            lines = [(line["title"], line["quantity"]) for line in data["lines"]]
            kept.append((event["event"], lines, data.get("totals")))
        if event["event"] == "products":
            kept.append(("products", [item["product_id"] for item in data["items"]]))
    return kept


def words(events: list[Any]) -> str:
    return "".join(e["data"]["delta"] for e in events if e["event"] == "text")


class Wish(BaseModel):
    """What a structured answer has to hold."""

    kind: Literal["desk", "lamp"]
    in_stock: bool


async def test_a_real_vllm_holds_the_conversations_and_its_api_does_what_we_rely_on(
    vllm: Vllm, checkpoint: Path, recorded: tuple[str, dict[str, Held]], talk: Any, catalog: Catalog
) -> None:
    await the_prompts_are_those_it_was_trained_on(vllm, checkpoint)
    await the_traces_end_as_the_compact_planners(vllm, recorded[1], talk, catalog)
    await the_api_does_what_we_rely_on(vllm, catalog)
    await a_server_that_dies_in_the_middle_of_a_sentence_loses_nothing(vllm, recorded[1], talk, catalog)


async def the_prompts_are_those_it_was_trained_on(vllm: Vllm, checkpoint: Path) -> None:
    tools, *steps = map(json.loads, (checkpoint / "steps.jsonl").read_text(encoding="utf-8").splitlines())
    prompts = json.loads((checkpoint / "prompts.json").read_text(encoding="utf-8"))
    async with httpx.AsyncClient(headers={"Authorization": f"Bearer {KEY}"}, timeout=60) as http:
        for number, (step, prompt) in enumerate(zip(steps, prompts, strict=True)):
            asked = {"model": MODEL, "messages": step["messages"], **tools}
            read = (await http.post(vllm.url.replace("/v1", "/tokenize"), json=asked)).raise_for_status().json()
            assert _pictures_once(read["tokens"]) == _pictures_once(prompt), f"step {number}"


def _pictures_once(tokens: list[int]) -> list[int]:
    """Return tokens without repetitions: a picture stands in a prompt as many times as it has tokens."""
    return [token for at, token in enumerate(tokens) if not at or token != tokens[at - 1]]


async def the_traces_end_as_the_compact_planners(
    vllm: Vllm, recorded: dict[str, Held], talk: Any, catalog: Catalog
) -> None:
    own = Usage(vllm.url, catalog)
    first_of_turn: list[int] = []
    async with talk(own) as talking:
        for name, said in TRACES.items():
            before = len(own.used)
            held = await talking.trace(said)
            assert [words(t) for t in held.turns] == [words(t) for t in recorded[name].turns], name
            assert drawn(held.turns) == drawn(recorded[name].turns), name
            assert held.left == recorded[name].left, name
            assert {t[-1]["data"]["model"] for t in held.turns} == {"vllm"}, (name, [t[-1] for t in held.turns])
            if name == "purchase":
                assert held.left == ([("Tarn walnut desk", 1)], [("Tarn walnut desk", 1)], 0), "stopped at the gate"
                first_of_turn = [before + 2, before + 4]
                assert any(sum(e["event"] == "text" for e in t) > 1 for t in held.turns), "streamed by sentence"

        cached = [own.used[at][1] / own.used[at][0] for at in first_of_turn]
        read, written = sum(u[0] for u in own.used), sum(u[2] for u in own.used)
        shares = ", ".join(f"{share:.3f}" for share in cached)
        figures.warning("cached from turn 2 on: %s; read %d, written %d tokens", shares, read, written)
        assert min(cached) >= 0.9

        together = await asyncio.gather(*(talking.trace(TRACES["price bound"]) for _ in range(6)))
        assert all(drawn(held.turns) == drawn(recorded["price bound"].turns) for held in together)


async def the_api_does_what_we_rely_on(vllm: Vllm, catalog: Catalog) -> None:
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


async def a_server_that_dies_in_the_middle_of_a_sentence_loses_nothing(
    vllm: Vllm, recorded: dict[str, Held], talk: Any, catalog: Catalog
) -> None:
    async with dying(vllm) as url, talk(Usage(url, catalog)) as talking:
        shopper = await talking.newcomer()
        keep = partial(talking.picture, shopper)
        first, *rest = TRACES["purchase"]
        (turn,) = await hold(talking.assistant, shopper, [first], keep)
        assert (turn[-1]["event"], turn[-1]["data"]["model"], turn[-1]["data"]["route"]) == (
            "done",
            "compact",
            "fallback",
        )
        whole, said = words(recorded["purchase"].turns[0]), words(turn)
        assert whole.startswith(said.partition(". ")[0]), "what was said before stands"
        assert said.endswith(whole), "the compact planner's answer follows"
        assert len(said) > len(whole)

        turns = await hold(talking.assistant, shopper, rest, keep, begun=1)
        assert drawn(turns) == drawn(recorded["purchase"].turns[1:])
        assert await left_behind(talking.books, shopper) == recorded["purchase"].left
