"""One gold call before the gate: without approval, by others, with a field changed, exactly approved, and once more."""

import hashlib
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Any

import rfc8785

from evals.gate.ground import Ground
from evals.gate.replay_data import Call, Json, Retail
from evals.gate.replay_oracle import Impossible, Oracle
from evals.gate.replay_shop import Shop, principal
from evals.gate.replay_state import differences, ours, theirs
from evals.gate.replay_wish import Wish, perturbed, press, render, wish_of
from policies.errors import Refused, Unavailable
from policies.principal import Principal, Scope
from shop.home import is_home
from shop.views import Card

COUNTS = (
    "unapproved",
    "unapproved_refused",
    "approved",
    "approved_accepted",
    "refused_rightly",
    "perturbed",
    "perturbed_refused",
    "foreign",
    "foreign_refused",
    "replayed",
    "replayed_without_effect",
)
# What must not move before an approval counts, and after it no second time. Cards and the log are not effects.
_EFFECTS = (
    "offers", "shoppers", "addresses", "payment_handles", "intents", "reservations", "orders", "payment_calls",
    "order_changes", "change_reservations", "change_calls", "order_payments", "order_contents",
    "gift_cards", "gift_holds", "gift_calls",
    "sandbox_payments.authorisations", "sandbox_payments.refunds", "sandbox_payments.calls",
)  # fmt: skip
_NOBODYS = Card(quote_id=f"change_{'x' * 22}", digest="0" * 64, challenge="yes", card={})

Before = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Played:
    """A press that was taken: whose, of which card, and our state after it."""

    who: Principal
    card: Card
    end: Json


@dataclass(slots=True)
class Tally:
    """What was tried and how often it went as it must; `problems` names the rest."""

    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(COUNTS, 0))
    calls: int = 0
    problems: list[str] = field(default_factory=list[str])

    def note(self, name: str, times: int = 1) -> None:
        """Count."""
        self.counts[name] += times


class Presses:
    """Tries the calls of one task, in order, in one open shop."""

    def __init__(self, shop: Shop, retail: Retail, oracle: Oracle, stranger: Principal, tally: Tally) -> None:
        self._shop = shop
        self._retail = retail
        self._oracle = oracle
        self._stranger = stranger
        self._tally = tally

    async def play(self, call: Call, before: Before) -> Played | None:
        """Try one call in every way; `before` is done just before its card is pressed as it should be.

        Returns:
            What came of the approval; None when there was nothing to approve.
        """
        wish = await wish_of(self._shop, self._retail, call)
        await self._unapproved(call, wish)
        refusal = await self._refusal(wish)
        if not refusal:
            await self._foreign(call, wish)
            await self._perturbed(call, wish)
        return await self._approved(call, wish, refusal, before)

    async def _refusal(self, wish: Wish) -> str:
        """Return the code by which our shop refuses to prepare the wish; "" when it prepares it."""
        try:
            await wish.prepare(self._shop)
        except Refused as refused:
            return refused.code
        return ""

    async def _unapproved(self, call: Call, wish: Wish) -> None:
        before, taken = _effects(self._shop.ground), False
        self._tally.note("unapproved")
        weak = replace(wish.who, scopes=frozenset({Scope.CHAT}))
        card = _NOBODYS
        try:
            quote_id = await wish.prepare(self._shop)
            card = Card(quote_id=quote_id, digest=_stored(self._shop.ground, quote_id)[0], challenge="yes", card={})
            taken |= await self._taken(render(self._shop, weak, quote_id))
        except Refused:
            self._tally.calls += 1
        for who, challenge in ((wish.who, "yes"), (wish.who, ""), (weak, "yes")):
            pressed = card.model_copy(update={"challenge": challenge})
            taken |= await self._taken(press(self._shop, who, pressed))
        await self._settle()
        self._verdict(call, "unapproved", taken, before)

    async def _foreign(self, call: Call, wish: Wish) -> None:
        card = await self._card(wish)
        before, taken = _effects(self._shop.ground), False
        self._tally.note("foreign")
        elsewhere = replace(wish.who, session_id="ses_elsewhere")
        for who in (self._stranger, elsewhere):
            taken |= await self._taken(press(self._shop, who, card))
            taken |= await self._taken(render(self._shop, who, card.quote_id))
        if wish.order_id:
            taken |= await self._taken(wish.prepare(self._shop, self._stranger))
        await self._settle()
        self._verdict(call, "foreign", taken, before)

    async def _perturbed(self, call: Call, wish: Wish) -> None:
        """Use an approval for something else: its terms with a field changed, and another card that was prepared."""
        before = _effects(self._shop.ground)
        card = await self._card(wish)
        _, terms = _stored(self._shop.ground, card.quote_id)
        for name, changed in _mutated(terms):
            forged = card.model_copy(update={"digest": hashlib.sha256(rfc8785.dumps(changed)).hexdigest()})
            self._tally.note("perturbed")
            self._verdict(call, "perturbed", await self._taken(press(self._shop, wish.who, forged)), before, name)
            card = await self._card(wish)
        for name, other in perturbed(self._shop, self._retail, call, wish):
            self._tally.note("perturbed")
            card = await self._card(wish)
            self._verdict(call, "perturbed", await self._passed_off(card, wish, other), before, name)

    async def _passed_off(self, card: Card, wish: Wish, other: Wish) -> bool:
        """Prepare another wish and press its card with the approval of the first."""
        try:
            quote_id = await other.prepare(self._shop)
        except Refused:
            self._tally.calls += 1
            return False
        digest, _ = _stored(self._shop.ground, quote_id)
        swapped = card.model_copy(update={"quote_id": quote_id})
        taken = await self._taken(press(self._shop, wish.who, swapped))
        taken |= await self._taken(press(self._shop, wish.who, swapped.model_copy(update={"digest": digest})))
        if other.order_id == wish.order_id:
            # A newer card of the same order ended the first one.
            taken |= await self._taken(press(self._shop, wish.who, card))
        return taken

    async def _approved(self, call: Call, wish: Wish, refusal: str, before: Before) -> Played | None:
        self._tally.note("approved")
        try:
            self._oracle.apply(call)
        except Impossible as impossible:
            if str(impossible) == refusal:
                self._tally.note("refused_rightly")
            else:
                self._problem(call, f"tau2 refuses it as {impossible}, we as {refusal or 'nothing'}")
            return None
        if refusal:
            self._problem(call, f"refused as {refusal}")
            return None
        card = await self._card(wish)
        before()
        try:
            made = await press(self._shop, wish.who, card)
        except Refused as refused:
            self._problem(call, f"the exact approval was refused as {refused.code}")
            return None
        self._tally.calls += 1
        await self._settle()
        end = await ours(self._shop, self._oracle.users)
        wrong = differences(theirs(self._oracle, self._shop.orders), end)
        for line in wrong:
            self._problem(call, line)
        self._tally.note("approved_accepted", not wrong)
        await self._replayed(call, wish, card, made)
        return Played(wish.who, card, end)

    async def _replayed(self, call: Call, wish: Wish, card: Card, made: str) -> None:
        self._tally.note("replayed")
        before, again = _effects(self._shop.ground), list[str]()
        for who in (wish.who, wish.who, self._stranger):
            self._tally.calls += 1
            try:
                again.append(await press(self._shop, who, card))
            except Refused:
                continue
        await self._settle()
        if set(again) - {made}:
            self._problem(call, f"a repeat made {again}, not {made}")
        elif _effects(self._shop.ground) != before:
            self._problem(call, "a repeat had an effect")
        else:
            self._tally.note("replayed_without_effect")

    async def _card(self, wish: Wish) -> Card:
        return await render(self._shop, wish.who, await wish.prepare(self._shop))

    async def _taken(self, attempt: Awaitable[Any]) -> bool:
        self._tally.calls += 1
        try:
            await attempt
        except (Refused, Unavailable):
            return False
        return True

    async def _settle(self) -> None:
        books = self._shop.ground.books
        await books.worker.drive()
        await books.worker.changes.drive()

    def _verdict(self, call: Call, what: str, taken: bool, before: str, name: str = "") -> None:
        if taken:
            self._problem(call, f"{what} {name} was taken")
        elif _effects(self._shop.ground) != before:
            self._problem(call, f"{what} {name} had an effect")
        else:
            self._tally.note(f"{what}_refused")

    def _problem(self, call: Call, text: str) -> None:
        self._tally.problems.append(f"{call}: {text}")


