"""Voice in the chat: a recording becomes words for the composer, an answer of the conversation becomes speech."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from assistant.voice import MAX_AUDIO_BYTES
from policies.content import clean_message
from policies.errors import Refused, Unavailable
from policies.principal import Principal
from ui.chat.serving import Serving, own_conversation
from ui.problems import HttpProblem, as_problem, not_found
from ui.services import Services
from ui.visitor import Visitor, visitor_from

_AWAY = HttpProblem(503, "no_voice", "The voice service did not answer. Please type.")
_UNKEPT = {"Cache-Control": "no-store"}


class VoiceRoutes:
    """Hears and reads aloud for a visitor; nothing of it is sent or pressed by that, and no recording is kept."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def heard(self, request: Request) -> Response:
        """Return the words of a recording, for the shopper to read and change before they send them."""
        try:
            visitor = self._visitor(request)
            self._services.app.pace.message(visitor.principal)
            audio = await _received(request)
            words = await self._services.app.voice.words(visitor.principal, audio)
            longest = self._services.app.settings.max_message_chars
            return JSONResponse({"words": clean_message(words, longest) if words else ""}, headers=_UNKEPT)
        except (HttpProblem, Refused, Unavailable) as error:
            return _refused(error)

    async def read(self, request: Request) -> Response:
        """Return an answer of the visitor's own conversation as speech; no other words are spoken here."""
        try:
            visitor = self._visitor(request)
            path = request.path_params
            principal = await own_conversation(Serving(self._services, visitor), path["thread_id"])
            words = "" if principal is None else await self._said(principal, path["turn_id"])
            if principal is None or not words:
                raise not_found()
            self._services.app.pace.message(principal)
            speech = await self._services.app.voice.speech(principal, words)
            return Response(speech, media_type="audio/mpeg", headers=_UNKEPT)
        except (HttpProblem, Refused, Unavailable) as error:
            return _refused(error)

    def _visitor(self, request: Request) -> Visitor:
        visitor = visitor_from(self._services, request.cookies)
        if visitor is None:
            raise HttpProblem(401, "unauthorised", "Your visit has ended. Reload the page to go on.")
        return visitor

    async def _said(self, principal: Principal, turn_id: str) -> str:
        events = await self._services.app.books.conversations.events_of_turn(principal.session_id, turn_id)
        return "".join(str(event.data["delta"]) for event in events if event.event == "text")


async def _received(request: Request) -> bytes:
    """Return the body, as far as a recording may be long."""
    audio = bytearray()
    async for chunk in request.stream():
        audio += chunk
        if len(audio) > MAX_AUDIO_BYTES:
            raise Refused("too_large", "That was long. Say it in less than a minute.")
    return bytes(audio)


def _refused(error: Exception) -> Response:
    problem = _AWAY if isinstance(error, Unavailable) else as_problem(error)
    return JSONResponse({"detail": problem.detail}, problem.status, headers=_UNKEPT)
