"""Carts, choices and orders on the pages: by form alone, one visitor's own, and refused in the books' words."""

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from tests.fakes import DESK, LAMP, SCARF, SHIRT
from tests.ui.conftest import Server
from tests.ui.storefront.conftest import OWN, Visitor, main, new_visitor, said, value, words

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_adding_goes_back_to_the_product_and_says_so(visitor: Visitor) -> None:
    html = await visitor.add(SHIRT, "t-shirt-white-M", 2)

    assert said(html).startswith("Added: 2 × Quill linen shirt, white, M.")
    assert "Undo" in said(html)
    assert "data-cart-count>2<" in html
    cart = await visitor.see("/cart")
    assert 'value="2"' in main(cart)
    assert "$118" in main(cart)


async def test_undo_takes_the_last_change_back(visitor: Visitor) -> None:
    await visitor.add(LAMP, "t-lamp-v")
    html = (await visitor.press("/cart/undo")).text

    assert said(html) == "Took back: added Tarn brass desk lamp, brass."
    assert "Nothing in it yet" in words(html)


async def test_lines_change_and_leave(visitor: Visitor) -> None:
    await visitor.add(LAMP, "t-lamp-v")
    cart = await visitor.see("/cart")
    line = value(cart, "line_id")
    cart = (await visitor.press("/cart/change", line_id=line, quantity=2, version=value(cart, "version"))).text
    assert "$178" in main(cart)

    cart = (await visitor.press("/cart/change", line_id=line, quantity=0, version=value(cart, "version"))).text
    assert said(cart).startswith("Removed: Tarn brass desk lamp")
    assert "Nothing in it yet" in words(cart)


async def test_a_cart_that_moved_on_in_another_tab_is_said_and_loses_nothing(visitor: Visitor) -> None:
    await visitor.add(LAMP, "t-lamp-v")
    stale = await visitor.see("/cart")
    await visitor.add(SCARF, "t-scarf-rust")

    for path, form in (
        ("/cart/change", {"line_id": value(stale, "line_id"), "quantity": 0}),
        ("/cart/undo", {}),
        ("/cart/quote", {}),
    ):
        html = (await visitor.press(path, version=value(stale, "version"), **form)).text
        assert said(html) == "The cart changed in the meantime. Look at it again."
        assert "Tarn brass desk lamp" in main(html)
        assert "Quill wool scarf" in main(html)
        assert 'data-quote-id=""' in html


@pytest.mark.parametrize(
    ("variant", "quantity", "text"),
    [
        ("t-shirt-white-L", 1, "is out of stock."),
        ("t-shirt-white-M", 3, "2 left of"),
        ("t-desk-v", 11, "At most 10 of one item per order."),
        ("t-nothing", 1, "The shop doesn't have that."),
        ("", 1, "Choose a size first."),
    ],
)
async def test_what_cannot_be_added_is_refused_in_the_books_words(
    visitor: Visitor, variant: str, quantity: int, text: str
) -> None:
    html = await visitor.add(SHIRT, variant, quantity)

    assert text in said(html)
    assert "data-cart-count hidden" in html
    assert "Nothing in it yet" in words(await visitor.see("/cart"))


async def test_what_sells_out_while_it_lies_in_the_cart_is_marked(visitor: Visitor, server: Server) -> None:
    await visitor.add(SCARF, "t-scarf-rust")
    await server.set_offer("t-scarf-rust", stock=0)

    cart = await visitor.see("/cart")
    assert "Out of stock" in main(cart)
    refused = (await visitor.press("/cart/quote", version=value(cart, "version"))).text
    assert "out of stock" in said(refused)
    await server.set_offer("t-scarf-rust", stock=7)


async def test_choices_are_kept_and_prepare_the_card(visitor: Visitor) -> None:
    await visitor.add(LAMP, "t-lamp-v")
    html = (await visitor.press("/cart/checkout", address="office", delivery="express", payment="card-4242")).text
    assert '<option value="office" selected>' in html
    assert '<option value="express" selected>' in html

    card = (await visitor.press("/cart/quote", version=await visitor.version())).text
    assert 'data-quote-id="quote_' in card
    assert 'data-quote-id="quote_' in await visitor.see("/cart")

    again = (await visitor.press("/cart/checkout", delivery="standard")).text
    assert 'data-quote-id=""' in again


async def test_handles_of_nobody_are_refused(visitor: Visitor) -> None:
    await visitor.add(LAMP, "t-lamp-v")
    assert said((await visitor.press("/cart/checkout", address="palace")).text) == "There is no such address."


async def test_the_card_of_the_page_can_be_pressed_and_the_order_has_a_page(visitor: Visitor) -> None:
    order_id = await bought(visitor)

    html = await visitor.see(f"/orders/{order_id}")
    assert "Ordered and paid." in words(html)
    assert "Tarn brass desk lamp" in main(html)
    assert f"/orders/{order_id}" in await visitor.see("/orders")
    assert "Nothing in it yet" in words(await visitor.see("/cart"))


async def test_visitors_never_see_each_others_cart_or_orders(visitor: Visitor, other: Visitor) -> None:
    order_id = await bought(visitor)
    await visitor.add(DESK, "t-desk-v")
    line = value(await visitor.see("/cart"), "line_id")

    await other.see(f"/orders/{order_id}", 404)
    assert "No orders yet" in words(await other.see("/orders"))
    assert "Nothing in it yet" in words(await other.see("/cart"))
    assert (await other.http.get("/cart/count")).json() == {"count": 0}
    html = (await other.press("/cart/change", line_id=line, quantity=0, version=0)).text
    assert "no longer in the cart" in said(html)
    assert "Tarn walnut desk" in main(await visitor.see("/cart"))


