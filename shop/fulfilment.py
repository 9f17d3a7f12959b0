"""The merchant's side of orders that were placed: shipped, delivered, something came back, a payment is disputed."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import RowMapping, bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from policies.errors import Refused
from policies.words import say
from shop.change_quotes import supersede_changes
from shop.change_tables import order_changes
from shop.context import ShopContext
from shop.held import Held, load_held, write_content
from shop.orders import order_views
from shop.tables import orders
from shop.transitions import CHANGE, ORDER, Move, move
from shop.views import OrderView

_ORDER = select(orders).where(orders.c.order_id == bindparam("order_id"))
_AWAITED = select(order_changes.c.change_id).where(
    order_changes.c.order_id == bindparam("order_id"), order_changes.c.state == "awaiting_goods"
)

# An exchange that fails takes an order back to delivered, too: that is no event of the merchant's.
_AFTER: Mapping[str, tuple[str, ...]] = {"shipped": ("captured", "exchanged"), "delivered": ("shipped",)}


class Fulfilment:
    """Records what happened to an order outside the shop; each event once, a repeat is refused by the order's state."""

    def __init__(self, context: ShopContext) -> None:
        self._context = context

    async def ship(self, order_id: str) -> OrderView:
        """Record that the goods left; from then on nothing is cancelled and no address changes.

        Raises:
            Refused: "unknown_order", or "wrong_state" when it is not paid, or being changed.
        """
        return await self._event(order_id, "shipped")

    async def deliver(self, order_id: str) -> OrderView:
        """Record that the goods arrived; the window for returns begins.

        Raises:
            Refused: "unknown_order", or "wrong_state" when it was not shipped.
        """
        return await self._event(order_id, "delivered")

    async def receive(self, order_id: str, *, resellable: bool = True) -> OrderView:
        """Record that what a return or exchange sends back is here; the worker then pays back what is due.

        Args:
            order_id: The order.
            resellable: Whether it goes on sale again; used or broken goods don't.

        Raises:
            Refused: "unknown_order", or "wrong_state" when nothing is expected back.
        """
        return await self._event(order_id, "received", resellable=resellable)

    async def dispute(self, order_id: str) -> OrderView:
        """Record that a payment of the order is disputed: whatever was automatic stops until a person acts.

        Raises:
            Refused: "unknown_order", or "wrong_state" when it is disputed already.
        """
        return await self._event(order_id, "disputed")

    async def read(self, order_id: str) -> OrderView:
        """Return any shopper's order as it stands.

        Raises:
            Refused: "unknown_order".
        """
        async with self._context.database.reading() as connection:
            row = await self._row(connection, order_id)
            return (await order_views(connection, self._context, [row]))[0]

    async def _row(self, connection: AsyncConnection, order_id: str) -> RowMapping:
        row = (await connection.execute(_ORDER, {"order_id": order_id})).mappings().one_or_none()
        if row is None:
            raise Refused("unknown_order", say(self._context.policy.locale, "unknown_order"))
        return row

    async def _event(self, order_id: str, event: str, *, resellable: bool = True) -> OrderView:
        async with self._context.database.reading() as connection:
            subject = str((await self._row(connection, order_id))["subject"])
        now = self._context.now()
        async with self._context.database.writing(subject) as connection:
            held = await load_held(connection, order_id, subject)
            if held is None:
                raise LookupError(f"{order_id} is gone")
            before = str(held.row["state"])
            if (before, event) not in ORDER.steps or before not in _AFTER.get(event, (before,)):
                text = f"The order is {before.replace('_', ' ')}, so it can't be {event} now."
                raise Refused("wrong_state", text, {"state": before})
            if event == "received" and await _awaited(connection, order_id) is None:
                text = "What the change of this order costs is not paid yet, so nothing can be received now."
                raise Refused("wrong_state", text, {"state": before})
            await self._record(connection, held, (event, resellable), now)
            await supersede_changes(connection, self._context, order_id, f"order_{event}", now)
            (view,) = await order_views(connection, self._context, [await self._row(connection, order_id)])
        return view

    async def _record(self, connection: AsyncConnection, held: Held, what: tuple[str, bool], now: datetime) -> None:
        event, resellable = what
        order_id, subject = held.row["order_id"], held.row["subject"]
        if event == "delivered":
            await write_content(connection, held, delivered_at=now)
        wanted = Move(ORDER, order_id, subject, held.row["state"], event)
        await move(connection, self._context.audit, wanted, now)
        if event != "received":
            return
        facts = {"resellable": resellable}
        values = {"resellable": resellable, "next_try_at": now}
        change_id = str(await _awaited(connection, order_id))
        back = Move(CHANGE, change_id, subject, "awaiting_goods", "received", facts, values)
        await move(connection, self._context.audit, back, now)


async def _awaited(connection: AsyncConnection, order_id: str) -> str | None:
    """Return the change whose goods are expected back, None while there is none."""
    return (await connection.execute(_AWAITED, {"order_id": order_id})).scalar_one_or_none()
