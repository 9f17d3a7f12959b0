"""Remembers fields of products that searches come upon, for the engine unpacks a whole product to read one."""

from collections.abc import Iterable, Sequence

import qdrant_edge as qdrant

from retrieval.index import Payload

_MOST = 20_000  # products by fields


class Payloads:
    """Fields of one shard's points as last read; whoever writes to it calls `forget` afterwards.

    Reading four fields of a hundred products takes the engine a millisecond, as long as finding them among 50,000.
    """

    def __init__(self, shard: qdrant.EdgeShard) -> None:
        self._shard = shard
        self._known: dict[tuple[str, ...], dict[qdrant.PointId, Payload]] = {}
        self._writes = 0

    def forget(self) -> None:
        """Read everything anew from now on."""
        self._writes += 1
        self._known = {}

    def read(self, points: Iterable["qdrant.PointId"], fields: Sequence[str]) -> dict["qdrant.PointId", Payload]:
        """Return these fields of the points that are still there. Blocks; any number of threads may ask at once."""
        before = self._writes
        known = self._known.setdefault(tuple(fields), {})
        wanted = list(points)
        new = list({point for point in wanted if point not in known})
        found = {one.id: one.payload or {} for one in self._shard.retrieve(new, list(fields), False)} if new else {}
        both = {
            point: found[point] if point in found else known[point]
            for point in wanted
            if point in found or point in known
        }
        # What was read while somebody wrote may be of before.
        if found and before == self._writes:
            if len(known) + len(found) > _MOST:
                known.clear()
            known.update(found)
        return both
