"""Times how long a shopper waits for a usable page: `make bench-browser` prints one JSON line, seconds."""

import asyncio
import json
import statistics
import sys
import tempfile
from pathlib import Path
from time import perf_counter

import httpx
from playwright.async_api import Browser, Page, async_playwright

from retrieval.demo import generate
from tests.browser.chromium import CHROMIUM, FLAGS
from tests.browser.shop import RunningShop, free_port, open_up

PRODUCTS = 240
VISITS = 7


async def first_page(page: Page) -> None:
    """Open the shop until one can search and call the assistant."""
    await page.goto("/", wait_until="commit")
    await page.get_by_role("searchbox", name="Search the shop").wait_for()
    await page.get_by_role("button", name="Ask the assistant").wait_for()


async def chat(page: Page) -> None:
    """Open the chat until one can type and send."""
    await page.goto("/chat", wait_until="commit")
    await page.locator("#chat-input").fill("a desk")
    await page.locator("#chat-submit:enabled").wait_for()


async def timed(browser: Browser, url: str) -> dict[str, float]:
    """Open each page as new guests do, with nothing cached, and return seconds by name."""
    figures: dict[str, float] = {}
    for name, usable in (("first_page", first_page), ("chat", chat)):
        seconds: list[float] = []
        for _ in range(VISITS):
            context = await browser.new_context(base_url=url)
            page = await context.new_page()
            began = perf_counter()
            await usable(page)
            seconds.append(perf_counter() - began)
            await context.close()
        figures |= {
            f"{name}_first_s": round(seconds[0], 3),
            f"{name}_median_s": round(statistics.median(seconds), 3),
            f"{name}_max_s": round(max(seconds), 3),
        }
    return figures


async def main() -> None:
    """Measure a shop of our own; its pictures are looked at before, so that the machine is idle."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        await asyncio.to_thread(home.mkdir)
        await open_up(home, generate(products=PRODUCTS, seed=7).entries)
        port = free_port()
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as http, async_playwright() as playwright:
            shop = RunningShop(home, http, port)
            await shop.start()
            try:
                browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
                figures = await timed(browser, shop.url)
                await browser.close()
            finally:
                await shop.stop()
    sys.stdout.write(json.dumps({**figures, "visits": VISITS, "products": PRODUCTS}) + "\n")


if __name__ == "__main__":
    if CHROMIUM is None:
        sys.exit("This needs Chromium (apt-get install chromium).")
    asyncio.run(main())
