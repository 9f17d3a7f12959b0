"""Reads the objects of a JSON array or of JSON lines one by one; a broken one costs itself and no other."""

import json
import re
from collections.abc import Collection, Iterator
from typing import Any, NoReturn, TextIO, cast

from retrieval.feeds.record import SEPARATOR, Broken

_CHUNK = 1 << 16
_LONGEST = 4_000_000  # characters of one object
_LISTS = frozenset({"products", "items", "data", "results", "@graph", "itemListElement", "entries", "catalog"})

Items = Iterator[tuple[int, int, dict[str, Any]] | Broken]


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")


# Numbers stay text: a price is read digit by digit, not through a binary fraction.
DECODER = json.JSONDecoder(parse_float=str, parse_int=str, parse_constant=_no_constant)


class _Window:
    """The part of the text that is being looked at."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self.text = ""
        self.at = 0
        self.line = 1

    def more(self, size: int = _CHUNK) -> bool:
        """Read on; False at the end."""
        self.text, self.at = self.text[self.at :], 0
        new = self._stream.read(size)
        self.text += new
        return bool(new)

    def move(self, to: int) -> None:
        """Look further on, counting lines."""
        self.line += self.text.count("\n", self.at, to)
        self.at = to

    def skip(self, marks: str) -> str:
        """Move over blank space and `marks`; return the character met, "" at the end."""
        while True:
            found = re.compile(rf"[\s\ufeff{re.escape(marks)}]*").match(self.text, self.at)
            self.move(found.end() if found else self.at)
            if self.at < len(self.text):
                return self.text[self.at]
            if not self.more():
                return ""


def json_items(stream: TextIO, path: str = "") -> Items:
    """Yield (first line, last line, object) for each object.

    Args:
        stream: An array, objects after one another (JSON lines), or an object that holds the array.
        path: Name of the list within an object; "" knows the usual ones.
    """
    window = _Window(stream)
    if window.skip("") == "{":
        _step_into(window, {path} if path else _LISTS)
    known, resumed, broken = "", False, False
    while met := window.skip("[,"):
        line = window.line
        item = _decoded(window) if met == "{" else f"expected an object, found {met!r}"
        if isinstance(item, dict):
            # What a broken row left behind may be one of its inner objects.
            known, resumed = known if resumed else next(iter(item), known), False
            yield line, window.line, item
            continue
        closing = met in "]}"
        resumed, others = _resume(window, known if closing else "")
        # What closes a list, and what wraps it, says nothing more unless further rows follow.
        if resumed or not closing or others > (0 if broken else 1):
            broken = True
            yield Broken(line, window.line, ("", item))


def _step_into(window: _Window, names: Collection[str]) -> None:
    """Move into the list that the object holds; one without such a list is itself a row and stays where it is."""
    pattern = "|".join(map(re.escape, sorted(names)))
    plain = r'\s*"[^"]*"\s*:\s*(?:"(?:[^"\\]|\\.)*"|[^"{\[\]},]+)\s*,'
    # Only among plain facts at its head: a product may well have "items" of its own further in.
    opening = re.compile(rf'\{{(?:{plain})*\s*"(?:{pattern})"\s*:\s*\[').match(window.text, window.at)
    if opening:
        window.move(opening.end())


def _decoded(window: _Window) -> dict[str, Any] | str:
    """Return the object that begins here and move behind it, or say what is wrong with it."""
    size, before = _CHUNK, ("", -1)
    while True:
        try:
            value, end = DECODER.raw_decode(window.text, window.at)
        except json.JSONDecodeError as problem:
            where = problem.pos - window.at
            genuine = (problem.msg, where) == before and not problem.msg.startswith("Unterminated")
            if genuine or len(window.text) - window.at > _LONGEST or not window.more(size):
                return f"not JSON: {problem.msg}"
            before, size = (problem.msg, where), size * 2
            continue
        except (ValueError, RecursionError) as problem:
            return f"not JSON: {problem}"
        window.move(end)
        return cast(dict[str, Any], value)


def _resume(window: _Window, known: str) -> tuple[bool, int]:
    """Move to where the next object begins, or the next with this first key.

    Returns:
        Whether there is one, and how many others there were on the way to the end.
    """
    key = re.escape(known) or r"[^\"\\]+"
    following = re.compile(rf'[,\n\[:]\s*(?=\{{\s*"{key}"\s*:)')
    others = 0
    window.move(min(window.at + 1, len(window.text)))
    while True:
        if found := following.search(window.text, window.at):
            window.move(found.end())
            return True, 0
        # The mark before the next object may lie at the very end of what was read.
        to = max(window.at, len(window.text) - 200)
        others += window.text.count("{", window.at, to)
        window.move(to)
        if not window.more():
            others += window.text.count("{", window.at)
            window.move(len(window.text))
            return False, others


def flat(value: Any, name: str = "", depth: int = 0) -> dict[str, str]:
    """Return an object's texts by path; lists of texts become lines, lists of objects are numbered from 0."""
    if isinstance(value, dict) and depth < 8:
        found: dict[str, str] = {}
        for key, inner in cast(dict[str, Any], value).items():
            found.update(flat(inner, f"{name}.{key}" if name else str(key), depth + 1))
        return found
    if isinstance(value, list):
        texts = [text(one) for one in cast(list[Any], value) if not isinstance(one, dict | list)]
        found = {name: SEPARATOR.join(one for one in texts if one)} if texts else {}
        for place, one in enumerate(cast(list[Any], value)):
            if isinstance(one, dict):
                found.update(flat(one, f"{name}.{place}", depth + 1))
        return found
    return {name: text(value)} if not isinstance(value, dict) else {}


def text(value: Any) -> str:
    """Return a JSON value as text; null is nothing."""
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)
