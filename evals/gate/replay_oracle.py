"""What tau2's retail tools would make of a call: its end state, by rules written anew, or why it is refused.

One rule differs on purpose. Upstream writes the price and options of the last variant to every line of a modified order
(issues 317 and 318 there); here each line gets its own, as the task and the charged difference have it.
"""

from copy import deepcopy

from evals.gate.replay_data import Call, Json, Retail


class Impossible(Exception):
    """Tau2's own tool refuses the call; the text is one of our codes for the same reason."""


class Oracle:
    """The users and orders of one task, changed call by call."""

    def __init__(self, retail: Retail) -> None:
        self._products = retail.products
        self.users: dict[str, Json] = {}
        self.orders: dict[str, Json] = {}
        self._retail = retail

    def take(self, user_id: str) -> None:
        """Copy a user and the user's orders out of the data."""
        self.users[user_id] = deepcopy(self._retail.users[user_id])
        for order_id in self.users[user_id]["orders"]:
            self.orders[order_id] = deepcopy(self._retail.orders[order_id])

    def apply(self, call: Call) -> None:
        """Change what the call changes.

        Raises:
            Impossible: The call is refused; nothing changed.
        """
        given = call.arguments
        match call.name:
            case "modify_user_address":
                self.users[given["user_id"]]["address"] = _address(given)
            case "modify_pending_order_address":
                _require("pending" in self.orders[given["order_id"]]["status"], "too_late_address")
                self.orders[given["order_id"]]["address"] = _address(given)
            case "cancel_pending_order":
                self._cancel(self.orders[given["order_id"]], given["reason"])
            case "modify_pending_order_payment":
                self._pay_otherwise(self.orders[given["order_id"]], given["payment_method_id"])
            case "modify_pending_order_items":
                self._change_items(self.orders[given["order_id"]], given)
            case "return_delivered_order_items":
                self._send_back(self.orders[given["order_id"]], given)
            case "exchange_delivered_order_items":
                self._exchange(self.orders[given["order_id"]], given)
            case _:
                raise ValueError(f"{call.name} is no write of tau2's retail domain")

    def difference(self, order: Json, given: Json) -> int:
        """Return what the new items cost more than the old ones, in cents."""
        prices = {line["item_id"]: line["price"] for line in order["items"]}
        pairs = zip(given["item_ids"], given["new_item_ids"], strict=True)
        return sum(self._variant(order, old, new)["price"] - prices[old] for old, new in pairs)

    def _variant(self, order: Json, old: str, new: str) -> Json:
        line = next((line for line in order["items"] if line["item_id"] == old), None)
        _require(line is not None, "unknown_order_line")
        product = self._products[line["product_id"]] if line else {}
        variant = product["variants"].get(new)
        _require(variant is not None and variant["available"], "out_of_stock")
        return variant or {}

    def _cancel(self, order: Json, reason: str) -> None:
        _require(order["status"] == "pending", "too_late_cancel")
        _require(reason in ("no longer needed", "ordered by mistake"), "unknown_reason")
        for payment in list(order["payment_history"]):
            self._move(order, payment["payment_method_id"], -payment["amount"])
        order |= {"status": "cancelled", "cancel_reason": reason}

    def _pay_otherwise(self, order: Json, method: str) -> None:
        _require("pending" in order["status"], "too_late_payment")
        (payment,) = order["payment_history"]
        before, amount = payment["payment_method_id"], payment["amount"]
        _require(before != method, "same_payment")
        self._require_balance(order, method, amount)
        self._move(order, method, amount)
        self._move(order, before, -amount)

    def _change_items(self, order: Json, given: Json) -> None:
        _require(order["status"] == "pending", "too_late_items")
        difference = self.difference(order, given)
        self._require_balance(order, given["payment_method_id"], difference)
        for old, new in zip(given["item_ids"], given["new_item_ids"], strict=True):
            variant = self._variant(order, old, new)
            line = next(line for line in order["items"] if line["item_id"] == old)
            line |= {"item_id": new, "price": variant["price"], "options": variant["options"]}
        self._move(order, given["payment_method_id"], difference)
        order["status"] = "pending (item modified)"

    def _send_back(self, order: Json, given: Json) -> None:
        _require(order["status"] == "delivered", "not_delivered")
        method = given["payment_method_id"]
        gift = self._means(order, method)["source"] == "gift_card"
        paid = order["payment_history"][0]["payment_method_id"]
        _require(gift or method == paid, "refund_elsewhere")
        order |= {"status": "return requested", "goes": sorted(given["item_ids"]), "method": method}

    def _exchange(self, order: Json, given: Json) -> None:
        _require(order["status"] == "delivered", "not_delivered")
        difference, method = self.difference(order, given), given["payment_method_id"]
        self._require_balance(order, method, difference)
        order |= {"status": "exchange requested", "goes": sorted(given["item_ids"]), "method": method}
        order |= {"comes": sorted(given["new_item_ids"]), "difference": difference}

    def _means(self, order: Json, method: str) -> Json:
        found = self.users[order["user_id"]]["payment_methods"].get(method)
        _require(found is not None, "unknown_payment")
        return found or {}

    def _require_balance(self, order: Json, method: str, amount: int) -> None:
        balance = self._means(order, method).get("balance")
        _require(balance is None or balance >= amount, "gift_card_short")

    def _move(self, order: Json, method: str, amount: int) -> None:
        """Pay `amount` cents by a method, or get them back when negative."""
        kind = "payment" if amount > 0 else "refund"
        order["payment_history"].append({"transaction_type": kind, "amount": abs(amount), "payment_method_id": method})
        means = self._means(order, method)
        if "balance" in means:
            means["balance"] -= amount


def _address(given: Json) -> Json:
    return {name: given[name] for name in ("address1", "address2", "city", "country", "state", "zip")}


def _require(holds: bool, code: str) -> None:
    if not holds:
        raise Impossible(code)
