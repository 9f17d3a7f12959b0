"""The pages belong to the shop alone: no other host, no other site's hand, nothing a script could carry away."""

import html
import re
from typing import Any

import pytest
from playwright.async_api import Page, Response, expect

from tests.browser.elsewhere import site
from tests.browser.shop import RunningShop
from tests.browser.surfaces import PRESS, Chat, Surface, Widget, add_and_buy, card, press
from tests.browser.test_storefront import find, put_in_cart
from tests.browser.watch import Watch

PINE, OAK = "Tarn pine desk", "Tarn oak desk"
PAGES = ("/", "/search?q=desk", "/cart", "/orders", "/chat")
INLINE = """() => [...document.querySelectorAll("script:not([src]), style, [style]")]
  .filter((node) => node.type !== "application/ld+json").map((node) => node.outerHTML.slice(0, 120))
  .concat([...document.querySelectorAll("*")].filter((node) =>
    [...node.attributes].some(({ name }) => name.startsWith("on"))).map((node) => node.outerHTML.slice(0, 120)))"""
FORMS = """() => [...document.querySelectorAll("form")].filter((form) => form.method === "post").map((form) => ({
  action: form.action, fields: [...new FormData(form)].filter(([, value]) => typeof value === "string") }))"""


@pytest.mark.parametrize("kind", [Widget, Chat], ids=["widget", "chat"])
async def test_a_whole_session_asks_no_other_host(
    kind: type[Surface], page: Page, shop: RunningShop, watch: Watch
) -> None:
    surface = kind(page)
    await surface.open()
    await surface.say("a pine desk")
    await add_and_buy(surface, PINE)
    await press(surface)
    await expect(surface.root.get_by_text(re.compile("You placed this order"))).to_be_visible()
    for path in PAGES:
        await page.goto(path)
    assert len(watch.asked) > 20
    assert watch.elsewhere() == []
    if kind is Chat:
        assert any(url.startswith("ws://") for url in watch.asked)


async def test_every_page_keeps_its_strict_policy_and_hides_its_cookies(page: Page, shop: RunningShop) -> None:
    await put_in_cart(page, PINE)
    for path in PAGES:
        response = await page.goto(path)
        assert response is not None
        sources = policy_of(response)
        assert sources["default-src"] == sources["frame-ancestors"] == sources["base-uri"] == "'none'", path
        assert sources["connect-src"] == "'self'", path
        assert "'unsafe-inline'" not in sources["script-src"], path
        # A feed may name pictures on the shop's own image host; nothing else may come from elsewhere.
        assert not [name for name, words in sources.items() if "http" in words and name != "img-src"], path
        if path != "/chat":
            assert sources["script-src"] == sources["style-src"] == "'self'", path
            assert await page.evaluate(INLINE) == [], path
        assert await page.evaluate("document.cookie") == "", path
    for cookie in await page.context.cookies():
        assert cookie.get("httpOnly"), cookie.get("name")
        assert cookie.get("sameSite") in {"Lax", "Strict"}, cookie.get("name")


def policy_of(response: Response) -> dict[str, str]:
    """Return the content policy a page came with, by directive."""
    parts = (part.strip().partition(" ") for part in response.headers["content-security-policy"].split(";"))
    return {name: words for name, _, words in parts}


async def every_form(page: Page, shop: RunningShop) -> list[dict[str, Any]]:
    """Return what every form of the shop would post for this guest, from product page, cart and order check."""
    await find(page, OAK)
    forms = await page.evaluate(FORMS)
    await page.get_by_role("button", name="Add to cart").first.click()
    await expect(page.get_by_role("link", name=re.compile("^Cart.*1"))).to_be_visible()
    await page.goto("/cart")
    forms += await page.evaluate(FORMS)
    await page.get_by_role("button", name="Check my order").click()
    await expect(page.get_by_role("button", name=PRESS)).to_be_enabled()
    return forms + await page.evaluate(FORMS)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"], ids=["same site, other port", "other site"])
async def test_another_sites_page_cannot_post_the_shops_forms(
    page: Page, shop: RunningShop, watch: Watch, host: str
) -> None:
    watch.allow("status of (403|404|405)", "Content Security Policy")
    forms = await every_form(page, shop)
    assert len({form["action"] for form in forms}) >= 3
    account = await shop.account(page.context)
    before = await account.told()
    for form in forms:
        fields = "".join(
            f'<input type="hidden" name="{html.escape(name)}" value="{html.escape(value)}">'
            for name, value in form["fields"]
        )
        attack = f'<form method="post" action="{html.escape(form["action"])}">{fields}<button>Win</button></form>'
        async with site(attack) as port:
            watch.welcome(f"{host}:{port}")
            await page.goto(f"http://{host}:{port}/")
            async with page.expect_navigation() as navigated:
                await page.get_by_role("button", name="Win").click()
            answer = await navigated.value
            assert answer is not None
            assert answer.status == 403, form
    after = await account.told()
    assert (after["cart"], after["quote"]) == (before["cart"], before["quote"])
    assert await account.orders() == []


REACH = """async (shop) => {
  const told = {};
  const reached = (name, work) => work.then((value) => { told[name] = value; }, () => { told[name] = "refused"; });
  const asked = { method: "POST", credentials: "include", headers: { "Content-Type": "application/json" }, body: "{}" };
  await reached("session", fetch(`${shop}/v1/sessions`, asked).then((answer) => answer.text()));
  const plain = { method: "POST", credentials: "include", body: "{}" };
  await reached("plain", fetch(`${shop}/v1/sessions`, plain).then((answer) => answer.text()));
  await reached("reading", fetch(`${shop}/cart`, { credentials: "include" }).then((answer) => answer.text()));
  await reached("polling", fetch(`${shop}/chat/ws/socket.io/?EIO=4&transport=polling`, { credentials: "include" })
    .then((answer) => answer.text()));
  await reached("socket", new Promise((done, failed) => {
    const socket = new WebSocket(`${shop.replace("http", "ws")}/chat/ws/socket.io/?EIO=4&transport=websocket`);
    socket.onopen = () => done("open");
    socket.onerror = () => failed();
  }));
  return told;
}"""


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"], ids=["same site, other port", "other site"])
async def test_another_sites_script_reaches_neither_session_nor_websocket(
    page: Page, shop: RunningShop, watch: Watch, host: str
) -> None:
    watch.allow(".")
    chat = Chat(page)
    await chat.open()
    await chat.say("a pine desk")
    await expect(card(chat, PINE)).to_be_visible()
    async with site("") as port:
        watch.welcome(f"{host}:{port}")
        await page.goto(f"http://{host}:{port}/")
        told = await page.evaluate(REACH, shop.url)
    assert set(told.values()) == {"refused"}, told


async def test_no_page_can_be_framed(page: Page, shop: RunningShop, watch: Watch) -> None:
    watch.allow("frame", "X-Frame-Options", "ERR_BLOCKED_BY_RESPONSE")
    frames = "".join(f'<iframe src="{shop.url}{path}"></iframe>' for path in PAGES)
    async with site(frames) as port:
        watch.welcome(f"127.0.0.1:{port}")
        await page.goto(f"http://127.0.0.1:{port}/")
        for frame in page.frames[1:]:
            assert not frame.url.startswith(shop.url)
            assert "Hearth" not in await frame.content()
        assert len(page.frames) == 1 + len(PAGES)
