"""What every request passes first: a size limit, strict UTF-8, and headers that keep pages to themselves."""

import re
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.problems import HttpProblem, respond

JSON_LIMIT = 64 * 1024
# Pictures are read as they stream in, with a limit of their own; see `receiving`.
_PICTURES = re.compile(r"/v1/sessions/[^/]+/images|/chat/project/file|/chat/voice/heard")
# Nothing outside our own origin is ever loaded, framed or called.
CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'"
)
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    # Under `no-referrer` a browser sends `Origin: null` even with our own forms; no telling them from foreign ones.
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
    "Content-Security-Policy": CONTENT_POLICY,
}


class SecurityHeaders:
    """Adds the same protective headers to every response."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and dress its response."""

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
                # Where a page names who may frame it, this older header would only contradict it.
                if "frame-ancestors 'none'" not in headers["Content-Security-Policy"]:
                    del headers["X-Frame-Options"]
                if scope["path"].startswith("/v1/"):
                    headers.setdefault("Cache-Control", "no-store")
            await send(message)

        await self._app(scope, receive, dressed if scope["type"] == "http" else send)


class BodyGuard:
    """Reads a request's body up to a limit and refuses bytes that are not UTF-8, before anything parses it."""

    def __init__(self, app: ASGIApp, limit: int = JSON_LIMIT) -> None:
        self._app = app
        self._limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with its body read, or answer with a problem."""
        if scope["type"] != "http" or scope["method"] in {"GET", "HEAD", "OPTIONS"} or _is_picture(scope):
            await self._app(scope, receive, send)
            return
        try:
            body = await self._read(scope, receive)
        except HttpProblem as problem:
            await respond(problem)(scope, receive, send)
            return
        if body is not None:
            await self._app(scope, _replay(body, receive), send)

    async def _read(self, scope: Scope, receive: Receive) -> bytes | None:
        """Return the body, or None when the client left before it was whole."""
        declared = Headers(scope=scope).get("content-length", "0")
        if not declared.isdigit() or int(declared) > self._limit:
            raise self._too_large()
        body = bytearray()
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return None
            body += message.get("body", b"")
            if len(body) > self._limit:
                raise self._too_large()
            if not message.get("more_body", False):
                break
        _check_utf8(body)
        return bytes(body)

    def _too_large(self) -> HttpProblem:
        return HttpProblem(413, "too_large", f"A request can have up to {self._limit // 1024} kB. Send less at once.")


def _is_picture(scope: Scope) -> bool:
    return scope["method"] == "POST" and _PICTURES.fullmatch(scope["path"]) is not None


def _check_utf8(body: bytearray) -> None:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError as error:
        detail = f"The body is not UTF-8 (byte {error.start + 1}). Send JSON encoded as UTF-8."
        raise HttpProblem(400, "broken_utf8", detail) from error


def _replay(body: bytes, receive: Receive) -> Callable[[], Awaitable[Message]]:
    """Return a `receive` that hands out the body once and then waits for what really comes."""
    given = False

    async def replay() -> dict[str, Any]:
        nonlocal given
        if given:
            return dict(await receive())
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay
