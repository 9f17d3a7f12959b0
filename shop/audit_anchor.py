"""The anchor: a file outside the home that the log's head is added to, so that an older or rewritten log shows."""

import asyncio
import fcntl
import json
import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

import rfc8785
from sqlalchemy import select

from policies.errors import SettingsError, Unavailable
from shop.audit import AuditLog
from shop.clock import Clock, utc_now
from shop.db import Database
from shop.tables import audit, audit_head, instant

_LOG = logging.getLogger(__name__)
_NO_LINE = "0" * 64
_TAIL = 4096  # bytes; a line has some 300
_SIGNED = ("seq", "hash", "at", "before")


@dataclass(frozen=True, slots=True)
class _Last:
    """The file's last whole line: number and hash of the row, its own stamp, and where it ends."""

    seq: int = 0
    digest: str = ""
    stamp: str = _NO_LINE
    end: int = 0


class Anchor:
    """Reads and extends the file. Every line is stamped with the home's key and names the stamp before it.

    Keep the file where the server may append and nobody may rewrite: on another disk, or another machine's share.
    """

    def __init__(self, path: Path, log: AuditLog) -> None:
        self._path = path
        self._log = log

    def known(self) -> Mapping[int, str]:
        """Return the hashes of rows by number; empty where there is no file yet.

        Raises:
            SettingsError: The file can't be read, or a line in it is not as it was written.
        """
        known: dict[int, str] = {}
        last = _Last()
        try:
            with self._path.open("rb") as file:
                for number, line in enumerate(file, start=1):
                    if not line.endswith(b"\n"):
                        # It was being written when the machine stopped, and never counted.
                        break
                    said = self._line(line)
                    if said is None or said["before"] != last.stamp or said["seq"] <= last.seq:
                        raise self._changed(f"line {number}")
                    last = _Last(said["seq"], said["hash"], said["stamp"])
                    known[last.seq] = last.digest
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise self._unusable(error) from error
        return known

    def newest(self) -> tuple[int, str]:
        """Return number and hash of the row that the last line names, (0, "") where there is none.

        Raises:
            SettingsError: The file can't be read, or its last line is not as it was written.
        """
        try:
            with self._path.open("rb") as file:
                last = self._last(file)
        except FileNotFoundError:
            return 0, ""
        except OSError as error:
            raise self._unusable(error) from error
        return last.seq, last.digest

    def add(self, seq: int, digest: str, at: str) -> bool:
        """Write one line, on disk when this returns; False when the file is that far already.

        Raises:
            SettingsError: The file can't be written, or its last line is not as it was written.
        """
        try:
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
            with os.fdopen(descriptor, "r+b") as file:
                # Several servers of one database may share the file.
                fcntl.flock(file, fcntl.LOCK_EX)
                last = self._last(file)
                if seq <= last.seq:
                    return False
                line: dict[str, Any] = {"seq": seq, "hash": digest, "at": at, "before": last.stamp}
                file.truncate(last.end)
                file.seek(last.end)
                file.write(json.dumps({**line, "stamp": self._stamp(line)}).encode() + b"\n")
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise self._unusable(error) from error
        return True

    def _last(self, file: BinaryIO) -> _Last:
        start = max(0, file.seek(0, os.SEEK_END) - _TAIL)
        file.seek(start)
        tail = file.read()
        whole = tail[: tail.rfind(b"\n") + 1]
        if not whole:
            return _Last()
        said = self._line(whole[whole.rfind(b"\n", 0, -1) + 1 :])
        if said is None:
            raise self._changed("its last line")
        return _Last(said["seq"], said["hash"], said["stamp"], start + len(whole))

    def _line(self, text: bytes) -> dict[str, Any] | None:
        try:
            said: object = json.loads(text)
        except ValueError:
            return None
        if not isinstance(said, dict):
            return None
        line = cast(dict[str, Any], said)
        fine = isinstance(line.get("seq"), int) and isinstance(line.get("hash"), str)
        signed = {name: line.get(name) for name in _SIGNED}
        return line if fine and line.get("stamp") == self._stamp(signed) else None

    def _stamp(self, line: Mapping[str, Any]) -> str:
        return self._log.stamp(rfc8785.dumps(dict(line)).decode())

    def _changed(self, where: str) -> SettingsError:
        return SettingsError(
            f"The anchor {self._path} was changed: {where} is not as it was written. Keep it as it is and compare it "
            "with a copy."
        )

    def _unusable(self, error: OSError) -> SettingsError:
        return SettingsError(f"The anchor {self._path} can't be used ({error}). Correct AISLE_AUDIT_ANCHOR.")


class Anchoring:
    """Brings the anchor up to the log's head after commits, as often as it is asked to."""

    def __init__(self, database: Database, anchor: Anchor, clock: Clock = utc_now) -> None:
        self._database = database
        self._anchor = anchor
        self._clock = clock

    async def keep(self) -> bool:
        """Write the head to the anchor; False when there was nothing new.

        Raises:
            SettingsError: The anchor can't be used, or knows rows that the log does not have.
            Unavailable: The books can't be asked.
        """
        newest, digest = await asyncio.to_thread(self._anchor.newest)
        async with self._database.reading() as connection:
            head = (await connection.execute(select(audit_head))).mappings().one_or_none()
            query = select(audit.c.hash).where(audit.c.seq == newest)
            held = (await connection.execute(query)).scalar_one_or_none() if newest else None
        if newest and held != digest:
            raise SettingsError(
                f"The audit log is an older or rewritten copy: the anchor knows row {newest} and the books do not. "
                "Run `aisle audit verify --anchor`; if you restored a backup, move the anchor aside and start again."
            )
        if head is None or head["seq"] <= newest:
            return False
        return await asyncio.to_thread(self._anchor.add, head["seq"], head["hash"], instant(self._clock()))

    async def run(self, stop: asyncio.Event, interval_s: float) -> None:
        """Keep the anchor until `stop` is set, and once more then; trouble is logged and tried again."""
        while True:
            stopped = stop.is_set()
            try:
                await self.keep()
            except (SettingsError, Unavailable) as error:
                _LOG.error("the audit log is not anchored: %s", error)
            if stopped:
                return
            try:
                await asyncio.wait_for(stop.wait(), interval_s)
            except TimeoutError:
                continue
