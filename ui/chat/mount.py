"""Everything that can be reached under /chat; what is not listed here is closed."""

from fastapi import FastAPI
from starlette.routing import Mount, Route, Router, WebSocketRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from ui.chat.gate import Known, OwnOrigin, Passed, refuse
from ui.chat.loading import Chainlit
from ui.chat.pages import Pages
from ui.chat.pictures import Pictures
from ui.chat.voice import VoiceRoutes
from ui.services import Services

PATH = "/chat"
# Chainlit's scripts and styles carry a digest of themselves in their names.
_FOREVER = "public, max-age=31536000, immutable"


def mount_chat(web: FastAPI, services: Services) -> Chainlit:
    """Add the chat to the app.

    Returns:
        What brings Chainlit in: call its `begin` once the server answers, or the first page does.
    """
    chainlit = Chainlit(services)
    guarded = OwnOrigin(_routes(services, chainlit))

    web.router.routes.append(Route(PATH, _AtRoot(guarded), methods=["GET"]))
    web.router.routes.append(Mount(PATH, guarded))
    return chainlit


def _routes(services: Services, chainlit: Chainlit) -> Router:
    pages, pictures, voice = Pages(services), Pictures(services, chainlit), VoiceRoutes(services)
    known, public = Known(services, chainlit), Passed(chainlit)
    return Router(
        [
            Route("/", pages.home),
            Route("/thread/{thread_id}", pages.page),
            Route("/login", pages.again),
            Route("/public/{name:path}", pages.public),
            Route("/theme.css", pages.theme),
            Route("/favicon", pages.mark),
            Route("/logo", pages.mark),
            Route("/avatars/{name}", pages.mark),
            Route("/assets/{name}.map", _Closed(), methods=["GET"]),
            Route("/assets/{name}", Passed(chainlit, _FOREVER), methods=["GET"]),
            Route("/project/translations", pages.words),
            Route("/set-session-cookie", pages.sticky, methods=["POST"]),
            Route("/auth/config", public, methods=["GET"]),
            Route("/user", known, methods=["GET"]),
            Route("/project/settings", known, methods=["GET"]),
            Route("/project/threads", known, methods=["POST"]),
            Route("/project/thread", known, methods=["PUT", "DELETE"]),
            Route("/project/thread/{thread_id}", known, methods=["GET"]),
            Route("/project/file", pictures.keep, methods=["POST"]),
            Route("/project/file/{image_id}", pictures.show),
            Route("/voice/heard", voice.heard, methods=["POST"]),
            Route("/voice/read/{thread_id}/{turn_id}", voice.read, methods=["POST"]),
            WebSocketRoute("/ws/socket.io/", known),
        ],
        redirect_slashes=False,
        default=_Closed(),
    )


class _Closed:
    """Answers as if nothing were here."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await refuse(scope, receive, send, 404, "There is nothing here.")


class _AtRoot:
    """Answers the bare path as the page itself, so that nobody is sent on."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(
            {**scope, "path": f"{PATH}/", "root_path": f"{scope.get('root_path', '')}{PATH}"}, receive, send
        )
