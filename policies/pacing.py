"""How long somebody must wait before asking again, from one number per asker."""

import math

# Callers keep one number per asker: the moment until which what they asked for so far is spread at the allowed pace.


def next_moment(spread_until: float, now: float, *, per_window: int, window_s: float) -> float | None:
    """Return the asker's new number, or None when asking now would be more than `per_window` in `window_s` seconds."""
    moment = max(spread_until, now) + window_s / per_window
    # A hair's breadth, or sums of fractions refuse the last of a full window.
    return moment if moment - now <= window_s + 1e-6 else None


def wait_s(spread_until: float, now: float, *, per_window: int, window_s: float) -> int:
    """Return whole seconds, at least one, after which the next asking is allowed."""
    return max(1, math.ceil(spread_until + window_s / per_window - window_s - now))
