"""The oracle of changes: which card of which order was shown to whom, and what became of goods and money."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from evals.gate.gift_shadow import LABEL, handle_of
from evals.gate.ground import INSTRUMENTS, Ground
from evals.gate.place import Row
from evals.gate.shadow import Shadow, said
from evals.gate.violation import hold
from policies.principal import Principal
from shop.change_terms import ChangeWanted
from shop.change_views import ChangeView
from shop.views import Card

_FACTS = """
    SELECT orders.state, intents.state AS intent, intents.payment_reference, coalesce(order_contents.version, 0) AS n,
        coalesce((SELECT sum(captured - refunded) FROM order_payments WHERE order_payments.order_id = orders.order_id),
            intents.captured) AS paid
    FROM orders JOIN intents ON intents.intent_id = orders.intent_id
    LEFT JOIN order_contents ON order_contents.order_id = orders.order_id WHERE orders.order_id = ?
"""
CHANGES = "SELECT * FROM order_changes WHERE subject IN ({})"
# What may be asked of an order, by its state: the shop has a table of its own.
MAY: Mapping[str, frozenset[str]] = {
    "cancel": frozenset({"in_review", "placed", "captured"}),
    "return": frozenset({"delivered", "partly_refunded"}),
    "exchange": frozenset({"delivered", "partly_refunded"}),
    "items": frozenset({"captured"}),
    "address": frozenset({"captured"}),
    "payment": frozenset({"captured"}),
}
Facts = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """A change as it was drawn up, and what its order was at that moment.

    Args:
        paid: Minor units taken for the order less what went back.
        difference: What the change says: negative goes back.
        goes: Variant and units that go.
        comes: Variant, units and unit price of what comes instead.
        instrument: Label of what pays, or gets money back.
        expires: On the shadow's clock.
    """

    owner: Principal
    order_id: str
    wanted: ChangeWanted
    facts: Facts
    paid: int
    difference: int
    goes: tuple[tuple[str, int], ...]
    comes: tuple[tuple[str, int, int], ...]
    instrument: str
    expires: float

    @property
    def moved(self) -> int:
        """Minor units that another way to pay is charged, and the old one gets back."""
        return self.paid if self.wanted.kind == "payment" else 0

    @property
    def pay(self) -> int:
        """Minor units that are charged."""
        return max(0, self.difference) + self.moved


@dataclass(frozen=True, slots=True)
class ShownChange:
    """The card of a change as its owner saw it."""

    asked: Asked
    card: Card


@dataclass(slots=True)
class ChangeShadow:
    """What the rig knows of changes from having done it itself."""

    base: Shadow
    sold: dict[str, int] = field(default_factory=dict[str, int])  # before the sequence
    asked: dict[str, Asked] = field(default_factory=dict[str, Asked])
    newest: dict[str, str] = field(default_factory=dict[str, str])  # by order
    shown: list[ShownChange] = field(default_factory=list[ShownChange])
    made: dict[str, ShownChange] = field(default_factory=dict[str, ShownChange])
    ids: dict[str, str] = field(default_factory=dict[str, str])
    delivered: dict[str, float] = field(default_factory=dict[str, float])
    broken: set[str] = field(default_factory=set[str])  # changes whose goods came back and can't be sold again
    refusing: set[str] = field(default_factory=set[str])  # orders whose bank pays nothing back
    frozen: dict[str, int] = field(default_factory=dict[str, int])  # paid back for an order when it was disputed

    def must_count(self, ground: Ground, shown: ShownChange, available: Mapping[str, int]) -> bool:
        """Say whether a press of this card has to be taken now, limits aside."""
        asked, quote_id = shown.asked, shown.card.quote_id
        alive = quote_id not in self.base.ended and self.newest.get(asked.order_id) == quote_id
        same = facts_of(ground, asked.order_id)[0] == asked.facts and self.base.time < asked.expires
        world = all(
            self.base.prices[variant] == price and self.base.sellable[variant] and available[variant] >= quantity
            for variant, quantity, price in asked.comes
        )
        short = asked.instrument == LABEL and self.base.gifts.balance(ground, asked.owner) < asked.pay
        return alive and same and world and not short and not self._late(ground, asked)

    def _late(self, ground: Ground, asked: Asked) -> bool:
        arrived = self.delivered.get(asked.order_id)
        if arrived is None or asked.wanted.kind not in ("return", "exchange"):
            return False
        return self.base.time >= arrived + ground.policy.returns.window_days * 86_400


def facts_of(ground: Ground, order_id: str) -> tuple[Facts, int]:
    """Read what a change of this order would bind, and the minor units paid for it."""
    (row,) = ground.rows(_FACTS, order_id)
    return tuple(row.values()), int(row["paid"])


def note(ground: Ground, shadow: ChangeShadow, who: Principal, view: ChangeView, wanted: ChangeWanted) -> Asked:
    """Remember a change that was drawn up just now.

    Raises:
        Violation: It should not have been, or says what can't be.
    """
    facts, paid = facts_of(ground, view.order_id)
    hold(
        facts[0] in MAY[view.kind] and view.kind == wanted.kind, "a change was drawn up that this order does not allow"
    )
    mine = wanted.instrument in (None, *INSTRUMENTS, handle_of(who))
    hold(mine, "G14: a change would be paid by somebody else's gift card")
    hold(-view.difference <= paid, "G11: more would go back than was paid")
    comes: list[tuple[str, int, int]] = []
    for line, asked_for in zip(view.lines, wanted.lines, strict=False):
        if asked_for.variant_id is not None:
            comes.append((asked_for.variant_id, line.quantity, shadow.base.prices[asked_for.variant_id]))
    asked = Asked(
        owner=who,
        order_id=view.order_id,
        wanted=wanted,
        facts=facts,
        paid=paid,
        difference=view.difference,
        goes=tuple((line.variant_id, line.quantity) for line in view.lines),
        comes=tuple(comes),
        instrument=view.instrument,
        expires=(view.expires_at - ground.clock.now).total_seconds() + shadow.base.time,
    )
    shadow.asked[view.quote_id] = asked
    shadow.newest[view.order_id] = view.quote_id
    return asked


def read_card(asked: Asked, card: Card) -> ShownChange:
    """Read a card as a shopper does: what goes, what comes at which price, and the sum, as drawn up.

    Raises:
        Violation: It says something else.
    """
    drawn: Any = card.card
    hold(drawn["action"] == asked.wanted.kind and drawn["order_id"] == asked.order_id, "G3: a card of another change")
    total = drawn["totals"][-1]["amount"]["amount"]
    hold(total == (asked.difference or asked.moved), "G3: the card's sum is not the change's")
    hold(not total or said(card, "pay_with") == asked.instrument, "G3: something else would pay")
    new = asked.wanted.new_address
    hold(new is None or f"{new.postcode}" in said(card, "ship_to"), "G3: the card sends it elsewhere")
    lines = [(line["quantity"], line["unit_price"]["amount"]) for line in drawn["lines"]]
    coming = [(quantity, price) for _, quantity, price in asked.comes]
    hold(not coming or lines[1::2] == coming, "G3: the card names another price than the shop's")
    going = lines[::2] if coming else lines
    hold([units for units, _ in going] == [units for _, units in asked.goes], "G3: other units than drawn up")
    return ShownChange(asked, card)


def look_changes(ground: Ground, shadow: ChangeShadow) -> None:
    """Check everything that must hold of changes between two calls.

    Raises:
        Violation: Something does not.
    """
    rows = rows_of(ground, shadow, CHANGES)
    hold({row["quote_id"] for row in rows} == set(shadow.made), "G1: changes and approvals differ")
    hold(len(rows) == len(shadow.made), "G6: one approved card made two changes")
    for row in rows:
        _look_at(row, shadow.made[row["quote_id"]].asked)


def _look_at(row: Row, asked: Asked) -> None:
    mine = row["subject"] == asked.owner.subject and row["order_id"] == asked.order_id
    hold(mine and row["kind"] == asked.wanted.kind, "G14: somebody else's change")
    # A capture that came before a cancellation is paid back whole, though the card said that nothing was charged.
    uncharged = asked.wanted.kind == "cancel" and not asked.paid
    hold(row["refund"] == max(0, -asked.difference) or uncharged, "G4: another amount goes back than was shown")
    hold(row["pay"] == asked.pay, "G4: another amount is charged than was shown")
    hold(0 <= row["captured"] <= row["authorised"] <= row["pay"], "G11: more is charged than was approved")
    hold(0 <= row["refunded"] <= row["refund"], "G11: more goes back than was approved")
    if row["state"] == "done":
        hold((row["captured"], row["refunded"]) == (row["pay"], row["refund"]), "G12: done, and money is missing")
    if row["state"] == "failed":
        hold(not row["captured"] and not row["refunded"], "G12: failed, and money moved")


def rows_of(ground: Ground, shadow: ChangeShadow, statement: str) -> list[Row]:
    """Read rows of the sequence's shoppers; `{}` in the statement stands for who they are."""
    people = list(shadow.base.moments)
    return ground.rows(statement.format(", ".join("?" * len(people))), *people)
