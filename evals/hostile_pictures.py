"""Files that shoppers or attackers send as pictures, each with what must become of it."""

import io
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from PIL import Image

CANARY = b"CANARY-51.5007-0.1246"
_BOMB_BYTES = 300_000_000  # what a compressed bomb unfolds to


@dataclass(frozen=True, slots=True)
class Upload:
    """A file.

    Args:
        name: What it is.
        data: Its bytes.
        outcome: "clean", or the reason it must be refused for; "either" where a decoder may do both.
    """

    name: str
    data: bytes
    outcome: str


def uploads() -> Iterator[Upload]:
    """Yield every fixture, one at a time: some have megabytes."""
    yield from _plain()
    yield from _no_pictures()
    yield from _bombs()
    yield from _damaged()


def _plain() -> Iterator[Upload]:
    picture = _two_tone()
    for kind in ("JPEG", "PNG", "WEBP"):
        yield Upload(f"plain {kind}", _encoded(picture, kind), "clean")
    exif = Image.Exif()
    exif[0x010E] = CANARY.decode()
    exif.get_ifd(0x8825)[1] = "N"
    data = _encoded(picture, "JPEG", exif=exif, comment=CANARY, xmp=CANARY)
    yield Upload("place and comment in the metadata", data, "clean")
    yield Upload(
        "JPEG that is also a page and an archive", data + b"<script>" + CANARY + b"</script>PK\x05\x06", "clean"
    )
    yield Upload("print colours", _encoded(Image.new("CMYK", (60, 60), (0, 255, 255, 0)), "JPEG"), "clean")
    grey = Image.fromarray(np.linspace(0, 65535, 64 * 64).reshape(64, 64).astype(np.uint16))
    yield Upload("16 bits a pixel", _encoded(grey, "PNG"), "clean")
    grid = np.full((3840, 3840), 255, dtype=np.uint8)
    grid[::10, ::10] = 0
    yield Upload("another picture when scaled", _encoded(Image.fromarray(grid), "PNG"), "clean")
    yield Upload("25 megapixels of noise", _encoded(Image.effect_noise((5000, 5000), 40), "JPEG", quality=30), "clean")


def _no_pictures() -> Iterator[Upload]:
    picture = _two_tone()
    yield Upload("empty", b"", "empty_picture")
    yield Upload("script under a picture's name", b"#!/bin/sh\necho hello.jpg\n", "not_a_picture")
    yield Upload("path and null byte", b"../../etc/passwd\0.jpg", "not_a_picture")
    yield Upload("PDF", b"%PDF-1.7 picture", "not_a_picture")
    yield Upload(
        "SVG called PNG", b'<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>', "svg"
    )
    yield Upload("HEIC", b"\0\0\0\x18ftypheic" + b"\0" * 64, "unsupported_picture")
    for kind in ("GIF", "TIFF", "BMP"):
        yield Upload(kind, _encoded(picture, kind), "unsupported_picture")
    frames = [picture, picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT)]
    for kind in ("PNG", "WEBP"):
        data = _encoded(picture, kind, save_all=True, append_images=frames[1:], duration=100)
        yield Upload(f"moving {kind}", data, "animated")


def _bombs() -> Iterator[Upload]:
    yield Upload("20 MB", b"\xff\xd8\xff" + b"\0" * 20_000_000, "too_large")
    yield Upload("1 x 60,000 pixels", _png(1, 60_000), "too_wide")
    yield Upload("60,000 x 1 pixels", _png(60_000, 1), "too_wide")
    yield Upload("50,000 x 50,000 pixels in the header", _png(50_000, 50_000), "too_many_pixels")
    yield Upload("64 megapixels of nothing", _encoded(Image.new("L", (8000, 8000)), "PNG"), "too_many_pixels")
    bomb = zlib.compress(b"\0" * _BOMB_BYTES, 9)
    yield Upload("bomb in zTXt", _png(4, 4, chunks=_chunk(b"zTXt", b"Comment\0\0" + bomb)), "broken_picture")
    yield Upload("bomb in iTXt", _png(4, 4, chunks=_chunk(b"iTXt", b"Comment\0\1\0\0\0" + bomb)), "broken_picture")
    yield Upload("bomb in the colour profile", _png(4, 4, chunks=_chunk(b"iCCP", b"p\0\0" + bomb)), "broken_picture")
    yield Upload("bomb in the pixels", _png(4, 4, data=bomb), "clean")
    yield Upload("10,001 chunks", _png(4, 4, chunks=_chunk(b"tEXt", b"k\0v") * 10_001), "clean")


def _damaged() -> Iterator[Upload]:
    rng = np.random.default_rng(11)
    noise = Image.fromarray(rng.integers(0, 255, (200, 300, 3), dtype=np.uint8))
    for kind in ("JPEG", "PNG", "WEBP"):
        data = _encoded(noise, kind)
        for share in (0.02, 0.3, 0.97):
            yield Upload(f"{kind} cut off at {share}", data[: int(len(data) * share)], "broken_picture")
        good = np.frombuffer(_encoded(_two_tone(), kind), dtype=np.uint8)
        for number in range(4):
            bad = good.copy()
            bad[rng.integers(12, len(bad), 12)] = rng.integers(0, 256, 12)
            yield Upload(f"{kind} with twelve bytes changed, {number}", bad.tobytes(), "either")


def _two_tone() -> Image.Image:
    picture = Image.new("RGB", (120, 80), (220, 20, 20))
    picture.paste((20, 20, 220), (60, 0, 120, 80))
    return picture


def _encoded(picture: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def _png(width: int, height: int, *, chunks: bytes = b"", data: bytes = b"") -> bytes:
    """Return a grey PNG with this header, and whatever else is asked for."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    pixels = data or zlib.compress(b"\0" * (width + 1) * min(height, 4))
    parts = _chunk(b"IHDR", header) + chunks + _chunk(b"IDAT", pixels) + _chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
