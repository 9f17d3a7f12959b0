"""Fields of products are remembered, whoever else reads or writes meanwhile."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import qdrant_edge as qdrant

from retrieval import payloads
from retrieval.payloads import Payloads
from retrieval.shard import shard_config


def test_readers_at_once_miss_nothing_while_the_memory_is_full_and_emptied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(payloads, "_MOST", 8)
    (tmp_path / "shard").mkdir()
    shard = qdrant.EdgeShard.create(str(tmp_path / "shard"), shard_config())
    points = [qdrant.Point(at, {}, {"id": str(at)}) for at in range(1, 41)]
    shard.update(qdrant.UpdateOperation.upsert_points(points))
    known = Payloads(shard)

    def read(first: int) -> list[str]:
        wanted = [1 + (first + at) % 40 for at in range(5)]
        found = known.read(wanted, ["id"])
        if first % 16 == 0:
            known.forget()
        return [f"{at}: {found[at]['id']}" for at in wanted]

    with ThreadPoolExecutor(8) as readers:
        answers = list(readers.map(read, range(2000)))
    assert answers == [[f"{(at := 1 + (first + n) % 40)}: {at}" for n in range(5)] for first in range(2000)]
    shard.close()
