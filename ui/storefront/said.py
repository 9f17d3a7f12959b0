"""One line about what a press did, carried to the next page signed in its address, for this visitor alone."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal, get_args
from urllib.parse import urlencode

from ui.auth import TokenAuthority, Unauthorised
from ui.storefront import wording
from ui.visitor import Visitor

PARAMETER = "said"
_AUDIENCE = "aisle-said"
_LIFETIME = timedelta(minutes=2)
_LONGEST = 240

Kind = Literal["done", "refused"]


@dataclass(frozen=True, slots=True)
class Said:
    """What a page tells about the press before it.

    Args:
        kind: Whether it was done, or refused with nothing changed.
        text: As the books word it.
        undo: Whether it can be taken back.
    """

    kind: Kind
    text: str
    undo: bool = False


def told(path: str, said: Said, visitor: Visitor, authority: TokenAuthority) -> str:
    """Return `path` with what was said; only this visitor is told, and only for a short while."""
    text = wording.one_line(said.text, _LONGEST)
    claims = {"sub": visitor.subject, "kind": said.kind, "text": text, "undo": said.undo}
    token, _ = authority.sign(claims, _AUDIENCE, _LIFETIME)
    return f"{path}{'&' if '?' in path else '?'}{urlencode({PARAMETER: token})}"


def heard(token: str | None, visitor: Visitor | None, authority: TokenAuthority) -> Said | None:
    """Return what was said to this visitor; None for what is late, forged or was said to somebody else."""
    if not token or visitor is None:
        return None
    try:
        claims = authority.claims(token, _AUDIENCE, ("sub", "kind", "text", "undo"))
    except Unauthorised:
        return None
    if claims["sub"] != visitor.subject or claims["kind"] not in get_args(Kind):
        return None
    return Said(claims["kind"], str(claims["text"]), bool(claims["undo"]))
