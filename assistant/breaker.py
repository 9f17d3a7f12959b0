"""A circuit breaker: leaves an endpoint alone for a while after failures in a row, then tries it with one call."""

from collections.abc import Callable
from time import monotonic


class Breaker:
    """Counts one endpoint's failures in this process."""

    def __init__(self, failures: int, open_s: float, now: Callable[[], float] = monotonic) -> None:
        self._limit = failures
        self._open_s = open_s
        self._now = now
        self._failed = 0
        self._closes_at = 0.0

    @property
    def open(self) -> bool:
        """Whether calls are held back now."""
        return self._failed >= self._limit and self._now() < self._closes_at

    def succeeded(self) -> None:
        """Close it."""
        self._failed = 0

    def failed(self) -> None:
        """Count a failure; from the limit on, each one opens it again."""
        self._failed += 1
        self._closes_at = self._now() + self._open_s

    def admit(self) -> bool:
        """Say whether a call may be made; when the time is over one is, and until it is done no other."""
        if self._failed < self._limit:
            return True
        if self._now() < self._closes_at:
            return False
        self._closes_at = self._now() + self._open_s
        return True
