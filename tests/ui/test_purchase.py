"""A purchase over HTTP: only the shopper's own press on a card that was shown makes an order."""

import json

import pytest

from tests.fakes import DESK
from tests.ui.conftest import SHOP_ORIGIN, Server, Shopper

pytestmark = pytest.mark.asyncio(loop_scope="module")
PRICE = 64000


async def test_a_conversation_ends_in_an_order_the_shopper_pressed(ada: Shopper) -> None:
    rendered = await ada.render(await ada.quote())

    pressed = await ada.press(rendered)

    order = pressed.json()["order"]
    assert (pressed.status_code, order["state"]) == (200, "captured")
    assert [line["product_id"] for line in order["lines"]] == [DESK]
    assert (await ada.get("/v1/orders")).json()["orders"] == [order]
    assert (await ada.get(f"/v1/orders/{order['order_id']}")).json() == order
    assert (await ada.get(ada.here("/cart"))).json()["lines"] == []


async def test_the_conversation_says_what_became_of_the_press(ada: Shopper) -> None:
    rendered = await ada.render(await ada.quote())

    order = (await ada.press(rendered)).json()["order"]

    outside = (await ada.get(ada.here())).json()["events"]
    assert [event["event"] for event in outside] == ["text", "order"]
    assert outside[1]["data"]["order_id"] == order["order_id"]


async def test_a_card_can_be_asked_for_without_words_and_is_told_of_all_the_same(ada: Shopper) -> None:
    assert (await ada.post(ada.here("/quotes"))).json()["code"] == "cart_empty"
    await ada.say("show me the walnut desk")
    await ada.say("add the first one")

    prepared = await ada.post(ada.here("/quotes"))
    waiting = (await ada.get(ada.here())).json()["quote"]
    pressed = await ada.press(await ada.render(prepared.json()["quote_id"]))

    assert prepared.status_code == 201
    assert waiting == prepared.json() | {"state": "quoted"}
    assert pressed.status_code == 200
    assert [event["event"] for event in (await ada.get(ada.here())).json()["events"]] == ["text", "order"]


async def test_pressing_twice_returns_one_order(ada: Shopper) -> None:
    rendered = await ada.render(await ada.quote())

    first, second = await ada.press(rendered), await ada.press(rendered)

    assert first.json()["order"]["order_id"] == second.json()["order"]["order_id"]
    assert len((await ada.get("/v1/orders")).json()["orders"]) == 1


async def test_no_words_make_an_order(ada: Shopper) -> None:
    await ada.quote()

    for text in ("yes", "just buy it, I pre-approve", "approve", "place the order", "!press"):
        await ada.say(text)

    assert (await ada.get("/v1/orders")).json()["orders"] == []


async def test_a_price_that_changed_since_the_card_is_refused_with_old_and_new(server: Server, ada: Shopper) -> None:
    rendered = await ada.render(await ada.quote())
    await server.set_offer(f"{DESK}-v", price=PRICE + 1500)

    pressed = await ada.press(rendered)

    body = pressed.json()
    assert (pressed.status_code, body["code"]) == (409, "requote_required")
    assert body["new"]["total"] > body["old"]["total"]
    assert {"kind": "price", "old": PRICE, "new": PRICE + 1500}.items() <= body["differences"][0].items()
    assert (await ada.get("/v1/orders")).json()["orders"] == []
    fresh = await ada.press(await ada.render(body["quote_id"]))
    assert fresh.json()["order"]["lines"][0]["unit_price"]["amount"] == PRICE + 1500
    await server.set_offer(f"{DESK}-v", price=PRICE)


async def test_the_challenge_is_told_to_the_card_alone(ada: Shopper) -> None:
    rendered = await ada.render(await ada.quote())

    session = (await ada.get(ada.here())).text

    assert rendered["challenge"] not in session
    assert rendered["digest"] not in session
    assert len(rendered["challenge"]) >= 22
    assert rendered["challenge"] not in json.dumps(rendered["card"])


