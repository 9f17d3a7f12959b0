"""Scripts for orders that were placed: cancel one, send something back, swap it, send it elsewhere."""

import re
from collections.abc import Sequence
from typing import Any, cast

from assistant.compact.meaning import Clause
from assistant.compact.outcomes import Call
from assistant.compact.scripts import Desk, Script, refusal
from assistant.compact.signs import OTHERS_ORDERS
from assistant.compact.wordforms import number, stems
from assistant.compact.wording import capital, listed, sentences
from policies.money import format_minor
from tools.records import Line, Order, Orders, Quote

_BACK = re.compile(r"\b(?:return|refund|money back|(?:send|give) (?:\w+ ){0,4}?back)\b")
_EXCHANGE = re.compile(
    r"\b(?:exchange|swap|switch)\b|\b(?:change|replace) (?:it|that|this|them|the \w+) (?:for|to|with)\b"
)
_ADDRESS = re.compile(r"\b(?:send|ship|deliver|redirect)\b.*\bto\b|\baddress\b")
_TO = re.compile(
    r"\b(?:address|it|that|them|everything|order) to (?:my |the )?(?P<where>[a-z]+)\b|\bto (?:my |the )(?P<my>[a-z]+)\b"
)
_ALL = re.compile(r"\b(?:everything|all|whole|both|orders?|purchase)\b")
_COUNT = re.compile(r"\b(?:return|(?:send|give) back) (?:just |only )?(?P<count>one|two|three|four|five|[1-9]\d?)\b")
_INSTEAD = re.compile(r"\b(?:for|to|with|into|in)\b(?! cart)")
_TOPIC = {"cancel": "cancellation", "exchange": "exchanges", "return": "returns", "address": "delivery"}
# To a shopper it has one name, whether it was sent already or not.
_BEFORE_SENT = {"exchange": "items"}
_DOING = {
    "cancel": "cancel",
    "return": "take something back from",
    "exchange": "exchange something from",
    "address": "send elsewhere",
}


def change_order(clause: Clause, desk: Desk) -> Script:
    """Prepare the change that was asked for, of the order that is meant; or ask which, or say why not."""
    text = clause.text
    if OTHERS_ORDERS.search(text):
        return "I can only see your own orders and cart, nobody else's. Ask for 'my orders' and I'll list yours."
    kind = _kind(text)
    (outcome,) = yield (Call("my_orders", {}),)
    if outcome.error is not None:
        return refusal(outcome.error)
    orders = [order for record in outcome.records if isinstance(record, Orders) for order in record.orders]
    if not orders:
        (outcome,) = yield (Call("store_policy", {"topic": _TOPIC[kind]}),)
        found = cast("dict[str, Any]", outcome.facts.get("policy") or {})
        return sentences("You have no orders here yet, so there is nothing to change.", str(found.get("text") or ""))
    meant = _meant(orders, kind, text)
    if len(meant) > 1 and clause.reference.kind == "ordinal":
        meant = [meant[at - 1] for at in clause.reference.ordinals if 0 < at <= len(meant)] or meant
    if len(meant) > 1:
        return f"Which order shall I {_DOING[kind]}: {listed([_named(each) for each in meant[:4]], 'or')}?"
    args = _arguments(clause, meant[0], kind)
    if isinstance(args, str):
        return args
    (outcome,) = yield (Call("request_order_change", {"order_id": meant[0].order_id, "change": kind, **args}),)
    quote = outcome.quote()
    if outcome.error is not None or quote is None:
        return refusal(outcome.error) if outcome.error else "I could not prepare that; nothing was changed."
    return change_ready(quote)


def change_ready(quote: Quote) -> str:
    """Present the change to check; making it is the shopper's press."""
    last = quote.totals[-1]
    due = format_minor(abs(last.amount.amount), last.amount.currency)
    return sentences(
        "That is ready to check.",
        f"{capital(last.label)}: {due}." if last.amount.amount else f"{capital(last.label)}.",
        "Nothing changes until you press.",
    )


def _kind(text: str) -> str:
    if re.search(r"\bcancel", text):
        return "cancel"
    if _BACK.search(text):
        return "return"
    if _EXCHANGE.search(text):
        return "exchange"
    return "address" if _ADDRESS.search(text) else "return"


def _meant(orders: Sequence[Order], kind: str, text: str) -> list[Order]:
    """Return the orders that may be meant, newest first; one that names itself or its goods is preferred."""
    by_id = [order for order in orders if order.order_id.casefold() in text.casefold()]
    if by_id:
        return by_id[:1]
    named = [order for order in orders if any(_says(text, line) for line in order.lines)]
    able = [order for order in named or orders if kind in order.can or _BEFORE_SENT.get(kind) in order.can]
    # Where none can be changed that way, the newest tells why.
    return able or list(named or orders)[:1]


def _says(text: str, line: Line) -> bool:
    """Tell whether the text names this line: by a word of its title that is no option."""
    said = set(stems(_goes(text)))
    return bool(said & set(stems(line.title)))


def _goes(text: str) -> str:
    """Return what is said of the thing that goes back: 'swap the lamp for the oak one' → 'swap the lamp'."""
    if not _EXCHANGE.search(text):
        return text
    match = _INSTEAD.search(text)
    return text[: match.start()] if match else text


def _arguments(clause: Clause, order: Order, kind: str) -> dict[str, Any] | str:
    """Return what the change needs besides the order, or the question that is still open."""
    if kind == "cancel":
        return {}
    if kind == "address":
        match = _TO.search(clause.text)
        where = (match["where"] or match["my"]) if match else ""
        return {"address": where} if where else "Where shall it go? Say one of your addresses, such as 'the office'."
    lines = [line for line in order.lines if _says(clause.text, line)]
    if not lines and (len(order.lines) == 1 or (kind == "return" and _ALL.search(clause.text))):
        lines = list(order.lines)
    if not lines or (kind == "exchange" and len(lines) > 1):
        return f"Which of them do you mean: {listed([line.title for line in order.lines], 'or')}?"
    args: dict[str, Any] = {"line_ids": [line.line_id for line in lines]}
    if kind == "exchange":
        comes = _instead(clause)
        return args | comes if comes else "What shall come instead? Say it with its colour or size."
    count = _COUNT.search(clause.text)
    if count and len(lines) == 1:
        args["quantity"] = number(count["count"]) or 1
    return args


def _instead(clause: Clause) -> dict[str, Any]:
    """Return the colour and size that shall come: of several said, the last; a material may name a colour."""
    slots = clause.slots
    colours = (*slots.materials, *slots.colours)[-1:]
    return {name: values[-1] for name, values in (("colour", colours), ("size", slots.sizes)) if values}


def _named(order: Order) -> str:
    more = f" and {len(order.lines) - 1} more" if len(order.lines) > 1 else ""
    return f"the {order.lines[0].title}{more}" if order.lines else order.order_id
