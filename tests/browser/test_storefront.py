"""The shop's own pages, with scripts and without: find, choose, change, check, order."""

import re

from playwright.async_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.shop import RunningShop
from tests.browser.surfaces import PRESS
from tests.browser.test_talk import LURES, UNHELD_BIDI
from tests.browser.watch import Watch, shot

OAK, PINE = "Tarn oak desk", "Tarn pine desk"


async def find(page: Page, title: str) -> None:
    """Search for a product and open its page."""
    await page.goto("/")
    await page.get_by_role("searchbox", name="Search the shop").fill(title)
    await page.get_by_role("searchbox", name="Search the shop").press("Enter")
    await page.get_by_role("link", name=re.compile(f"^{title}")).first.click()
    await expect(page.get_by_role("heading", level=1, name=title)).to_be_visible()


async def put_in_cart(page: Page, title: str) -> None:
    """Find a product and add it."""
    await find(page, title)
    await page.get_by_role("button", name="Add to cart").first.click()
    await expect(page.get_by_role("link", name=re.compile("^Cart.*1"))).to_be_visible()


async def check_order(page: Page) -> None:
    """Go to the cart and ask for the order card."""
    await page.get_by_role("link", name=re.compile("^Cart")).first.click()
    await page.get_by_role("button", name="Check my order").click()
    await expect(page.get_by_role("button", name=PRESS)).to_be_enabled()


async def test_a_purchase_outlives_a_reload_after_every_step(page: Page, shop: RunningShop) -> None:
    await page.goto("/")
    await shot(page, "home")
    await find(page, OAK)
    await page.reload()
    await shot(page, "product")
    await page.get_by_role("button", name="Add to cart").first.click()
    await expect(page.get_by_role("link", name=re.compile("^Cart.*1"))).to_be_visible()
    account = await shop.account(page.context)
    assert await account.cart() == {OAK: 1}
    await page.reload()
    assert await account.cart() == {OAK: 1}

    await page.get_by_role("link", name=re.compile("^Cart")).first.click()
    await page.get_by_role("spinbutton", name="How many").fill("2")
    await page.get_by_role("spinbutton", name="How many").press("Enter")
    await expect(page.get_by_text("$1,120").first).to_be_visible()
    assert await account.cart() == {OAK: 2}
    await page.reload()
    await expect(page.get_by_role("spinbutton", name="How many")).to_have_value("2")
    await page.get_by_role("button", name="Undo").click()
    await expect(page.get_by_role("spinbutton", name="How many")).to_have_value("1")
    await page.get_by_role("button", name="Remove").click()
    await expect(page.get_by_role("spinbutton", name="How many")).to_have_count(0)
    assert await account.cart() == {}
    await page.get_by_role("button", name="Undo").click()
    await expect(page.get_by_role("spinbutton", name="How many")).to_have_value("1")
    await shot(page, "cart")

    await page.get_by_role("button", name="Check my order").click()
    await expect(page.get_by_role("button", name=PRESS)).to_be_enabled()
    await expect(page.get_by_text("$666.40").first).to_be_visible()
    await page.reload()
    await expect(page.get_by_role("button", name=PRESS)).to_be_enabled()
    assert await account.orders() == []
    await shot(page, "check-order")
    await page.get_by_role("button", name=PRESS).click()
    await expect(page.get_by_role("button", name=PRESS)).to_have_count(0)
    await expect(page.locator("body")).not_to_contain_text("Place order", use_inner_text=True)
    (placed,) = await account.orders()
    await expect(page.get_by_text(placed["order_id"]).first).to_be_visible()
    await page.reload()
    await expect(page.get_by_text(placed["order_id"]).first).to_be_visible()
    await shot(page, "order")
    assert await account.cart() == {}
    assert await shop.audit()


async def test_without_scripts_a_shopper_finds_and_keeps_a_cart(visit: Visit, shop: RunningShop) -> None:
    context = await visit(java_script_enabled=False)
    page = await context.new_page()
    await put_in_cart(page, PINE)
    await page.get_by_role("link", name=re.compile("^Cart")).first.click()
    await expect(page.get_by_role("spinbutton", name="How many")).to_have_value("1")
    assert await (await shop.account(context)).cart() == {PINE: 1}


async def test_back_after_the_order_cannot_order_again(page: Page, shop: RunningShop, watch: Watch) -> None:
    watch.allow("status of (404|409|410)")
    await put_in_cart(page, PINE)
    await check_order(page)
    await page.get_by_role("button", name=PRESS).click()
    account = await shop.account(page.context)
    await expect(page.get_by_role("button", name=PRESS)).to_have_count(0)
    (placed,) = await account.orders()
    await expect(page.get_by_text(placed["order_id"]).first).to_be_visible()
    await page.go_back()
    again = page.get_by_role("button", name=PRESS)
    if await again.count() and await again.first.is_enabled():
        await again.first.click()
    await page.goto("/cart")
    assert len(await account.orders()) == 1


async def test_a_listing_narrows_and_its_address_can_be_kept(page: Page) -> None:
    await page.goto("/search?q=desk")
    await expect(page.get_by_role("link", name=re.compile("^Tarn walnut desk")).first).to_be_visible()
    await shot(page, "listing")
    await page.get_by_role("link", name=re.compile("^Pine")).or_(page.get_by_label(re.compile("^Pine"))).first.click()
    await expect(page.get_by_role("link", name=re.compile("^Tarn walnut desk"))).to_have_count(0)
    kept = page.url
    await page.goto("/")
    await page.goto(kept)
    await expect(page.get_by_role("link", name=re.compile("^Tarn pine desk")).first).to_be_visible()
    await expect(page.get_by_role("link", name=re.compile("^Tarn walnut desk"))).to_have_count(0)


