"""Who a request speaks for: bearer tokens signed with the home's own secret, and the operator's local token."""

import hmac
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import jwt

from assistant.home import SECRET_BYTES, prepare_home, secret_file
from policies.principal import Principal, Scope

AUDIENCE = "aisle"
_SECRET_FILE = "token.key"
_CLAIMS = ("sub", "sid", "scopes", "iat", "aud")


class Unauthorised(Exception):
    """The presented token proves nothing; the text says why, in words for a developer."""


def signing_secret(home: Path) -> bytes:
    """Return the home's 256-bit signing secret, written once with mode 0600.

    Raises:
        SettingsError: The file cannot be written or is not such a secret.
    """
    return secret_file(prepare_home(home) / _SECRET_FILE)


@dataclass(frozen=True, slots=True)
class TokenAuthority:
    """Issues and reads the tokens of one server.

    Args:
        secret: 32 bytes; the same in every process that serves one home.
        clock: Aware UTC time.
        operator_token: What local commands present; it dies with the server.
    """

    secret: bytes = field(repr=False)
    clock: Callable[[], datetime]
    operator_token: str = field(repr=False)

    def issue(self, principal: Principal, lifetime: timedelta) -> tuple[str, datetime]:
        """Return a signed token for `principal` and when it ends."""
        claims: dict[str, Any] = {
            "sub": principal.subject,
            "sid": principal.session_id,
            "scopes": sorted(principal.scopes),
        }
        if principal.authenticated_at is not None:
            claims["auth_time"] = principal.authenticated_at.timestamp()
        return self.sign(claims, AUDIENCE, lifetime)

    def sign(self, claims: Mapping[str, Any], audience: str, lifetime: timedelta) -> tuple[str, datetime]:
        """Return `claims` as a signed token that only readers for `audience` take, and when it ends."""
        now = self.clock()
        expires = now + lifetime
        times = {"iat": now, "exp": expires, "aud": audience}
        return jwt.encode(dict(claims) | times, self.secret, algorithm="HS256"), expires

    def read(self, token: str) -> Principal:
        """Return whom the token stands for.

        Raises:
            Unauthorised: The token is forged, damaged, late or not for us.
        """
        if hmac.compare_digest(token.encode(), self.operator_token.encode()):
            return Principal("operator", "", frozenset({Scope.OPERATOR}))
        claims = self.claims(token, AUDIENCE, _CLAIMS)
        try:
            return _principal(claims)
        except ValueError as error:
            raise Unauthorised("This token allows something we do not know.") from error

    def claims(self, token: str, audience: str, required: Sequence[str]) -> dict[str, Any]:
        """Return what a token of ours for `audience` says; it says all that is `required`.

        Raises:
            Unauthorised: The token is forged, damaged, late, for another audience or lacks a claim.
        """
        try:
            claims: dict[str, Any] = jwt.decode(
                token,
                self.secret,
                algorithms=["HS256"],
                audience=audience,
                # Time is checked below against our own clock.
                options={"require": [*required, "exp"], "verify_exp": False, "verify_iat": False},
            )
        except jwt.InvalidTokenError as error:
            raise Unauthorised("This token is not one of ours.") from error
        if self.clock().timestamp() >= float(claims["exp"]):
            raise Unauthorised("This token has run out; start a new session.")
        return claims


def _principal(claims: dict[str, Any]) -> Principal:
    scopes = cast("list[str]", claims["scopes"])
    proved = claims.get("auth_time")
    authenticated_at = None if proved is None else datetime.fromtimestamp(float(proved), UTC)
    known = frozenset(Scope(scope) for scope in scopes)
    return Principal(str(claims["sub"]), str(claims["sid"]), known, authenticated_at)


def new_operator_token() -> str:
    """Return 256 random bits for the local commands of one server run."""
    return secrets.token_urlsafe(SECRET_BYTES)
