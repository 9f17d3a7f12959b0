"""Reads a whole feed of any format into our own, checked and cleaned, before any of it reaches the shop."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from itertools import chain, islice
from pathlib import Path

from pydantic import BaseModel

from policies.errors import SettingsError
from retrieval.feeds.amounts import decimal_mark
from retrieval.feeds.assemble import Built, assemble
from retrieval.feeds.buying import Terms
from retrieval.feeds.clean import clean_entry
from retrieval.feeds.detect import Format, detect, feed_rows
from retrieval.feeds.fields import FIELDS
from retrieval.feeds.grouping import Groups
from retrieval.feeds.jsonl import Row, feed_line, own_rows
from retrieval.feeds.listing import Listing, listings
from retrieval.feeds.options import FeedOptions
from retrieval.feeds.record import Broken, Record, folded
from retrieval.feeds.seen import SeenNames
from retrieval.feeds.tally import Fault, Place, Problem, ProblemFile, Refusal, Tally
from retrieval.feeds.woocommerce import woocommerce_listing
from retrieval.product import CatalogueEntry, Offer

_LAYOUT = "1"  # raise when the same feed would be read differently
_ENTRIES, _PROBLEMS, _DONE = "entries.jsonl", "problems.csv", "staged.json"
_SAMPLED = 300
_STEP = 500

Step = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Reading:
    """A feed to be read.

    Args:
        path: Where it lies.
        format: What it is.
        options: What the operator says of it.
        now: Decides whether dated sales are on.
        scratch: A folder to put rows down in; made and removed.
        photos: The shop's own pictures, which the feed may name by file.
    """

    path: Path
    format: Format
    options: FeedOptions
    now: datetime
    scratch: Path
    photos: Path | None = None


class Staged(BaseModel):
    """A feed that was read whole: where it lies in our own format, and what became of its rows.

    `rows` = `kept` + `left_out`. `notes` counts what was left out of rows that are in.
    """

    folder: Path
    format: str
    rows: int
    kept: int
    left_out: int
    notes: int
    products: int
    variants: int
    first_problems: list[Problem]

    @property
    def entries(self) -> Path:
        """The feed in our own format."""
        return self.folder / _ENTRIES

    @property
    def problems(self) -> Path:
        """All problems as CSV."""
        return self.folder / _PROBLEMS


def feed_key(path: Path, options: FeedOptions, photos: Path | None = None) -> str:
    """Return 16 hex digits that depend on a feed's bytes and on how it is read."""
    digest = sha256(f"{_LAYOUT} {options.model_dump_json()}{f' {photos}' if photos else ''}\n".encode())
    try:
        with path.open("rb") as file:
            while chunk := file.read(1 << 20):
                digest.update(chunk)
    except OSError as problem:
        raise SettingsError(f"The feed {path} cannot be read ({problem.strerror}); check the path.") from problem
    return digest.hexdigest()[:16]


def stage(
    path: Path,
    options: FeedOptions,
    folder: Path,
    now: datetime,
    step: Step = lambda _: None,
    photos: Path | None = None,
) -> Staged:
    """Read a feed into `folder`; one that was read whole before is returned as it is. Blocks.

    Args:
        path: The feed.
        options: How to read it.
        folder: For this feed's key alone.
        now: Decides whether dated sales are on.
        step: Told the number of rows read, now and then; what it raises ends the reading.
        photos: The shop's own pictures, which the feed may name by file.

    Raises:
        SettingsError: The feed cannot be read at all.
    """
    done = folder / _DONE
    if done.exists():
        return Staged.model_validate_json(done.read_text(encoding="utf-8"))
    folder.mkdir(parents=True, exist_ok=True)
    found = detect(path, options)
    with ProblemFile(folder / _PROBLEMS) as problems, (folder / _ENTRIES).open("w", encoding="utf-8") as file:
        tally = Tally(problems)
        products = variants = 0
        reading = Reading(path, found, options, now, folder / "groups", photos)
        for row in checked_rows(reading, tally, step):
            file.write(feed_line(row))
            if isinstance(row, CatalogueEntry):
                products, variants = products + 1, variants + len(row.offers)
        file.flush()
        os.fsync(file.fileno())
        staged = Staged(
            folder=folder,
            format=found.dialect if found.dialect == found.container else f"{found.dialect} {found.container}",
            rows=tally.rows,
            kept=tally.kept,
            left_out=tally.left_out,
            notes=tally.notes,
            products=products,
            variants=variants,
            first_problems=list(problems.first),
        )
    draft = done.with_suffix(".part")
    draft.write_text(staged.model_dump_json(), encoding="utf-8")
    draft.replace(done)
    return staged


