"""Brings Chainlit in when it is needed, beside what the server does, into a folder and with settings of our own."""

import asyncio
import importlib
import logging
import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Protocol, cast

from starlette.types import ASGIApp

from ui.chat.config import prepare_folder
from ui.services import Services

_log = logging.getLogger(__name__)
# Chainlit's package and what we make of it; imported by name, since it costs a second and writes into its folder.
_MODULE = "ui.chat.app"


class Adapter(Protocol):
    """What `ui.chat.app` offers."""

    asgi: ASGIApp
    token_of: Callable[[str], str]
    configure: Callable[[Services], None]
    thread_of_connection: Callable[[str, str], str | None]


class Chainlit:
    """Chainlit as an app, loaded at most once and by nobody twice at a time."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._loaded: asyncio.Task[Adapter] | None = None

    async def adapter(self) -> Adapter:
        """Return what was loaded, after loading it in a thread where nobody has."""
        if self._loaded is None:
            folder = self._services.app.settings.home_path / "chat"
            self._loaded = asyncio.create_task(asyncio.to_thread(_load, folder, self._services.app.shop_name))
            self._loaded.add_done_callback(self._configure)
        return await asyncio.shield(self._loaded)

    async def begin(self) -> None:
        """Bring Chainlit in before anybody asks; a failure is told to whoever does ask, and to the log now."""
        adapter = asyncio.ensure_future(self.adapter())
        await asyncio.wait({adapter})
        if not adapter.cancelled() and (error := adapter.exception()) is not None:
            _log.error("the chat at /chat cannot be loaded", exc_info=error)

    def _configure(self, loaded: "asyncio.Task[Adapter]") -> None:
        if not loaded.cancelled() and loaded.exception() is None:
            loaded.result().configure(self._services)


def _load(folder: Path, name: str) -> Adapter:
    prepare_folder(folder, name)
    # Chainlit reads these once, while it is imported.
    os.environ |= {
        "CHAINLIT_APP_ROOT": str(folder),
        # It would read a .env of whatever folder the server was started in.
        "CHAINLIT_ENV_FILE": os.devnull,
        # People are known by our cookie; this makes it ask for somebody, and offer no form.
        "CHAINLIT_CUSTOM_AUTH": "1",
        # Signs what goes from our gate to Chainlit within this process, and nothing that anybody keeps.
        "CHAINLIT_AUTH_SECRET": os.environ.get("CHAINLIT_AUTH_SECRET") or secrets.token_urlsafe(32),
    }
    return cast(Adapter, importlib.import_module(_MODULE))
