"""The widget on pages of all kinds: other languages and directions, a phone, a product's page, a picture dropped."""

import base64
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import FilePayload, Locator, Page, Route, expect

from retrieval.product import CatalogueEntry
from tests.browser.conftest import Visit
from tests.browser.elsewhere import site
from tests.browser.shop import RunningShop
from tests.browser.surfaces import PRESS, Widget, add, card, order_card
from tests.browser.watch import DESKTOP, PHONE, Watch, shot

PINE = "Tarn pine desk"
HTML = """<meta name="viewport" content="width=device-width, initial-scale=1">
<script>document.documentElement.lang = "{lang}"; document.documentElement.dir = "{dir}";</script>
<h1>Somebody's shop</h1><p>A page of their own.</p><script src="{shop}/widget.js" {tag} defer></script>"""
# Hands the page's widget a picture as a paste into the field or a drop on the panel would.
HAND_OVER = """([kind, bytes, type]) => {
  const data = new DataTransfer(), raw = Uint8Array.from(atob(bytes), (one) => one.charCodeAt(0));
  data.items.add(new File([raw], "photo.jpg", { type }));
  const root = document.querySelector("aisle-assistant").shadowRoot;
  const event = kind === "paste" ? new ClipboardEvent("paste", { clipboardData: data, cancelable: true, bubbles: true })
    : new DragEvent("drop", { dataTransfer: data, cancelable: true, bubbles: true });
  root.querySelector(kind === "paste" ? "textarea" : "dialog").dispatchEvent(event);
}"""
WIDE = "node => [...node.querySelectorAll('*'), node].filter((each) => each.scrollWidth > each.clientWidth + 1 && \
  !['auto', 'scroll', 'hidden', 'clip'].includes(getComputedStyle(each).overflowX)).map((each) => each.className)"
Open = Callable[..., Awaitable[Page]]


@pytest.fixture
async def elsewhere(page: Page, shop: RunningShop, watch: Watch, storefront_port: int) -> AsyncGenerator[Open]:
    """Opens a page of another site, in a language and direction, with attributes on the widget's tag."""
    watch.welcome(f"localhost:{storefront_port}")
    async with AsyncExitStack() as stack:

        async def opened(lang: str = "", direction: str = "", tag: str = "", on: Page = page) -> Page:
            html = HTML.format(lang=lang, dir=direction, tag=tag, shop=shop.url)
            await stack.enter_async_context(site(html, storefront_port))
            await on.goto(f"http://localhost:{storefront_port}/")
            return on

        yield opened


def panel(page: Page) -> Locator:
    return page.get_by_role("dialog")


async def say(page: Page, text: str) -> None:
    await panel(page).get_by_role("textbox").fill(text)
    await panel(page).get_by_role("textbox").press("Enter")


async def test_frame_and_card_speak_japanese_where_the_page_does(elsewhere: Open) -> None:
    page = await elsewhere(lang="ja")
    await page.get_by_role("button", name="Ask the assistant").click()
    await expect(panel(page)).to_have_accessible_name("お買い物アシスタント")
    await expect(panel(page).get_by_text("アシスタントは英語のみを理解し")).to_have_count(1)
    await shot(page, "japanese-welcome")
    await say(page, "a pine desk")
    await panel(page).get_by_role("button", name=f"{PINE}を追加").last.click()
    await expect(panel(page).get_by_text("カートに1点、$285.60").last).to_be_visible()
    await say(page, "buy it")
    frame = panel(page).frame_locator("iframe").last
    press = frame.get_by_role("button", name="注文を確定する（支払義務あり） — $285.60")
    await expect(press).to_be_enabled()
    await expect(frame.get_by_text("通常配送（3～5営業日）")).to_be_visible()
    await expect(frame.get_by_text("14日以内")).to_be_visible()
    await shot(page, "japanese-card")


async def test_the_tags_language_comes_before_the_pages_and_money_is_written_in_it(elsewhere: Open) -> None:
    page = await elsewhere(lang="fr", tag='data-lang="de-AT"')
    await page.evaluate("Aisle.ask('a lamp')")
    await expect(panel(page)).to_have_accessible_name("Einkaufsassistent")
    await expect(panel(page).get_by_text("89 $", exact=False).first).to_be_visible()
    await shot(page, "german-cards")


async def test_arabic_runs_from_right_to_left_and_can_be_used_by_everyone(elsewhere: Open) -> None:
    page = await elsewhere(lang="ar", direction="rtl")
    launcher = await page.get_by_role("button", name="Ask the assistant").bounding_box()
    assert launcher is not None
    assert launcher["x"] < DESKTOP["width"] / 2
    await page.get_by_role("button", name="Ask the assistant").click()
    await say(page, "a pine desk")
    await panel(page).get_by_role("button", name=f"أضف {PINE}").last.click()
    await say(page, "buy it")
    press = panel(page).frame_locator("iframe").last.get_by_role("button", name=PRESS)
    await expect(press).to_be_enabled()
    frame, mine = await panel(page).bounding_box(), await panel(page).get_by_text("buy it").first.bounding_box()
    assert frame is not None
    assert mine is not None
    assert frame["x"] < DESKTOP["width"] / 2
    assert mine["x"] - frame["x"] < frame["width"] / 4
    assert await panel(page).evaluate(WIDE) == []
    found = await Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]})
    assert [each["id"] for each in found.response["violations"]] == []
    await shot(page, "arabic-card")


