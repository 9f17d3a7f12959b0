"""The oracle: what was really shown to whom, what must count because of it, and what must hold after every call."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from evals.gate.ground import Ground
from policies.principal import Principal
from shop.views import Card

_MAX_FAILURES = 3
_PROMISED = "SELECT variant_id, sum(quantity) AS n FROM reservations WHERE state = 'reserved' GROUP BY variant_id"
_IN_CLEAR = "SELECT 1 FROM quotes WHERE quote_id = ? AND (terms LIKE ? OR requote LIKE ?)"


class Violation(Exception):
    """The gate did what it must never do, or refused what it must do."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A card as its owner saw it, and the moment it belongs to."""

    owner: Principal
    card: Card
    lines: tuple[tuple[str, int, int], ...]  # variant, quantity, unit price
    total: int
    expires: float
    moment: int


@dataclass(slots=True)
class Shadow:
    """What the rig knows from having done it itself; nothing here is read from the shop's own conclusions.

    Args:
        moments: Grows whenever a shopper's cart, choices or newest quote changed: cards of an earlier one are dead.
    """

    prices: dict[str, int] = field(default_factory=dict[str, int])
    sellable: dict[str, bool] = field(default_factory=dict[str, bool])
    received: dict[str, int] = field(default_factory=dict[str, int])
    moments: dict[str, int] = field(default_factory=dict[str, int])
    newest: dict[str, str] = field(default_factory=dict[str, str])
    shown: list[Shown] = field(default_factory=list[Shown])
    failed: dict[str, int] = field(default_factory=dict[str, int])
    ended: set[str] = field(default_factory=set[str])
    bought: dict[str, Shown] = field(default_factory=dict[str, Shown])
    intents: dict[str, str] = field(default_factory=dict[str, str])
    time: float = 0.0

    def moved(self, subject: str) -> None:
        """Note that a card shown to this shopper before no longer tells what they would get."""
        self.moments[subject] = self.moments.get(subject, 0) + 1

    def failure(self, quote_id: str) -> None:
        """Note a press that proved nothing; the third ends the quote."""
        self.failed[quote_id] = self.failed.get(quote_id, 0) + 1
        if self.failed[quote_id] >= _MAX_FAILURES:
            self.ended.add(quote_id)

    def must_count(self, shown: Shown, available: Mapping[str, int]) -> bool:
        """Say whether a press of this card has to be taken now, limits aside."""
        who = shown.owner.subject
        alive = shown.card.quote_id not in self.ended and self.newest.get(who) == shown.card.quote_id
        same = self.moments.get(who, 0) == shown.moment and self.time < shown.expires
        world = all(
            self.prices[variant] == price and self.sellable[variant] and available[variant] >= quantity
            for variant, quantity, price in shown.lines
        )
        return alive and same and world


def look(ground: Ground, shadow: Shadow) -> None:
    """Check everything that must hold between two calls.

    Raises:
        Violation: Something does not.
    """
    offers = ground.rows("SELECT variant_id, available, reserved, sold FROM offers")
    for row in offers:
        _hold(min(row["available"], row["reserved"], row["sold"]) >= 0, "G13: negative stock")
        whole = row["available"] + row["reserved"] + row["sold"]
        _hold(whole == shadow.received[row["variant_id"]], f"G13: units of {row['variant_id']} appeared or vanished")
    held = {row["variant_id"]: row["n"] for row in ground.rows(_PROMISED)}
    promised = all(row["reserved"] == held.get(row["variant_id"], 0) for row in offers)
    _hold(promised, "G13: reserved units without a promise")
    intents = _intents(ground, shadow)
    _hold({row["quote_id"] for row in intents} == set(shadow.bought), "G1: purchases and approvals differ")
    carts = {(row["cart_id"], row["cart_version"]) for row in intents}
    _hold(len(carts) == len(intents), "G8: one cart version was bought twice")
    for row in intents:
        _look_at(row, shadow.bought[row["quote_id"]])


def _look_at(row: Mapping[str, Any], shown: Shown) -> None:
    _hold(row["amount"] == shown.total, "G4: another amount than was shown")
    _hold(row["subject"] == shown.owner.subject, "G14: somebody else's purchase")
    _hold(0 <= row["captured"] <= row["authorised"] <= row["amount"], "G11: more money than was approved")
    _hold(row["state"] != "closed" or row["captured"] == 0, "G12: money kept for nothing")


async def settle(ground: Ground, shadow: Shadow, since: int) -> None:
    """Let every purchase end, then compare orders, money, stock and log.

    Args:
        ground: The shop.
        shadow: What really happened in this sequence.
        since: How many authorisations the payment service had before it.

    Raises:
        Violation: They do not agree.
    """
    # A first try may end without an answer; asking once more has to tell.
    for _ in range(2):
        await ground.books.recover()
    look(ground, shadow)
    intents = _intents(ground, shadow)
    _hold({row["state"] for row in intents} <= {"captured", "closed"}, "G12: a purchase hangs")
    paid = sorted(row["amount"] for row in intents if row["state"] == "captured")
    charges = ground.charges()[since:]
    _hold(sorted(row["captured"] for row in charges if row["captured"]) == paid, "G10: charged other than ordered")
    open_money = [row for row in charges if not row["captured"] and row["voided"] != row["amount"]]
    _hold(not open_money, "G12: an authorisation was left open")
    for shown in shadow.shown:
        _secret(ground, shown)


def _secret(ground: Ground, shown: Shown) -> None:
    challenge = f"%{shown.card.challenge}%"
    _hold(not ground.rows(_IN_CLEAR, shown.card.quote_id, challenge, challenge), "G2: a challenge is kept in clear")


def _intents(ground: Ground, shadow: Shadow) -> list[dict[str, Any]]:
    subjects = list(shadow.moments)
    marks = ", ".join("?" * len(subjects))
    return ground.rows(f"SELECT * FROM intents WHERE subject IN ({marks})", *subjects)


def _hold(fact: bool, what: str) -> None:
    if not fact:
        raise Violation(what)
