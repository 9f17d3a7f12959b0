"""Races of changes: presses of a change's card against shipping, a dispute, a decline, and another change."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evals.gate.ground import Ground
from evals.gate.race_start import Answer, Race, Start, taken
from evals.gate.shadow import recover
from evals.gate.violation import Violation, hold
from policies.errors import Refused
from policies.order_change import ChangeKind
from policies.principal import Principal
from shop.change_terms import ChangeWanted, LineWanted
from shop.views import Card, OrderView

CHANGES = ("change", "change declined", "change and ship", "change and dispute", "two changes", "last one to swap")
_MADE = "SELECT quote_id, change_id, kind, state, pay, refund, captured, refunded FROM order_changes WHERE order_id = ?"
_MONEY = """
    SELECT coalesce(sum(a.captured), 0) AS taken, coalesce(sum(r.refunded), 0) AS given,
        coalesce(sum(CASE WHEN a.captured = 0 THEN a.amount - a.voided ELSE 0 END), 0) AS aside
    FROM sandbox_payments.authorisations a
    LEFT JOIN sandbox_payments.refunds r ON r.authorisation_id = a.authorisation_id WHERE a.authorisation_id IN (
        SELECT i.authorisation_id FROM intents i JOIN orders o ON o.intent_id = i.intent_id WHERE o.order_id = ?
        UNION SELECT authorisation_id FROM order_changes WHERE order_id = ?)
"""
_OFFERS = "SELECT variant_id, available, reserved, sold, received FROM offers"


@dataclass(frozen=True, slots=True)
class _Order:
    """An order, its owner, and the change whose card is pressed."""

    who: Principal
    order: OrderView
    difference: int


async def change_race(ground: Ground, kind: str) -> Race:
    """Set a race up: a paid order with the card of a change in two tabs; for the last one to swap, two such orders."""
    swap = kind == "last one to swap"
    if swap:
        await ground.books.merchant.set_offer("rug-300", stock=1)
    orders: list[_Order] = []
    cards: list[tuple[Principal, Card]] = []
    for _ in range(2 if swap else 1):
        one, shown = await _asked(ground, "items" if swap else "cancel")
        orders.append(one)
        cards += [(one.who, card) for card in shown]
    before = {row["variant_id"]: row["sold"] for row in ground.rows(_OFFERS)}

    async def judge(ground: Ground, answers: Sequence[Answer]) -> None:
        await recover(ground)
        made = [await _judged(ground, kind, one, answers) for one in orders]
        if kind in ("change", "last one to swap") and sum(made) != 1:
            raise Violation(f"G9: {sum(made)} changes where there had to be one")
        _stock(ground, before, made[0] if not swap else 0, swap=swap)

    return Race(orders[0].who, cards, judge, orders[0].order.order_id)


async def press_change(ground: Ground, who: Principal, card: Card) -> Answer:
    """Press a change's card and drive what comes of it."""
    try:
        outcome = await ground.press_change(card, who)
        await ground.books.worker.changes.drive(outcome.change_id)
    except Refused as refused:
        return card.quote_id, refused.code
    return card.quote_id, outcome.change_id


async def run_against_change(ground: Ground, start: Start) -> list[Answer]:
    """Do what runs against the presses; returns what was pressed besides."""
    quote_id, books, order_id = start.presses[0][1].quote_id, ground.books, start.order_id
    try:
        match start.against:
            case "change declined":
                await books.gate.decline(start.who, quote_id)
            case "change and ship":
                await books.fulfilment.ship(order_id)
            case "change and dispute":
                await books.fulfilment.dispute(order_id)
            case "two changes":
                asked = await books.changes.prepare(start.who, order_id, ChangeWanted("address", (), "office"))
                card = await books.gate.render(start.who, asked.quote_id)
                return [await press_change(ground, start.who, card)]
            case _:
                await books.worker.changes.drive()
    except Refused:
        # Too late is an answer, too.
        return []
    return []


async def _asked(ground: Ground, kind: ChangeKind) -> tuple[_Order, list[Card]]:
    guest = await ground.guest()
    await ground.books.carts.add(guest, "rug-250")
    quote = await ground.books.quotes.prepare(guest)
    card = await ground.books.gate.render(guest, quote.quote_id)
    await ground.books.worker.drive((await ground.press(card, guest)).intent_id)
    (order,) = await ground.books.orders.mine(guest)
    lines = (LineWanted(order.lines[0].line_id, 1, "rug-300"),) if kind == "items" else ()
    asked = await ground.books.changes.prepare(guest, order.order_id, ChangeWanted(kind, lines))
    cards = [await ground.books.gate.render(guest, asked.quote_id) for _ in range(2)]
    return _Order(guest, order, asked.difference), cards


async def _judged(ground: Ground, kind: str, one: _Order, answers: Sequence[Answer]) -> int:
    """Check an order's changes against the answers and the payment service; returns how many there are."""
    order_id = one.order.order_id
    rows = ground.rows(_MADE, order_id)
    ids: dict[str, str] = {}
    for quote_id, answer in answers:
        if taken(answer) and ids.setdefault(quote_id, answer) != answer:
            raise Violation("G6: two presses of one card are two changes")
    hold({(row["quote_id"], row["change_id"]) for row in rows} <= set(ids.items()), "G1: a change that nobody pressed")
    hold(len(rows) <= 1, "G6: two changes of one order at a time")
    (order,) = ground.rows("SELECT state FROM orders WHERE order_id = ?", order_id)
    (money,) = ground.rows(_MONEY, order_id, order_id)
    paid = int(money["taken"]) - int(money["given"])
    if not rows:
        fine = {"captured", "shipped", "disputed"}
        hold(order["state"] in fine and paid == one.order.total, f"G12: {order['state']}, paid {paid}, not changed")
        return 0
    (row,) = rows
    hold(order["state"] != "shipped" or row["kind"] != "cancel", "cancelled and shipped")
    if order["state"] == "disputed":
        hold(0 <= paid <= one.order.total, "G11: more money than was approved")
        return 1
    hold(row["state"] == "done", f"G12: a change hangs in {row['state']}")
    hold(paid == one.order.total + row["pay"] - row["refund"], "G11: charged or paid back other than shown")
    hold(row["kind"] == "address" or row["pay"] - row["refund"] == one.difference, "G4: another amount than was shown")
    hold(int(money["aside"]) == 0, "G12: an authorisation was left open")
    return 1


def _stock(ground: Ground, before: Mapping[str, int], cancelled: int, *, swap: bool) -> None:
    offers = {row["variant_id"]: row for row in ground.rows(_OFFERS)}
    for row in offers.values():
        whole = row["available"] + row["reserved"] + row["sold"]
        hold(
            whole == row["received"] and min(row["available"], row["reserved"]) >= 0, "G13: units appeared or vanished"
        )
    if swap:
        moved = {name: offers[name]["sold"] - before[name] for name in ("rug-250", "rug-300")}
        hold(moved == {"rug-250": -1, "rug-300": 1}, f"G13: one swap moved {moved}")
    elif not cancelled:
        hold(offers["rug-250"]["sold"] == before["rug-250"], "G13: units came back of an order that stands")
