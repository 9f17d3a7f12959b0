"""What somebody with the database in hand can do to the audit log, each with the first row that must be named."""

from collections.abc import Generator, Mapping
from dataclasses import dataclass
from typing import Any

from evals.gate.place import Row
from shop.audit import AuditLog
from shop.audit_chain import GENESIS, HASHED, row_hash

COLUMNS = (*HASHED, "hash")
HEAD = ("seq", "hash", "seal")


@dataclass(frozen=True, slots=True)
class Log:
    """All rows of a log in order, and its head."""

    rows: tuple[Row, ...]
    head: Row


@dataclass(frozen=True, slots=True)
class Trick:
    """One change of a log.

    Args:
        kind: What was done, as the table of results names it.
        log: The log afterwards.
        first_bad: The row that a verification has to name.
        anchored: Only the anchor can show it.
    """

    kind: str
    log: Log
    first_bad: int
    anchored: bool = False


def anchor_of(log: Log) -> Mapping[int, str]:
    """Return what an anchor knows that was written three times."""
    last = len(log.rows)
    return {seq: str(log.rows[seq - 1]["hash"]) for seq in (last // 3, 2 * last // 3, last)}


def tricks(log: Log, sealer: AuditLog) -> Generator[Trick]:
    """Yield every trick at every row; `sealer` is the shop's own log, for those that hold its key."""
    for at in range(len(log.rows)):
        for trick in (_flips, _moved, _inserted, _cut, _rewritten):
            yield from trick(log, sealer, at)
    for name in HEAD:
        yield Trick(f"head: {name} changed", Log(log.rows, {**log.head, name: _flip(log.head[name])}), _after(log))


def _flips(log: Log, _: AuditLog, at: int) -> Generator[Trick]:
    for name in COLUMNS:
        changed = {**log.rows[at], name: _flip(log.rows[at][name])}
        # A row whose number is another stands elsewhere, and is missing where it was.
        rows = sorted((*log.rows[:at], changed, *log.rows[at + 1 :]), key=lambda row: int(row["seq"]))
        yield Trick(f"row: {name} changed", Log(tuple(rows), log.head), at + 1)


def _moved(log: Log, _: AuditLog, at: int) -> Generator[Trick]:
    rows = log.rows
    yield Trick("row deleted", Log((*rows[:at], *rows[at + 1 :]), log.head), at + 1)
    closed = [{**row, "seq": row["seq"] - 1} for row in rows[at + 1 :]]
    yield Trick("row deleted, gap closed", Log((*rows[:at], *closed), log.head), at + 1)
    if at + 1 < len(rows):
        pair = ({**rows[at + 1], "seq": at + 1}, {**rows[at], "seq": at + 2})
        yield Trick("two rows change places", Log((*rows[:at], *pair, *rows[at + 2 :]), log.head), at + 1)


def _inserted(log: Log, _: AuditLog, at: int) -> Generator[Trick]:
    before = log.rows[at]
    forged = {**before, "seq": at + 2, "previous": before["hash"], "action": "quote.confirmed"}
    forged["hash"] = row_hash(forged)
    later = [{**row, "seq": row["seq"] + 1} for row in log.rows[at + 1 :]]
    # What is put in follows what is before it; the row after it no longer does.
    yield Trick("row inserted", Log((*log.rows[: at + 1], forged, *later), log.head), at + 3)


def _cut(log: Log, sealer: AuditLog, at: int) -> Generator[Trick]:
    rows = log.rows[:at]
    end = {**log.head, "seq": at, "hash": rows[-1]["hash"] if rows else GENESIS}
    yield Trick("end cut off", Log(rows, log.head), at + 1)
    yield Trick("end cut off, head moved", Log(rows, end), at + 1)
    if at:
        older = {**end, "seal": sealer.seal(at, str(end["hash"]))}
        yield Trick("older copy of everything", Log(rows, older), at + 1, anchored=True)


def _rewritten(log: Log, sealer: AuditLog, at: int) -> Generator[Trick]:
    rows, digest = list(log.rows[:at]), str(log.rows[at]["previous"])
    for row in log.rows[at:]:
        anew = {**row, "subject": "nobody", "previous": digest}
        digest = anew["hash"] = row_hash(anew)
        rows.append(anew)
    end = {**log.head, "hash": digest}
    yield Trick("rewritten from a row on", Log(tuple(rows), end), _after(log))
    sealed = {**end, "seal": sealer.seal(len(rows), digest)}
    proven = max((seq for seq in anchor_of(log) if seq <= at), default=0)
    yield Trick("rewritten with the key", Log(tuple(rows), sealed), proven + 1, anchored=True)


def _after(log: Log) -> int:
    return len(log.rows) + 1


def _flip(value: object) -> Any:
    if isinstance(value, int):
        return value + 1_000_000
    text = str(value)
    return f"{text[:-1]}{'0' if text[-1:] != '0' else '1'}"
