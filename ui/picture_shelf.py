"""Draws the demo shop's pictures when they are first looked at, and keeps them in the home."""

import asyncio
import hashlib
import logging
import os
import secrets
from contextlib import suppress
from pathlib import Path

from retrieval.demo.drawing.draw import draw_product
from retrieval.product import Product

_log = logging.getLogger(__name__)


class PictureShelf:
    """Draws one picture at a time beside the conversations, and keeps each in a file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._drawing = asyncio.Lock()

    async def picture(self, product: Product, colour: str | None, view: int, size: int) -> bytes:
        """Return the WebP of one product in one of its colours; drawn now unless it was drawn before."""
        path = self._folder / _name(product, colour, view, size)
        kept = await asyncio.to_thread(_read, path)
        if kept is not None:
            return kept
        async with self._drawing:
            kept = await asyncio.to_thread(_read, path)
            return kept if kept is not None else await asyncio.to_thread(_drawn, path, product, colour, view, size)


def _name(product: Product, colour: str | None, view: int, size: int) -> str:
    """Name the file after everything the picture depends on, so that a changed product is drawn anew."""
    key = f"{product.model_dump_json()}|{colour}|{view}|{size}"
    return f"{hashlib.sha256(key.encode()).hexdigest()[:32]}.webp"


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        # Not there, or not to be read now: it is drawn.
        return None


def _drawn(path: Path, product: Product, colour: str | None, view: int, size: int) -> bytes:
    picture = draw_product(product, colour, view, size)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        path.parent.mkdir(exist_ok=True)
        draft.write_bytes(picture)
        os.replace(draft, path)
    except OSError as error:
        with suppress(OSError):
            draft.unlink()
        _log.warning("a picture could not be kept (%s); it is drawn again next time", error.strerror)
    return picture
