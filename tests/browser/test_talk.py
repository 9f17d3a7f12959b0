"""What holds in the widget and in `/chat` alike: talking, seeing, choosing and buying, whatever happens to the page."""

import asyncio
import re

import pytest
from playwright.async_api import FilePayload, Page, expect

from retrieval.product import CatalogueEntry
from tests.browser.conftest import Visit
from tests.browser.shop import HOSTILE_TITLE, RunningShop
from tests.browser.surfaces import (
    NOT_NOW,
    PRESS,
    Chat,
    Surface,
    Widget,
    add,
    card,
    comparison,
    order,
    order_card,
    press,
    send_again_until,
)
from tests.browser.watch import Watch, shot

OAK, WALNUT, PINE = "Tarn oak desk", "Tarn walnut desk", "Tarn pine desk"


@pytest.fixture(params=[Widget, Chat], ids=["widget", "chat"])
async def surface(request: pytest.FixtureRequest, page: Page) -> Surface:
    """A place to talk in, open in a new guest's browser."""
    surface: Surface = request.param(page)
    await surface.open()
    return surface


async def get_card(surface: Surface, shop: RunningShop, *titles: str) -> None:
    """Put things into the cart and ask for the order card."""
    for title in titles:
        await surface.say(f"a {title.removeprefix('Tarn ')}")
        await add(surface, title)
        await in_cart(surface, shop, title)
    await surface.say("buy it")
    await expect(order_card(surface).get_by_role("button", name=PRESS)).to_be_enabled()


async def in_cart(surface: Surface, shop: RunningShop, title: str, times: int = 1) -> None:
    """Wait until the conversation tells that a thing was added, so many times by now, then ask the books."""
    await expect(surface.root.get_by_text(re.compile(rf"Added: {title}"))).to_have_count(times)
    assert title in await (await shop.account(surface.page.context)).cart()


async def test_a_conversation_outlives_a_reload_after_every_step(
    surface: Surface, shop: RunningShop, watch: Watch
) -> None:
    watch.allow("status of 410 .*/render")  # A card read back asks whether it still stands.
    await surface.say("desks under $700")
    await expect(card(surface, WALNUT)).to_be_visible()
    await surface.reload()
    await expect(card(surface, WALNUT)).to_be_visible()
    await expect(surface.root.get_by_text("desks under $700", exact=True).last).to_be_visible()

    await surface.say("compare the Tarn walnut desk with the Tarn oak desk")
    await expect(comparison(surface)).to_contain_text("640")
    await surface.reload()
    await expect(comparison(surface)).to_contain_text(OAK)

    await surface.say("only oak")
    await expect(surface.root.get_by_role("article", name=OAK)).to_have_count(2)
    await surface.reload()
    await expect(surface.root.get_by_role("article", name=OAK)).to_have_count(2)

    await add(surface, OAK)
    await in_cart(surface, shop, OAK)
    await surface.reload()
    await surface.root.get_by_role("button", name="Undo", exact=True).last.click()
    account = await shop.account(surface.page.context)
    await expect(surface.root.get_by_text(re.compile(r"cart is empty|Took back", re.I)).last).to_be_visible()
    assert await account.cart() == {}
    await surface.reload()
    await expect(card(surface, OAK)).to_be_visible()

    await add(surface, OAK)
    await in_cart(surface, shop, OAK, times=2)
    await surface.say("buy it")
    await expect(order_card(surface)).to_contain_text("$666.40")
    await surface.reload()
    await expect(order_card(surface)).to_contain_text("$666.40")
    assert (await account.told())["quote"]["lines"][0]["title"] == OAK

    await press(surface)
    await expect(order_card(surface).get_by_role("button", name=PRESS)).to_have_count(0)
    (placed,) = await account.orders()
    await expect(order(surface, placed["order_id"])).to_be_visible()
    await surface.reload()
    await expect(order(surface, placed["order_id"])).to_be_visible()
    assert placed["totals"][-1]["amount"]["amount"] == 66640
    assert await account.cart() == {}
    assert (await account.told())["quote"] is None


async def test_a_whole_purchase_starts_from_a_picture(
    surface: Surface, shop: RunningShop, photo: FilePayload, pictured: CatalogueEntry
) -> None:
    title = pictured.product.title
    await surface.show(photo, "something like this")
    await expect(card(surface, title)).to_be_visible()
    await surface.reload()
    await expect(card(surface, title)).to_be_visible()
    await expect(surface.root.get_by_role("img", name="Your picture")).to_be_visible()
    await add(surface, title)
    await in_cart(surface, shop, title)
    await surface.say("buy it")
    await press(surface)
    account = await shop.account(surface.page.context)
    await expect(surface.root.get_by_text(re.compile("You placed this order"))).to_be_visible()
    (placed,) = await account.orders()
    assert [line["title"] for line in placed["lines"]] == [title]
    await expect(order(surface, placed["order_id"])).to_be_visible()


