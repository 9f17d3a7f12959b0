"""What an approved change does to the books, step by step, each within the caller's transaction."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Integer, RowMapping, String, bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from policies.order_change import ChangeTerms
from shop.change_money import load_means, reference_of, shares
from shop.change_quotes import stored_change
from shop.change_tables import change_calls, change_quotes, change_reservations, order_changes, order_payments
from shop.change_terms import content_after
from shop.context import ShopContext
from shop.events import Event, append
from shop.held import Held, OrderContent, Paid, add_payment, keep_payments, load_held, write_content
from shop.payments import CallKind, idempotency_key
from shop.stock import release, reserve, sell, take_back
from shop.tables import offers, payment_calls
from shop.transitions import CHANGE, INTENT, ORDER, UNCHARGED, Move, move

Row = Mapping[Any, Any]

_PROMISE, _CALL, _PURCHASE_CALL = insert(change_reservations), insert(change_calls), insert(payment_calls)
_THE_CHANGE = order_changes.c.change_id == bindparam("which", type_=String)
_REFUND_ALL = update(order_changes).where(_THE_CHANGE).values(refund=bindparam("amount"))
_REFUNDED = update(order_changes).where(_THE_CHANGE).values(refunded=bindparam("so_far"))
_TRY_AT_ONCE = update(order_changes).where(_THE_CHANGE).values(attempts=0, next_try_at=bindparam("at"))
_ANSWERED = (
    update(change_calls).where(change_calls.c.idempotency_key == bindparam("key")).values(result=bindparam("answer"))
)
_PAY_BACK = (
    update(order_payments)
    .where(order_payments.c.authorisation_id == bindparam("which", type_=String))
    .values(refunded=order_payments.c.refunded + bindparam("part", type_=Integer))
)
_TERMS = select(change_quotes).where(change_quotes.c.quote_id == bindparam("quote_id"))
_UNANSWERED = (
    select(change_calls.c.idempotency_key)
    .where(change_calls.c.change_id == bindparam("change_id"), change_calls.c.result.is_(None))
    .limit(1)
)
_PROMISED = (
    select(change_reservations.c.variant_id, change_reservations.c.quantity)
    .where(change_reservations.c.change_id == bindparam("change_id"), change_reservations.c.state == "reserved")
    .order_by(change_reservations.c.variant_id)
)
_CLOSE = (
    update(change_reservations)
    .where(change_reservations.c.change_id == bindparam("which", type_=String))
    .values(state=bindparam("to_state"))
)
_LOCK = (
    select(offers.c.variant_id)
    .where(offers.c.variant_id.in_(bindparam("variant_ids", expanding=True)))
    .order_by(offers.c.variant_id)
    .with_for_update(key_share=True)
)


class Steps:
    """The moves of one approved change; `row` is its row of `order_changes` as it was read in this transaction."""

    def __init__(self, connection: AsyncConnection, context: ShopContext, at: datetime) -> None:
        self._connection = connection
        self._context = context
        self._at = at

    async def begin(self, row: Row, held: Held, terms: ChangeTerms) -> None:
        """Start what was just approved: promise what comes, move the order, store the first payment call."""
        comes = _units((line.comes.variant_id, line.comes.quantity) for line in terms.lines if line.comes)
        if comes and not await reserve(self._connection, comes):
            raise LookupError("the offers were locked and are gone")
        if comes:
            base = {"change_id": row["change_id"], "state": "reserved"}
            rows = [base | {"variant_id": variant, "quantity": quantity} for variant, quantity in comes]
            await self._connection.execute(_PROMISE, rows)
        await self._order(row, held.row["state"], _UNDER_WAY[terms.action, held.row["state"]])
        if terms.action == "cancel" and held.row["state"] in UNCHARGED:
            await self._let_go(row, held)
        elif terms.charged:
            await self._move(row, "authorising")
            await self.call(row, "authorise", await self._reference(held, terms), terms.charged)
        elif held.row["state"] in ("placed", "captured"):
            await self.pay_back(row, await self.held(row))
        else:
            await self._move(row, "awaiting_goods")

    async def _let_go(self, row: Row, held: Held) -> None:
        """Have the purchase's authorisation voided: nothing was captured yet."""
        intent = held.intent
        wanted = Move(
            INTENT, intent["intent_id"], intent["subject"], intent["state"], "voiding", {"reason": "cancelled"}
        )
        if not await move(self._connection, self._context.audit, wanted, self._at):
            raise LookupError("the purchase moved within its shopper's own transaction")
        key = idempotency_key(intent["intent_id"], "void")
        values = {"idempotency_key": key, "intent_id": intent["intent_id"], "kind": "void", "amount": intent["amount"]}
        await self._connection.execute(_PURCHASE_CALL, {**values, "asked_at": self._at})
        await self._move(row, "voiding")

    async def captured_after_all(self, row: Row) -> None:
        """Pay everything back: the capture had come before the cancellation could let it go."""
        held = await self.held(row)
        await self._connection.execute(_REFUND_ALL, {"which": row["change_id"], "amount": held.paid})
        await self.pay_back({**row, "refund": held.paid}, held)

    async def pay_back(self, row: Row, held: Held) -> None:
        """Store the refund calls, newest payment first, or one credit; finish when nothing goes back."""
        left = int(row["refund"])
        if not left:
            await self.finish(row, held)
            return
        await keep_payments(self._connection, held)
        terms = await self.terms(row)
        reference = await self._reference(held, terms) if terms.credit else ""
        if reference:
            await self.call(row, "credit", reference, left)
        else:
            for paid, amount in shares(held, left, terms.instrument.handle):
                await self.call(row, "refund", paid.authorisation_id, amount)
        if held.row["state"] == "received":
            await self._order(row, "received", "refunding")
        await self._move(row, "refunding")

    async def paid_back(self, row: Row, call: RowMapping) -> None:
        """Record one refund or credit; with the last one the change is done."""
        amount, held = int(call["amount"]), await self.held(row)
        await self.answered(call, "done")
        parts = [(call["instrument"], amount)]
        if call["kind"] == "credit":
            parts = [(paid.authorisation_id, part) for paid, part in shares(held, amount)]
        for authorisation_id, part in parts:
            await self._connection.execute(_PAY_BACK, {"which": authorisation_id, "part": part})
        if row["kind"] != "payment":
            so_far = {"which": row["change_id"], "so_far": row["refunded"] + amount}
            await self._connection.execute(_REFUNDED, so_far)
        if not await self._unanswered(row):
            await self.finish(row, await self.held(row))

    async def refund_refused(self, row: Row, call: RowMapping) -> None:
        """Leave the rest to a person: the payment service won't pay back."""
        await self.answered(call, "declined")
        held = await self.held(row)
        await self._order(row, held.row["state"], "held")
        await self._move(row, "stuck")

    async def authorised(self, row: Row, call: RowMapping, authorisation_id: str) -> None:
        """Record that the difference is set aside, and store its capture."""
        await self.answered(call, "done")
        values = {"authorised": row["pay"], "authorisation_id": authorisation_id}
        await self._move(row, "capturing", values)
        await self.call(row, "capture", authorisation_id, row["pay"])

    async def captured(self, row: Row, call: RowMapping) -> None:
        """Record that the difference came; the change waits for goods, or is done."""
        await self.answered(call, "done")
        held = await self.held(row)
        terms = await self.terms(row)
        by = (terms.instrument.handle, terms.instrument.label)
        await add_payment(self._connection, held, Paid(str(row["authorisation_id"]), row["pay"], 0, *by))
        if terms.moved:
            await self._move(row, "refunding", {"captured": row["pay"]})
            for paid, amount in shares(held, terms.moved):
                await self.call(row, "refund", paid.authorisation_id, amount)
        elif row["order_before"] == "captured":
            await self.finish(row, await self.held(row), {"captured": row["pay"]})
        else:
            await self._move(row, "awaiting_goods", {"captured": row["pay"]})

    async def capture_refused(self, row: Row, call: RowMapping) -> None:
        """Have the authorisation of the difference voided."""
        await self.answered(call, "declined")
        await self._move(row, "letting_go")
        await self.call(row, "void", str(row["authorisation_id"]), row["pay"])

    async def failed(self, row: Row, call: RowMapping, answer: str) -> None:
        """End a change whose difference could not be paid: what was promised is free, the order is as it was."""
        promised = await self._promised(row)
        if promised and not await release(self._connection, promised):
            raise LookupError(f"{row['change_id']} releases stock that was not reserved")
        await self._close_promises(row, "released")
        await self.answered(call, answer)
        held = await self.held(row)
        await self._order(row, held.row["state"], str(row["order_before"]))
        await self._move(row, "failed")

    async def finish(self, row: Row, held: Held, values: Mapping[str, Any] | None = None) -> None:
        """Give the order its new content, move the goods, and end the change."""
        terms = await self.terms(row)
        content = content_after(held, terms)
        if terms.action == "return":
            sent = [Event("return", line.goes.product_id, "books") for line in terms.lines]
            await append(self._connection, self._context, (terms.subject, terms.session_id), sent)
        promised = await self._promised(row)
        # An uncaptured order's goods were never sold: closing its purchase frees them.
        sold = held.intent["state"] == "captured" and row["resellable"]
        back = _units((line.goes.variant_id, line.goes.quantity) for line in terms.lines) if sold else []
        await self._lock(promised, back)
        if promised and not await sell(self._connection, promised):
            raise LookupError(f"{row['change_id']} sells stock that was not reserved")
        if back and not await take_back(self._connection, back):
            raise LookupError(f"{row['change_id']} takes back what was not sold")
        await self._close_promises(row, "sold")
        await write_content(self._connection, held, content)
        await self._order(row, held.row["state"], _final(terms, str(row["order_before"]), content))
        await self._move(row, "done", values)

    async def held(self, row: Row) -> Held:
        """Read the change's order."""
        held = await load_held(self._connection, row["order_id"], row["subject"])
        if held is None:
            raise LookupError(f"{row['order_id']} is gone")
        return held

    async def terms(self, row: Row) -> ChangeTerms:
        """Read what was approved."""
        stored = await self._connection.execute(_TERMS, {"quote_id": row["quote_id"]})
        return stored_change(stored.mappings().one())

    async def call(self, row: Row, kind: CallKind, instrument: str, amount: int) -> None:
        """Store a payment call before it is made."""
        values = {"change_id": row["change_id"], "kind": kind, "instrument": instrument, "amount": amount}
        key = change_key(row["change_id"], kind, instrument)
        await self._connection.execute(_CALL, {"idempotency_key": key, "asked_at": self._at, **values})

    async def answered(self, call: RowMapping, result: str) -> None:
        """Keep the answer to a payment call."""
        await self._connection.execute(_ANSWERED, {"key": call["idempotency_key"], "answer": result})
        await self._connection.execute(_TRY_AT_ONCE, {"which": call["change_id"], "at": self._at})

    async def _reference(self, held: Held, terms: ChangeTerms) -> str:
        """Return what the instrument is known by; "" when the shopper no longer has it."""
        return reference_of(held, terms, await load_means(self._connection, terms.subject)) or ""

    async def _unanswered(self, row: Row) -> bool:
        left = await self._connection.execute(_UNANSWERED, {"change_id": row["change_id"]})
        return left.scalar_one_or_none() is not None

    async def _promised(self, row: Row) -> list[tuple[str, int]]:
        found = await self._connection.execute(_PROMISED, {"change_id": row["change_id"]})
        return [(variant_id, quantity) for variant_id, quantity in found]

    async def _lock(self, *several: Sequence[tuple[str, int]]) -> None:
        # In order of variant id and before the audit log, as everybody does.
        ids = sorted({variant_id for units in several for variant_id, _ in units})
        if ids:
            await self._connection.execute(_LOCK, {"variant_ids": ids})

    async def _close_promises(self, row: Row, state: str) -> None:
        await self._connection.execute(_CLOSE, {"which": row["change_id"], "to_state": state})

    async def _order(self, row: Row, before: str, after: str) -> None:
        # A disputed order stays disputed, whatever a payment that was under way came to.
        if before != "disputed":
            wanted = Move(ORDER, row["order_id"], row["subject"], before, after, {"change_id": row["change_id"]})
            await move(self._connection, self._context.audit, wanted, self._at)

    async def _move(self, row: Row, after: str, values: Mapping[str, Any] | None = None) -> None:
        wanted = Move(CHANGE, row["change_id"], row["subject"], row["state"], after, values=values or {})
        if not await move(self._connection, self._context.audit, wanted, self._at):
            raise LookupError(f"{row['change_id']} moved within its shopper's own transaction")


