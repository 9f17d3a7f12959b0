"""The oracle: what was really shown to whom, what must count because of it, and what must hold after every call."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from evals.gate.gift_shadow import LABEL, GiftShadow
from evals.gate.ground import Ground
from evals.gate.violation import hold
from policies.principal import Principal
from shop.tables import instant
from shop.views import Card

_MAX_FAILURES = 3
_PROMISED = """
    SELECT variant_id, sum(quantity) AS n FROM (
        SELECT variant_id, quantity FROM reservations WHERE state = 'reserved'
        UNION ALL SELECT variant_id, quantity FROM change_reservations WHERE state = 'reserved'
    ) AS promised GROUP BY variant_id
"""
_IN_CLEAR = "SELECT 1 AS found FROM {} WHERE quote_id = ? AND (terms LIKE ? OR CAST(requote AS TEXT) LIKE ?)"
_UNDER_WAY = "SELECT 1 AS found FROM intents WHERE state NOT IN ('captured', 'closed') LIMIT 1"
_CHANGING = (
    "SELECT 1 AS found FROM order_changes WHERE state NOT IN ('done', 'failed', 'stuck', 'awaiting_goods') LIMIT 1"
)

# What a shopper cancelled is not put back into the cart; what came to nothing is.
_CLOSED = """
    SELECT subject, count(*) AS n FROM intents WHERE state = 'closed' AND subject IN (?, ?) AND NOT EXISTS (
        SELECT 1 FROM orders JOIN order_changes ON order_changes.order_id = orders.order_id
        WHERE orders.intent_id = intents.intent_id AND order_changes.kind = 'cancel'
    ) GROUP BY subject
"""
_SPENT = """
    SELECT coalesce(sum(amount), 0) + (
        SELECT coalesce(sum(pay), 0) FROM order_changes
        WHERE subject = ? AND state != 'failed' AND kind != 'payment' AND created_at > ?
    ) AS spent, count(*) AS n FROM intents WHERE subject = ? AND state != 'closed' AND created_at > ?
"""
_IN_TALK = "SELECT coalesce(sum(amount), 0) AS spent FROM intents WHERE subject = ? AND state != 'closed'"
_DAY = timedelta(hours=24)
# One answer may be lost before an order is held, one while its money is let go.
_TRIES = 4


@dataclass(frozen=True, slots=True)
class Shown:
    """A card as its owner saw it, and the moment it belongs to."""

    owner: Principal
    card: Card
    lines: tuple[tuple[str, int, int], ...]  # variant, quantity, unit price
    total: int
    expires: float
    moment: int

    @property
    def by_gift(self) -> bool:
        """Whether the card says that a gift card pays."""
        return said(self.card, "pay_with") == LABEL


@dataclass(slots=True)
class Shadow:
    """What the rig knows from having done it itself; nothing here is read from the shop's own conclusions.

    Args:
        people: Who shops.
        moments: Grows whenever a shopper's cart, choices or newest quote changed: cards of an earlier one are dead.
        addresses: Labels of what each shopper has.
        address: The label of the one their orders go to.
    """

    people: tuple[Principal, ...] = ()
    gifts: GiftShadow = field(default_factory=GiftShadow)
    addresses: dict[str, set[str]] = field(default_factory=dict[str, set[str]])
    address: dict[str, str] = field(default_factory=dict[str, str])
    prices: dict[str, int] = field(default_factory=dict[str, int])
    sellable: dict[str, bool] = field(default_factory=dict[str, bool])
    received: dict[str, int] = field(default_factory=dict[str, int])
    moments: dict[str, int] = field(default_factory=dict[str, int])
    newest: dict[str, str] = field(default_factory=dict[str, str])
    shown: list[Shown] = field(default_factory=list[Shown])
    failed: dict[str, int] = field(default_factory=dict[str, int])
    ended: set[str] = field(default_factory=set[str])
    died: dict[str, float] = field(default_factory=dict[str, float])  # when a shopper's last card died of failures
    bought: dict[str, Shown] = field(default_factory=dict[str, Shown])
    intents: dict[str, str] = field(default_factory=dict[str, str])
    released: set[str] = field(default_factory=set[str])  # purchases that a person let pass
    time: float = 0.0

    def moved(self, subject: str) -> None:
        """Note that a card shown to this shopper before no longer tells what they would get."""
        self.moments[subject] = self.moments.get(subject, 0) + 1

    def joined(self, subject: str, label: str) -> None:
        """Note that a shopper has one more address."""
        self.addresses.setdefault(subject, set()).add(label)

    def chose(self, subject: str, label: str) -> None:
        """Note where a shopper's orders go from now on."""
        if self.address.get(subject) != label:
            self.moved(subject)
        self.address[subject] = label

    def failure(self, quote_id: str, who: Principal) -> None:
        """Note a press that proved nothing; the third ends the quote, and no press of its owner counts for a while."""
        self.failed[quote_id] = self.failed.get(quote_id, 0) + 1
        if self.failed[quote_id] >= _MAX_FAILURES:
            self.ended.add(quote_id)
            self.died[who.subject] = self.time

    def cools(self, ground: Ground, who: Principal) -> bool:
        """Say whether no press of this shopper counts for now."""
        died = self.died.get(who.subject)
        return died is not None and self.time < died + ground.policy.rates.cool_down_s

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
        hold(min(row["available"], row["reserved"], row["sold"]) >= 0, "G13: negative stock")
        whole = row["available"] + row["reserved"] + row["sold"]
        hold(whole == shadow.received[row["variant_id"]], f"G13: units of {row['variant_id']} appeared or vanished")
    held = {row["variant_id"]: row["n"] for row in ground.rows(_PROMISED)}
    promised = all(row["reserved"] == held.get(row["variant_id"], 0) for row in offers)
    hold(promised, "G13: reserved units without a promise")
    intents = _intents(ground, shadow)
    hold({row["quote_id"] for row in intents} == set(shadow.bought), "G1: purchases and approvals differ")
    carts = {(row["cart_id"], row["cart_version"]) for row in intents}
    hold(len(carts) == len(intents), "G8: one cart version was bought twice")
    for row in intents:
        _look_at(row, shadow.bought[row["quote_id"]])
        _look_held(row, shadow, ground.policy.review.above)
    shadow.gifts.look(ground)


