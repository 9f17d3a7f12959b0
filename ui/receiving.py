"""Reads one picture out of a multipart body as it streams in, and stops as soon as there is too much of it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import MultipartParser, parse_options_header

from retrieval.picture import MAX_BYTES, refused
from ui.problems import HttpProblem

_AROUND = 16 * 1024  # bytes of boundaries, headers and small fields beside the picture


@dataclass(slots=True)
class _Parts:
    """What the parser tells while it reads; only the first part that is a file is kept."""

    picture: bytearray = field(default_factory=bytearray)
    files: int = 0
    _name: bytes = b""
    _value: bytes = b""
    _taking: bool = False

    def on_part_begin(self) -> None:
        self._taking = False

    def on_header_field(self, data: bytes, start: int, end: int) -> None:
        self._name += data[start:end]

    def on_header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def on_header_end(self) -> None:
        if self._name.lower() == b"content-disposition":
            _, options = parse_options_header(self._value)
            if b"filename" in options:
                self.files += 1
                self._taking = self.files == 1
        self._name = self._value = b""

    def on_part_data(self, data: bytes, start: int, end: int) -> None:
        if self._taking:
            self.picture += data[start:end]


async def receive_picture(content_type: str, declared: str, chunks: AsyncIterator[bytes]) -> bytes:
    """Return the bytes of the one file in a multipart body; nothing of it is ever written to disk.

    Args:
        content_type: Of the request, with its boundary.
        declared: Its Content-Length, "" where there is none.
        chunks: The body as it arrives; not read to its end when it is too large.

    Raises:
        Refused: "too_large".
        HttpProblem: 415 for no multipart body, 422 for none or several files in it, 400 for one cut off or broken.
    """
    if declared.isdigit() and int(declared) > MAX_BYTES + _AROUND:
        raise refused("too_large")
    kind, options = parse_options_header(content_type)
    boundary = options.get(b"boundary")
    if kind != b"multipart/form-data" or not boundary:
        raise HttpProblem(415, "not_multipart", "Send the picture as multipart/form-data, in a field with a file name.")
    parts = await _read(boundary, chunks)
    if parts.files != 1:
        raise HttpProblem(422, "one_picture", "Send exactly one picture at a time, as a file.")
    return bytes(parts.picture)


async def _read(boundary: bytes, chunks: AsyncIterator[bytes]) -> _Parts:
    parts, received = _Parts(), 0
    try:
        parser = MultipartParser(
            boundary,
            {
                "on_part_begin": parts.on_part_begin,
                "on_header_field": parts.on_header_field,
                "on_header_value": parts.on_header_value,
                "on_header_end": parts.on_header_end,
                "on_part_data": parts.on_part_data,
            },
        )
        async for chunk in chunks:
            received += len(chunk)
            if received > MAX_BYTES + _AROUND:
                raise refused("too_large")
            parser.write(chunk)
        parser.finalize()
    except MultipartParseError as error:
        raise HttpProblem(400, "broken_multipart", "The picture did not arrive whole. Please send it again.") from error
    return parts
