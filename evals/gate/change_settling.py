"""Holds what changes of orders came to against what was shown: money by the services' own records, goods, freezes."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence

from evals.gate.change_shadow import CHANGES, ChangeShadow, look_changes, rows_of
from evals.gate.gift_shadow import LABEL
from evals.gate.ground import Ground
from evals.gate.place import Row
from evals.gate.shadow import recover, secret
from evals.gate.violation import hold

_ORDERS = """
    SELECT orders.order_id, orders.state, intents.quote_id, intents.state AS intent, intents.captured,
        intents.authorisation_id, order_contents.content,
        coalesce((SELECT sum(captured - refunded) FROM order_payments WHERE order_payments.order_id = orders.order_id),
            intents.captured) AS paid
    FROM orders JOIN intents ON intents.intent_id = orders.intent_id
    LEFT JOIN order_contents ON order_contents.order_id = orders.order_id WHERE orders.subject IN ({})
"""
# What went back to what paid, as each way to pay has it.
_REFUNDS = """
    SELECT authorisation_id, refunded FROM sandbox_payments.refunds
    UNION ALL SELECT authorisation_id, refunded FROM gift_holds WHERE refunded > 0
"""
_GIVEN = f"""
    SELECT coalesce(sum(refunded), 0) AS given FROM ({_REFUNDS}) AS refunds WHERE authorisation_id IN (
        SELECT authorisation_id FROM intents JOIN orders ON orders.intent_id = intents.intent_id WHERE order_id = ?
        UNION SELECT authorisation_id FROM order_changes WHERE order_id = ?)
"""
# What was put on a gift card instead.
_CREDITED = """
    SELECT coalesce(sum(gift_calls.amount), 0) AS given FROM gift_calls
    JOIN change_calls ON change_calls.idempotency_key = gift_calls.idempotency_key
    JOIN order_changes ON order_changes.change_id = change_calls.change_id
    WHERE gift_calls.kind = 'credit' AND gift_calls.result = 'done' AND order_changes.order_id = ?
"""
_ENDS = {"done", "failed", "awaiting_goods", "stuck"}


async def settle_changes(ground: Ground, shadow: ChangeShadow, known: frozenset[str]) -> list[str]:
    """Let every change end, then compare what was shown with the goods and with the payment service's own records.

    Args:
        ground: The shop.
        shadow: What really happened in this sequence.
        known: Authorisations the payment service had before it.

    Returns:
        Authorisations that changes made.

    Raises:
        Violation: They do not agree.
    """
    await recover(ground)
    look_changes(ground, shadow)
    changes, orders = rows_of(ground, shadow, CHANGES), rows_of(ground, shadow, _ORDERS)
    charges, refunds = ground.charges(), {row["authorisation_id"]: row["refunded"] for row in ground.rows(_REFUNDS)}
    of_orders = [row["authorisation_id"] for row in (*changes, *orders) if row["authorisation_id"]]
    hold(len(set(of_orders)) == len(of_orders), "G10: one authorisation serves two")
    hold(set(refunds) <= known | set(of_orders), "G11: money went back for no order")
    for order in orders:
        mine = [row for row in changes if row["order_id"] == order["order_id"]]
        _ended(shadow, order, mine)
        given = _money(ground, order, mine, (charges, refunds))
        hold(given == shadow.frozen.get(order["order_id"], given), "G12: money went back of a disputed order")
    _goods(ground, shadow, orders, changes)
    _ways(ground, shadow)
    for shown in shadow.shown:
        secret(ground, "change_quotes", shown.card)
    return [row["authorisation_id"] for row in changes if row["authorisation_id"]]


def _ended(shadow: ChangeShadow, order: Row, changes: Sequence[Row]) -> None:
    if order["state"] == "disputed":
        return
    hold({row["state"] for row in changes} <= _ENDS, "G12: a change hangs")
    stuck = any(row["state"] == "stuck" for row in changes)
    hold(not stuck or order["order_id"] in shadow.refusing, "G12: stuck, though the bank pays back")


def paid_back(ground: Ground, order_id: str) -> int:
    """Return the minor units that were paid back for an order, by whatever way."""
    (back,), credited = ground.rows(_GIVEN, order_id, order_id), _credited(ground, order_id)
    return int(back["given"]) + credited


def _credited(ground: Ground, order_id: str) -> int:
    return int(ground.rows(_CREDITED, order_id)[0]["given"])


def _money(
    ground: Ground, order: Row, changes: Sequence[Row], services: tuple[Mapping[str, Row], Mapping[str, int]]
) -> int:
    charges, refunds = services
    names = [row["authorisation_id"] for row in (order, *changes) if row["authorisation_id"]]
    taken = sum(charges[name]["captured"] for name in names)
    given = sum(refunds.get(name, 0) for name in names) + _credited(ground, order["order_id"])
    hold(taken == order["captured"] + sum(row["captured"] for row in changes), "G10: charged other than recorded")
    hold(given <= taken, "G11: more went back than was taken")
    if order["state"] == "disputed" or any(row["state"] == "stuck" for row in changes):
        return given
    moved = sum(row["captured"] for row in changes if row["kind"] == "payment")
    hold(given == moved + sum(row["refunded"] for row in changes), "G11: paid back other than recorded")
    asides = [charges[name] for name in names if not charges[name]["captured"]]
    hold(all(row["voided"] == row["amount"] for row in asides), "G12: an authorisation of a change was left open")
    hold(order["paid"] == taken - given or order["intent"] != "captured", "G11: the books say another amount was paid")
    if order["content"] and not any(row["state"] == "awaiting_goods" for row in changes):
        costs = json.loads(order["content"])["totals"][-1]["amount"]
        hold(costs == taken - given or order["intent"] != "captured", "G11: what an order costs is not what was paid")
    return given


def _ways(ground: Ground, shadow: ChangeShadow) -> None:
    """Hold what paid, and got money back, against what the cards said."""
    for row in shadow.base.gifts.paid(ground, "order_changes"):
        by_gift = shadow.made[row["quote_id"]].asked.instrument == LABEL
        hold((row["reference"] is not None) == by_gift, "G4: something else paid than the card said")
    for row in shadow.base.gifts.given(ground):
        asked = shadow.made[row["quote_id"]].asked
        if row["reference"] is None:
            right = asked.instrument != LABEL
        else:
            there = asked.instrument == LABEL or asked.wanted.instrument is None
            right = there and row["reference"] == shadow.base.gifts.owners[asked.owner.subject]
        hold(right, "G4: money went back elsewhere than the card said")


def _goods(ground: Ground, shadow: ChangeShadow, orders: Sequence[Row], changes: Sequence[Row]) -> None:
    paid = {order["order_id"]: order["quote_id"] for order in orders if order["intent"] == "captured"}
    sold = Counter[str]()
    for quote_id in paid.values():
        for variant, quantity, _ in shadow.base.bought[quote_id].lines:
            sold[variant] += quantity
    for row in changes:
        if row["state"] != "done" or row["order_id"] not in paid:
            continue
        asked = shadow.made[row["quote_id"]].asked
        for variant, quantity in asked.goes if row["quote_id"] not in shadow.broken else ():
            sold[variant] -= quantity
        for variant, quantity, _ in asked.comes:
            sold[variant] += quantity
    for row in ground.rows("SELECT variant_id, sold FROM offers"):
        name = row["variant_id"]
        hold(row["sold"] - shadow.sold[name] == sold[name], f"G13: units of {name} sold are not those that orders hold")
