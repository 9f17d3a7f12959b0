"""The bytes of a product's own picture: from a file of this machine, or from a public address."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import unquote, urlsplit

from policies.errors import SettingsError, Unavailable
from retrieval.feeds.fetch import Source, fetch_feed
from retrieval.picture import MAX_BYTES

_MOST_S = 30.0  # for one picture to come

Photo = Callable[[str], Awaitable[bytes | None]]


def has_photo(url: str | None) -> bool:
    """Tell whether a picture lies somewhere it may be read from; others are drawn, or not there."""
    return url is not None and url.startswith(("file:", "https:"))


async def own_photo(url: str) -> bytes | None:
    """Return a picture of this machine, one byte more than allowed at most; None where there is none, or elsewhere."""
    try:
        return await asyncio.to_thread(local_photo, url) if url.startswith("file:") else None
    except OSError:
        return None


async def any_photo(url: str) -> bytes | None:
    """Return a picture of this machine or of a public address, one byte more than allowed at most; None for none.

    Nothing of a private network is fetched.

    Raises:
        Unavailable: Its server does not answer now.
    """
    if not url.startswith("https:"):
        return await own_photo(url)
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


def photos(*, fetched: bool) -> Photo:
    """Return what reads products' pictures, those of public addresses only where a shop has them `fetched`."""
    return any_photo if fetched else own_photo


def local_photo(url: str) -> bytes:
    """Return the first bytes of a `file:` picture, one more than allowed at most. Blocks.

    Raises:
        OSError: It cannot be read.
    """
    with Path(unquote(urlsplit(url).path)).open("rb") as file:
        return file.read(MAX_BYTES + 1)
