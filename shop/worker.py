"""Drives an approved purchase to its end without any model: authorise, order, capture; or release what was promised."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from weakref import WeakValueDictionary

from sqlalchemy import RowMapping, bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from policies.errors import Unavailable
from shop.change_quotes import expire_due_changes
from shop.change_worker import ChangeWorker
from shop.context import ShopContext
from shop.home import HomeGate
from shop.payments import (
    CallKind,
    Charge,
    PaymentInFlight,
    PaymentResult,
    PaymentService,
    PaymentUnknown,
    idempotency_key,
)
from shop.review import hold_for_review, refuse_late
from shop.settle import advance, finish_release, place_order, settle_capture, settle_void, store_call
from shop.tables import intents, payment_calls
from shop.transitions import INTENT, UNFINISHED_INTENT, Move, move
from shop.voids import expire_due

_LOG = logging.getLogger(__name__)
_LONGEST_WAIT_S = 60

_DUE = (
    select(intents.c.intent_id)
    .where(intents.c.state.in_(UNFINISHED_INTENT), intents.c.next_try_at <= bindparam("now"))
    .order_by(intents.c.created_at)
)
_INTENT = select(intents).where(intents.c.intent_id == bindparam("intent_id"))
_ANSWERED = (
    update(payment_calls).where(payment_calls.c.idempotency_key == bindparam("key")).values(result=bindparam("answer"))
)

Step = Callable[[RowMapping], Awaitable[bool]]


class Worker:
    """One step at a time, each a transaction; killed anywhere, the next start goes on from the state it finds."""

    def __init__(self, context: ShopContext, payments: PaymentService) -> None:
        self._context = context
        self._payments = payments
        self.changes = ChangeWorker(context, payments, self.drive)
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._steps: dict[str, Step] = {
            "confirmed": self._start_authorising,
            "authorising": self._authorise,
            "reconciling": self._authorise,
            "authorised": self._place,
            "in_review": self._review,
            "placed": self._capture,
            "voiding": self._void,
            "releasing": self._release,
        }

    async def drive(self, intent_id: str | None = None) -> None:
        """Take one purchase, or all that are due, as far as they go now; an unknown outcome is left for later.

        Raises:
            Unavailable: The books can't be asked; nothing is lost, drive again.
        """
        due = [intent_id] if intent_id is not None else await self._due()
        for one in due:
            lock = self._locks.setdefault(one, asyncio.Lock())
            async with lock:
                await self._drive(one)

    async def run(self, stop: asyncio.Event, interval_s: float = 1.0) -> None:
        """Keep driving and ending late quotes until `stop` is set; first of all what a crash left behind."""
        while not stop.is_set():
            try:
                await self.drive()
                await self.changes.drive()
                await expire_due(self._context)
                await expire_due_changes(self._context)
                await HomeGate(self._context).expire_due()
            except Unavailable as error:
                _LOG.warning("purchases wait: %s", error)
            try:
                await asyncio.wait_for(stop.wait(), interval_s)
            except TimeoutError:
                continue

    async def _due(self) -> list[str]:
        async with self._context.database.reading() as connection:
            return list((await connection.execute(_DUE, {"now": self._context.now()})).scalars())

    async def _drive(self, intent_id: str) -> None:
        while True:
            async with self._context.database.reading() as connection:
                row = (await connection.execute(_INTENT, {"intent_id": intent_id})).mappings().one_or_none()
            step = self._steps.get(row["state"]) if row is not None else None
            if row is None or step is None or not await step(row):
                return

    async def _start_authorising(self, row: RowMapping) -> bool:
        return await self._with_call(row, "authorise", "authorising")

    async def _authorise(self, row: RowMapping) -> bool:
        result = await self._ask(row, "authorise", str(row["payment_reference"]))
        if result is None:
            return False
        if result.state == "declined":
            return await self._answered(row, "authorise", "releasing", {})
        values = {"authorised": result.amount, "authorisation_id": result.authorisation_id}
        return await self._answered(row, "authorise", "authorised", values)

    async def _place(self, row: RowMapping) -> bool:
        now = self._context.now()
        async with self._context.database.writing(row["subject"]) as connection:
            if not await hold_for_review(connection, self._context, row, now):
                await place_order(connection, self._context, row, now)
        return True

    async def _review(self, row: RowMapping) -> bool:
        if self._context.now() < row["next_try_at"]:
            return False
        async with self._context.database.writing(row["subject"]) as connection:
            await refuse_late(connection, self._context, row, self._context.now())
        return True

    async def _capture(self, row: RowMapping) -> bool:
        result = await self._ask(row, "capture", str(row["authorisation_id"]))
        if result is None:
            return False
        if result.state == "declined":
            return await self._with_call(row, "void", "voiding", refused="capture")
        async with self._context.database.writing(row["subject"]) as connection:
            await settle_capture(connection, self._context, row, result.amount, self._context.now())
            await _note_result(connection, row, "capture", result.state)
        return True

    async def _void(self, row: RowMapping) -> bool:
        result = await self._ask(row, "void", str(row["authorisation_id"]))
        if result is None:
            return False
        if result.state == "declined":
            try:
                captured = await self._payments.lookup(idempotency_key(row["intent_id"], "capture"))
            except PaymentUnknown as error:
                await self._later(row, str(error))
                return False
            if captured is not None and captured.state == "done":
                return await self._captured_after_all(row, captured)
        async with self._context.database.writing(row["subject"]) as connection:
            await settle_void(connection, self._context, row, result.state, self._context.now())
            await _note_result(connection, row, "void", result.state)
        return True

    async def _captured_after_all(self, row: RowMapping, captured: PaymentResult) -> bool:
        # The capture was under way when the order was cancelled, and came first.
        async with self._context.database.writing(row["subject"]) as connection:
            await settle_capture(connection, self._context, row, captured.amount, self._context.now())
            await _note_result(connection, row, "capture", captured.state)
            await _note_result(connection, row, "void", "declined")
        return True

    async def _release(self, row: RowMapping) -> bool:
        async with self._context.database.writing(row["subject"]) as connection:
            await finish_release(connection, self._context, row, self._context.now())
        return True

    async def _with_call(self, row: RowMapping, kind: CallKind, after: str, refused: CallKind | None = None) -> bool:
        # The key is on disk before the call is made: a crash in between finds it and asks with the same one.
        now = self._context.now()
        async with self._context.database.writing(row["subject"]) as connection:
            if await advance(connection, self._context, row, after, now):
                await store_call(connection, row, kind, now)
                if refused is not None:
                    await _note_result(connection, row, refused, "declined")
        return True

    async def _answered(self, row: RowMapping, kind: CallKind, after: str, values: dict[str, Any]) -> bool:
        async with self._context.database.writing(row["subject"]) as connection:
            wanted = Move(INTENT, row["intent_id"], row["subject"], row["state"], after, values=values)
            if await move(connection, self._context.audit, wanted, self._context.now()):
                await _note_result(connection, row, kind, "declined" if after == "releasing" else "done")
        return True

    async def _ask(self, row: RowMapping, kind: CallKind, instrument: str) -> PaymentResult | None:
        key = idempotency_key(row["intent_id"], kind)
        charge = Charge(key, kind, row["amount"], row["currency"], instrument)
        try:
            # After an unknown outcome the service is asked what became of the key before it is sent again.
            result = await self._payments.lookup(key) if row["attempts"] else None
            result = result or await self._payments.charge(charge)
        except (PaymentUnknown, PaymentInFlight) as error:
            await self._later(row, str(error))
            return None
        if result.state == "done" and result.amount != row["amount"]:
            raise ValueError(f"the payment service answered {kind} with another amount than was asked")
        return result

    async def _later(self, row: RowMapping, reason: str) -> None:
        now = self._context.now()
        attempts = row["attempts"] + 1
        wait = timedelta(seconds=min(2**attempts, _LONGEST_WAIT_S))
        values: dict[str, Any] = {"attempts": attempts, "next_try_at": now + wait}
        async with self._context.database.writing(row["subject"]) as connection:
            if row["state"] == "authorising":
                facts = {"reason": reason}
                wanted = Move(INTENT, row["intent_id"], row["subject"], "authorising", "reconciling", facts, values)
                await move(connection, self._context.audit, wanted, now)
                return
            statement = update(intents).where(intents.c.intent_id == row["intent_id"], intents.c.state == row["state"])
            await connection.execute(statement.values(**values))


async def _note_result(connection: AsyncConnection, row: RowMapping, kind: CallKind, answer: str) -> None:
    await connection.execute(_ANSWERED, {"key": idempotency_key(row["intent_id"], kind), "answer": answer})
