"""Keeps versions of the catalogue on disk and swaps them so that a crash at any moment leaves a whole one."""

import asyncio
import fcntl
import json
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol
from uuid import uuid4

from policies.errors import SettingsError
from retrieval.edge import EdgeIndex
from retrieval.index import VectorIndex
from retrieval.product import Policy

LAYOUT = 7  # raise when payloads or vectors change shape
_RENEWABLE = (3, 4, 5, 6)  # layouts that retrieval/renewing.py brings up to this one
_CURRENT, _DRAFT, _LOCK, _META, _POLICIES, _SHARD = "CURRENT", "DRAFT", "lock", "meta.json", "policies.json", "shard"
EMPTY_VERSION = "empty"
_ROOM = 200_000_000  # bytes; 12 MB hold 1,200 products, 105 MB hold 19,400


@dataclass(frozen=True, slots=True)
class Edition:
    """One whole catalogue: `name` tells where it is kept, `version` what it contains."""

    name: str
    version: str
    index: VectorIndex
    outdated: bool = False  # of a layout that can be read but not searched; see retrieval/renewing.py
    eye: Mapping[str, Any] | None = None  # what its pictures are compared by; see retrieval/sights.py


class Sharing(Protocol):
    """What processes that share a storage tell each other of what pictures are compared by."""

    followed_s: float  # within so many seconds all have read a new note

    async def noted_now(self, edition: Edition) -> Edition:
        """Return the edition as it is noted now, maybe by another process."""
        ...

    async def keep_weights(self, name: str, files: Mapping[str, bytes]) -> None:
        """Keep the files of an encoder of the shop's own for all processes, in place of any kept before."""

    async def weights(self, name: str) -> Mapping[str, bytes]:
        """Return the files of this encoder; {} where another's are kept, or none."""
        ...


class Storage(Protocol):
    """Where editions of the catalogue and the store policies are kept; one of them is current."""

    @property
    def sharing(self) -> Sharing | None:
        """Where other processes may use it at the same time: what they tell each other."""
        ...

    async def current(self) -> Edition:
        """Open the current edition, an empty one when there is none yet."""
        ...

    async def draft(self) -> Edition:
        """Create an empty edition that nobody sees before it is published."""
        ...

    async def resumed(self, key: str) -> tuple[Edition, int] | None:
        """Open the draft that `mark` noted under this key, with what it said was done; None when there is none."""
        ...

    async def mark(self, edition: Edition, key: str, done: int) -> None:
        """Note that the first `done` entries of what `key` names are in the draft, to go on there after a crash."""
        ...

    async def publish(self, edition: Edition, version: str) -> Edition:
        """Make a written edition the current one, all at once."""
        ...

    async def discard(self, edition: Edition) -> None:
        """Close an edition and remove what it holds."""
        ...

    async def rename(self, edition: Edition, version: str) -> Edition:
        """Record that the edition's contents changed, or what its pictures are compared by."""
        ...

    async def policies(self) -> list[Policy]:
        """Return the store policies last written."""
        ...

    async def write_policies(self, policies: Sequence[Policy]) -> None:
        """Replace the store policies."""
        ...

    async def close(self) -> None:
        """Let others use it."""
        ...


