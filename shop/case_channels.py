"""The ways to tell the shop's people of a case: a signed webhook, and e-mail."""

import asyncio
import base64
import hashlib
import hmac
import smtplib
import ssl
import time
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

import httpx

from policies.errors import SettingsError
from shop.case_worker import NotTaken

_TIMEOUT_S = 10
_LOCAL = frozenset({"127.0.0.1", "::1", "localhost"})


class Webhook:
    """Posts the message as JSON, signed the Standard Webhooks way, and takes any 2xx for a yes.

    Args:
        url: Where to; https, or http on this machine.
        secret: Shared with the receiver; "whsec_…" is base64.
        http: The client to send with; redirects are not followed.

    Raises:
        SettingsError: The address is not one to send personal words to, or the secret is too short.
    """

    name = "webhook"

    def __init__(self, url: str, secret: str, http: httpx.AsyncClient) -> None:
        parts = urlsplit(url)
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOCAL):
            raise SettingsError("AISLE_CASE_WEBHOOK_URL must begin with https:// (or be http:// on this machine).")
        if len(secret) < 16:
            raise SettingsError("AISLE_CASE_WEBHOOK_SECRET needs 16 characters or more, to sign what is sent.")
        self._url, self._http = url, http
        self._key = base64.b64decode(secret[6:]) if secret.startswith("whsec_") else secret.encode()

    async def send(self, delivery_id: str, message: dict[str, Any], body: str) -> None:
        """Post one message."""
        content, timestamp = body.encode(), str(int(time.time()))
        headers = {
            "content-type": "application/json",
            "webhook-id": delivery_id,
            "webhook-timestamp": timestamp,
            "webhook-signature": f"v1,{signature(self._key, delivery_id, timestamp, content)}",
        }
        try:
            response = await self._http.post(self._url, content=content, headers=headers, timeout=_TIMEOUT_S)
        except httpx.HTTPError as error:
            # The error's own text may repeat the address, and an address may hold a secret.
            raise NotTaken(type(error).__name__) from None
        if not response.is_success:
            raise NotTaken(f"it answered {response.status_code}", final=response.status_code == 410)

    async def aclose(self) -> None:
        """Close the client's connections."""
        await self._http.aclose()


def signature(key: bytes, delivery_id: str, timestamp: str, content: bytes) -> str:
    """Return the base64 HMAC-SHA256 of id, time and content, as the receiver computes it, too."""
    signed = b".".join((delivery_id.encode(), timestamp.encode(), content))
    return base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


@dataclass(frozen=True, slots=True)
class Mail:
    """Writes an e-mail about each message.

    Args:
        server: `smtp://user:password@host:587` (TLS is begun), `smtps://host:465`, or `smtp://localhost:25` in clear.
        sender: From whom.
        recipient: To whom.
    """

    server: str = field(repr=False)
    sender: str
    recipient: str
    name: str = "mail"

    def __post_init__(self) -> None:
        if urlsplit(self.server).scheme not in ("smtp", "smtps") or not urlsplit(self.server).hostname:
            raise SettingsError("AISLE_SMTP_URL must look like smtp://user:password@host:587 or smtps://host:465.")
        if "@" not in self.sender or "@" not in self.recipient:
            raise SettingsError("AISLE_CASE_MAIL_TO and AISLE_CASE_MAIL_FROM are e-mail addresses; set both.")

    async def send(self, delivery_id: str, message: dict[str, Any], body: str) -> None:
        """Send one e-mail; its Message-ID is that of the message, so that two of them are seen to be one."""
        written = self._written(delivery_id, message)
        try:
            # smtplib waits for the network.
            await asyncio.to_thread(self._send, written)
        except (OSError, smtplib.SMTPException) as error:
            code = f" {error.smtp_code}" if isinstance(error, smtplib.SMTPResponseException) else ""
            raise NotTaken(f"{type(error).__name__}{code}") from None

    async def aclose(self) -> None:
        """Nothing is held open."""

    def _written(self, delivery_id: str, message: dict[str, Any]) -> EmailMessage:
        case: dict[str, Any] = message["case"]
        written = EmailMessage()
        written["From"], written["To"] = self.sender, self.recipient
        written["Subject"] = f"Case {case['case_id']}: {case['reason']} ({message['event'].removeprefix('case.')})"
        written["Message-ID"] = f"<{delivery_id}@{self.sender.rpartition('@')[2]}>"
        written.set_content(_text(case))
        return written

    def _send(self, written: EmailMessage) -> None:
        at = urlsplit(self.server)
        with self._connected(at) as smtp:
            if at.username:
                smtp.login(unquote(at.username), unquote(at.password or ""))
            smtp.send_message(written)

    def _connected(self, at: SplitResult) -> smtplib.SMTP:
        host = at.hostname or ""
        if at.scheme == "smtps":
            return smtplib.SMTP_SSL(host, at.port or 465, timeout=_TIMEOUT_S, context=ssl.create_default_context())
        smtp = smtplib.SMTP(host, at.port or 587, timeout=_TIMEOUT_S)
        if host not in _LOCAL:
            smtp.starttls(context=ssl.create_default_context())
        return smtp


def _text(case: dict[str, Any]) -> str:
    """Write a case for a person to read."""
    context: dict[str, Any] = case["context"]
    lines = [f"Case {case['case_id']} ({case['reason']}) is {case['state']}; opened {case['opened_at']}.", ""]
    lines += [f"{each['at']}  {each['words']}" for each in case["said"]]
    lines += ["", "Cart:", *(f"- {each['quantity']} x {each['title']}" for each in context.get("cart", ()))]
    lines += ["Orders:", *(f"- {each['order_id']}: {each['state_text']}" for each in context.get("orders", ()))]
    lines += ["", f"Everything about it: aisle cases show {case['case_id']}"]
    return "\n".join(lines)
