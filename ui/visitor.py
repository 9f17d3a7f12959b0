"""Who looks at a first-party page: a signed cookie that names a subject and the conversation they are in.

The cookie is an identity, never a permission to act: pages read with it, and whatever changes something also checks
that the request comes from a page of our own.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from fastapi import Depends, Request, Response

from policies.principal import Principal, Scope
from ui.auth import Unauthorised
from ui.identity import origin_kind
from ui.problems import HttpProblem, not_found
from ui.services import Served, Services

COOKIE = "aisle_visitor"
LIFETIME = timedelta(days=30)
_AUDIENCE = "aisle-visitor"
_SCOPES = frozenset({Scope.CHAT, Scope.APPROVE})


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody on a first-party page.

    Args:
        subject: Owner of cart and orders, e.g. "guest:Zk3…".
        session_id: The conversation they are in; "" before there is one.
    """

    subject: str
    session_id: str = ""

    @property
    def principal(self) -> Principal:
        """For whom the books are read and written; first-party pages may press."""
        return Principal(self.subject, self.session_id, _SCOPES)


def new_guest() -> Visitor:
    """Return a guest whom nobody has met; the books learn of them when a conversation begins."""
    return Visitor(f"guest:{secrets.token_urlsafe(16)}")


def visitor_from(services: Services, cookies: Mapping[str, str]) -> Visitor | None:
    """Return whom the cookie names; None without one and for one that is forged, damaged or late."""
    try:
        claims = services.authority.claims(cookies.get(COOKIE, ""), _AUDIENCE, ("sub", "sid"))
    except Unauthorised:
        return None
    return Visitor(str(claims["sub"]), str(claims["sid"]))


def keep_visitor(response: Response, request: Request, services: Services, visitor: Visitor) -> None:
    """Set the cookie that names the visitor; scripts cannot read it and other sites' requests do not carry it."""
    token, _ = services.authority.sign({"sub": visitor.subject, "sid": visitor.session_id}, _AUDIENCE, LIFETIME)
    response.set_cookie(
        COOKIE,
        token,
        max_age=int(LIFETIME.total_seconds()),
        path="/",
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="lax",
    )


def forget_visitor(response: Response, request: Request) -> None:
    """Take the cookie back from the browser."""
    response.delete_cookie(COOKIE, path="/", secure=request.url.scheme == "https", httponly=True, samesite="lax")


async def begin_conversation(services: Services, subject: str | None, origin: str) -> Visitor:
    """Begin a conversation of a known subject, or of a new guest; `origin` is the web origin or "" for a program.

    Somebody who was erased is a new guest: an old cookie brings nobody back.
    """
    books = services.app.books
    if subject is None or await books.privacy.erased(subject):
        subject = new_guest().subject
    ends = services.authority.clock() + timedelta(seconds=services.app.settings.session_max_s)
    visitor = Visitor(subject, await books.conversations.create_session(subject, origin, ends))
    await books.shoppers.ensure_guest(visitor.principal)
    services.metrics.sessions.inc()
    return visitor


async def reopen_conversation(services: Services, visitor: Visitor, session_id: str) -> Visitor:
    """Go on with an earlier conversation of the visitor's own, however long it rested.

    Raises:
        HttpProblem: 404 when it is unknown or somebody else's.
    """
    conversations = services.app.books.conversations
    session = await conversations.session(session_id)
    if session is None or session.subject != visitor.subject:
        raise not_found()
    ends = services.authority.clock() + timedelta(seconds=services.app.settings.session_max_s)
    await conversations.touch(session_id, ends)
    return Visitor(visitor.subject, session_id)


async def resume_conversation(services: Services, visitor: Visitor, origin: str) -> Visitor:
    """Go on with the conversation the visitor is in, or begin one when there is none or it rested too long."""
    session = await services.app.books.conversations.session(visitor.session_id) if visitor.session_id else None
    if session is not None and session.subject == visitor.subject:
        rested_s = (services.authority.clock() - session.last_seen_at).total_seconds()
        if rested_s < services.app.settings.session_max_s:
            return await reopen_conversation(services, visitor, visitor.session_id)
    return await begin_conversation(services, visitor.subject, origin)


def _visiting(request: Request, services: Served) -> Visitor | None:
    return visitor_from(services, request.cookies)


async def _visiting_press(request: Request, services: Served) -> Visitor:
    """Return who pressed something on one of our pages, met now if need be; refuse every other page."""
    if origin_kind(request, services.app.settings.allowed_origins) != "first_party":
        raise HttpProblem(403, "foreign_origin", "This can only be done on the shop's own pages. Open the shop itself.")
    origin = request.headers.get("origin", "")
    visitor = visitor_from(services, request.cookies)
    if visitor is None:
        return await begin_conversation(services, None, origin)
    return await resume_conversation(services, visitor, origin)


Visiting = Annotated[Visitor | None, Depends(_visiting)]
VisitingPress = Annotated[Visitor, Depends(_visiting_press)]
