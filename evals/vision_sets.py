"""Reads folders of labelled pictures: view to product, class by nearest neighbour, photo on a shelf to item."""

import csv
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from policies.errors import SettingsError

_PICTURES = (".jpg", ".jpeg", ".png", ".webp")
_FOLDERS = ("", "images_400", "images", "dataset")
_KEYS = ("sku", "product_id", "item", "id", "label", "class", "fine", "category", "name")
_SPLITS = ("split", "set", "part", "subset", "role", "kind", "source")
_SHOWN = frozenset({"gallery", "iconic", "catalogue", "catalog", "shop"})
_LEARNT = frozenset({"train", "training", "val", "valid", "validation", "dev"})
_ASKED = frozenset({"test", "query", "queries", "natural"})

Row = Mapping[str, str]
Task = Literal["product", "class", "item"]


@dataclass(frozen=True, slots=True)
class Shot:
    """A picture's file, what it shows, and of what kind a product is; "" where the set does not say it."""

    path: Path
    shows: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class PictureSet:
    """Queries and the gallery that answers them; `task` says whether a product, a class or an item is looked for."""

    task: Task
    gallery: Sequence[Shot]
    queries: Sequence[Shot]


def read_pictures(folder: Path) -> PictureSet:
    """Read a folder by its files.

    - `visual_retrieval.json`: `gallery` and `queries`, each a list of records with a picture and what it shows.
    - `classes.csv` with a column of iconic pictures, the photos in `labels.csv` or `test.txt`: each photo's item.
    - `labels.csv`: pictures of the split test are told by the nearest of those to learn from; where some rows are
      iconic (or gallery, catalogue), they are what is looked among.

    Columns are known by what they hold or their usual names.

    Raises:
        SettingsError: None of them is there, or a picture is missing.
    """
    readers: tuple[tuple[str, Callable[[Path], PictureSet | None]], ...] = (
        ("visual_retrieval.json", _views),
        ("classes.csv", _iconic),
        ("labels.csv", _labelled),
    )
    for name, read in readers:
        path = folder / name
        if path.is_file():
            try:
                found = read(path)
            except (OSError, ValueError, KeyError, TypeError) as problem:
                raise SettingsError(f"{path} cannot be read: {problem!r}.") from problem
            if found is not None:
                return _checked(found, folder)
    raise SettingsError(
        f"{folder} holds no pictures that can be looked for; it needs visual_retrieval.json, labels.csv or classes.csv."
    )


def _checked(read: PictureSet, folder: Path) -> PictureSet:
    if not read.gallery or not read.queries:
        raise SettingsError(f"{folder} has {len(read.queries)} pictures to look for among {len(read.gallery)}.")
    missing = next((shot.path for shot in (*read.gallery, *read.queries) if not shot.path.is_file()), None)
    if missing is not None:
        raise SettingsError(f"The picture {missing} is missing.")
    return read


def _views(path: Path) -> PictureSet:
    read = json.loads(path.read_text(encoding="utf-8"))
    gallery, queries = ([_texts(row) for row in read[name]] for name in ("gallery", "queries"))
    shows = _named(gallery, _KEYS)
    return PictureSet("product", _shots(path.parent, gallery, shows), _shots(path.parent, queries, shows))


def _labelled(path: Path) -> PictureSet | None:
    rows = _rows(path)
    shows, split = _named(rows, _KEYS[4:] + _KEYS[:4]), _split_of(rows)
    shown = _of(rows, split, _SHOWN)
    gallery = shown or _of(rows, split, _LEARNT)
    queries = _of(rows, split, _ASKED) or _of(rows, split, frozenset(), others=True)
    return PictureSet(
        "item" if shown else "class", _shots(path.parent, gallery, shows), _shots(path.parent, queries, shows)
    )


def _iconic(path: Path) -> PictureSet | None:
    """Read the layout of the Grocery Store set (Klasson and others, 2019), or `labels.csv` beside the same classes."""
    classes = _rows(path)
    columns = [column for column in classes[0] if "coarse" not in column.lower()]
    picture = next((column for column in columns if "iconic" in column.lower()), None)
    if picture is None:
        return None
    name = next(column for column in columns if "name" in column.lower())
    number = next((column for column in columns if "id" in column.lower().split()), name)
    gallery = [Shot(_found(path.parent, row[picture]), row[name]) for row in classes]
    listed = path.parent / "test.txt"
    if listed.is_file():
        called = {row[number]: row[name] for row in classes}
        lines = [line.split(",") for line in listed.read_text(encoding="utf-8").splitlines() if line.strip()]
        shots = [Shot(_found(path.parent, photo), called[fine.strip()]) for photo, fine, *_ in lines]
        return PictureSet("item", gallery, shots)
    rows, names = _rows(path.parent / "labels.csv"), {shot.shows for shot in gallery}
    shows = next(column for column in rows[0] if any(row[column] in names for row in rows))
    return PictureSet("item", gallery, _shots(path.parent, _of(rows, _split_of(rows), _ASKED) or rows, shows))


def _rows(path: Path) -> list[Row]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, skipinitialspace=True))


def _texts(row: Mapping[str, object]) -> Row:
    return {name: str(value) for name, value in row.items()}


def _shots(folder: Path, rows: Iterable[Row], shows: str) -> list[Shot]:
    return [Shot(_found(folder, row[_picture_of(row)]), row[shows], _kind_of(row)) for row in rows]


def _kind_of(row: Row) -> str:
    return row.get("category", "").rpartition("/")[2].strip()


def _picture_of(row: Row) -> str:
    return next(name for name, value in row.items() if value.lower().endswith(_PICTURES))


def _found(folder: Path, name: str) -> Path:
    """Return where a picture lies; sets keep them in a folder of some usual name."""
    places = [folder / inner / name.strip().lstrip("/") for inner in _FOLDERS]
    return next((place for place in places if place.is_file()), places[0])


def _named(rows: Sequence[Row], names: Sequence[str]) -> str:
    """Return the first of these columns that the rows have."""
    columns = {column.lower(): column for column in rows[0]}
    return columns[next(name for name in names if name in columns)]


def _split_of(rows: Sequence[Row]) -> str | None:
    """Return the column that says which part of the set a row belongs to."""
    known = _SHOWN | _LEARNT | _ASKED
    columns = [column for column in rows[0] if column.lower() in _SPLITS or {row[column] for row in rows} <= known]
    return next(iter(columns), None)


def _of(rows: Sequence[Row], split: str | None, parts: frozenset[str], *, others: bool = False) -> list[Row]:
    """Return the rows of these parts of the set, or those of none that is known."""
    if split is None:
        return []
    known = _SHOWN | _LEARNT | _ASKED
    return [row for row in rows if (row[split].lower() not in known if others else row[split].lower() in parts)]
