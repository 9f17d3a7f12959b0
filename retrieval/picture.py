"""The one way a shopper's picture comes in: untrusted bytes to a clean, upright sRGB JPEG, or a plain refusal."""

import asyncio
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from PIL import Image

from policies.errors import Refused
from retrieval.bounded import asked, end, ready, spawn

MAX_BYTES = 10_000_000
LONGEST_SIDE = 1536  # pixels of a clean picture
_WORKER = Path(__file__).with_name("picture_worker.py")
_DEADLINE_S = 10.0  # the worker's own bound is 5 s of processor time
_MAX_ANSWER = 8_000_000  # bytes; a clean picture of random noise has 3,500,000
_AT_ONCE = 2

_SEND_INSTEAD = "Send a JPEG, PNG or WebP picture instead."
_TEXTS: Mapping[str, str] = {
    "empty_picture": f"That file is empty. {_SEND_INSTEAD}",
    "too_large": "That picture is larger than 10 MB. Send a smaller one, or a photo of the screen.",
    "too_many_pixels": "That picture has more than 25 million pixels. Send a smaller one, or a photo of the screen.",
    "too_wide": "That picture is more than 8,192 pixels wide or high. Crop it to the thing you mean and send it again.",
    "animated": "That picture moves. Send a still picture, for instance a photo of the screen.",
    "svg": f"That is an SVG drawing, which I can't open. {_SEND_INSTEAD}",
    "unsupported_picture": f"I can't open that kind of picture. {_SEND_INSTEAD}",
    "not_a_picture": f"That file is not a picture. {_SEND_INSTEAD}",
    "broken_picture": "That picture is damaged or incomplete. Send it again, or take a new one.",
    "picture_too_slow": "That picture takes too long to open. Send a photo of the screen instead.",
}
_NOTICES: Mapping[str, str] = {
    "place_removed": "The place stored in the photo was removed.",
    "made_smaller": "The picture was made smaller.",
    "turned_upright": "The picture was turned upright.",
}
# What a file that is no JPEG, PNG or WebP begins with, where that tells what to say.
_OTHER_PICTURES = (b"GIF8", b"II*\0", b"MM\0*", b"BM", b"8BPS", b"SIMPLE  =", b"%!PS", b"\0\0\1\0", b"\xff\x0a")
_OTHER_BRANDS = (b"heic", b"heix", b"mif1", b"msf1", b"avif", b"avis", b"hevc")


@dataclass(frozen=True, slots=True)
class CleanedPicture:
    """A picture that is safe to keep, show and decode anywhere.

    Args:
        jpeg: sRGB, 8 bits, upright, without any metadata, each side at most 1,536 pixels.
        width: Pixels.
        height: Pixels.
        sha256: Of `jpeg`, hexadecimal.
        notices: What was changed, as plain sentences for the shopper.
    """

    jpeg: bytes
    width: int
    height: int
    sha256: str
    notices: tuple[str, ...] = ()


def refused(code: str) -> Refused:
    """Return the refusal of a picture in plain words; `code` is one of this module's reasons."""
    return Refused(code, _TEXTS[code])


def check_kind(data: bytes) -> None:
    """Refuse by size and first bytes what is no JPEG, PNG or WebP; names and claimed types are never looked at.

    Raises:
        Refused: empty_picture, too_large, svg, unsupported_picture or not_a_picture.
    """
    if not data:
        raise refused("empty_picture")
    if len(data) > MAX_BYTES:
        raise refused("too_large")
    webp = data[:4] == b"RIFF" and data[8:12] == b"WEBP"
    if webp or data.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")):
        return
    if b"<svg" in data[:4096].lower():
        raise refused("svg")
    if data.startswith(_OTHER_PICTURES) or data[8:12] in _OTHER_BRANDS:
        raise refused("unsupported_picture")
    raise refused("not_a_picture")


class PictureCleaner:
    """Cleans pictures, each in a process of its own that is thrown away afterwards; one waits ready for the next.

    At most two are decoded at a time; further ones queue.
    """

    def __init__(self) -> None:
        self._free = asyncio.Semaphore(_AT_ONCE)
        self._spare: asyncio.Task[asyncio.subprocess.Process] | None = None

    async def clean(self, data: bytes) -> CleanedPicture:
        """Return the picture cleaned.

        Raises:
            Refused: What is wrong with it and what to send instead; codes are the keys of this module's texts.
        """
        check_kind(data)
        async with self._free:
            process = await self._take()
            try:
                answer = await asyncio.wait_for(asked(process, data, _MAX_ANSWER), _DEADLINE_S)
            except TimeoutError as error:
                raise refused("picture_too_slow") from error
            finally:
                await end(process)
                self.prepare()
        if answer is None:  # Its bounds on time or memory killed it.
            raise refused("picture_too_slow")
        header, jpeg = json.loads(answer[0]), answer[1]
        if "refused" in header:
            raise refused(str(header["refused"]))
        notices = tuple(_NOTICES[what] for what in header["done"])
        return CleanedPicture(jpeg, header["width"], header["height"], sha256(jpeg).hexdigest(), notices)

    def prepare(self) -> None:
        """Start the process that will clean the next picture, so that its shopper does not wait for the start."""
        if self._spare is None:
            self._spare = asyncio.create_task(_start())

    async def aclose(self) -> None:
        """End the process that waits."""
        spare, self._spare = self._spare, None
        if spare is not None:
            await end(await spare)

    async def _take(self) -> asyncio.subprocess.Process:
        spare, self._spare = self._spare, None
        process = await (spare or _start())
        if process.returncode is None:
            return process
        # The one that waited was ended by something outside; a fresh one takes its place.
        return await _start()


async def _start() -> asyncio.subprocess.Process:
    """Start a worker; returns when it is ready to read."""
    process = await spawn(_WORKER)
    await ready(process)
    return process


def recalled(jpeg: bytes) -> CleanedPicture:
    """Return a picture that was cleaned before and kept; only its header is read."""
    with Image.open(io.BytesIO(jpeg), formats=("JPEG",)) as kept:
        width, height = kept.size
    return CleanedPicture(jpeg, width, height, sha256(jpeg).hexdigest())
