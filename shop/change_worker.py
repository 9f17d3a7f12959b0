"""Drives approved changes of orders to their end without any model: void, refund, authorise, capture."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Any
from weakref import WeakValueDictionary

from sqlalchemy import RowMapping, String, bindparam, select, update

from shop.change_steps import Steps
from shop.change_tables import change_calls, order_changes
from shop.context import ShopContext
from shop.payments import Charge, PaymentInFlight, PaymentResult, PaymentService, PaymentUnknown
from shop.tables import intents, orders
from shop.transitions import CHANGE, Move, move

_LONGEST_WAIT_S = 60

_STATES = ("voiding", "authorising", "reconciling", "capturing", "letting_go", "received", "refunding")
_UNDER_WAY = (
    select(order_changes.c.change_id).where(order_changes.c.state.in_(_STATES)).order_by(order_changes.c.created_at)
)
_DUE = _UNDER_WAY.where(order_changes.c.next_try_at <= bindparam("now"))
# A change with the state of its order and of the purchase the order came of.
_CHANGE = (
    select(order_changes, orders.c.state.label("order_state"), orders.c.intent_id)
    .join(orders, orders.c.order_id == order_changes.c.order_id)
    .where(order_changes.c.change_id == bindparam("change_id"))
)
_AGAIN = select(order_changes).where(order_changes.c.change_id == bindparam("change_id"))
_PURCHASE = select(intents.c.state).where(intents.c.intent_id == bindparam("intent_id"))
_OPEN_CALL = (
    select(change_calls)
    .where(
        change_calls.c.change_id == bindparam("change_id"),
        change_calls.c.kind.in_(bindparam("kinds", expanding=True)),
        change_calls.c.result.is_(None),
    )
    .order_by(change_calls.c.idempotency_key)
    .limit(1)
)
_ANSWER = select(change_calls.c.result).where(change_calls.c.idempotency_key == bindparam("key"))
_TRY_LATER = (
    update(order_changes)
    .where(
        order_changes.c.change_id == bindparam("which", type_=String),
        order_changes.c.state == bindparam("before", type_=String),
    )
    .values(attempts=bindparam("so_many"), next_try_at=bindparam("then"))
)

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
        steps = (self._void, self._authorise, self._authorise, self._capture)
        self._steps: dict[str, Step] = dict(
            zip(_STATES, (*steps, self._let_go, self._received, self._refund), strict=True)
        )

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
        query, values = (_DUE, {"now": self._context.now()}) if due else (_UNDER_WAY, {})
        async with self._context.database.reading() as connection:
            return list((await connection.execute(query, values)).scalars())

    async def _drive(self, change_id: str) -> None:
        while True:
            row = await self._read(change_id)
            step = self._steps.get(row["state"]) if row is not None else None
            if row is None or step is None or not await step(row):
                return

    async def _read(self, change_id: str) -> RowMapping | None:
        async with self._context.database.reading() as connection:
            return (await connection.execute(_CHANGE, {"change_id": change_id})).mappings().one_or_none()

    async def _void(self, row: RowMapping) -> bool:
        await self._drive_purchase(row["intent_id"])
        async with self._context.database.reading() as connection:
            state = (await connection.execute(_PURCHASE, {"intent_id": row["intent_id"]})).scalar_one()
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
        which = {"change_id": row["change_id"], "kinds": kinds}
        async with self._context.database.reading() as connection:
            call = (await connection.execute(_OPEN_CALL, which)).mappings().one_or_none()
        if call is None:
            return False
        result = await self._ask(row, call)
        if result is None:
            return False
        async with self._context.database.writing(row["subject"]) as connection:
            fresh = await _locked(connection, row)
            key = {"key": call["idempotency_key"]}
            if fresh is not None and (await connection.execute(_ANSWER, key)).scalar_one() is None:
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
            same = {"which": row["change_id"], "before": row["state"]}
            await connection.execute(_TRY_LATER, same | {"so_many": attempts, "then": values["next_try_at"]})


async def _locked(connection: Any, row: RowMapping) -> RowMapping | None:
    """Read the change again within its shopper's write; None when somebody else moved it."""
    again = await connection.execute(_AGAIN, {"change_id": row["change_id"]})
    fresh: RowMapping | None = again.mappings().one_or_none()
    return fresh if fresh is not None and fresh["state"] == row["state"] else None
