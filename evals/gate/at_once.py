"""Runs what asyncio would hand to a thread where it is asked for, for rigs that make one call after the other."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class AtOnce(ThreadPoolExecutor):
    """Set as a loop's default executor: SQLite's writes take no trip to a thread and back.

    What the trip buys, room for others meanwhile, a rig without others does not need, and it costs it a third of its
    time. The statements, and what each of them sees, are the same.
    """

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Do it now; what it raises is raised here."""
        # The loop takes a future of its own as it is: what is done needs no turn of the loop to say so.
        future: Any = asyncio.get_running_loop().create_future()
        future.set_result(fn(*args, **kwargs))
        return future
