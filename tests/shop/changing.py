"""Moves that tests of changes make again and again: buy, ask for a change, press it, let it happen."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from policies.principal import Principal
from shop.change_terms import ChangeWanted, LineWanted
from shop.change_views import ChangeOutcome, ChangeView
from shop.merchants.sandbox import SandboxPayments
from shop.payments import Charge, idempotency_key
from shop.tables import intents
from shop.views import Card, OrderView
from tests.shop.conftest import ANNA, Till


@dataclass
class Desk:
    """A shopper at the till after the purchase."""

    till: Till
    who: Principal = ANNA

    async def bought(self, *goods: tuple[str, int], delivered: bool = False) -> OrderView:
        """Buy these variants together; returns the order."""
        for variant, quantity in goods:
            await self.till.books.carts.add(self.who, variant, quantity)
        quote = await self.till.books.quotes.prepare(self.who)
        card = await self.till.books.gate.render(self.who, quote.quote_id)
        outcome = await self.till.press(card, self.who)
        await self.till.books.worker.drive(outcome.intent_id)
        (order, *_) = await self.till.books.orders.mine(self.who)
        if delivered:
            await self.till.books.fulfilment.ship(order.order_id)
            await self.till.books.fulfilment.deliver(order.order_id)
        return await self.order(order.order_id)

    async def placed(self, intent_id: str) -> None:
        """Take a purchase to the order that is not charged yet, as a process that ends there would."""
        worker = self.till.books.worker
        for _ in range(3):
            async with self.till.books._context.database.reading() as connection:
                query = select(intents).where(intents.c.intent_id == intent_id)
                row = (await connection.execute(query)).mappings().one()
            await worker._steps[row["state"]](row)

    async def capture_beside(self, intent_id: str) -> None:
        """Let the payment service capture a purchase behind the books' back, with the books' own key."""
        (row,) = await self.till.rows("SELECT * FROM intents WHERE intent_id = :i", i=intent_id)
        key = idempotency_key(intent_id, "capture")
        charge = Charge(key, "capture", row["amount"], row["currency"], row["authorisation_id"])
        assert (await self.till.books._payments.charge(charge)).state == "done"

    async def order(self, order_id: str) -> OrderView:
        order = await self.till.books.orders.get(self.who, order_id)
        assert order is not None
        return order

    async def ask(self, order: OrderView, kind: Any, *lines: LineWanted, **more: Any) -> ChangeView:
        """Prepare a change; `more` is what else `ChangeWanted` takes: address, instrument, reason."""
        wanted = ChangeWanted(kind, tuple(lines), **more)
        return await self.till.books.changes.prepare(self.who, order.order_id, wanted)

    async def card(self, order: OrderView, kind: Any, *lines: LineWanted, **more: Any) -> Card:
        asked = await self.ask(order, kind, *lines, **more)
        return await self.till.books.gate.render(self.who, asked.quote_id)

    async def press(self, card: Card, who: Principal | None = None) -> ChangeOutcome:
        gate = self.till.books.gate.changes
        return await gate.approve(who or self.who, card.quote_id, card.digest, card.challenge)

    async def make(self, order: OrderView, kind: Any, *lines: LineWanted, **more: Any) -> ChangeOutcome:
        """Ask for a change, press its card and let the worker do what it can."""
        outcome = await self.press(await self.card(order, kind, *lines, **more))
        await self.till.books.worker.changes.drive(outcome.change_id)
        return await self.till.books.gate.changes.outcome(self.who, outcome.change_id)

    async def back(self, order: OrderView, *, resellable: bool = True) -> OrderView:
        """Let the goods arrive in the shop, and the worker pay back."""
        await self.till.books.fulfilment.receive(order.order_id, resellable=resellable)
        await self.till.books.worker.changes.drive()
        return await self.order(order.order_id)

    async def stock(self, variant: str) -> tuple[int, int, int]:
        (row,) = await self.till.rows("SELECT available, reserved, sold FROM offers WHERE variant_id = :v", v=variant)
        return row["available"], row["reserved"], row["sold"]

    async def service(self) -> tuple[int, int, int]:
        """What the payment service took, gave back, and still holds aside."""
        service = self.till.books._payments
        assert isinstance(service, SandboxPayments)
        async with service._database.reading() as connection:
            taken = (
                "SELECT COALESCE(SUM(captured), 0), COALESCE(SUM(amount - captured - voided), 0) FROM authorisations"
            )
            captured, aside = (await connection.exec_driver_sql(taken)).one()
            given = "SELECT COALESCE(SUM(refunded), 0) FROM refunds"
            (refunded,) = (await connection.exec_driver_sql(given)).one()
        return int(captured), int(refunded), int(aside)
