"""Reads the text in a cleaned picture, apart from everything else; what it says is a stranger's word."""

import asyncio
import json
from pathlib import Path

from retrieval.bounded import asked, end, ready, spawn

_WORKER = Path(__file__).with_name("reading_worker.py")
_DEADLINE_S = 40.0  # from the start of the process; its own bound is 15 s of processor time
_MAX_ANSWER = 100_000  # bytes


class TextReader:
    """Reads pictures one at a time, each in a process of its own that is thrown away afterwards.

    Nothing waits ready, for few ask, and one that does would hold the reader's weights.
    """

    def __init__(self) -> None:
        self._free = asyncio.Semaphore(1)

    async def read(self, jpeg: bytes) -> tuple[str, ...]:
        """Return the lines of text in a picture that `PictureCleaner` made; none where it took too much to read."""
        async with self._free:
            process = await spawn(_WORKER, OMP_NUM_THREADS="1")
            try:
                return await asyncio.wait_for(_lines(process, jpeg), _DEADLINE_S)
            except TimeoutError:
                return ()
            finally:
                await end(process)


async def _lines(process: asyncio.subprocess.Process, jpeg: bytes) -> tuple[str, ...]:
    await ready(process)
    answer = await asked(process, jpeg, _MAX_ANSWER)
    # None where its bounds on time or memory killed it.
    return () if answer is None else tuple(json.loads(answer[0])["lines"])
