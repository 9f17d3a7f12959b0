"""Hands events to whoever is reading: each is stored first and told then, so that a late reader loses nothing."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Generator
from contextlib import contextmanager
from dataclasses import dataclass

from assistant.events import Event, StoredEvent, wire
from shop.conversations import Conversations

_CLOSED = None


@dataclass(frozen=True, slots=True)
class Told:
    """A stored event and the turn it belongs to, None for what happens outside turns."""

    turn_id: str | None
    event: StoredEvent


class EventStream:
    """One process's readers of all sessions' events."""

    def __init__(self, conversations: Conversations) -> None:
        self._conversations = conversations
        self._readers: dict[str, set[asyncio.Queue[Told | None]]] = defaultdict(set)

    async def publish(self, session_id: str, turn_id: str | None, event: Event) -> None:
        """Store one event, then tell it to the session's readers."""
        name, data = wire(event)
        seq = await self._conversations.append_event(session_id, turn_id, name, data)
        self.tell(session_id, Told(turn_id, StoredEvent(seq, name, data)))

    def tell(self, session_id: str, told: Told) -> None:
        """Tell readers without storing: for the failure that says the store is unavailable."""
        for queue in self._readers.get(session_id, ()):
            queue.put_nowait(told)

    def close(self) -> None:
        """End every reader; the server is stopping."""
        for queues in self._readers.values():
            for queue in queues:
                queue.put_nowait(_CLOSED)

    @contextmanager
    def listen(self, session_id: str) -> Generator["asyncio.Queue[Told | None]"]:
        """Collect what is told from now on."""
        queue: asyncio.Queue[Told | None] = asyncio.Queue()
        self._readers[session_id].add(queue)
        try:
            yield queue
        finally:
            self._readers[session_id].discard(queue)
            if not self._readers[session_id]:
                del self._readers[session_id]

    async def follow(self, session_id: str, after: int) -> AsyncIterator[Told]:
        """Yield everything of a session with seq above `after`: first what is stored, then what comes."""
        with self.listen(session_id) as queue:
            last = after
            while rows := await self._conversations.events_after(session_id, last):
                for row in rows:
                    last = row.seq
                    yield Told(row.turn_id, StoredEvent(row.seq, row.event, dict(row.data)))
            while (told := await queue.get()) is not None:
                # Stored rows may be told as well while they were being read.
                if told.event.seq > last:
                    last = told.event.seq
                    yield told