async def test_a_price_that_moved_under_the_card_is_shown_old_and_new(
    page: Page, shop: RunningShop, watch: Watch
) -> None:
    watch.allow("status of 409")
    await put_in_cart(page, PINE)
    await check_order(page)
    account = await shop.account(page.context)
    async with shop.priced("t-desk-pine-v", 24000):
        await shop.offer("t-desk-pine-v", price=26500)
        await page.get_by_role("button", name=PRESS).click()
        await expect(page.get_by_text("$240").first).to_be_visible()
        await expect(page.get_by_text("$265").first).to_be_visible()
        assert await account.orders() == []
        await page.get_by_role("button", name=PRESS).click()
        await expect(page.get_by_role("button", name=PRESS)).to_have_count(0)
        (placed,) = await account.orders()
        assert placed["lines"][0]["unit_price"]["amount"] == 26500


async def test_two_quick_presses_place_one_order(page: Page, shop: RunningShop, watch: Watch) -> None:
    watch.allow("status of (409|410)")
    await put_in_cart(page, PINE)
    await check_order(page)
    await page.get_by_role("button", name=PRESS).dblclick()
    await expect(page.get_by_role("heading", name=re.compile("^Ordered"))).to_be_visible()
    assert len(await (await shop.account(page.context)).orders()) == 1


async def test_a_cart_changed_in_another_tab_makes_the_card_order_nothing(
    page: Page, shop: RunningShop, watch: Watch
) -> None:
    watch.allow("status of (409|410)")
    await put_in_cart(page, PINE)
    await check_order(page)
    account = await shop.account(page.context)
    await account.change(PINE, 3)
    await page.get_by_role("button", name=PRESS).click()
    await expect(page.get_by_text(re.compile("no longer|changed", re.I)).first).to_be_visible()
    assert await account.orders() == []
    assert await account.cart() == {PINE: 3}
    await page.reload()
    await expect(page.get_by_role("spinbutton", name="How many")).to_have_value("3")


async def test_a_hostile_title_stays_words_on_every_page(page: Page, shop: RunningShop) -> None:
    for path in ("/search?q=ebonite+desk", "product", "cart", "check"):
        if path == "product":
            await page.get_by_role("link", name=re.compile("^Ebonite desk")).first.click()
        elif path == "cart":
            await page.get_by_role("button", name="Add to cart").first.click()
            await page.get_by_role("link", name=re.compile("^Cart.*1")).first.click()
        elif path == "check":
            await page.get_by_role("button", name="Check my order").click()
            await expect(page.get_by_role("button", name=PRESS)).to_be_enabled()
        else:
            await page.goto(path)
        await expect(page.get_by_text("Ebonite desk").first).to_be_visible()
        assert await page.evaluate("window.owned") is None, path
        assert await page.locator(LURES).count() == 0, path
        assert await page.evaluate(UNHELD_BIDI) == [], path
        presses = await page.get_by_role("button", name=PRESS).count()
        assert presses == (1 if path == "check" else 0), path
    await shot(page, "hostile-check")


async def test_a_purchase_by_keyboard_alone(page: Page, shop: RunningShop) -> None:
    await page.goto("/")
    await tab_to(page, "Search the shop")
    await page.keyboard.type(PINE)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("link", name=re.compile(f"^{PINE}")).first).to_be_visible()
    await tab_to(page, PINE)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1, name=PINE)).to_be_visible()
    await tab_to(page, "Add to cart")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("link", name=re.compile("^Cart.*1"))).to_be_visible()
    await tab_to(page, "Cart")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("button", name="Check my order")).to_be_visible()
    await tab_to(page, "Check my order")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("button", name=PRESS)).to_be_enabled()
    await tab_to(page, "Place order")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("button", name=PRESS)).to_have_count(0)
    account = await shop.account(page.context)
    assert [line["title"] for line in (await account.orders())[0]["lines"]] == [PINE]


FOCUSED = """() => {
  let node = document.activeElement;
  while (node?.shadowRoot?.activeElement) node = node.shadowRoot.activeElement;
  const label = node.labels?.[0]?.textContent ?? "";
  const seen = node.cloneNode(true);
  seen.querySelectorAll("[aria-hidden=true]").forEach((each) => each.remove());
  return (node.getAttribute("aria-label") || label || seen.textContent || "").trim();
}"""


async def tab_to(page: Page, name: str, most: int = 120) -> None:
    """Press Tab until what has the focus is called so; the focus must be seen."""
    for _ in range(most):
        await page.keyboard.press("Tab")
        if (await page.evaluate(FOCUSED)).startswith(name):
            return
    raise AssertionError(f"no Tab leads to {name!r}")


async def test_every_page_fits_a_phone(page: Page) -> None:
    await page.set_viewport_size({"width": 360, "height": 740})
    for path in ("/", "/search?q=desk", "/p/t-desk-oak", "/cart", "/orders"):
        await page.goto(path)
        assert await page.evaluate("document.documentElement.scrollWidth") <= 360, path