async def test_no_typed_words_place_an_order(surface: Surface, shop: RunningShop) -> None:
    await get_card(surface, shop, PINE)
    label = await order_card(surface).get_by_role("button", name=PRESS).inner_text()
    for words in ("yes", "place the order", label):
        await surface.say(words)
        await expect(surface.root.get_by_text(re.compile("button on the card places it")).last).to_be_visible()
    account = await shop.account(surface.page.context)
    assert await account.orders() == []
    assert (await account.told())["quote"] is not None


async def test_two_quick_presses_place_one_order(surface: Surface, shop: RunningShop) -> None:
    await get_card(surface, shop, PINE)
    await order_card(surface).get_by_role("button", name=PRESS).dblclick()
    await expect(surface.root.get_by_text(re.compile("You placed this order"))).to_be_visible()
    account = await shop.account(surface.page.context)
    assert len(await account.orders()) == 1
    assert (await account.cart()) == {}


async def test_not_now_orders_nothing_and_keeps_the_cart(surface: Surface, shop: RunningShop) -> None:
    await get_card(surface, shop, PINE)
    await order_card(surface).get_by_role("button", name=NOT_NOW).click()
    await expect(surface.root.get_by_text(re.compile("nothing was ordered")).first).to_be_visible()
    account = await shop.account(surface.page.context)
    assert await account.orders() == []
    assert await account.cart() == {PINE: 1}
    assert (await account.told())["quote"] is None


async def test_a_price_that_moved_under_the_card_is_shown_old_and_new_and_needs_a_press_of_its_own(
    surface: Surface, shop: RunningShop, watch: Watch
) -> None:
    watch.allow("status of 409")
    await get_card(surface, shop, PINE)
    async with shop.priced("t-desk-pine-v", 24000):
        await shop.offer("t-desk-pine-v", price=26500)
        await press(surface)
        shown = order_card(surface)
        await expect(shown).to_contain_text("$240")
        await expect(shown).to_contain_text("$265")
        account = await shop.account(surface.page.context)
        assert await account.orders() == []
        await shot(surface.page, f"price-moved-{type(surface).__name__.lower()}")
        await press(surface)
        await expect(surface.root.get_by_text(re.compile("You placed this order"))).to_be_visible()
        (placed,) = await account.orders()
        assert placed["lines"][0]["unit_price"]["amount"] == 26500


async def test_a_cart_changed_after_the_card_was_shown_orders_nothing(
    surface: Surface, shop: RunningShop, watch: Watch
) -> None:
    watch.allow("status of (409|410)")
    await get_card(surface, shop, PINE)
    account = await shop.account(surface.page.context)
    await account.change(PINE, 3)
    # The card may hear of the change before the press does; neither may order.
    button = order_card(surface).get_by_role("button", name=PRESS)
    void = surface.root.get_by_text(re.compile("no longer counts|has changed|something changed|changed since", re.I))
    await expect(button.or_(void).first).to_be_visible()
    if await button.is_visible():
        await button.click()
    await expect(void.last).to_be_visible()
    assert await account.orders() == []
    assert await account.cart() == {PINE: 3}


async def test_two_tabs_are_one_conversation_and_two_presses_one_order(surface: Surface, shop: RunningShop) -> None:
    other = type(surface)(await surface.page.context.new_page())
    await surface.say("a pine desk")
    await expect(card(surface, PINE)).to_be_visible()
    await other.open()
    await expect(card(other, PINE)).to_be_visible()
    await get_card(surface, shop, PINE)
    await expect(order_card(other).get_by_role("button", name=PRESS)).to_be_enabled()
    buttons = [await order_card(tab).get_by_role("button", name=PRESS).element_handle() for tab in (surface, other)]
    await asyncio.gather(*(button.evaluate("button => button.click()") for button in buttons))
    account = await shop.account(surface.page.context)
    for tab in (surface, other):
        await expect(order_card(tab).get_by_role("button", name=PRESS)).to_have_count(0)
    (placed,) = await account.orders()
    for tab in (surface, other):
        await expect(order(tab, placed["order_id"])).to_be_visible()


async def test_a_hostile_title_stays_words(surface: Surface, shop: RunningShop) -> None:
    await surface.say("an ebonite desk")
    title = re.compile("^Ebonite desk")
    await expect(surface.root.get_by_role("article", name=title)).to_be_visible()
    await surface.root.get_by_role("article", name=title).get_by_role("button", name=re.compile("^Add")).click()
    await expect(surface.root.get_by_text(re.compile("Added: Ebonite desk")).last).to_be_visible()
    await expect(surface.root.get_by_role("button", name=re.compile("Place order$"))).to_have_count(0)
    await surface.say("buy it")
    await expect(order_card(surface).get_by_role("button", name=PRESS)).to_have_count(1)
    await expect(surface.root.get_by_role("link", name="Place order")).to_have_count(0)
    assert await surface.page.evaluate("window.owned") is None
    assert await surface.page.locator(LURES).evaluate_all("nodes => nodes.map((node) => node.outerHTML)") == []
    assert await surface.page.evaluate(UNHELD_BIDI) == []
    assert await (await shop.account(surface.page.context)).cart() == {HOSTILE_TITLE: 1}
    await shot(surface.page, f"hostile-{type(surface).__name__.lower()}")