async def test_on_a_phone_the_panel_is_the_page_and_a_camera_is_at_hand(
    elsewhere: Open, visit: Visit, watch: Watch
) -> None:
    context = await visit(has_touch=True, is_mobile=True)
    page = await context.new_page()
    await page.set_viewport_size(PHONE)
    await elsewhere(on=page)
    await page.get_by_role("button", name="Ask the assistant").tap()
    box = await panel(page).bounding_box()
    assert box == {"x": 0, "y": 0, "width": PHONE["width"], "height": PHONE["height"]}
    await say(page, "desks under $700")
    await expect(card(Widget(page), PINE)).to_be_visible()
    assert await panel(page).evaluate(WIDE) == []
    assert await panel(page).evaluate("node => node.getAnimations({ subtree: true }).length") == 0
    await panel(page).get_by_role("button", name="More").tap()
    async with page.expect_file_chooser() as choosing:
        await panel(page).get_by_role("button", name="Take a photo").tap()
    assert await (await choosing.value).element.get_attribute("capture") is not None


async def test_this_is_the_product_the_page_is_about(elsewhere: Open) -> None:
    page = await elsewhere(tag='data-product-id="t-desk-pine"')
    await page.evaluate("Aisle.ask('add this to my cart')")
    await expect(panel(page).get_by_text(f"Added: {PINE}").last).to_be_visible()
    await page.evaluate("Aisle.setContext({ product_id: 't-desk-oak', price: 1 })")
    await say(page, "what is this made of?")
    await expect(panel(page).get_by_text("Tarn oak desk").last).to_be_visible()


@pytest.mark.parametrize("kind", ["paste", "drop"])
async def test_of_a_picture_that_is_pasted_or_dropped_a_part_can_be_tapped(
    elsewhere: Open, photo: FilePayload, pictured: CatalogueEntry, kind: str
) -> None:
    page = await elsewhere()
    await page.get_by_role("button", name="Ask the assistant").click()
    await expect(panel(page).get_by_role("textbox")).to_be_visible()
    await page.evaluate(HAND_OVER, [kind, base64.b64encode(photo["buffer"]).decode(), photo["mimeType"]])
    whole = panel(page).get_by_role("button", name="Choose a part of the picture")
    await expect(whole).to_be_visible()
    if kind == "drop":
        await whole.focus()
        for key in ("Enter", "+", "ArrowLeft"):
            await page.keyboard.press(key)
    else:
        await whole.click()
    await expect(panel(page).get_by_text("Only this part is sent.")).to_be_visible()
    await shot(page, f"picture-part-{kind}")
    async with page.expect_response("**/part") as cut:
        await say(page, "something like this")
    kept = await (await cut.value).json()
    assert 0.2 < kept["width"] / 426 < 0.95
    # Of a tap in the middle little may be left to go by.
    found = panel(page).get_by_role("article").or_(panel(page).get_by_text("Nothing here looks like that picture"))
    await expect(found.first).to_be_visible()
    await expect(panel(page).get_by_role("img", name="Your picture")).to_have_count(1)


async def test_a_stream_that_breaks_off_is_read_again_and_nothing_is_lost_or_doubled(elsewhere: Open) -> None:
    page = await elsewhere()
    asked: list[str] = []

    async def cut_off(route: Route) -> None:
        asked.append(route.request.post_data or "")
        answer = await route.fetch()
        body = await answer.text()
        await route.fulfill(
            response=answer, body=body if len(asked) > 1 else body[: body.index("event: products") + 40]
        )

    await page.route("**/turns", cut_off)
    await page.evaluate("Aisle.ask('a pine desk')")
    await expect(card(Widget(page), PINE)).to_be_visible()
    await expect(panel(page).get_by_role("article", name=PINE)).to_have_count(1)
    assert len(asked) == 2
    assert asked[0] == asked[1]


async def test_the_longest_title_keeps_its_place(page: Page, shop: RunningShop) -> None:
    widget = Widget(page)
    await widget.open()
    await widget.say("an obelisk")
    shown = widget.root.get_by_role("article").first
    await expect(shown).to_be_visible()
    box = await shown.bounding_box()
    assert box is not None
    assert box["height"] < 420
    assert await widget.root.evaluate(WIDE) == []
    await shown.get_by_role("button", name="Add").click()
    await expect(widget.root.get_by_text("1 item in the cart").last).to_be_visible()
    await widget.say("buy it")
    await expect(order_card(widget).get_by_role("button", name=PRESS)).to_be_enabled()
    assert len(await order_card(widget).inner_text()) < 1500
    assert len(await (await shop.account(page.context)).cart()) == 1


async def test_a_card_whose_time_is_over_says_so_and_can_be_had_anew(page: Page) -> None:
    await page.clock.install()
    widget = Widget(page)
    await widget.open()
    await widget.say("a pine desk")
    await add(widget, PINE)
    await expect(widget.root.get_by_text(f"Added: {PINE}").last).to_be_visible()
    await widget.say("buy it")
    await expect(order_card(widget).get_by_role("button", name=PRESS)).to_be_visible()

    await page.clock.fast_forward("01:00:00")

    await expect(widget.root.get_by_text("This order card has expired; nothing was ordered.")).to_be_visible()
    await expect(widget.root.get_by_role("button", name=PRESS)).to_have_count(0)
    await widget.root.get_by_role("button", name="Get a new card").click()
    await expect(order_card(widget).get_by_role("button", name=PRESS)).to_be_visible()
