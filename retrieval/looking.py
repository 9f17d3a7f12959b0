"""Looks at every product's pictures in the background, so that products can be found by a shopper's picture."""

import asyncio
import json
import os
import sys
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np

from policies.errors import Refused, Unavailable
from retrieval.catalog import Catalog
from retrieval.photos import Photo, has_photo, own_photo
from retrieval.picture import PictureCleaner
from retrieval.pictured import Unseen
from retrieval.product import Product
from retrieval.sights import Sight
from retrieval.vision.encoder import PictureEncoder, Seen
from retrieval.vision.fingerprint import fingerprint
from retrieval.vision.keypoints import keypoints

_BATCH = 12  # products; written together
_IDLE_S = 5.0  # between two looks for new products
_PICTURES = 8  # of a product, its own and its variants', at most
_TRIES = 5  # for one picture whose server does not answer; one dead address must not hide all that come after it
_WORKER = "retrieval.looking_worker"
_LINE = 2**22  # bytes at most of what it tells of one product's pictures
_ROOT = Path(__file__).resolve().parents[1]


class Looking:
    """The background job. What it has seen is kept with the catalogue, so a restart goes on where it stopped.

    Drawings are made and looked at in one process of the lowest priority; pictures of a feed, its variants' too, are
    read by `photo`, from local files where nothing else is given, and cleaned like a shopper's. A product without
    either has no picture to be found by; where a server does not answer, looking waits and goes on later.
    """

    def __init__(self, catalog: Catalog, cleaner: PictureCleaner, photo: Photo = own_photo) -> None:
        self._catalog = catalog
        self._cleaner = cleaner
        self._photo = photo
        self._missed: Counter[str] = Counter()

    async def run(self, stop: asyncio.Event) -> None:
        """Look until told to stop; new products, and other weights of the encoder, are noticed within seconds."""
        while not stop.is_set():
            with suppress(Unavailable):
                await self.catch_up(stop)
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), _IDLE_S)

    async def catch_up(self, stop: asyncio.Event) -> None:
        """Look at everything not yet looked at, or until told to stop.

        Raises:
            Unavailable: The index, or a server of pictures, cannot be asked.
        """
        await self._catalog.look_anew()
        await self._look(self._catalog.sight, stop)
        # One that takes over first sees everything; new products are soon seen by the one in use, too.
        while not stop.is_set() and (coming := self._catalog.coming) is not None:
            await self._look(coming, stop)
            await self._catalog.take_over()

    async def _look(self, sight: Sight, stop: asyncio.Event) -> None:
        """Look at everything with one encoder, as long as it is in use or to come."""
        drawer: asyncio.subprocess.Process | None = None
        try:
            while not stop.is_set() and sight in (self._catalog.sight, self._catalog.coming):
                version, unseen = await self._catalog.not_looked_at(sight, _BATCH)
                if not unseen:
                    return
                drawer = drawer or await _start(sight)
                seen = {one.product.product_id: await self._seen(one, drawer, sight.eye) for one in unseen}
                await self._catalog.set_pictures(version, sight, seen)
                await self._catalog.look_anew()
        finally:
            if drawer is not None:
                await _end(drawer)

    async def told(self) -> str:
        """Return the progress in words, e.g. "312 of 1,200 pictures looked at"; "ready" when all are."""
        done, whole = await self._catalog.looked_at()
        if done < whole:
            return f"{done:,} of {whole:,} pictures looked at"
        coming = self._catalog.coming
        if coming is None:
            return "ready"
        done, whole = await self._catalog.looked_at(coming)
        return f"{done:,} of {whole:,} pictures looked at with {coming.eye.name}, which then takes over"

    async def _seen(self, unseen: Unseen, drawer: asyncio.subprocess.Process, eye: PictureEncoder) -> Seen:
        photos = [url for url in unseen.shown if has_photo(url)]
        if photos:
            return await self._read(photos[:_PICTURES], eye)
        return await _drawn(unseen.product, drawer, eye.dimension)

    async def _read(self, urls: Sequence[str], eye: PictureEncoder) -> Seen:
        """Return what is seen in a product's pictures, without those that cannot be read or are no pictures."""
        pictures: list[bytes] = []
        for url in urls:
            data = await self._bytes(url)
            if data is not None:
                with suppress(Refused):
                    pictures.append((await self._cleaner.clean(data)).jpeg)
        prints = [await asyncio.to_thread(fingerprint, picture) for picture in pictures]
        points = [(await asyncio.to_thread(keypoints, picture)).packed() for picture in pictures]
        return Seen(await eye.encode(pictures), tuple(prints), tuple(points))

    async def _bytes(self, url: str) -> bytes | None:
        """Return a picture's bytes; None where there is none, or where it did not come for the last time of several.

        Raises:
            Unavailable: It does not come now; the others wait with it, for a server that is away has none of them.
        """
        try:
            return await self._photo(url)
        except Unavailable:
            self._missed[url] += 1
            if self._missed[url] < _TRIES:
                raise
            del self._missed[url]
            return None


async def _start(sight: Sight) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        _WORKER,
        sight.choice.model,
        str(sight.choice.own.absolute()),
        sight.eye.name,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=_LINE,
        cwd=_ROOT,
        env={**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
    )


async def _drawn(product: Product, drawer: asyncio.subprocess.Process, dimension: int) -> Seen:
    """Return what is seen in a product's drawings, nothing where there is no drawing of such a thing.

    Raises:
        RuntimeError: The drawing process ended; its own message stands in the log.
    """
    assert drawer.stdin is not None  # Pipes were asked for at the start.
    assert drawer.stdout is not None
    try:
        drawer.stdin.write(product.model_dump_json().encode() + b"\n")
        await drawer.stdin.drain()
        prints, points = json.loads(await drawer.stdout.readuntil(b"\n"))
        data = await drawer.stdout.readexactly(len(prints) * dimension * 4)
    except (BrokenPipeError, ConnectionResetError, asyncio.IncompleteReadError) as error:
        raise RuntimeError(f"looking at the pictures of {product.product_id} failed") from error
    return Seen(np.frombuffer(data, dtype="<f4").reshape(len(prints), dimension), tuple(prints), tuple(points))


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        with suppress(ProcessLookupError):
            process.kill()
    await process.wait()
