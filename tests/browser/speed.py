"""Times how long a shopper waits for a usable page, and what the closed widget costs one: `make bench-browser`."""

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
from tests.browser.elsewhere import site
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


# Main-thread milliseconds over 50 of each task, and how far the page moved, from its first byte on.
WATCHED = """window.seen = { long_ms: 0, shift: 0 };
new PerformanceObserver((list) => { for (const { duration } of list.getEntries()) seen.long_ms += duration - 50; })
  .observe({ type: "longtask", buffered: true });
new PerformanceObserver((list) => { for (const { value } of list.getEntries()) seen.shift += value; })
  .observe({ type: "layout-shift", buffered: true });"""
HTML = "<h1>A page of their own</h1>" + "<p>Words of the shop.</p>" * 200


async def cost(browser: Browser, url: str) -> dict[str, float]:
    """Open a page of another site without and with the closed widget, as new guests do; the worst of all visits."""
    figures: dict[str, float] = {}
    for name, tag in (("without", ""), ("with", f'<script src="{url}/widget.js" defer></script>')):
        async with site(HTML + tag) as port:
            seen: list[dict[str, float]] = []
            for _ in range(VISITS):
                page = await browser.new_page()
                await page.add_init_script(WATCHED)
                await page.goto(f"http://127.0.0.1:{port}/", wait_until="load")
                if tag:
                    await page.get_by_role("button", name="Ask the assistant").wait_for()
                # Whatever the page still has to do is done when it is idle.
                await page.evaluate("new Promise((done) => requestIdleCallback(() => setTimeout(done, 500)))")
                seen.append(await page.evaluate("window.seen"))
                await page.close()
        figures |= {
            f"page_{name}_widget_{what}": round(max(each[what] for each in seen), 4) for what in ("long_ms", "shift")
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
                figures = await timed(browser, shop.url) | await cost(browser, shop.url)
                await browser.close()
            finally:
                await shop.stop()
    sys.stdout.write(json.dumps({**figures, "visits": VISITS, "products": PRODUCTS}) + "\n")


if __name__ == "__main__":
    if CHROMIUM is None:
        sys.exit("This needs Chromium (apt-get install chromium).")
    asyncio.run(main())
