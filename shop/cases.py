"""Cases that wait for a person: opened, added to and withdrawn by their shopper; each step is put into the outbox."""

import json
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BindParameter, RowMapping, bindparam, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from policies.errors import Refused
from policies.principal import Principal
from shop.case_tables import case_deliveries, case_words, cases
from shop.case_views import Case, Reason, Said, Telling
from shop.context import ShopContext

MOST_OPEN = 3
MOST_A_DAY = 10
MOST_WORDS = 20
LONGEST_WORDS = 2_000
# Digits and letters that nobody mistakes for one another when they are read out.
_ALPHABET = "23456789BCDFGHJKMNPQRSTVWXZ"

_SUBJECT: BindParameter[str] = bindparam("whose")
_CASE: BindParameter[str] = bindparam("which")
_MINE = select(cases).where(cases.c.subject == _SUBJECT).order_by(cases.c.opened_at.desc(), cases.c.case_id)
_ONE_OF_MINE = select(cases).where(cases.c.subject == _SUBJECT, cases.c.case_id == _CASE)
_OPEN_IDS = select(cases.c.case_id, cases.c.session_id).where(cases.c.subject == _SUBJECT, cases.c.state == "open")
_SINCE = (
    select(func.count()).select_from(cases).where(cases.c.subject == _SUBJECT, cases.c.opened_at > bindparam("since"))
)
_SAID = select(case_words).where(case_words.c.case_id == _CASE).order_by(case_words.c.position)
_OPENING = select(case_deliveries).where(case_deliveries.c.case_id == _CASE, case_deliveries.c.event == "opened")
_NEW, _NEW_WORDS, _NEW_DELIVERY = insert(cases), insert(case_words), insert(case_deliveries)
_WITHDRAW = (
    update(cases)
    .where(cases.c.case_id == _CASE, cases.c.subject == _SUBJECT, cases.c.state == "open")
    .values(state="withdrawn", changed_at=bindparam("now"))
)
_TOUCH = update(cases).where(cases.c.case_id == _CASE).values(changed_at=bindparam("now"))


class Cases:
    """A shopper's own cases.

    Args:
        context: The books.
        channels: Names of the ways in which the shop's people are told; empty when none is set up.
    """

    def __init__(self, context: ShopContext, channels: Sequence[str]) -> None:
        self._context = context
        self.channels = tuple(channels)

    async def mine(self, p: Principal) -> list[Case]:
        """Return the shopper's cases, newest first."""
        async with self._context.database.reading() as connection:
            rows = (await connection.execute(_MINE, {"whose": p.subject})).mappings().all()
            return [await case_of(connection, row, self.channels) for row in rows]

    async def open(self, p: Principal, reason: Reason, words: str, context: Mapping[str, Any]) -> Case:
        """Open a case; the same words in the same conversation are the case that is already open.

        Raises:
            Refused: "too_many_cases"; nothing was opened.
        """
        now, said = self._context.now(), _kept(words)
        async with self._context.database.writing(p.subject) as connection:
            known = await self._same(connection, p, said)
            if known is not None:
                return known
            await self._require_room(connection, p, now)
            row: dict[str, Any] = {
                "case_id": f"C-{''.join(secrets.choice(_ALPHABET) for _ in range(6))}",
                "subject": p.subject,
                "session_id": p.session_id,
                "reason": reason,
                "state": "open",
                "context": dict(context),
                "note": "",
                "opened_at": now,
                "changed_at": now,
            }
            await connection.execute(_NEW, row)
            await self._say(connection, row["case_id"], 1, said, now)
            return await self._tell(connection, p, row["case_id"], "opened")

    async def add(self, p: Principal, case_id: str, words: str) -> Case:
        """Add the shopper's words to an open case of theirs.

        Raises:
            Refused: "unknown_case", "case_closed" or "case_full"; nothing was added.
        """
        now, said = self._context.now(), _kept(words)
        async with self._context.database.writing(p.subject) as connection:
            row = await _open_one(connection, p, case_id)
            known = (await connection.execute(_SAID, {"which": row["case_id"]})).mappings().all()
            if known and known[-1]["words"] == said:
                return await case_of(connection, row, self.channels)
            if len(known) >= MOST_WORDS:
                raise Refused("case_full", f"Case {row['case_id']} holds as many messages as it can.")
            await self._say(connection, row["case_id"], len(known) + 1, said, now)
            await connection.execute(_TOUCH, {"which": row["case_id"], "now": now})
            return await self._tell(connection, p, row["case_id"], "words")

    async def withdraw(self, p: Principal, case_id: str) -> Case:
        """Withdraw an open case of the shopper's.

        Raises:
            Refused: "unknown_case" or "case_closed"; nothing was changed.
        """
        now = self._context.now()
        async with self._context.database.writing(p.subject) as connection:
            row = await _open_one(connection, p, case_id)
            await connection.execute(_WITHDRAW, {"which": row["case_id"], "whose": p.subject, "now": now})
            return await self._tell(connection, p, row["case_id"], "withdrawn")

    async def _same(self, connection: AsyncConnection, p: Principal, said: str) -> Case | None:
        for row in (await connection.execute(_OPEN_IDS, {"whose": p.subject})).mappings().all():
            if row["session_id"] != p.session_id:
                continue
            words = (await connection.execute(_SAID, {"which": row["case_id"]})).mappings().all()
            if said in [each["words"] for each in words]:
                return await _read(connection, p, row["case_id"], self.channels)
        return None

    async def _require_room(self, connection: AsyncConnection, p: Principal, now: datetime) -> None:
        open_now = (await connection.execute(_OPEN_IDS, {"whose": p.subject})).all()
        if len(open_now) >= MOST_OPEN:
            listed = ", ".join(row.case_id for row in open_now)
            raise Refused(
                "too_many_cases",
                f"You have {len(open_now)} open cases ({listed}). Add to one of them, or withdraw one.",
            )
        since = {"whose": p.subject, "since": now - timedelta(days=1)}
        if (await connection.execute(_SINCE, since)).scalar_one() >= MOST_A_DAY:
            raise Refused("too_many_cases", f"You opened {MOST_A_DAY} cases within a day. Try again tomorrow.")

    async def _say(self, connection: AsyncConnection, case_id: str, position: int, said: str, now: datetime) -> None:
        row = {"case_id": case_id, "position": position, "words": said, "said_at": now}
        await connection.execute(_NEW_WORDS, row)

    async def _tell(self, connection: AsyncConnection, p: Principal, case_id: str, event: str) -> Case:
        """Put a message about the case, as it is now, into the outbox, and return the case."""
        now = self._context.now()
        case = await _read(connection, p, case_id, self.channels)
        delivery_id = f"dlv_{secrets.token_urlsafe(16)}"
        row: dict[str, Any] = {
            "delivery_id": delivery_id,
            "case_id": case_id,
            "event": event,
            "body": json.dumps(_body(delivery_id, event, case), ensure_ascii=False, separators=(",", ":")),
            "state": "waiting",
            "done": [],
            "attempts": 0,
            "problem": "",
            "created_at": now,
            "next_try_at": now,
            "delivered_at": None,
        }
        await connection.execute(_NEW_DELIVERY, row)
        return case