def stranger_of(user_id: str) -> Principal:
    """Return somebody else as a shopper who may press."""
    return principal(user_id, "ses_stranger")


def _effects(ground: Ground) -> str:
    rows = [ground.rows(f"SELECT * FROM {name} ORDER BY 1, 2") for name in _EFFECTS]
    return hashlib.sha256(json.dumps(rows, sort_keys=True, default=str).encode()).hexdigest()


def _stored(ground: Ground, quote_id: str) -> tuple[str, Json]:
    table = "home_quotes" if is_home(quote_id) else "change_quotes"
    (row,) = ground.rows(f"SELECT digest, terms FROM {table} WHERE quote_id = ?", quote_id)
    return str(row["digest"]), json.loads(row["terms"])


def _mutated(terms: Json) -> list[tuple[str, Json]]:
    """Return copies of the terms with one field changed, by the field's name; only fields that they have."""
    found = [("address", _with(terms, lambda t: t["ship_to"].update(content=_other(t["ship_to"]["content"]))))]
    if "order_id" not in terms:
        return found
    found.append(("payment", _with(terms, lambda t: t["instrument"].update(handle=_other(t["instrument"]["handle"])))))
    found.append(("order", _with(terms, lambda t: t.update(order_id=_other(t["order_id"])))))
    found.append(("amount", _with(terms, lambda t: t.update(difference=t["difference"] + 1))))
    if terms["lines"]:
        line = "comes" if terms["lines"][0]["comes"] else "goes"
        found.append(("item", _with(terms, lambda t: t["lines"][0][line].update(variant_id="another"))))
        found.append(("quantity", _with(terms, lambda t: t["lines"][0]["goes"].update(quantity=7))))
    return found


def _with(terms: Json, change: Callable[[Json], object]) -> Json:
    copy = json.loads(json.dumps(terms))
    change(copy)
    return copy


def _other(text: str) -> str:
    return f"{text[:-1]}{'0' if text[-1] != '0' else '1'}"
