"""Follows the audit log row by row, wherever the rows come from, and says which is the first that is not as written."""

import hashlib
import re
from collections.abc import Mapping
from typing import Any

import rfc8785

from shop.views import AuditReport

GENESIS = "0" * 64
HASHED = ("seq", "at", "subject", "action", "entity", "entity_id", "facts", "policy_digest", "previous")
_DIGEST = re.compile("[0-9a-f]{64}")


def row_hash(row: Mapping[str, Any]) -> str:
    """Return the SHA-256 over all columns of a row but the hash itself, in canonical JSON."""
    return hashlib.sha256(rfc8785.dumps({name: row[name] for name in HASHED})).hexdigest()


class Chain:
    """Takes rows in order; stops at the first that does not follow.

    Args:
        seq: Number of the row before the first one; 0 before the log's first.
        digest: Its hash.
        known: Hashes of rows by number, as somebody outside kept them.
    """

    def __init__(self, seq: int = 0, digest: str = GENESIS, known: Mapping[int, str] | None = None) -> None:
        self.seq = seq
        self.digest = digest
        self._known = known or {}
        self._proven = seq
        self._begun = seq

    def take(self, row: Mapping[str, Any]) -> AuditReport | None:
        """Take the next row; returns the report when it is not what it was, and nothing may follow then."""
        problem = self._problem(row)
        if problem:
            return self.broken(problem)
        self.seq, self.digest = int(row["seq"]), str(row["hash"])
        if self.seq in self._known:
            if self._known[self.seq] != self.digest:
                return self.broken("rows were written anew: the anchor knows others", self._proven + 1)
            self._proven = self.seq
        return None

    def end(self, problem: str = "") -> AuditReport:
        """Return the report after the last row; `problem` is what else is wrong with the end."""
        if problem:
            return self.broken(problem)
        newest = max(self._known, default=0)
        if newest > self.seq:
            return self.broken(f"the anchor knows {newest - self.seq} rows more: this is an older copy")
        return AuditReport(ok=True, rows=self.seq - self._begun)

    def broken(self, problem: str, first_bad: int | None = None) -> AuditReport:
        """Return a report that names the first bad row, by default the one that should come next."""
        return AuditReport(ok=False, rows=self.seq - self._begun, first_bad=first_bad or self.seq + 1, problem=problem)

    def _problem(self, row: Mapping[str, Any]) -> str:
        if row.get("seq") != self.seq + 1 or isinstance(row["seq"], bool):
            return "a row is missing or out of order"
        if row.get("previous") != self.digest:
            return "the row does not follow the one before it"
        try:
            return "" if row_hash(row) == row.get("hash") else "the row was changed"
        except (KeyError, rfc8785.CanonicalizationError):
            # Something else than text stands in a column, or a column is not there.
            return "the row was changed"


def is_digest(text: str) -> bool:
    """Say whether a text has the form of a row's hash."""
    return _DIGEST.fullmatch(text) is not None
