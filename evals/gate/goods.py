"""What happens to orders outside the shop, step by step, and whether the shop may record it then."""

from collections.abc import Awaitable, Callable, Mapping
from random import Random
from typing import cast

from evals.gate.change_settling import paid_back
from evals.gate.change_shadow import ChangeShadow
from evals.gate.ground import INSTRUMENTS, Ground
from evals.gate.violation import Violation, hold
from policies.errors import Refused
from policies.principal import Principal
from shop.views import OrderView

_MINE = """
    SELECT orders.order_id, orders.quote_id, order_changes.quote_id AS busy FROM orders
    LEFT JOIN order_changes ON order_changes.order_id = orders.order_id
        AND order_changes.state NOT IN ('done', 'failed', 'stuck')
    WHERE orders.subject = ?
"""
_STATE = "SELECT state FROM orders WHERE order_id = ?"
_WAITING = "SELECT quote_id FROM order_changes WHERE order_id = ? AND state = 'awaiting_goods'"
_BANK = """
    UPDATE sandbox_payments.authorisations SET instrument = 'card-refund-refused' WHERE authorisation_id IN (
        SELECT authorisation_id FROM intents WHERE intent_id = (SELECT intent_id FROM orders WHERE order_id = ?))
"""
# A gift card is the shop's own and always answers: turned into a bank's, a change would charge what no card named.
_CARD = """
    UPDATE intents SET payment_reference = ?
    WHERE state = 'captured' AND subject = ? AND payment_reference NOT LIKE 'gift:%'
"""
_MONTH_S = 31 * 86_400
# Of an order in which state something may be recorded; the shop has a table of its own.
_MAY: Mapping[str, frozenset[str]] = {
    "shipped": frozenset({"captured", "exchanged"}),
    "delivered": frozenset({"shipped"}),
    "received": frozenset({"return_requested", "exchange_requested"}),
}


class Goods:
    """Steps around the goods and the banks of placed orders.

    Args:
        ground: The shop.
        changes: What the sequence knows of changes; it learns here what was delivered, broken or disputed.
        chance: Of the sequence.
    """

    def __init__(self, ground: Ground, changes: ChangeShadow, chance: Random) -> None:
        self._ground, self._changes, self._chance = ground, changes, chance
        self._fulfilment = ground.books.fulfilment

    async def ship(self, who: Principal) -> None:
        """The goods leave."""
        for order_id in self.pick(who):
            await self._record("shipped", order_id, self._fulfilment.ship)

    async def deliver(self, who: Principal) -> None:
        """The goods arrive."""
        for order_id in self.pick(who):
            await self._record("delivered", order_id, self._fulfilment.deliver)
            self._changes.delivered[order_id] = self._changes.base.time

    async def receive(self, who: Principal) -> None:
        """Something is sent back; what it was is seen then."""
        resellable = self._chance.random() < 0.7
        for order_id in self.pick(who):
            waiting = [row["quote_id"] for row in self._ground.rows(_WAITING, order_id)]
            await self._record("received", order_id, lambda name: self._fulfilment.receive(name, resellable=resellable))
            self._changes.broken.update(waiting if not resellable else ())

    async def dispute(self, who: Principal) -> None:
        """A bank takes a payment back, or says that it may."""
        for order_id in self.pick(who):
            if self._chance.random() < 0.3:
                await self._fulfilment.dispute(order_id)
                self._changes.frozen[order_id] = paid_back(self._ground, order_id)

    async def bank(self, who: Principal) -> None:
        """From now on the bank behind an order pays nothing back."""
        for order_id in self.pick(who):
            if self._chance.random() < 0.3:
                self._ground.rows(_BANK, order_id)
                self._changes.refusing.add(order_id)

    async def other_card(self, who: Principal) -> None:
        """From now on the card behind this shopper's orders answers in another way."""
        self._ground.rows(_CARD, self._chance.choice(INSTRUMENTS), who.subject)

    async def wait_long(self, _: Principal) -> None:
        """Time goes by: an hour, a day, more than the window of a return."""
        seconds = self._chance.choice([3_600, 86_400, _MONTH_S])
        self._ground.clock.move(seconds)
        self._changes.base.time += seconds

    def pick(self, who: Principal) -> list[str]:
        """Draw one of a shopper's orders, half of the time one with a change under way; none where there is none."""
        # As they were bought: ids are others in every run.
        bought = list(self._changes.base.bought)
        mine = sorted(self._ground.rows(_MINE, who.subject), key=lambda row: bought.index(row["quote_id"]))
        busy = [row for row in mine if row["busy"]]
        rows = busy if self._chance.random() < 0.5 and busy else mine
        return [cast(str, self._chance.choice(rows)["order_id"])] if rows else []

    async def _record(self, event: str, order_id: str, tell: Callable[[str], Awaitable[OrderView]]) -> None:
        state = str(self._ground.rows(_STATE, order_id)[0]["state"])
        expected = event != "received" or bool(self._ground.rows(_WAITING, order_id))
        may = state in _MAY[event] and expected
        try:
            await tell(order_id)
        except Refused as refused:
            if may:
                raise Violation(f"G16: {event} was refused of an order that is {state}") from refused
            raise
        hold(may, f"G12: {event} was recorded of an order that is {state}")
