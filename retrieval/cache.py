"""A bounded cache that tells how often it helped."""

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


@dataclass(slots=True)
class Tally:
    """How often something was there already, and how often it was not."""

    hits: int = 0
    misses: int = 0


class Cache(Generic[Key, Value]):
    """The values that were asked for last.

    Args:
        most: How many are kept.
        tally: Counts; several caches may share one.
    """

    def __init__(self, most: int, tally: Tally) -> None:
        self._most = most
        self._tally = tally
        self._kept: OrderedDict[Key, Value] = OrderedDict()

    def get(self, key: Key) -> Value | None:
        """Return what was kept under a key, None when there is nothing."""
        value = self._kept.get(key)
        if value is None:
            self._tally.misses += 1
            return None
        self._tally.hits += 1
        self._kept.move_to_end(key)
        return value

    def keep(self, key: Key, value: Value) -> Value:
        """Keep a value, letting go of the one that was not asked for the longest; returns it."""
        self._kept[key] = value
        if len(self._kept) > self._most:
            self._kept.popitem(last=False)
        return value
