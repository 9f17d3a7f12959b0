"""Lets a long run be stopped without losing what it found: SIGINT and SIGTERM are noted, the rig ends by itself."""

import signal
from collections.abc import Generator
from contextlib import contextmanager

_STOPS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def stopping() -> Generator[list[int]]:
    """Give a list that is no longer empty once somebody asked the rig to stop."""
    asked: list[int] = []
    before = {name: signal.signal(name, lambda number, _: asked.append(number)) for name in _STOPS}
    try:
        yield asked
    finally:
        for name, handler in before.items():
            signal.signal(name, handler)


def deaf() -> None:
    """Ignore both in a process that works for another: a terminal's Ctrl-C reaches all, and one decides."""
    for name in _STOPS:
        signal.signal(name, signal.SIG_IGN)
