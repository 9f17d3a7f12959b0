"""Reads the text in a cleaned picture, apart from everything else; what it says is a stranger's word."""

import asyncio
import json
import os
import sys
from contextlib import suppress
from pathlib import Path

_WORKER = Path(__file__).with_name("reading_worker.py")
_DEADLINE_S = 40.0  # from the start of the process; its own bound is 15 s of processor time
_MAX_ANSWER = 100_000  # bytes
_PASSED_ON = ("PATH", "LD_LIBRARY_PATH", "SYSTEMROOT")  # the reader needs no other variable, least of all a secret


class TextReader:
    """Reads pictures one at a time, each in a process of its own that is thrown away afterwards.

    A reading takes about a second and 400 MB on one core, most of it to start; nothing waits ready, for few ask.
    """

    def __init__(self) -> None:
        self._free = asyncio.Semaphore(1)

    async def read(self, jpeg: bytes) -> tuple[str, ...]:
        """Return the lines of text in a picture that `PictureCleaner` made; none where it took too much to read."""
        async with self._free:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-I",
                str(_WORKER),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                env={name: os.environ[name] for name in _PASSED_ON if name in os.environ} | {"OMP_NUM_THREADS": "1"},
            )
            try:
                return await asyncio.wait_for(_answer(process, jpeg), _DEADLINE_S)
            except TimeoutError:
                return ()
            finally:
                if process.returncode is None:
                    with suppress(ProcessLookupError):
                        process.kill()
                await process.wait()


async def _answer(process: asyncio.subprocess.Process, jpeg: bytes) -> tuple[str, ...]:
    assert process.stdin is not None  # Pipes were asked for at the start.
    assert process.stdout is not None
    with suppress(BrokenPipeError, ConnectionResetError):
        process.stdin.write(jpeg)
        await process.stdin.drain()
        process.stdin.close()
    answer = b""
    while len(answer) <= _MAX_ANSWER and (more := await process.stdout.read(1 << 16)):
        answer += more
    if len(answer) <= _MAX_ANSWER:
        await process.wait()
    told = answer.partition(b"\n")[2]
    if not told or len(answer) > _MAX_ANSWER:
        # Killed by its bounds on time or memory.
        return ()
    return tuple(json.loads(told)["lines"])