def checked_rows(reading: Reading, tally: Tally, step: Step = lambda _: None) -> Iterator[Row]:
    """Yield what a shop may have of a feed, cleaned and without doubles; every row is kept or left out in `tally`.

    Raises:
        SettingsError: The feed cannot be read at all.
    """
    if reading.format.container == "own":
        yield from _own(reading.path, reading.photos, tally, step)
        return
    seen = SeenNames()
    for built in _built(reading, tally, step):
        entry = _entry(built, reading.photos, seen, tally)
        if entry is not None:
            yield entry


def _own(path: Path, photos: Path | None, tally: Tally, step: Step) -> Iterator[Row]:
    for place, row in own_rows(path, tally):
        if tally.rows % _STEP == 0:
            step(tally.rows)
        if isinstance(row, CatalogueEntry):
            place = Place(place.line, place.last, row.product.product_id)
            try:
                row, notes = clean_entry(row, photos)
            except Refusal as refusal:
                tally.leave_out(place, *refusal.faults)
                continue
            tally.note(place, *notes)
        tally.keep(place)
        yield row


def _built(reading: Reading, tally: Tally, step: Step) -> Iterator[Built]:
    """Yield the products of a foreign feed: all rows are put down first, then taken up by product."""
    rows = _listings(reading, tally)
    sample = list(islice(rows, _SAMPLED))
    options = reading.options
    mark = decimal_mark(_prices(sample)) if options.decimal == "auto" else options.decimal
    terms = Terms(options, mark, reading.now)
    with Groups(reading.scratch, reading.path.stat().st_size) as groups:
        for count, row in enumerate(chain(sample, rows), start=1):
            groups.add(row)
            if count % _STEP == 0:
                step(count)
        for group in groups.take():
            yield from assemble(group, terms, tally)


def _prices(rows: list[Listing]) -> Iterator[str]:
    for row in rows:
        yield from (row.values[name] for name in ("price", "sale_price", "list_price") if name in row.values)


def _listings(reading: Reading, tally: Tally) -> Iterator[Listing]:
    """Yield the rows in our terms; each is counted, what cannot be read is left out."""
    named = False
    for row in feed_rows(reading.path, reading.format, reading.options):
        if isinstance(row, Broken):
            tally.rows += 1
            tally.leave_out(row.place, row.fault)
            continue
        for listing in listings(row, reading.options):
            if not named:
                _demand_columns(row, listing, reading.format)
                named = True
            tally.rows += 1
            try:
                yield woocommerce_listing(row, listing) if reading.format.dialect == "woocommerce" else listing
            except Refusal as refusal:
                tally.leave_out(listing.place, *refusal.faults)


def _demand_columns(row: Record, listing: Listing, found: Format) -> None:
    """Refuse a table of which we know no column that could name a product: a mapping is missing, not every row."""
    if (
        found.container == "table"
        and not listing.values.keys() & {"title", "group_title"}
        and not any(folded(name) in FIELDS["title"] for name in row.values)
    ):
        columns = ", ".join(list(row.values)[:30])
        raise SettingsError(
            f"No column of the feed is known as the title. Say which is: --map title=COLUMN. Its columns: {columns}."
        )


def _entry(built: Built, photos: Path | None, seen: SeenNames, tally: Tally) -> CatalogueEntry | None:
    """Return the product as it goes in, or None when none of its rows does."""
    product_id = built.entry.product.product_id
    try:
        entry, notes = clean_entry(built.entry, photos)
        if f"product {product_id}" in seen:
            raise Refusal(("id", f"product {product_id} came before"))
    except Refusal as refusal:
        for row in built.rows:
            tally.leave_out(row.place, *refusal.faults)
        return None
    offers, left = _first_of_each(built, entry, seen)
    for row in left:
        tally.leave_out(row.place, ("id", f"variant {row.values.get('id', '')} came before"))
    if not offers:
        return None
    seen.add(f"product {product_id}")
    _keep(built, left, notes, tally)
    return entry.model_copy(update={"offers": tuple(offers)})


def _keep(built: Built, left: list[Listing], notes: list[Fault], tally: Tally) -> None:
    for row in built.rows:
        if row not in left:
            tally.keep(row.place)
    for row, fault in built.notes:
        tally.note(row.place, fault)
    tally.note(built.rows[0].place, *notes)


def _first_of_each(built: Built, entry: CatalogueEntry, seen: SeenNames) -> tuple[list[Offer], list[Listing]]:
    """Return the offers whose ids are new, and the rows of the others: all rows when none is new."""
    offers: list[Offer] = []
    left: list[Listing] = []
    for offer, row in zip(entry.offers, built.variants, strict=True):
        if seen.add(f"variant {offer.variant_id}"):
            offers.append(offer)
        else:
            left.append(row)
    return offers, left if offers else list(built.rows)
