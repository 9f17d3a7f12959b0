"""For whom a request or connection of the chat is answered, and which conversation a thread of Chainlit's is."""

import uuid
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import timedelta

from starlette.requests import HTTPConnection
from starlette.types import Scope

from policies.errors import Refused
from policies.principal import Principal
from ui.services import Services
from ui.visitor import Visitor

_PREFIX = "ses_"
# What Chainlit names a shopper by, in its own signed token between our gate and itself.
GUEST = "Guest"


@dataclass(frozen=True, slots=True)
class Serving:
    """What the chat answers a request with, and for whom."""

    services: Services
    visitor: Visitor


# Set by the gate around everything Chainlit does for a request, so that its callbacks know for whom they work.
SERVING: ContextVar[Serving] = ContextVar("serving")


def cookies_of(scope: Scope) -> dict[str, str]:
    """Return the cookies of a request or connection."""
    return HTTPConnection(scope).cookies


def session_of(thread_id: str) -> str:
    """Return the id of the conversation that a thread shows."""
    return f"{_PREFIX}{thread_id}"


def thread_of(session_id: str) -> str:
    """Return the id of the thread that shows a conversation."""
    return session_id.removeprefix(_PREFIX)


def principal_in(visitor: Visitor, thread_id: str) -> Principal:
    """Return the visitor as the speaker of a thread."""
    return Visitor(visitor.subject, session_of(thread_id)).principal


async def own_conversation(serving: Serving, thread_id: str) -> Principal | None:
    """Return the visitor as the speaker of a thread that is theirs; another's thread looks like none."""
    principal = principal_in(serving.visitor, thread_id)
    session = await serving.services.app.books.conversations.session(principal.session_id)
    return principal if session is not None and session.subject == principal.subject else None


async def opened_conversation(serving: Serving, thread_id: str, origin: str, *, begun: bool = False) -> Principal:
    """Return the visitor as the speaker of a thread, which begins or goes on with this message.

    Args:
        serving: For whom.
        thread_id: Which.
        origin: Of the page.
        begun: Whether the page shows something of it already; then it can only go on.

    Raises:
        Refused: "conversation_gone": the thread was deleted, is somebody else's, or its id is not one that we make.
    """
    services, books = serving.services, serving.services.app.books
    principal = principal_in(serving.visitor, thread_id)
    ends = services.authority.clock() + timedelta(seconds=services.app.settings.session_max_s)
    unknown = await books.conversations.session(principal.session_id) is None
    if unknown and not begun and _is_new_thread(thread_id) and not await books.privacy.erased(principal.subject):
        await books.conversations.create_session(principal.subject, origin, ends, principal.session_id)
        await books.shoppers.ensure_guest(principal)
        services.metrics.sessions.inc()
    if await own_conversation(serving, thread_id) is None:
        raise Refused("conversation_gone", "This conversation is not here any more. Start a new one.")
    await books.conversations.touch(principal.session_id, ends)
    return principal


def _is_new_thread(thread_id: str) -> bool:
    try:
        return str(uuid.UUID(thread_id)) == thread_id and uuid.UUID(thread_id).version == 4
    except ValueError:
        return False
