"""The retail domain of tau2-bench: users, orders, products, and the gold write calls of its tasks; money in cents."""

import json
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

from policies.errors import SettingsError

FOLDER = "tau2_retail"
WRITES = frozenset(
    {
        "cancel_pending_order",
        "modify_pending_order_items",
        "modify_pending_order_address",
        "modify_pending_order_payment",
        "return_delivered_order_items",
        "exchange_delivered_order_items",
        "modify_user_address",
    }
)

_AMOUNTS = frozenset({"price", "amount", "balance"})

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Call:
    """One gold write call.

    Args:
        task: Id of its task.
        number: Its place among the write calls of the task, from 0.
        name: Of tau2's tool.
        arguments: As the task has them.
    """

    task: str
    number: int
    name: str
    arguments: Json

    def __str__(self) -> str:
        """Return how to find it again."""
        return f"task {self.task} call {self.number} {self.name}"


@dataclass(frozen=True, slots=True)
class Retail:
    """The data: `users`, `orders` and `products` by id, amounts as integer cents; `calls` in order, by task."""

    users: dict[str, Json]
    orders: dict[str, Json]
    products: dict[str, Json]
    calls: tuple[tuple[Call, ...], ...]

    def owner(self, call: Call) -> str:
        """Return the id of the user whom a call concerns."""
        given = call.arguments
        return str(given["user_id"] if "user_id" in given else self.orders[given["order_id"]]["user_id"])


def load(data: Path) -> Retail:
    """Read the set from a data folder.

    Raises:
        SettingsError: It is not there.
    """
    folder = data / FOLDER
    try:
        shop = json.loads((folder / "db.json").read_text(encoding="utf-8"), parse_float=Decimal)
        tasks = json.loads((folder / "tasks.json").read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(
            f"{folder} can't be read; give --data or AISLE_DATA_DIR a folder with db.json and tasks.json of "
            "https://github.com/sierra-research/tau2-bench/tree/main/data/tau2/domains/retail in it."
        ) from error
    shop = _in_cents(shop)
    calls = tuple(found for task in tasks if (found := _writes(task)))
    return Retail(shop["users"], shop["orders"], shop["products"], calls)


def cents(amount: Decimal | int) -> int:
    """Return an amount of dollars as integer cents.

    Raises:
        ValueError: It has parts of a cent.
    """
    scaled = Decimal(amount) * 100
    if scaled != scaled.to_integral_value():
        raise ValueError(f"{amount} is no whole number of cents")
    return int(scaled)


def _in_cents(value: Any) -> Any:
    """Return a copy with every amount of money as integer cents."""
    if isinstance(value, list):
        return [_in_cents(each) for each in cast("list[Any]", value)]
    if not isinstance(value, dict):
        return value
    return {name: cents(each) if name in _AMOUNTS else _in_cents(each) for name, each in cast("Json", value).items()}


def _writes(task: Json) -> tuple[Call, ...]:
    actions: list[Json] = task["evaluation_criteria"].get("actions") or list[Json]()
    gold = [action for action in actions if action["name"] in WRITES]
    return tuple(Call(str(task["id"]), at, each["name"], each["arguments"]) for at, each in enumerate(gold))
