"""What stands before everything under /chat: own origin only, an identity from our own cookie, and no other host."""

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.chat.loading import Chainlit
from ui.chat.serving import SERVING, Serving, cookies_of
from ui.services import Services
from ui.visitor import COOKIE, visitor_from

# `unsafe-eval`: Chainlit draws custom elements by compiling their JSX in the page; only our own files are compiled.
# Inline styles: its dialogs and toasts bring style sheets of their own.
CHAT_POLICY = (
    "default-src 'none'; script-src 'self' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; media-src blob:; font-src 'self'; connect-src 'self'; worker-src 'none'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'"
)
_READING = frozenset({"GET", "HEAD"})
# Headers by which a client could say who it is.
_CLAIMS = frozenset({b"cookie", b"authorization"})
# Closing code of a websocket that may not be opened.
_POLICY_VIOLATION = 1008


class OwnOrigin:
    """Lets pages of our own origin change something or connect, and nobody else."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        reads = scope["type"] == "http" and scope["method"] in _READING
        if reads or _is_own(scope):
            await self._app(scope, receive, _dressed(send))
            return
        await refuse(scope, receive, send, 403, "This can only be done on the shop's own pages. Open the shop itself.")


class Passed:
    """Passes a request on to Chainlit, which is brought in by the first one at the latest."""

    def __init__(self, chainlit: Chainlit, cache_control: str = "no-store") -> None:
        self._chainlit = chainlit
        self._cache_control = cache_control

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, saying how long its answer may be kept."""

        async def dated(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["Cache-Control"] = self._cache_control
            await send(message)

        adapter = await self._chainlit.adapter()
        await adapter.asgi(scope, receive, dated)


class Known:
    """Passes a request on to Chainlit with an identity of our making, and nothing the client says about itself."""

    def __init__(self, services: Services, chainlit: Chainlit) -> None:
        self._services = services
        self._chainlit = chainlit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on for the visitor whom the cookie names, or refuse it."""
        visitor = visitor_from(self._services, cookies_of(scope))
        if visitor is None:
            await refuse(scope, receive, send, 401, "Your visit has ended. Reload the page to go on.")
            return
        adapter = await self._chainlit.adapter()
        SERVING.set(Serving(self._services, visitor))
        # Chainlit's own token never leaves this process. The visitor's cookie goes along, to be read again for every
        # message; no other does.
        cookies = f"access_token={adapter.token_of(visitor.subject)}; {COOKIE}={cookies_of(scope)[COOKIE]}"
        told = [(name, value) for name, value in scope["headers"] if name not in _CLAIMS]
        await adapter.asgi({**scope, "headers": [*told, (b"cookie", cookies.encode())]}, receive, send)


async def refuse(scope: Scope, receive: Receive, send: Send, status: int, text: str) -> None:
    """Answer with a sentence; a websocket is closed before it opens."""
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": _POLICY_VIOLATION, "reason": text})
        return
    response = JSONResponse({"detail": text}, status, headers={"Cache-Control": "no-store"})
    await response(scope, receive, _dressed(send))


def _is_own(scope: Scope) -> bool:
    """Whether the page that asks is one of ours; what names no origin is no page, and has no business here."""
    headers = Headers(scope=scope)
    scheme = {"ws": "http", "wss": "https"}.get(scope["scheme"], scope["scheme"])
    own = f"{scheme}://{headers.get('host', '')}"
    return headers.get("origin") == own and headers.get("sec-fetch-site", "same-origin") == "same-origin"


def _dressed(send: Send) -> Send:
    async def dressed(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message)["Content-Security-Policy"] = CHAT_POLICY
        await send(message)

    return dressed
