"""What `aisle cost` tells: what was spent, what it would have been, and who could have answered."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from assistant.costing import ASSUMED, counterfactual, totals, workload
from assistant.registry import load_registry
from shop.books import PlannerBooks
from shop.cost_reports import CostReports
from shop.db import Database, DatabaseSettings
from shop.ledger import Spender, Spent, TurnRecord
from tests.conftest import book_settings

SINCE = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture
async def reports(home: Path, books: PlannerBooks):
    """The ledger of two conversations: three turns kept, one handed on."""
    turns = [
        ("a", TurnRecord("compact", "kept", "sure", "search", "search_products", 950), Spent()),
        ("a", TurnRecord("compact", "kept", "sure", "search", "search_products", 990), Spent()),
        ("a", TurnRecord("vllm", "escalated", "advice", "compare", "", 300), Spent(4_000, 1_000, 100, 900, 240)),
        ("b", TurnRecord("compact", "kept", "sure", "search", "search_products", 500), Spent()),
    ]
    for at, (session, told, spent) in enumerate(turns):
        await books.ledger.record(Spender("guest:ada", session, f"t{at}", "main"), told, spent)
    database = Database(DatabaseSettings(book_settings(home).database_url), asyncio.Lock())
    yield CostReports(database)
    await database.aclose()


async def test_shares_tokens_and_money_are_told_by_route_and_per_conversation(reports: CostReports) -> None:
    told = totals(await reports.routed(SINCE), await reports.conversations(SINCE), "USD")
    assert (told["turns"], told["conversations"], told["cost"], told["cost_per_conversation"]) == (
        4,
        2,
        0.00024,
        0.00012,
    )
    routes = {(each["model"], each["route"]): each for each in told["routes"]}
    assert routes["compact", "kept"]["share"] == 0.75
    assert routes["vllm", "escalated"]["cached_share"] == 0.25


async def test_the_counterfactual_sends_every_turn_to_each_model_at_its_price(reports: CostReports) -> None:
    registry = load_registry(None)
    other = counterfactual(await reports.routed(SINCE), 2, registry)
    assert other["a_turn_uses"] == {"input_tokens": 4_000, "cached_tokens": 1_000, "output_tokens": 100}
    assert other["models"]["compact"]["cost"] == 0
    assert other["models"]["vllm"]["cost"] == pytest.approx(4 * 242 / 1e6)
    assert counterfactual([], 0, registry)["a_turn_uses"]["input_tokens"] == ASSUMED.input_tokens


async def test_the_audit_tells_kinds_of_turns_and_who_could_take_them(reports: CostReports) -> None:
    searches, advice = workload(await reports.asked(SINCE, 900), load_registry(None))
    assert (searches["intents"], searches["turns"], searches["turns_per_conversation"]) == ("search", 3, 1.5)
    assert searches["could_take"] == {"compact": 0.6667, "open": 0.3333}
    assert (advice["pattern"], advice["cost"], advice["quality"]) == ("words only", 0.00024, None)
    assert advice["answered_by"] == {"open": 1.0}
