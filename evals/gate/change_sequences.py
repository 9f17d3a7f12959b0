"""One random sequence around orders that were placed: changes, what happens to goods outside, banks that say no."""

from dataclasses import replace

from evals.gate.change_settling import settle_changes
from evals.gate.change_shadow import ChangeShadow, ShownChange, look_changes, note, read_card
from evals.gate.gift_shadow import handle_of
from evals.gate.goods import Goods
from evals.gate.ground import INSTRUMENTS, Ground, Step
from evals.gate.home_steps import new_address
from evals.gate.market import VARIANTS
from evals.gate.sequences import Sequence
from evals.gate.shadow import available, closed, settle, spent
from evals.gate.violation import Violation
from policies.errors import Refused
from policies.order_change import ChangeKind
from policies.principal import Principal
from shop.change_quotes import is_change
from shop.change_terms import ChangeWanted, LineWanted
from shop.views import Card, OrderView

_KINDS: tuple[ChangeKind, ...] = ("cancel", "return", "exchange", "items", "address", "payment")
# Before shipping, only another variant of the same product may come.
_SWAPS = (*VARIANTS, "rug-250", "rug-300")


class ChangeSequence(Sequence):
    """Two shoppers who have bought something, and everything that can be done to their orders."""

    def __init__(self, ground: Ground, name: str) -> None:
        super().__init__(ground, name)
        self.changes = ChangeShadow(self.shadow)
        self.goods = Goods(ground, self.changes, self._random)
        self._steps = self._around_orders()

    def _around_orders(self) -> list[Step]:
        goods = self.goods
        weights: dict[Step, int] = {
            self._buy: 1, self._ask: 6, self._show: 4, self._approve: 8, self._approve_again: 1, self._forge_change: 3,
            self._peek_change: 1, self._set_aside: 1, goods.ship: 3, goods.deliver: 3, goods.receive: 4,
            goods.dispute: 1, goods.bank: 1, goods.other_card: 1, self.market.price: 1, self.market.stock: 1,
            self.market.wait: 1,
            goods.wait_long: 1, self._drive: 4, self._review: 3, self._forge: 1, self._press: 1, self._insist: 1,
            self.homes.move: 1,
        }  # fmt: skip
        return [step for step, weight in weights.items() for _ in range(weight)]

    async def _begin(self) -> None:
        await super()._begin()
        for row in self.ground.rows("SELECT variant_id, sold FROM offers"):
            self.changes.sold[row["variant_id"]] = row["sold"]
        for who in self.people:
            await self._try(self._buy, who)

    def _look(self) -> None:
        super()._look()
        look_changes(self.ground, self.changes)

    async def _end(self) -> None:
        theirs = await settle_changes(self.ground, self.changes, self._known)
        await settle(self.ground, self.shadow, self._known, theirs)
        self.homes.settle()

    async def _buy(self, who: Principal) -> None:
        """Buy honestly, mostly as far as the money; by a gift card, or one whose bank may answer late."""
        handle = self._random.choice([INSTRUMENTS[0], INSTRUMENTS[0], INSTRUMENTS[2], handle_of(who)])
        before = (await self.ground.books.shoppers.profile(who)).payment
        await self.ground.books.gate.set_checkout(who, payment_handle=handle)
        if before != handle:
            self.shadow.moved(who.subject)
        for _ in range(self._random.randint(0, 1)):
            await self._add(who)
        await self._prepare(who)
        await self._render(who)
        self._urge = None
        intent_id = await self._press_shown(self.shadow.shown[-1])
        if self._random.random() < 0.8:
            await self._driven(intent_id)
        if self._random.random() < 0.3:
            await self.goods.ship(who)
            await self.goods.deliver(who)

    async def _driven(self, intent_id: str) -> None:
        before = closed(self.ground, self.people)
        await self.ground.books.worker.drive(intent_id)
        self._given_back(before)

    async def _drive(self, who: Principal) -> None:
        before = closed(self.ground, self.people)
        await self.ground.books.worker.drive()
        await self.ground.books.worker.changes.drive()
        self._given_back(before)

    async def _ask(self, who: Principal) -> None:
        order = await self._order(who)
        if order is None:
            return await self._buy(who)
        # What the shop says can be done half of the time, anything otherwise.
        kind = self._random.choice(order.can if order.can and self._random.random() < 0.6 else _KINDS)
        wanted = self._wanted(kind, order)
        view = await self.ground.books.changes.prepare(who, order.order_id, wanted)
        note(self.ground, self.changes, who, view, wanted)
        return self._likely(self._show, who)

    def _wanted(self, kind: ChangeKind, order: OrderView) -> ChangeWanted:
        line = self._random.choice(order.lines)
        quantity = self._random.choice([None, None, 1, 1, 2, 0, -1])
        name = line.line_id if self._random.random() < 0.95 else "line_elsewhere"
        comes = self._random.choice(_SWAPS) if kind in ("exchange", "items") else None
        lines = (LineWanted(name, quantity, comes),) if kind in ("return", "exchange", "items") else ()
        if kind == "return" and self._random.random() < 0.3:
            lines = ()
        place, new = None, None
        if kind == "address" and self._random.random() < 0.5:
            new = new_address(self._random)
        elif kind == "address":
            place = self._random.choice(["home", "office"])
        chosen = None
        if kind == "payment" or self._random.random() < 0.2:
            chosen = self._random.choice([*INSTRUMENTS, *(handle_of(one) for one in self.people)])
        return ChangeWanted(kind, lines, place, new, instrument=chosen)

    async def _show(self, who: Principal) -> None:
        mine = [quote_id for quote_id, asked in self.changes.asked.items() if asked.owner == who]
        if not mine:
            return await self._ask(who)
        quote_id = self._random.choice([mine[-1], mine[-1], self._random.choice(mine)])
        card = await self.ground.books.gate.render(who, quote_id)
        self.changes.shown.append(read_card(self.changes.asked[quote_id], card))
        return self._likely(self._approve, who)

    async def _approve(self, who: Principal) -> None:
        mine = [shown for shown in self.changes.shown if shown.asked.owner == who]
        if not mine:
            return await self._ask(who)
        return await self._approve_shown(self._random.choice([mine[-1], mine[-1], self._random.choice(mine)]))

    async def _approve_shown(self, shown: ShownChange) -> None:
        """Press a change's card that was shown to its owner."""
        known, who = shown.card.quote_id in self.changes.made, shown.asked.owner
        counts = self.changes.must_count(self.ground, shown, available(self.ground))
        counts = counts and not self._held_back_change(shown)
        try:
            outcome = await self.ground.press_change(shown.card, who)
        except Refused as refused:
            await self._offered(shown, refused)
            if counts and not known:
                raise Violation(f"an approval of a change that had to count was refused: {refused.code}") from refused
            raise
        if not known and not counts:
            raise Violation("an approval of a change counted that must not")
        if self.changes.ids.setdefault(shown.card.quote_id, outcome.change_id) != outcome.change_id:
            raise Violation("G6: a repeat of one press is another change")
        if not known:
            self.changes.made[shown.card.quote_id] = shown
            self._goes_on(shown)

    def _goes_on(self, shown: ShownChange) -> None:
        """Note what an approval did at once; the world outside may well be quicker than the worker."""
        who, new = shown.asked.owner, shown.asked.wanted.new_address
        if new is not None:
            self.shadow.joined(who.subject, new.label)
        if shown.asked.pay and self._random.random() < 0.5:
            # What was within the limits when its card was drawn may be beyond them by now.
            self._urge = (self._press, who)
            return
        goods = self.goods
        usual = [self._drive, goods.receive, goods.receive, goods.deliver, goods.dispute]
        # While an exchange is paid for, the shop may not take its goods for delivered, nor for back.
        early = [goods.receive, goods.deliver]
        self._likely(self._random.choice(early if shown.asked.wanted.kind == "exchange" else usual), who)

    async def _offered(self, shown: ShownChange, refused: Refused) -> None:
        """Note the fresh change that comes with a refusal because something is different now."""
        if refused.code != "requote_required":
            return
        self.shadow.ended.add(shown.card.quote_id)
        fresh = refused.facts.get("quote_id")
        if not isinstance(fresh, str) or fresh in self.changes.asked:
            return
        who = shown.asked.owner
        view = await self.ground.books.changes.get(who, fresh)
        if view is not None and view.state == "quoted":
            note(self.ground, self.changes, who, view, shown.asked.wanted)

    async def _approve_again(self, who: Principal) -> None:
        """Press again what counted before: the same change."""
        done = [shown for shown in self.changes.made.values() if shown.asked.owner == who]
        if not done:
            return await self._approve(who)
        shown = self._random.choice(done)
        outcome = await self.ground.press_change(shown.card, who)
        if outcome.change_id != self.changes.ids[shown.card.quote_id]:
            raise Violation("G6: a repeat of one press is another change")
        return None

    async def _forge_change(self, who: Principal) -> None:
        """Press with something that was not shown to this shopper in this session, or at the door of purchases."""
        if not self.changes.shown:
            return await self._ask(who)
        shown = self._random.choice(self.changes.shown)
        owner, card = shown.asked.owner, shown.card
        other = next(person for person in self.people if person != owner)
        elsewhere = self._random.choice([*self.changes.shown, *self.shadow.shown]).card
        forged, presser = self._random.choice(
            [
                (card, other),
                (card, replace(owner, session_id="ses_elsewhere")),
                (card, replace(owner, scopes=frozenset())),
                (card.model_copy(update={"challenge": "yes"}), owner),
                (card.model_copy(update={"digest": "f" * 64}), owner),
                (card.model_copy(update={"challenge": elsewhere.challenge}), owner),
            ]
        )
        if elsewhere.quote_id == card.quote_id and forged.challenge == elsewhere.challenge and presser == owner:
            forged = card.model_copy(update={"challenge": ""})
        door = self.ground.press_change if self._random.random() < 0.8 else self.ground.press
        try:
            await door(forged, presser)
        except Refused as refused:
            if refused.code in {"wrong_digest", "wrong_challenge"} and card.quote_id not in self.changes.made:
                self.shadow.failure(card.quote_id, owner)
            raise
        raise Violation("G3: a forged press of a change counted")

    async def _insist(self, who: Principal) -> None:
        """Fail three times at one card, then press it as it was drawn, or another one."""
        mine = [shown.card for shown in self.changes.shown if shown.asked.owner == who]
        if not mine:
            return await self._ask(who)
        await self._fail_at(self._random.choice(mine), who)
        self._urge = (self._random.choice([self._approve, self._approve, self._ask, self._press]), who)
        return None

    async def _fail_at(self, card: Card, who: Principal) -> None:
        """Press a card three times with what was not shown; it may be a purchase's or a change's."""
        press = self.ground.press_change if is_change(card.quote_id) else self.ground.press
        for _ in range(3):
            try:
                await press(card.model_copy(update={"challenge": "yes"}), who)
            except Refused as refused:
                approved = card.quote_id in self.changes.made or card.quote_id in self.shadow.bought
                if refused.code == "wrong_challenge" and not approved:
                    self.shadow.failure(card.quote_id, who)

    async def _peek_change(self, who: Principal) -> None:
        """Ask for, and read, what concerns somebody else's order: there must be nothing to see."""
        other = next(person for person in self.people if person != who)
        theirs = [shown.card.quote_id for shown in self.changes.shown if shown.asked.owner == other]
        if theirs and await self.ground.books.changes.get(who, self._random.choice(theirs)) is not None:
            raise Violation("G14: a foreign change was read")
        made = [self.changes.ids[name] for name in theirs if name in self.changes.ids]
        if made and self._random.random() < 0.5:
            await self.ground.books.gate.changes.outcome(who, self._random.choice(made))
            raise Violation("G14: a foreign change was read")
        order = await self._order(other)
        if order is not None:
            await self.ground.books.changes.prepare(who, order.order_id, self._wanted("cancel", order))
            raise Violation("G14: a change of a foreign order was drawn up")

    async def _set_aside(self, who: Principal) -> None:
        mine = [shown.card.quote_id for shown in self.changes.shown if shown.asked.owner == who]
        if not mine:
            return
        await self.ground.books.gate.decline(who, mine[-1])
        self.shadow.ended.add(mine[-1])

    async def _order(self, who: Principal) -> OrderView | None:
        for order_id in self.goods.pick(who):
            return await self.ground.books.orders.get(who, order_id)
        return None

    def _held_back_change(self, shown: ShownChange) -> bool:
        pay = max(0, shown.asked.difference)
        before, _ = spent(self.ground, shown.asked.owner)
        limits = self.ground.policy.limits
        after = shown.asked.paid + shown.asked.difference
        over = pay > 0 and (after > limits.order or before + pay > limits.day or pay > limits.order)
        return over or self.shadow.cools(self.ground, shown.asked.owner)
