"""Changes of an order over HTTP: prepared by anyone of the conversation, made only by the shopper's press."""

import pytest

from tests.ui.conftest import Server, Shopper

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def ordered(ada: Shopper) -> dict:
    return (await ada.press(await ada.render(await ada.quote()))).json()["order"]


async def asked(ada: Shopper, order: dict, **wanted: object) -> dict:
    response = await ada.post(f"/v1/orders/{order['order_id']}/changes", wanted)
    assert response.status_code == 201, response.text
    return response.json()


async def event(server: Server, order: dict, name: str, body: dict | None = None):
    path = f"/v1/operator/orders/{order['order_id']}/{name}"
    return await server.http.post(path, json=body, headers=server.operator)


async def test_an_order_is_cancelled_by_a_press_and_by_nothing_else(ada: Shopper) -> None:
    order = await ordered(ada)
    quote = await asked(ada, order, kind="cancel")
    assert (quote["action"], quote["order_id"]) == ("cancel", order["order_id"])
    assert (await ada.get(ada.here())).json()["quote"] == quote
    assert (await ada.get(f"/v1/orders/{order['order_id']}")).json()["state"] == "captured"

    rendered = await ada.render(quote["quote_id"])
    pressed = await ada.press(rendered)

    made = pressed.json()
    assert (pressed.status_code, made["progress"], made["order"]["state"]) == (200, "done", "cancelled")
    assert made["order"]["refunded"] == order["totals"][-1]["amount"]
    assert made["text"].startswith("Cancelled. ")
    told = (await ada.get(ada.here())).json()["events"]
    assert [each["event"] for each in told[-2:]] == ["text", "order"]
    assert told[-2]["data"]["delta"] == made["text"]
    assert (await ada.press(rendered)).json() == made


async def test_the_card_has_the_shape_of_the_order_card(ada: Shopper) -> None:
    order = await ordered(ada)
    placed = (await ada.render(await ada.quote()))["card"]

    card = (await ada.render((await asked(ada, order, kind="cancel"))["quote_id"]))["card"]

    assert set(placed) <= set(card)
    assert set(placed["lines"][0]) == set(card["lines"][0])
    assert set(placed["totals"][0]) == set(card["totals"][0])
    assert card["button"] == f"Cancel the order — {card['totals'][-1]['text']} back"
    assert card["totals"][-1]["amount"]["amount"] == -order["totals"][-1]["amount"]["amount"]


async def test_a_line_goes_back_once_it_was_delivered_and_the_money_follows_it(server: Server, ada: Shopper) -> None:
    order = await ordered(ada)
    line = order["lines"][0]["line_id"]
    too_early = await ada.post(f"/v1/orders/{order['order_id']}/changes", {"kind": "return"})
    assert (too_early.status_code, too_early.json()["code"]) == (409, "not_delivered")
    assert (await event(server, order, "ship")).json()["state"] == "shipped"
    assert (await event(server, order, "deliver")).json()["state"] == "delivered"

    quote = await asked(ada, order, kind="return", lines=[{"line_id": line, "quantity": 1}])
    made = (await ada.press(await ada.render(quote["quote_id"]))).json()
    assert (made["progress"], made["order"]["state"]) == ("awaiting_goods", "return_requested")
    assert (await event(server, order, "receive", {"resellable": False})).json()["state"] == "refunded"

    back = (await ada.get(f"/v1/orders/{order['order_id']}")).json()
    assert (back["state"], back["refunded"]) == ("refunded", order["totals"][-1]["amount"])


async def test_nobody_else_sees_or_presses_a_change(ada: Shopper, bob: Shopper) -> None:
    order = await ordered(ada)
    rendered = await ada.render((await asked(ada, order, kind="cancel"))["quote_id"])

    foreign = await bob.post(f"/v1/orders/{order['order_id']}/changes", {"kind": "cancel"})
    none = await bob.post("/v1/orders/order_none/changes", {"kind": "cancel"})

    assert (foreign.status_code, foreign.json()) == (none.status_code, none.json())
    assert foreign.status_code == 404
    assert (await bob.press(rendered)).status_code == 404
    assert (await ada.get(f"/v1/orders/{order['order_id']}")).json()["state"] == "captured"


async def test_setting_a_change_aside_leaves_the_order_as_it_was(ada: Shopper) -> None:
    order = await ordered(ada)
    rendered = await ada.render((await asked(ada, order, kind="cancel"))["quote_id"])

    assert (await ada.post(f"/v1/quotes/{rendered['quote_id']}/decline")).status_code == 204

    late = await ada.press(rendered)
    assert (late.status_code, late.json()["detail"]) == (410, "You set this one aside. Your order is as it was.")
    assert (await ada.get(f"/v1/orders/{order['order_id']}")).json() == order


