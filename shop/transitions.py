"""The state machine: which state may follow which, and the one statement that moves a row there, with its audit row."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from types import MappingProxyType
from typing import Any

from sqlalchemy import Column, Table, Update, bindparam, update
from sqlalchemy.ext.asyncio import AsyncConnection

from shop.audit import AuditLog, Entry
from shop.change_tables import change_quotes, order_changes
from shop.tables import intents, orders, quotes

ACTIVE_QUOTE = ("quoted", "awaiting_approval")
UNFINISHED_INTENT = (
    "confirmed", "authorising", "reconciling", "authorised", "in_review", "placed", "voiding", "releasing",
)  # fmt: skip
# Orders whose money is set aside and not taken.
UNCHARGED = ("in_review", "placed")


@dataclass(frozen=True, slots=True)
class Machine:
    """States of one kind of row; `steps` maps (from, to) to the action written to the audit log."""

    entity: str
    table: Table
    key: Column[Any]
    steps: Mapping[tuple[str, str], str]


QUOTE = Machine(
    "quote",
    quotes,
    quotes.c.quote_id,
    MappingProxyType(
        {
            ("quoted", "awaiting_approval"): "quote.rendered",
            ("quoted", "declined"): "quote.declined",
            ("quoted", "expired"): "quote.expired",
            ("quoted", "superseded"): "quote.superseded",
            ("awaiting_approval", "confirmed"): "quote.confirmed",
            ("awaiting_approval", "declined"): "quote.declined",
            ("awaiting_approval", "expired"): "quote.expired",
            ("awaiting_approval", "superseded"): "quote.superseded",
            ("awaiting_approval", "requote_required"): "quote.requote_required",
        }
    ),
)

INTENT = Machine(
    "intent",
    intents,
    intents.c.intent_id,
    MappingProxyType(
        {
            ("confirmed", "authorising"): "intent.authorising",
            ("authorising", "authorised"): "intent.authorised",
            ("authorising", "reconciling"): "intent.reconciling",
            ("authorising", "releasing"): "intent.payment_declined",
            ("reconciling", "authorised"): "intent.authorised",
            ("reconciling", "releasing"): "intent.payment_declined",
            ("authorised", "placed"): "intent.placed",
            ("authorised", "in_review"): "intent.in_review",
            ("in_review", "placed"): "intent.placed",
            ("in_review", "voiding"): "intent.voiding",
            ("placed", "captured"): "intent.captured",
            ("placed", "voiding"): "intent.capture_refused",
            ("voiding", "releasing"): "intent.voided",
            ("voiding", "captured"): "intent.captured",
            ("releasing", "closed"): "intent.closed",
        }
    ),
)

_ORDER_STEPS = {
    ("in_review", "placed"): "order.review_released",
    ("in_review", "refused"): "order.review_refused",
    ("in_review", "cancelling"): "order.cancelling",
    ("placed", "captured"): "order.captured",
    ("placed", "cancelled"): "order.cancelled",
    ("placed", "cancelling"): "order.cancelling",
    ("captured", "cancelling"): "order.cancelling",
    ("cancelling", "cancelled"): "order.cancelled",
    ("captured", "changing"): "order.changing",
    ("changing", "captured"): "order.changed",
    ("captured", "shipped"): "order.shipped",
    ("exchanged", "shipped"): "order.shipped",
    ("shipped", "delivered"): "order.delivered",
    ("delivered", "return_requested"): "order.return_requested",
    ("partly_refunded", "return_requested"): "order.return_requested",
    ("delivered", "exchange_requested"): "order.exchange_requested",
    ("partly_refunded", "exchange_requested"): "order.exchange_requested",
    ("exchange_requested", "delivered"): "order.exchange_failed",
    ("exchange_requested", "partly_refunded"): "order.exchange_failed",
    ("return_requested", "received"): "order.received",
    ("exchange_requested", "received"): "order.received",
    ("received", "refunding"): "order.refunding",
    ("received", "refunded"): "order.refunded",
    ("received", "partly_refunded"): "order.partly_refunded",
    ("received", "exchanged"): "order.exchanged",
    ("refunding", "refunded"): "order.refunded",
    ("refunding", "partly_refunded"): "order.partly_refunded",
    ("refunding", "exchanged"): "order.exchanged",
    ("cancelling", "held"): "order.held",
    ("changing", "held"): "order.held",
    ("refunding", "held"): "order.held",
}
# Whatever the state, a dispute freezes the order, unless there is no payment to dispute.
_NEVER_PAID = ("in_review", "refused")
_DISPUTED = {
    (state, "disputed"): "order.disputed" for step in _ORDER_STEPS for state in step if state not in _NEVER_PAID
}

ORDER = Machine("order", orders, orders.c.order_id, MappingProxyType(_ORDER_STEPS | _DISPUTED))

# A prepared change is a quote to the log, as a prepared purchase is; its press has a name of its own.
CHANGE_QUOTE = Machine(
    "quote",
    change_quotes,
    change_quotes.c.quote_id,
    MappingProxyType(dict(QUOTE.steps) | {("awaiting_approval", "confirmed"): "change.confirmed"}),
)

CHANGE = Machine(
    "change",
    order_changes,
    order_changes.c.change_id,
    MappingProxyType(
        {
            ("confirmed", "voiding"): "change.voiding",
            ("confirmed", "authorising"): "change.authorising",
            ("confirmed", "awaiting_goods"): "change.awaiting_goods",
            ("confirmed", "refunding"): "change.refunding",
            ("confirmed", "done"): "change.done",
            ("voiding", "refunding"): "change.refunding",
            ("voiding", "done"): "change.done",
            ("authorising", "reconciling"): "change.reconciling",
            ("authorising", "capturing"): "change.capturing",
            ("authorising", "failed"): "change.payment_declined",
            ("reconciling", "capturing"): "change.capturing",
            ("reconciling", "failed"): "change.payment_declined",
            ("capturing", "letting_go"): "change.capture_refused",
            ("letting_go", "failed"): "change.payment_declined",
            ("capturing", "awaiting_goods"): "change.awaiting_goods",
            ("capturing", "refunding"): "change.refunding",
            ("capturing", "done"): "change.done",
            ("awaiting_goods", "received"): "change.received",
            ("received", "refunding"): "change.refunding",
            ("received", "done"): "change.done",
            ("refunding", "done"): "change.done",
            ("refunding", "stuck"): "change.refund_refused",
        }
    ),
)


@dataclass(frozen=True, slots=True)
class Move:
    """One wanted transition.

    Args:
        machine: Whose states.
        key: Key of the row.
        subject: The shopper it belongs to.
        before: The state the row must be in.
        after: The state it gets.
        facts: Written to the audit row.
        values: Other columns set by the same statement.
    """

    machine: Machine
    key: str
    subject: str
    before: str
    after: str
    facts: Mapping[str, Any] = field(default_factory=dict[str, Any])
    values: Mapping[str, Any] = field(default_factory=dict[str, Any])


async def move(connection: AsyncConnection, audit: AuditLog, wanted: Move, at: datetime) -> bool:
    """Make one transition and record it, in the caller's transaction.

    Returns:
        False when the row is no longer in `before`: somebody else moved it, and nothing was done.

    Raises:
        ValueError: The table has no such step; a bug.
    """
    machine = wanted.machine
    action = machine.steps.get((wanted.before, wanted.after))
    if action is None:
        raise ValueError(f"a {machine.entity} never goes from {wanted.before} to {wanted.after}")
    step = {"which": wanted.key, "before": wanted.before, "to_state": wanted.after}
    values = {f"to_{name}": value for name, value in wanted.values.items()}
    statement = _stepping(machine.table, machine.key, tuple(wanted.values))
    if (await connection.execute(statement, step | values)).rowcount != 1:
        return False
    facts = {"from": wanted.before, "to": wanted.after, **wanted.facts}
    entry = Entry(wanted.subject, action, machine.entity, wanted.key, facts)
    await audit.append(connection, entry, at)
    return True


@cache
def _stepping(table: Table, key: Column[Any], names: tuple[str, ...]) -> Update:
    # Built once for each set of columns: building a statement costs more than running it.
    held = update(table).where(key == bindparam("which"), table.c.state == bindparam("before"))
    return held.values({name: bindparam(f"to_{name}") for name in ("state", *names)})
