"""Reads and writes Aisle's own feed: one JSON object a line, {"entry": …} or {"policy": …}."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any, BinaryIO, cast

from pydantic import ValidationError

from policies.errors import SettingsError
from retrieval.product import CatalogueEntry, Policy

_LONGEST_LINE = 4_000_000  # bytes; beyond it a line is no product but a broken file
_KINDS: dict[str, type[CatalogueEntry] | type[Policy]] = {"entry": CatalogueEntry, "policy": Policy}


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a line was left out. `field` is a path such as "entry.offers.0.price", "" for the line as a whole."""

    line: int  # from 1
    field: str
    reason: str


class _Refusal(Exception):
    """A line is left out because of `problems`, (field, reason) pairs."""

    def __init__(self, *problems: tuple[str, str]) -> None:
        self.problems = problems
        super().__init__(problems)


def read_feed(path: Path, report: Callable[[Problem], None]) -> Iterator[CatalogueEntry | Policy]:
    """Yield the good rows of a feed in order and report every bad one; only one line is held at a time.

    Args:
        path: A UTF-8 file; empty lines are skipped.
        report: Called for each fault of a line that is left out. A product or variant id that already came is a fault.

    Raises:
        SettingsError: The file cannot be read.
    """
    seen: set[bytes] = set()
    try:
        with path.open("rb") as file:
            for number, line in enumerate(_lines(file), start=1):
                try:
                    row = _row(line)
                    if isinstance(row, CatalogueEntry):
                        _check(row, seen)
                except _Refusal as refusal:
                    for field, reason in refusal.problems:
                        report(Problem(number, field, reason))
                    continue
                if row is not None:
                    yield row
    except OSError as problem:
        raise SettingsError(f"The feed {path} cannot be read ({problem.strerror}); check the path.") from problem


def write_feed(path: Path, rows: Iterable[CatalogueEntry | Policy]) -> int:
    """Write rows as a feed that `read_feed` gives back unchanged; returns how many. Replaces the file."""
    count = 0
    with path.open("w", encoding="utf-8") as file:
        for row in rows:
            kind = "entry" if isinstance(row, CatalogueEntry) else "policy"
            file.write(f'{{"{kind}": {row.model_dump_json(exclude_defaults=True)}}}\n')
            count += 1
    return count


def _lines(file: BinaryIO) -> Iterator[bytes]:
    """Yield lines, those beyond the limit cut, so that a file without line ends cannot fill the memory."""
    while line := file.readline(_LONGEST_LINE + 1):
        rest = line
        while len(rest) > _LONGEST_LINE and not rest.endswith(b"\n"):
            rest = file.readline(_LONGEST_LINE + 1)
        yield line


def _row(line: bytes) -> CatalogueEntry | Policy | None:
    if len(line) > _LONGEST_LINE:
        raise _Refusal(("", f"longer than {_LONGEST_LINE:,} bytes"))
    try:
        text = line.decode("utf-8-sig").strip()
        value: Any = json.loads(text) if text else None
    except UnicodeDecodeError as problem:
        raise _Refusal(("", f"not UTF-8 at byte {problem.start + 1}")) from problem
    except (ValueError, RecursionError) as problem:
        raise _Refusal(("", f"not JSON: {problem}")) from problem
    if not text:
        return None
    for kind, model in _KINDS.items():
        if isinstance(value, dict) and value.keys() == {kind}:
            return _validated(kind, model, cast(dict[str, object], value)[kind])
    raise _Refusal(("", 'expected {"entry": …} or {"policy": …}'))


def _validated(kind: str, model: type[CatalogueEntry] | type[Policy], content: object) -> CatalogueEntry | Policy:
    try:
        return model.model_validate(content)
    except ValidationError as problem:
        raise _Refusal(
            *((".".join([kind, *map(str, fault["loc"])]), fault["msg"]) for fault in problem.errors())
        ) from problem


def _check(entry: CatalogueEntry, seen: set[bytes]) -> None:
    """Refuse offers of another product, and ids that already came; remember this entry's ids."""
    faults: list[tuple[str, str]] = []
    ids = {"entry.product.product_id": f"product {entry.product.product_id}"}
    for place, offer in enumerate(entry.offers):
        at = f"entry.offers.{place}"
        ids[f"{at}.variant_id"] = f"variant {offer.variant_id}"
        if offer.product_id != entry.product.product_id:
            faults.append((f"{at}.product_id", f"is {offer.product_id}, the product is {entry.product.product_id}"))
    # Eight bytes per id keep a feed of a million variants below 100 MB.
    digests = {field: blake2b(name.encode(), digest_size=8).digest() for field, name in ids.items()}
    own: set[bytes] = set()
    for field, digest in digests.items():
        if digest in seen or digest in own:
            faults.append((field, f"{ids[field]} came before"))
        own.add(digest)
    if faults:
        raise _Refusal(*faults)
    seen |= own
