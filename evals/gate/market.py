"""What the world around the shoppers does, step by step: prices, stock, time."""

from collections.abc import Callable
from random import Random

from evals.gate.ground import GOODS, Ground
from evals.gate.shadow import Shadow
from policies.principal import Principal

VARIANTS = tuple(entry.variant_id for entry in GOODS)
_SOME = 6


class Market:
    """Steps that no shopper takes.

    Args:
        ground: The shop.
        shadow: What the sequence knows; it learns here what changed.
        chance: Of the sequence.
        waited: Called with who waited: somebody who comes back presses what is still on the screen.
    """

    def __init__(self, ground: Ground, shadow: Shadow, chance: Random, waited: Callable[[Principal], None]) -> None:
        self._ground, self._shadow, self._chance, self._waited = ground, shadow, chance, waited

    async def price(self, _: Principal) -> None:
        """Something costs more or less, or the same, from now on."""
        variant = self._chance.choice(VARIANTS)
        price = self._chance.choice([self._shadow.prices[variant], self._chance.randint(100, 70_000)])
        await self._ground.books.merchant.set_offer(variant, price=price)
        self._shadow.prices[variant] = price

    async def stock(self, _: Principal) -> None:
        """Somebody counts what lies in the shop; now and then it is taken off sale."""
        variant = self._chance.choice(VARIANTS)
        (row,) = self._ground.rows("SELECT reserved, sold FROM offers WHERE variant_id = ?", variant)
        on_hand, sellable = self._chance.randint(0, 12), self._chance.random() < 0.9
        await self._ground.books.merchant.set_offer(variant, stock=on_hand, sellable=sellable)
        self._shadow.sellable[variant] = sellable
        self._shadow.received[variant] = max(on_hand, row["reserved"]) + row["sold"]

    async def put(self, variant: str, price: int) -> None:
        """Have some of something to sell at a price."""
        (row,) = self._ground.rows("SELECT reserved, sold FROM offers WHERE variant_id = ?", variant)
        on_hand = row["reserved"] + _SOME
        await self._ground.books.merchant.set_offer(variant, price=price, stock=on_hand, sellable=True)
        self._shadow.prices[variant], self._shadow.sellable[variant] = price, True
        self._shadow.received[variant] = on_hand + row["sold"]

    async def wait(self, who: Principal) -> None:
        """Time goes by, now and then just past the end of a card."""
        seconds = self._chance.choice([1, 30, 599, 601, 601])
        self._ground.clock.move(seconds)
        self._shadow.time += seconds
        self._waited(who)
