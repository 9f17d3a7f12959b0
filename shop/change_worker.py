"""Drives approved changes of orders to their end without any model: void, refund, authorise, capture."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Any
from weakref import WeakValueDictionary

from sqlalchemy import RowMapping, select, update

from shop.change_steps import Steps
from shop.change_tables import change_calls, order_changes
from shop.context import ShopContext
from shop.payments import Charge, PaymentInFlight, PaymentResult, PaymentService, PaymentUnknown
from shop.tables import intents, orders
from shop.transitions import CHANGE, Move, move

_LONGEST_WAIT_S = 60

Step = Callable[[RowMapping], Awaitable[bool]]
Settle = Callable[[Steps, RowMapping, RowMapping, PaymentResult], Awaitable[None]]


class ChangeWorker:
    """One step at a time, each a transaction; killed anywhere, the next start goes on from the state it finds.

    Args:
        context: The shop.
        payments: Moves the money.
        drive_purchase: Takes the purchase of an order as far as it goes now, by its intent's id.
    """

    def __init__(
        self, context: ShopContext, payments: PaymentService, drive_purchase: Callable[[str], Awaitable[None]]
    ) -> None:
        self._context = context
        self._payments = payments
        self._drive_purchase = drive_purchase
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._steps: dict[str, Step] = {
            "voiding": self._void,
            "authorising": self._authorise,
            "reconciling": self._authorise,
            "capturing": self._capture,
            "letting_go": self._let_go,
            "received": self._received,
            "refunding": self._refund,
        }

    async def drive(self, change_id: str | None = None) -> None:
        """Take one change, or all that are due, as far as they go now; an unknown outcome is left for later.

        Raises:
            Unavailable: The books can't be asked; nothing is lost, drive again.
        """
        for one in [change_id] if change_id is not None else await self._waiting(due=True):
            lock = self._locks.setdefault(one, asyncio.Lock())
            async with lock:
                await self._drive(one)

    async def recover(self) -> None:
        """Drive what was left unfinished, due or not."""
        for one in await self._waiting(due=False):
            await self.drive(one)

    async def _waiting(self, *, due: bool) -> list[str]:
        query = select(order_changes.c.change_id).where(order_changes.c.state.in_(self._steps))
        if due:
            query = query.where(order_changes.c.next_try_at <= self._context.now())
        async with self._context.database.reading() as connection:
            return list((await connection.execute(query.order_by(order_changes.c.created_at))).scalars())

    async def _drive(self, change_id: str) -> None:
        while True:
            row = await self._read(change_id)
            step = self._steps.get(row["state"]) if row is not None else None
            if row is None or step is None or not await step(row):
                return

    async def _read(self, change_id: str) -> RowMapping | None:
        """Read a change, with the state of its order and of the purchase the order came of."""
        query = (
            select(order_changes, orders.c.state.label("order_state"), orders.c.intent_id)
            .join(orders, orders.c.order_id == order_changes.c.order_id)
            .where(order_changes.c.change_id == change_id)
        )
        async with self._context.database.reading() as connection:
            return (await connection.execute(query)).mappings().one_or_none()

    async def _void(self, row: RowMapping) -> bool:
        await self._drive_purchase(row["intent_id"])
        query = select(intents.c.state).where(intents.c.intent_id == row["intent_id"])
        async with self._context.database.reading() as connection:
            state = (await connection.execute(query)).scalar_one()
        if state not in ("closed", "captured"):
            await self._later(row, "the payment is still being let go")
            return False
        async with self._context.database.writing(row["subject"]) as connection:
            fresh = await _locked(connection, row)
            if fresh is None:
                return True
            steps = Steps(connection, self._context, self._context.now())
            if state == "closed":
                await steps.finish(fresh, await steps.held(fresh))
            else:
                await steps.captured_after_all(fresh)
        return True

    async def _authorise(self, row: RowMapping) -> bool:
        async def settle(steps: Steps, fresh: RowMapping, call: RowMapping, result: PaymentResult) -> None:
            if result.state == "declined":
                await steps.failed(fresh, call, "declined")
            else:
                await steps.authorised(fresh, call, result.authorisation_id)

        return await self._asked(row, ("authorise",), settle)

    async def _capture(self, row: RowMapping) -> bool:
        async def settle(steps: Steps, fresh: RowMapping, call: RowMapping, result: PaymentResult) -> None:
            await (steps.capture_refused if result.state == "declined" else steps.captured)(fresh, call)

        return await self._asked(row, ("capture",), settle)

    async def _let_go(self, row: RowMapping) -> bool:
        async def settle(steps: Steps, fresh: RowMapping, call: RowMapping, result: PaymentResult) -> None:
            # A service that declines to void has nothing left to void.
            await steps.failed(fresh, call, result.state)

        return await self._asked(row, ("void",), settle)

    async def _refund(self, row: RowMapping) -> bool:
        async def settle(steps: Steps, fresh: RowMapping, call: RowMapping, result: PaymentResult) -> None:
            await (steps.refund_refused if result.state == "declined" else steps.paid_back)(fresh, call)

        return await self._asked(row, ("refund", "credit"), settle)

    async def _received(self, row: RowMapping) -> bool:
        if row["order_state"] == "disputed":
            await self._later(row, "disputed")
            return False
        async with self._context.database.writing(row["subject"]) as connection:
            fresh = await _locked(connection, row)
            if fresh is not None:
                steps = Steps(connection, self._context, self._context.now())
                await steps.pay_back(fresh, await steps.held(fresh))
        return True

    async def _asked(self, row: RowMapping, kinds: Sequence[str], settle: Settle) -> bool:
        """Make the next call of these kinds that has no answer yet, and settle its answer."""
        open_calls = (
            select(change_calls)
            .where(
                change_calls.c.change_id == row["change_id"],
                change_calls.c.kind.in_(kinds),
                change_calls.c.result.is_(None),
            )
            .order_by(change_calls.c.idempotency_key)
            .limit(1)
        )
        async with self._context.database.reading() as connection:
            call = (await connection.execute(open_calls)).mappings().one_or_none()
        if call is None:
            return False
        result = await self._ask(row, call)
        if result is None:
            return False
        async with self._context.database.writing(row["subject"]) as connection:
            fresh = await _locked(connection, row)
            unanswered = select(change_calls.c.result).where(change_calls.c.idempotency_key == call["idempotency_key"])
            if fresh is not None and (await connection.execute(unanswered)).scalar_one() is None:
                await settle(Steps(connection, self._context, self._context.now()), fresh, call, result)
        return True

    async def _ask(self, row: RowMapping, call: RowMapping) -> PaymentResult | None:
        frozen = row["order_state"] == "disputed"
        charge = Charge(call["idempotency_key"], call["kind"], call["amount"], row["currency"], str(call["instrument"]))
        try:
            # After an unknown outcome the service is asked what became of the key before it is sent again. Of a
            # disputed order nothing is sent any more; what happened before is still found out.
            result = await self._payments.lookup(charge.key) if row["attempts"] or frozen else None
            if result is None and not frozen:
                result = await self._payments.charge(charge)
        except (PaymentUnknown, PaymentInFlight) as error:
            await self._later(row, str(error))
            return None
        if result is None:
            await self._later(row, "disputed")
            return None
        if result.state == "done" and result.amount != call["amount"]:
            raise ValueError(f"the payment service answered {call['kind']} with another amount than was asked")
        return result

    async def _later(self, row: RowMapping, reason: str) -> None:
        now = self._context.now()
        attempts = row["attempts"] + 1
        wait = timedelta(seconds=min(2**attempts, _LONGEST_WAIT_S))
        values: dict[str, Any] = {"attempts": attempts, "next_try_at": now + wait}
        async with self._context.database.writing(row["subject"]) as connection:
            if row["state"] == "authorising":
                facts = {"reason": reason}
                wanted = Move(CHANGE, row["change_id"], row["subject"], "authorising", "reconciling", facts, values)
                await move(connection, self._context.audit, wanted, now)
                return
            same = (order_changes.c.change_id == row["change_id"], order_changes.c.state == row["state"])
            await connection.execute(update(order_changes).where(*same).values(**values))


async def _locked(connection: Any, row: RowMapping) -> RowMapping | None:
    """Read the change again within its shopper's write; None when somebody else moved it."""
    query = select(order_changes).where(order_changes.c.change_id == row["change_id"])
    fresh: RowMapping | None = (await connection.execute(query)).mappings().one_or_none()
    return fresh if fresh is not None and fresh["state"] == row["state"] else None
