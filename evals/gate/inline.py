"""Runs the statements of a rig's shop where they are asked for, without the thread that SQLite's driver keeps."""

from collections.abc import Callable
from typing import Any, cast

import aiosqlite


def without_threads() -> None:
    """From now on, in this process, no statement on an SQLite file changes threads.

    For rigs that make one call after the other: what the thread buys, room for others meanwhile, nobody uses there,
    and it costs them half of their time. The statements, and what each sees, are the same.
    """
    cast(Any, aiosqlite.Connection)._execute = _execute


async def _execute(self: Any, run: Callable[..., object], *given: Any, **named: Any) -> object:
    if not self._running or not self._connection:
        raise ValueError("Connection closed")
    return run(*given, **named)
