"""The page of the chat and its files: our own frame around Chainlit's script, which asks no other host for anything."""

import re
from functools import cache
from html import escape
from importlib.resources import files
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from ui.chat.drawing import ELEMENTS
from ui.chat.serving import thread_of
from ui.chat.words import FIRST_CONTACT, chainlit_folder, translation
from ui.problems import not_found, respond
from ui.services import Services
from ui.theme import read_mark, sheet
from ui.visitor import Visitor, keep_visitor, new_guest, visitor_from

# Only these names are ever opened, whatever an address says.
_TYPES = {
    "start.js": "text/javascript",
    "aisle.js": "text/javascript",
    "page.js": "text/javascript",
    "voice.js": "text/javascript",
    "chat.css": "text/css",
    "mark.svg": "image/svg+xml",
    **{f"elements/{name}.jsx": "text/javascript" for name in ELEMENTS.values()},
}
_SCRIPT = re.compile(r'<script type="module"[^>]*src="/assets/(index-[\w-]+\.js)"')
_STYLE = re.compile(r'<link rel="stylesheet"[^>]*href="/assets/(index-[\w-]+\.css)"')
_UNKEPT = {"Cache-Control": "no-store"}
# A page that listens may ask for the microphone; no other may.
_LISTENS = {"Permissions-Policy": "camera=(), microphone=(self), geolocation=(), payment=()"}
_THEME = '\n    <link rel="stylesheet" href="/chat/theme.css">'
_VOICE = '\n    <script type="module" src="/chat/public/voice.js?{}"></script>'
_PAGE = """<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>{name}</title>
    <link rel="icon" href="/chat/favicon">
    <meta name="description" content="Talk to {name}: find, compare and buy by talking or by picture.">
    <meta property="og:title" content="{name}">
    <meta property="og:root_path" content="/chat">
    <script src="/chat/public/start.js"></script>
    <script type="module" src="/chat/assets/{script}"></script>
    <script type="module" src="/chat/public/aisle.js"></script>
    <script type="module" src="/chat/public/page.js"></script>{voice}
    <link rel="stylesheet" href="/chat/assets/{style}">
    <link rel="stylesheet" href="/chat/public/chat.css">{theme}
  </head>
  <body>
    <header id="shop">
      <h1>Talk to {name}</h1>
      <a href="/"><img src="/chat/favicon" alt="" width="24" height="24"> <span>Back to {name}</span></a>
    </header>
    <div id="root"></div>
    <footer id="first-contact">{note}</footer>
    <noscript>This page needs JavaScript. The shop itself is at <a href="/">the start page</a>.</noscript>
  </body>
</html>
"""


class Pages:
    """Answers what needs no Chainlit."""

    def __init__(self, services: Services) -> None:
        self._services = services
        settings = services.app.settings
        self._theme = sheet(settings.accent) if settings.accent else ""
        self._mark = None if settings.mark is None else read_mark(settings.mark)

    async def home(self, request: Request) -> Response:
        """Go on with the conversation the visitor is in, or serve an empty page."""
        visitor = visitor_from(self._services, request.cookies)
        if visitor is not None and await self._goes_on(visitor):
            return RedirectResponse(f"/chat/thread/{quote(thread_of(visitor.session_id))}", 303, _UNKEPT)
        return await self.page(request)

    async def page(self, request: Request) -> Response:
        """Serve the page; whoever is not known yet becomes a guest, of whom the books hear with their first message."""
        script, style = _bundle()
        name = escape(self._services.app.shop_name)
        has = self._services.app.voice
        able = "&amp;".join(word for word, can in (("hears", has.hears), ("speaks", has.speaks)) if can)
        voice = _VOICE.format(able) if able else ""
        theme = _THEME if self._theme else ""
        html = _PAGE.format(name=name, script=script, style=style, note=escape(FIRST_CONTACT), voice=voice, theme=theme)
        headers = _UNKEPT | (_LISTENS if has.hears else {})
        response = Response(html, media_type="text/html; charset=utf-8", headers=headers)
        visitor = visitor_from(self._services, request.cookies)
        if visitor is None or await self._services.app.books.privacy.erased(visitor.subject):
            keep_visitor(response, request, self._services, new_guest())
        return response

    async def _goes_on(self, visitor: Visitor) -> bool:
        """Whether something was said in the visitor's conversation, and not too long ago."""
        conversations = self._services.app.books.conversations
        session = await conversations.session(visitor.session_id) if visitor.session_id else None
        if session is None or session.subject != visitor.subject:
            return False
        rested_s = (self._services.authority.clock() - session.last_seen_at).total_seconds()
        said = bool(await conversations.events_after(session.session_id, 0, limit=1))
        return said and rested_s < self._services.app.settings.session_max_s

    async def again(self, _: Request) -> Response:
        """Send whoever lost their cookie back to the page; there is no form to fill in."""
        return RedirectResponse("/chat/", 303)

    async def public(self, request: Request) -> Response:
        """Serve a file of ours."""
        return _file(request.path_params["name"])

    async def theme(self, _: Request) -> Response:
        """Serve the shop's own colour, where it has one."""
        kept = {"Cache-Control": "no-cache"}
        return Response(self._theme, media_type="text/css; charset=utf-8", headers=kept)

    async def mark(self, _: Request) -> Response:
        """Serve the shop's mark, or ours, wherever Chainlit would show its own."""
        if self._mark is None:
            return _file("mark.svg")
        return Response(self._mark.content, media_type=self._mark.media_type, headers={"Cache-Control": "no-cache"})

    async def words(self, _: Request) -> Response:
        """Serve the words of the page."""
        return JSONResponse({"translation": translation()})

    async def sticky(self, _: Request) -> Response:
        """Accept what Chainlit's page says for load balancers; there is one process, so nothing is kept."""
        return JSONResponse({"message": "ok"})


@cache
def _bundle() -> tuple[str, str]:
    """Return the names of Chainlit's script and style sheet; they carry a digest that changes with each release."""
    html = (chainlit_folder() / "frontend" / "dist" / "index.html").read_text(encoding="utf-8")
    script, style = _SCRIPT.search(html), _STYLE.search(html)
    assert script is not None, "this release of Chainlit names its script otherwise"
    assert style is not None, "this release of Chainlit names its style sheet otherwise"
    return script[1], style[1]


@cache
def _bytes(name: str) -> bytes:
    return files("ui.chat").joinpath("public", name).read_bytes()


def _file(name: str) -> Response:
    if name not in _TYPES:
        return respond(not_found())
    return Response(_bytes(name), media_type=f"{_TYPES[name]}; charset=utf-8", headers={"Cache-Control": "no-cache"})
