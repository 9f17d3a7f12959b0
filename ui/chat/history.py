"""A shopper's earlier conversations, read from the books: the chat keeps no store of its own."""

from typing import Any

from chainlit.data.base import BaseDataLayer
from chainlit.element import Element, ElementDict
from chainlit.step import StepDict
from chainlit.types import Feedback, PageInfo, PaginatedResponse, Pagination, ThreadDict, ThreadFilter
from chainlit.user import PersistedUser, User
from fastapi import HTTPException

from policies.errors import Refused, Unavailable
from policies.words import plain
from shop.views import ConversationRow
from ui.chat.reading import drawn
from ui.chat.serving import GUEST, SERVING, own_conversation, session_of, thread_of
from ui.problems import as_problem

_MOST = 50  # conversations in one page of the list
_NAME_CHARS = 60
# Nothing tells when a guest was first seen, and nothing asks.
_SINCE = "1970-01-01T00:00:00Z"


class BooksHistory(BaseDataLayer):
    """Reads threads for the visitor of the request at hand; what Chainlit would write is in the books already."""

    async def get_user(self, identifier: str) -> PersistedUser | None:
        """Return the visitor; nobody else is known here."""
        if identifier != SERVING.get().visitor.subject:
            return None
        return PersistedUser(id=identifier, createdAt=_SINCE, identifier=identifier, display_name=GUEST)

    async def create_user(self, user: User) -> PersistedUser | None:
        """Make nobody up: visitors come from our own cookie."""
        return await self.get_user(user.identifier)

    async def list_threads(self, pagination: Pagination, filters: ThreadFilter) -> PaginatedResponse[Any]:
        """Return the visitor's own threads, newest first; whose the page asks for does not matter."""
        serving = SERVING.get()
        limit = max(1, min(pagination.first, _MOST))
        after = session_of(pagination.cursor) if pagination.cursor else None
        subject = serving.visitor.subject
        conversations = serving.services.app.books.conversations
        rows = await conversations.of_subject(subject, limit + 1, after, filters.search or "")
        threads = [_thread(row, subject) for row in rows[:limit]]
        ends = (threads[0]["id"], threads[-1]["id"]) if threads else (None, None)
        return PaginatedResponse(pageInfo=PageInfo(len(rows) > limit, *ends), data=threads)

    async def get_thread(self, thread_id: str) -> ThreadDict | None:
        """Return a thread of the visitor's own with all that it showed; another's looks like none."""
        serving = SERVING.get()
        principal = await own_conversation(serving, thread_id)
        if principal is None:
            return None
        drawing, _ = await drawn(serving.services, principal)
        session = await serving.services.app.books.conversations.session(principal.session_id)
        first = next((step["output"] for step in drawing.steps if step["type"] == "user_message"), "")
        called = (session.title if session else "") or first
        at = drawing.steps[0]["createdAt"] if drawing.steps else _SINCE
        subject = principal.subject
        told = _named(thread_id, subject, called, at)
        return told | {"steps": drawing.steps, "elements": drawing.elements}  # pyright: ignore[reportReturnType]

    async def get_thread_author(self, thread_id: str) -> str:
        """Return the visitor when the thread is theirs, and nobody otherwise."""
        principal = await own_conversation(SERVING.get(), thread_id)
        return principal.subject if principal else ""

    async def update_thread(
        self,
        thread_id: str,
        name: str | None = None,
        user_id: str | None = None,
        metadata: dict[str, Any] | None = None,
        tags: list[str] | None = None,
    ) -> None:
        """Call a thread of the visitor's own by a name; nothing else of it is the page's to change."""
        serving = SERVING.get()
        principal = await own_conversation(serving, thread_id)
        if principal is not None and name is not None:
            conversations = serving.services.app.books.conversations
            await conversations.rename(principal.subject, principal.session_id, plain(name, _NAME_CHARS))

    async def delete_thread(self, thread_id: str) -> None:
        """Forget a thread of the visitor's own, everywhere; the page shows why where that is refused."""
        serving = SERVING.get()
        principal = await own_conversation(serving, thread_id)
        if principal is None:
            return
        app = serving.services.app
        await app.assistant.leave([principal.session_id])
        try:
            await app.privacy.erase_conversation(principal)
        except (Refused, Unavailable) as error:
            problem = as_problem(error)
            raise HTTPException(problem.status, problem.detail) from error

    async def get_element(self, thread_id: str, element_id: str) -> ElementDict | None:
        """Return nothing: elements come with their thread."""

    async def get_favorite_steps(self, user_id: str) -> list[StepDict]:
        """Return nothing: there are no favourites."""
        return []

    async def build_debug_url(self) -> str:
        """Return nothing: there is no debugger."""
        return ""

    async def close(self) -> None:
        """Close nothing: the books belong to the server."""

    # What follows is recorded by the assistant itself, or closed before it gets here.

    async def create_step(self, step_dict: StepDict) -> None:
        """Record nothing."""

    async def update_step(self, step_dict: StepDict) -> None:
        """Record nothing."""

    async def delete_step(self, step_id: str) -> None:
        """Remove nothing."""

    async def create_element(self, element: Element) -> None:
        """Record nothing."""

    async def delete_element(self, element_id: str, thread_id: str | None = None) -> None:
        """Remove nothing."""

    async def upsert_feedback(self, feedback: Feedback) -> str:
        """Take none."""
        return ""

    async def delete_feedback(self, feedback_id: str) -> bool:
        """Have none."""
        return False


def _thread(row: ConversationRow, subject: str) -> dict[str, Any]:
    called = row.title or row.first_words
    told = _named(thread_of(row.session_id), subject, called, row.created_at.isoformat())
    return told | {"steps": [], "elements": []}


def _named(thread_id: str, subject: str, called: str, at: str) -> dict[str, Any]:
    line = " ".join(called.split())
    name = line if len(line) <= _NAME_CHARS else f"{line[: _NAME_CHARS - 1].rstrip()}…"
    return {
        "id": thread_id,
        "createdAt": at,
        "name": name or None,
        "userId": subject,
        "userIdentifier": subject,
        "tags": [],
        "metadata": {},
    }
