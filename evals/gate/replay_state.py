"""Two shops side by side: what tau2's state is after some calls and what ours is, in the same words."""

import json
from collections.abc import Iterable, Mapping

from evals.gate.ground import Ground
from evals.gate.replay_data import Json
from evals.gate.replay_oracle import Oracle
from evals.gate.replay_shop import Shop, old_address, principal
from policies.principal import Principal
from shop.views import OrderView

_STATUS = {
    "captured": "pending",
    "shipped": "processed",
    "return_requested": "return requested",
    "exchange_requested": "exchange requested",
}
REASONS = {"no longer needed": "no_longer_needed", "ordered by mistake": "by_mistake"}
_MADE = (
    "SELECT c.order_id, c.kind, c.state, q.terms FROM order_changes c JOIN change_quotes q ON q.quote_id = c.quote_id "
    "WHERE c.subject = ? AND c.state != 'failed'"
)
_WHERE_TO = (
    "SELECT o.order_id, q.terms, c.content FROM orders o JOIN quotes q ON q.quote_id = o.quote_id "
    "LEFT JOIN order_contents c ON c.order_id = o.order_id WHERE o.subject = ?"
)
_HOME = "SELECT address FROM shoppers WHERE subject = ?"
_TAKEN = (
    "SELECT a.instrument, a.captured - COALESCE(r.refunded, 0) AS net, a.amount - a.captured - a.voided AS aside "
    "FROM sandbox_payments.authorisations a LEFT JOIN sandbox_payments.refunds r "
    "ON r.authorisation_id = a.authorisation_id"
)
_CREDITED = (
    "SELECT instrument, -amount AS net, 0 AS aside FROM sandbox_payments.calls WHERE kind = 'credit' AND state = 'done'"
)
_HELD = (
    "SELECT reference AS instrument, captured - refunded AS net, amount - captured - voided AS aside FROM gift_holds"
)
_GIVEN = "SELECT instrument, -amount AS net, 0 AS aside FROM gift_calls WHERE kind = 'credit' AND result = 'done'"
_GIFT = "gift:"


def theirs(oracle: Oracle, imported: Mapping[str, str]) -> Json:
    """Return tau2's state of its users and of the orders that were imported.

    An exchange that costs more is charged by our shop with the approval, by tau2 later and out of sight: what tau2
    only notes is counted as paid here.
    """
    balances = {
        method: means["balance"]
        for user in oracle.users.values()
        for method, means in user["payment_methods"].items()
        if "balance" in means
    }
    net: dict[str, int] = {}
    orders: Json = {}
    for order_id in imported:
        order = oracle.orders[order_id]
        for payment in order["payment_history"]:
            sign = 1 if payment["transaction_type"] == "payment" else -1
            method = payment["payment_method_id"]
            net[method] = net.get(method, 0) + sign * payment["amount"]
        due = max(0, order.get("difference", 0))
        if due:
            net[order["method"]] = net.get(order["method"], 0) + due
            if order["method"] in balances:
                balances[order["method"]] -= due
        orders[order_id] = _order_of_tau2(order)
    homes = {user_id: user["address"] for user_id, user in oracle.users.items()}
    return {"orders": orders, "homes": homes, "balances": balances, "net": _settled(net)}


async def ours(shop: Shop, user_ids: Iterable[str]) -> Json:
    """Return our state of the same, from views, rows and the payment services' own records."""
    ground, orders, homes = shop.ground, dict[str, Json](), dict[str, Json]()
    by_id = {ours: theirs for theirs, ours in shop.orders.items()}
    for user_id in user_ids:
        who = principal(user_id)
        places = await _places(ground, who)
        (home,) = ground.rows(_HOME, who.subject)
        homes[user_id] = places[home["address"]]
        kept = ground.rows(_WHERE_TO, who.subject)
        goes_to = {row["order_id"]: _parsed(row["content"] or row["terms"]) for row in kept}
        made = {row["order_id"]: row for row in ground.rows(_MADE, who.subject)}
        for view in await ground.books.orders.mine(who, limit=100):
            terms = _parsed(made[view.order_id]["terms"]) if view.order_id in made else {}
            address = places[goes_to[view.order_id]["ship_to"]["handle"]]
            orders[by_id[view.order_id]] = _order_of_ours(view, terms, address)
    balances = {
        row["reference"].removeprefix(_GIFT): row["balance"]
        for row in ground.rows("SELECT reference, balance FROM gift_cards")
    }
    net, aside = _money(ground)
    end = {"orders": {name: orders[name] for name in shop.orders if name in orders}, "homes": homes}
    return end | {"balances": balances, "net": net} | ({"aside": aside} if aside else {})


async def _places(ground: Ground, who: Principal) -> dict[str, Json]:
    """Return the shopper's addresses by handle, in clear: as a copy of all that is theirs has them."""
    async for name, records in ground.books.exports.parts(who):
        if name == "addresses":
            return {row["handle"]: old_address(row["content"], row["region"]) async for row in records}
    raise LookupError("there are no addresses in what a shopper gets of their own")


def differences(wanted: Json, found: Json) -> list[str]:
    """Name what is not the same, a line each."""
    lines: list[str] = []
    for part in sorted({*wanted, *found}):
        left, right = wanted.get(part, {}), found.get(part, {})
        for name in sorted({*left, *right}, key=str):
            if left.get(name) != right.get(name):
                lines.append(f"{part} {name}: tau2 {left.get(name)}, ours {right.get(name)}")
    return lines


def _order_of_tau2(order: Json) -> Json:
    status = "pending" if "pending" in order["status"] else order["status"]
    found = {
        "status": status,
        "items": sorted([line["item_id"], line["product_id"], line["price"]] for line in order["items"]),
        "address": order["address"],
    }
    if status == "cancelled":
        found["reason"] = REASONS[order["cancel_reason"]]
    return found | {name: order[name] for name in ("goes", "comes", "method", "difference") if name in order}


def _order_of_ours(view: OrderView, terms: Json, address: Json) -> Json:
    found: Json = {
        "status": _STATUS.get(view.state, view.state),
        "items": sorted(
            [line.variant_id, line.product_id, line.unit_price] for line in view.lines for _ in range(line.quantity)
        ),
        "address": address,
    }
    if view.state == "cancelled":
        found["reason"] = terms["reason"]
    if view.state not in ("return_requested", "exchange_requested"):
        return found
    goes = [line["goes"] for line in terms["lines"]]
    found["goes"] = sorted(each["variant_id"] for each in goes for _ in range(each["quantity"]))
    found["method"] = terms["instrument"]["handle"]
    if view.state == "exchange_requested":
        comes = [line["comes"] for line in terms["lines"]]
        found["comes"] = sorted(each["variant_id"] for each in comes for _ in range(each["quantity"]))
        found["difference"] = terms["difference"]
    return found


def _money(ground: Ground) -> tuple[dict[str, int], dict[str, int]]:
    """Return what each instrument paid on balance, and what is still held aside, by the services' own records."""
    net: dict[str, int] = {}
    aside: dict[str, int] = {}
    for statement in (_TAKEN, _CREDITED, _HELD, _GIVEN):
        for row in ground.rows(statement):
            method = row["instrument"].removeprefix(_GIFT)
            net[method] = net.get(method, 0) + row["net"]
            aside[method] = aside.get(method, 0) + row["aside"]
    return _settled(net), _settled(aside)


def _settled(amounts: Mapping[str, int]) -> dict[str, int]:
    return {name: amount for name, amount in sorted(amounts.items()) if amount}


def _parsed(text: str | Json) -> Json:
    return json.loads(text) if isinstance(text, str) else text
