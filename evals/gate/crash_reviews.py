"""What the crash rig presses where a person looks first: held purchases that are released, refused or left too long."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from evals.gate.crash_scenes import Purchase, Scene
from evals.gate.ground import Ground, hold_orders
from evals.gate.place import Place

_INTENTS = "SELECT state, amount, captured FROM intents"
_ORDERS = "SELECT state FROM orders"
_STOCK = "SELECT available, reserved, sold FROM offers WHERE variant_id = 'desk'"


@dataclass(frozen=True, slots=True)
class Reviewed(Purchase):
    """A purchase that the policy holds; what a person decides, or that nobody does, comes after the press."""

    decision: Literal["release", "refuse", "late"]

    async def prepare(self, place: Place) -> None:
        """See `Scene.prepare`."""
        hold_orders(place)
        await Purchase.prepare(self, place)

    async def press(self, ground: Ground) -> None:
        """See `Scene.press`."""
        await Purchase.press(self, ground)
        await self._decide(ground)

    async def again(self, ground: Ground) -> str:
        """See `Scene.again`."""
        said = await Purchase.again(self, ground)
        # An answer that was lost is asked for again, before anything can be held.
        for _ in range(2):
            await ground.books.recover()
        await self._decide(ground)
        return said

    async def set_aside(self, ground: Ground) -> str:
        """See `Scene.set_aside`; what was pressed before is decided."""
        said = await Scene.set_aside(self, ground)
        await self._decide(ground)
        return said

    async def _decide(self, ground: Ground) -> None:
        reviews, worker = ground.books.reviews, ground.books.worker
        for order in await reviews.waiting():
            if self.decision == "late":
                ground.clock.move((order.due_at - ground.clock.now).total_seconds())
                await worker.drive()
            else:
                decide = reviews.release if self.decision == "release" else reviews.refuse
                await worker.drive((await decide(order.order_id)).intent_id)

    def problems(self, ground: Ground, said: str) -> list[str]:
        """A released purchase is paid once; one that was not is refused, its money and its goods are free."""
        if self.decision == "release":
            return Purchase.problems(self, ground, said)
        intents, orders = ground.rows(_INTENTS), ground.rows(_ORDERS)
        charges, (stock,) = list(ground.charges().values()), ground.rows(_STOCK)
        ends_well = all(row["state"] == "closed" and not row["captured"] for row in intents)
        ends_well &= [row["state"] for row in orders] == ["refused"] * len(intents)
        ends_well &= all(not row["captured"] and row["voided"] == row["amount"] for row in charges)
        ends_well &= stock == {"available": 6, "reserved": 0, "sold": 0}
        problems = [] if ends_well else [f"ended with {intents}, {orders}, {charges}, {stock}"]
        if said == "taken" and not intents:
            problems.append("the press was taken and nothing came of it")
        return problems


REVIEWS: Mapping[str, Scene] = {
    "held and released": Reviewed("card-4242", "release"),
    "held and released, answers lost": Reviewed("card-lost-answer", "release"),
    "held and refused": Reviewed("card-4242", "refuse"),
    "held too long": Reviewed("card-4242", "late"),
}