async def test_a_disputed_order_is_changed_by_nobody(server: Server, ada: Shopper) -> None:
    order = await ordered(ada)
    rendered = await ada.render((await asked(ada, order, kind="cancel"))["quote_id"])
    assert (await event(server, order, "dispute")).json()["state"] == "disputed"

    assert (await ada.press(rendered)).status_code == 410
    refused = await ada.post(f"/v1/orders/{order['order_id']}/changes", {"kind": "cancel"})
    assert (refused.status_code, refused.json()["code"]) == (409, "order_disputed")
    assert (await event(server, order, "ship")).status_code == 409


async def test_what_is_in_an_order_changes_by_a_press_and_another_card_pays(ada: Shopper) -> None:
    order = await ordered(ada)
    assert order["can"] == ["cancel", "items", "address", "payment"]
    early = await ada.post(f"/v1/orders/{order['order_id']}/changes", {"kind": "exchange"})
    assert (early.status_code, early.json()["code"]) == (409, "not_delivered")

    quote = await asked(ada, order, kind="payment", pay_with="card-declined")
    assert (quote["action"], quote["pay_with"]) == ("payment", "card •0002 (always declined)")
    made = (await ada.press(await ada.render(quote["quote_id"]))).json()

    assert (made["progress"], made["order"]["state"]) == ("failed", "captured")
    assert made["text"] == "The card was declined, so nothing changed. Your order is as it was."
    same = await ada.post(f"/v1/orders/{order['order_id']}/changes", {"kind": "payment", "pay_with": "card-4242"})
    assert (same.status_code, same.json()["code"]) == (422, "same_payment")


async def test_a_gift_card_of_the_operator_pays_and_one_that_holds_too_little_is_refused(
    server: Server, ada: Shopper
) -> None:
    order = await ordered(ada)
    subject = (await ada.get("/v1/me/export")).json()["subject"]
    given = {"subject": subject, "handle": "gift-of-ada", "label": "gift card", "balance": 1}
    assert (await server.http.post("/v1/operator/gift-cards", json=given)).status_code == 401
    issued = await server.http.post("/v1/operator/gift-cards", json=given, headers=server.operator)
    assert (issued.status_code, issued.json()["balance"]) == (201, 1)
    again = await server.http.post("/v1/operator/gift-cards", json=given, headers=server.operator)
    assert (again.status_code, again.json()["code"]) == (409, "handle_taken")

    short = await ada.post(f"/v1/orders/{order['order_id']}/changes", {"kind": "payment", "pay_with": given["handle"]})

    assert (short.status_code, short.json()["code"]) == (409, "gift_card_short")


async def test_a_new_address_goes_by_its_card_and_is_told_by_its_label_only(ada: Shopper) -> None:
    order = await ordered(ada)
    new = {"street": "Kaiserstraße 7", "postcode": "60311", "city": "Frankfurt", "region": "DE"}
    quote = await asked(ada, order, kind="address", new_address=new)
    assert "Kaiserstraße" not in str(quote)
    rendered = await ada.render(quote["quote_id"])
    assert "Kaiserstraße 7, Frankfurt, 60311, DE" in str(rendered["card"]["facts"])

    made = (await ada.press(rendered)).json()

    assert made["text"] == "Changed. The order goes to Frankfurt, 60311."
    assert "Kaiserstraße" not in str((await ada.get(ada.here())).json())


async def test_the_address_of_orders_to_come_changes_by_a_press(ada: Shopper) -> None:
    new = {"street": "Kaiserstraße 7", "postcode": "60311", "city": "Frankfurt", "region": "DE"}
    prepared = await ada.post("/v1/me/address", new)
    assert (prepared.status_code, prepared.json()["ship_to"]) == (201, "Frankfurt, 60311")
    rendered = await ada.render(prepared.json()["quote_id"])
    forged = await ada.press({**rendered, "challenge": "yes"})
    assert (forged.status_code, forged.json()["code"]) == (403, "wrong_challenge")

    pressed = await ada.press(rendered)

    assert (pressed.status_code, pressed.json()) == (200, {"text": "Changed. New orders go to Frankfurt, 60311."})
    assert (await ordered(ada))["ship_to"] == "Frankfurt, 60311"
    aside = await ada.render((await ada.post("/v1/me/address", new)).json()["quote_id"])
    assert (await ada.post(f"/v1/quotes/{aside['quote_id']}/decline")).status_code == 204
    assert (await ada.press(aside)).status_code == 410
    assert (await ada.post("/v1/me/address", {"street": "x"})).status_code == 422


@pytest.mark.parametrize(
    "body", [{}, {"kind": "refund"}, {"kind": "return", "lines": [{}]}, {"kind": "cancel", "x": 1}]
)
async def test_a_change_that_makes_no_sense_is_refused(ada: Shopper, body: dict) -> None:
    assert (await ada.post("/v1/orders/order_x/changes", body)).status_code == 422
