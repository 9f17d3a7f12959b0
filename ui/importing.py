"""The folder of a home where feeds are fetched, read and reported, and what is known of the last ones."""

import asyncio
import shutil
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from time import time

from pydantic import BaseModel, ValidationError

from policies.errors import SettingsError
from retrieval.feeds.fetch import Source, fetch_feed
from retrieval.feeds.options import FeedOptions
from retrieval.feeds.staging import Staged, feed_key, stage
from ui.bodies_feeds import FeedSource

_KEPT_REPORTS = 20
_FORGOTTEN_AFTER_S = 7 * 86_400  # an import that was cut off and not taken up again

Told = Callable[[int], None]


class Known(BaseModel):
    """The last feed of a source that went into the shop whole, and the catalogue's version after it."""

    key: str
    version: str
    etag: str = ""
    modified: str = ""


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed as a file: the operator's own, or a fetched copy that goes when it is in the shop."""

    path: Path
    name: str
    copied: bool = False
    etag: str = ""
    modified: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """A feed file, how to read it, and when; and the shop's own pictures, which it may name by file."""

    path: Path
    options: FeedOptions
    now: datetime
    photos: Path | None = None

    def key(self) -> str:
        """Name these bytes read in this way. Blocks."""
        return feed_key(self.path, self.options, self.photos)


class _Left(Exception):
    """Whoever asked for the import has left."""


class Imports:
    """Works in `$AISLE_HOME/imports`.

    Args:
        folder: Made when first needed.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def known(self, source: FeedSource) -> Known | None:
        """Return what is known of the source's last import. Blocks."""
        try:
            return Known.model_validate_json(self._note(source).read_text(encoding="utf-8"))
        except (OSError, ValidationError):
            return None

    async def fetched(self, source: FeedSource, known: Known | None, told: Told) -> Feed | None:
        """Return the feed as a file; None when its server says that the shop has it already.

        Raises:
            SettingsError: It cannot be had.
        """
        await asyncio.to_thread(self._tidy)
        if not source.url:
            path = Path(source.path)
            if not path.is_absolute():
                raise SettingsError(f"{source.path} is not an absolute path; give the whole path of the feed.")
            return Feed(path, source.path)
        etag, modified = (known.etag, known.modified) if known else ("", "")
        where = Source(source.url, source.allow_http, source.allow_private, etag, modified)
        copy = self._folder / f"{_digest(source)}.feed"
        got = await fetch_feed(where, copy, told)
        return None if got.unchanged else Feed(copy, source.url, True, got.etag, got.modified)

    async def staged(self, reading: Reading, key: str, told: Told) -> Staged:
        """Read the feed into our own format, or return it as it was read before it was cut off.

        Raises:
            SettingsError: It cannot be read at all.
        """
        loop, left = asyncio.get_running_loop(), threading.Event()

        def step(rows: int) -> None:
            # A thread cannot be cancelled: it asks.
            if left.is_set():
                raise _Left
            loop.call_soon_threadsafe(told, rows)

        try:
            work = (stage, reading.path, reading.options, self._folder / key, reading.now, step, reading.photos)
            return await asyncio.to_thread(*work)
        finally:
            left.set()

    def finish(self, source: FeedSource, feed: Feed, key: str, version: str) -> None:
        """Note that the feed is in, and let go of what it took. Blocks."""
        known = Known(key=key, version=version, etag=feed.etag, modified=feed.modified)
        self._note(source).write_text(known.model_dump_json(), encoding="utf-8")
        (self._folder / key / "problems.csv").replace(self._folder / f"problems-{key}.csv")
        shutil.rmtree(self._folder / key, ignore_errors=True)
        if feed.copied:
            feed.path.unlink(missing_ok=True)

    def report(self, key: str) -> Path:
        """Return where all problems of a finished import stand."""
        return self._folder / f"problems-{key}.csv"

    def _note(self, source: FeedSource) -> Path:
        return self._folder / f"{_digest(source)}.json"

    def _tidy(self) -> None:
        """Make the folder; forget imports nobody took up again, and all but the last reports."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for old in self._folder.iterdir():
            if old.is_dir() and old.stat().st_mtime < time() - _FORGOTTEN_AFTER_S:
                shutil.rmtree(old, ignore_errors=True)
        reports = sorted(self._folder.glob("problems-*.csv"), key=lambda path: path.stat().st_mtime)
        for old in reports[:-_KEPT_REPORTS]:
            old.unlink(missing_ok=True)


def _digest(source: FeedSource) -> str:
    return sha256((source.url or source.path).encode()).hexdigest()[:16]
