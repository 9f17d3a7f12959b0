"""What a browser did while a test drove it: every address it asked, and everything it complained about."""

import os
import re
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from playwright.async_api import BrowserContext, ConsoleMessage, Page, ViewportSize, WebError

ROOT = Path(__file__).parents[2]
DESKTOP, PHONE = ViewportSize(width=1440, height=900), ViewportSize(width=390, height=844)
VIEWS: tuple[tuple[str, ViewportSize, Literal["light", "dark"]], ...] = (
    ("light", DESKTOP, "light"),
    ("dark", DESKTOP, "dark"),
    ("phone", PHONE, "light"),
)
_INNER = {"data", "blob", "about"}


class Watch:
    """Records browser contexts from their first request to their last.

    Args:
        url: Of the one server that pages may talk to.
    """

    def __init__(self, url: str) -> None:
        self.asked: list[str] = []
        self.complaints: list[str] = []
        self._hosts = {urlsplit(url).netloc}
        self._named: list[str] = []

    def follow(self, context: BrowserContext) -> None:
        """Record a new context."""
        context.on("request", lambda request: self.asked.append(request.url))
        context.on("serviceworker", lambda worker: self.complaints.append(f"service worker {worker.url}"))
        context.on("console", self._console)
        context.on("weberror", self._error)
        context.on("page", self._page)

    def allow(self, *patterns: str) -> None:
        """Name complaints that a test provokes, as regular expressions."""
        self._named += patterns

    def welcome(self, *hosts: str) -> None:
        """Name `host:port` of other servers that a test brings."""
        self._hosts.update(hosts)

    def elsewhere(self) -> list[str]:
        """Return every address asked that is not one of our own servers."""
        split = [(url, urlsplit(url)) for url in self.asked]
        return [url for url, parts in split if parts.scheme not in _INNER and parts.netloc not in self._hosts]

    def unnamed(self) -> list[str]:
        """Return the complaints that the test did not name."""
        return [each for each in self.complaints if not any(re.search(pattern, each) for pattern in self._named)]

    def _page(self, page: Page) -> None:
        page.on("websocket", lambda socket: self.asked.append(socket.url))
        page.on("worker", lambda worker: self.asked.append(worker.url))
        page.on("crash", lambda _: self.complaints.append(f"{page.url} crashed"))

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "assert"}:
            self.complaints.append(f"{message.text} ({message.location.get('url', '')})")

    def _error(self, error: WebError) -> None:
        self.complaints.append(f"uncaught: {error.error.message}")


def screens() -> Path:
    """Return the folder of screenshots: AISLE_SCREENS, or out/screens in the checkout."""
    folder = Path(os.environ.get("AISLE_SCREENS") or ROOT / "out" / "screens")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


async def shot(page: Page, name: str) -> None:
    """Save what the page shows on a desktop by day and by night, and on a phone, each as PNG."""
    for kind, size, scheme in VIEWS:
        if scheme == "dark" and "/chat" in page.url:  # Chainlit looks at the scheme only as it loads.
            continue
        await page.set_viewport_size(size)
        await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        await page.screenshot(path=screens() / f"{name}-{kind}.png", animations="disabled")
    await page.set_viewport_size(DESKTOP)
