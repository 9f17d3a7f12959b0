"""The assistant beside the shop's pages: one cart with them, there on each of them, usable by keyboard."""

import json
import re

from playwright.async_api import FilePayload, Page, expect

from tests.browser.shop import RunningShop
from tests.browser.surfaces import PRESS, Widget, add, add_and_buy, card, comparison, order_card, press
from tests.browser.test_storefront import find, put_in_cart, tab_to
from tests.browser.watch import Watch, shot

OAK, PINE = "Tarn oak desk", "Tarn pine desk"


async def test_what_the_widget_adds_is_in_the_pages_cart_and_back(page: Page, shop: RunningShop) -> None:
    widget = Widget(page)
    await widget.open()
    await widget.say("a pine desk")
    async with page.expect_response("**/v1/events") as kept:
        await add(widget, PINE)
    assert (await (await kept.value).json()) == {"kept": 1}
    told = json.loads((await kept.value).request.post_data or "")
    assert (told["source"], told["events"][0]["kind"], told["events"][0]["position"]) == ("widget", "click", 1)
    assert told["events"][0]["slate"].startswith("turn_")
    await expect(page.get_by_role("link", name=re.compile("^Cart.*1"))).to_be_visible()
    account = await shop.account(page.context)
    assert await account.cart() == {PINE: 1}
    await page.keyboard.press("Escape")
    await find(page, OAK)
    await page.get_by_role("button", name="Add to cart").first.click()
    await expect(page.get_by_role("link", name=re.compile("^Cart.*2"))).to_be_visible()
    assert await account.cart() == {PINE: 1, OAK: 1}
    await page.get_by_role("button", name="Ask the assistant").click()
    await widget.say("what is in my cart?")
    await expect(widget.root.get_by_text(re.compile(OAK)).last).to_be_visible()
    await shot(page, "widget-cart")


async def test_messages_that_did_not_arrive_are_answered_in_their_order(
    page: Page, shop: RunningShop, watch: Watch
) -> None:
    watch.allow("net::ERR_", "Failed to fetch")
    widget = Widget(page)
    await widget.open()
    async with shop.killed():
        await widget.say("a pine desk")
        await expect(widget.sender).to_be_visible(timeout=60_000)
        await widget.say("an oak desk")
        await expect(widget.sender).not_to_be_visible()
        await expect(widget.sender).to_be_visible(timeout=60_000)
    await widget.sender.click()
    await expect(card(widget, OAK)).to_be_visible()
    turns = [turn["text"] for turn in (await (await shop.account(page.context)).told())["turns"]]
    assert turns == ["a pine desk", "an oak desk"]


async def test_the_conversation_goes_along_from_page_to_page(page: Page) -> None:
    widget = Widget(page)
    await widget.open()
    await widget.say("a pine desk")
    await expect(card(widget, PINE)).to_be_visible()
    await page.goto("/search?q=lamp")
    await expect(widget.box).to_be_visible()
    await expect(card(widget, PINE)).to_be_visible()


async def test_a_press_in_the_widget_empties_the_cart_of_the_page(page: Page, shop: RunningShop) -> None:
    await put_in_cart(page, PINE)
    widget = Widget(page, page.url.removeprefix(shop.url))
    await widget.open()
    await widget.say("buy it")
    await press(widget)
    await expect(widget.root.get_by_text(re.compile("You placed this order"))).to_be_visible()
    await expect(page.get_by_role("link", name=re.compile("^Cart.*1"))).to_have_count(0)
    account = await shop.account(page.context)
    assert len(await account.orders()) == 1
    assert await account.cart() == {}


async def test_a_purchase_in_the_widget_by_keyboard_alone(page: Page, shop: RunningShop) -> None:
    widget = Widget(page)
    await page.goto("/")
    await expect(page.get_by_role("button", name="Ask the assistant")).to_be_visible()
    await tab_to(page, "Ask the assistant", most=200)
    await page.keyboard.press("Enter")
    await expect(widget.box).to_be_focused()
    await page.keyboard.type("a pine desk")
    await page.keyboard.press("Enter")
    await expect(card(widget, PINE)).to_be_visible()
    await tab_to(page, f"Add {PINE}")
    await page.keyboard.press("Enter")
    await expect(widget.root.get_by_text(re.compile(f"Added: {PINE}")).last).to_be_visible()
    await tab_to(page, "Your message")
    await page.keyboard.type("buy it")
    await page.keyboard.press("Enter")
    await expect(order_card(widget).get_by_role("button", name=PRESS)).to_be_enabled()
    await tab_to(page, "Place order")
    await page.keyboard.press("Enter")
    await expect(widget.root.get_by_text(re.compile("You placed this order"))).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(widget.root).to_be_hidden()
    assert len(await (await shop.account(page.context)).orders()) == 1


async def test_the_widget_looks_as_it_should(page: Page, photo: FilePayload) -> None:
    widget = Widget(page)
    await widget.open()
    await shot(page, "widget-welcome")
    await widget.say("desks under $700")
    await expect(card(widget, OAK)).to_be_visible()
    await shot(page, "widget-cards")
    await widget.say("compare the first two")
    await expect(comparison(widget)).to_be_visible()
    await shot(page, "widget-comparison")
    await widget.show(photo, "something like this")
    await expect(card(widget, "Moor armchair")).to_be_visible()
    await shot(page, "widget-picture")
    await add_and_buy(widget, "Moor armchair")
    await expect(order_card(widget).get_by_role("button", name=PRESS)).to_be_enabled()
    await shot(page, "widget-order-card")
    await press(widget)
    await expect(widget.root.get_by_text(re.compile("You placed this order"))).to_be_visible()
    await shot(page, "widget-ordered")
