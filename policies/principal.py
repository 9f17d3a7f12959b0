"""Who is asking: every read and write of the books is scoped by this, never by an argument."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Scope(StrEnum):
    """What a token may do."""

    CHAT = "chat"
    APPROVE = "approve"
    OPERATOR = "operator"


@dataclass(frozen=True, slots=True)
class Principal:
    """An authenticated shopper (guest or known) within one session.

    Args:
        subject: Opaque owner of carts, quotes and orders, e.g. "guest:Zk3…" or "shopper:42".
        session_id: The conversation the request belongs to.
        scopes: What the token that was presented allows.
        authenticated_at: When the shopper last proved who they are (aware UTC); None where they never did, as guests.
    """

    subject: str
    session_id: str
    scopes: frozenset[Scope] = frozenset({Scope.CHAT})
    authenticated_at: datetime | None = None

    def may(self, scope: Scope) -> bool:
        """Say whether the token presented carries `scope`."""
        return scope in self.scopes
