"""One open connection of the chat: says what the shopper said to the assistant, and draws all that happens."""

import asyncio
import uuid
from collections.abc import Awaitable, Iterable
from typing import Any, cast

from chainlit.session import WebsocketSession
from starlette.requests import HTTPConnection

from assistant.session import ShopperMessage
from assistant.stream import Told
from policies.errors import Refused, Unavailable
from policies.principal import Principal
from ui.chat.drawing import Change, Drawing, Message, as_markdown
from ui.chat.reading import drawn, say
from ui.chat.sent import Sent
from ui.chat.serving import Serving, cookies_of, opened_conversation, own_conversation
from ui.metrics import counting
from ui.problems import as_problem
from ui.services import Services
from ui.visitor import visitor_from

_GONE = "Your visit has ended, so this was not sent. Reload the page to go on."


class Talk:
    """What one connection shows of a conversation.

    Args:
        session: Chainlit's side of the connection; it outlives a short break of the line.
        services: What the server works with.
    """

    def __init__(self, session: WebsocketSession, services: Services) -> None:
        self._session = session
        self._services = services
        self._drawing = Drawing(session.thread_id, services.app.shop_name)
        self._seen = 0
        self._left = True
        self._drew = asyncio.Condition()
        self._following: asyncio.Task[None] | None = None
        self._answering: asyncio.Task[None] | None = None

    def serving(self) -> Serving | None:
        """Return for whom this connection speaks now: our own cookie's visitor, if Chainlit knows the same one."""
        visitor = visitor_from(self._services, cookies_of(self._session.environ["asgi.scope"]))
        user = self._session.user
        if visitor is None or user is None or user.identifier != visitor.subject:
            return None
        return Serving(self._services, visitor)

    async def emit(self, name: str, data: Any) -> None:
        """Tell the page something; one that is gone hears nothing."""
        # Chainlit's annotation says None; what it sets is a coroutine function.
        await cast("Awaitable[None]", self._session.emit(name, data))

    async def read_back(self) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """Take the conversation from the books anew; returns its messages and their elements."""
        principal = await self._principal()
        if principal is not None:
            self.leave()
            self._drawing, self._seen = await drawn(self._services, principal)
        return self._drawing.steps, self._drawing.elements

    async def follow(self) -> None:
        """Draw what happens from now on, until the line breaks or the server stops."""
        principal = await self._principal()
        # A first message may have begun to follow while that was read.
        if principal is not None and self._following is None:
            self._follow(principal)

    def leave(self) -> None:
        """Draw nothing more; a running turn goes on without a reader here."""
        if self._following is not None:
            self._following.cancel()
            self._following = None

    def stop(self) -> None:
        """Wait for the answer no longer; the turn ends when nobody else does."""
        if self._answering is not None:
            self._answering.cancel()

    async def say(self, sent: Sent) -> None:
        """Send what the shopper said, and return when it is answered."""
        if self._drawing.knows(str(sent.id)):
            # Said again after the line broke, but it is in the books, and so on the screen.
            await self.emit("task_end", {})
            return
        await self.emit("task_start", {})
        try:
            await self._said(sent)
        except (Refused, Unavailable) as error:
            await self._plainly(as_problem(error).detail)
        finally:
            await self.emit("task_end", {})

    async def _said(self, sent: Sent) -> None:
        serving = self.serving()
        if serving is None:
            await self._plainly(_GONE)
            return
        origin = HTTPConnection(self._session.environ["asgi.scope"]).headers.get("origin", "")
        principal = await opened_conversation(serving, self._session.thread_id, origin, begun=self._seen > 0)
        pictures = await self._kept(principal, sent.pictures)
        # The page may show the words already, but not where it was read back; the pictures it shows are those kept.
        now = self._services.authority.clock()
        await self._draw(self._drawing.said(str(sent.id), sent.text, pictures, now))
        if self._following is None:
            self._follow(principal)
        message = ShopperMessage(sent.text, str(sent.id), tuple(pictures))
        # The answer is read to its end whether or not the shopper stays to see it.
        self._answering = self._services.background.start(self._answer(principal, message))
        await asyncio.wait({self._answering})

    async def _answer(self, principal: Principal, message: ShopperMessage) -> None:
        """Read one turn to its end; what it tells is drawn by whoever follows the conversation."""
        last = 0
        try:
            async for event in counting(self._services.app.assistant.turn(principal, message), self._services.metrics):
                # Only now the books list the conversation, and the page asks them for the list.
                await self._first(message.text)
                last = event.seq
                if last < 0:
                    # It could not be recorded, so nobody who follows will hear of it.
                    await self._plainly(event.data["detail"])
            async with self._drew:
                await self._drew.wait_for(lambda: self._seen >= last or self._left)
        except (Refused, Unavailable) as error:
            await self._plainly(as_problem(error).detail)

    def _follow(self, principal: Principal) -> None:
        self._left = False
        self._following = asyncio.create_task(self._draw_all(principal))

    async def _draw_all(self, principal: Principal) -> None:
        await self.emit("window_message", {"aisle": "thread", "id": self._session.thread_id})
        stopping = asyncio.create_task(self._services.stopping.wait())
        events = self._services.app.assistant.follow(principal, self._seen)
        try:
            while not stopping.done():
                upcoming = asyncio.ensure_future(anext(events, None))
                await asyncio.wait({upcoming, stopping}, return_when=asyncio.FIRST_COMPLETED)
                told = upcoming.result() if upcoming.done() else None
                if told is None:
                    upcoming.cancel()
                    return
                await self._take(principal, told)
                async with self._drew:
                    self._seen = told.event.seq
                    self._drew.notify_all()
        finally:
            stopping.cancel()
            async with self._drew:
                self._left = True
                self._drew.notify_all()

    async def _take(self, principal: Principal, told: Told) -> None:
        if told.turn_id is not None and not self._drawing.knows(told.turn_id):
            await self._asked_elsewhere(principal, told.turn_id)
        now = self._services.authority.clock()
        event = told.event
        await self._draw(self._drawing.take(told.turn_id, event.seq, event.event, event.data, now))

    async def _asked_elsewhere(self, principal: Principal, turn_id: str) -> None:
        """Draw what the shopper said in a turn that began in another tab or on another page."""
        turns = await self._services.app.books.conversations.transcript(principal.session_id)
        turn = next(turn for turn in turns if turn.turn_id == turn_id)
        if not self._drawing.knows(turn.client_turn_id):
            await self._draw(await say(self._services, principal, self._drawing, turn))

    async def _kept(self, principal: Principal, image_ids: Iterable[str]) -> list[str]:
        kept = [image_id for image_id in image_ids if await self._services.app.uploads.load(principal, image_id)]
        if len(kept) < len(list(image_ids)):
            raise Refused("unknown_picture", "That picture is not here any more. Please send it again.")
        return kept

    async def _first(self, words: str) -> None:
        """Let the page put a new conversation into its list."""
        if not self._session.has_first_interaction:
            self._session.has_first_interaction = True
            told = {"interaction": words, "thread_id": self._session.thread_id}
            await self.emit("first_interaction", told)

    async def _principal(self) -> Principal | None:
        serving = self.serving()
        return await own_conversation(serving, self._session.thread_id) if serving else None

    async def _draw(self, changes: Iterable[Change]) -> None:
        for change in changes:
            await self.emit(change.name, change.data)

    async def _plainly(self, text: str) -> None:
        """Say a sentence that is no part of the conversation: it is gone when the page is loaded again."""
        now = self._services.authority.clock().isoformat()
        name = self._services.app.shop_name
        message = Message(f"said-{uuid.uuid4()}", name, words=as_markdown(text), failed=True, at=now)
        await self.emit("new_message", message.step(self._session.thread_id))