async def test_what_was_said_to_one_visitor_is_not_told_to_another(visitor: Visitor, other: Visitor) -> None:
    form = {"product_id": LAMP, "variant_id": "t-lamp-v"}
    sent = await visitor.http.post("/cart/add", data=form, headers={"Origin": OWN})
    address = sent.headers["location"]

    assert said(await visitor.see(address)).startswith("Added:")
    assert said(await other.see(address)) == ""
    assert said(await visitor.see(f"{address}x")) == ""
    assert "script" not in said(await visitor.see("/cart?said=<script>alert(1)</script>"))


@pytest.mark.parametrize(
    "path", ["/cart/add", "/cart/change", "/cart/undo", "/cart/checkout", "/cart/quote", "/orders/x/changes"]
)
@pytest.mark.parametrize("origin", ["https://evil.example", "null", "https://shop.example"])
async def test_pages_of_others_cannot_press_for_a_visitor(visitor: Visitor, path: str, origin: str) -> None:
    await visitor.add(LAMP, "t-lamp-v")
    before = await visitor.version()
    form = {"product_id": LAMP, "variant_id": "t-lamp-v", "version": before, "line_id": "x", "quantity": "1"}
    response = await visitor.http.post(path, data=form, headers={"Origin": origin})

    assert response.status_code == 403
    assert response.headers["content-type"].startswith("text/html")
    assert await visitor.version() == before


async def test_get_changes_nothing(visitor: Visitor, server: Server, shop_home: Path) -> None:
    await visitor.add(LAMP, "t-lamp-v")
    await visitor.press("/cart/quote", version=await visitor.version())
    for path in ("/cart/add?product_id=t-lamp&variant_id=t-lamp-v", "/cart/undo", "/cart/quote", "/cart/checkout"):
        assert (await visitor.http.get(path)).status_code == 405
    before = contents(shop_home)

    for path in ("/", "/c/desk", "/search?q=desk", f"/p/{SHIRT}", "/cart", "/cart/count", "/orders", "/help"):
        await visitor.see(path) if path != "/cart/count" else await visitor.http.get(path)
    assert contents(shop_home) == before


@pytest.mark.parametrize("form", [{}, {"product_id": "../x"}, {"product_id": LAMP, "quantity": "0"}])
async def test_a_form_that_makes_no_sense_is_answered_by_a_page(visitor: Visitor, form: dict[str, str]) -> None:
    response = await visitor.http.post("/cart/add", data=form, headers={"Origin": OWN})
    assert response.status_code == 422
    assert "That did not work" in words(response.text)


async def test_the_pages_script_gets_the_same_answer_as_data(visitor: Visitor) -> None:
    form = {"product_id": LAMP, "variant_id": "t-lamp-v"}
    headers = {"Origin": OWN, "Accept": "application/json"}
    told = (await visitor.http.post("/cart/add", data=form, headers=headers)).json()
    assert told == {"count": 1, "kind": "done", "text": "Added: Tarn brass desk lamp, brass.", "undo": True}

    refused = (await visitor.http.post("/cart/add", data=form | {"quantity": "9"}, headers=headers)).json()
    assert refused["kind"] == "refused"
    assert refused["count"] == 1


async def test_pages_with_a_visitors_own_things_are_not_kept(visitor: Visitor) -> None:
    assert (await visitor.http.get("/")).headers["cache-control"] == "no-cache"
    await visitor.add(LAMP, "t-lamp-v")
    for path in ("/", "/cart", "/orders", "/cart/count"):
        assert (await visitor.http.get(path)).headers["cache-control"] == "no-store"


async def test_the_cart_is_the_one_of_the_conversation(visitor: Visitor, server: Server) -> None:
    await visitor.add(LAMP, "t-lamp-v")
    begun = (await visitor.http.post("/v1/sessions", headers={"Origin": OWN, "Accept": "*/*"})).json()
    headers = {"Authorization": f"Bearer {begun['token']}"}
    cart = (await server.http.get(f"/v1/sessions/{begun['session_id']}/cart", headers=headers)).json()
    assert [line["variant_id"] for line in cart["lines"]] == ["t-lamp-v"]


async def test_a_forged_cookie_is_nobody(server: Server) -> None:
    stranger = new_visitor(server)
    stranger.http.cookies.set("aisle_visitor", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJndWVzdDphZGEifQ.")
    assert "Nothing in it yet" in words(await stranger.see("/cart"))
    await stranger.http.aclose()


async def bought(visitor: Visitor) -> str:
    """Buy a lamp as the page and its order card do; returns the order's id."""
    await visitor.add(LAMP, "t-lamp-v")
    html = (await visitor.press("/cart/quote", version=await visitor.version())).text
    return str((await press_card(visitor, html))["order"]["order_id"])


async def press_card(visitor: Visitor, html: str) -> dict[str, Any]:
    """Press the card that a page shows, as its script does; returns what the shop answers."""
    quote_id = html.split('data-quote-id="')[1].split('"')[0]
    begun = (await visitor.http.post("/v1/sessions", headers={"Origin": OWN})).json()
    headers = {"Authorization": f"Bearer {begun['token']}"}
    card = (await visitor.http.post(f"/v1/quotes/{quote_id}/render", headers=headers)).raise_for_status().json()
    proof = {"digest": card["digest"], "challenge": card["challenge"]}
    pressed = await visitor.http.post(f"/v1/quotes/{quote_id}/approve", json=proof, headers=headers)
    return dict(pressed.raise_for_status().json())


def contents(home: Path) -> dict[str, list[str]]:
    """Return every row of the books."""
    with sqlite3.connect(home / "books.sqlite") as books:
        names = [row[0] for row in books.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        rows = {name: sorted(map(repr, books.execute(f"SELECT * FROM {name}"))) for name in names}
    books.close()
    return rows
