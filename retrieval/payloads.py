"""Remembers fields of products that searches come upon, for the engine unpacks a whole product to read one."""

from collections.abc import Sequence

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

    def forget(self) -> None:
        """Read everything anew from now on."""
        # A new dict each: a reader who began before the write goes on filling the one that nobody reads any more.
        self._known = {}

    def read(self, points: Sequence["qdrant.PointId"], fields: Sequence[str]) -> dict["qdrant.PointId", Payload]:
        """Return these fields of the points that are still there. Blocks; any number of threads may ask at once."""
        known = self._known.setdefault(tuple(fields), {})
        found = {point: payload for point in points if (payload := known.get(point)) is not None}
        new = list({point: None for point in points if point not in found})
        read = {one.id: one.payload or {} for one in self._shard.retrieve(new, list(fields), False)} if new else {}
        if len(known) + len(read) > _MOST:
            known.clear()
        known.update(read)
        return found | read
