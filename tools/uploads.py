"""Keeps the cleaned pictures of a conversation for a day, for its owner only."""

import asyncio
import hashlib
import os
import re
import secrets
import shutil
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from policies.errors import Refused
from policies.principal import Principal
from retrieval.picture import CleanedPicture, recalled
from retrieval.reading import TextReader
from retrieval.vision.decency import Decency

KEPT_S = 24 * 3600
MOST = 40  # pictures of one conversation
_ID = re.compile(r"^img_[A-Za-z0-9_-]{22}$")


@dataclass(frozen=True, slots=True)
class KeptPicture:
    """A picture that is kept; `size` in bytes."""

    image_id: str
    size: int
    kept_at: datetime


class Uploads:
    """A folder of pictures; only what `PictureCleaner` made is ever written there. `reader` reads the text in one.

    Args:
        folder: Where.
        clock: Seconds since 1970.
        kept_s: For how long, seconds.
        decency: Says which pictures are not taken; None takes all.
    """

    def __init__(
        self,
        folder: Path,
        clock: Callable[[], float] = time.time,
        kept_s: float = KEPT_S,
        decency: Decency | None = None,
    ) -> None:
        self._folder = folder
        self._kept_s = kept_s
        self._clock = clock
        self._decency = decency
        self.reader = TextReader()

    async def keep(self, principal: Principal, picture: CleanedPicture) -> str:
        """Keep a picture of the principal's conversation and return its random id.

        Raises:
            Refused: "too_many_pictures" when the conversation already holds 40, "unsuitable_picture" for one that is
                probably indecent; nothing of it is kept.
        """
        if self._decency is not None:
            await self._decency.check(picture.jpeg)
        image_id = f"img_{secrets.token_urlsafe(16)}"
        await asyncio.to_thread(_write, self._of(principal), image_id, picture.jpeg, self._clock())
        return image_id

    async def load(self, principal: Principal, image_id: str) -> CleanedPicture | None:
        """Return a picture of the principal's own conversation; another's, an old one and an unknown one are None."""
        if not _ID.match(image_id):
            return None
        path = self._of(principal) / f"{image_id}.jpg"
        jpeg = await asyncio.to_thread(_read, path, self._oldest())
        return recalled(jpeg) if jpeg is not None else None

    async def take_back(self, principal: Principal, image_id: str) -> bool:
        """Remove a picture of the principal's own conversation; False where they have none of that id."""
        if not _ID.match(image_id):
            return False
        return await asyncio.to_thread(_remove, self._of(principal) / f"{image_id}.jpg", self._oldest())

    async def kept(self, subject: str, session_id: str) -> list[KeptPicture]:
        """Return what is kept of a conversation, oldest first."""
        return await asyncio.to_thread(_kept, self._folder / folder_of(subject, session_id), self._oldest())

    async def forget(self, folders: Iterable[str]) -> None:
        """Remove everything in these folders, as `folder_of` names them, whatever its age."""
        for name in folders:
            await asyncio.to_thread(shutil.rmtree, self._folder / name, ignore_errors=True)

    async def sweep(self) -> int:
        """Remove the pictures whose time is over, and the folders that held them; returns how many went."""
        return await asyncio.to_thread(_sweep, self._folder, self._oldest())

    def _oldest(self) -> float:
        return self._clock() - self._kept_s

    def _of(self, principal: Principal) -> Path:
        return self._folder / folder_of(principal.subject, principal.session_id)


def folder_of(subject: str, session_id: str) -> str:
    """Name the folder of a conversation's pictures: nothing a client chose becomes part of a path."""
    return hashlib.sha256(f"{subject}\0{session_id}".encode()).hexdigest()[:32]


def _write(folder: Path, image_id: str, jpeg: bytes, now: float) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if len(list(folder.glob("*.jpg"))) >= MOST:
        raise Refused(
            "too_many_pictures",
            f"This conversation already holds {MOST} pictures. Start a new one to show me more.",
        )
    draft = folder / f".{image_id}"
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(jpeg)
    os.utime(draft, (now, now))
    os.replace(draft, folder / f"{image_id}.jpg")


def _read(path: Path, oldest: float) -> bytes | None:
    try:
        return path.read_bytes() if path.stat().st_mtime >= oldest else None
    except FileNotFoundError:
        return None


def _remove(path: Path, oldest: float) -> bool:
    try:
        lived = path.stat().st_mtime >= oldest
        path.unlink()
    except FileNotFoundError:
        return False
    # A folder that still holds pictures stays.
    with suppress(OSError):
        path.parent.rmdir()
    return lived


def _kept(folder: Path, oldest: float) -> list[KeptPicture]:
    found: list[KeptPicture] = []
    for path in folder.glob("*.jpg"):
        with suppress(FileNotFoundError):
            told = path.stat()
            if told.st_mtime >= oldest:
                found.append(KeptPicture(path.stem, told.st_size, datetime.fromtimestamp(told.st_mtime, UTC)))
    return sorted(found, key=lambda picture: (picture.kept_at, picture.image_id))


def _sweep(folder: Path, oldest: float) -> int:
    gone = 0
    for path in folder.glob("*/*"):
        with suppress(FileNotFoundError):
            if path.stat().st_mtime < oldest:
                path.unlink()
                gone += 1
    for emptied in folder.glob("*"):
        # A folder that still holds pictures stays.
        with suppress(OSError):
            emptied.rmdir()
    return gone
