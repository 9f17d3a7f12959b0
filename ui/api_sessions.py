"""Routes of a conversation: begin one, say something, read it back, and follow what happens."""

import secrets
from dataclasses import replace
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Header, Query, Request, Response
from fastapi.security import HTTPAuthorizationCredentials

from assistant.session import ShopperMessage
from assistant.state import Page
from assistant.wiring import App
from policies.principal import Principal, Scope
from ui.auth import Unauthorised
from ui.bodies_talk import SessionCreated, SessionTold, SessionWanted, TurnAsked
from ui.identity import Bearer, OfSession, origin_kind
from ui.metrics import counting
from ui.openapi import STREAM, problems
from ui.operator_detail import Detailed
from ui.problems import HttpProblem, not_found
from ui.services import Served, Services
from ui.sign_in import SignedIn
from ui.sse import EventStream, frames, resumed
from ui.told import session_told
from ui.visitor import (
    Visitor,
    begin_conversation,
    keep_visitor,
    reopen_conversation,
    resume_conversation,
    visitor_from,
)

router = APIRouter(prefix="/v1/sessions", tags=["conversation"])


@router.post(
    "", status_code=201, operation_id="begin_session", responses=problems(400, 401, 403, 404, 409, 413, 422, 429, 503)
)
async def begin_session(
    request: Request,
    response: Response,
    services: Served,
    credentials: Bearer,
    wanted: SessionWanted | None = None,
) -> SessionCreated:
    """Begin a conversation as a guest or as who is signed in at the storefront, or go on with one.

    A first-party page or a program gets a token that can also press a quote card; a page of a listed
    origin gets one that can talk only. On a first-party page the visitor's cookie counts: without a wish they go on
    with the conversation they are in, and cart and orders stay theirs in a `fresh` one. A page of a listed origin
    shows the token it has instead; an `assertion` of the shop's backend makes the visitor a known shopper.
    """
    wanted = wanted or SessionWanted()
    kind = origin_kind(request, services.app.settings.allowed_origins)
    origin = request.headers.get("origin", "")
    signed_in = await _signed_in(services, wanted.assertion, origin)
    known = visitor_from(services, request.cookies) if kind == "first_party" else _bearer(services, credentials)
    if signed_in is not None and (known is None or known.subject != signed_in.subject):
        known = Visitor(signed_in.subject)
    if known is None and wanted.session_id is None:
        services.app.pace.new_guest(request.client.host if request.client else "")
    visitor = await _conversation(services, known, wanted, origin)
    if kind == "first_party" and origin:
        keep_visitor(response, request, services, visitor)
    principal = replace(visitor.principal, authenticated_at=signed_in.authenticated_at if signed_in else None)
    if wanted.locale is not None:
        await services.app.books.shoppers.speak(principal, wanted.locale)
    if kind == "embedded":
        principal = replace(principal, scopes=frozenset({Scope.CHAT}))
    lifetime = timedelta(seconds=services.app.settings.session_max_s)
    token, expires = services.authority.issue(principal, lifetime)
    scopes = [scope.value for scope in sorted(principal.scopes)]
    return SessionCreated(session_id=visitor.session_id, token=token, expires_at=expires, scopes=scopes)


async def _signed_in(services: Services, assertion: str | None, origin: str) -> SignedIn | None:
    """Return who the storefront says is there; a token that proves nothing, or was used, is refused."""
    if assertion is None:
        return None
    if services.sign_in is None:
        raise HttpProblem(401, "no_sign_in", "This shop takes no sign-in from a storefront. Set AISLE_SHOPPER_JWKS.")
    try:
        signed_in = await services.sign_in.read(assertion, origin)
    except Unauthorised as error:
        raise HttpProblem(401, "bad_assertion", str(error)) from error
    if not await services.app.books.sign_ins.spend(signed_in.token_id, signed_in.expires_at):
        raise HttpProblem(409, "used_assertion", "This token has been used. Ask your backend for a new one.")
    return signed_in


def _bearer(services: Services, credentials: HTTPAuthorizationCredentials | None) -> Visitor | None:
    """Return the guest whose token a page of a listed origin holds; a known shopper has to be named anew."""
    try:
        principal = services.authority.read(credentials.credentials) if credentials else None
    except Unauthorised:
        return None
    if principal is None or not principal.subject.startswith("guest:"):
        return None
    return Visitor(principal.subject, principal.session_id)


async def _conversation(services: Services, known: Visitor | None, wanted: SessionWanted, origin: str) -> Visitor:
    if wanted.session_id is not None:
        if known is None:
            raise not_found()
        return await reopen_conversation(services, known, wanted.session_id)
    if known is None or wanted.fresh:
        return await begin_conversation(services, known.subject if known else None, origin)
    return await resume_conversation(services, known, origin)


@router.get("/{session_id}", operation_id="read_session", responses=problems(401, 403, 404, 503))
async def read_session(principal: OfSession, services: Served) -> SessionTold:
    """Read the conversation back: transcript, cart, and the quote that waits for a press."""
    return await session_told(services.app.books, principal, services.app.catalog)


@router.post(
    "/{session_id}/turns",
    operation_id="take_turn",
    response_class=EventStream,
    responses=STREAM | problems(400, 401, 403, 404, 409, 413, 422, 429, 503),
)
async def take_turn(asked: TurnAsked, principal: OfSession, services: Served, detailed: Detailed) -> EventStream:
    """Say something; the answer streams as server-sent events and ends with `done` or `error`.

    A repeated `client_turn_id` streams the same turn again and does nothing twice. While a turn runs,
    another is refused with 409.
    """
    message = ShopperMessage(
        text=asked.text,
        client_turn_id=asked.client_turn_id or secrets.token_urlsafe(12),
        image_ids=tuple(asked.image_ids),
        page=Page(**asked.page.model_dump()) if asked.page else None,
    )
    await _require_pictures(services.app, principal, message)
    events = services.app.assistant.turn(principal, message)
    # Taken before the response begins, so that a refusal still has a status of its own.
    first = await anext(events)
    counted = counting(resumed(first, events), services.metrics)
    return EventStream(frames(counted, services.stopping, detailed=detailed))


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
