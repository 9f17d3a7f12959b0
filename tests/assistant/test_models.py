"""The registry of models, and a planner behind a real OpenAI-compatible endpoint on this machine."""

from pathlib import Path

import pytest
from langchain_core.messages import HumanMessage
from langchain_core.runnables import RunnableConfig

from assistant.compact.planner import CompactPlanner
from assistant.ground import Grounding
from assistant.models import planner_chain
from assistant.registry import ModelSpec, Registry, load_registry
from assistant.window import Brief, Window
from policies.errors import SettingsError
from retrieval.catalog import Catalog
from tests.assistant.local_endpoint import call, local_endpoint, status
from tools.registry import TOOLS


@pytest.fixture
def compact(catalog: Catalog) -> CompactPlanner:
    return CompactPlanner(encoder=catalog.encoder, vocabulary=catalog.vocabulary, currency="USD")


def endpoint(url: str) -> Registry:
    mine = ModelSpec(kind="openai", model="tiny", base_url=url, timeout_s=5, licence="MIT", roles=("planner",))
    return load_registry(None).with_models({"mine": mine})


def brief() -> RunnableConfig:
    """What a step hands to its planner, as of a conversation that has shown nothing."""

    async def picture(_: str) -> None:
        return None

    return Brief(Window(lambda: Grounding([]), lambda _: None, follows=False), frozenset(), picture).config()


async def test_an_endpoint_gets_the_tools_and_its_calls_come_back(compact: CompactPlanner) -> None:
    async with local_endpoint(call("search_products", {"query": "walnut desk", "price_max": 60000})) as served:
        chain = planner_chain(endpoint(served.url), "mine", compact)
        reply = await chain.ask([HumanMessage("a walnut desk under $600")], brief())

    assert [(c["name"], c["args"]["price_max"]) for c in reply.message.tool_calls] == [("search_products", 60000)]
    assert (reply.model, reply.route) == ("mine", "configured")
    assert [tool["function"]["name"] for tool in served.asked[0]["tools"]] == list(TOOLS)


async def test_an_endpoint_that_answers_with_an_error_is_replaced_by_the_compact_planner(
    compact: CompactPlanner,
) -> None:
    async with local_endpoint(status(500)) as served:
        reply = await planner_chain(endpoint(served.url), "mine", compact).ask([HumanMessage("hello")], brief())

    assert reply.model == "compact"
    assert reply.route == "fallback"
    assert reply.reason.startswith("mine: ")
    assert reply.message.text


async def test_an_endpoint_nobody_listens_at_is_replaced_by_the_compact_planner(compact: CompactPlanner) -> None:
    chain = planner_chain(endpoint("http://127.0.0.1:9/v1"), "mine", compact)
    reply = await chain.ask([HumanMessage("hello")], brief())

    assert reply.model == "compact"
    assert reply.route == "fallback"
    assert reply.reason.startswith("mine: ")


def test_the_registry_that_comes_with_aisle_plans_with_the_compact_planner(compact: CompactPlanner) -> None:
    assert planner_chain(load_registry(None), None, compact).names == ("compact",)


@pytest.mark.parametrize(
    ("chosen", "said"),
    [("nobody", "models.toml lists compact, hear, ollama, speak, vllm"), ("vllm", "set AISLE_VLLM_URL")],
)
def test_a_planner_that_cannot_be_is_refused_in_a_sentence(compact: CompactPlanner, chosen: str, said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        planner_chain(load_registry(None), chosen, compact)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[models.a]\nkind = 'magic'", "kind"),
        ("[models.a]\nkind = 'openai'\ntimeout_s = -1", "timeout_s"),
        ("[models.a]\nkind = 'openai'\nbase_ulr = 'x'", "base_ulr"),
        ("models = [", "not TOML"),
    ],
)
def test_a_wrong_registry_names_the_field(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "models.toml"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(SettingsError, match=said):
        load_registry(path)
    with pytest.raises(SettingsError, match="cannot be read"):
        load_registry(tmp_path / "absent.toml")


def test_a_registry_of_ones_own_keeps_the_compact_planner_behind_it(tmp_path: Path, compact: CompactPlanner) -> None:
    path = tmp_path / "models.toml"
    path.write_text("[models.mine]\nkind='openai'\nmodel='m'\nbase_url='http://127.0.0.1:9/v1'\nroles=['planner']")

    assert planner_chain(load_registry(path), "mine", compact).names == ("mine", "compact")
