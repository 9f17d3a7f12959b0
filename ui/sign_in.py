"""Who is signed in at the storefront: a short token (JWT) of the shop's backend, checked against its public keys."""

import asyncio
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import jwt
from jwt.types import Options

from assistant.settings import Settings
from policies.errors import SettingsError, Unavailable
from ui.auth import Unauthorised

ALGORITHMS = ("ES256", "EdDSA")
LONGEST_S = 300
_REQUIRED = ("sub", "aud", "exp", "iat", "jti", "origin")
_OPTIONS: Options = {"require": list(_REQUIRED), "verify_exp": False, "verify_iat": False}
# How far the backend's clock may be from ours, seconds.
_LEEWAY_S = 30
_KEPT_S = 600
_AGAIN_S = 10
_LARGEST = 64 * 1024
_LONGEST_ID = 100


@dataclass(frozen=True, slots=True)
class SignedIn:
    """What a token proves.

    Args:
        subject: Owner of cart and orders, e.g. "shopper:42".
        token_id: The token's own id; it counts once.
        expires_at: When the token runs out, aware UTC.
        authenticated_at: When the shopper last proved who they are, where the backend says so.
    """

    subject: str
    token_id: str
    expires_at: datetime
    authenticated_at: datetime | None


@dataclass(slots=True)
class PublicKeys:
    """The backend's public keys (JWKS), from a file or an https address, kept for ten minutes.

    Args:
        source: Path or address.
        client: Opens what asks the address; asked for anew each time, which is seldom.
    """

    source: str
    client: Callable[[], httpx.AsyncClient] = httpx.AsyncClient
    _keys: Mapping[str, jwt.PyJWK] = field(default_factory=dict[str, jwt.PyJWK])
    _asked_at: float = field(default=float("-inf"))

    async def key(self, key_id: str) -> jwt.PyJWK:
        """Return the key of that id; keys are read anew when they are old, and at once when the id is new.

        Raises:
            Unauthorised: There is no such key.
            Unavailable: The keys cannot be read.
        """
        age = time.monotonic() - self._asked_at
        if age > _KEPT_S or (key_id not in self._keys and age > _AGAIN_S):
            self._keys = await self._read()
            self._asked_at = time.monotonic()
        if key_id not in self._keys:
            raise Unauthorised("This token is signed with a key the shop does not publish.")
        return self._keys[key_id]

    async def _read(self) -> dict[str, jwt.PyJWK]:
        try:
            known = jwt.PyJWKSet.from_dict(json.loads(await self._text()))
        except (OSError, ValueError, httpx.HTTPError, jwt.PyJWTError) as error:
            raise Unavailable("The keys that prove who is signed in cannot be read now.") from error
        return {key.key_id: key for key in known.keys if key.key_id and key.algorithm_name in ALGORITHMS}

    async def _text(self) -> str:
        if not self.source.startswith("https://"):
            return await asyncio.to_thread(_read_file, self.source)
        async with self.client() as http:
            answer = await http.get(self.source, follow_redirects=False, timeout=5)
        answer.raise_for_status()
        if len(answer.content) > _LARGEST:
            raise ValueError("too many keys")
        return answer.text


def _read_file(name: str) -> str:
    return Path(name).expanduser().read_text(encoding="utf-8")


@dataclass(frozen=True, slots=True)
class SignInReader:
    """Reads the tokens with which a storefront says who is signed in.

    Args:
        keys: The backend's public keys.
        audience: For whom a token must be.
        issuer: Who must have issued it; None takes any that holds a key.
        clock: Aware UTC time.
    """

    keys: PublicKeys
    audience: str
    issuer: str | None
    clock: Callable[[], datetime]

    async def read(self, token: str, origin: str) -> SignedIn:
        """Return what the token proves on a page of `origin`.

        Raises:
            Unauthorised: It is forged, late, too long-lived, for another audience or for a page of another origin.
            Unavailable: The keys cannot be read.
        """
        try:
            header = jwt.get_unverified_header(token)
            key = await self.keys.key(str(header.get("kid", "")))
            claims = jwt.decode(
                token, key, algorithms=list(ALGORITHMS), audience=self.audience, issuer=self.issuer, options=_OPTIONS
            )
        except jwt.PyJWTError as error:
            raise Unauthorised("This is no token of the shop's backend.") from error
        return self._checked(claims, origin)

    def _checked(self, claims: Mapping[str, Any], origin: str) -> SignedIn:
        subject, token_id = str(claims["sub"]), str(claims["jti"])
        try:
            begins, ends = float(claims["iat"]), float(claims["exp"])
            proved = (
                None if claims.get("auth_time") is None else datetime.fromtimestamp(float(claims["auth_time"]), UTC)
            )
        except (TypeError, ValueError, OverflowError, OSError) as error:
            raise Unauthorised("This token's times cannot be read.") from error
        now = self.clock().timestamp()
        if not begins - _LEEWAY_S <= now < ends + _LEEWAY_S or ends - begins > LONGEST_S:
            raise Unauthorised(f"This token has run out, or is good for more than {LONGEST_S} seconds.")
        if proved is not None and proved.timestamp() > now + _LEEWAY_S:
            raise Unauthorised("This token says that somebody will have signed in.")
        if claims["origin"] != origin:
            raise Unauthorised("This token is for pages of another origin.")
        if not (subject.isprintable() and 0 < len(subject) <= _LONGEST_ID and 0 < len(token_id) <= _LONGEST_ID):
            raise Unauthorised("This token's names are empty or too long.")
        # Kept as long as it could be shown again, however the clocks differ.
        kept_until = datetime.fromtimestamp(ends + 2 * _LEEWAY_S, UTC)
        return SignedIn(f"shopper:{subject}", token_id, kept_until, proved)


def sign_in_reader(settings: Settings, clock: Callable[[], datetime]) -> SignInReader | None:
    """Return what reads the backend's tokens; None where the shop has named no keys, and everybody is a guest.

    Raises:
        SettingsError: The keys would be read over an open line, or are not there.
    """
    source = settings.shopper_jwks
    if source is None:
        return None
    if "://" in source and not source.startswith("https://"):
        raise SettingsError("AISLE_SHOPPER_JWKS must be a file or an https address: keys over http prove nothing.")
    if "://" not in source and not Path(source).expanduser().is_file():
        raise SettingsError(f"AISLE_SHOPPER_JWKS names {source}, which is not a file.")
    return SignInReader(PublicKeys(source), settings.shopper_audience, settings.shopper_issuer, clock)
