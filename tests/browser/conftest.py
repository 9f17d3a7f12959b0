"""One real server and one real Chromium for all browser tests, and a new guest in a new context for each."""

import asyncio
import io
import json
import os
import re
import shutil
from collections.abc import AsyncGenerator, Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from PIL import Image
from playwright.async_api import Browser, BrowserContext, FilePayload, Page, async_playwright, expect

from retrieval.demo.drawing.draw import draw_product
from retrieval.product import CatalogueEntry
from tests.assistant.local_voice import LocalVoice, local_voice
from tests.browser.chromium import CHROMIUM, FLAGS
from tests.browser.shop import PLENTY, RunningShop, free_port, hostile_entry, huge_entry, open_up
from tests.browser.watch import DESKTOP, Watch, screens
from tests.fakes import crafted_entries

HERE = Path(__file__).parent
WAIT_MS = 15_000  # how long a shopper's next sight may take on a busy machine

_not_run = pytest.StashKey[int]()
_failed = pytest.StashKey[bool]()
Visit = Callable[..., Awaitable[BrowserContext]]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    mine = [item for item in items if item.path.is_relative_to(HERE)]
    if CHROMIUM or not mine:
        return
    if os.environ.get("AISLE_REQUIRE_BROWSER") == "1":
        raise pytest.UsageError(f"{len(mine)} browser tests need Chromium (apt-get install chromium)")
    config.stash[_not_run] = len(mine)
    items[:] = [item for item in items if item not in mine]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if count := config.stash.get(_not_run, 0):
        terminalreporter.write_line(f"not run: {count} browser tests need Chromium (apt-get install chromium)")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    report = yield
    item.stash[_failed] = item.stash.get(_failed, False) or report.failed
    return report


@pytest.fixture(scope="session")
def browser_home(
    tmp_path_factory: pytest.TempPathFactory, encoder_cache: Path, shop_entries: tuple[CatalogueEntry, ...]
) -> Path:
    """A third of the small shop, all its armchairs and one hostile product; their pictures have all been looked at."""
    home = tmp_path_factory.mktemp("browser") / "home"
    shutil.copytree(encoder_cache, home / "models")

    # Looking at pictures takes most of the time before the first test; a few of each kind show the same.
    kept = [e for at, e in enumerate(shop_entries) if at % 3 == 0 or e.product.product_type == "armchair"]
    crafted = [e for e in crafted_entries() if e not in kept]
    asyncio.run(open_up(home, (*kept, *crafted, hostile_entry(), huge_entry())))
    return home


@pytest.fixture(scope="session")
def storefront_port() -> int:
    """Where a storefront of another origin, which may embed the assistant, will be."""
    return free_port()


@pytest.fixture(scope="session")
async def voice() -> AsyncGenerator[LocalVoice]:
    """What hears and speaks for the shop."""
    async with local_voice() as voice:
        yield voice


@pytest.fixture(scope="session")
async def shop(
    browser_home: Path, pictured: CatalogueEntry, storefront_port: int, voice: LocalVoice
) -> AsyncGenerator[RunningShop]:
    """The shop as its own process."""
    port = free_port()
    more = {"AISLE_ALLOWED_ORIGINS": json.dumps([f"http://localhost:{storefront_port}"])}
    more |= {"AISLE_HEAR_URL": voice.url, "AISLE_SPEAK_URL": voice.url}
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=30) as http:
        running = RunningShop(browser_home, http, port, more)
        await running.start()
        for entry in (*crafted_entries(), pictured):
            for offer in entry.offers:
                if offer.stock:
                    await running.offer(offer.variant_id, stock=PLENTY)
        yield running
        await running.stop()


@pytest.fixture(scope="session")
async def browser() -> AsyncGenerator[Browser]:
    """The system's Chromium, driven over pipes; nothing is downloaded for it."""
    expect.set_options(timeout=WAIT_MS)
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        await chromium.close()


@pytest.fixture
def watch(shop: RunningShop) -> Watch:
    """What the browsers of this test ask and complain about."""
    return Watch(shop.url)


@pytest.fixture
async def visit(
    request: pytest.FixtureRequest, shop: RunningShop, browser: Browser, watch: Watch
) -> AsyncGenerator[Visit]:
    """Opens contexts, each a browser of a new guest; when the test ends, each must have kept to our own servers."""
    contexts: list[BrowserContext] = []

    async def open_context(**options: Any) -> BrowserContext:
        context = await browser.new_context(base_url=shop.url, viewport=DESKTOP, reduced_motion="reduce", **options)
        context.set_default_timeout(WAIT_MS)
        watch.follow(context)
        contexts.append(context)
        return context

    yield open_context
    if request.node.stash.get(_failed, False):
        await _keep(contexts, request.node.name)
    for context in contexts:
        await context.close()
    assert watch.elsewhere() == []
    assert watch.unnamed() == []


@pytest.fixture
async def context(visit: Visit) -> BrowserContext:
    """The browser of a new guest."""
    return await visit()


@pytest.fixture
async def page(context: BrowserContext) -> Page:
    """A tab in it."""
    return await context.new_page()


async def _keep(contexts: list[BrowserContext], name: str) -> None:
    """Save what a failed test saw last."""
    pages = [page for context in contexts for page in context.pages if not page.is_closed()]
    for number, page in enumerate(pages):
        path = screens() / f"failed-{re.sub(r'[^a-z0-9]+', '-', name.lower())}-{number}.png"
        await page.screenshot(path=path, animations="disabled")


@pytest.fixture(scope="session")
def pictured(shop_entries: tuple[CatalogueEntry, ...]) -> CatalogueEntry:
    """A product of the demo that stands in a picture."""
    return next(e for e in shop_entries if e.product.product_type == "armchair")


@pytest.fixture(scope="session")
def photo(pictured: CatalogueEntry) -> FilePayload:
    """That product as a shopper might photograph it: askew, closer, noisy, compressed hard."""
    drawn = Image.open(io.BytesIO(draw_product(pictured.product, None, 0, 480))).convert("RGB")
    askew = drawn.rotate(7, Image.Resampling.BICUBIC, fillcolor=(238, 236, 230)).crop((30, 24, 456, 450))
    grain = np.random.default_rng(3).normal(0, 5, (*reversed(askew.size), 3))
    out = io.BytesIO()
    Image.fromarray(np.clip(np.asarray(askew) + grain, 0, 255).astype(np.uint8)).save(out, "JPEG", quality=70)
    return FilePayload(name="photo.jpg", mimeType="image/jpeg", buffer=out.getvalue())
