"""Decodes one untrusted picture in a process of its own: reads it on stdin, writes a clean JPEG on stdout, ends.

Run as a file, not as a module of the package, so that it starts fast and holds nothing of the shop.
"""

import io
import json
import os
import resource
import sys
import warnings
from collections.abc import Callable
from importlib import import_module
from typing import Any, NoReturn, cast

from PIL import Image, ImageCms, UnidentifiedImageError

LONGEST_SIDE = 1536  # of the clean picture, pixels
MAX_SIDE = 8192  # of what is sent, pixels
MAX_PIXELS = 25_000_000
MAX_BYTES = 10_000_000
_QUALITY = 90
_CPU_S = 5
_MEMORY = 512 * 1024 * 1024  # bytes beyond what the process holds when it is ready
_FORMATS = ("JPEG", "PNG", "WEBP")
_ORIENTATION, _PLACE = 0x0112, 0x8825  # Exif tags
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
# Everything Pillow raises for damaged or hostile files of these formats.
_UNREADABLE = (OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, TypeError, OverflowError)


class _Bad(Exception):
    """Why the picture is refused, as a code that the caller puts into words."""


def main() -> None:
    """Serve one picture: header as one line of JSON, then the JPEG. A refused one has only {"refused": code}."""
    _prepare()
    _limit()
    sys.stdout.buffer.write(b"ready\n")
    sys.stdout.buffer.flush()
    data = sys.stdin.buffer.read(MAX_BYTES + 1)
    try:
        header, jpeg = clean(data)
    except _Bad as bad:
        header, jpeg = {"refused": str(bad)}, b""
    except MemoryError:
        header, jpeg = {"refused": "too_many_pixels"}, b""
    sys.stdout.buffer.write(json.dumps(header).encode() + b"\n" + jpeg)
    sys.stdout.buffer.flush()
    _end()


def clean(data: bytes) -> tuple[dict[str, object], bytes]:
    """Return {"width", "height", "done": [what was changed]} and the picture as a plain sRGB JPEG.

    Raises:
        _Bad: too_many_pixels, too_wide, animated or broken_picture.
    """
    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as opened:
            _check(opened)
            return _rewritten(opened)
    except (UnidentifiedImageError, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        bomb = not isinstance(error, UnidentifiedImageError)
        raise _Bad("too_many_pixels" if bomb else "broken_picture") from error
    except _UNREADABLE as error:
        raise _Bad("broken_picture") from error


def _check(opened: Image.Image) -> None:
    """Refuse by the header alone, before a pixel is decoded."""
    width, height = opened.size
    if width * height > MAX_PIXELS:
        raise _Bad("too_many_pixels")
    if max(width, height) > MAX_SIDE:
        raise _Bad("too_wide")
    # A telephone's JPEG may carry a preview or depth map beside the photo; the first picture is the photo.
    if opened.format in ("PNG", "WEBP") and getattr(opened, "n_frames", 1) != 1:
        raise _Bad("animated")


def _rewritten(opened: Image.Image) -> tuple[dict[str, object], bytes]:
    done: list[str] = []
    orientation, placed = _told(opened)
    if placed:
        done.append("place_removed")
    profile = opened.info.get("icc_profile")
    opened.draft(opened.mode, (LONGEST_SIDE, LONGEST_SIDE))
    if max(opened.size) > LONGEST_SIDE:
        done.append("made_smaller")
    opened.load()
    small = _small(opened)
    plain = _on_white(_in_srgb(small, profile if isinstance(profile, bytes) else b""))
    if orientation in _TURNS:
        plain = plain.transpose(_TURNS[orientation])
        done.append("turned_upright")
    # A new picture from the pixels alone: no metadata can come along.
    bare = Image.frombytes("RGB", plain.size, plain.tobytes())
    out = io.BytesIO()
    bare.save(out, "JPEG", quality=_QUALITY)
    return {"width": bare.width, "height": bare.height, "done": done}, out.getvalue()


def _told(opened: Image.Image) -> tuple[int, bool]:
    """Return the orientation tag and whether the file says where it was taken; damaged metadata says nothing."""
    try:
        exif = opened.getexif()
        return int(exif.get(_ORIENTATION, 1)), bool(exif.get_ifd(_PLACE))
    except _UNREADABLE:
        return 1, False


def _small(opened: Image.Image) -> Image.Image:
    """Return the picture in 8 bits a channel, within the longest side."""
    picture = opened
    if picture.mode.startswith("I"):
        # 16-bit grey would be cut off at 255 instead of scaled.
        picture = picture.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    elif picture.mode in ("P", "PA", "LA", "1", "F") or "transparency" in picture.info:
        picture = picture.convert("RGBA")
    if max(picture.size) > LONGEST_SIDE:
        ratio = LONGEST_SIDE / max(picture.size)
        size = (max(1, round(picture.width * ratio)), max(1, round(picture.height * ratio)))
        picture = picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)
    return picture


def _in_srgb(picture: Image.Image, profile: bytes) -> Image.Image:
    """Return RGB or RGBA in sRGB; a profile that does not fit the pixels is ignored."""
    target = "RGBA" if picture.mode == "RGBA" else "RGB"
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            turned = ImageCms.profileToProfile(picture, source, _srgb(), outputMode=target)
        except (ImageCms.PyCMSError, *_UNREADABLE):
            turned = None
        if turned is not None:
            return turned
    return picture if picture.mode == target else picture.convert(target)


def _on_white(picture: Image.Image) -> Image.Image:
    if picture.mode != "RGBA":
        return picture
    ground = Image.new("RGB", picture.size, (255, 255, 255))
    ground.paste(picture, mask=picture.getchannel("A"))
    return ground


def _prepare() -> None:
    """Load what decoding needs now: later nothing can be opened."""
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    for plugin in ("Jpeg", "Mpo", "Png", "WebP"):  # Mpo is what many telephones write as .jpg.
        import_module(f"PIL.{plugin}ImagePlugin")
    for made in (Image.new("RGB", (8, 8)), Image.new("RGBA", (8, 8))):
        for name in _FORMATS:
            out = io.BytesIO()
            (made.convert("RGB") if name == "JPEG" else made).save(out, name)
            clean(out.getvalue())
    _in_srgb(Image.new("RGB", (8, 8)), _srgb().tobytes())


def _srgb() -> ImageCms.ImageCmsProfile:
    make = cast("Callable[[str], Any]", ImageCms.createProfile)  # pyright: ignore[reportUnknownMemberType]  # untyped in Pillow
    return ImageCms.ImageCmsProfile(make("sRGB"))


def _limit() -> None:
    """Bound processor time and memory; allow no new file, socket, process memory dump or written byte on disk."""
    cpu = int(resource.getrusage(resource.RUSAGE_SELF).ru_utime) + 1 + _CPU_S
    resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))
    held = _held()
    if held:
        resource.setrlimit(resource.RLIMIT_AS, (held + _MEMORY, held + _MEMORY))


def _held() -> int:
    """Return the address space in use, bytes; 0 where the system does not tell."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            return int(file.read().split()[0]) * resource.getpagesize()
    except OSError:
        return 0


def _end() -> NoReturn:
    # Skips the interpreter's teardown: the answer is out, and nothing is left to save.
    os._exit(0)


if __name__ == "__main__":
    main()
