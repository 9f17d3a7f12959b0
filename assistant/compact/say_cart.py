"""Words for the cart and the order to check: read back from the records, never from what was asked."""

from collections.abc import Sequence
from typing import cast

from assistant.compact.outcomes import Failure
from assistant.compact.wording import capital, is_many, listed, sentences, stopped
from policies.money import Money
from tools.records import Cart, Item, Line, Quote, TotalLine

_LETTERS = 2  # Longest size that is written in capitals: xs, xl.
_LEADS = {"size": "sizes "}


def total(totals: Sequence[TotalLine]) -> Money | None:
    """Return the total, or the subtotal where there is no total yet."""
    by_name = {t.name: t.amount for t in totals}
    return by_name.get("total") or by_name.get("subtotal")


def _goods(totals: Sequence[TotalLine]) -> Money | None:
    """Return what the goods alone cost, before delivery and tax."""
    by_name = {t.name: t.amount for t in totals}
    return by_name.get("subtotal") or by_name.get("total")


def _so_far(cart: Cart) -> str:
    amount = _goods(cart.totals)
    return f"Cart: {amount}." if amount is not None else ""


def _together(cart: Cart) -> str:
    goods, all_in = _goods(cart.totals), total(cart.totals)
    if goods is None or all_in is None or goods == all_in:
        return f"Together {all_in}." if all_in is not None else ""
    return f"Together {goods}, {all_in} with delivery and tax."


def _described(line: Line) -> str:
    options = ", ".join(_option(name, value) for name, value in line.options.items())
    return f"{line.title}, {options}" if options else line.title


def _option(name: str, value: str) -> str:
    if name == "size" and value.replace(".", "").isdigit():
        return f"size {value}"
    return value.upper() if value.isalpha() and len(value) <= _LETTERS else value


def added(cart: Cart, before: Cart | None, product_id: str, *, last: bool = True) -> str:
    """Confirm an addition from the cart that was read back."""
    old = {line.line_id: line.quantity for line in before.lines} if before else {}
    lines = [line for line in cart.lines if line.product_id == product_id]
    touched = [line for line in lines if old.get(line.line_id) != line.quantity] or lines
    if not touched:
        return sentences(stopped(capital(cart.changed)), _so_far(cart) if last else "")
    line = touched[-1]
    count = line.quantity - old.get(line.line_id, 0)
    many = f"{count} × " if count > 1 else ""
    now = f", now {line.quantity} of them" if old.get(line.line_id) else ""
    return sentences(
        f"Added: {many}{_described(line)}{now}.",
        stopped(capital(line.note)) if line.note else "",
        _so_far(cart) if last else "",
    )


def changed(cart: Cart, *, undone: bool = False) -> str:
    """Say what changed in the books' own words, then the new total."""
    said = capital(cart.changed) or ("Undone" if undone else "Changed")
    after = _so_far(cart) if cart.lines else "Your cart is empty now."
    return sentences(stopped(said), after)


def contents(cart: Cart) -> str:
    """Read the whole cart back."""
    if not cart.lines:
        return "Your cart is empty."
    lines = [f"{line.quantity} × {_described(line)}" if line.quantity > 1 else _described(line) for line in cart.lines]
    joined = "; ".join(lines)
    notes = [stopped(f"{line.title}: {line.note}") for line in cart.lines if line.note]
    return sentences(f"In your cart: {joined}.", *notes, _together(cart))


def option_question(error: Failure, item: Item | None) -> str:
    """Ask for the option that is missing, naming what is in stock."""
    options = cast(dict[str, list[str]], error.facts.get("options") or {})
    missing = list(cast(list[str], error.facts.get("missing") or list(options)))
    title = str(error.facts.get("title") or (item.title if item else "it"))
    there = [name for name in missing if options.get(name)]
    if not there:
        return error.text
    if len(there) == 1 and len(options[there[0]]) == 1:
        return f"Of {_the(title)} only {_value(there[0], options[there[0]][0])} is in stock. Shall I add that?"
    choices = "; ".join(f"{_LEADS.get(name, '')}{listed(options[name], 'or')}" for name in there)
    return f"Which {listed(missing)} of {_the(title)}? In stock: {choices}."


def _value(name: str, value: str) -> str:
    return f"size {value}" if name == "size" and " " not in value else value


def out_of_options(error: Failure, item: Item | None) -> str:
    """Say what cannot be had and what is in stock instead."""
    options = cast(dict[str, list[str]], error.facts.get("options") or {})
    asked = cast(dict[str, str], error.facts.get("asked") or {})
    title = str(error.facts.get("title") or (item.title if item else "that"))
    told = listed([_value(name, value) for name, value in asked.items()])
    many = item is not None and is_many(item)
    verb = (
        ("are" if many else "is") + " out of stock"
        if error.code == "out_of_stock"
        else ("don't" if many else "doesn't") + " come"
    )
    first = f"{capital(_the(title))} {verb}{' in ' + told if told else ''}."
    stocked = cast(list[dict[str, str]], error.facts.get("in_stock_options") or [])
    colour = asked.get("colour", "")
    kept = [o for o in stocked if o.get("colour", colour).casefold() == colour.casefold()] if colour else stocked
    sizes = list(dict.fromkeys(o["size"] for o in kept if "size" in o)) if "size" in asked else []
    if sizes:
        return sentences(first, f"In stock{' in ' + colour if colour else ''}: {listed(sizes)}.")
    there = "; ".join(f"{_LEADS.get(name, '')}{listed(values)}" for name, values in options.items() if values)
    return sentences(first, f"In stock: {there}." if there else "")


def _the(title: str) -> str:
    return title if title.casefold().startswith("the ") else f"the {title}"


def which_line(lines: Sequence[Line], *, known: bool) -> str:
    """Ask which line is meant, or say that none fits."""
    names = [_described(line) for line in lines]
    if not known:
        return f"I don't see that in your cart. There {'is' if len(names) == 1 else 'are'} {listed(names)}."
    return f"Which one: {listed(names, 'or')}?"


def quote_ready(quote: Quote, lead: str, *, permitted: bool) -> str:
    """Present the order to check; placing it is the shopper's press."""
    amount = total(quote.totals)
    sent = f", with {quote.delivery}, to {quote.ship_to}" if quote.delivery and quote.ship_to else ""
    costs = f"The total is {amount}{sent}." if amount is not None else ""
    opening = "I can prepare it; the order is yours to place." if permitted else "Your order is ready to check."
    closing = "" if permitted else "Nothing is ordered until you press."
    return sentences(lead, opening, costs, closing)