def said(card: Card, name: str) -> str:
    """Return what a card says of one fact, e.g. "pay_with"."""
    facts: Any = card.card["facts"]
    return str(next((fact["text"] for fact in facts if fact["name"] == name), ""))


def _look_at(row: Mapping[str, Any], shown: Shown) -> None:
    hold(row["amount"] == shown.total, "G4: another amount than was shown")
    hold(row["subject"] == shown.owner.subject, "G14: somebody else's purchase")
    hold(0 <= row["captured"] <= row["authorised"] <= row["amount"], "G11: more money than was approved")
    hold(row["state"] != "closed" or row["captured"] == 0, "G12: money kept for nothing")


def _look_held(row: Mapping[str, Any], shadow: Shadow, above: int | None) -> None:
    held = above is not None and row["amount"] > above
    charged = row["state"] in ("placed", "captured") or row["captured"] > 0
    hold(not held or not charged or row["intent_id"] in shadow.released, "G18: charged before a person looked")
    waits = row["state"] == "in_review"
    hold(not waits or (held and row["authorised"] == row["amount"]), "G18: held for no reason, or without the money")


async def settle(ground: Ground, shadow: Shadow, known: Collection[str], of_changes: Collection[str] = ()) -> None:
    """Let every purchase end, then compare orders, money, stock and log.

    Args:
        ground: The shop.
        shadow: What really happened in this sequence.
        known: Authorisations the payment service had before it.
        of_changes: Authorisations that changes of orders made; who made them answers for them.

    Raises:
        Violation: They do not agree.
    """
    await recover(ground)
    look(ground, shadow)
    intents = _intents(ground, shadow)
    hold({row["state"] for row in intents} <= {"captured", "closed"}, "G12: a purchase hangs")
    paid = sorted(row["amount"] for row in intents if row["state"] == "captured")
    charges = [row for name, row in ground.charges().items() if name not in known and name not in of_changes]
    hold(sorted(row["captured"] for row in charges if row["captured"]) == paid, "G10: charged other than ordered")
    open_money = [row for row in charges if not row["captured"] and row["voided"] != row["amount"]]
    hold(not open_money, "G12: an authorisation was left open")
    for row in shadow.gifts.paid(ground, "intents"):
        by_gift = shadow.bought[row["quote_id"]].by_gift
        hold((row["reference"] is not None) == by_gift, "G4: something else paid than the card said")
    for shown in shadow.shown:
        secret(ground, "quotes", shown.card)


async def recover(ground: Ground) -> None:
    """Let everything end that can, refusing what a person would look at; a first try may end without an answer."""
    for _ in range(_TRIES):
        await ground.books.recover()
        for order in await ground.books.reviews.waiting():
            await ground.books.worker.drive((await ground.books.reviews.refuse(order.order_id)).intent_id)
        if not (ground.rows(_UNDER_WAY) or ground.rows(_CHANGING)):
            return


def secret(ground: Ground, table: str, card: Card) -> None:
    """Check that a card's challenge is not kept in clear in the table of its quote."""
    challenge = f"%{card.challenge}%"
    hold(not ground.rows(_IN_CLEAR.format(table), card.quote_id, challenge, challenge), "G2: a challenge is in clear")


def closed(ground: Ground, people: Sequence[Principal]) -> Counter[str]:
    """Count by shopper the purchases that came to nothing, whose goods are in the cart again."""
    rows = ground.rows(_CLOSED, *(person.subject for person in people))
    return Counter({row["subject"]: row["n"] for row in rows})


def available(ground: Ground) -> dict[str, int]:
    """Return the units of each variant that may be promised."""
    return {row["variant_id"]: row["available"] for row in ground.rows("SELECT variant_id, available FROM offers")}


def spent(ground: Ground, who: Principal) -> tuple[int, int]:
    """Return what the last day's purchases and changes cost, minor units, and how many purchases there were."""
    window = (who.subject, instant(ground.clock.now - _DAY))
    (row,) = ground.rows(_SPENT, *window, *window)
    return int(row["spent"]), int(row["n"])


def spent_in_talk(ground: Ground, who: Principal) -> int:
    """Return what a shopper's purchases cost in the one conversation they have here, minor units."""
    (row,) = ground.rows(_IN_TALK, who.subject)
    return int(row["spent"])


def _intents(ground: Ground, shadow: Shadow) -> list[dict[str, Any]]:
    subjects = list(shadow.moments)
    marks = ", ".join("?" * len(subjects))
    return ground.rows(f"SELECT * FROM intents WHERE subject IN ({marks})", *subjects)
