"""Opens a feed file as text: packed or not, in whatever encoding it says or shows, never more than allowed."""

import codecs
import gzip
import io
import re
import zlib
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, TextIO, cast

from policies.errors import SettingsError

MOST_BYTES = 8_000_000_000  # unpacked
_CHUNK = 1 << 20
_GZIP = b"\x1f\x8b"
_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_DECLARED = re.compile(rb"""^\s*<\?xml[^>]{0,200}encoding\s*=\s*["']([A-Za-z][\w.-]{0,30})["']""")


class _Limited(io.RawIOBase):
    """Reads from a stream and refuses what unpacks to more than it may."""

    def __init__(self, stream: BinaryIO, most: int) -> None:
        self._stream = stream
        self._left = most

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "bytearray | memoryview[int]") -> int:  # pyright: ignore[reportIncompatibleMethodOverride]
        try:
            data = self._stream.read(len(buffer))
        except (EOFError, zlib.error, gzip.BadGzipFile) as problem:
            raise SettingsError(f"The packed feed is damaged or cut off ({problem}); fetch it again.") from problem
        self._left -= len(data)
        if self._left < 0:
            raise SettingsError("The feed is larger than 8 GB unpacked; split it.")
        buffer[: len(data)] = data
        return len(data)


@contextmanager
def opened_bytes(path: Path, most: int = MOST_BYTES) -> Generator[BinaryIO]:
    """Yield a feed's bytes, unpacked when it is gzip, whatever its name.

    Raises:
        SettingsError: It cannot be read, is damaged, or unpacks to more than `most` bytes.
    """
    try:
        with path.open("rb") as file:
            packed = file.read(2) == _GZIP
            file.seek(0)
            stream = cast(BinaryIO, gzip.GzipFile(fileobj=file)) if packed else file
            yield cast(BinaryIO, io.BufferedReader(_Limited(stream, most), _CHUNK))
    except OSError as problem:
        why = problem.strerror or str(problem)
        raise SettingsError(f"The feed {path} cannot be read ({why}); check the path.") from problem


@contextmanager
def opened_text(path: Path, encoding: str | None = None) -> Generator[TextIO]:
    """Yield a feed as text with its line ends untouched; bytes that are no letters come as U+FFFD.

    Args:
        path: The file.
        encoding: None goes by byte order mark, XML declaration and content.

    Raises:
        SettingsError: See `opened_bytes`; or there is no such encoding.
    """
    name = encoding or encoding_of(path)
    with opened_bytes(path) as data:
        try:
            text = io.TextIOWrapper(data, encoding=name, errors="replace", newline="")
        except LookupError as problem:
            raise SettingsError(f"There is no encoding {name!r}; try utf-8 or windows-1252.") from problem
        with text:
            yield text


def encoding_of(path: Path) -> str:
    """Return the encoding of a feed: what a mark or declaration says, else UTF-8 unless Windows-1252 fits better."""
    with opened_bytes(path) as data:
        head = data.read(_CHUNK)
        for mark, name in _MARKS.items():
            if head.startswith(mark):
                return name
        if (declared := _DECLARED.match(head)) and _is_text(declared.group(1).decode()):
            return declared.group(1).decode()
        broken = whole = 0
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        while head:
            text = decoder.decode(head)
            if not text.isascii():
                broken += text.count("\ufffd")
                whole += len(re.findall(r"[^\x00-\x7f\ufffd]", text))
            head = data.read(_CHUNK)
    return "utf-8" if broken <= whole else "cp1252"


def _is_text(name: str) -> bool:
    try:
        return "é".encode(name, "replace").decode(name, "replace") != ""
    except LookupError:
        return False
