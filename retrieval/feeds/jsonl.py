"""Reads and writes Aisle's own feed: one JSON object a line, {"entry": …}, {"policy": …} or {"delete": …}."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, cast

from pydantic import BaseModel, ConfigDict, ValidationError

from retrieval.feeds.opened import opened_bytes
from retrieval.feeds.seen import SeenNames
from retrieval.feeds.tally import Fault, Place, Refusal, Report, Tally
from retrieval.product import CatalogueEntry, Policy

_LONGEST_LINE = 4_000_000  # bytes; beyond it a line is no product but a broken file


class Removal(BaseModel):
    """A line of a feed of changes that takes a product out of the shop."""

    model_config = ConfigDict(frozen=True)

    product_id: str


Row = CatalogueEntry | Policy | Removal
_KINDS: dict[str, type[CatalogueEntry] | type[Policy] | type[Removal]] = {
    "entry": CatalogueEntry,
    "policy": Policy,
    "delete": Removal,
}


def read_feed(path: Path, report: Report) -> Iterator[Row]:
    """Yield the good rows of a feed in order and report every bad one; only one line is held at a time.

    Args:
        path: A UTF-8 file, packed or not; empty lines are skipped.
        report: Called for each fault of a line that is left out. A product or variant id that already came is a fault.

    Raises:
        SettingsError: The file cannot be read.
    """
    return (row for _, row in own_rows(path, Tally(report)))


def own_rows(path: Path, tally: Tally) -> Iterator[tuple[Place, Row]]:
    """Yield the good rows with their places; every row is counted in `tally`, the good ones not yet as kept."""
    seen = SeenNames()
    with opened_bytes(path) as file:
        for number, line in enumerate(_lines(file), start=1):
            try:
                row = _row(line)
                if isinstance(row, CatalogueEntry):
                    _check(row, seen)
            except Refusal as refusal:
                tally.rows += 1
                tally.leave_out(Place(number), *refusal.faults)
                continue
            if row is not None:
                tally.rows += 1
                yield Place(number), row


def feed_line(row: Row) -> str:
    """Return a row as a line of a feed."""
    kind = next(name for name, model in _KINDS.items() if isinstance(row, model))
    return f'{{"{kind}": {row.model_dump_json(exclude_defaults=True)}}}\n'


def write_feed(path: Path, rows: Iterable[Row]) -> int:
    """Write rows as a feed that `read_feed` gives back unchanged; returns how many. Replaces the file."""
    count = 0
    with path.open("w", encoding="utf-8") as file:
        for row in rows:
            file.write(feed_line(row))
            count += 1
    return count


def _lines(file: BinaryIO) -> Iterator[bytes]:
    """Yield lines, those beyond the limit cut, so that a file without line ends cannot fill the memory."""
    while line := file.readline(_LONGEST_LINE + 1):
        rest = line
        while len(rest) > _LONGEST_LINE and not rest.endswith(b"\n"):
            rest = file.readline(_LONGEST_LINE + 1)
        yield line


def _row(line: bytes) -> Row | None:
    if len(line) > _LONGEST_LINE:
        raise Refusal(("", f"longer than {_LONGEST_LINE:,} bytes"))
    try:
        text = line.decode("utf-8-sig").strip()
        value: Any = json.loads(text) if text else None
    except UnicodeDecodeError as problem:
        raise Refusal(("", f"not UTF-8 at byte {problem.start + 1}")) from problem
    except (ValueError, RecursionError) as problem:
        raise Refusal(("", f"not JSON: {problem}")) from problem
    if not text:
        return None
    for kind, model in _KINDS.items():
        if isinstance(value, dict) and value.keys() == {kind}:
            return _validated(kind, model, cast(dict[str, object], value)[kind])
    raise Refusal(("", 'expected {"entry": …}, {"policy": …} or {"delete": …}'))


def _validated(kind: str, model: type[CatalogueEntry] | type[Policy] | type[Removal], content: object) -> Row:
    try:
        return model.model_validate(content)
    except ValidationError as problem:
        raise Refusal(
            *((".".join([kind, *map(str, fault["loc"])]), fault["msg"]) for fault in problem.errors())
        ) from problem


def _check(entry: CatalogueEntry, seen: SeenNames) -> None:
    """Refuse offers of another product, and ids that already came; remember this entry's ids."""
    faults: list[Fault] = []
    ids = {"entry.product.product_id": f"product {entry.product.product_id}"}
    for place, offer in enumerate(entry.offers):
        at = f"entry.offers.{place}"
        ids[f"{at}.variant_id"] = f"variant {offer.variant_id}"
        if offer.product_id != entry.product.product_id:
            faults.append((f"{at}.product_id", f"is {offer.product_id}, the product is {entry.product.product_id}"))
    own: set[str] = set()
    for field, name in ids.items():
        if name in seen or name in own:
            faults.append((field, f"{name} came before"))
        own.add(name)
    if faults:
        raise Refusal(*faults)
    for name in own:
        seen.add(name)
