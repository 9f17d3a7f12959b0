"""How the shop's people are told of cases: the channels of the settings, and the worker that sends beside requests."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import httpx

from assistant.settings import Settings
from policies.errors import SettingsError
from shop.books import GateBooks
from shop.case_channels import Mail, Webhook
from shop.case_worker import Channel


def told_by(settings: Settings) -> tuple[str, ...]:
    """Return the names of the channels that are set up."""
    ways = {"webhook": settings.case_webhook_url, "mail": settings.case_mail_to}
    return tuple(name for name, value in ways.items() if value)


@asynccontextmanager
async def telling(books: GateBooks, settings: Settings) -> AsyncGenerator[None]:
    """Send messages about cases until the block ends; what is left then is sent at the next start.

    Raises:
        SettingsError: A channel's settings are wrong; the text names them.
    """
    sending = asyncio.create_task(books.telling(channels_of(settings)).run())
    try:
        yield
    finally:
        # Whatever is cut off here was not noted as taken, so it is sent again, under the id it had.
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)


def channels_of(settings: Settings) -> list[Channel]:
    """Build the channels that are set up; whoever asks closes them."""
    channels: list[Channel] = []
    if settings.case_mail_to:
        if settings.smtp_url is None or not settings.case_mail_from:
            raise SettingsError("AISLE_CASE_MAIL_TO needs AISLE_CASE_MAIL_FROM and AISLE_SMTP_URL, too.")
        channels.append(Mail(settings.smtp_url.get_secret_value(), settings.case_mail_from, settings.case_mail_to))
    if settings.case_webhook_url is not None:
        if settings.case_webhook_secret is None:
            raise SettingsError("AISLE_CASE_WEBHOOK_URL needs AISLE_CASE_WEBHOOK_SECRET, to sign what is sent.")
        secret = settings.case_webhook_secret.get_secret_value()
        client = httpx.AsyncClient(trust_env=False, follow_redirects=False)
        channels.append(Webhook(settings.case_webhook_url.get_secret_value(), secret, client))
    return channels
