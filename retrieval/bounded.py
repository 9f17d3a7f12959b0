"""Processes of their own for strangers' pictures: begun without the shop's secrets, asked once, and ended."""

import asyncio
import os
import sys
from contextlib import suppress
from pathlib import Path

_PASSED_ON = ("PATH", "LD_LIBRARY_PATH", "SYSTEMROOT")  # what Python needs; least of all a secret


async def spawn(script: Path, **variables: str) -> asyncio.subprocess.Process:
    """Start a worker, a file that says a line when it is ready, reads one picture, answers and ends.

    Args:
        script: Run apart from the package.
        variables: Of its environment, beside the few that Python needs.
    """
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-I",
        str(script),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={name: os.environ[name] for name in _PASSED_ON if name in os.environ} | variables,
    )


async def ready(process: asyncio.subprocess.Process) -> None:
    """Wait until a worker can read."""
    assert process.stdout is not None  # Asked for when it was started.
    await process.stdout.readline()


async def asked(process: asyncio.subprocess.Process, picture: bytes, most: int) -> tuple[bytes, bytes] | None:
    """Hand over the picture; return the first line of the answer and the rest, None where the worker died of it.

    Args:
        process: That is ready.
        picture: As it came.
        most: Bytes; a longer answer counts as none.
    """
    assert process.stdin is not None  # Pipes were asked for at the start.
    assert process.stdout is not None
    with suppress(BrokenPipeError, ConnectionResetError):
        process.stdin.write(picture)
        await process.stdin.drain()
        process.stdin.close()
    answer = b""
    while len(answer) <= most and (more := await process.stdout.read(1 << 20)):
        answer += more
    if len(answer) > most:
        return None
    await process.wait()
    line, found, rest = answer.partition(b"\n")
    return (line, rest) if found else None


async def end(process: asyncio.subprocess.Process) -> None:
    """Kill a worker that still runs."""
    if process.returncode is None:
        with suppress(ProcessLookupError):
            process.kill()
    await process.wait()
