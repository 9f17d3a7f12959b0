"""Orders that wait for a person before anything is charged: held by the policy's rules, released, refused, or late."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pydantic import Field
from sqlalchemy import RowMapping, String, bindparam, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from policies.errors import Refused
from policies.principal import Principal
from policies.quote import parse
from policies.review import Reason, ReviewFacts, review_reasons
from policies.words import say
from shop.context import ShopContext
from shop.settle import store_call, write_order
from shop.tables import intents, order_reviews, orders, payment_calls, quotes
from shop.transitions import INTENT, ORDER, Move, move
from shop.views import View

_MOST_EARLIER = 50  # Paid orders looked through for an address that was used before.
_WHOSE = bindparam("subject", type_=String)

_PAID = (
    select(quotes.c.terms)
    .join(intents, intents.c.quote_id == quotes.c.quote_id)
    .where(intents.c.subject == _WHOSE, intents.c.state == "captured")
    .order_by(intents.c.created_at.desc())
    .limit(_MOST_EARLIER)
)
_DECLINES = (
    select(func.count())
    .select_from(payment_calls.join(intents, intents.c.intent_id == payment_calls.c.intent_id))
    .where(
        intents.c.subject == _WHOSE,
        payment_calls.c.kind == "authorise",
        payment_calls.c.result == "declined",
        payment_calls.c.asked_at > bindparam("since"),
    )
)
_TERMS = select(quotes.c.terms).where(quotes.c.quote_id == bindparam("quote_id"))
_HOLD = insert(order_reviews)
_INTENT = select(intents).where(intents.c.intent_id == bindparam("intent_id"))
_ORDER = (
    select(orders, quotes.c.session_id)
    .join(quotes, quotes.c.quote_id == orders.c.quote_id)
    .where(orders.c.order_id == bindparam("order_id"))
)
_ORDER_OF = select(orders.c.order_id).where(orders.c.intent_id == bindparam("intent_id"))
_WAITING = (
    select(order_reviews, orders.c.total, orders.c.currency)
    .join(orders, orders.c.order_id == order_reviews.c.order_id)
    .where(orders.c.state == "in_review")
    .order_by(order_reviews.c.due_at, order_reviews.c.order_id)
)


async def hold_for_review(connection: AsyncConnection, context: ShopContext, row: RowMapping, at: datetime) -> bool:
    """Hold an authorised intent for a person where the policy asks for one; False where it does not.

    The money stays set aside, the goods stay reserved, and nothing is captured. Time runs out at `next_try_at`.
    """
    rules = context.policy.review
    reasons = () if rules.idle else review_reasons(rules, await _facts(connection, context, row, at))
    if not reasons:
        return False
    due = at + timedelta(seconds=rules.time_limit_s)
    facts: Mapping[str, Any] = {"reasons": list(reasons)}
    wanted = Move(INTENT, row["intent_id"], row["subject"], "authorised", "in_review", facts, {"next_try_at": due})
    if await move(connection, context.audit, wanted, at):
        order_id = await write_order(connection, context, row, "in_review", at)
        held = {"order_id": order_id, "reasons": list(reasons), "opened_at": at, "due_at": due}
        await connection.execute(_HOLD, held)
    return True


async def refuse_late(connection: AsyncConnection, context: ShopContext, row: RowMapping, at: datetime) -> None:
    """Refuse an order that nobody looked at in time: its authorisation is let go, its goods are free."""
    order_id = str((await connection.execute(_ORDER_OF, {"intent_id": row["intent_id"]})).scalar_one())
    await _refuse(connection, context, row, order_id, "time", at)


class HeldOrder(View):
    """An order that waits for a person of the shop, why, and until when; nothing about the shopper."""

    order_id: str
    reasons: tuple[Reason, ...]
    total: int
    currency: str
    opened_at: datetime
    due_at: datetime = Field(description="When it is refused of itself.")


@dataclass(frozen=True, slots=True)
class Checked:
    """An order that a person decided about: what the worker goes on with, and whose conversation may be told."""

    intent_id: str
    quote_id: str
    owner: Principal


class Reviews:
    """The operator's side: what waits, and what becomes of it. The worker then charges, or lets the money go."""

    def __init__(self, context: ShopContext) -> None:
        self._context = context

    async def waiting(self) -> list[HeldOrder]:
        """Return the orders that wait for a person, the most urgent first."""
        async with self._context.database.reading() as connection:
            rows = (await connection.execute(_WAITING)).mappings().all()
        return [HeldOrder(**dict(row)) for row in rows]

    async def release(self, order_id: str) -> Checked:
        """Let an order be placed; the worker charges it next.

        Raises:
            Refused: "unknown_order", or "wrong_state" when it does not wait for a person, or no longer.
        """
        return await self._decide(order_id, released=True)

    async def refuse(self, order_id: str) -> Checked:
        """Refuse an order; the worker lets its money go next.

        Raises:
            Refused: As `release`.
        """
        return await self._decide(order_id, released=False)

    async def _decide(self, order_id: str, *, released: bool) -> Checked:
        async with self._context.database.reading() as connection:
            subject = str((await self._order(connection, order_id))["subject"])
        now = self._context.now()
        async with self._context.database.writing(subject) as connection:
            order = await self._order(connection, order_id)
            row = (await connection.execute(_INTENT, {"intent_id": order["intent_id"]})).mappings().one()
            if (order["state"], row["state"]) != ("in_review", "in_review"):
                raise _not_waiting(order)
            if released and now >= row["next_try_at"]:
                raise Refused("wrong_state", "The time for checking this order is over; it is being refused.", {})
            if released:
                await _release(connection, self._context, row, order_id, now)
            else:
                await _refuse(connection, self._context, row, order_id, "operator", now)
        return Checked(row["intent_id"], row["quote_id"], Principal(subject, order["session_id"]))

    async def _order(self, connection: AsyncConnection, order_id: str) -> RowMapping:
        row = (await connection.execute(_ORDER, {"order_id": order_id})).mappings().one_or_none()
        if row is None:
            raise Refused("unknown_order", say(self._context.policy.locale, "unknown_order"))
        return row


