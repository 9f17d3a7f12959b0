"""Scripts that change what is in the cart: quantity, size, colour, removing, swapping one thing for another."""

import re
from dataclasses import replace
from typing import Any

from assistant.compact.cart_lines import lines_meant
from assistant.compact.carting import choice_question, not_added
from assistant.compact.meaning import Clause
from assistant.compact.outcomes import Call
from assistant.compact.pointing import point, pool
from assistant.compact.references import read_reference
from assistant.compact.say_cart import changed, which_line
from assistant.compact.scripts import Desk, Script, ask_which
from assistant.compact.wordforms import NUMBER_WORDS
from assistant.compact.wording import sentences, the
from tools.records import Cart

_EVERYTHING = re.compile(r"\b(?:everything|empty|clear|all of it|all items)\b")
_TO_QUANTITY = re.compile(
    rf"\b(?:make|change|set|want|need|actually|just|only|to|quantity(?: to|"
    rf" of)?)\b[\w' ]*?\b(?<!other )(?<!that )(?<!this )(?<!first )(?<!second )(?<!last )(?<!the )(?P<n>\d{{1,2}}|"
    rf""
    rf"{'|'.join(NUMBER_WORDS)})\b(?! (?:more|instead of))"
)
_SWAP = re.compile(r"\b(?:swap|replace|exchange|change) (?P<old>.+?) (?:for|with|to) (?P<new>(?:the|that|this) .+)")
_PARTLY = re.compile(r"\b(?:remove|take (?:out|off)|drop) (?P<n>one|two|three|\d) of\b")
_SIZE_TO = re.compile(
    r"\b(?:to|in|into|for|size) (?:an? )?(?:size )?(?P<size>\d{1,2}(?:\.5)?|x{0,3}[sml]|xs|small|medium|large)\b"
)
_REMOVING = re.compile(r"\b(?:remove|delete|drop|take|discard|rid|empty|clear|lose|throw|don't|do not|no longer)\b")


def change(clause: Clause, desk: Desk) -> Script:
    """Change or remove lines of the cart."""
    cart = desk.dialogue.cart
    if cart is None:
        (outcome,) = yield (Call("view_cart", {}),)
        cart = outcome.cart()
    if cart is None or not cart.lines:
        return _nothing_in_it(clause, desk)
    removing = _REMOVING.search(clause.text)
    if _EVERYTHING.search(clause.text) and removing:
        return (yield from _apply([{"line_id": line.line_id, "quantity": 0} for line in cart.lines], desk))
    swap = _SWAP.search(clause.text)
    other = _swapped_in(swap["new"], cart, desk) if swap else None
    if swap and other is not None:
        old = replace(clause, reference=read_reference(swap["old"], desk.terms, desk.dialogue.names))
        return (yield from _swap(old, other, cart, desk))
    lines, candidates = lines_meant(clause, cart, desk.dialogue)
    if not lines:
        return which_line(candidates or cart.lines, known=bool(candidates))
    changes: list[dict[str, Any]] = []
    for line in lines:
        wanted = _wanted(clause, line.quantity, removing=bool(removing))
        if not wanted:
            return f"What shall I change about {line.title}: the quantity, the size or the colour?"
        changes.append({"line_id": line.line_id, **wanted})
    return (yield from _apply(changes, desk))


def _nothing_in_it(clause: Clause, desk: Desk) -> str:
    """Say that there is nothing to change, and what a count said with a row on screen still needs: which one."""
    choice = desk.dialogue.choice
    if clause.slots.quantity is not None and choice is not None and choice.call.name == "add_to_cart":
        return sentences("Nothing is in your cart yet.", choice_question(choice, desk), "Say how many with it.")
    if clause.slots.quantity is None or _REMOVING.search(clause.text) or not desk.dialogue.items:
        return "Your cart is empty."
    ids = desk.dialogue.focus or pool(desk.dialogue)
    if len(ids) == 1:
        return f"Your cart is empty, so nothing is changed. Shall I add {the(desk.dialogue.items[ids[0]])}?"
    return sentences("Your cart is empty, so nothing is changed.", ask_which(desk, tuple(ids)))


def _swapped_in(words: str, cart: Cart, desk: Desk) -> str | None:
    """Return the product that is to come in for another, when the words point at one that is not in the cart."""
    pointed = point(read_reference(words, desk.terms, desk.dialogue.names), desk.dialogue)
    held = {line.product_id for line in cart.lines}
    return pointed.one if pointed.one not in held else None


def _swap(old: Clause, other: str, cart: Cart, desk: Desk) -> Script:
    """Put the other product in first, so that nothing is lost when it cannot be had."""
    lines, candidates = lines_meant(old, cart, desk.dialogue)
    if len(lines) != 1:
        return which_line(candidates or cart.lines, known=bool(candidates))
    (outcome,) = yield (Call("add_to_cart", {"product_id": other, "quantity": lines[0].quantity}),)
    if outcome.error is not None:
        return not_added(outcome.error, other, desk)
    return (yield from _apply([{"line_id": lines[0].line_id, "quantity": 0}], desk))


def _apply(changes: list[dict[str, Any]], desk: Desk) -> Script:
    (outcome,) = yield (Call("change_cart", {"changes": changes}),)
    cart = outcome.cart()
    if outcome.error is not None or cart is None:
        product = str(outcome.error.facts.get("product_id", "")) if outcome.error else ""
        return not_added(outcome.error, product, desk)
    return changed(cart)


def _wanted(clause: Clause, quantity: int, *, removing: bool) -> dict[str, Any]:
    text = clause.text
    if removing:
        partly = _PARTLY.search(text)
        return {"quantity": max(quantity - _count(partly["n"]), 0) if partly else 0}
    if re.search(r"\bdouble\b", text):
        return {"quantity": quantity * 2}
    if more := re.search(r"\b(?P<n>one|two|three|\d) more\b|\banother\b", text):
        return {"quantity": quantity + _count(more["n"] or "one")}
    colours = [c for c in clause.slots.colours if c not in clause.reference.colours]
    wanted: dict[str, Any] = {"colour": colours[0]} if colours else {}
    size = _SIZE_TO.search(text)
    if clause.slots.sizes:
        wanted["size"] = clause.slots.sizes[-1]
    elif size is not None and re.search(r"\b(?:an?|size) ?(?:size )?" + re.escape(size["size"]), text):
        wanted["size"] = size["size"]
    if wanted:
        return wanted
    number = _TO_QUANTITY.search(text)
    return {"quantity": _count(number["n"])} if number else {}


def _count(word: str) -> int:
    return int(word) if word.isdigit() else NUMBER_WORDS.get(word, 1)
