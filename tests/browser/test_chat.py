"""The page that is all conversation: Chainlit, with our cards in it and nothing of anybody else's."""

import json
import re

from playwright.async_api import FilePayload, Page, expect

from tests.assistant.local_voice import LocalVoice
from tests.browser.conftest import Visit
from tests.browser.shop import RunningShop
from tests.browser.surfaces import PRESS, Chat, Widget, add, add_and_buy, card, comparison, order_card, press
from tests.browser.test_storefront import put_in_cart
from tests.browser.watch import Watch, screens, shot

PINE, OAK = "Tarn pine desk", "Tarn oak desk"


async def test_chat_widget_and_pages_share_one_cart(page: Page, shop: RunningShop) -> None:
    await put_in_cart(page, OAK)
    chat = Chat(page)
    await chat.open()
    await chat.say("a pine desk")
    async with page.expect_response("**/v1/events") as kept:
        await add(chat, PINE)
    told = json.loads((await kept.value).request.post_data or "")
    assert ((await kept.value).status, told["source"], told["events"][0]["position"]) == (201, "chat", 1)
    assert told["events"][0]["slate"].startswith("turn_")
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


async def test_what_is_spoken_can_be_read_over_before_it_is_sent(
    page: Page, shop: RunningShop, voice: LocalVoice
) -> None:
    chat = Chat(page)
    await chat.open()
    await page.context.grant_permissions(["microphone"])
    voice.hears = "a pine desk"
    await page.get_by_role("button", name="Speak instead of typing").click()
    await expect(page.get_by_text("Listening.")).to_be_visible()
    await page.get_by_role("button", name="Speak instead of typing").click()
    await expect(chat.box).to_have_value("a pine desk")
    assert voice.heard[-1]["filename"] in {b"said.webm", b"said.mp4"}
    await chat.sender.click()
    await expect(card(chat, PINE)).to_be_visible()
    await page.get_by_role("button", name="Read aloud").click()
    await expect(page.get_by_role("button", name="Read aloud")).to_be_enabled()
    assert "pine" in str(voice.spoke[-1]["input"])
    assert [turn["text"] for turn in (await (await shop.account(page.context)).told())["turns"]] == ["a pine desk"]


async def test_an_order_is_cancelled_and_its_conversation_named_and_deleted(
    page: Page, shop: RunningShop, watch: Watch
) -> None:
    watch.allow("status of 410 .*/render")  # A card read back asks whether it still stands.
    # Cards of a conversation that was just deleted ask once more, also for a new key, before the page lets go of them.
    watch.allow("status of 401 .*/v1/", "status of 404 .*/v1/sessions")
    chat = Chat(page)
    await chat.open()
    await chat.say("a pine desk")
    await add_and_buy(chat, PINE)
    await press(chat)
    await chat.root.get_by_role("button", name="Cancel it").click()
    await expect(chat.root.get_by_role("button", name=re.compile("^Cancel the order"))).to_be_enabled()
    await chat.reload()
    await chat.root.get_by_role("button", name=re.compile("^Cancel the order")).click()
    await expect(chat.root.get_by_role("button", name="Cancel it")).to_have_count(0)
    account = await shop.account(page.context)
    assert [order["state"] for order in await account.orders()] == ["cancelled"]

    await page.get_by_role("button", name=re.compile("^Rename or delete")).first.focus()
    await page.keyboard.press("Enter")
    await page.get_by_role("menuitem", name="Rename").click()
    await page.get_by_label("Name", exact=True).fill("The pine desk")
    await page.get_by_role("button", name="Confirm").click()
    await expect(page.locator("#thread-history").get_by_text("The pine desk")).to_be_visible()
    await chat.reload()
    await expect(page.locator("#thread-history").get_by_text("The pine desk")).to_be_visible()

    await page.get_by_role("button", name="Rename or delete: The pine desk").click()
    await page.get_by_role("menuitem", name="Delete").click()
    await page.get_by_role("alertdialog").get_by_role("button", name="Confirm").click()
    await expect(page.locator("#thread-history").get_by_text("The pine desk")).to_have_count(0)
    await expect(card(chat, PINE)).to_have_count(0)
    assert (await (await shop.account(page.context)).told())["turns"] == []


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
    await add_and_buy(chat, "Moor armchair")
    await expect(order_card(chat).get_by_role("button", name=PRESS)).to_be_enabled()
    await shot(page, "chat-order-card")
    await press(chat)
    await expect(chat.root.get_by_text(re.compile("You placed this order"))).to_be_visible()
    await shot(page, "chat-ordered")

    night = Chat(await (await visit(color_scheme="dark")).new_page())
    await night.open()
    await night.say("desks under $700")
    await expect(card(night, OAK)).to_be_visible()
    await add_and_buy(night, OAK)
    await expect(order_card(night).get_by_role("button", name=PRESS)).to_be_enabled()
    await night.page.screenshot(path=screens() / "chat-order-card-dark.png")
    await card(night, OAK).scroll_into_view_if_needed()
    await night.page.screenshot(path=screens() / "chat-cards-dark.png")
