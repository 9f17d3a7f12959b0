"""Brings rows that belong together next to each other on disk, in memory that does not grow with the feed."""

import json
import shutil
from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path
from types import TracebackType

from retrieval.feeds.listing import Listing
from retrieval.feeds.tally import Place

_BUCKET_BYTES = 12_000_000  # of the feed; some ten times that in memory
_MOST_BUCKETS = 200


class Groups:
    """Rows put down one by one and taken up by product, in the order of the feed while it is small.

    Args:
        folder: Scratch space; emptied first, removed at the end.
        size: Bytes of the feed.
    """

    def __init__(self, folder: Path, size: int) -> None:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        self._folder = folder
        self._paths = [folder / f"{n}.jsonl" for n in range(min(_MOST_BUCKETS, 1 + size // _BUCKET_BYTES))]
        self._files = [path.open("w", encoding="utf-8") for path in self._paths]
        self._alone = 0

    def add(self, row: Listing) -> None:
        """Put a row down."""
        self._alone += 1
        key = row.group or f"\n{self._alone}"
        place = int.from_bytes(blake2b(key.encode(), digest_size=4).digest()) % len(self._files)
        where = [row.place.line, row.place.last, row.place.item]
        json.dump([where, row.values, row.details, row.kind, row.group], self._files[place])
        self._files[place].write("\n")

    def take(self) -> Iterator[list[Listing]]:
        """Yield the rows of each product."""
        for file in self._files:
            file.close()
        for path in self._paths:
            groups: dict[str, list[Listing]] = {}
            with path.open(encoding="utf-8") as lines:
                for number, line in enumerate(lines):
                    where, values, details, kind, group = json.loads(line)
                    row = Listing(Place(*where), values, details, kind, group)
                    groups.setdefault(group or f"\n{number}", []).append(row)
            yield from groups.values()
            path.unlink()

    def __enter__(self) -> "Groups":
        """Return itself; leaving the block removes the scratch space."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Remove the scratch space."""
        for file in self._files:
            file.close()
        shutil.rmtree(self._folder, ignore_errors=True)
