"""Runs what goes on beside requests: orders, changes of price and stock, what is too old, the anchor, turns cut off."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path

from assistant.checkpoints import STORE_ERRORS
from assistant.privacy import Privacy
from assistant.settings import Settings
from policies.errors import Unavailable
from retrieval.catalog import Catalog
from shop.books import GateBooks, PlannerBooks
from tools.stocking import forward_changes

_log = logging.getLogger(__name__)
_FORWARD_EVERY_S = 0.5
_LET_GO_EVERY_S = 900
_DEAD_AFTER_S = 30


@asynccontextmanager
async def beside_requests(
    books: GateBooks, catalog: Catalog, privacy: Privacy
) -> AsyncGenerator[Callable[[], dict[str, str]]]:
    """Run what goes on beside requests until the block ends: orders, price and stock changes, what is too old."""
    stop = asyncio.Event()
    tasks = {
        "order worker": asyncio.create_task(books.worker.run(stop)),
        "index updates": asyncio.create_task(_forward(books, catalog, stop)),
        "old data": asyncio.create_task(_let_go(privacy, stop)),
    }

    def readiness() -> dict[str, str]:
        return {name: "stopped; see the log" if task.done() else "ready" for name, task in tasks.items()}

    try:
        yield readiness
    finally:
        stop.set()
        await asyncio.gather(*tasks.values(), return_exceptions=True)


async def _let_go(privacy: Privacy, stop: asyncio.Event) -> None:
    """Remove what is too old now and every so often until told to stop, and what erased shoppers left in files."""
    while not stop.is_set():
        try:
            await privacy.retain()
            await privacy.scrub()
        except (Unavailable, *STORE_ERRORS):
            _log.exception("what is too old could not be removed; trying again")
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), _LET_GO_EVERY_S)


@asynccontextmanager
async def anchored(books: GateBooks, path: Path, every_s: float) -> AsyncGenerator[None]:
    """Keep the audit log's anchor until the block ends; books that are older than it are not served."""
    anchoring, stop = books.anchoring(path), asyncio.Event()
    await anchoring.keep()
    keeping = asyncio.create_task(anchoring.run(stop, every_s))
    try:
        yield
    finally:
        stop.set()
        await keeping


@asynccontextmanager
async def ending_dead_turns(books: PlannerBooks, settings: Settings) -> AsyncGenerator[None]:
    """End turns that a server left running: those older than a turn can get, for other servers' turns are there too."""
    if settings.books_in_home:
        await books.conversations.abandon_running()
        yield
        return
    longest = timedelta(seconds=settings.turn_deadline_s + settings.turn_grace_s + _DEAD_AFTER_S)
    stop = asyncio.Event()

    async def look() -> None:
        while not stop.is_set():
            try:
                await books.conversations.abandon_running(longest)
            except Unavailable:
                _log.exception("turns that a crash left running could not be ended; trying again")
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), _DEAD_AFTER_S)

    looking = asyncio.create_task(look())
    try:
        yield
    finally:
        stop.set()
        await looking


async def _forward(books: GateBooks, catalog: Catalog, stop: asyncio.Event) -> None:
    """Hand the shop's price and stock changes to the index until told to stop."""
    while not stop.is_set():
        try:
            await forward_changes(catalog, books.merchant, books.offers)
        except Unavailable:
            _log.exception("price and stock changes could not be forwarded; trying again")
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), _FORWARD_EVERY_S)