async def test_a_token_of_an_embedding_page_can_talk_but_not_press(server: Server) -> None:
    guest = await server.shopper(Origin=SHOP_ORIGIN)
    quote_id = await guest.quote()

    render = await guest.post(f"/v1/quotes/{quote_id}/render")
    press = await guest.post(f"/v1/quotes/{quote_id}/approve", {"digest": "d", "challenge": "c"})
    checkout = await guest.put(guest.here("/checkout"), {"delivery": "express"})

    assert [answer.status_code for answer in (render, press, checkout)] == [403, 403, 403]
    assert render.json()["code"] == "wrong_scope"


async def test_three_wrong_presses_void_the_card(ada: Shopper) -> None:
    rendered = await ada.render(await ada.quote())
    forged = rendered | {"challenge": "A" * 43}

    codes = [(await ada.press(forged)).status_code for _ in range(3)]

    assert codes == [403, 403, 403]
    assert (await ada.press(rendered)).status_code == 410
    assert (await ada.get("/v1/orders")).json()["orders"] == []


async def test_a_declined_card_keeps_the_cart_and_cannot_be_pressed(ada: Shopper) -> None:
    quote_id = await ada.quote()
    rendered = await ada.render(quote_id)

    declined = await ada.post(f"/v1/quotes/{quote_id}/decline")

    assert declined.status_code == 204
    assert (await ada.press(rendered)).status_code == 410
    assert len((await ada.get(ada.here("/cart"))).json()["lines"]) == 1


async def test_a_changed_cart_voids_the_card(ada: Shopper) -> None:
    rendered = await ada.render(await ada.quote())
    cart = await ada.get(ada.here("/cart"))
    change = {"changes": [{"line_id": cart.json()["lines"][0]["line_id"], "quantity": 2}]}
    await ada.put(ada.here("/cart/lines"), change, **{"If-Match": cart.headers["etag"]})

    pressed = await ada.press(rendered)

    assert (pressed.status_code, pressed.json()["code"]) == (410, "quote_superseded")


async def test_a_payment_that_is_declined_orders_nothing(ada: Shopper) -> None:
    chosen = await ada.put(ada.here("/checkout"), {"payment_handle": "card-declined"})
    rendered = await ada.render(await ada.quote())

    pressed = await ada.press(rendered)

    assert next(each for each in chosen.json()["payments"] if each["chosen"])["handle"] == "card-declined"
    assert (pressed.status_code, pressed.json()["code"]) == (402, "declined")
    assert (await ada.get("/v1/orders")).json()["orders"] == []


async def test_an_unknown_choice_at_checkout_is_refused(ada: Shopper) -> None:
    for choice in ({"delivery": "drone"}, {"address": "moon"}, {"payment_handle": "cheque"}):
        assert (await ada.put(ada.here("/checkout"), choice)).status_code == 422


@pytest.mark.parametrize(
    ("locale", "button", "delivery", "withdrawal"),
    [
        ("de-AT", "Zahlungspflichtig bestellen — 761,60 $", "Standardversand, 3-5 Werktage", "widerrufen"),
        ("ja", "注文を確定する（支払義務あり） — $761.60", "通常配送（3～5営業日）", "14日以内"),
        ("ar", "Place order — $761.60", "standard delivery, 3-5 working days", "withdraw"),
    ],
)
async def test_a_card_is_written_in_the_language_of_the_page(
    server: Server, locale: str, button: str, delivery: str, withdrawal: str
) -> None:
    begun = (await server.http.post("/v1/sessions", json={"locale": locale})).raise_for_status().json()
    shopper = Shopper(server.http, begun["session_id"], begun["token"])

    card = (await shopper.render(await shopper.quote()))["card"]

    assert card["button"] == button
    assert delivery in [fact["text"] for fact in card["facts"]]
    assert any("Hearth & Thread" in note for note in card["notes"])
    assert any(withdrawal in note for note in card["notes"])
