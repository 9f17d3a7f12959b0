"""From a request's bearer token to the principal a route works for; no cookies, nothing in the address."""

from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from policies.principal import Principal, Scope
from ui.auth import Unauthorised
from ui.problems import HttpProblem, not_found
from ui.services import Served

# How exactly the time of last use is kept, seconds: not every message needs a write of its own.
_TOUCH_S = 30

_bearer = HTTPBearer(
    auto_error=False, bearerFormat="JWT", description="The token from POST /v1/sessions, or the operator's own."
)


Bearer = Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]


def presented(services: Served, credentials: Bearer) -> Principal:
    """Return whom the presented token stands for, or answer 401."""
    if credentials is None:
        detail = "This needs a session. Start one with POST /v1/sessions and send its token as a bearer token."
        raise HttpProblem(401, "unauthorised", detail)
    try:
        return services.authority.read(credentials.credentials)
    except Unauthorised as error:
        raise HttpProblem(401, "unauthorised", str(error)) from error


Presented = Annotated[Principal, Depends(presented)]


async def shopper_of(request: Request, services: Served, principal: Presented) -> Principal:
    """Return the principal of a session that is still open; whatever is not a GET keeps it open."""
    if not principal.may(Scope.CHAT):
        raise HttpProblem(403, "wrong_scope", "This is for shoppers; the token presented is not a shopper's.")
    conversations = services.app.books.conversations
    session = await conversations.session(principal.session_id)
    if session is None or session.subject != principal.subject:
        raise HttpProblem(401, "unauthorised", "This session is gone; start a new one.")
    silence_s = (services.authority.clock() - session.last_seen_at).total_seconds()
    if silence_s > services.app.settings.session_idle_s:
        raise HttpProblem(401, "session_idle", "This session was not used for a while and has ended; start a new one.")
    if request.method != "GET" and silence_s > _TOUCH_S:
        await conversations.touch(principal.session_id)
    return principal


def approver(principal: Annotated[Principal, Depends(shopper_of)]) -> Principal:
    """Return the principal when its token can press cards, or answer 403."""
    if not principal.may(Scope.APPROVE):
        detail = "Orders can only be placed on the shop's own page. Open the shop to check and place it."
        raise HttpProblem(403, "wrong_scope", detail)
    return principal


def _operator(principal: Presented) -> Principal:
    if not principal.may(Scope.OPERATOR):
        raise HttpProblem(403, "wrong_scope", "This is for the shop's operator.")
    return principal


def _of_session(session_id: str, principal: Annotated[Principal, Depends(shopper_of)]) -> Principal:
    """Return the principal when the addressed session is its own; another's looks like none."""
    if session_id != principal.session_id:
        raise not_found()
    return principal


def _of_checkout(session_id: str, principal: Annotated[Principal, Depends(approver)]) -> Principal:
    if session_id != principal.session_id:
        raise not_found()
    return principal


Shopper = Annotated[Principal, Depends(shopper_of)]
Approver = Annotated[Principal, Depends(approver)]
Operator = Annotated[Principal, Depends(_operator)]
OfSession = Annotated[Principal, Depends(_of_session)]
OfCheckout = Annotated[Principal, Depends(_of_checkout)]


def origin_kind(request: Request, allowed: list[str]) -> str:
    """Say where a request comes from: `first_party`, `embedded` (a listed origin), or answer 403.

    A browser names the page's origin; programs that are no browser send none and stand for themselves.
    """
    origin = request.headers.get("origin")
    if origin is None and request.headers.get("sec-fetch-site", "none") in {"same-origin", "none"}:
        return "first_party"
    own = f"{request.url.scheme}://{request.headers.get('host', '')}"
    if origin == own and request.headers.get("sec-fetch-site", "same-origin") == "same-origin":
        return "first_party"
    if origin in allowed:
        return "embedded"
    detail = "Pages of this origin may not talk to the shop. The operator lists origins in AISLE_ALLOWED_ORIGINS."
    raise HttpProblem(403, "foreign_origin", detail)
