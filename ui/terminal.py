"""Draws events on a terminal with cards and tables, as plain lines when piped, or as one JSON line each."""

import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Protocol

from rich.columns import Columns
from rich.console import Console, RenderableType
from rich.markup import escape
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from policies.money import format_minor
from ui.client import Heard, Json

_STOCK = {"in_stock": "in stock", "low_stock": "only a few left", "out_of_stock": "out of stock"}
_CARD_WIDTH = 36


class Screen(Protocol):
    """Where a conversation is shown."""

    def heard(self, event: Heard) -> None:
        """Show one event of the stream."""
        ...

    def card(self, rendered: Json) -> None:
        """Show a rendered order card; its challenge is never written anywhere."""
        ...

    def remark(self, text: str) -> None:
        """Show a line of the command itself, e.g. what the shopper said in a script."""
        ...


def money(value: Mapping[str, Any]) -> str:
    """Write `{amount, currency}` as the shop does."""
    return format_minor(int(value["amount"]), str(value["currency"]))


def price(item: Mapping[str, Any]) -> str:
    """Write an item's price, its range where variants differ."""
    text = money(item["price"])
    top = item.get("price_to")
    return f"{text} – {money(top)}" if top and top["amount"] > item["price"]["amount"] else text


def line_title(line: Mapping[str, Any]) -> str:
    """Name a cart, quote or order line with its options."""
    return ", ".join([str(line["title"]), *map(str, line["options"].values())])


class JsonScreen:
    """One event per line, for programs."""

    def __init__(self, write: Callable[[str], None]) -> None:
        self._write = write

    def heard(self, event: Heard) -> None:
        """Write the event."""
        self._write(event.line())

    def card(self, rendered: Json) -> None:
        """Write the card without the proof of having seen it."""
        shown = {name: rendered[name] for name in ("quote_id", "digest", "card")}
        self.heard(Heard("card", shown))

    def remark(self, text: str) -> None:
        """Programs are told by events alone."""


