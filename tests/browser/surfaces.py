"""The two places to talk in, driven by what a shopper sees: the widget on a page of the shop, and `/chat`."""

import re
from contextlib import suppress
from dataclasses import dataclass

from playwright.async_api import FilePayload, Locator, Page, expect
from playwright.async_api import TimeoutError as PlaywrightTimeoutError

PRESS = re.compile("^Place order")
NOT_NOW = re.compile("^Not now")


@dataclass(slots=True)
class Widget:
    """The assistant beside the shop's own pages."""

    page: Page
    path: str = "/"

    async def open(self) -> None:
        """Go to a page of the shop and ask the assistant in."""
        await self.page.goto(self.path)
        await self.page.get_by_role("button", name="Ask the assistant").click()
        await expect(self.box).to_be_visible()

    async def reload(self) -> None:
        """Load the page again; the panel was open and opens by itself."""
        await self.page.reload()
        await expect(self.box).to_be_visible()

    @property
    def root(self) -> Locator:
        return self.page.get_by_role("dialog", name="Shopping assistant")

    @property
    def box(self) -> Locator:
        return self.root.get_by_role("textbox", name="Your message")

    async def say(self, text: str) -> None:
        """Type and send."""
        await self.box.fill(text)
        await self.root.get_by_role("button", name="Send", exact=True).click()

    async def try_to_say(self, text: str) -> None:
        """Send while the shop is away."""
        await self.say(text)

    @property
    def sender(self) -> Locator:
        """What sends again a message that did not arrive."""
        return self.root.get_by_role("button", name="Try again")

    @property
    def waiting(self) -> Locator:
        """What tells that an answer is on its way."""
        return self.root.locator(".waiting")

    async def show(self, picture: FilePayload, text: str = "") -> None:
        """Choose a picture and send it with or without words."""
        await self.root.locator("input[type=file]").set_input_files(picture)
        await expect(self.root.get_by_role("button", name="Remove the picture")).to_be_visible()
        await self.say(text)


@dataclass(slots=True)
class Chat:
    """The page that is all conversation."""

    page: Page
    path: str = "/chat"

    async def open(self) -> None:
        """Go there and wait until one can type; whoever comes first waits until the server has loaded Chainlit."""
        await self.page.goto(self.path, timeout=60_000)
        await expect(self.box).to_be_editable()

    async def reload(self) -> None:
        """Load the page again."""
        await self.page.reload(timeout=60_000)
        await expect(self.box).to_be_editable()

    @property
    def root(self) -> Locator:
        return self.page.locator("body")

    @property
    def box(self) -> Locator:
        return self.page.locator("#chat-input")

    async def say(self, text: str) -> None:
        """Type and send."""
        await self.box.fill(text)
        await self.page.locator("#chat-submit").click()

    async def try_to_say(self, text: str) -> None:
        """Type while the shop is away: nothing can be sent, and the words stay where they are."""
        await self.box.fill(text)
        await expect(self.sender).to_have_count(0)  # It is disabled, or still what stops a cut off answer.

    @property
    def sender(self) -> Locator:
        """What sends, once there are words and the shop is in reach."""
        return self.page.locator("#chat-submit:enabled")

    @property
    def waiting(self) -> Locator:
        """What tells that an answer is on its way, and stops waiting for it."""
        return self.page.get_by_role("button", name="Stop waiting")

    async def show(self, picture: FilePayload, text: str) -> None:
        """Choose a picture and send it with words."""
        await self.box.fill(text)
        await expect(self.page.locator("#chat-submit")).to_be_enabled()
        await self.page.locator("input[type=file]").first.set_input_files(picture)
        await expect(self.page.get_by_role("img", name=picture["name"])).to_be_visible()
        await self.page.locator("#chat-submit").click()


Surface = Widget | Chat


async def send_again_until(surface: Surface, shown: Locator) -> None:
    """Press what sends again, where the page offers it and does not do so by itself, until an answer is shown."""
    await expect(surface.sender.or_(shown).first).to_be_visible(timeout=60_000)
    if not await shown.is_visible():
        with suppress(PlaywrightTimeoutError):  # It went away: the page sends again by itself.
            await surface.sender.click(timeout=2_000)
    await expect(shown).to_be_visible(timeout=60_000)


def card(surface: Surface, title: str) -> Locator:
    """Return the newest card of a product."""
    return surface.root.get_by_role("article", name=title).last


async def add(surface: Surface, title: str) -> None:
    """Press the button of a product's newest card."""
    await card(surface, title).get_by_role("button", name=re.compile("^Add")).click()


async def add_and_buy(surface: Surface, title: str) -> None:
    """Put a shown product into the cart, wait until the assistant says so, and ask for the order card."""
    await add(surface, title)
    await expect(surface.root.get_by_text(re.compile(f"Added: {title}")).last).to_be_visible()
    await surface.say("buy it")


def comparison(surface: Surface) -> Locator:
    """Return the newest comparison."""
    return surface.root.get_by_role("region", name="Comparison").last


def order_card(surface: Surface) -> Locator:
    """Return the order card that can be pressed."""
    return surface.root.get_by_role("region", name="Check your order").last


async def press(surface: Surface) -> None:
    """Place the order on the card, as soon as its button can be pressed."""
    await order_card(surface).get_by_role("button", name=PRESS).click()


def order(surface: Surface, order_id: str) -> Locator:
    """Return where an order is told with its number."""
    return surface.root.get_by_text(order_id).last
