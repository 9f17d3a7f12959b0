"""The page that is all conversation: Chainlit, with our cards in it and nothing of anybody else's."""

import re

from playwright.async_api import FilePayload, Page, expect

from tests.browser.conftest import Visit
from tests.browser.shop import RunningShop
from tests.browser.surfaces import PRESS, Chat, Widget, add, card, comparison, order_card, press
from tests.browser.test_storefront import put_in_cart
from tests.browser.watch import screens, shot

PINE, OAK = "Tarn pine desk", "Tarn oak desk"


async def test_chat_widget_and_pages_share_one_cart(page: Page, shop: RunningShop) -> None:
    await put_in_cart(page, OAK)
    chat = Chat(page)
    await chat.open()
    await chat.say("a pine desk")
    await add(chat, PINE)
    await expect(chat.root.get_by_text(re.compile(f"Added: {PINE}")).last).to_be_visible()
    assert await (await shop.account(page.context)).cart() == {OAK: 1, PINE: 1}
    await page.goto("/cart")
    await expect(page.get_by_text(PINE).first).to_be_visible()
    await expect(page.get_by_text(OAK).first).to_be_visible()


async def test_a_conversation_begun_in_the_widget_is_found_again_in_the_chat(page: Page) -> None:
    widget, chat = Widget(page), Chat(page)
    await widget.open()
    await widget.say("a pine desk")
    await expect(card(widget, PINE)).to_be_visible()
    await chat.open()
    await expect(card(chat, PINE)).to_be_visible()
    await chat.say("what is in my cart?")
    await expect(chat.root.get_by_text(re.compile("cart is empty", re.I)).first).to_be_visible()


async def test_a_picture_chosen_before_the_chat_is_connected_is_not_lost(page: Page, photo: FilePayload) -> None:
    chat = Chat(page)
    await page.goto(chat.path, wait_until="commit")
    await page.locator("input[type=file]").first.set_input_files(photo)
    await chat.box.fill("something like this")
    await expect(chat.root.get_by_role("img", name="photo.jpg")).to_be_visible()
    await chat.sender.click()
    await expect(card(chat, "Moor armchair")).to_be_visible()


async def test_a_purchase_in_the_chat_by_keyboard_alone(page: Page, shop: RunningShop) -> None:
    chat = Chat(page)
    await chat.open()
    await chat.box.focus()
    await page.keyboard.type("a pine desk")
    await expect(chat.sender).to_be_visible()
    await page.keyboard.press("Enter")
    await expect(card(chat, PINE)).to_be_visible()
    await card(chat, PINE).get_by_role("button", name=re.compile("^Add")).focus()
    await page.keyboard.press("Enter")
    await expect(chat.root.get_by_text(re.compile(f"Added: {PINE}")).last).to_be_visible()
    await chat.box.focus()
    await page.keyboard.type("buy it")
    await page.keyboard.press("Enter")
    await expect(order_card(chat).get_by_role("button", name=PRESS)).to_be_enabled()
    await order_card(chat).get_by_role("button", name=PRESS).focus()
    await page.keyboard.press("Enter")
    await expect(chat.root.get_by_text(re.compile("You placed this order"))).to_be_visible()
    assert len(await (await shop.account(page.context)).orders()) == 1


async def test_the_chat_looks_as_it_should(page: Page, photo: FilePayload, visit: Visit) -> None:
    chat = Chat(page)
    await chat.open()
    await shot(page, "chat-welcome")
    await chat.say("desks under $700")
    await expect(card(chat, OAK)).to_be_visible()
    await shot(page, "chat-cards")
    await chat.say("compare the first two")
    await expect(comparison(chat)).to_be_visible()
    await shot(page, "chat-comparison")
    await chat.show(photo, "something like this")
    await expect(card(chat, "Moor armchair")).to_be_visible()
    await shot(page, "chat-picture")
    await add(chat, "Moor armchair")
    await expect(chat.root.get_by_text(re.compile("Added: Moor")).last).to_be_visible()
    await chat.say("buy it")
    await expect(order_card(chat).get_by_role("button", name=PRESS)).to_be_enabled()
    await shot(page, "chat-order-card")
    await press(chat)
    await expect(chat.root.get_by_text(re.compile("You placed this order"))).to_be_visible()
    await shot(page, "chat-ordered")

    night = Chat(await (await visit(color_scheme="dark")).new_page())
    await night.open()
    await night.say("desks under $700")
    await expect(card(night, OAK)).to_be_visible()
    await add(night, OAK)
    await expect(night.root.get_by_text(re.compile(f"Added: {OAK}")).last).to_be_visible()
    await night.say("buy it")
    await expect(order_card(night).get_by_role("button", name=PRESS)).to_be_enabled()
    await night.page.screenshot(path=screens() / "chat-order-card-dark.png")
    await card(night, OAK).scroll_into_view_if_needed()
    await night.page.screenshot(path=screens() / "chat-cards-dark.png")
