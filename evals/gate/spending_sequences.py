"""One random sequence of shoppers who spend what a day allows, by purchases and by changes that cost something."""

from evals.gate.change_sequences import ChangeSequence
from evals.gate.change_shadow import ShownChange, note, read_card
from evals.gate.ground import INSTRUMENTS, Step
from evals.gate.shadow import spent
from policies.principal import Principal
from shop.change_terms import ChangeWanted, LineWanted
from shop.views import LineChange

_ORDER = "SELECT order_id FROM orders WHERE intent_id = ?"
# What another rug costs more exceeds what is left of a day that has been filled.
_RUG, _DEARER_RUG = 12_900, 40_000
_LEFT = 20_000
_HIGHEST_TAX = 120  # per cent of the goods


class SpendingSequence(ChangeSequence):
    """Two shoppers whose orders and changes are each within the limits when their cards are drawn, not together."""

    def _around_orders(self) -> list[Step]:
        return [*super()._around_orders(), self._overdraw, self._overdraw, self._overdraw, self._guess]

    async def _overdraw(self, who: Principal) -> None:
        """Have a dearer rug on one card, and the last of what the day allows on another: only one may count."""
        change, waits = await self._dearer(who), self._random.random() < 0.5
        limits = self.ground.policy.limits
        while (left := limits.day - spent(self.ground, who)[0]) > _LEFT:
            fits = min(left, limits.order)
            await self.market.put("desk", fits * 100 // _HIGHEST_TAX)
            total = await self._drawn(who, "desk")
            if waits and left - total <= _LEFT:
                await self._approve_shown(change)
                self._urge = (self._press, who)
                return
            await self._press_shown(self.shadow.shown[-1])
        await self._approve_shown(change)

    async def _guess(self, who: Principal) -> None:
        """Have a change and a purchase on cards, fail three times at one of them, and press the other."""
        change = await self._dearer(who)
        await self._drawn(who, "lamp")
        purchase = self.shadow.shown[-1]
        if self._random.random() < 0.5:
            await self._fail_at(purchase.card, who)
            await self._approve_shown(change)
        else:
            await self._fail_at(change.card, who)
            await self._press_shown(purchase)

    async def _dearer(self, who: Principal) -> ShownChange:
        """Buy a rug and draw the card of another one that costs more; nothing is pressed on it."""
        gate, changes = self.ground.books.gate, self.ground.books.changes
        before = (await self.ground.books.shoppers.profile(who)).payment
        await gate.set_checkout(who, payment_handle=INSTRUMENTS[0])
        if before != INSTRUMENTS[0]:
            self.shadow.moved(who.subject)
        await self.market.put("rug-250", _RUG)
        await self.market.put("rug-300", _DEARER_RUG)
        await self._drawn(who, "rug-250")
        intent_id = await self._press_shown(self.shadow.shown[-1])
        await self._driven(intent_id)
        order_id = str(self.ground.rows(_ORDER, intent_id)[0]["order_id"])
        order = await self.ground.books.orders.get(who, order_id)
        if order is None:
            raise LookupError(f"{order_id} was placed a moment ago and can't be read")
        wanted = ChangeWanted("items", (LineWanted(order.lines[0].line_id, 1, "rug-300"),))
        view = await changes.prepare(who, order_id, wanted)
        note(self.ground, self.changes, who, view, wanted)
        shown = read_card(self.changes.asked[view.quote_id], await gate.render(who, view.quote_id))
        self.changes.shown.append(shown)
        return shown

    async def _drawn(self, who: Principal, variant: str) -> int:
        """Have one unit of it in the cart, nothing else, and draw its card; returns the total, minor units."""
        carts = self.ground.books.carts
        before = await carts.view(who)
        out = [LineChange(line_id=line.line_id, quantity=0) for line in before.lines]
        emptied = await carts.change(who, out) if out else before
        self._edited(who, before, emptied)
        self._edited(who, emptied, await carts.add(who, variant))
        await self._prepare(who)
        await self._render(who)
        self._urge = None
        return self.shadow.shown[-1].total
