"""Reads CSV and TSV row by row; a quotation mark that never closes costs its own row and no other."""

import csv
from collections import deque
from collections.abc import Iterator
from typing import TextIO

from policies.errors import SettingsError
from retrieval.feeds.record import Broken, Record

_LONGEST_LINE = 1_000_000  # characters
_MOST_LINES = 2_000  # of one row
_DELIMITERS = ",;\t|"
csv.field_size_limit(_LONGEST_LINE)


class _TooLong(Exception):
    """A row goes on for more lines than any product does."""


class _Lines:
    """Physical lines, of which those behind a row's first can be given back."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._ahead: deque[str] = deque()
        self.taken: list[str] = []
        self.first = 1

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        if len(self.taken) >= _MOST_LINES or (self.taken and sum(map(len, self.taken[-2:])) > _LONGEST_LINE):
            raise _TooLong
        line = self._ahead.popleft() if self._ahead else self._stream.readline(_LONGEST_LINE + 1)
        if not line:
            raise StopIteration
        if len(line) > _LONGEST_LINE:
            self._skip_rest(line)
        self.taken.append(line)
        return line

    def _skip_rest(self, line: str) -> None:
        while line and not line.endswith(("\n", "\r")):
            line = self._stream.readline(_LONGEST_LINE + 1)

    def begin(self) -> None:
        """Begin a row."""
        self.first += len(self.taken)
        self.taken.clear()

    def keep(self, count: int) -> None:
        """Give all lines of the row back but its first ones."""
        self._ahead.extendleft(reversed(self.taken[count:]))
        del self.taken[count:]

    @property
    def last(self) -> int:
        """The number of the row's last line."""
        return self.first + max(0, len(self.taken) - 1)


def table_rows(stream: TextIO, delimiter: str | None = None) -> Iterator[Record | Broken]:
    """Yield the rows below the header; empty ones, as spreadsheets leave at the end, are skipped.

    Args:
        stream: Text with its line ends untouched.
        delimiter: None goes by the header.

    Raises:
        SettingsError: There is no header.
    """
    lines = _Lines(stream)
    header, mark = _header(lines, delimiter)
    while (cells := _cells(lines, mark)) is not None:
        if isinstance(cells, Broken):
            yield cells
        elif any(cell.strip() for cell in cells) or len(cells) not in (0, 1, len(header)):
            yield _row(lines, header, cells)


def _header(lines: _Lines, delimiter: str | None) -> tuple[list[str], str]:
    mark = delimiter
    while True:
        lines.begin()
        line = next(lines, None)
        if line is None:
            raise SettingsError("The feed has no header line; the first line must name the columns.")
        if line.strip() and not line.lower().startswith("sep="):
            break
    lines.keep(0)
    mark = mark or max(_DELIMITERS, key=line.count)
    cells = _cells(lines, mark)
    if cells is None or isinstance(cells, Broken):
        raise SettingsError("The first line of the feed does not read as column names; check its quotation marks.")
    return [cell.strip().lstrip("\ufeff") for cell in cells], mark


def _cells(lines: _Lines, mark: str) -> list[str] | Broken | None:
    lines.begin()
    try:
        return next(csv.reader(lines, delimiter=mark, strict=True), None)
    except _TooLong:
        fault = ("", f"a quotation mark is not closed within {_MOST_LINES:,} lines")
    except csv.Error as problem:
        fault = ("", f"not readable as a row: {problem}")
    lines.keep(1)
    return Broken(lines.first, lines.last, fault)


def _row(lines: _Lines, header: list[str], cells: list[str]) -> Record | Broken:
    while len(cells) > len(header) and not cells[-1].strip():
        cells.pop()
    if len(cells) != len(header):
        fault = ("", f"has {len(cells)} fields where the header names {len(header)}")
        if len(lines.taken) > 1:
            # The next quotation mark of another row closed it: those rows stand for themselves.
            lines.keep(1)
            fault = ("", "a quotation mark is not closed")
        return Broken(lines.first, lines.last, fault)
    values: dict[str, str] = {}
    for name, cell in zip(header, cells, strict=True):
        if name and not values.get(name):
            values[name] = cell.strip()
    return Record(lines.first, lines.last, values)
