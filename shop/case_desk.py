"""The operator's side of cases: the list, one with everything about it, and closing it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select, update

from policies.errors import Refused
from shop.case_tables import case_deliveries, cases
from shop.case_views import Case, CaseState, Delivery
from shop.cases import LONGEST_WORDS, case_of
from shop.context import ShopContext

_ALL = select(cases).order_by(cases.c.opened_at, cases.c.case_id).limit(bindparam("most"))
_IN_STATE = _ALL.where(cases.c.state == bindparam("state"))
_ONE = select(cases).where(cases.c.case_id == bindparam("which"))
_DELIVERIES = (
    select(case_deliveries)
    .where(case_deliveries.c.case_id == bindparam("which"))
    .order_by(case_deliveries.c.created_at, case_deliveries.c.delivery_id)
)
_CLOSE = (
    update(cases)
    .where(cases.c.case_id == bindparam("which"), cases.c.state == "open")
    .values(state="closed", note=bindparam("why"), changed_at=bindparam("now"))
)


@dataclass(frozen=True, slots=True)
class CaseFile:
    """A case with the messages that were sent about it."""

    case: Case
    deliveries: tuple[Delivery, ...]


class CaseDesk:
    """Reads and closes anybody's cases; for the operator only."""

    def __init__(self, context: ShopContext, channels: Sequence[str]) -> None:
        self._context = context
        self._channels = tuple(channels)

    async def list(self, state: CaseState | None = "open", most: int = 200) -> list[Case]:
        """Return cases in a state, or all, oldest first."""
        query, values = (_ALL, {}) if state is None else (_IN_STATE, {"state": state})
        async with self._context.database.reading() as connection:
            rows = (await connection.execute(query, {"most": most, **values})).mappings().all()
            return [await case_of(connection, row, self._channels) for row in rows]

    async def read(self, case_id: str) -> CaseFile | None:
        """Return one case with its messages, None when there is none."""
        which = {"which": case_id.strip().upper()}
        async with self._context.database.reading() as connection:
            row = (await connection.execute(_ONE, which)).mappings().one_or_none()
            if row is None:
                return None
            sent = (await connection.execute(_DELIVERIES, which)).mappings().all()
            return CaseFile(await case_of(connection, row, self._channels), tuple(_delivery(each) for each in sent))

    async def close(self, case_id: str, note: str) -> None:
        """Close an open case with a note that its shopper reads.

        Raises:
            Refused: "unknown_case" or "case_closed"; nothing was changed.
        """
        which = case_id.strip().upper()
        values: dict[str, Any] = {"which": which, "why": note.strip()[:LONGEST_WORDS], "now": self._context.now()}
        async with self._context.database.writing() as connection:
            if (await connection.execute(_CLOSE, values)).rowcount:
                return
            known = (await connection.execute(_ONE, {"which": which})).mappings().one_or_none()
        if known is None:
            raise Refused("unknown_case", f"There is no case {which}.")
        raise Refused("case_closed", f"Case {which} is {known['state']} already.")


def _delivery(row: Any) -> Delivery:
    names = ("delivery_id", "event", "state", "attempts", "problem", "next_try_at", "delivered_at")
    return Delivery(**{name: row[name] for name in names}, done=tuple(row["done"]))
