"""Remembers fields of products that searches come upon, for the engine unpacks a whole product to read one."""

from collections.abc import Iterable, Sequence
from threading import Lock

import qdrant_edge as qdrant

from retrieval.index import Payload

_MOST = 50_000  # products by fields; some 30 MB
_PAGE = 1_000


class Payloads:
    """Fields of one shard's points as last read; whoever writes to points calls `forget` with them afterwards.

    Reading four fields of a hundred products takes the engine a millisecond, as long as finding them among 50,000.
    """

    def __init__(self, shard: qdrant.EdgeShard) -> None:
        self._shard = shard
        self._known: dict[tuple[str, ...], dict[qdrant.PointId, Payload]] = {}
        self._lock = Lock()
        self._writes = 0

    def forget(self, points: Iterable["qdrant.PointId"]) -> None:
        """Read these anew from now on."""
        with self._lock:
            self._writes += 1
            for point in points:
                for known in self._known.values():
                    known.pop(point, None)

    def fill(self, fields: Sequence[str]) -> None:
        """Read these fields of as many points as are remembered, so that the first searches need not. Blocks."""
        offset: qdrant.PointId | None = None
        for _ in range(_MOST // _PAGE):
            begun = self._writes
            page, offset = self._shard.scroll(qdrant.ScrollRequest(offset=offset, limit=_PAGE, with_payload=[*fields]))
            self._keep(tuple(fields), {one.id: one.payload or {} for one in page}, begun)
            if offset is None:
                return

    def read(self, points: Sequence["qdrant.PointId"], fields: Sequence[str]) -> dict["qdrant.PointId", Payload]:
        """Return these fields of the points that are still there. Blocks; any number of threads may ask at once."""
        begun = self._writes
        known = self._known.get(tuple(fields), {})
        found: dict[qdrant.PointId, Payload] = {}
        new: dict[qdrant.PointId, None] = {}
        for point in points:
            payload = known.get(point)
            if payload is None:
                new[point] = None
            else:
                found[point] = payload
        if not new:
            return found
        read = {one.id: one.payload or {} for one in self._shard.retrieve([*new], list(fields), False)}
        self._keep(tuple(fields), read, begun)
        return found | read

    def _keep(self, fields: tuple[str, ...], read: dict["qdrant.PointId", Payload], begun: int) -> None:
        with self._lock:
            # What was read beside a write may be from before it.
            if self._writes != begun:
                return
            known = self._known.setdefault(fields, {})
            if len(known) + len(read) > _MOST:
                known.clear()
            known.update(read)
