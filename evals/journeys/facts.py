"""Flat facts of what the shop sent: of cards, lines, carts, cards to press and orders."""

from collections.abc import Sequence
from typing import Any

from evals.journeys.conditions import Facts

Json = dict[str, Any]


def item_facts(item: Json) -> Facts:
    """Return what can be expected of one product card; amounts in minor units."""
    stocked = [value for options in item["in_stock_options"] for value in options.values()]
    return {
        "id": item["product_id"],
        "title": item["title"],
        "brand": item["brand"],
        "type": item["product_type"],
        "price": item["price"]["amount"],
        "list_price": item["list_price"]["amount"] if item["list_price"] else 0,
        "availability": item["availability"],
        "colour": item["colours"],
        "sole_colour": item["colours"][0] if len(item["colours"]) == 1 else "",
        "size": item["sizes"],
        "material": item["materials"],
        "style": item["styles"],
        "stocked": stocked,
    }


def shown_facts(items: Sequence[Json]) -> Facts:
    """Return what can be expected of a showing as a whole: `count`, and `sum` of its prices."""
    return {"count": len(items), "sum": sum(item["price"]["amount"] for item in items)}


def line_facts(line: Json) -> Facts:
    """Return what can be expected of a line of a cart, card or order."""
    options = {"colour": "", "size": ""} | line["options"]
    return options | {
        "id": line["product_id"],
        "title": line["title"],
        "quantity": line["quantity"],
        "price": line["unit_price"]["amount"],
    }


def held_facts(record: Json | None) -> Facts:
    """Return what can be expected of a cart, a card or an order as a whole; nothing is 0 lines and state `none`."""
    if record is None:
        return {"lines": 0, "units": 0, "total": 0, "subtotal": 0, "state": "none"}
    lines = record["lines"]
    totals = {each["name"]: each["amount"]["amount"] for each in record["totals"]}
    units = sum(line["quantity"] for line in lines)
    counts = {"lines": len(lines), "units": units, "state": record.get("state", "")}
    return {"total": 0, "subtotal": 0, "discount": 0} | totals | counts


def cart_lines(cart: Json | None) -> list[Json]:
    """Return the lines of a cart, none of a cart that nobody read yet."""
    return list(cart["lines"]) if cart is not None else []


def lines_of(record: Json | None) -> list[Facts]:
    """Return the facts of each line."""
    return [line_facts(line) for line in record["lines"]] if record is not None else []
