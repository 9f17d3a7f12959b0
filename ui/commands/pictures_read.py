"""Reads text in the catalogue's pictures for `aisle catalog quality`: so many at a time, kept, gone on with."""

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path

from assistant.settings import Settings
from retrieval.product import CatalogueEntry
from retrieval.quality import Finding
from retrieval.vocabulary import vocabulary_of
from retrieval.written import listed_pictures, other_brands, read_pictures
from ui.commands.enrich import entries_of_server
from ui.commands.running import progress_of

_KEPT = "pictures-read.jsonl"


async def brands_in_pictures(settings: Settings, most: int) -> list[Finding]:
    """Read up to `most` pictures not read before, here and not in the server; return what all read so far tells."""
    folder = settings.home_path / "imports"
    if not most and not (folder / _KEPT).exists():  # The command does nothing else meanwhile.
        return []
    return await told_by_pictures(await entries_of_server(settings, folder), folder / _KEPT, most)


async def told_by_pictures(entries: Sequence[CatalogueEntry], kept: Path, most: int) -> list[Finding]:
    """Read up to `most` pictures of these entries and return which name another brand than the product's.

    Every picture's lines are on the disk as soon as they are read, so a run that was cut off loses one at most.

    Args:
        entries: The catalogue.
        kept: A file of what was read before, written on.
        most: How many to read now.
    """
    pictures = await asyncio.to_thread(lambda: list(listed_pictures(entries)))
    known = await asyncio.to_thread(_known, kept)
    new = len({picture.content for picture in pictures} - known.keys())
    with kept.open("a", encoding="utf-8") as file, progress_of("Pictures read", min(most, new)) as told:
        file.write("\n")  # Ends the line of a run that was killed.
        done = 0
        async for content, lines in read_pictures(pictures, set(known), most):
            file.write(json.dumps({"picture": content, "lines": lines}) + "\n")
            file.flush()
            known[content] = lines
            done += 1
            told(done)
    return other_brands(pictures, known, vocabulary_of(entries, ""))


def _known(kept: Path) -> dict[str, tuple[str, ...]]:
    known: dict[str, tuple[str, ...]] = {}
    for line in kept.read_text(encoding="utf-8").splitlines() if kept.exists() else []:
        try:
            said = json.loads(line)
            known[str(said["picture"])] = tuple(map(str, said["lines"]))
        except (ValueError, KeyError):
            # The last line of a run that was killed.
            continue
    return known