async def case_of(connection: AsyncConnection, row: RowMapping, channels: Sequence[str]) -> Case:
    """Return a case from its row, with its words and whether anybody was told of it."""
    which = {"which": row["case_id"]}
    said = (await connection.execute(_SAID, which)).mappings().all()
    opening = (await connection.execute(_OPENING, which)).mappings().one_or_none()
    return Case(
        **{name: row[name] for name in cases.c.keys()},  # noqa: SIM118  # Columns are no mapping.
        said=tuple(Said(each["words"], each["said_at"]) for each in said),
        told=_telling(opening, channels),
    )


def _telling(opening: RowMapping | None, channels: Sequence[str]) -> Telling:
    if opening is not None and opening["done"]:
        return Telling("delivered", opening["delivered_at"])
    if opening is not None and opening["state"] == "given_up":
        return Telling("failed")
    return Telling("waiting" if channels else "nobody")


async def _read(connection: AsyncConnection, p: Principal, case_id: str, channels: Sequence[str]) -> Case:
    row = (await connection.execute(_ONE_OF_MINE, {"whose": p.subject, "which": case_id})).mappings().one()
    return await case_of(connection, row, channels)


async def _open_one(connection: AsyncConnection, p: Principal, case_id: str) -> RowMapping:
    which = {"whose": p.subject, "which": case_id.strip().upper()}
    row = (await connection.execute(_ONE_OF_MINE, which)).mappings().one_or_none()
    if row is None:
        raise Refused("unknown_case", "There is no such case of yours.")
    if row["state"] != "open":
        raise Refused("case_closed", f"Case {row['case_id']} is {row['state']} already. Open a new one if you need to.")
    return row


def _kept(words: str) -> str:
    return words.strip()[:LONGEST_WORDS].encode("utf-8", "replace").decode().replace("\x00", "?")


def _body(delivery_id: str, event: str, case: Case) -> dict[str, Any]:
    return {
        "delivery_id": delivery_id,
        "event": f"case.{event}",
        "case": {
            "case_id": case.case_id,
            "reason": case.reason,
            "state": case.state,
            "opened_at": case.opened_at.isoformat(),
            "said": [{"words": each.words, "at": each.said_at.isoformat()} for each in case.said],
            "context": dict(case.context),
        },
    }
