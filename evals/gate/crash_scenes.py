"""What the crash rig presses: purchases on every kind of card, and every kind of change of an order."""

import json
from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from evals.gate.ground import GOODS, INSTRUMENTS, Ground, open_ground, open_service
from evals.gate.place import Place, Row
from policies.errors import Refused
from policies.order_change import ChangeKind
from policies.principal import Principal, Scope
from shop.change_terms import ChangeWanted, LineWanted
from shop.payments import Charge, PaymentResult, PaymentService, PaymentUnknown
from shop.views import Card

_STOCK = "SELECT variant_id, available, reserved, sold FROM offers ORDER BY variant_id"
_LEFT = "SELECT 1 AS found FROM change_reservations WHERE state = 'reserved'"
_GIVEN = "SELECT coalesce(sum(refunded), 0) AS given FROM sandbox_payments.refunds"


@dataclass(frozen=True, slots=True)
class Kept:
    """A card as it was drawn in another process, and what it says will be paid, minor units."""

    who: Principal
    card: Card
    total: int
    order_id: str = ""


class Scene(ABC):
    """Something that is pressed, what follows from it, and how it may end."""

    @abstractmethod
    async def prepare(self, place: Place) -> None:
        """Bring a new shop to the moment before the press."""

    @abstractmethod
    async def press(self, ground: Ground) -> None:
        """Press, and do all that follows."""

    @abstractmethod
    async def again(self, ground: Ground) -> str:
        """Press the same card as somebody who got no answer; returns "taken" or the refusal's code."""

    @abstractmethod
    def problems(self, ground: Ground, said: str) -> list[str]:
        """Name what is wrong at the end."""

    async def set_aside(self, ground: Ground) -> str:
        """Set the card aside instead; returns "set aside" or the refusal's code."""
        kept = _read(ground.place)
        try:
            await ground.books.gate.decline(kept.who, kept.card.quote_id)
        except Refused as refused:
            return refused.code
        return "set aside"


@dataclass(frozen=True, slots=True)
class Purchase(Scene):
    """Two desks, paid with one of the sandbox's cards."""

    instrument: str

    async def prepare(self, place: Place) -> None:
        """See `Scene.prepare`."""
        async with open_ground(place) as ground:
            guest = await ground.guest()
            await ground.books.gate.set_checkout(guest, payment_handle=self.instrument)
            await ground.books.carts.add(guest, "desk", 2)
            quote = await ground.books.quotes.prepare(guest)
            card = await ground.books.gate.render(guest, quote.quote_id)
        _write(place, Kept(guest, card, quote.total))

    async def press(self, ground: Ground) -> None:
        """See `Scene.press`."""
        kept = _read(ground.place)
        outcome = await ground.press(kept.card, kept.who)
        await ground.books.worker.drive(outcome.intent_id)

    async def again(self, ground: Ground) -> str:
        """See `Scene.again`."""
        kept = _read(ground.place)
        try:
            await ground.press(kept.card, kept.who)
        except Refused as refused:
            return refused.code
        return "taken"

    def problems(self, ground: Ground, said: str) -> list[str]:
        """There is one paid order, or none, no open money and the stock back."""
        intents = ground.rows("SELECT state, amount, captured FROM intents")
        orders = ground.rows("SELECT state FROM orders")
        (stock,) = ground.rows("SELECT available, reserved, sold FROM offers WHERE variant_id = 'desk'")
        charges = list(ground.charges().values())
        problems = _open_money(charges)
        if intents and intents[0]["state"] == "captured":
            ends_well = len(intents) == 1 and [row["captured"] for row in charges] == [_read(ground.place).total]
            ends_well &= [row["state"] for row in orders] == ["captured"]
            ends_well &= stock == {"available": 4, "reserved": 0, "sold": 2}
        else:
            ends_well = all(row["state"] == "closed" for row in intents) and not any(row["captured"] for row in charges)
            ends_well &= all(row["state"] == "cancelled" for row in orders)
            ends_well &= stock == {"available": 6, "reserved": 0, "sold": 0}
        if not ends_well:
            problems.append(f"ended with {intents}, {orders}, {charges}, {stock}")
        if said == "taken" and not intents:
            problems.append("the press was taken and nothing came of it")
        return problems


