"""The server's clock as it is handed in; a clock that can't be trusted stops whatever needs the time."""

from collections.abc import Callable
from datetime import UTC, datetime

from policies.errors import Unavailable

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """Return the present moment, aware, in UTC."""
    return datetime.now(UTC)


def read(clock: Clock) -> datetime:
    """Ask `clock` for the time in UTC.

    Raises:
        Unavailable: The clock fails or gives a time without a zone.
    """
    try:
        now = clock()
    except (OSError, OverflowError, ValueError) as error:
        raise Unavailable(f"The clock can't be read: {error}.") from error
    if now.tzinfo is None:
        raise Unavailable("The clock gives times without a zone.")
    return now.astimezone(UTC)
