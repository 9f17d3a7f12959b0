"""Children that do one piece of work and may be killed at any write of it: the labelled points of a crash."""

import asyncio
import os
import signal
import sys
import traceback
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any, cast

from shop.db import Database

NEVER = 0
FAILED = 70  # exit status of a child that met a bug instead of its end


def in_child(work: Callable[[], Coroutine[Any, Any, None]]) -> int:
    """Do the work in a child; returns its exit status, or minus the signal that killed it."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    status = FAILED
    try:
        asyncio.run(work())
        status = 0
    finally:
        if status:
            traceback.print_exc()
        sys.stderr.flush()
        os._exit(status)


def dying(point: int) -> Callable[[], int]:
    """Kill this process at a point of its writes, from now on; returns how many there have been.

    Odd points are before a commit, even ones after it; the payment service's own writes are points, too.
    """
    writes = 0
    plain = Database.writing

    @asynccontextmanager
    async def writing(database: Database, *given: Any) -> AsyncGenerator[Any]:
        nonlocal writes
        async with plain(database, *given) as connection:
            yield connection
            writes += 1
            if point == 2 * writes - 1:
                os.kill(os.getpid(), signal.SIGKILL)
        if point == 2 * writes:
            os.kill(os.getpid(), signal.SIGKILL)

    # The shop needs no hook of its own for this: in this process, every write passes here.
    Database.writing = cast(Any, writing)
    return lambda: writes
