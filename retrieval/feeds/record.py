"""One row of a feed as its file holds it: names and texts, and the lines it stands on."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from retrieval.feeds.tally import Fault, Place

SEPARATOR = "\n"  # between the values of a list


@dataclass(frozen=True, slots=True)
class Record:
    """A row that could be read.

    Args:
        line: Where it begins, from 1.
        last: Where it ends.
        values: By column or path ("variants.price"); the values of a list stand on lines of their own.
        parts: The rows within this row, such as a product's variants, with the same kind of values.
    """

    line: int
    last: int
    values: Mapping[str, str]
    parts: tuple[Mapping[str, str], ...] = ()

    @property
    def place(self) -> Place:
        """Where the row stands."""
        return Place(self.line, self.last)


@dataclass(frozen=True, slots=True)
class Broken:
    """A row that could not be read, and why."""

    line: int
    last: int
    fault: Fault

    @property
    def place(self) -> Place:
        """Where the row stands."""
        return Place(self.line, self.last)


def folded(name: str) -> str:
    """Return a column's name without case, accents, namespace or punctuation: "g:Größe (cm)" -> "grosse_cm"."""
    name = name.split(":", 1)[1] if re.match(r"[a-z]{1,8}:\S", name) else name
    plain = unicodedata.normalize("NFKD", name.casefold())
    plain = "".join(char for char in plain if not unicodedata.combining(char))
    return re.sub(r"[^a-z0-9]+", "_", plain).strip("_")
