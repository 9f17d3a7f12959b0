"""Random sequences of orders and changes: no unit and no cent is lost or made, whatever happens in between."""

import random
from typing import Any

import pytest

from policies.errors import Refused
from shop.change_terms import LineWanted
from shop.held import load_held
from shop.views import Card, OrderView
from tests.shop.changing import Desk

STEPS = 60
GIFT = 20_000  # minor units that are on the gift card
VARIANTS = ("fen-oak", "reed-250", "reed-300", "harbour")
SETTLED = {"captured", "shipped", "delivered", "cancelled", "refunded", "partly_refunded", "exchanged"}


class Run:
    """One sequence: each step is one call, followed by a look at everything."""

    def __init__(self, till: Any, seed: int) -> None:
        self.desk = Desk(till)
        self.till = till
        self.random = random.Random(seed)
        self.cards: list[Card] = []
        self.counts: dict[str, int] = {}

    async def step(self) -> None:
        moves = [self.buy] * 3 + [self.ask] * 6 + [self.press] * 6 + [self.event] * 5 + [self.drive] * 3
        moves += [self.price, self.wait, self.pay_with, self.forge]
        move = self.random.choice(moves)
        try:
            await move()
            outcome = "done"
        except Refused as refused:
            outcome = refused.code
        name = f"{move.__name__}:{outcome}"
        self.counts[name] = self.counts.get(name, 0) + 1
        await self.look()

    async def buy(self) -> None:
        for variant in self.random.sample(VARIANTS, self.random.randint(1, 2)):
            await self.till.books.carts.add(self.desk.who, variant, self.random.randint(1, 2))
        quote = await self.till.books.quotes.prepare(self.desk.who, coupon=self.random.choice([None, "WELCOME10"]))
        outcome = await self.till.press(await self.till.books.gate.render(self.desk.who, quote.quote_id))
        if self.random.random() < 0.7:
            await self.till.books.worker.drive(outcome.intent_id)

    async def ask(self) -> None:
        order = await self.some_order()
        if order is None:
            return
        kind = self.random.choice([*order.can * 3, "cancel", "return", "exchange", "items", "address"])
        line = self.random.choice(order.lines)
        comes = self.random.choice(VARIANTS) if kind in ("exchange", "items") else None
        lines = (LineWanted(line.line_id, self.random.choice([None, 1, 1, 2]), comes),)
        place = self.random.choice(["home", "office"]) if kind == "address" else None
        wanted = lines if kind in ("return", "exchange", "items") else ()
        by = self.random.choice([None, None, "card-4242", "gift-1"])
        self.cards.append(await self.desk.card(order, kind, *wanted, address=place, instrument=by))

    async def press(self) -> None:
        if self.cards:
            await self.desk.press(self.random.choice([self.cards[-1], self.cards[-1], self.random.choice(self.cards)]))

    async def forge(self) -> None:
        if not self.cards:
            return
        before = await self.till.rows("SELECT change_id FROM order_changes")
        with pytest.raises(Refused):
            await self.desk.press(self.random.choice(self.cards).model_copy(update={"challenge": "yes"}))
        assert await self.till.rows("SELECT change_id FROM order_changes") == before

    async def event(self) -> None:
        order = await self.some_order()
        names = ["ship", "deliver", "receive"] * 8 + ["dispute"]
        if order is not None:
            await getattr(self.till.books.fulfilment, self.random.choice(names))(order.order_id)

    async def drive(self) -> None:
        await self.till.books.worker.drive()
        await self.till.books.worker.changes.drive()

    async def price(self) -> None:
        await self.till.books.merchant.set_offer(self.random.choice(VARIANTS), price=self.random.randint(100, 70_000))

    async def wait(self) -> None:
        self.till.clock.move(self.random.choice([1, 30, 601, 86_400]))

    async def pay_with(self) -> None:
        reference = self.random.choice(["card-4242", "card-declined", "card-capture-refused", "card-lost-answer"])
        statement = "UPDATE intents SET payment_reference = :r WHERE state = 'captured'"
        await self.till.rows(statement, r=reference)

    async def some_order(self) -> OrderView | None:
        orders = await self.till.books.orders.mine(self.desk.who, limit=50)
        return self.random.choice(orders) if orders else None

    async def look(self) -> None:
        """Check everything that must always hold."""
        for row in await self.till.rows("SELECT * FROM offers"):
            assert min(row["available"], row["reserved"], row["sold"]) >= 0
            assert (
                row["available"] + row["reserved"] + row["sold"] == row["received"] == self.received[row["variant_id"]]
            )
        promised = "SELECT variant_id, quantity FROM {} WHERE state = 'reserved'"
        held: dict[str, int] = {}
        for table in ("reservations", "change_reservations"):
            for row in await self.till.rows(promised.format(table)):
                held[row["variant_id"]] = held.get(row["variant_id"], 0) + row["quantity"]
        for row in await self.till.rows("SELECT variant_id, reserved FROM offers"):
            assert row["reserved"] == held.get(row["variant_id"], 0)
        for row in await self.till.rows("SELECT * FROM order_payments"):
            assert 0 <= row["refunded"] <= row["captured"]
        confirmed = await self.till.rows("SELECT quote_id FROM change_quotes WHERE state = 'confirmed' ORDER BY 1")
        assert confirmed == await self.till.rows("SELECT quote_id FROM order_changes ORDER BY 1")

    async def begin(self) -> None:
        await self.till.books.gift_cards.issue(self.desk.who.subject, ("gift-1", "gift card"), GIFT)
        rows = await self.till.rows("SELECT variant_id, received FROM offers")
        self.received = {row["variant_id"]: row["received"] for row in rows}

    async def end(self) -> None:
        """Let everything settle, then compare money with orders, and both with the payment service."""
        await self.till.rows("UPDATE intents SET payment_reference = 'card-4242'")
        for _ in range(4):
            self.till.clock.move(120)
            await self.till.books.recover()
        await self.look()
        taken, given, _ = await self.desk.service()
        (gift,) = await self.till.rows("SELECT balance FROM gift_cards")
        orders = await self.till.books.orders.mine(self.desk.who, limit=100)
        kept = gift["balance"] - GIFT
        for order in orders:
            held = await self.held(order.order_id)
            kept += held.paid
            if order.state in SETTLED:
                assert held.paid == (held.content.total if order.state != "cancelled" else 0)
        assert taken - given == kept
        (held,) = await self.till.rows("SELECT COALESCE(SUM(amount - captured - voided), 0) AS left FROM gift_holds")
        assert held["left"] == 0
        assert (await self.till.books.audit.verify()).ok

    async def held(self, order_id: str) -> Any:
        async with self.till.books._context.database.reading() as connection:
            return await load_held(connection, order_id, self.desk.who.subject)


@pytest.mark.parametrize("seed", range(5))
async def test_g13_no_sequence_of_orders_and_changes_loses_or_makes_units_or_money(till, seed):
    run = Run(till, seed)
    await run.begin()
    steps = 0
    while steps < STEPS or (run.counts.get("press:done", 0) < 3 and steps < 6 * STEPS):
        await run.step()
        steps += 1
    await run.end()
    assert run.counts.get("press:done", 0) > 2
