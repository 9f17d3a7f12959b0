"""The assistant on a storefront of another site: one script tag, no cookie, a card that only the shopper presses."""

import re
from collections.abc import AsyncGenerator
from typing import Any

import pytest
from playwright.async_api import FrameLocator, Page, expect

from tests.browser.elsewhere import site
from tests.browser.shop import RunningShop
from tests.browser.surfaces import PRESS, Widget, add, add_and_buy, card
from tests.browser.watch import Watch, shot

PINE = "Tarn pine desk"
PAGE = """<meta name="viewport" content="width=device-width, initial-scale=1">
<h1>Somebody's shop</h1><p>A page of their own.</p><script src="{shop}/widget.js" defer></script>"""
# What docs/widget.md tells a storefront to allow, and nothing else.
POLICY = (
    "default-src 'none'; script-src {shop}; connect-src {shop}; img-src {shop} blob: data:; frame-src {shop}; "
    "base-uri 'none'; form-action 'none'"
)
# Everything a script of the page around can try: to read the frame, to press in it, to ask for what it asks for.
STEAL = """async (shop) => {
  const root = document.querySelector("aisle-assistant").shadowRoot, frame = root.querySelector("iframe");
  const { token } = JSON.parse(localStorage.getItem("aisle.session"));
  const id = new URL(frame.src).pathname.split("/").pop();
  const headers = { Authorization: `Bearer ${token}`, "Content-Type": "application/json" };
  const told = (asked, of) => asked.then(of, () => "refused");
  const post = (path, body) => told(
    fetch(`${shop}/v1/quotes/${id}/${path}`, { method: "POST", headers, body: JSON.stringify(body) }),
    (answer) => answer.status);
  const read = () => frame.contentDocument?.body.textContent ?? "refused";
  return {
    page: await told(fetch(frame.src), (answer) => answer.status), inside: read(),
    ticket: await post("press-token", { ticket: "x" }), render: await post("render", {}),
    approve: await post("approve", { digest: "x", challenge: "x" }),
  };
}"""
VEIL = """() => {
  const veil = document.body.appendChild(document.createElement("div"));
  Object.assign(veil.style, { position: "fixed", inset: "0", zIndex: "2147483647", pointerEvents: "none" });
  veil.style.background = "#fffffffa";
}"""
SHIFT = """() => new Promise((done) => {
  new PerformanceObserver((list) => done(list.getEntries().reduce((sum, { value }) => sum + value, 0)))
    .observe({ type: "layout-shift", buffered: true });
  requestAnimationFrame(() => requestAnimationFrame(() => done(0)));
})"""
LISTEN = """() => {
  window.heard = [];
  for (const name of ["aisle:cart", "aisle:order"])
    document.addEventListener(name, ({ type, detail }) => {
      window.heard.push([type, detail]);
      document.documentElement.dataset.heard = window.heard.map(([name]) => name).join(" ");
    });
}"""


async def heard(page: Page, name: str) -> list[Any]:
    """Return what the page was told, once it heard of this; asked of an attribute, for the page forbids eval."""
    await expect(page.locator("html")).to_have_attribute("data-heard", re.compile(name))
    return await page.evaluate("window.heard")


@pytest.fixture
async def storefront(page: Page, shop: RunningShop, watch: Watch, storefront_port: int) -> AsyncGenerator[Widget]:
    """A page of another site with the widget on it."""
    address = f"http://localhost:{storefront_port}"
    watch.welcome(f"localhost:{storefront_port}")
    async with site(PAGE.format(shop=shop.url), storefront_port, POLICY.format(shop=shop.url)):
        widget = Widget(page, f"{address}/")
        yield widget
        assert await page.evaluate("document.cookie") == ""
        assert await page.context.cookies() == []


def framed(widget: Widget) -> FrameLocator:
    """Return the order card's frame."""
    return widget.root.frame_locator("iframe").last


async def ready(widget: Widget) -> None:
    """Put a desk in the cart and wait for the card that can be pressed."""
    await widget.say("a pine desk")
    await add_and_buy(widget, PINE)
    await expect(framed(widget).get_by_role("button", name=PRESS)).to_be_enabled()


