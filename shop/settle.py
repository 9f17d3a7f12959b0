"""What payments do to the books: calls stored before they are made, the order, the stock, the cart after a no."""

import secrets
from dataclasses import replace
from datetime import datetime

from sqlalchemy import RowMapping, String, bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from policies.quote import parse
from shop.audit import Entry
from shop.carts import load_cart, write_contents
from shop.change_tables import order_changes
from shop.context import ShopContext
from shop.edits import CartLine, Contents
from shop.events import Event, append
from shop.payments import CallKind, idempotency_key
from shop.stock import release, sell
from shop.tables import offers, orders, payment_calls, quotes, reservations
from shop.transitions import INTENT, ORDER, Move, move
from shop.voids import supersede_active

_OF_INTENT = bindparam("intent_id", type_=String)
_PLACE, _CALL = insert(orders), insert(payment_calls)
_CANCELLED = (
    select(order_changes.c.change_id)
    .join(orders, orders.c.order_id == order_changes.c.order_id)
    .where(orders.c.intent_id == _OF_INTENT, order_changes.c.kind == "cancel")
    .limit(1)
)
_TERMS = select(quotes.c.terms, quotes.c.session_id).where(quotes.c.quote_id == bindparam("quote_id"))
_ORDER = select(orders.c.order_id).where(orders.c.intent_id == _OF_INTENT)
_PROMISED = (
    select(reservations.c.variant_id, reservations.c.quantity)
    .join(offers, offers.c.variant_id == reservations.c.variant_id)
    .where(reservations.c.intent_id == _OF_INTENT, reservations.c.state == "reserved")
    .order_by(offers.c.variant_id)
    .with_for_update(key_share=True, of=offers)
)
_CLOSE = update(reservations).where(reservations.c.intent_id == bindparam("whose")).values(state=bindparam("to_state"))


async def advance(connection: AsyncConnection, context: ShopContext, row: RowMapping, after: str, at: datetime) -> bool:
    """Move an intent on; False when somebody else already did."""
    wanted = Move(INTENT, row["intent_id"], row["subject"], row["state"], after)
    return await move(connection, context.audit, wanted, at)


async def store_call(connection: AsyncConnection, row: RowMapping, kind: CallKind, at: datetime) -> None:
    """Keep a payment call before it is made: a crash in between finds it and asks with the same key."""
    key = idempotency_key(row["intent_id"], kind)
    call = {"idempotency_key": key, "intent_id": row["intent_id"], "kind": kind, "amount": row["amount"]}
    await connection.execute(_CALL, call | {"asked_at": at})


async def write_order(
    connection: AsyncConnection, context: ShopContext, row: RowMapping, state: str, at: datetime
) -> str:
    """Write the order of an authorised intent, before anything is captured; returns its id."""
    order_id = f"order_{secrets.token_urlsafe(9)}"
    values = {name: row[name] for name in ("intent_id", "quote_id", "subject", "currency")}
    placed = {"order_id": order_id, "state": state, "total": row["amount"], "placed_at": at}
    await connection.execute(_PLACE, placed | values)
    facts = {"intent_id": row["intent_id"], "total": row["amount"], "to": state}
    await context.audit.append(connection, Entry(row["subject"], f"order.{state}", "order", order_id, facts), at)
    return order_id


async def place_order(connection: AsyncConnection, context: ShopContext, row: RowMapping, at: datetime) -> None:
    """Place the order of an authorised intent and store its capture; nothing where somebody else did."""
    if await advance(connection, context, row, "placed", at):
        await write_order(connection, context, row, "placed", at)
        await store_call(connection, row, "capture", at)


async def settle_capture(
    connection: AsyncConnection, context: ShopContext, row: RowMapping, amount: int, at: datetime
) -> None:
    """Record that the money came: intent and order captured, promised stock sold."""
    promised = await _promised(connection, row)
    facts, values = {"captured": amount}, {"captured": amount}
    wanted = Move(INTENT, row["intent_id"], row["subject"], row["state"], "captured", facts, values)
    if not await move(connection, context.audit, wanted, at):
        return
    await _move_order(connection, context, row, "captured", at)
    if not await sell(connection, promised):
        raise LookupError(f"{row['intent_id']} sells stock that was not reserved")
    await _close_promises(connection, row, "sold")
    bought = (await connection.execute(_TERMS, {"quote_id": row["quote_id"]})).one()
    products = dict.fromkeys(line.product_id for line in parse(bought.terms).lines)
    events = [Event("buy", product_id, "books") for product_id in products]
    await append(connection, context, (row["subject"], bought.session_id), events)


async def settle_void(
    connection: AsyncConnection, context: ShopContext, row: RowMapping, answer: str, at: datetime
) -> None:
    """Record that an authorisation was let go: the order is cancelled, nothing was charged.

    A service that declines to void has nothing left to void; its answer is kept in the audit row.
    """
    wanted = Move(INTENT, row["intent_id"], row["subject"], "voiding", "releasing", {"void": answer})
    if await move(connection, context.audit, wanted, at):
        await _move_order(connection, context, row, "cancelled", at)


async def finish_release(connection: AsyncConnection, context: ShopContext, row: RowMapping, at: datetime) -> None:
    """Close an intent that came to nothing: stock is free again, and goods that were not cancelled are in the cart."""
    promised = await _promised(connection, row)
    if not await advance(connection, context, row, "closed", at):
        return
    if not await release(connection, promised):
        raise LookupError(f"{row['intent_id']} releases stock that was not reserved")
    await _close_promises(connection, row, "released")
    if not await _cancelled_by_shopper(connection, row):
        await _give_back(connection, context, row, at)


async def _cancelled_by_shopper(connection: AsyncConnection, row: RowMapping) -> bool:
    return (await connection.execute(_CANCELLED, {"intent_id": row["intent_id"]})).scalar_one_or_none() is not None


async def _give_back(connection: AsyncConnection, context: ShopContext, row: RowMapping, at: datetime) -> None:
    terms = parse((await connection.execute(_TERMS, {"quote_id": row["quote_id"]})).scalar_one())
    cart = await load_cart(connection, row["subject"])
    # What the shopper put in since then stays as it is; only what is missing comes back.
    held = {line.variant_id for line in cart.contents.lines}
    missing = [
        CartLine(line.line_id, line.variant_id, line.quantity) for line in terms.lines if line.variant_id not in held
    ]
    taken = {line.line_id for line in cart.contents.lines}
    fresh = [
        replace(line, line_id=f"line_{secrets.token_urlsafe(9)}") if line.line_id in taken else line for line in missing
    ]
    coupon = cart.contents.coupon or terms.coupon
    after = Contents((*cart.contents.lines, *fresh), coupon)
    await write_contents(connection, row["subject"], cart, after, at)
    await supersede_active(connection, context, row["subject"], "cart_changed", at)


async def _move_order(
    connection: AsyncConnection, context: ShopContext, row: RowMapping, after: str, at: datetime
) -> None:
    order_id = (await connection.execute(_ORDER, {"intent_id": row["intent_id"]})).scalar_one()
    await move(connection, context.audit, Move(ORDER, order_id, row["subject"], "placed", after), at)


async def _promised(connection: AsyncConnection, row: RowMapping) -> list[tuple[str, int]]:
    """Read what was promised and lock its offers: before the audit log, as everybody does."""
    rows = await connection.execute(_PROMISED, {"intent_id": row["intent_id"]})
    return [(variant_id, quantity) for variant_id, quantity in rows]


async def _close_promises(connection: AsyncConnection, row: RowMapping, state: str) -> None:
    await connection.execute(_CLOSE, {"whose": row["intent_id"], "to_state": state})
