"""Copies a home into one file while it is in use, and makes a home of such a file, whole or not at all."""

import asyncio
import fcntl
import gzip
import json
import os
import shutil
import sqlite3
import tarfile
import tempfile
import zlib
from collections.abc import Generator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from assistant.archive import add_file, add_text
from assistant.home import prepare_home, secret_file
from assistant.settings import Settings
from assistant.wiring import open_privacy
from policies.errors import SettingsError
from policies.limits import load_policy
from retrieval.catalog import Catalog
from retrieval.storage import EmbeddedStorage
from shop.audit import AuditLog, AuditReader
from shop.books import migrate
from shop.db import Database, DatabaseSettings

FORMAT = "aisle.backup/1"
_MANIFEST = "MANIFEST.json"
# What planner and books remember first, then what the payment service did for them: each may know more than the one
# before it, never less.
_DATABASES = ("conversations.sqlite", "books.sqlite", "sandbox-payments.sqlite")
_KEYS = ("pseudonym.key", "token.key")
# Shoppers' own pictures live for a day and are in no backup; what the shop can draw or build again needs none.
_FOLDERS = ("index", "pictures")
_LEFT_OUT = frozenset({"lock"})
_KNOWN = frozenset({*_DATABASES, *_KEYS, *_FOLDERS, _MANIFEST})
_LEVEL = 3
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Copied:
    """What a backup or a restored home holds; `size` is that of the file, bytes."""

    files: int
    size: int
    books: bool
    made_at: str
    erased_again: int = 0


async def back_up(settings: Settings, target: Path, catalog: Catalog | None = None) -> Copied:
    """Write the home to `target`, replacing it whole or not at all.

    Args:
        settings: Of the home.
        target: A file; readable by its owner only, for it holds everything.
        catalog: The index in use; None when nobody serves the home.

    Raises:
        SettingsError: There is no such home, or the file can't be written.
    """
    if not (settings.home_path / "pseudonym.key").exists():
        raise SettingsError(f"There is nothing to back up in {settings.home_path}. Start the shop once: aisle serve")
    try:
        if catalog is None:
            return await asyncio.to_thread(_write, settings, target)
        async with catalog.still():
            return await asyncio.to_thread(_write, settings, target)
    except OSError as error:
        raise SettingsError(f"{target} can't be written ({error.strerror or error}). Choose another place.") from error


def _write(settings: Settings, target: Path) -> Copied:
    home, made_at = settings.home_path, datetime.now(UTC).isoformat(timespec="seconds")
    sizes: dict[str, int] = {}
    with tempfile.TemporaryDirectory(prefix=f".{target.name}.", dir=target.parent) as folder:
        draft = Path(folder, "draft")
        with _opened(draft) as tar:
            for name in _DATABASES:
                if (home / name).exists():
                    copy = Path(folder, name)
                    _copy_database(home / name, copy)
                    sizes[name] = add_file(tar, copy, name)
                    copy.unlink()
            for path in _others(home):
                name = path.relative_to(home).as_posix()
                sizes[name] = add_file(tar, path, name)
            manifest = {"format": FORMAT, "made_at": made_at, "files": sizes}
            # Last, so that a file without it was cut short.
            add_text(tar, json.dumps(manifest | {"books_in_home": settings.books_in_home}), _MANIFEST)
        _sync(draft)
        draft.replace(target)
        _sync(target.parent)
    return Copied(len(sizes), target.stat().st_size, settings.books_in_home, made_at)


@contextmanager
def _opened(draft: Path) -> Generator[tarfile.TarFile]:
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with (
        os.fdopen(descriptor, "wb") as file,
        tarfile.open(fileobj=file, mode="w:gz", compresslevel=_LEVEL, format=tarfile.PAX_FORMAT) as tar,
    ):
        yield tar


def _copy_database(source: Path, copy: Path) -> None:
    with closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as live, closing(sqlite3.connect(copy)) as kept:
        live.backup(kept)


def _others(home: Path) -> list[Path]:
    inside = [path for folder in _FOLDERS for path in (home / folder).rglob("*")]
    files = [path for path in inside if path.is_file() and path.name not in _LEFT_OUT and path.name[0] != "."]
    return [*(home / name for name in _KEYS if (home / name).exists()), *sorted(files)]