async def test_one_script_tag_takes_a_shopper_of_another_site_to_an_order(storefront: Widget) -> None:
    await storefront.open()
    await storefront.page.evaluate(LISTEN)
    await ready(storefront)
    await shot(storefront.page, "embedded-order-card")
    await storefront.page.wait_for_timeout(700)

    await framed(storefront).get_by_role("button", name=PRESS).click()

    await expect(framed(storefront).get_by_text(re.compile("You placed this order"))).to_be_visible()
    await expect(storefront.root.get_by_text("Ordered and paid").last).to_be_visible()
    (told,) = [detail for name, detail in await heard(storefront.page, "aisle:order") if name == "aisle:order"]
    await expect(storefront.root.get_by_text(told["order_id"]).last).to_be_visible()
    await shot(storefront.page, "embedded-ordered")


async def test_a_closed_widget_is_one_request_and_moves_nothing(
    storefront: Widget, shop: RunningShop, watch: Watch
) -> None:
    await storefront.page.goto(storefront.path)
    await expect(storefront.page.get_by_role("button", name="Ask the assistant")).to_be_visible()

    assert await storefront.page.evaluate(SHIFT) == 0
    assert [url for url in watch.asked if url.startswith(shop.url)] == [f"{shop.url}/widget.js"]


async def test_conversation_and_waiting_card_come_back_after_a_reload_and_in_another_tab(storefront: Widget) -> None:
    await storefront.open()
    await ready(storefront)

    await storefront.reload()
    await expect(card(storefront, PINE)).to_be_visible()
    await expect(framed(storefront).get_by_role("button", name=PRESS)).to_be_enabled()
    tab = Widget(await storefront.page.context.new_page(), storefront.path)
    await tab.open()
    await expect(card(tab, PINE)).to_be_visible()


async def test_no_script_of_the_page_around_reads_or_presses_the_card(
    storefront: Widget, shop: RunningShop, watch: Watch
) -> None:
    watch.allow("status of 403", "CORS", "Content Security Policy", "ERR_FAILED")
    await storefront.open()
    await ready(storefront)

    told = await storefront.page.evaluate(STEAL, shop.url)

    assert told == {"page": 403, "inside": "refused", "ticket": 403, "render": 403, "approve": 403}


async def test_a_covered_card_takes_no_press(storefront: Widget) -> None:
    await storefront.open()
    await ready(storefront)
    await storefront.page.evaluate(VEIL)
    await storefront.page.wait_for_timeout(700)

    await framed(storefront).get_by_role("button", name=PRESS).click()

    await expect(framed(storefront).get_by_text("Something covers this card")).to_be_visible()
    await expect(framed(storefront).get_by_role("button", name=PRESS)).to_be_enabled()


async def test_the_card_can_be_pressed_in_a_window_of_its_own(storefront: Widget) -> None:
    await storefront.open()
    await ready(storefront)

    async with storefront.page.expect_popup() as opened:
        await framed(storefront).get_by_role("button", name="Open in a window").click()
    window = await opened.value
    await window.get_by_role("button", name=PRESS).click()

    await expect(window.get_by_text(re.compile("You placed this order")).last).to_be_visible()
    await expect(storefront.root.get_by_text("Ordered and paid").last).to_be_visible()


async def test_the_page_can_open_ask_and_hear_of_cart_and_order(storefront: Widget) -> None:
    page = storefront.page
    await page.goto(storefront.path)
    await page.evaluate(LISTEN)
    await page.evaluate("() => Aisle.ask('a pine desk')")
    await expect(card(storefront, PINE)).to_be_visible()
    await add(storefront, PINE)
    await expect(storefront.root.get_by_text(re.compile(f"Added: {PINE}")).last).to_be_visible()
    assert await heard(page, "aisle:cart") == [["aisle:cart", {"source": "widget", "count": 1}]]
    await page.evaluate("() => Aisle.close()")
    await expect(storefront.root).to_be_hidden()
