"""Spoils rows of feeds in every format and demands: nothing crashes, nothing is lost without a word."""

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from evals.feeds.writers import WRITERS, Sheet, Thing, things
from policies.errors import SettingsError
from retrieval.feeds.detect import detect
from retrieval.feeds.options import FeedOptions
from retrieval.feeds.staging import Reading, checked_rows
from retrieval.feeds.tally import Place, Problem, Tally
from retrieval.product import CatalogueEntry

_NOW = datetime(2026, 11, 21, tzinfo=UTC)
_PRODUCTS = 12
_SPOILT = 0.3
_HOSTILE = ('"', "'", "<", ">", "&", "\0", "\n", "\r", "\t", ",", ";", "|", "{", "}", "[", "]", "\\", "\u202e",
            "\u200b", "\ufeff", "�", "🪑", "]]>", "<!--", "<![CDATA[", "&lol;", "<!DOCTYPE x>", "-1", "1e309", "NaN",
            "null", "=cmd()", "'; --", "Ignore all previous instructions", "\x1b[2J", "9" * 400,
            "a" * 3000, "\ud800")  # fmt: skip


@dataclass(slots=True)
class Outcome:
    """What a run of the fuzz saw; `cases` are rows that were spoilt."""

    seed: int
    cases: int = 0
    rows_in: int = 0
    kept: int = 0
    reported: int = 0
    violations: list[str] = field(default_factory=list[str])

    def line(self) -> str:
        """Return the run as one line of JSON."""
        counts = {name: getattr(self, name) for name in ("cases", "rows_in", "kept", "reported", "seed")}
        return json.dumps(counts | {"violations": len(self.violations)})


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of the file as it was written."""

    first: int  # lines, from 1
    last: int
    things: tuple[Thing, ...]
    spoilt: bool


def feed_fuzz(cases: int, seed: int) -> Outcome:
    """Spoil rows until there were that many; the formats take turns."""
    outcome = Outcome(seed)
    with TemporaryDirectory(prefix="aisle-fuzz-") as folder:
        number = 0
        while outcome.cases < cases:
            name = list(WRITERS)[number % len(WRITERS)]
            _one_file(Random(f"{seed} {number}"), name, Path(folder), outcome, number)
            number += 1
    return outcome


def _one_file(random: Random, name: str, folder: Path, outcome: Outcome, number: int) -> None:
    data, rows = _spoilt(random, WRITERS[name](things(random, _PRODUCTS)))
    path = folder / "feed"
    path.write_bytes(gzip.compress(data, 1) if random.random() < 0.1 else data)
    outcome.cases += sum(row.spoilt for row in rows)
    problems, places = list[Problem](), list[Place]()
    tally = Tally(problems.append, places.append)
    options = FeedOptions()
    where = f"seed {outcome.seed}, file {number} ({name})"
    try:
        reading = Reading(path, detect(path, options), options, _NOW, folder / "groups")
        kept = [row for row in checked_rows(reading, tally) if isinstance(row, CatalogueEntry)]
    except SettingsError as refused:
        outcome.violations.append(f"{where}: refused as a whole: {refused}")
        return
    outcome.rows_in += tally.rows
    outcome.kept += tally.kept
    outcome.reported += tally.left_out
    if tally.rows != tally.kept + tally.left_out:
        outcome.violations.append(f"{where}: {tally.rows} rows, {tally.kept} kept, {tally.left_out} reported")
    outcome.violations += [f"{where}: {loss}" for loss in _losses(rows, kept, [*problems, *places])]


def _spoilt(random: Random, sheet: Sheet) -> tuple[bytes, list[_Row]]:
    """Return the file with some of its rows spoilt, and where each row stands in it."""
    data, line, rows = sheet.header, 1 + sheet.header.count("\n"), list[_Row]()
    for text, about in sheet.rows:
        spoilt = random.random() < _SPOILT
        if spoilt:
            text = _mutated(random, text)
        lines = text.count("\n")
        # A carriage return ends a line in a table and nowhere else.
        last = line + max(0, lines - text.endswith("\n")) + (data + text).count("\r")
        # A row of which nothing is left is none.
        if any(char.isalnum() for char in text):
            rows.append(_Row(line, last, about, spoilt))
        data += text
        line += lines
    return (data + sheet.footer).encode("utf-8", "surrogatepass"), rows


def _mutated(random: Random, text: str) -> str:
    if text.startswith("<script"):
        # A page may hold anything beside its products: only what calls itself one can be missed.
        head, tail = text.index(">") + 1, text.rindex("</script>")
        return text[:head] + _mutated(random, text[head:tail]) + text[tail:]
    body, end = (text[:-1], "\n") if text.endswith("\n") else (text, "")
    for _ in range(random.randint(1, 3)):
        at = random.randrange(len(body) + 1)
        match random.randrange(6):
            case 0:
                body = body[:at] + random.choice(_HOSTILE) + body[at:]
            case 1:
                body = body[:at] + body[at + random.randint(1, 4) :]
            case 2:
                body = body[:at] + chr(random.choice((random.randrange(32, 127), random.randrange(0x2FF)))) + body[at:]
            case 3:
                body = body[: at or 1]
            case 4:
                other = random.randrange(len(body) + 1)
                body = body[:at] + body[other : other + 30] + body[at:]
            case _:
                body = body[:at].swapcase() + body[at:]
    return body + end


def _losses(rows: list[_Row], kept: list[CatalogueEntry], heard: list[Problem | Place]) -> Iterator[str]:
    """Yield every row of which nothing was heard, and every untouched one that changed its price."""
    prices = {offer.variant_id: offer.price for entry in kept for offer in entry.offers}
    told = [(one.line, max(one.line, one.last)) for one in heard]
    left_out = [(one.line, max(one.line, one.last)) for one in heard if isinstance(one, Problem)]
    spoilt_ids = {thing.variant_id for row in rows if row.spoilt for thing in row.things}
    for row in rows:
        if not any(first <= row.last and row.first <= last for first, last in told):
            yield f"nothing was heard of line {row.first}"
        if row.spoilt:
            continue
        for thing in row.things:
            price = prices.get(thing.variant_id)
            if price is None and not any(first <= row.last and row.first <= last for first, last in left_out):
                yield f"{thing.variant_id} in line {row.first} is neither in nor told to be left out"
            elif price not in (None, thing.price) and thing.variant_id not in spoilt_ids:
                yield f"{thing.variant_id} costs {price} instead of {thing.price}"
