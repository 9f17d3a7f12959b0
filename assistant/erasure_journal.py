"""A list of who was erased, outside the home and its backups: pseudonyms and times, nothing else."""

import asyncio
import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from shop.erasing import Erased


@dataclass(frozen=True, slots=True)
class ErasureJournal:
    """A file that only grows, a JSON object per line; every line is on the disk before an erasure is over."""

    path: Path

    async def read(self) -> list[Erased]:
        """Return everybody in it; a line that a crash cut short is left out, for its erasure was not over.

        Raises:
            OSError: The file is there and can't be read.
        """
        return await asyncio.to_thread(_read, self.path)

    async def add(self, erased: Iterable[Erased]) -> None:
        """Write further erasures.

        Raises:
            OSError: The file can't be written.
        """
        await asyncio.to_thread(_add, self.path, list(erased))


def _read(path: Path) -> list[Erased]:
    if not path.exists():
        return []
    found: dict[str, Erased] = {}
    for line in path.read_text(encoding="utf-8").split("\n")[:-1]:
        # A line after one that was cut short holds both.
        whole = line[line.rfind('{"pseudonym"') :]
        told = json.loads(whole)
        found.setdefault(told["pseudonym"], Erased(told["pseudonym"], datetime.fromisoformat(told["at"])))
    return list(found.values())


def _add(path: Path, erased: list[Erased]) -> None:
    lines = "".join(json.dumps({"pseudonym": one.pseudonym, "at": one.at.isoformat()}) + "\n" for one in erased)
    if not lines:
        return
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(descriptor, lines.encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
