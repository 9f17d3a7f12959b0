"""A conversation by need: the compact planner, a service that sees little, its price, and the ledger behind it."""

import asyncio
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

from assistant.costing import totals
from assistant.session import ShopperMessage
from assistant.settings import Settings
from assistant.wiring import App, open_app
from policies.principal import Principal
from shop.cost_reports import CostReports
from shop.db import Database, DatabaseSettings
from tests.assistant.local_endpoint import local_endpoint, words

REGISTRY = """
[models.service]
kind = "openai"
tier = "proprietary"
model = "tiny"
base_url = "{url}"
may_see = ["words", "catalogue"]
licence = "LicenseRef-terms"
price = {{ input = 1, output = 2 }}
roles = ["planner"]
[licences]
allowed = ["LicenseRef-terms"]
[caps]
conversation = {cap}
"""


async def say(app: App, shopper: Principal, text: str, turn: str) -> dict[str, object]:
    """Say something and return the last event's data."""
    events = [event async for event in app.assistant.turn(shopper, ShopperMessage(text, turn))]
    assert events[-1].event == "done", events[-1]
    return events[-1].data


async def guest(app: App) -> Principal:
    soon = datetime.now(UTC) + timedelta(hours=1)
    shopper = Principal("guest:eve", await app.books.conversations.create_session("guest:eve", "", soon))
    await app.books.shoppers.ensure_guest(shopper)
    return shopper


async def test_a_conversation_is_handed_on_for_advice_at_a_cost_that_is_known(
    home: Path, encoder_cache: Path, tmp_path: Path
) -> None:
    shutil.copytree(encoder_cache, home / "models", dirs_exist_ok=True)
    registry = tmp_path / "models.toml"
    async with local_endpoint(words("The narrow one leaves more room.")) as endpoint:
        registry.write_text(REGISTRY.format(url=endpoint.url, cap="0.045"), encoding="utf-8")
        settings = Settings(home=home, models=registry)
        async with open_app(settings) as app:
            shopper = await guest(app)
            await say(app, shopper, "remember that i wear size 39", "t0")
            first = await say(app, shopper, "show me my cart", "t1")
            advised = await say(app, shopper, "which one would you pick?", "t2")
            again = [await say(app, shopper, "what do you think, should i get it?", f"t{at}") for at in range(3, 6)]
            reports = CostReports(Database(DatabaseSettings(settings.books_url), asyncio.Lock()))
            told = totals(await reports.routed(datetime(2020, 1, 1, tzinfo=UTC)), 1, "USD")

    assert (first["model"], first["route"]) == ("compact", "kept")
    assert (advised["model"], advised["route"]) == ("service", "escalated")
    assert "advice" in str(advised["reason"])
    assert (advised["usage"], advised["cost_micros"]) != ({}, 0)
    assert {each["route"] for each in again} <= {"stays", "escalated"}
    assert told["cost"] == sum(int(str(each["cost_micros"])) for each in [advised, *again]) / 1e6
    sent = b"".join(endpoint.bodies)
    assert b"which one would you pick" in sent
    assert b"[notes: [" not in sent
    assert b'"39"' not in sent
