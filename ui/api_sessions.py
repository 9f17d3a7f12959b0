"""Routes of a conversation: begin one, say something, read it back, and follow what happens."""

import secrets
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Header, Query, Request

from assistant.session import ShopperMessage
from assistant.wiring import App
from policies.principal import Principal, Scope
from ui.bodies import SessionCreated, SessionTold, TurnAsked
from ui.identity import OfSession, origin_kind
from ui.metrics import counting
from ui.openapi import STREAM, problems
from ui.problems import HttpProblem
from ui.services import Served
from ui.sse import EventStream, frames, resumed
from ui.told import session_told

router = APIRouter(prefix="/v1/sessions", tags=["conversation"])


@router.post("", status_code=201, operation_id="begin_session", responses=problems(403, 503))
async def begin_session(request: Request, services: Served) -> SessionCreated:
    """Begin a conversation as a guest.

    A first-party page or a program gets a token that can also press a quote card; a page of a listed
    origin gets one that can talk only.
    """
    settings = services.app.settings
    kind = origin_kind(request, settings.allowed_origins)
    scopes = {Scope.CHAT, Scope.APPROVE} if kind == "first_party" else {Scope.CHAT}
    subject = f"guest:{secrets.token_urlsafe(16)}"
    lifetime = timedelta(seconds=settings.session_max_s)
    expires = services.authority.clock() + lifetime
    conversations = services.app.books.conversations
    session_id = await conversations.create_session(subject, request.headers.get("origin", ""), expires)
    principal = Principal(subject, session_id, frozenset(scopes))
    await services.app.books.shoppers.ensure_guest(principal)
    token, expires = services.authority.issue(principal, lifetime)
    services.metrics.sessions.inc()
    return SessionCreated(session_id=session_id, token=token, expires_at=expires, scopes=sorted(scopes))


@router.get("/{session_id}", operation_id="read_session", responses=problems(401, 403, 404, 503))
async def read_session(principal: OfSession, services: Served) -> SessionTold:
    """Read the conversation back: transcript, cart, and the quote that waits for a press."""
    return await session_told(services.app.books, principal)


@router.post(
    "/{session_id}/turns",
    operation_id="take_turn",
    response_class=EventStream,
    responses=STREAM | problems(400, 401, 403, 404, 409, 413, 422, 503),
)
async def take_turn(asked: TurnAsked, principal: OfSession, services: Served) -> EventStream:
    """Say something; the answer streams as server-sent events and ends with `done` or `error`.

    A repeated `client_turn_id` streams the same turn again and does nothing twice. While a turn runs,
    another is refused with 409.
    """
    message = ShopperMessage(
        text=asked.text,
        client_turn_id=asked.client_turn_id or secrets.token_urlsafe(12),
        image_ids=tuple(asked.image_ids),
    )
    await _require_pictures(services.app, principal, message)
    events = services.app.assistant.turn(principal, message)
    # Taken before the response begins, so that a refusal still has a status of its own.
    first = await anext(events)
    counted = counting(resumed(first, events), services.metrics)
    return EventStream(frames(counted, services.stopping))


async def _require_pictures(app: App, principal: Principal, message: ShopperMessage) -> None:
    """Refuse a new turn that names a picture which is not there; a repeated one shows what it showed then."""
    for image_id in message.image_ids:
        if await app.uploads.load(principal, image_id) is not None:
            continue
        if not await app.books.conversations.has_turn(principal.session_id, message.client_turn_id):
            detail = "That picture is not here any more. Please send it again."
            raise HttpProblem(422, "unknown_picture", detail)


@router.get(
    "/{session_id}/events",
    operation_id="follow_session",
    response_class=EventStream,
    responses=STREAM | problems(401, 403, 404, 422, 503),
)
async def follow_session(
    principal: OfSession,
    services: Served,
    last_event_id: Annotated[str, Header(description="Where to go on from; 0 or nothing is the beginning.")] = "",
    after: Annotated[int, Query(ge=0, description="The same, for clients that cannot set headers.")] = 0,
) -> EventStream:
    """Follow everything that happens in the conversation, in this tab or another, and outside turns."""
    since = after
    if last_event_id:
        if not last_event_id.isascii() or not last_event_id.isdigit() or len(last_event_id) > 18:
            raise HttpProblem(422, "invalid_request", "Last-Event-ID is the number of an event; send one you received.")
        since = int(last_event_id)
    return EventStream(frames(services.app.assistant.events(principal, since), services.stopping))