@dataclass(frozen=True, slots=True)
class Change(Scene):
    """A change of an order of one rug and one lamp.

    Args:
        kind: What is asked for.
        comes: Variant that comes instead of the rug.
        stage: What became of the order before: "placed" is not charged yet, "captured", or "delivered".
        left: Units of each variant the shopper holds afterwards.
        fails: Paying a difference comes to nothing: the order stays as it was.
    """

    kind: ChangeKind
    left: Mapping[str, int]
    stage: str = "captured"
    comes: str | None = None
    fails: str = ""

    async def prepare(self, place: Place) -> None:
        """See `Scene.prepare`."""
        async with _slow_till(place, uncharged=self.stage == "placed") as ground:
            guest = await ground.guest()
            for variant in _BOUGHT:
                await ground.books.carts.add(guest, variant)
            quote = await ground.books.quotes.prepare(guest)
            bought = await ground.books.gate.render(guest, quote.quote_id)
            await ground.books.worker.drive((await ground.press(bought, guest)).intent_id)
            (order,) = await ground.books.orders.mine(guest)
            if self.stage == "delivered":
                await ground.books.fulfilment.ship(order.order_id)
                await ground.books.fulfilment.deliver(order.order_id)
            if self.fails:
                ground.rows("UPDATE intents SET payment_reference = ?", self.fails)
            rug = next(line.line_id for line in order.lines if line.variant_id == "rug-250")
            lines = (LineWanted(rug, 1, self.comes),) if self.kind in ("return", "exchange", "items") else ()
            goes_to = "office" if self.kind == "address" else None
            instrument = "card-lost-answer" if self.kind == "payment" else None
            wanted = ChangeWanted(self.kind, lines, goes_to, instrument=instrument)
            asked = await ground.books.changes.prepare(guest, order.order_id, wanted)
            card = await ground.books.gate.render(guest, asked.quote_id)
        paid = 0 if self.stage == "placed" else order.total
        _write(place, Kept(guest, card, paid + asked.difference, order.order_id))

    async def press(self, ground: Ground) -> None:
        """See `Scene.press`."""
        kept = _read(ground.place)
        outcome = await ground.press_change(kept.card, kept.who)
        await ground.books.worker.changes.drive(outcome.change_id)
        await self._goods_back(ground)

    async def again(self, ground: Ground) -> str:
        """See `Scene.again`."""
        kept = _read(ground.place)
        try:
            await ground.press_change(kept.card, kept.who)
        except Refused as refused:
            return refused.code
        await ground.books.recover()
        await self._goods_back(ground)
        return "taken"

    async def set_aside(self, ground: Ground) -> str:
        """See `Scene.set_aside`; what was approved before goes on."""
        said = await Scene.set_aside(self, ground)
        await self._goods_back(ground)
        return said

    async def _goods_back(self, ground: Ground) -> None:
        order_id = _read(ground.place).order_id
        if ground.rows("SELECT 1 AS waits FROM order_changes WHERE state = 'awaiting_goods'"):
            await ground.books.fulfilment.receive(order_id)
            await ground.books.worker.changes.drive()

    def problems(self, ground: Ground, said: str) -> list[str]:
        """The change is made once as its card said, or nothing is different at all."""
        made = ground.rows("SELECT state, pay, refund, captured, refunded FROM order_changes")
        charges, (row,) = list(ground.charges().values()), ground.rows(_GIVEN)
        paid = sum(charge["captured"] for charge in charges) - int(row["given"])
        problems = _open_money(charges)
        happens = bool(made) and not self.fails
        if [change["state"] for change in made] not in ([], ["failed" if self.fails else "done"]):
            problems.append(f"a change hangs: {made}")
        if bool(made) != (said in ("taken", "quote_superseded")):
            problems.append(f"the press was {said}, and {made} came of it")
        (kept,) = [_read(ground.place)]
        (bought,) = ground.rows("SELECT total FROM orders")
        expected = kept.total if happens else bought["total"]
        problems += ["a promise is left"] if ground.rows(_LEFT) else []
        problems += [] if paid == expected else [f"paid {paid} where the card said {expected}"]
        problems += _stock_problems(ground.rows(_STOCK), self.left if happens else _BOUGHT)
        return problems


