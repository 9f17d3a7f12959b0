"""What every route works with: the assistant, the books, the tokens and the counters of one server."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Annotated, Any

from fastapi import Depends, Request

from assistant.wiring import App
from ui.auth import TokenAuthority
from ui.metrics import Metrics
from ui.picture_shelf import PictureShelf
from ui.sign_in import SignInReader


@dataclass(slots=True)
class Background:
    """Work that outlives the request that started it, held so that it is neither lost nor left behind."""

    tasks: set["asyncio.Task[Any]"] = field(default_factory=set["asyncio.Task[Any]"])

    def start(self, work: Coroutine[Any, Any, Any]) -> "asyncio.Task[Any]":
        """Run `work` beside the request and keep hold of it until it ends."""
        task = asyncio.create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)
        return task

    async def settle(self, within_s: float) -> None:
        """Let running work end, and cancel what takes longer than `within_s` seconds."""
        if not self.tasks:
            return
        _, late = await asyncio.wait(self.tasks, timeout=within_s)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)


@dataclass(frozen=True, slots=True)
class Services:
    """Handed to every route by the app that was built around them."""

    app: App
    authority: TokenAuthority
    metrics: Metrics
    stopping: asyncio.Event
    background: Background
    pictures: PictureShelf
    sign_in: SignInReader | None = None


def services_of(request: Request) -> Services:
    """Return what the app was built with."""
    services: Services = request.app.state.services
    return services


Served = Annotated[Services, Depends(services_of)]
