"""The audit log as lines of JSON that prove themselves: exported as a stream, verified without the database."""

import json
from collections.abc import AsyncIterator, Iterable, Mapping
from datetime import datetime
from typing import Any, cast

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from shop.audit import AuditLog, audit_rows
from shop.audit_chain import GENESIS, Chain, is_digest
from shop.db import Database
from shop.tables import audit, audit_head, instant
from shop.views import AuditReport

FORMAT = "aisle.audit/1"
_Json = dict[str, Any]


class AuditExport:
    """Writes the log, or what came since a row or a moment, as a head line, a line for each row, and an end line.

    The head line names the row before the first and its hash, the end line the last row, its hash and the keyed seal.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def lines(self, since: int | datetime = 1) -> AsyncIterator[str]:
        """Yield the lines, without their ends; all come from one moment of the books.

        Args:
            since: Number of the first row, or the time from which on rows are wanted.
        """
        async with self._database.reading() as connection:
            before = await _before(connection, since)
            digest = await _digest_of(connection, before)
            yield _line({"format": FORMAT, "after": before, "previous": digest})
            async for row in audit_rows(connection, before):
                yield _line(row)
            head = (await connection.execute(select(audit_head))).mappings().one_or_none()
            end = None if head is None else {name: head[name] for name in ("seq", "hash", "seal")}
            yield _line({"end": end})


def verify_export(lines: Iterable[str], log: AuditLog | None, known: Mapping[int, str] | None = None) -> AuditReport:
    """Read an export line by line and say whether every row in it is as it was written.

    Args:
        lines: Of the file.
        log: Checks the keyed seal of the end; None leaves it out: then a file that was written anew as a whole passes.
        known: Hashes of rows by number, as an anchor kept them.
    """
    numbered = iter(lines)
    begun = _begun(_object(next(numbered, "")))
    if begun is None:
        return Chain().broken("the file does not begin as an export does")
    chain = Chain(*begun, known)
    for text in numbered:
        said = _object(text)
        if said is not None and "end" in said:
            return chain.end(_end_problem(said["end"], chain, log) or _more(numbered))
        report = chain.take(said) if said is not None else chain.broken("the line can't be read")
        if report is not None:
            return report
    return chain.broken("the file has no end")


async def _before(connection: AsyncConnection, since: int | datetime) -> int:
    if isinstance(since, int):
        last = (await connection.execute(select(func.max(audit.c.seq)))).scalar_one() or 0
        return min(max(since - 1, 0), int(last))
    later = select(func.min(audit.c.seq)).where(audit.c.at >= instant(since))
    first = (await connection.execute(later)).scalar_one()
    if first is not None:
        return int(first) - 1
    return int((await connection.execute(select(func.max(audit.c.seq)))).scalar_one() or 0)


async def _digest_of(connection: AsyncConnection, seq: int) -> str:
    if not seq:
        return GENESIS
    found = (await connection.execute(select(audit.c.hash).where(audit.c.seq == seq))).scalar_one_or_none()
    # A log with a hole is exported as it is: its verification names the hole.
    return found if found is not None else GENESIS


def _end_problem(end: object, chain: Chain, log: AuditLog | None) -> str:
    if end is None:
        return "the head and all rows are missing" if chain.seq else ""
    said = cast(_Json, end) if isinstance(end, dict) else {}
    seq = said.get("seq")
    if not isinstance(seq, int) or seq != chain.seq or said.get("hash") != chain.digest:
        more = isinstance(seq, int) and seq > chain.seq
        return "rows are missing at the end" if more else "rows were added at the end"
    if not isinstance(said.get("seal"), str):
        return "the head's seal is wrong"
    return "" if log is None or log.sealed(said) else "the head's seal is wrong"


def _more(rest: Iterable[str]) -> str:
    return "lines follow the end" if any(line.strip() for line in rest) else ""


def _begun(head: _Json | None) -> tuple[int, str] | None:
    """Return after which row an export begins, and that row's hash; None for something else than an export."""
    if head is None or head.get("format") != FORMAT:
        return None
    after, previous = head.get("after"), head.get("previous")
    if not isinstance(after, int) or after < 0 or not isinstance(previous, str) or not is_digest(previous):
        return None
    return (after, previous) if after or previous == GENESIS else None


def _object(text: str) -> _Json | None:
    try:
        found: object = json.loads(text)
    except ValueError:
        return None
    return cast(_Json, found) if isinstance(found, dict) else None


def _line(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