_UNDER_WAY: Mapping[tuple[str, str], str] = {
    ("cancel", "in_review"): "cancelling",
    ("cancel", "placed"): "cancelling",
    ("cancel", "captured"): "cancelling",
    ("items", "captured"): "changing",
    ("address", "captured"): "changing",
    ("payment", "captured"): "changing",
    ("return", "delivered"): "return_requested",
    ("return", "partly_refunded"): "return_requested",
    ("exchange", "delivered"): "exchange_requested",
    ("exchange", "partly_refunded"): "exchange_requested",
}


def change_key(change_id: str, kind: CallKind, instrument: str) -> str:
    """Return the one key of a change's payment call; it follows from the change, so that a restart finds the same."""
    return idempotency_key(f"{change_id}:{instrument}" if kind == "refund" else change_id, kind)


def _final(terms: ChangeTerms, before: str, content: OrderContent) -> str:
    if terms.action == "cancel":
        return "cancelled"
    if terms.action == "return":
        return "partly_refunded" if any(line.kept for line in content.lines) else "refunded"
    return "captured" if before == "captured" else "exchanged"


def _units(pairs: Any) -> list[tuple[str, int]]:
    """Add units up per variant, in order of variant id."""
    total: dict[str, int] = {}
    for variant_id, quantity in pairs:
        total[variant_id] = total.get(variant_id, 0) + quantity
    return sorted(total.items())
