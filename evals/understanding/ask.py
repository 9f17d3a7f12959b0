"""Asks an understander over its standard input and output, one JSON line at a time, on one core."""

import asyncio
import json
import os
import shlex
import sys
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from pydantic import ValidationError

from evals.understanding.answer import Answer
from policies.errors import SettingsError

_LINE_BYTES = 4_000_000
_TOLD_EVERY = 500


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer and the seconds from writing the line to having read it."""

    answer: Answer
    seconds: float


class Understander:
    """A running understander: any program that answers each line with a line."""

    def __init__(self, process: asyncio.subprocess.Process, command: str) -> None:
        self._process = process
        self._command = command

    async def ask(self, messages: Sequence[Mapping[str, object]], told: Callable[[str], None]) -> list[Answered]:
        """Ask one message after the other.

        Args:
            messages: Each `{text, history?, shown?}`.
            told: Told now and then how many are answered.

        Raises:
            SettingsError: The program ended, or a line is no answer.
        """
        answered: list[Answered] = []
        for message in messages:
            answered.append(await self._ask(message))
            if len(answered) % _TOLD_EVERY == 0:
                told(f"{len(answered):,} of {len(messages):,} messages understood")
        return answered

    async def _ask(self, message: Mapping[str, object]) -> Answered:
        asked, read = self._process.stdin, self._process.stdout
        assert asked is not None
        assert read is not None
        line = json.dumps(message, ensure_ascii=False).encode("utf-8") + b"\n"
        started = perf_counter()
        try:
            asked.write(line)
            await asked.drain()
        except ConnectionError as error:
            raise SettingsError(f"{self._command!r} stopped reading. Run it alone to see why.") from error
        raw = await read.readline()
        seconds = perf_counter() - started
        try:
            return Answered(Answer.model_validate_json(raw), seconds)
        except ValidationError as error:
            what = raw[:200].decode("utf-8", "replace").strip() or "nothing"
            raise SettingsError(f"{self._command!r} answered {what!r}, which is no understanding.") from error


@asynccontextmanager
async def running(command: str | None, home: Path) -> AsyncGenerator[Understander]:
    """Start an understander on one core of this machine; it ends with the block.

    Args:
        command: A program and its arguments; None is `aisle understand`.
        home: Its `AISLE_HOME`. An empty folder gives it the words of the demo shop, which the labels are written in.

    Raises:
        SettingsError: The program cannot be started.
    """
    program = shlex.split(command) if command else [sys.executable, "-m", "ui.cli", "understand"]
    environment = {**os.environ, "AISLE_HOME": str(home), "OMP_NUM_THREADS": "1"}
    try:
        process = await asyncio.create_subprocess_exec(
            *program,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env=environment,
            limit=_LINE_BYTES,
        )
    except OSError as error:
        raise SettingsError(f"{program[0]!r} cannot be started: {error}.") from error
    _on_one_core(process.pid)
    try:
        yield Understander(process, command or "aisle understand")
    finally:
        if process.returncode is None and process.stdin is not None:
            process.stdin.close()
        await process.wait()


def _on_one_core(pid: int) -> None:
    """Keep a program just started, and every thread it will start, on one core, where the system can."""
    if sys.platform == "linux":
        os.sched_setaffinity(pid, {min(os.sched_getaffinity(0))})
