"""WCAG 2.2 AA as axe-core finds it: pages of the shop, the widget in each of its states, and the card in its frame."""

import re

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, expect

from tests.browser.shop import RunningShop
from tests.browser.surfaces import PRESS, Chat, Widget, add, add_and_buy, card, comparison, order_card, press
from tests.browser.test_storefront import put_in_cart
from tests.browser.watch import DESKTOP, VIEWS

PINE = "Tarn pine desk"
PAGES = (
    "/",
    "/c/desk?stock=1",
    "/search?q=desk",
    "/p/t-desk-oak",
    "/cart",
    "/orders",
    "/help",
    "/notes",
    "/your-data",
)
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}

SETTLED = """async () => {
  await new Promise((next) => requestAnimationFrame(() => requestAnimationFrame(next)));
  const passing = (each) => each.effect.getComputedTiming().iterations !== Infinity;
  await Promise.allSettled(document.getAnimations().filter(passing).map((each) => each.finished));
}"""


async def clean(page: Page, where: str) -> None:
    """Demand that axe finds nothing by day, by night and on a phone."""
    for _, size, scheme in VIEWS:
        await page.set_viewport_size(size)
        await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        await page.evaluate(SETTLED)  # a colour half way to another has no contrast to measure
        found = await Axe().run(page, options=RULES)
        told = [
            (each["id"], [(node["target"], node["failureSummary"]) for node in each["nodes"]][:3])
            for each in found.response["violations"]
        ]
        assert told == [], f"{where}, {scheme}, {size['width']} wide"
    await page.set_viewport_size(DESKTOP)


@pytest.mark.parametrize("path", PAGES)
async def test_a_page_of_the_shop_can_be_used_by_everyone(page: Page, shop: RunningShop, path: str) -> None:
    if path == "/cart":
        await put_in_cart(page, PINE)
    await page.goto(path)
    await clean(page, path)


async def test_the_widget_can_be_used_by_everyone_in_each_of_its_states(page: Page, shop: RunningShop) -> None:
    widget = Widget(page)
    await widget.open()
    await clean(page, "welcome")
    await widget.say("desks under $700")
    await expect(card(widget, PINE)).to_be_visible()
    await clean(page, "cards")
    await widget.say("compare the first two")
    await expect(comparison(widget)).to_be_visible()
    await clean(page, "comparison")
    await add(widget, PINE)
    await expect(widget.root.get_by_text(re.compile(f"Added: {PINE}")).last).to_be_visible()
    await widget.root.get_by_role("button", name=re.compile("^Cart")).click()
    await expect(widget.root.get_by_role("button", name="Get my order card")).to_be_visible()
    await clean(page, "cart")
    await widget.root.get_by_role("button", name="Get my order card").click()
    await expect(order_card(widget).get_by_role("button", name=PRESS)).to_be_enabled()
    await clean(page, "order card")
    await press(widget)
    await expect(widget.root.get_by_text(re.compile("You placed this order"))).to_be_visible()
    await clean(page, "ordered")


async def test_the_chat_can_be_used_by_everyone_in_each_of_its_states(page: Page, shop: RunningShop) -> None:
    chat = Chat(page)
    await chat.open()
    await clean(page, "chat, welcome")
    await chat.say("desks under $700")
    await expect(card(chat, PINE)).to_be_visible()
    await clean(page, "chat, cards")
    await chat.say("compare the first two")
    await expect(comparison(chat)).to_be_visible()
    await add_and_buy(chat, PINE)
    await expect(order_card(chat).get_by_role("button", name=PRESS)).to_be_enabled()
    await clean(page, "chat, comparison, cart and order card")
    await press(chat)
    await expect(chat.root.get_by_role("button", name="Cancel it")).to_be_visible()
    await clean(page, "chat, ordered")
