"""Cleans the files of a folder in a process that holds little itself, so that the cleaner's memory can be told.

Run with -m by `uploads`: a child's highest memory counts what its parent held when it was started.
"""

import asyncio
import json
import os
import resource
import sys
from pathlib import Path
from time import perf_counter

from policies.errors import Refused
from retrieval.picture import PictureCleaner

_MIB = 1024  # KiB


async def clean_all(folder: Path) -> dict[str, object]:
    """Return {name: [outcome, seconds]} of each file as "files", the memory of cleaning, and what was left behind.

    Args:
        folder: With the files; the temporary folder of the process is another, empty one.
    """
    cleaner = PictureCleaner()
    files: dict[str, tuple[str, float]] = {}
    for path in await asyncio.to_thread(lambda: sorted(folder.iterdir())):
        data, started = await asyncio.to_thread(path.read_bytes), perf_counter()
        outcome = await _outcome(cleaner, data)
        files[path.name] = (outcome, perf_counter() - started)
    await cleaner.aclose()
    left = [name for _, _, names in os.walk(os.environ["TMPDIR"]) for name in names]
    most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // _MIB
    return {"files": files, "memory_max_mib": most, "left": left}


async def _outcome(cleaner: PictureCleaner, data: bytes) -> str:
    try:
        picture = await cleaner.clean(data)
    except Refused as refusal:
        return refusal.code
    kept = any(mark in picture.jpeg for mark in (b"CANARY", b"<script>", b"Exif", b"ICC_PROFILE"))
    return "metadata kept" if kept else "clean"


if __name__ == "__main__":
    print(json.dumps(asyncio.run(clean_all(Path(sys.argv[1])))))  # noqa: T201  # It is the answer to the parent.