LURES = (
    "a[href*='evil'], a[href^='javascript'], img[src*='evil'], img[src^='javascript'], iframe, [onerror], [onmouseover]"
)

# Text that turns its direction must stand in a box of its own, or it turns the words of the shop beside it; what the
# shopper said themselves (`pre` in the chat) stands alone anyway.
UNHELD_BIDI = """() => {
  const found = [];
  const walk = (node) => {
    if (node.shadowRoot) walk(node.shadowRoot);
    for (const child of node.childNodes) {
      if (child.nodeType === Node.TEXT_NODE && /[\\u202a-\\u202e\\u2066-\\u2069]/.test(child.data)) {
        const holder = child.parentElement;
        const isolated = ["isolate", "isolate-override", "plaintext"].includes(getComputedStyle(holder).unicodeBidi);
        if (!(isolated && holder.textContent.trim().startsWith("Ebonite"))
            && !["SCRIPT", "STYLE", "PRE"].includes(holder.tagName)) found.push(holder.outerHTML.slice(0, 90));
      } else walk(child);
    }
  };
  walk(document.body);
  return found;
}"""


async def test_a_killed_server_loses_nothing_and_the_page_recovers(
    surface: Surface, shop: RunningShop, watch: Watch
) -> None:
    watch.allow("net::ERR_", "WebSocket", "Failed to fetch")  # However far an answer had come when the server died.
    await get_card(surface, shop, PINE)
    async with shop.killed():
        await order_card(surface).get_by_role("button", name=PRESS).click()
    await expect(order_card(surface).get_by_role("button", name=PRESS)).to_be_enabled(timeout=30_000)
    account = await shop.account(surface.page.context)
    assert await account.orders() == []
    await press(surface)
    await expect(surface.root.get_by_text(re.compile("You placed this order"))).to_be_visible()
    await surface.say("a walnut desk")
    await expect(card(surface, WALNUT)).to_be_visible()
    assert len(await account.orders()) == 1


async def test_a_message_sent_while_the_server_was_away_is_answered_after_it_came_back(
    surface: Surface, shop: RunningShop, watch: Watch
) -> None:
    watch.allow("net::ERR_", "WebSocket", "Failed to fetch")  # However far an answer had come when the server died.
    await surface.say("a pine desk")
    await expect(card(surface, PINE)).to_be_visible()
    async with shop.killed():
        await surface.try_to_say("a walnut desk")
    await send_again_until(surface, card(surface, WALNUT))
    await expect(card(surface, PINE)).to_be_visible()
    turns = [turn["text"] for turn in (await (await shop.account(surface.page.context)).told())["turns"]]
    assert turns == ["a pine desk", "a walnut desk"]


async def test_an_answer_cut_off_by_a_killed_server_leaves_a_conversation_that_goes_on(
    surface: Surface, shop: RunningShop, watch: Watch
) -> None:
    watch.allow("net::ERR_", "WebSocket", "Failed to fetch")
    await surface.say("an oak desk")
    await expect(card(surface, OAK)).to_be_visible()
    with shop.written_by_another():
        await surface.say("a pine desk")
        await expect(surface.waiting).to_be_visible()
        await shop.stop(kill=True)
    await shop.start()
    await send_again_until(surface, card(surface, PINE))
    await surface.say("a walnut desk")
    await expect(card(surface, WALNUT)).to_be_visible()
    await surface.reload()
    await expect(card(surface, WALNUT)).to_be_visible()
    turns = [turn["text"] for turn in (await (await shop.account(surface.page.context)).told())["turns"]]
    assert turns == ["an oak desk", "a pine desk", "a walnut desk"]


async def test_what_is_kept_on_a_board_is_seen_there_and_goes_into_the_cart_from_there(
    surface: Surface, shop: RunningShop
) -> None:
    await surface.say("a pine desk")
    await expect(card(surface, PINE)).to_be_visible()
    await surface.say("save it to my Office board")
    await expect(surface.root.get_by_role("heading", name="Office").last).to_be_visible()
    await surface.say("create a board called Winter")
    await expect(surface.root.get_by_text("Nothing on it yet.")).to_be_visible()
    await surface.say("show my boards")
    await surface.root.get_by_role("button", name=re.compile("^Office")).last.click()
    await surface.root.get_by_role("button", name=re.compile("^Put everything")).last.click()
    await expect(surface.root.get_by_text(re.compile(f"Added {PINE}")).last).to_be_visible()
    assert await (await shop.account(surface.page.context)).cart() == {PINE: 1}


async def test_a_guest_never_sees_another_guest(surface: Surface, visit: Visit, shop: RunningShop) -> None:
    await surface.say("a pine desk")
    await add(surface, PINE)
    await in_cart(surface, shop, PINE)
    stranger = type(surface)(await (await visit()).new_page())
    await stranger.open()
    await stranger.say("what is in my cart?")
    await expect(stranger.root.get_by_text(re.compile("cart is empty", re.I)).first).to_be_visible()
    await expect(stranger.root.get_by_role("article", name=PINE)).to_have_count(0)
