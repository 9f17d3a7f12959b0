"""The oracle of gift cards: what was put on each, what their records say moved, and whose purchases it paid."""

from dataclasses import dataclass, field

from evals.gate.ground import Ground
from evals.gate.place import Row
from evals.gate.violation import hold
from policies.principal import Principal
from shop.gift_cards import REFERENCE

LABEL = "gift card"
# What a card holds, what its authorisations keep of it, and what was put on it instead of being paid back elsewhere.
_CARDS = """
    SELECT reference, balance,
        (SELECT coalesce(sum(amount - voided - refunded), 0) FROM gift_holds
            WHERE gift_holds.reference = gift_cards.reference) AS kept,
        (SELECT coalesce(sum(amount), 0) FROM gift_calls
            WHERE kind = 'credit' AND result = 'done' AND instrument = gift_cards.reference) AS credited
    FROM gift_cards WHERE reference IN ({})
"""
_PAID = """
    SELECT intents.subject, intents.quote_id, intents.authorisation_id, gift_holds.reference
    FROM {0} AS intents LEFT JOIN gift_holds ON gift_holds.authorisation_id = intents.authorisation_id
    WHERE intents.authorisation_id IS NOT NULL AND intents.subject IN ({1})
"""
_BACK = """
    SELECT order_changes.quote_id, change_calls.kind, change_calls.amount,
        CASE change_calls.kind WHEN 'credit' THEN gift_calls.instrument ELSE gift_holds.reference END AS reference
    FROM order_changes JOIN change_calls ON change_calls.change_id = order_changes.change_id
    LEFT JOIN gift_calls ON gift_calls.idempotency_key = change_calls.idempotency_key
    LEFT JOIN gift_holds ON gift_holds.authorisation_id = change_calls.instrument
    WHERE change_calls.kind IN ('refund', 'credit') AND change_calls.result = 'done'
        AND order_changes.kind != 'payment' AND order_changes.subject IN ({})
"""


@dataclass(slots=True)
class GiftShadow:
    """What was issued, minor units by reference, and whose it is."""

    issued: dict[str, int] = field(default_factory=dict[str, int])
    owners: dict[str, str] = field(default_factory=dict[str, str])  # reference by subject

    async def issue(self, ground: Ground, who: Principal, balance: int) -> None:
        """Give a shopper a gift card as the operator does."""
        handle = handle_of(who)
        await ground.books.gift_cards.issue(who.subject, (handle, LABEL), balance)
        self.issued[f"{REFERENCE}{handle}"] = balance
        self.owners[who.subject] = f"{REFERENCE}{handle}"

    def balance(self, ground: Ground, who: Principal) -> int:
        """Return what the records say is on a shopper's card."""
        return int(self._cards(ground, self.owners[who.subject])[0]["balance"])

    def look(self, ground: Ground) -> None:
        """Check that no money appeared on a card or vanished from it.

        Raises:
            Violation: It did.
        """
        for row in self._cards(ground, *self.issued):
            hold(row["balance"] >= 0, "G11: a gift card holds less than nothing")
            whole = self.issued[row["reference"]] - row["kept"] + row["credited"]
            hold(row["balance"] == whole, "G11: money on a gift card appeared or vanished")

    def paid(self, ground: Ground, table: str) -> list[Row]:
        """Return who authorised what in `table`, each with the gift card that paid, None for another way to pay.

        Raises:
            Violation: Somebody else's gift card paid.
        """
        people = list(self.owners)
        rows = ground.rows(_PAID.format(table, ", ".join("?" * len(people))), *people)
        for row in rows:
            mine = row["reference"] in (None, self.owners[row["subject"]])
            hold(mine, "G14: somebody else's gift card paid")
        return rows

    def given(self, ground: Ground) -> list[Row]:
        """Return what changes paid back, each part with the gift card it went to, None for elsewhere."""
        people = list(self.owners)
        return ground.rows(_BACK.format(", ".join("?" * len(people))), *people)

    def _cards(self, ground: Ground, *references: str) -> list[Row]:
        return ground.rows(_CARDS.format(", ".join("?" * len(references))), *references)


def handle_of(who: Principal) -> str:
    """Return the handle of a shopper's gift card: unique among all of them."""
    return f"gift-{who.subject.removeprefix('guest:')}"
