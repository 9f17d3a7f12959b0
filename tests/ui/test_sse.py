"""Streams stay well-formed whatever they carry, and stay alive while nothing happens."""

import asyncio
from collections.abc import AsyncGenerator

from assistant.events import StoredEvent
from ui.client import Heard, heard
from ui.sse import HEARTBEAT, frame, frames


async def lines(text: str) -> AsyncGenerator[str]:
    for line in text.split("\n"):
        yield line


async def test_text_with_line_ends_of_any_kind_stays_one_frame() -> None:
    data = {"delta": "one\ntwo\r\nthree\u2028four\u0085five\n\nevent: order"}

    written = frame("text", data, 3).decode()

    assert written.count("\n") == 4
    assert [event async for event in heard(lines(written))] == [Heard("text", data, 3)]


def test_what_was_never_stored_has_no_id() -> None:
    assert frame("error", {}, -1) == b"event: error\ndata: {}\n\n"


async def test_comments_and_half_events_are_left_out() -> None:
    raw = ": still here\n\nevent: text\n\ndata: {}\n\nevent: done\ndata: {}\n\nevent: text\ndata: {}"

    assert [event.event async for event in heard(lines(raw))] == ["done"]


async def silence(after: list[StoredEvent]) -> AsyncGenerator[StoredEvent]:
    for event in after:
        yield event
    await asyncio.Event().wait()


async def test_silence_is_broken_by_comments() -> None:
    stream = frames(silence([]), asyncio.Event(), heartbeat_s=0.01)

    assert [await anext(stream), await anext(stream)] == [HEARTBEAT, HEARTBEAT]


async def test_a_server_that_stops_ends_its_streams() -> None:
    stopping = asyncio.Event()
    stream = frames(silence([StoredEvent(1, "text", {"delta": "hi"})]), stopping)

    first = await anext(stream)
    stopping.set()

    assert first.startswith(b"event: text\nid: 1\n")
    assert [part async for part in stream] == []
