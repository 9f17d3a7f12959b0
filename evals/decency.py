"""How often ordinary pictures are taken for indecent ones: `python -m evals.decency FOLDER` prints one JSON object."""

import argparse
import asyncio
import json
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from policies.errors import Refused
from retrieval.picture import PictureCleaner
from retrieval.vision.decency import Decency, open_decency

_ABOVE = (0.2, 0.5, 0.8)
_KINDS = frozenset({".jpg", ".jpeg", ".png", ".webp"})


async def scored(paths: Sequence[Path], decency: Decency) -> tuple[list[float], float]:
    """Return the scores of the files that are pictures, and the processor time of one, milliseconds."""
    cleaner = PictureCleaner()
    scores: list[float] = []
    spent = 0.0
    try:
        for path in paths:
            with suppress(Refused):
                jpeg = (await cleaner.clean(await asyncio.to_thread(path.read_bytes))).jpeg
                begun = time.process_time()
                scores.append(await decency.indecent(jpeg))
                spent += time.process_time() - begun
    finally:
        await cleaner.aclose()
    return scores, 1000 * spent / max(1, len(scores))


def main() -> None:
    """Score every picture below the folders that the command names."""
    parser = argparse.ArgumentParser(prog="python -m evals.decency", description=__doc__)
    parser.add_argument("folder", nargs="+", type=Path, help="JPEG, PNG and WebP files below it are scored.")
    paths = [path for folder in parser.parse_args().folder for path in sorted(folder.rglob("*"))]
    pictures = [path for path in paths if path.suffix.lower() in _KINDS]
    scores, spent = asyncio.run(scored(pictures, open_decency()))
    above = {str(bound): sum(score > bound for score in scores) for bound in _ABOVE}
    told = {"pictures": len(scores), "above": above, "highest": round(max(scores, default=0.0), 3)}
    print(json.dumps(told | {"cpu_ms": round(spent, 1)}))  # noqa: T201


if __name__ == "__main__":
    main()
