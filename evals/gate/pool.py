"""Shares a rig's cases between processes, in order, so that a run that is stopped has done one range without gaps."""

import multiprocessing
import sys
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from time import monotonic
from typing import TypeVar

from evals.gate.stopping import deaf

_TELL_S = 60.0
_LOOK_S = 0.5

T = TypeVar("T")


def share(processes: int, work: Iterable[Callable[[], T]], stop: list[int]) -> Generator[T]:
    """Do the pieces of work in `processes` processes and yield what each returns, as they end.

    Args:
        processes: That work at the same time.
        work: Pieces in order; each goes to another process as it is, so it is a partial of a module's function.
        stop: As soon as it holds anything no further piece begins; those under way end.
    """
    waiting = iter(work)
    running: set[Future[T]] = set()
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, mp_context=context, initializer=deaf) as pool:
        while True:
            while len(running) < processes and not stop and (piece := next(waiting, None)) is not None:
                running.add(pool.submit(piece))
            if not running:
                return
            done, running = wait(running, timeout=_LOOK_S, return_when=FIRST_COMPLETED)
            for future in done:
                yield future.result()


class Progress:
    """Tells that a run has begun, and now and then how far it is."""

    def __init__(self, wanted: int) -> None:
        self._wanted = wanted
        self._begun = self._told = monotonic()
        print(f"begun: {wanted:,} cases; Ctrl-C or SIGTERM ends the run with a report", file=sys.stderr)  # noqa: T201

    def tell(self, done: int) -> None:
        """Say it on standard error, once a minute at most."""
        now = monotonic()
        if now - self._told >= _TELL_S:
            self._told = now
            speed = done / (now - self._begun)
            print(f"{done:,} of {self._wanted:,}, {speed:.1f} a second", file=sys.stderr)  # noqa: T201