async def restore(settings: Settings, source: Path) -> Copied:
    """Make the home of a backup: unpacked beside it, brought to this version, checked, and then moved there at once.

    Whoever was erased since the backup is erased from it before anybody can see it, as far as the journal tells.

    Raises:
        SettingsError: The home is not empty, the backup can't be read, is damaged, or is of a newer version.
    """
    home = settings.home_path
    if home.exists() and any(home.iterdir()):
        raise SettingsError(f"{home} is not empty. Move it away, or set AISLE_HOME to a folder that is not there yet.")
    if home.is_mount():
        inside = home / "home"
        raise SettingsError(f"{home} is a mount, which can't get a home all at once. Set AISLE_HOME={inside} instead.")
    with _staging(home) as staged:
        manifest = await asyncio.to_thread(_unpack, source, staged)
        if manifest["books_in_home"] != settings.books_in_home:
            where = "in it: unset" if manifest["books_in_home"] else "in PostgreSQL: set"
            raise SettingsError(f"The books of this backup are {where} AISLE_DATABASE_URL, and restore again.")
        erased = await _checked(settings, staged) if settings.books_in_home else 0
        await _open_index(staged)
        await asyncio.to_thread(_settle, staged)
        (staged / "restore.lock").unlink()
        staged.rename(home)
        _sync(home.parent)
    size = (await asyncio.to_thread(source.stat)).st_size
    return Copied(len(manifest["files"]), size, manifest["books_in_home"], manifest["made_at"], erased)


@contextmanager
def _staging(home: Path) -> Generator[Path]:
    """Yield an empty folder beside the home, held for one restore; what an earlier one left there is removed."""
    staged = home.with_name(f".{home.name}.restoring")
    prepare_home(staged)
    lock = os.open(staged / "restore.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(lock)
        raise SettingsError(f"Another restore of {home} is under way. Wait for it.") from error
    try:
        for left in staged.iterdir():
            if left.name != "restore.lock":
                shutil.rmtree(left) if left.is_dir() else left.unlink()
        yield staged
    finally:
        os.close(lock)
        shutil.rmtree(staged, ignore_errors=True)


def _unpack(source: Path, staged: Path) -> dict[str, Any]:
    try:
        with gzip.open(source) as unzipped, tarfile.open(fileobj=unzipped, mode="r:") as tar:
            for member in tar:
                parts = Path(member.name).parts
                if not member.isreg() or ".." in parts or parts[0] not in _KNOWN:
                    raise SettingsError(f"{source} is no backup of Aisle: it holds {member.name!r}.")
                tar.extract(member, staged, filter="data")
            while unzipped.read(_CHUNK):
                # To the very end, where the checksum of everything is.
                pass
        manifest: dict[str, Any] = json.loads((staged / _MANIFEST).read_text(encoding="utf-8"))
    except (OSError, EOFError, ValueError, zlib.error, tarfile.TarError) as error:
        raise SettingsError(f"{source} can't be read as a backup ({error}). Take another one.") from error
    if manifest.get("format") != FORMAT:
        raise SettingsError(f"{source} was written by a newer version of Aisle; install that one.")
    wrong = [name for name, size in manifest["files"].items() if not _is_whole(staged / name, size)]
    if wrong:
        raise SettingsError(f"{source} is damaged: {wrong[0]} is not whole. Take another one.")
    (staged / _MANIFEST).unlink()
    return manifest


def _is_whole(path: Path, size: int) -> bool:
    return path.is_file() and path.stat().st_size == size


async def _checked(settings: Settings, staged: Path) -> int:
    """Bring the books to this version, check them, and erase again who was erased; returns how many those were."""
    for name in _DATABASES:
        problem = await asyncio.to_thread(_damage, staged / name)
        if problem:
            raise SettingsError(f"The backup's {name} is damaged ({problem}). Take another one.")
    there = settings.model_copy(update={"home": staged, "erasure_journal": settings.journal_path})
    await migrate(there.books_url)
    database = Database(DatabaseSettings(there.books_url), asyncio.Lock())
    try:
        log = AuditLog(secret_file(staged / "pseudonym.key"), load_policy(settings.policy).digest)
        report = await AuditReader(database, log).verify()
    finally:
        await database.aclose()
    if not report.ok:
        raise SettingsError(f"The backup's audit log is not whole: row {report.first_bad}: {report.problem}.")
    async with open_privacy(there) as privacy:
        erased = await privacy.catch_up()
        await privacy.scrub()
    return erased


def _damage(path: Path) -> str:
    if not path.exists():
        return "it is missing" if path.name == "books.sqlite" else ""
    with closing(sqlite3.connect(path)) as file:
        found = file.execute("PRAGMA integrity_check").fetchone()[0]
    return "" if found == "ok" else str(found)


async def _open_index(staged: Path) -> None:
    if not (staged / "index" / "CURRENT").exists():
        return
    storage = await EmbeddedStorage.open(staged / "index", room=0)
    edition = await storage.current()
    await edition.index.close()
    await storage.close()


def _settle(staged: Path) -> None:
    """Bring every file and folder to the disk, before the home gets its name."""
    for path in (*staged.rglob("*"), staged):
        _sync(path)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
