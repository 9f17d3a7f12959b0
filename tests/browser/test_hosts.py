"""The pages belong to the shop alone."""

from playwright.async_api import Page, expect

from tests.browser.shop import RunningShop


async def test_the_first_page_opens(page: Page, shop: RunningShop) -> None:
    await page.goto("/")
    await expect(page).to_have_title("Aisle")
