"""Tells the shop's people of cases: every message of the outbox to every channel, again until it is taken."""

import asyncio
import json
import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import RowMapping, bindparam, select, update

from policies.errors import Unavailable
from shop.case_tables import case_deliveries
from shop.context import ShopContext

_LOG = logging.getLogger(__name__)
# Seconds until the next try, after each failed one; the last is kept until the message is given up.
_WAITS = (5, 30, 120, 600, 1_800, 3_600, 10_800, 21_600)
MOST_ATTEMPTS = 16
# While somebody sends it, nobody else takes a message; after a crash it is sent again, under the same id.
_LEASE = timedelta(seconds=90)

_DUE = (
    select(case_deliveries.c.delivery_id)
    .where(case_deliveries.c.state == "waiting", case_deliveries.c.next_try_at <= bindparam("now"))
    .order_by(case_deliveries.c.created_at)
    .limit(50)
)
_ONE = select(case_deliveries).where(case_deliveries.c.delivery_id == bindparam("which"))
_TAKE = (
    update(case_deliveries)
    .where(
        case_deliveries.c.delivery_id == bindparam("which"),
        case_deliveries.c.state == "waiting",
        case_deliveries.c.next_try_at <= bindparam("now"),
    )
    .values(next_try_at=bindparam("until"), attempts=case_deliveries.c.attempts + 1)
)
_SETTLE = (
    update(case_deliveries)
    .where(case_deliveries.c.delivery_id == bindparam("which"), case_deliveries.c.state == "waiting")
    .values(
        done=bindparam("by"),
        state=bindparam("then"),
        problem=bindparam("why"),
        next_try_at=bindparam("again_at"),
        delivered_at=bindparam("taken_at"),
    )
)


class NotTaken(Exception):
    """A channel did not take a message; the text names no address and no secret.

    Args:
        text: Why, e.g. "it answered 503".
        final: Whether trying again is of no use.
    """

    def __init__(self, text: str, *, final: bool = False) -> None:
        self.final = final
        super().__init__(text)


class Channel(Protocol):
    """A way to tell the shop's people."""

    @property
    def name(self) -> str:
        """What it is called in the outbox."""
        ...

    async def send(self, delivery_id: str, message: dict[str, Any], body: str) -> None:
        """Hand over one message; taken means that the other side said so.

        Raises:
            NotTaken: It was not taken, or nobody knows.
        """
        ...

    async def aclose(self) -> None:
        """Let go of connections."""
        ...


class CaseWorker:
    """Sends what is due; killed anywhere, the next start sends the rest, each under the id it had."""

    def __init__(self, context: ShopContext, channels: Sequence[Channel]) -> None:
        self._context = context
        self._channels = channels

    async def drive(self) -> None:
        """Send everything that is due now; without a channel it stays where it is.

        Raises:
            Unavailable: The books can't be asked.
        """
        if not self._channels:
            return
        async with self._context.database.reading() as connection:
            due = list((await connection.execute(_DUE, {"now": self._context.now()})).scalars())
        for delivery_id in due:
            row = await self._take(delivery_id)
            if row is not None:
                await self._send(row)

    async def run(self, interval_s: float = 1.0) -> None:
        """Keep sending until cancelled, then close the channels."""
        try:
            while True:
                try:
                    await self.drive()
                except Unavailable as error:
                    _LOG.warning("messages about cases wait: %s", error)
                await asyncio.sleep(interval_s)
        finally:
            for channel in self._channels:
                await channel.aclose()

    async def _take(self, delivery_id: str) -> RowMapping | None:
        """Return a message that is now ours to send, None when somebody else has it."""
        now = self._context.now()
        async with self._context.database.writing("cases") as connection:
            values = {"which": delivery_id, "now": now, "until": now + _LEASE}
            if not (await connection.execute(_TAKE, values)).rowcount:
                return None
            return (await connection.execute(_ONE, {"which": delivery_id})).mappings().one()

    async def _send(self, row: RowMapping) -> None:
        done, problems, final = list[str](row["done"]), list[str](), True
        for channel in self._channels:
            if channel.name in done:
                continue
            try:
                await channel.send(row["delivery_id"], json.loads(row["body"]), row["body"])
                done.append(channel.name)
            except NotTaken as failure:
                _LOG.warning("%s did not take message %s: %s", channel.name, row["delivery_id"], failure)
                problems.append(f"{channel.name}: {failure}")
                final = final and failure.final
        over = final or row["attempts"] >= MOST_ATTEMPTS
        state = "delivered" if not problems else "given_up" if over else "waiting"
        await self._settle(row, done, state, "; ".join(problems))

    async def _settle(self, row: RowMapping, done: list[str], state: str, problem: str) -> None:
        now = self._context.now()
        values = {
            "which": row["delivery_id"],
            "by": done,
            "then": state,
            "why": problem,
            "again_at": _again(row["attempts"], now),
            "taken_at": (row["delivered_at"] or now) if done else None,
        }
        async with self._context.database.writing("cases") as connection:
            await connection.execute(_SETTLE, values)


def _again(attempts: int, now: datetime) -> datetime:
    return now + timedelta(seconds=_WAITS[min(max(attempts, 1), len(_WAITS)) - 1])
