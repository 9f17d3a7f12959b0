"""An order that is held for a person: the shopper reads the truth everywhere, the operator decides."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
import pytest_asyncio

from assistant.settings import Settings
from policies.limits import PACKAGED
from tests.ui.conftest import Server, Shopper, running

pytestmark = pytest.mark.asyncio(loop_scope="module")

CHECKING = "The shop is checking your order; nothing has been charged yet. You need to do nothing."


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server(shop_home: Path) -> AsyncGenerator[Server]:
    """A shop whose policy holds every order."""
    policy = shop_home / "policy.toml"
    policy.write_text(PACKAGED.read_text(encoding="utf-8").replace("# above = 150000", "above = 0"), encoding="utf-8")
    async with running(Settings(home=shop_home, policy=policy)) as server:
        yield server


async def held(ada: Shopper) -> dict:
    response = await ada.press(await ada.render(await ada.quote()))
    assert response.status_code == 200, response.text
    made = response.json()
    assert made["text"] == made["order"]["state_text"]
    return made["order"]


async def decide(server: Server, order: dict, decision: str):
    path = f"/v1/operator/orders/{order['order_id']}/review/{decision}"
    return await server.http.post(path, headers=server.operator)


async def said(ada: Shopper) -> str:
    return [each["data"]["delta"] for each in await told(ada) if each["event"] == "text"][-1]


async def told(ada: Shopper) -> list[dict]:
    return (await ada.get(ada.here())).json()["events"]


async def test_a_held_order_says_so_on_the_card_in_chat_and_in_the_list(server: Server, ada: Shopper) -> None:
    order = await held(ada)
    assert (order["state"], order["state_text"]) == ("in_review", CHECKING)
    assert await said(ada) == CHECKING
    read = (await ada.get(f"/v1/orders/{order['order_id']}")).json()
    assert (read["state"], read["state_text"], read["can"]) == ("in_review", CHECKING, ["cancel"])
    answer = await ada.say("where is my order?")
    spoken = "".join(event.data["delta"] for event in answer if event.event == "text")
    shown = [event.data for event in answer if event.event in ("orders", "order")]
    assert CHECKING.partition(";")[0] in spoken or CHECKING in str(shown)
    assert "paid" not in spoken


async def test_the_operator_lists_and_releases_and_the_conversation_hears_it(server: Server, ada: Shopper) -> None:
    order = await held(ada)
    listed = (await server.http.get("/v1/operator/reviews", headers=server.operator)).json()["orders"]
    assert [each["reasons"] for each in listed if each["order_id"] == order["order_id"]] == [["amount"]]
    assert (await decide(server, order, "release")).json()["state"] == "captured"
    assert await said(ada) == "Ordered and paid."
    again = await decide(server, order, "refuse")
    assert (again.status_code, again.json()["code"]) == (409, "wrong_state")


async def test_a_refused_order_is_told_as_it_is(server: Server, ada: Shopper) -> None:
    order = await held(ada)
    assert (await decide(server, order, "refuse")).json()["state"] == "refused"
    assert "did not take it. Nothing was charged" in await said(ada)
    read = (await ada.get(f"/v1/orders/{order['order_id']}")).json()
    assert (read["state"], read["can"]) == ("refused", [])


async def test_only_the_operator_decides(server: Server, ada: Shopper) -> None:
    order = await held(ada)
    assert (await ada.get("/v1/operator/reviews")).status_code in (401, 403)
    refused = await ada.post(f"/v1/operator/orders/{order['order_id']}/review/release")
    assert refused.status_code in (401, 403)
    assert (await decide(server, {"order_id": "order_none"}, "release")).status_code == 404
    assert (await ada.get(f"/v1/orders/{order['order_id']}")).json()["state"] == "in_review"
