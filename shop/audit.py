"""The audit log: append-only, gap-free, hash-chained rows written in the transaction of what they record."""

import hashlib
import hmac
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import rfc8785
from sqlalchemy import Insert, bindparam, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from policies.errors import Unavailable
from shop.audit_chain import GENESIS, HASHED, Chain, row_hash
from shop.change_tables import order_changes
from shop.db import Database, keep_others_out
from shop.tables import audit, audit_head, instant, intents, quotes
from shop.views import AuditReport

_HEAD_ID = 1
_BATCH = 500
_BROKEN = "The audit log's end was changed from outside; run `aisle audit verify`."
_COLUMNS = (*HASHED, "hash")
_END = select(audit_head).with_for_update(key_share=True)
_FIRST_HEAD = insert(audit_head)
_NEXT_HEAD = (
    update(audit_head)
    .where(audit_head.c.head_id == _HEAD_ID)
    .values(seq=bindparam("to_seq"), hash=bindparam("to_hash"), seal=bindparam("to_seal"))
)


@dataclass(frozen=True, slots=True)
class Entry:
    """What happened to one row of the books.

    Args:
        subject: The shopper it concerns; only a keyed pseudonym is written. "" for the shop itself.
        action: E.g. "quote.confirmed".
        entity: Table in the singular: "quote", "intent", "order".
        entity_id: Key of the row.
        facts: JSON-plain, integers and strings; no personal data, no challenge.
    """

    subject: str
    action: str
    entity: str
    entity_id: str
    facts: Mapping[str, Any]


class AuditLog:
    """Appends rows. The head row, sealed with a key that is not in the database, shows a cut or rewritten end."""

    def __init__(self, key: bytes, policy_digest: str) -> None:
        if len(key) < 16:
            raise ValueError("the pseudonym key needs at least 16 bytes")
        self._key = key
        self._policy_digest = policy_digest

    def pseudonym(self, subject: str) -> str:
        """Return the stable stand-in of a shopper; without the key nobody can go back."""
        return hmac.new(self._key, b"subject:" + subject.encode(), hashlib.sha256).hexdigest()[:32] if subject else ""

    def seal(self, seq: int, digest: str) -> str:
        """Return the keyed seal over the last row."""
        return hmac.new(self._key, f"audit-head:{seq}:{digest}".encode(), hashlib.sha256).hexdigest()

    def stamp(self, text: str) -> str:
        """Return the keyed stamp of a line of the anchor."""
        return hmac.new(self._key, f"audit-anchor:{text}".encode(), hashlib.sha256).hexdigest()

    async def append(self, connection: AsyncConnection, entry: Entry, at: datetime) -> None:
        """Add one row within the caller's transaction.

        Raises:
            Unavailable: The end of the log is not as it was sealed; nothing may happen that can't be recorded.
        """
        end = await self._end(connection)
        seq, previous = (0, GENESIS) if end is None else (int(end["seq"]), str(end["hash"]))
        row: dict[str, Any] = {
            "seq": seq + 1,
            "at": instant(at),
            "subject": self.pseudonym(entry.subject),
            "action": entry.action,
            "entity": entry.entity,
            "entity_id": entry.entity_id,
            "facts": rfc8785.dumps(dict(entry.facts)).decode(),
            "policy_digest": self._policy_digest,
            "previous": previous,
        }
        row["hash"] = row_hash(row)
        added = {f"new_{name}": value for name, value in row.items()}
        if (await connection.execute(_APPEND if seq else _APPEND_FIRST, added)).rowcount != 1:
            raise Unavailable(_BROKEN)
        head = {"seq": seq + 1, "hash": row["hash"], "seal": self.seal(seq + 1, row["hash"])}
        if end is None:
            await connection.execute(_FIRST_HEAD, {"head_id": _HEAD_ID, **head})
        else:
            await connection.execute(_NEXT_HEAD, {f"to_{name}": value for name, value in head.items()})

    async def _end(self, connection: AsyncConnection) -> Mapping[Any, Any] | None:
        # Whoever holds the head's row appends; it is asked for last, so that nobody waits for it long.
        end = (await connection.execute(_END)).mappings().one_or_none()
        if end is None:
            # Before the very first row there is nothing to hold.
            await keep_others_out(connection, "audit")
            end = (await connection.execute(_END)).mappings().one_or_none()
        if end is not None and not self.sealed(end):
            raise Unavailable(_BROKEN)
        return end

    def sealed(self, head: Mapping[Any, Any]) -> bool:
        """Say whether the head row carries the right seal."""
        return hmac.compare_digest(self.seal(head["seq"], head["hash"]), head["seal"])


