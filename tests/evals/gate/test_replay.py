"""The replay of a public set's gold calls: accepted as approved and not otherwise, with the set's own end states."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from evals.gate.replay import ReplayPlan, replay
from evals.gate.replay_data import FOLDER, load
from evals.gate.replay_oracle import Impossible, Oracle
from evals.gate.replay_state import differences

HOME = {"address1": "1 Elm St", "address2": "", "city": "Reno", "country": "USA", "state": "NV", "zip": "89501"}
AWAY = {"address1": "9 Oak Ave", "address2": "Suite 2", "city": "Mesa", "country": "USA", "state": "AZ", "zip": "85201"}
PRICES = {"mug-red": 12.5, "mug-blue": 14.0, "mug-gold": 99.99, "jug-tin": 30.0}
TASKS = (
    [("cancel_pending_order", {"order_id": "#P1", "reason": "ordered by mistake"})],
    [
        ("modify_pending_order_address", {"order_id": "#P1", **AWAY}),
        (
            "modify_pending_order_items",
            {"order_id": "#P1", "item_ids": ["mug-red"], "new_item_ids": ["mug-blue"], "payment_method_id": "gift_1"},
        ),
    ],
    [("modify_pending_order_payment", {"order_id": "#P1", "payment_method_id": "card_2"})],
    [("modify_user_address", {"user_id": "ann", **AWAY})],
    [("return_delivered_order_items", {"order_id": "#D1", "item_ids": ["jug-tin"], "payment_method_id": "card_1"})],
    [
        (
            "exchange_delivered_order_items",
            {"order_id": "#D1", "item_ids": ["mug-red"], "new_item_ids": ["mug-gold"], "payment_method_id": "gift_1"},
        ),
        (
            "exchange_delivered_order_items",
            {"order_id": "#D1", "item_ids": ["mug-red"], "new_item_ids": ["mug-blue"], "payment_method_id": "card_2"},
        ),
    ],
    [
        (
            "modify_pending_order_items",
            {"order_id": "#D1", "item_ids": ["jug-tin"], "new_item_ids": ["jug-tin"], "payment_method_id": "card_1"},
        ),
    ],
)


def item(name: str) -> dict[str, Any]:
    product = name.partition("-")[0]
    return {"name": product, "product_id": product, "item_id": name, "price": PRICES[name], "options": {"kind": name}}


def order(order_id: str, status: str) -> dict[str, Any]:
    items = [item("mug-red"), item("jug-tin")]
    paid = {"transaction_type": "payment", "amount": 42.5, "payment_method_id": "card_1"}
    place = {"order_id": order_id, "user_id": "ann", "address": HOME, "status": status}
    return {**place, "items": items, "fulfillments": [], "payment_history": [paid]}


def made_up(folder: Path) -> Path:
    """Write a small set of the same shape, of which two calls are impossible."""
    means: dict[str, Any] = {name: {"source": "credit_card", "id": name} for name in ("card_1", "card_2")}
    means["gift_1"] = {"source": "gift_card", "id": "gift_1", "balance": 5.0}
    users: dict[str, Any] = {
        "ann": {"user_id": "ann", "address": HOME, "payment_methods": means, "orders": ["#P1", "#D1"]}
    }
    users["bob"] = {"user_id": "bob", "address": HOME, "payment_methods": {}, "orders": []}
    products: dict[str, Any] = {}
    for name, price in PRICES.items():
        product = products.setdefault(name[:3], {"name": name[:3], "product_id": name[:3], "variants": {}})
        product["variants"][name] = {"item_id": name, "options": {"kind": name}, "available": True, "price": price}
    orders = {"#P1": order("#P1", "pending"), "#D1": order("#D1", "delivered")}
    tasks = [
        {"id": str(at), "evaluation_criteria": {"actions": [{"name": n, "arguments": a} for n, a in calls]}}
        for at, calls in enumerate(TASKS)
    ]
    (folder / FOLDER).mkdir()
    shop = {"products": products, "users": users, "orders": orders}
    (folder / FOLDER / "db.json").write_text(json.dumps(shop), encoding="utf-8")
    (folder / FOLDER / "tasks.json").write_text(json.dumps(tasks), encoding="utf-8")
    return folder


def test_gold_calls_are_accepted_as_approved_and_not_otherwise(tmp_path: Path) -> None:
    report = replay(ReplayPlan(made_up(tmp_path), kills=3))

    assert report.violations == []
    assert (report.cases, report.facts["unapproved_refused"], report.facts["approved_accepted"]) == (9, 9, 7)
    assert report.facts["refused_rightly"] == 2
    for what in ("perturbed", "foreign"):
        assert report.facts[f"{what}_refused"] == report.facts[what] != 0
    assert report.facts["replayed_without_effect"] == report.facts["replayed"] == 7
    assert report.facts["crashes_ended_same"] == 3


def test_calls_drawn_by_the_seed_end_as_the_set_says(tmp_path: Path) -> None:
    given = os.environ.get("AISLE_DATA_DIR")
    report = replay(ReplayPlan(Path(given) if given else made_up(tmp_path), cases=5, kills=2))

    assert report.violations == []
    assert report.cases >= 5


def test_every_line_of_a_changed_order_gets_its_own_price(tmp_path: Path) -> None:
    retail = load(made_up(tmp_path))
    oracle = Oracle(retail)
    oracle.take("ann")
    (call,) = [each for task in retail.calls for each in task if each.number == 1 and each.name.startswith("modify")]
    oracle.apply(call)

    prices = {line["item_id"]: line["price"] for line in oracle.orders["#P1"]["items"]}
    assert prices == {"mug-blue": 1400, "jug-tin": 3000}
    with pytest.raises(Impossible, match="too_late_items"):
        oracle.apply(call)


def test_what_differs_is_named() -> None:
    wanted = {"net": {"card_1": 1400}, "balances": {"gift_1": 0}}
    assert differences(wanted, wanted) == []
    assert differences(wanted, {"net": {}, "balances": {"gift_1": 0}}) == ["net card_1: tau2 1400, ours None"]
