"""Server-sent events: one stored event to one frame, and a stream that stays alive while nothing happens."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from typing import Any

from starlette.responses import StreamingResponse

from assistant.events import StoredEvent
from ui.operator_detail import told

HEARTBEAT = b": still here\n\n"
HEARTBEAT_S = 15.0


class EventStream(StreamingResponse):
    """A `text/event-stream` no proxy may store or hold back."""

    media_type = "text/event-stream"

    def __init__(self, frames: AsyncIterator[bytes], status_code: int = 200) -> None:
        super().__init__(frames, status_code, headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})


def frame(event: str, data: Mapping[str, Any], seq: int) -> bytes:
    """Write one event: `event`, `id` and `data` lines, then an empty line; what was never stored has no id."""
    identity = "" if seq < 0 else f"id: {seq}\n"
    # ASCII escapes keep every line separator Unicode knows out of the frame.
    return f"event: {event}\n{identity}data: {json.dumps(data, separators=(',', ':'))}\n\n".encode()


async def frames(
    events: AsyncIterator[StoredEvent],
    stopping: asyncio.Event,
    heartbeat_s: float = HEARTBEAT_S,
    *,
    detailed: bool = False,
) -> AsyncIterator[bytes]:
    """Write each event as it comes, a comment every `heartbeat_s` seconds of silence, until the server stops.

    Args:
        events: What happens; the stream ends when it ends.
        stopping: Set when the server shuts down, which ends the stream.
        heartbeat_s: Longest silence, seconds.
        detailed: Whether the operator reads.
    """
    stop = asyncio.ensure_future(stopping.wait())
    upcoming = asyncio.ensure_future(anext(events, None))
    try:
        while True:
            done, _ = await asyncio.wait({upcoming, stop}, timeout=heartbeat_s, return_when=asyncio.FIRST_COMPLETED)
            if upcoming in done:
                stored = upcoming.result()
                if stored is None:
                    return
                yield frame(stored.event, told(stored.event, stored.data, detailed=detailed), stored.seq)
                upcoming = asyncio.ensure_future(anext(events, None))
            elif stop in done:
                return
            else:
                yield HEARTBEAT
    finally:
        await _end(stop, upcoming)


async def _end(*tasks: "asyncio.Future[Any]") -> None:
    """Cancel what still waits, and let it finish cleaning up."""
    for task in tasks:
        task.cancel()
    for task in tasks:
        with suppress(asyncio.CancelledError, StopAsyncIteration):
            await task


async def resumed(first: StoredEvent, rest: AsyncIterator[StoredEvent]) -> AsyncIterator[StoredEvent]:
    """Put an event that was already taken back in front of its stream."""
    yield first
    async for event in rest:
        yield event
