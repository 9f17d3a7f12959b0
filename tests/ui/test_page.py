"""The page a shopper looks at is a hint: the server looks it up itself, and "this" then means what is there."""

from typing import Any

import pytest

from tests.fakes import DESK, SHIRT
from tests.ui.conftest import Server, Shopper
from ui.client import Heard, heard

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def say(shopper: Shopper, text: str, **page: str) -> list[Heard]:
    body: dict[str, Any] = {"text": text, "page": page}
    async with shopper.http.stream("POST", shopper.here("/turns"), json=body, headers=shopper.headers) as answer:
        assert answer.status_code == 200, await answer.aread()
        return [event async for event in heard(answer.aiter_lines())]


def words(events: list[Heard]) -> str:
    return "".join(event.data["delta"] for event in events if event.event == "text")


async def cart(shopper: Shopper) -> list[tuple[str, dict[str, str], int]]:
    told = (await shopper.get(shopper.here("/cart"))).json()
    return [(line["title"], line["options"], line["unit_price"]["amount"]) for line in told["lines"]]


async def test_this_means_the_product_of_the_page_and_its_price_is_the_shops(server: Server) -> None:
    shopper = await server.shopper()
    answer = words(await say(shopper, "does this come in oak?", product_id=DESK))
    assert answer == "No, the Tarn walnut desk is made of walnut."

    await say(shopper, "add this to my cart", product_id=DESK)
    assert [(title, price) for title, _, price in await cart(shopper)] == [("Tarn walnut desk", 64000)]


async def test_what_is_selected_on_the_page_is_what_is_added(server: Server) -> None:
    shopper = await server.shopper()
    offers = (await server.http.get(f"/v1/operator/products/{SHIRT}/offers", headers=server.operator)).json()["offers"]
    navy = next(offer["variant_id"] for offer in offers if offer["options"].get("colour") == "navy")

    await say(shopper, "add this to my cart", product_id=SHIRT, variant_id=navy)

    assert await cart(shopper) == [("Quill linen shirt", {"colour": "navy", "size": "M"}, 6900)]


async def test_a_product_or_variant_the_shop_does_not_have_is_no_hint(server: Server) -> None:
    shopper = await server.shopper()
    await say(shopper, "add this to my cart", product_id="t-desk-walnut'); --", variant_id="x")
    assert await cart(shopper) == []
    answer = words(await say(shopper, "add this to my cart", product_id=SHIRT, variant_id="t-desk-walnut-v"))
    assert await cart(shopper) == []
    assert "size" in answer or "colour" in answer


async def test_the_search_of_the_page_is_narrowed_and_shows_nothing_to_point_at(server: Server) -> None:
    shopper = await server.shopper()
    await say(shopper, "add the first one to my cart", search="desk")
    assert await cart(shopper) == []
    events = await say(shopper, "only under $300", search="desk")
    (shown,) = [event.data for event in events if event.event == "products"]
    assert shown["query"] == "desk"
    assert shown["items"][0]["title"] == "Tarn pine desk"


async def test_going_on_to_another_page_makes_that_one_meant(server: Server) -> None:
    shopper = await server.shopper()
    await say(shopper, "what is this made of?", product_id=DESK)
    await say(shopper, "desks under $300", product_id=DESK)
    answer = words(await say(shopper, "tell me more about this", product_id=SHIRT))
    assert "Quill linen shirt" in answer
