"""Reads event streams, of a turn or of a whole conversation, as any client of the HTTP API does."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx


async def events_of(response: httpx.Response) -> AsyncIterator[tuple[str, dict[str, Any]]]:
    """Yield the events of a streamed response: name and data."""
    async for _, name, data in numbered_events_of(response):
        yield name, data


async def numbered_events_of(response: httpx.Response) -> AsyncIterator[tuple[int, str, dict[str, Any]]]:
    """Yield the events of a streamed response: id (-1 for what was never stored), name and data."""
    number, name = -1, ""
    async for line in response.aiter_lines():
        if line.startswith("event: "):
            number, name = -1, line.removeprefix("event: ")
        elif line.startswith("id: "):
            number = int(line.removeprefix("id: "))
        elif line.startswith("data: "):
            yield number, name, json.loads(line.removeprefix("data: "))
