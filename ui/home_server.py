"""Finds the server of a home, or runs the same app beside a command for as long as that takes."""

import asyncio
import os
import tempfile
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from time import monotonic

import httpx

from assistant.settings import Settings
from assistant.wiring import App
from ui.client import UNIX, connect
from ui.home import ServerNote, is_held, noted, read_note
from ui.server import beside, create_app, prepared

# How long a server that holds the home may take to answer, and how often to look, seconds.
_START_S = 30.0
_POLL_S = 0.2

Prepare = Callable[[App], Awaitable[None]]


async def running_server(home: Path) -> ServerNote | None:
    """Return the note of the server of this home when it really answers."""
    note = read_note(home)
    if note is None:
        return None
    async with connect(note.url) as http:
        try:
            answer = await http.get("/healthz", timeout=5)
        except httpx.HTTPError:
            return None
    return note if answer.is_success else None


async def _reachable_server(home: Path) -> ServerNote | None:
    """Return the server of this home, waiting for one that is still starting; None when nobody holds the home."""
    deadline = monotonic() + _START_S
    while True:
        note = await running_server(home)
        if note is not None or monotonic() > deadline or not is_held(home):
            return note
        await asyncio.sleep(_POLL_S)


@asynccontextmanager
async def server_of(settings: Settings, prepare: Prepare) -> AsyncGenerator[ServerNote]:
    """Yield a server of this home: the running one, or one of our own on a private Unix socket.

    Args:
        settings: Of the home.
        prepare: Fills an empty shop when the server is our own.

    Raises:
        SettingsError: The home is held by a process that does not answer, or a setting is wrong.
    """
    note = await _reachable_server(settings.home_path)
    if note is not None:
        yield note
        return
    stopping = asyncio.Event()
    # A folder only the owner can enter stands between the socket and everybody else.
    with tempfile.TemporaryDirectory(prefix="aisle-") as folder:
        async with prepared(settings, prepare) as (app, authority):
            path = str(Path(folder, "aisle.sock"))
            note = ServerNote(f"{UNIX}{path}", os.getpid(), authority.operator_token)
            async with beside(create_app(app, authority, stopping), path, stopping):
                with noted(settings.home_path, note):
                    yield note
