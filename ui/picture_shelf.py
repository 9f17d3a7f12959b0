"""Makes the pictures that pages show when they are first looked at, and keeps them in the home.

Drawings of the demo shop, and cleaned, smaller copies of a shop's own pictures.
"""

import asyncio
import hashlib
import io
import logging
import os
import secrets
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path

from PIL import Image

from retrieval.demo.drawing.draw import draw_product
from retrieval.photos import local_photo
from retrieval.picture import PictureCleaner
from retrieval.product import Product

_log = logging.getLogger(__name__)
_QUALITY = 82  # of WebP


class PictureShelf:
    """Makes one picture at a time beside the conversations, and keeps each in a file.

    Args:
        folder: Where; made when first needed.
        cleaner: Makes the shop's own pictures safe.
    """

    def __init__(self, folder: Path, cleaner: PictureCleaner) -> None:
        self._folder = folder
        self._cleaner = cleaner
        self._making = asyncio.Lock()

    async def picture(self, product: Product, colour: str | None, view: int, size: int) -> bytes:
        """Return the WebP of one product in one of its colours; drawn now unless it was drawn before."""

        async def drawn() -> bytes:
            return await asyncio.to_thread(draw_product, product, colour, view, size)

        # Named after everything the picture depends on, so that a changed product is drawn anew.
        return await self._kept(f"{product.model_dump_json()}|{colour}|{view}|{size}", drawn)

    async def photo(self, file: Path, size: int) -> bytes:
        """Return a cleaned WebP of a picture's file, each side `size` pixels at most.

        Raises:
            OSError: The file cannot be read.
            Refused: It is no picture that can be shown.
        """
        data = await asyncio.to_thread(local_photo, file)

        async def smaller() -> bytes:
            return await asyncio.to_thread(_smaller, (await self._cleaner.clean(data)).jpeg, size)

        return await self._kept(f"{hashlib.sha256(data).hexdigest()}|{size}", smaller)

    async def _kept(self, key: str, make: Callable[[], Awaitable[bytes]]) -> bytes:
        path = self._folder / f"{hashlib.sha256(key.encode()).hexdigest()[:32]}.webp"
        kept = await asyncio.to_thread(_read, path)
        if kept is not None:
            return kept
        async with self._making:
            kept = await asyncio.to_thread(_read, path)
            if kept is None:
                kept = await make()
                await asyncio.to_thread(_keep, path, kept)
            return kept


def _smaller(jpeg: bytes, size: int) -> bytes:
    out = io.BytesIO()
    with Image.open(io.BytesIO(jpeg)) as picture:
        picture.thumbnail((size, size), Image.Resampling.LANCZOS)
        picture.save(out, "WEBP", quality=_QUALITY)
    return out.getvalue()


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        # Not there, or not to be read now: it is made.
        return None


def _keep(path: Path, picture: bytes) -> None:
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        path.parent.mkdir(exist_ok=True)
        draft.write_bytes(picture)
        os.replace(draft, path)
    except OSError as error:
        with suppress(OSError):
            draft.unlink()
        _log.warning("a picture could not be kept (%s); it is made again next time", error.strerror)
