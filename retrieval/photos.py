"""A product's own picture: a file of the shop's folder or of this machine, or at a public address."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote, unquote, urlsplit

from policies.errors import Refused, SettingsError, Unavailable
from retrieval.feeds.fetch import Source, fetch_feed
from retrieval.picture import MAX_BYTES, PictureCleaner

PHOTOS = "/photos/"  # Where pictures of the shop's own folder are served; the rest of the address names a file.
_MOST_S = 30.0  # for one picture to come

Photo = Callable[[str], Awaitable[bytes | None]]


def has_photo(url: str | None) -> bool:
    """Tell whether a picture lies somewhere it may be read from; others are drawn, or not there."""
    return url is not None and url.startswith(("file:", "https:", PHOTOS))


def photo_address(folder: Path, name: str) -> str | None:
    """Return where a file of the shop's folder is served, None where there is no such file. Blocks.

    The address changes with the file, so that a picture that was replaced is looked at, and fetched by browsers, anew.

    Args:
        folder: The shop's pictures.
        name: Path of the file from there, or the address of an earlier one.
    """
    named = unquote(urlsplit(name).path.removeprefix(PHOTOS)) if name.startswith(PHOTOS) else name
    file = _inside(folder, named)
    if file is None:
        return None
    try:
        told = file.stat()
    except OSError:  # It went away just now.
        return None
    version = sha256(f"{told.st_mtime_ns} {told.st_size}".encode()).hexdigest()[:8]
    return f"{PHOTOS}{quote(file.relative_to(folder.resolve()).as_posix())}?v={version}"


def local_file(url: str, folder: Path | None) -> Path | None:
    """Return the file that a picture's address names, None for one elsewhere. Blocks.

    Args:
        url: Of a picture.
        folder: The shop's pictures, if it has such a folder; nothing outside it is returned for `/photos/` addresses.
    """
    path = unquote(urlsplit(url).path)
    if url.startswith("file:"):
        return Path(path)
    return _inside(folder, path.removeprefix(PHOTOS)) if folder and url.startswith(PHOTOS) else None


def _inside(folder: Path, name: str) -> Path | None:
    try:
        file = (folder / name).resolve()
        str(file).encode()  # Fails for what no address can name.
        return file if file.is_relative_to(folder.resolve()) and file.is_file() else None
    except (OSError, ValueError):  # Names that no file can have.
        return None


async def own_photo(url: str, folder: Path | None = None) -> bytes | None:
    """Return a picture of this machine, one byte more than allowed at most; None where there is none, or elsewhere."""
    try:
        return await asyncio.to_thread(_read, url, folder)
    except OSError:
        return None


async def _fetched(url: str) -> bytes | None:
    try:
        with TemporaryDirectory() as folder:
            async with asyncio.timeout(_MOST_S):
                await fetch_feed(Source(url), Path(folder) / "picture", most=MAX_BYTES)
            return await asyncio.to_thread((Path(folder) / "picture").read_bytes)
    except TimeoutError as error:
        raise Unavailable(f"{url} does not come.") from error
    except SettingsError as error:
        # An answer that is no picture is one; without a cause, the server has spoken.
        if error.__cause__ is None:
            return None
        raise Unavailable(str(error)) from error


def photos(*, fetched: bool, folder: Path | None = None) -> Photo:
    """Return what reads products' pictures, one byte more than allowed at most; it returns None where there is none.

    It raises Unavailable where a server does not answer now. Nothing of a private network is fetched.

    Args:
        fetched: Whether those of public addresses are had, too.
        folder: The shop's own pictures.
    """

    async def read(url: str) -> bytes | None:
        return await _fetched(url) if fetched and url.startswith("https:") else await own_photo(url, folder)

    return read


def _read(url: str, folder: Path | None) -> bytes | None:
    path = local_file(url, folder)
    return None if path is None else local_photo(path)


async def cleaned_photo(url: str, photo: Photo, cleaner: PictureCleaner) -> bytes | None:
    """Return a product's own picture as a JPEG that is safe to hand on; None where there is none, or none now."""
    with suppress(Refused, Unavailable):
        data = await photo(url)
        return None if data is None else (await cleaner.clean(data)).jpeg
    return None


def local_photo(path: Path) -> bytes:
    """Return the first bytes of a picture's file, one more than allowed at most. Blocks.

    Raises:
        OSError: It cannot be read.
    """
    with path.open("rb") as file:
        return file.read(MAX_BYTES + 1)