class AuditReader:
    """Reads the whole log: verifies it, exports it."""

    def __init__(self, database: Database, log: AuditLog) -> None:
        self._database = database
        self._log = log

    async def verify(self, known: Mapping[int, str] | None = None) -> AuditReport:
        """Walk the chain and say whether every row is as it was written; `first_bad` is the first that is not.

        Args:
            known: Hashes of rows by number, as an anchor kept them.
        """
        chain = Chain(known=known)
        async with self._database.reading() as connection:
            async for row in audit_rows(connection):
                report = chain.take(row)
                if report is not None:
                    return report
            return chain.end(await self._end_problem(connection, chain.seq, chain.digest))

    async def _end_problem(self, connection: AsyncConnection, seq: int, last_hash: str) -> str:
        head = (await connection.execute(select(audit_head))).mappings().one_or_none()
        if head is None:
            kept = (await connection.execute(select(func.count()).select_from(quotes))).scalar_one()
            return "the head and all rows are missing" if seq or kept else ""
        if not self._log.sealed(head):
            return "the head's seal is wrong"
        if head["seq"] != seq or head["hash"] != last_hash:
            return "rows are missing at the end" if head["seq"] > seq else "rows were added at the end"
        for action, table, what in (("quote", intents, "purchases"), ("change", order_changes, "changes")):
            confirmed = select(func.count()).select_from(audit).where(audit.c.action == f"{action}.confirmed")
            made = select(func.count()).select_from(table)
            pair = [(await connection.execute(query)).scalar_one() for query in (confirmed, made)]
            if pair[0] != pair[1]:
                return f"{what} and approvals in the log differ in number"
        return ""

    async def export(self) -> AsyncIterator[dict[str, Any]]:
        """Yield every row in order, as plain JSON values."""
        async with self._database.reading() as connection:
            async for row in audit_rows(connection):
                yield row


def _appending(*, first: bool) -> Insert:
    # One statement adds the row and makes sure that the one before it is the last and as it was sealed.
    new = {name: bindparam(f"new_{name}", type_=audit.c[name].type) for name in _COLUMNS}
    before = select(audit.c.seq).where(audit.c.seq == new["seq"] - 1, audit.c.hash == new["previous"])
    further = select(audit.c.seq).where(audit.c.seq >= new["seq"])
    values = select(*new.values()).where(~further.exists())
    added = insert(audit).from_select(list(_COLUMNS), values if first else values.where(before.exists()))
    return added.execution_options(preserve_rowcount=True)


_APPEND, _APPEND_FIRST = _appending(first=False), _appending(first=True)


async def audit_rows(connection: AsyncConnection, after: int | None = None) -> AsyncIterator[dict[str, Any]]:
    """Yield rows in order within a transaction; only those that follow number `after`, if given."""
    # Keyed paging instead of a server cursor: the same on every database, flat in memory.
    cursor = after
    while True:
        query = select(audit).order_by(audit.c.seq).limit(_BATCH)
        page = (
            (await connection.execute(query if cursor is None else query.where(audit.c.seq > cursor))).mappings().all()
        )
        for row in page:
            yield dict(row)
        if len(page) < _BATCH:
            return
        cursor = int(page[-1]["seq"])
