"""One random sequence of honest and hostile calls at the gate, the oracle asked before and after each."""

import random
from collections import Counter
from dataclasses import replace

from evals.gate.gift_shadow import handle_of
from evals.gate.ground import INSTRUMENTS, Ground, Step
from evals.gate.home_steps import HomeSteps
from evals.gate.market import VARIANTS, Market
from evals.gate.shadow import Shadow, Shown, available, closed, look, said, settle, spent, spent_in_talk
from evals.gate.violation import Violation, hold
from policies.errors import Refused
from policies.principal import Principal
from shop.views import CartView, LineChange

_NO_QUOTE = "quote_none"
# Minor units on a gift card: too little for anything, enough for some goods, enough for all.
_ON_A_CARD = (2_000, 20_000, 150_000)
_GUEST_HOMES = ("home, Berlin", "office, Vienna")


def _contents(view: CartView) -> tuple[object, ...]:
    return (*((line.variant_id, line.quantity) for line in view.lines), view.coupon)


class Sequence:
    """Two shoppers and the world around them, step by step.

    Args:
        ground: The shop; what earlier sequences left in it is reset.
        name: Seed; the same name gives the same steps.
    """

    def __init__(self, ground: Ground, name: str) -> None:
        self.ground = ground
        self.shadow = Shadow()
        self.counts: Counter[str] = Counter()
        self.trail: list[str] = ["the start"]
        self.people: tuple[Principal, ...] = ()
        self._random = random.Random(name)
        self._known: frozenset[str] = frozenset()
        self._urge: tuple[Step, Principal] | None = None
        self.market = Market(ground, self.shadow, self._random, lambda who: self._likely(self._press, who))
        self.homes = HomeSteps(ground, self.shadow, self._random, self._likely)
        self._steps = self._repertoire()

    async def run(self, steps: int) -> None:
        """Take `steps` steps and let everything settle.

        Raises:
            Violation: An invariant broke.
        """
        await self._begin()
        for _ in range(steps):
            await self._step()
        await self._end()

    async def _end(self) -> None:
        await settle(self.ground, self.shadow, self._known)
        self.homes.settle()

    def _look(self) -> None:
        look(self.ground, self.shadow)
        self.homes.look()

    def _repertoire(self) -> list[Step]:
        weights: dict[Step, int] = {
            self._add: 4, self._prepare: 5, self._render: 6, self._press: 8, self._repeat: 1, self._forge: 2,
            self._peek: 1, self._change: 1, self._undo: 1, self._coupon: 1, self._choose: 1, self.market.price: 1,
            self.market.stock: 1, self.market.wait: 1, self._decline: 1, self._drive: 2, self._reach: 1,
            self.homes.move: 1, self.homes.press_home: 1, self._review: 2, self._fail: 1,
        }  # fmt: skip
        return [step for step, weight in weights.items() for _ in range(weight)]

    async def _begin(self) -> None:
        books, shadow = self.ground.books, self.shadow
        await self.ground.restock()
        self.people = shadow.people = (await self.ground.guest(), await self.ground.guest())
        for row in self.ground.rows("SELECT variant_id, price, sellable, received FROM offers"):
            shadow.prices[row["variant_id"]] = row["price"]
            shadow.sellable[row["variant_id"]] = bool(row["sellable"])
            shadow.received[row["variant_id"]] = row["received"]
        for who in self.people:
            shadow.moved(who.subject)
            shadow.addresses[who.subject] = set(_GUEST_HOMES)
            shadow.address[who.subject] = _GUEST_HOMES[0]
            await shadow.gifts.issue(self.ground, who, self._random.choice(_ON_A_CARD))
            await books.carts.add(who, self._random.choice(VARIANTS))
        self._known = frozenset(self.ground.charges())

    async def _step(self) -> None:
        step, who = self._urge or (self._random.choice(self._steps), self._random.choice(self.people))
        self._urge = None
        await self._try(step, who)
        self._look()

    async def _try(self, step: Step, who: Principal) -> None:
        self.trail.append(step.__name__)
        try:
            await step(who)
            outcome = "done"
        except Refused as refused:
            outcome = refused.code
        self.counts[f"{step.__name__.strip('_')}:{outcome}"] += 1

    def _edited(self, who: Principal, before: CartView, after: CartView) -> None:
        if _contents(before) != _contents(after):
            self.shadow.moved(who.subject)

    async def _add(self, who: Principal) -> None:
        before = await self.ground.books.carts.view(who)
        variant, quantity = self._random.choice(VARIANTS), self._random.randint(1, 2)
        self._edited(who, before, await self.ground.books.carts.add(who, variant, quantity))

    async def _change(self, who: Principal) -> None:
        before = await self.ground.books.carts.view(who)
        changes = [LineChange(line_id=line.line_id, quantity=self._random.randint(0, 2)) for line in before.lines]
        self._edited(who, before, await self.ground.books.carts.change(who, changes))

    async def _undo(self, who: Principal) -> None:
        before = await self.ground.books.carts.view(who)
        self._edited(who, before, await self.ground.books.carts.undo(who))

    async def _coupon(self, who: Principal) -> None:
        before = await self.ground.books.carts.view(who)
        code = self._random.choice(["WELCOME10", "TAKE20", "FREE100", None])
        self._edited(who, before, await self.ground.books.carts.set_coupon(who, code))

    async def _choose(self, who: Principal) -> None:
        profile = await self.ground.books.shoppers.profile(who)
        place = self._random.choice(sorted(profile.addresses, key=lambda one: one.label))
        wanted = {
            "address": place.handle,
            "delivery": self._random.choice(["standard", "express"]),
            "payment_handle": self._random.choice([INSTRUMENTS[0], *INSTRUMENTS, handle_of(who)]),
        }
        name = self._random.choice(list(wanted))
        await self.ground.books.gate.set_checkout(who, **{name: wanted[name]})
        if name == "address":
            self.shadow.chose(who.subject, place.label)
        elif wanted[name] != getattr(profile, name.removesuffix("_handle")):
            self.shadow.moved(who.subject)

    async def _reach(self, who: Principal) -> None:
        """Choose to pay with somebody else's gift card."""
        other = next(person for person in self.people if person != who)
        await self.ground.books.gate.set_checkout(who, payment_handle=handle_of(other))
        raise Violation("G14: somebody else's gift card was chosen")

    async def _prepare(self, who: Principal) -> None:
        quote = await self.ground.books.quotes.prepare(who)
        self.shadow.newest[who.subject] = quote.quote_id
        self._likely(self._render, who)

    async def _render(self, who: Principal) -> None:
        quote_id = self.shadow.newest.get(who.subject, _NO_QUOTE)
        card = await self.ground.books.gate.render(who, quote_id)
        quote = await self.ground.books.quotes.get(who, quote_id)
        if quote is None:
            raise Violation("a card was drawn for a quote its owner cannot read")
        hold(said(card, "ship_to") == self.shadow.address[who.subject], "G3: the card sends it elsewhere")
        expires = (quote.expires_at - self.ground.clock.now).total_seconds() + self.shadow.time
        lines = tuple((line.variant_id, line.quantity, line.unit_price) for line in quote.lines)
        moment = self.shadow.moments[who.subject]
        self.shadow.shown.append(Shown(who, card, lines, quote.total, expires, moment))
        self._likely(self._random.choice([self._press] * 4 + [self.market.wait]), who)

    def _likely(self, step: Step, who: Principal) -> None:
        """Go on as a shopper would, half of the time: pure chance seldom gets as far as a press."""
        if self._random.random() < 0.5:
            self._urge = (step, who)

    async def _press(self, who: Principal) -> None:
        mine = [shown for shown in self.shadow.shown if shown.owner == who]
        if not mine:
            return await self._prepare(who)
        await self._press_shown(self._random.choice([mine[-1], mine[-1], self._random.choice(mine)]))
        return None

    async def _press_shown(self, shown: Shown) -> str:
        """Press a card that was shown to its owner; returns the purchase."""
        known, who = shown.card.quote_id in self.shadow.bought, shown.owner
        counts = self.shadow.must_count(shown, available(self.ground)) and not self._held_back(shown)
        try:
            outcome = await self.ground.press(shown.card, who)
        except Refused as refused:
            self._requoted(shown, refused)
            if counts and not known:
                raise Violation(f"an approval that had to count was refused: {refused.code}") from refused
            raise
        if not known and not counts:
            raise Violation("an approval counted that must not")
        same = self.shadow.intents.setdefault(shown.card.quote_id, outcome.intent_id) == outcome.intent_id
        hold(same, "G6: a repeat of one press is another purchase")
        if not known:
            self.shadow.bought[shown.card.quote_id] = shown
            self.shadow.moved(who.subject)
        return outcome.intent_id

    def _requoted(self, shown: Shown, refused: Refused) -> None:
        if refused.code != "requote_required" or shown.card.quote_id in self.shadow.ended:
            return  # Told again, it names what it offered then, which may be superseded by now.
        self.shadow.ended.add(shown.card.quote_id)
        fresh = refused.facts.get("quote_id")
        if isinstance(fresh, str) and self.shadow.moments[shown.owner.subject] == shown.moment:
            self.shadow.newest[shown.owner.subject] = fresh

    async def _repeat(self, who: Principal) -> None:
        """Press again what counted before: the same purchase, or the payment's no."""
        done = [shown.card for shown in self.shadow.bought.values() if shown.owner == who]
        if not done:
            return await self._press(who)
        card = self._random.choice(done)
        same = (await self.ground.press(card, who)).intent_id == self.shadow.intents[card.quote_id]
        return hold(same, "G6: a repeat of one press is another purchase")

    async def _forge(self, who: Principal) -> None:
        """Press with something that was not shown to this shopper in this session."""
        if not self.shadow.shown:
            return await self._prepare(who)
        shown = self._random.choice(self.shadow.shown)
        owner, card = shown.owner, shown.card
        other = next(person for person in self.people if person != owner)
        forged, presser = self._random.choice(
            [
                (card, other),
                (card, replace(owner, session_id="ses_elsewhere")),
                (card, replace(owner, scopes=frozenset())),
                (card.model_copy(update={"challenge": "yes"}), owner),
                (card.model_copy(update={"challenge": ""}), owner),
                (card.model_copy(update={"digest": "f" * 64}), owner),
            ]
        )
        try:
            await self.ground.press(forged, presser)
        except Refused as refused:
            if refused.code in {"wrong_digest", "wrong_challenge"} and card.quote_id not in self.shadow.bought:
                self.shadow.failure(card.quote_id, owner)
            raise
        raise Violation("G3: a forged press counted")

    async def _fail(self, who: Principal) -> None:
        """Fail three times at one card, then press it as it was drawn, or another one."""
        mine = [shown.card for shown in self.shadow.shown if shown.owner == who]
        for _ in range(3 if mine else 0):
            try:
                await self.ground.press(mine[-1].model_copy(update={"challenge": "yes"}), who)
            except Refused as refused:
                if refused.code == "wrong_challenge" and mine[-1].quote_id not in self.shadow.bought:
                    self.shadow.failure(mine[-1].quote_id, who)
        self._urge = (self._random.choice([self._press, self._prepare, self._prepare]), who)

    async def _peek(self, who: Principal) -> None:
        """Read what is somebody else's: there must be nothing to see."""
        theirs = [shown for shown in self.shadow.shown if shown.owner != who]
        if not theirs:
            return await self._add(who)
        quote_id = self._random.choice(theirs).card.quote_id
        if await self.ground.books.quotes.get(who, quote_id) is not None:
            raise Violation("G14: a foreign quote was read")
        if quote_id in self.shadow.intents:
            await self.ground.books.gate.outcome(who, self.shadow.intents[quote_id])
            raise Violation("G14: a foreign purchase was read")

    async def _decline(self, who: Principal) -> None:
        quote_id = self.shadow.newest.get(who.subject, _NO_QUOTE)
        await self.ground.books.gate.decline(who, quote_id)
        self.shadow.ended.add(quote_id)

    async def _drive(self, who: Principal) -> None:
        before = closed(self.ground, self.people)
        await self.ground.books.worker.drive()
        self._given_back(before)

    async def _review(self, _: Principal) -> None:
        """Decide about an order that waits for a person; the worker may come by later."""
        reviews, before = self.ground.books.reviews, closed(self.ground, self.people)
        for order in (await reviews.waiting())[:1]:
            if self._random.random() < 0.5:
                checked = await reviews.release(order.order_id)
                self.shadow.released.add(checked.intent_id)
            else:
                checked = await reviews.refuse(order.order_id)
            if self._random.random() < 0.7:
                await self.ground.books.worker.drive(checked.intent_id)
        self._given_back(before)

    def _given_back(self, before: Counter[str]) -> None:
        # What comes to nothing gives its goods back to the cart, and that is a change of the cart.
        for subject in closed(self.ground, self.people) - before:
            self.shadow.moved(subject)

    def _held_back(self, shown: Shown) -> bool:
        """Say whether limits, or the pause after failed approvals, stand against a press."""
        before, orders = spent(self.ground, shown.owner)
        limits, total = self.ground.policy.limits, shown.total
        talk = limits.session is not None and spent_in_talk(self.ground, shown.owner) + total > limits.session
        over = talk or before + total > limits.day or total > limits.order or orders >= limits.orders_per_day
        return over or self.shadow.cools(self.ground, shown.owner)