_BOUGHT: Mapping[str, int] = {"rug-250": 1, "lamp": 1}
_SWAPPED: Mapping[str, int] = {"rug-300": 1, "lamp": 1}
SCENES: Mapping[str, Scene] = {
    **{f"purchase with {name}": Purchase(name) for name in INSTRUMENTS},
    "cancellation": Change("cancel", {}),
    "cancellation before the charge": Change("cancel", {}, stage="placed"),
    "return": Change("return", {"lamp": 1}, stage="delivered"),
    "dearer exchange": Change("exchange", _SWAPPED, stage="delivered", comes="rug-300"),
    "cheaper exchange": Change("exchange", {"lamp": 2}, stage="delivered", comes="lamp"),
    "another variant": Change("items", _SWAPPED, comes="rug-300"),
    "another variant on a declined card": Change("items", _SWAPPED, comes="rug-300", fails="card-declined"),
    "another variant, capture refused": Change("items", _SWAPPED, comes="rug-300", fails="card-capture-refused"),
    "address": Change("address", _BOUGHT),
    "another way to pay": Change("payment", _BOUGHT),
}


class _Uncharged:
    """The sandbox service, whose answers to captures never arrive; nothing is captured."""

    def __init__(self, service: PaymentService) -> None:
        self._service = service

    async def charge(self, charge: Charge) -> PaymentResult:
        if charge.kind == "capture":
            raise PaymentUnknown("no answer yet")
        return await self._service.charge(charge)

    async def lookup(self, key: str) -> PaymentResult | None:
        return await self._service.lookup(key)

    async def aclose(self) -> None:
        await self._service.aclose()


@asynccontextmanager
async def _slow_till(place: Place, *, uncharged: bool) -> AsyncGenerator[Ground]:
    service = _Uncharged(await open_service(place)) if uncharged else None
    async with open_ground(place, service) as ground:
        yield ground


def _open_money(charges: Sequence[Row]) -> list[str]:
    left = any(row["captured"] == 0 and row["voided"] != row["amount"] for row in charges)
    return ["an authorisation was left open"] if left else []


def _stock_problems(rows: Sequence[Row], held: Mapping[str, int]) -> list[str]:
    whole = {entry.variant_id: entry.stock for entry in GOODS}
    wrong: list[str] = []
    for row in rows:
        name, sold = row["variant_id"], held.get(row["variant_id"], 0)
        if (row["available"], row["reserved"], row["sold"]) != (whole[name] - sold, 0, sold):
            wrong.append(f"stock ended with {row}")
    return wrong


def _write(place: Place, kept: Kept) -> None:
    facts: dict[str, Any] = {"subject": kept.who.subject, "session_id": kept.who.session_id, "total": kept.total}
    facts |= {"order_id": kept.order_id, "card": kept.card.model_dump()}
    (place.home / "shown").write_text(json.dumps(facts), encoding="utf-8")


def _read(place: Place) -> Kept:
    facts = json.loads((place.home / "shown").read_text(encoding="utf-8"))
    who = Principal(facts["subject"], facts["session_id"], frozenset({Scope.CHAT, Scope.APPROVE}))
    return Kept(who, Card(**facts["card"]), facts["total"], facts["order_id"])
