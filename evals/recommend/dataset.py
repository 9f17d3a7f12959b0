"""Reads a folder of interactions or of sequences, and holds back what a recommendation is measured by."""

import csv
import gzip
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, TextIO, cast

import numpy as np

from policies.errors import SettingsError
from retrieval.taste.interactions import SECONDS_OF_A_DAY, Interactions

Kind = Literal["interactions", "sequences"]

_NAMES = {
    "user": ("user_id", "user", "customer_id", "visitor_id", "shopper"),
    "item": ("item_id", "item", "product_id", "sku", "asin"),
    "time": ("timestamp", "time", "t", "date", "datetime"),
    "split": ("split",),
}
_TRAINED_SHARE = 0.8  # of a shopper's interactions, where the file does not say which are to be found


@dataclass(frozen=True, slots=True)
class Held:
    """Interactions to learn from, and what each shopper took after them.

    Args:
        kind: How they were split: the later part of each shopper's, or the last one alone.
        taken: To learn from.
        wanted: Shopper id to the ids of the products that are to be found.
    """

    kind: Kind
    taken: Interactions
    wanted: Mapping[str, frozenset[str]]


def read_held(folder: Path) -> Held:
    """Read `sequences.txt`, or every `interactions*.csv[.gz]`, of a folder.

    Args:
        folder: Sequences have a shopper a line: an id and then product ids in time order; the last one is to be found.
            Interactions have columns for the shopper, the product and the time (seconds or ISO 8601), and may have
            `split` (train, test); without it the last fifth of each shopper's are to be found.

    Raises:
        SettingsError: There is neither, a column is missing, a time can't be read, or nobody has a second interaction.
    """
    sequences = folder / "sequences.txt"
    files = sorted({*folder.glob("interactions*.csv"), *folder.glob("interactions*.csv.gz")})
    if sequences.is_file():
        held = _last_held(_sequences(sequences))
    elif files:
        held = _later_held([row for path in files for row in _rows(path)])
    else:
        raise SettingsError(f"{folder} has neither sequences.txt nor interactions*.csv[.gz].")
    if not held.wanted:
        raise SettingsError(f"Nobody in {folder} has an interaction to learn from and one to find.")
    return held


def without_last(held: Held) -> Held:
    """Hold back, of what there is to learn from, each shopper's last product: to choose settings by."""
    taken = held.taken
    bounds = taken.bounds()
    last = bounds[1:] - 1
    longer = np.diff(bounds) > 1
    keep = np.ones(len(taken.item), dtype=bool)
    keep[last[longer]] = False
    theirs: list[int] = taken.item[last].tolist()
    wanted = {taken.users[who]: frozenset([taken.items[theirs[who]]]) for who in np.flatnonzero(longer).tolist()}
    kept = Interactions(taken.users, taken.items, taken.user[keep], taken.item[keep], taken.day[keep])
    return Held(held.kind, kept, wanted)


Row = tuple[str, str, float, str]


def _last_held(sequences: Mapping[str, tuple[str, ...]]) -> Held:
    wanted = {user: frozenset(items[-1:]) for user, items in sequences.items() if len(items) > 1}
    every = sorted({item for items in sequences.values() for item in items})
    rows = (
        (user, item, place * SECONDS_OF_A_DAY)
        for user, items in sequences.items()
        for place, item in enumerate(items[:-1] if user in wanted else items)
    )
    return Held("sequences", Interactions.of(rows, every), wanted)


def _later_held(rows: list[Row]) -> Held:
    if not any(split for *_, split in rows):
        rows = _split(rows)
    every = sorted({row[1] for row in rows})
    taken = Interactions.of(((user, item, when) for user, item, when, split in rows if split == "train"), every)
    known = set(taken.users)
    wanted: dict[str, set[str]] = {}
    for user, item, _, split in rows:
        if split == "test" and user in known:
            wanted.setdefault(user, set()).add(item)
    return Held("interactions", taken, {user: frozenset(items) for user, items in wanted.items()})


def _split(rows: list[Row]) -> list[Row]:
    """Mark the later fifth of each shopper's interactions as those to be found."""
    mine: dict[str, list[Row]] = {}
    for row in rows:
        mine.setdefault(row[0], []).append(row)
    marked: list[Row] = []
    for theirs in mine.values():
        theirs.sort(key=lambda row: row[2])
        first = int(np.ceil(len(theirs) * _TRAINED_SHARE))
        marked += [(*row[:3], "train" if place < first else "test") for place, row in enumerate(theirs)]
    return marked


def _sequences(path: Path) -> dict[str, tuple[str, ...]]:
    lines = (line.split() for line in path.read_text(encoding="utf-8").splitlines())
    return {words[0]: tuple(words[1:]) for words in lines if len(words) > 1}


def _rows(path: Path) -> Iterator[Row]:
    with _opened(path) as file:
        table = csv.DictReader(file)
        names = {what: _column(table.fieldnames or (), what, path) for what in _NAMES}
        for line, row in enumerate(table, 2):
            when = _seconds(row[names["time"]], path, line)
            split = row[names["split"]] if names["split"] else ""
            yield row[names["user"]], row[names["item"]], when, split


def _opened(path: Path) -> TextIO:
    if path.suffix == ".gz":
        return cast(TextIO, gzip.open(path, "rt", encoding="utf-8", newline=""))
    return path.open(encoding="utf-8", newline="")


def _column(fields: Sequence[str], what: str, path: Path) -> str:
    found = next((name for name in _NAMES[what] if name in fields), "")
    if not found and what != "split":
        raise SettingsError(f"{path.name} has no column for the {what}; name it one of {', '.join(_NAMES[what])}.")
    return found


def _seconds(text: str, path: Path, line: int) -> float:
    try:
        return float(text)
    except ValueError:
        pass
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        raise SettingsError(f"{path.name} line {line}: {text!r} is no time; use seconds or ISO 8601.") from None
    return (read if read.tzinfo else read.replace(tzinfo=UTC)).timestamp()
