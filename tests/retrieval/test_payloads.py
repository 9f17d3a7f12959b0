"""Fields of products are remembered, whoever else reads or writes meanwhile."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, cast

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
            known.forget(wanted)
        return [f"{at}: {found[at]['id']}" for at in wanted]

    with ThreadPoolExecutor(8) as readers:
        answers = list(readers.map(read, range(2000)))
    assert answers == [[f"{(at := 1 + (first + n) % 40)}: {at}" for n in range(5)] for first in range(2000)]
    shard.close()


def test_what_was_read_beside_a_write_is_read_again(tmp_path: Path) -> None:
    (tmp_path / "shard").mkdir()
    shard = qdrant.EdgeShard.create(str(tmp_path / "shard"), shard_config())
    shard.update(qdrant.UpdateOperation.upsert_points([qdrant.Point(1, {}, {"price": 10})]))
    between: list[int] = []

    class WrittenTo:
        """The shard as one sees it whose reads are each followed by somebody's write."""

        def retrieve(self, points: list[Any], *what: Any) -> list[qdrant.Record]:
            found = shard.retrieve(points, *what)
            if not between:
                between.append(1)
                shard.update(qdrant.UpdateOperation.set_payload([1], {"price": 12}))
                known.forget([1])
            return found

    known = Payloads(cast(qdrant.EdgeShard, WrittenTo()))
    assert known.read([1], ["price"]) == {1: {"price": 10}}
    assert known.read([1], ["price"]) == {1: {"price": 12}}
    assert known.read([1], ["price"]) == {1: {"price": 12}}
    shard.close()


def test_filled_memory_answers_as_the_shard_does_and_follows_writes(tmp_path: Path) -> None:
    (tmp_path / "shard").mkdir()
    shard = qdrant.EdgeShard.create(str(tmp_path / "shard"), shard_config())
    points = [qdrant.Point(at, {}, {"id": str(at), "price": at}) for at in range(1, 6)]
    shard.update(qdrant.UpdateOperation.upsert_points(points))
    known = Payloads(shard)
    known.fill(["id", "price"])
    assert known.read([2, 9], ["id", "price"]) == {2: {"id": "2", "price": 2}}
    shard.update(qdrant.UpdateOperation.set_payload([2], {"price": 7}))
    shard.update(qdrant.UpdateOperation.delete_points([3]))
    known.forget([2, 3])
    assert known.read([2, 3, 4], ["id", "price"]) == {2: {"id": "2", "price": 7}, 4: {"id": "4", "price": 4}}
    shard.close()
