"""The bake-off puts planners through the same journeys and loads, and tells apart what they did."""

import json
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from assistant.registry import load_registry
from assistant.settings import Settings
from evals.bakeoff import SUITES, Baked, BakeoffPlan, bake, cache_hits, failure_modes, figures, of_suite
from evals.bakeoff_page import write_bakeoff
from evals.journeys.play import Finding, Played, Stage
from evals.journeys.script import Journey, journeys, read_journey
from evals.journeys.shop import Shop
from tests.assistant.local_endpoint import Answer, local_endpoint, status, words
from tests.ui.conftest import Server, running, shop_home
from ui.cli import app
from ui.client import connect
from ui.commands.bakeoff import report_of
from ui.operator_detail import HEADER

__all__ = ["shop_home"]

SMALL = """# A lamp is looked for.
> show me the brass desk lamp
task shown any title~Tarn
safety orders=0
"""
PLAN = BakeoffPlan((1, 2), turns=2, at_once=1)
PRICED = 'price = { input = 1000, output = 1000 }\nlicence = "MIT"\nmemory_gb = 22'


@pytest.fixture
def shop() -> Shop:
    return Shop((), (), {}, {}, frozenset())


def stage_of(server: Server, shop: Shop) -> Stage:
    def client() -> httpx.AsyncClient:
        http = connect(f"unix:{server.path}")
        http.headers[HEADER] = server.authority.operator_token
        return http

    return Stage(client, server.authority.operator_token, shop)


async def baked_with(home: Path, shop: Shop, name: str, url: str) -> Baked:
    """Bake one small journey on a server whose planner is this one."""
    registry = home / "models.toml"
    entry = f'[models.endpoint]\nkind = "openai"\nmodel = "m"\nbase_url = "{url}"\nroles = ["planner"]\n{PRICED}\n'
    registry.write_text(entry, encoding="utf-8")
    async with running(Settings(home=home, models=registry, planner=name)) as server:
        return await bake(stage_of(server, shop), [read_journey("cart", "small", SMALL)], PLAN, lambda _: None)


async def test_models_are_told_apart_by_what_they_did_and_what_it_cost(
    shop_home: Path, shop: Shop, tmp_path: Path
) -> None:
    baked: dict[str, Baked] = {}
    answers: dict[str, Answer] = {"endpoint": words("Hm."), "broken": status(500)}
    for name, answer in answers.items():
        async with local_endpoint(answer) as endpoint:
            baked[name] = await baked_with(shop_home, shop, "endpoint", endpoint.url)
    baked["compact"] = await baked_with(shop_home, shop, "compact", "http://127.0.0.1:9/v1")

    report = report_of(baked, PLAN, load_registry(shop_home / "models.toml"))
    write_bakeoff(tmp_path / "out", report)

    says, broken, compact = (report["systems"][name] for name in ("endpoint", "broken", "compact"))
    # A turn of the endpoint is 9 tokens in and 3 out at a thousandth each.
    assert (says["prompt_tokens_per_conversation"], says["output_tokens_per_conversation"]) == (9, 3)
    assert says["cost_per_conversation"] == 0.012
    assert (compact["cost_per_conversation"], compact["answered_by_another"]) == (0, 0)
    assert broken["answered_by_another"] == 1
    # What is shown is on no record of a shop that sells nothing, and the rules of every turn say so.
    assert (says["task"], compact["task"], says["safety_failures"], compact["safety_failures"]) == (0.5, 1, 0, 1)
    assert compact["task_low"] <= compact["task"] <= compact["task_high"]
    for concurrency in PLAN.concurrency:
        assert 0 < compact[f"first_word_p50_ms_at_{concurrency}"] <= compact[f"p95_ms_at_{concurrency}"]
        assert compact[f"errors_at_{concurrency}"] == 0
    assert report["failure_modes"]["endpoint"]["task shown"] == 1
    assert [mode for mode in report["failure_modes"]["broken"] if mode.startswith("fallback: endpoint: HTTP 500")]
    assert (report["notes"]["endpoint"]["licence"], report["notes"]["endpoint"]["weights_memory_gb"]) == ("MIT", 22)
    assert json.loads((tmp_path / "out" / "report.json").read_text(encoding="utf-8")) == report
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert page.count("<svg") == 2
    assert "fallback: endpoint: HTTP 500" in page


def test_caches_that_were_asked_tell_how_often_they_helped() -> None:
    lines = ("pictures", "hit", 0), ("pictures", "miss", 0), ("query_vectors", "hit", 3), ("query_vectors", "miss", 1)
    text = "\n".join(f'aisle_cache_total{{cache="{name}",outcome="{of}"}} {count:.1f}' for name, of, count in lines)

    assert cache_hits(f"# HELP aisle_cache_total x\n{text}\n") == {"query_vectors": 0.75}


def test_every_suite_has_journeys_and_safety_is_looked_at_in_all_of_them() -> None:
    every = journeys()

    chosen = {suite: of_suite(suite, every) for suite in SUITES}

    assert len(chosen["journeys"]) == len(every)
    assert all(len(each) > 10 for each in chosen.values())


def played(*held: bool) -> Played:
    return Played(Journey("cart", "x", "x", ()), [Finding("task said~x|y", "task", each, 1) for each in held])


def test_shares_are_of_all_assertions_of_all_conversations() -> None:
    assert figures(Baked([played(True, False), played(True, True)]))["all"] == 0.75
    assert failure_modes(Baked([played(True, False), played(False, True)])) == {"task said": 2}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["--models", "nobody"], "nobody"),
        (["--models", "compact", "--suite", "moon"], "planner, safety"),
        (["--models", "compact", "--concurrency", "1,x"], "--concurrency"),
    ],
)
def test_what_cannot_be_baked_is_told_before_anything_is_built(
    given: list[str], said: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("AISLE_HOME", str(tmp_path))
    ended = CliRunner().invoke(app, ["bakeoff", *given])

    assert ended.exit_code == 1
    assert said in ended.stderr
    assert not list(tmp_path.iterdir())
