"""Remembers which names came before in sixteen to thirty-two bytes each, however long the names are."""

from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

_FIRST_SLOTS = 1 << 12
_FULLEST = 0.5


class SeenNames:
    """A set of names that only grows; a million of them take 32 MB.

    Names are kept as 64-bit digests: among a million, the chance that any two are mistaken for one is 1 in 37 million.
    """

    def __init__(self) -> None:
        self._slots: NDArray[np.uint64] = np.zeros(_FIRST_SLOTS, np.uint64)
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def __contains__(self, name: object) -> bool:
        digest = _digest(str(name))
        return int(self._slots[_slot(self._slots, digest)]) == digest

    def add(self, name: str) -> bool:
        """Remember a name; False when it came before."""
        digest = _digest(name)
        slot = _slot(self._slots, digest)
        if int(self._slots[slot]) == digest:
            return False
        self._slots[slot] = digest
        self._count += 1
        if self._count > _FULLEST * len(self._slots):
            self._grow()
        return True

    def _grow(self) -> None:
        kept = self._slots[self._slots > 0]
        self._slots = np.zeros(2 * len(self._slots), np.uint64)
        for digest in kept.tolist():
            self._slots[_slot(self._slots, digest)] = digest


def _digest(name: str) -> int:
    # Zero marks a free slot.
    return int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), "little") or 1


def _slot(slots: NDArray[np.uint64], digest: int) -> int:
    """Return where the digest is, or the free slot where it belongs."""
    mask = len(slots) - 1
    slot = digest & mask
    while int(slots[slot]) not in (0, digest):
        slot = (slot + 1) & mask
    return slot