class EmbeddedStorage:
    """Editions are directories `v-<id>`; the file CURRENT names one and is replaced in a single step."""

    sharing = None  # one process alone uses the directory

    def __init__(self, path: Path, lock: int, room: int) -> None:
        self._path = path
        self._lock = lock
        self._room = room

    @staticmethod
    async def open(path: Path, room: int = _ROOM) -> "EmbeddedStorage":
        """Take the directory for this process and remove what a crash left over.

        Args:
            path: The index's own directory.
            room: Bytes that must be free before a new edition is begun.

        Raises:
            SettingsError: Another process uses it, or it cannot be written.
        """
        return await asyncio.to_thread(_open, path, room)

    async def current(self) -> Edition:
        """See Storage."""
        return await asyncio.to_thread(self._current)

    def _current(self) -> Edition:
        pointer = self._path / _CURRENT
        if not pointer.exists():
            edition = self._draft()
            return self._publish(edition, EMPTY_VERSION)
        name = pointer.read_text().strip()
        try:
            meta = _read_json(self._path / name / _META)
        except (OSError, ValueError) as problem:
            raise SettingsError(self._unreadable(f"{_META} of {name}: {problem}")) from problem
        if meta.get("layout") not in (LAYOUT, *_RENEWABLE):
            raise SettingsError(self._unreadable("it was written by another version of Aisle"))
        if not (self._path / name / _SHARD).is_dir():
            raise SettingsError(self._unreadable(f"{name} has no {_SHARD} folder"))
        index = EdgeIndex.load(self._path / name / _SHARD)
        return Edition(name, meta["version"], index, outdated=meta["layout"] != LAYOUT, eye=meta.get("eye"))

    def _unreadable(self, why: str) -> str:
        return f"The index in {self._path} cannot be read ({why}); remove that folder and import the catalogue again."

    async def draft(self) -> Edition:
        """See Storage."""
        return await asyncio.to_thread(self._draft)

    def _draft(self) -> Edition:
        # The engine writes through memory maps, and a full disk ends the process there instead of raising.
        free = shutil.disk_usage(self._path).free
        if free < self._room:
            raise SettingsError(
                f"{self._path} has {free // 10**6} MB free and a new catalogue needs {self._room // 10**6}; free some "
                "space or set AISLE_HOME to another folder."
            )
        name = f"v-{uuid4().hex[:12]}"
        return Edition(name, EMPTY_VERSION, EdgeIndex.create(self._path / name / _SHARD))

    async def resumed(self, key: str) -> tuple[Edition, int] | None:
        """See Storage."""
        return await asyncio.to_thread(self._resumed, key)

    def _resumed(self, key: str) -> tuple[Edition, int] | None:
        note = self._path / _DRAFT
        marked = _marked(self._path)
        # Taken away first: a draft too damaged to open is tried once.
        note.unlink(missing_ok=True)
        if not marked or (self._path / _CURRENT).read_text().strip() == marked["name"]:
            return None
        if (marked["key"], marked["layout"]) != (key, LAYOUT):
            shutil.rmtree(self._path / marked["name"], ignore_errors=True)
            return None
        index = EdgeIndex.load(self._path / marked["name"] / _SHARD)
        _write(note, json.dumps(marked))
        return Edition(marked["name"], EMPTY_VERSION, index), int(marked["done"])

    async def mark(self, edition: Edition, key: str, done: int) -> None:
        """See Storage."""
        await edition.index.flush()
        note = {"layout": LAYOUT, "key": key, "name": edition.name, "done": done}
        await asyncio.to_thread(_write, self._path / _DRAFT, json.dumps(note))

    async def publish(self, edition: Edition, version: str) -> Edition:
        """See Storage."""
        await edition.index.flush()
        return await asyncio.to_thread(self._publish, edition, version)

    def _publish(self, edition: Edition, version: str) -> Edition:
        published = self._rename(edition, version)
        _write(self._path / _CURRENT, edition.name)
        (self._path / _DRAFT).unlink(missing_ok=True)
        return published

    async def rename(self, edition: Edition, version: str) -> Edition:
        """See Storage."""
        return await asyncio.to_thread(self._rename, edition, version)

    def _rename(self, edition: Edition, version: str) -> Edition:
        _write(self._path / edition.name / _META, json.dumps(noted(edition, version)))
        return replace(edition, version=version)

    async def discard(self, edition: Edition) -> None:
        """See Storage."""
        await edition.index.close()
        await asyncio.to_thread(shutil.rmtree, self._path / edition.name, ignore_errors=True)

    async def policies(self) -> list[Policy]:
        """See Storage."""
        path = self._path / _POLICIES
        if not path.exists():
            return []
        stored = await asyncio.to_thread(_read_json, path)
        return [Policy.model_validate(policy) for policy in stored["policies"]]

    async def write_policies(self, policies: Sequence[Policy]) -> None:
        """See Storage."""
        text = json.dumps({"policies": [policy.model_dump() for policy in policies]}, ensure_ascii=False)
        await asyncio.to_thread(_write, self._path / _POLICIES, text)

    async def close(self) -> None:
        """See Storage."""
        os.close(self._lock)


def noted(edition: Edition, version: str) -> dict[str, Any]:
    """Return what is kept of an edition beside its index."""
    return {"layout": LAYOUT, "version": version} | ({"eye": dict(edition.eye)} if edition.eye else {})


async def open_storage(path: Path, qdrant_url: str | None, qdrant_api_key: str | None) -> Storage:
    """Open the server's storage where there is a server, else the directory; see `EmbeddedStorage.open`."""
    if qdrant_url is None:
        return await EmbeddedStorage.open(path)
    # Loaded by name: importing the client takes 0.9 s and 38 MB, which a shop with the embedded index need not pay.
    server = import_module("retrieval.server_storage")
    return await server.open_server(qdrant_url, qdrant_api_key)


def _open(path: Path, room: int) -> EmbeddedStorage:
    try:
        path.mkdir(parents=True, exist_ok=True)
        lock = os.open(path / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as problem:
        raise SettingsError(
            f"The index folder {path} cannot be written ({problem.strerror}); make it writable or set AISLE_HOME to "
            "another folder."
        ) from problem
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as problem:
        os.close(lock)
        raise SettingsError(
            f"Another Aisle server is using {path}; stop it or set AISLE_HOME to another folder."
        ) from problem
    _sweep(path)
    return EmbeddedStorage(path, lock, room)


def _sweep(path: Path) -> None:
    """Remove editions that are neither current nor an import that can go on, and half-written files."""
    pointer = path / _CURRENT
    kept = {pointer.read_text().strip() if pointer.exists() else "", _marked(path).get("name", "")}
    for leftover in path.glob("v-*"):
        if leftover.name not in kept:
            shutil.rmtree(leftover, ignore_errors=True)
    for part in path.glob("*.part"):
        part.unlink(missing_ok=True)


def _marked(path: Path) -> dict[str, Any]:
    """Return the note of an import that was cut off; {} when there is none, or its draft is gone."""
    try:
        note = _read_json(path / _DRAFT)
        return note if (path / str(note["name"]) / _SHARD).is_dir() else {}
    except (OSError, ValueError, KeyError):
        return {}


def _read_json(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text(encoding="utf-8"))


def _write(path: Path, text: str) -> None:
    """Replace a file so that a reader, or a crash, meets the old text or the new one."""
    draft = path.with_name(f"{path.name}.part")
    with draft.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(draft, path)
    directory = os.open(path.parent, os.O_RDONLY)
    os.fsync(directory)
    os.close(directory)