async def _release(
    connection: AsyncConnection, context: ShopContext, row: RowMapping, order_id: str, at: datetime
) -> None:
    ready = {"next_try_at": at, "attempts": 0}
    facts = {"review": "released"}
    wanted = Move(INTENT, row["intent_id"], row["subject"], "in_review", "placed", facts, ready)
    if await move(connection, context.audit, wanted, at):
        await move(connection, context.audit, Move(ORDER, order_id, row["subject"], "in_review", "placed"), at)
        await store_call(connection, row, "capture", at)


async def _refuse(
    connection: AsyncConnection, context: ShopContext, row: RowMapping, order_id: str, by: str, at: datetime
) -> None:
    ready = {"next_try_at": at, "attempts": 0}
    facts = {"review": "refused", "by": by}
    wanted = Move(INTENT, row["intent_id"], row["subject"], "in_review", "voiding", facts, ready)
    if await move(connection, context.audit, wanted, at):
        await move(connection, context.audit, Move(ORDER, order_id, row["subject"], "in_review", "refused"), at)
        await store_call(connection, row, "void", at)


async def _facts(connection: AsyncConnection, context: ShopContext, row: RowMapping, at: datetime) -> ReviewFacts:
    rules = context.policy.review
    whose = {"subject": row["subject"]}
    terms = parse((await connection.execute(_TERMS, {"quote_id": row["quote_id"]})).scalar_one())
    paid = [parse(text) for text in (await connection.execute(_PAID, whose)).scalars()]
    since = at - timedelta(seconds=rules.declines_within_s)
    declines = (await connection.execute(_DECLINES, {**whose, "since": since})).scalar_one()
    return ReviewFacts(
        total=row["amount"],
        earlier_orders=len(paid),
        known_address=any(each.ship_to.content == terms.ship_to.content for each in paid),
        declines=int(declines),
    )


def _not_waiting(order: RowMapping) -> Refused:
    state = str(order["state"])
    text = f"The order is {state.replace('_', ' ')}; it does not wait to be checked."
    return Refused("wrong_state", text, {"state": state})
