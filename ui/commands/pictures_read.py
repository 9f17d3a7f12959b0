"""Looks into the catalogue's pictures for `aisle catalog quality`: so many at a time, kept, gone on with."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from assistant.settings import Settings
from retrieval.photos import photos
from retrieval.product import CatalogueEntry
from retrieval.quality import Finding
from retrieval.vision.decency import open_decency
from retrieval.vocabulary import vocabulary_of
from retrieval.written import ReadPicture, listed_pictures, other_brands, read_pictures, unsuitable
from ui.commands.enrich import entries_of_server
from ui.commands.running import progress_of

_KEPT = "pictures-read.jsonl"


async def found_in_pictures(settings: Settings, most: int) -> list[Finding]:
    """Read up to `most` pictures not read before, here and not in the server; return what all read so far tells."""
    folder = settings.home_path / "imports"
    if not most and not (folder / _KEPT).exists():  # The command does nothing else meanwhile.
        return []
    return await told_by_pictures(await entries_of_server(settings, folder), folder / _KEPT, most, settings.photos)


async def told_by_pictures(
    entries: Sequence[CatalogueEntry], kept: Path, most: int, folder: Path | None = None
) -> list[Finding]:
    """Look into up to `most` pictures of these entries; return which name another brand or may be indecent.

    What was found in a picture is on the disk at once, so a run that was cut off loses one at most.

    Args:
        entries: The catalogue.
        kept: A file of what was read before, written on.
        most: How many to read now.
        folder: The shop's own pictures.
    """
    pictures = await asyncio.to_thread(lambda: list(listed_pictures(entries, folder)))
    known = await asyncio.to_thread(_known, kept)
    photo = photos(fetched=True, folder=folder)
    new = len({picture.content for picture in pictures} - known.keys())
    with kept.open("a", encoding="utf-8") as file, progress_of("Pictures read", min(most, new)) as told:
        file.write("\n")  # Ends the line of a run that was killed.
        done = 0
        async for content, found in read_pictures(pictures, set(known), most, open_decency(), photo):
            file.write(json.dumps({"picture": content, **asdict(found)}) + "\n")
            file.flush()
            known[content] = found
            done += 1
            told(done)
    return other_brands(pictures, known, vocabulary_of(entries, "")) + unsuitable(pictures, known)


def _known(kept: Path) -> dict[str, ReadPicture]:
    known: dict[str, ReadPicture] = {}
    for line in kept.read_text(encoding="utf-8").splitlines() if kept.exists() else []:
        try:
            said = json.loads(line)
            known[str(said["picture"])] = ReadPicture(tuple(map(str, said["lines"])), float(said["indecent"]))
        except (ValueError, KeyError):
            # The last line of a run that was killed, or one that says less than is asked for now: read again.
            continue
    return known