class TextScreen:
    """Words, cards and tables; `rich` draws boxes on a terminal, plain lines elsewhere."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._boxes = console.is_terminal
        self._midline = False

    def heard(self, event: Heard) -> None:
        """Show one event."""
        if event.event == "text":
            self._console.out(event.data["delta"], end="", highlight=False)
            self._midline = True
            return
        self._end_line()
        for part in _drawn(event, boxes=self._boxes):
            self._console.print(part, highlight=False, soft_wrap=not self._boxes)

    def card(self, rendered: Json) -> None:
        """Show the order card as the shop drew it."""
        self._end_line()
        lines = card_lines(rendered["card"])
        if self._boxes:
            self._console.print(Panel(escape("\n".join(lines[1:])), title=escape(lines[0]), expand=False))
        else:
            self._console.print("\n".join(lines), markup=False, highlight=False, soft_wrap=True)

    def remark(self, text: str) -> None:
        """Show a line of the command."""
        self._end_line()
        self._console.print(Text(text, style="dim"), highlight=False, soft_wrap=True)

    def _end_line(self) -> None:
        if self._midline:
            self._console.print()
            self._midline = False


def screen(as_json: bool) -> Screen:
    """Return the screen that fits where standard output goes."""
    if as_json:
        return JsonScreen(lambda line: print(line, file=sys.stdout, flush=True))  # noqa: T201  # Events are this command's output.
    return TextScreen(Console(soft_wrap=False))


def card_lines(card: Json) -> list[str]:
    """Write an order card as lines: headline first, then goods, totals, terms and what a press means."""
    return [
        str(card["headline"]),
        *(f"{line['title']} × {line['quantity']}  {line['total_text']}" for line in card["lines"]),
        *(f"{line['label']}  {line['text']}" for line in card["totals"]),
        *(f"{fact['label']}: {fact['text']}" for fact in card["facts"]),
        f"{card['valid_until']['label']}: {_clock(card['valid_until']['at'])}",
        f"{card['code']['label']}: {card['code']['text']}",
        *map(str, card["notes"]),
        f"[{card['button']}]",
    ]


def _clock(moment: str) -> str:
    """Write the time of day of an RFC 3339 moment in UTC."""
    return datetime.fromisoformat(moment).astimezone(UTC).strftime("%H:%M UTC")


def _drawn(event: Heard, *, boxes: bool) -> list[RenderableType]:
    """Return what an event looks like; events that show nothing look like nothing."""
    if event.event == "products":
        return _products(event.data, boxes=boxes)
    if event.event == "board":
        return _board(event.data, boxes=boxes)
    if event.event == "comparison":
        return [_comparison(event.data) if boxes else _plain_comparison(event.data)]
    lines = _LINES.get(event.event)
    return [] if lines is None else [Text("\n".join(lines(event.data)))]


def _board(data: Json, *, boxes: bool) -> list[RenderableType]:
    budget = f" of {money(data['budget'])}" if data["budget"] else ""
    lines = [f"Board {data['name']}:" + (f" {money(data['total'])}{budget}" if data["total"] else " nothing on it yet")]
    lines += [f"Link to share: {data['link']}"] if data["link"] else []
    noted = [
        {**item, "why": " · ".join(filter(None, [data["notes"].get(item["product_id"]), item["why"]]))}
        for item in data["items"]
    ]
    return [Text("\n".join(lines)), *_products({"items": noted}, boxes=boxes)]


def _products(data: Json, *, boxes: bool) -> list[RenderableType]:
    items = data["items"]
    if not boxes:
        return [Text("\n".join("  ".join(_item_lines(item, at)) for at, item in enumerate(items, 1)))] if items else []
    cards = [
        Panel(escape("\n".join(_item_lines(item, at)[1:])), title=escape(f"{at} {item['title']}"), width=_CARD_WIDTH)
        for at, item in enumerate(items, 1)
    ]
    return [Columns(cards, equal=True)] if cards else []


def _item_lines(item: Json, at: int) -> list[str]:
    was = f" (was {money(item['list_price'])})" if item.get("list_price") else ""
    colours = ", ".join(item["colours"])
    facts = [
        f"{at}. {item['title']}",
        f"{price(item)}{was} · {_STOCK[item['availability']]}",
        colours,
        str(item["why"]),
    ]
    return [fact for fact in facts if fact]


def _comparison(data: Json) -> Table:
    table = Table(show_lines=False)
    table.add_column("")
    for item in data["items"]:
        table.add_column(escape(item["title"]))
    for row in data["rows"]:
        values = [escape(value) if value is not None else "–" for value in row["values"]]
        table.add_row(escape(row["name"]), *values, style="" if row["differs"] else "dim")
    return table


def _plain_comparison(data: Json) -> Text:
    heads = " | ".join(str(item["title"]) for item in data["items"])
    rows = [f"{row['name']}: {' | '.join(value or '–' for value in row['values'])}" for row in data["rows"]]
    return Text("\n".join([heads, *rows]))


def _cart(data: Json) -> list[str]:
    lines = [f"  {line['quantity']} × {line_title(line)}  {money(line['total'])}" for line in data["lines"]]
    total = [f"  {line['label']}  {money(line['amount'])}" for line in data["totals"]]
    return ["Cart:" if lines else "The cart is empty.", *lines, *(total if lines else [])]


def _order(data: Json) -> list[str]:
    lines = [f"  {line['quantity']} × {line_title(line)}  {money(line['total'])}" for line in data["lines"]]
    total = money(data["totals"][-1]["amount"])
    return [f"{data['state_text']} ({data['order_id']})", *lines, f"  Total  {total}"]


def _quote(data: Json) -> list[str]:
    last = data["totals"][-1]
    if data.get("action", "place_order") != "place_order":
        due = {**last["amount"], "amount": abs(last["amount"]["amount"])}
        return [f"Ready to check: {last['label']} {money(due)}."]
    total = money(last["amount"])
    return [f"Ready to check: {len(data['lines'])} line(s), {total}, to {data['ship_to']}, {data['pay_with']}."]


def _orders(data: Json) -> list[str]:
    return [line for order in data["orders"] for line in _order(order)] or ["No orders yet."]


_LINES: Mapping[str, Callable[[Json], list[str]]] = {
    "boards": lambda data: [f"  {board['name']}: {board['count']}" for board in data["boards"]],
    "cart": _cart,
    "order": _order,
    "orders": _orders,
    "quote": _quote,
    "notice": lambda data: [str(data["text"])],
    "error": lambda data: [f"! {data['detail']}"],
}
