"""The state machine: which state may follow which, and the one statement that moves a row there, with its audit row."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import Column, Table, update
from sqlalchemy.ext.asyncio import AsyncConnection

from shop.audit import AuditLog, Entry
from shop.tables import intents, orders, quotes

ACTIVE_QUOTE = ("quoted", "awaiting_approval")
UNFINISHED_INTENT = ("confirmed", "authorising", "reconciling", "authorised", "placed", "voiding", "releasing")


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
            ("placed", "captured"): "intent.captured",
            ("placed", "voiding"): "intent.capture_refused",
            ("voiding", "releasing"): "intent.voided",
            ("releasing", "closed"): "intent.closed",
        }
    ),
)

ORDER = Machine(
    "order",
    orders,
    orders.c.order_id,
    MappingProxyType({("placed", "captured"): "order.captured", ("placed", "cancelled"): "order.cancelled"}),
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
    statement = (
        update(machine.table)
        .where(machine.key == wanted.key, machine.table.c.state == wanted.before)
        .values(state=wanted.after, **wanted.values)
    )
    if (await connection.execute(statement)).rowcount != 1:
        return False
    facts = {"from": wanted.before, "to": wanted.after, **wanted.facts}
    entry = Entry(wanted.subject, action, machine.entity, wanted.key, facts)
    await audit.append(connection, entry, at)
    return True
