"""Who may press a card: a first-party page for any of its shopper's, or a token that was made for this one card."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from fastapi import Depends, Request

from policies.principal import Principal, Scope
from ui.auth import Unauthorised
from ui.identity import Bearer, approver, presented, shopper_of
from ui.problems import HttpProblem
from ui.services import Served, Services

_AUDIENCE = "aisle-press"
_LIFETIME = timedelta(minutes=10)


def issue_press(services: Services, principal: Principal, quote_id: str) -> tuple[str, datetime]:
    """Return a token that can render, approve and decline one card and do nothing else, and when it ends."""
    claims: dict[str, Any] = {"sub": principal.subject, "sid": principal.session_id, "quote": quote_id}
    if principal.authenticated_at is not None:
        claims["auth_time"] = principal.authenticated_at.timestamp()
    return services.authority.sign(claims, _AUDIENCE, _LIFETIME)


async def _presser(quote_id: str, request: Request, services: Served, credentials: Bearer) -> Principal:
    claims = None if credentials is None else _claims(services, credentials.credentials)
    if claims is None:
        return approver(await shopper_of(request, services, presented(services, credentials)))
    if claims["quote"] != quote_id:
        raise HttpProblem(403, "wrong_scope", "This token is for another order card.")
    proved = claims.get("auth_time")
    at = None if proved is None else datetime.fromtimestamp(float(proved), UTC)
    # Its session must be as open as any other's; but it talks to nobody.
    talking = Principal(str(claims["sub"]), str(claims["sid"]), frozenset({Scope.CHAT}), at)
    return replace(await shopper_of(request, services, talking), scopes=frozenset({Scope.APPROVE}))


def _claims(services: Services, token: str) -> dict[str, Any] | None:
    try:
        return services.authority.claims(token, _AUDIENCE, ("sub", "sid", "quote"))
    except Unauthorised:
        return None


Presser = Annotated[Principal, Depends(_presser)]
