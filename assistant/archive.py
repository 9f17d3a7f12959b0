"""A tar file with holes: files that are nearly empty, like the index's, take no more room than what is in them."""

import io
import os
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

_BLOCK = tarfile.BLOCKSIZE
_CHUNK = 1 << 20


def add_file(tar: tarfile.TarFile, path: Path, name: str) -> int:
    """Add a file without its holes, readable by its owner only; returns its size in bytes, holes and all.

    Files with holes are written as GNU tar writes them (PAX, sparse format 1.0), and any tar unpacks them.
    """
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        extents = list(_extents(file.fileno(), size))
        info = tarfile.TarInfo(name)
        info.mode, info.mtime, info.size = 0o600, int(os.fstat(file.fileno()).st_mtime), size
        if extents in ([(0, size)], [(size, 0)]):
            file.seek(0)
            tar.addfile(info, file if size else None)
            return size
        numbers = [len(extents), *(number for extent in extents for number in extent)]
        head = "".join(f"{number}\n" for number in numbers).encode()
        head += b"\0" * (-len(head) % _BLOCK)
        told = {"major": "1", "minor": "0", "name": name, "realsize": str(size)}
        info.pax_headers = {f"GNU.sparse.{key}": value for key, value in told.items()}
        # Short, or a second header would name it, which some readers take for the true name.
        info.name = "GNUSparseFile.0/file"
        info.size = len(head) + sum(length for _, length in extents)
        tar.addfile(info, _Joined(head, file, extents))
    return size


def add_text(tar: tarfile.TarFile, text: str, name: str) -> None:
    """Add a small file that is nowhere yet."""
    data = text.encode()
    info = tarfile.TarInfo(name)
    info.mode, info.size = 0o600, len(data)
    tar.addfile(info, io.BytesIO(data))


def _extents(descriptor: int, size: int) -> Iterator[tuple[int, int]]:
    """Yield where a file holds data, as offset and length; last an empty one at its end if that is a hole."""
    at = 0
    while at < size:
        try:
            start = os.lseek(descriptor, at, os.SEEK_DATA)
        except OSError:
            # Nothing but a hole from here on.
            break
        at = min(os.lseek(descriptor, start, os.SEEK_HOLE), size)
        yield start, at - start
    else:
        if size:
            return
    yield size, 0


class _Joined(io.RawIOBase):
    """Reads a head and then the parts of a file that hold data; a part that shrank meanwhile is filled with zeros."""

    def __init__(self, head: bytes, file: BinaryIO, extents: list[tuple[int, int]]) -> None:
        super().__init__()
        self._left = self._pieces(head, file, extents)
        self._held = b""

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        """Return exactly `size` bytes as long as there are so many."""
        while len(self._held) < size and (piece := next(self._left, None)) is not None:
            self._held += piece
        given, self._held = self._held[:size], self._held[size:]
        return given

    @staticmethod
    def _pieces(head: bytes, file: BinaryIO, extents: list[tuple[int, int]]) -> Iterator[bytes]:
        yield head
        for offset, length in extents:
            file.seek(offset)
            while length:
                piece = file.read(min(length, _CHUNK))
                piece = piece or b"\0" * min(length, _CHUNK)
                length -= len(piece)
                yield piece
