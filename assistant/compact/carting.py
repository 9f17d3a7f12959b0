"""Scripts for the cart and buying: add, view, undo, prepare the order, answer an open choice."""

import re
from typing import Any, cast

from assistant.compact.choices import answers
from assistant.compact.dialogue import OpenChoice
from assistant.compact.meaning import Clause
from assistant.compact.outcomes import Call, Failure
from assistant.compact.pointing import Pointed, point
from assistant.compact.say_cart import (
    added,
    changed,
    contents,
    option_question,
    out_of_options,
    quote_ready,
)
from assistant.compact.say_options import had, has_option
from assistant.compact.scripts import Desk, Script, ask_which, refusal
from assistant.compact.sizes import read_sizes
from assistant.compact.slots import read_slots
from assistant.compact.wordforms import normal
from assistant.compact.wording import sentences, the
from tools.records import Item

_PERMISSION = re.compile(
    r"\b(?:pre ?approved?|permission|approval|i approve|authori[sz]e|just (?:buy|order|purchase|do it)|"
    r"use my card|charge|without asking|go ahead)\b"
)
_DELIVERY = re.compile(r"\b(?P<how>express|standard)\b(?: delivery| shipping)?|\b(?:next day)\b")
_COUPON = re.compile(r"\b(?:code|coupon|voucher)\s+(?:is\s+)?(?P<code>[a-z]*\d[\w-]*|[a-z]{3,}\d*)\b")
_WHICHEVER = re.compile(
    r"\b(?:whichever|whatever|any)(?: (?P<what>colou?r|one))?(?= (?:is fine|will do|you like|you have|"
    r"is in stock)|[ .!]*$|,)|"
    r"\b(?:the )?(?P<open>colou?r) (?:doesn't matter|does not matter|is up to you|isn't important)\b|"
    r"\b(?:i )?(?:don't|do not) (?:mind|care)(?: (?:about|which))?(?: the)?(?: colou?r)?\b"
)
_MOST = 6
_FEW = 3  # "Add them" means so many at most; above, the shopper is asked.


def add(clause: Clause, desk: Desk) -> Script:
    """Add what is meant, asking for a size or colour only when the shop says it must be chosen."""
    pointed = _to_add(clause, desk)
    if not pointed.ids:
        if pointed.missing and not pointed.candidates:
            return "I haven't shown you one like that yet. What shall I look for?"
        return ask_which(desk, pointed.candidates)
    said: list[str] = []
    unsure: list[str] = []
    several, last = len(pointed.ids) > 1, pointed.ids[-1]
    for product_id in pointed.ids[:_MOST]:
        call = Call(
            "add_to_cart",
            {"product_id": product_id, **_options(clause, product_id, desk), **_quantity(clause, len(pointed.ids))},
        )
        before = desk.dialogue.cart
        (outcome,) = yield (call,)
        if left := _left_open(clause, outcome.error):
            (outcome,) = yield (Call("add_to_cart", {**call.args, **left}),)
        cart = outcome.cart()
        if outcome.error is not None and outcome.error.code == "unsupported" and several:
            unsure.append(product_id)
        elif outcome.error is not None or cart is None:
            said.append(not_added(outcome.error, product_id, desk))
        else:
            said.append(added(cart, before, product_id, last=product_id == last))
    return sentences(*said, ask_which(desk, tuple(unsure)) if unsure else "")


def _left_open(clause: Clause, error: Failure | None) -> dict[str, str]:
    """Return the first of each option that the shopper left to us: 'add it, whichever colour'."""
    match = _WHICHEVER.search(clause.text)
    if match is None or error is None or error.code != "choose_option":
        return {}
    what = (match["what"] or match["open"] or "").replace("color", "colour")
    open_ones = cast("list[str]", error.facts.get("missing") or [])
    missing = [name for name in open_ones if what in {"", "one", name}]
    options = cast("dict[str, list[str]]", error.facts.get("options") or {})
    return {name: options[name][0] for name in missing if options.get(name)}


def _to_add(clause: Clause, desk: Desk) -> Pointed:
    dialogue = desk.dialogue
    if clause.reference:
        pointed = point(clause.reference, dialogue)
        vague = clause.reference.kind == "all" and not re.search(r"\ball\b", clause.text)
        counted = clause.slots.quantity is not None and clause.slots.quantity != len(pointed.ids)
        if vague and len(pointed.ids) > 1 and (counted or len(pointed.ids) > _FEW):
            return Pointed(candidates=pointed.ids)
        return pointed
    if len(dialogue.focus) == 1 and not clause.slots.product_types:
        return Pointed(dialogue.focus)
    latest = dialogue.latest
    ids = latest.ids if latest else ()
    kinds = clause.slots.product_types
    fitting = tuple(i for i in ids if not kinds or dialogue.items[i].product_type in kinds)
    return Pointed(fitting) if len(fitting) == 1 else Pointed(candidates=fitting, missing=not fitting)


def _options(clause: Clause, product_id: str, desk: Desk) -> dict[str, Any]:
    """Return the options said in this very message; a colour that only described the item counts when it has it."""
    item = desk.dialogue.items[product_id]
    options: dict[str, Any] = {}
    colours = [c for c in clause.slots.colours if c in item.colours or c not in clause.reference.colours]
    if colours:
        options["colour"] = colours[0]
    sizes = clause.slots.sizes or _unmade(clause, desk)
    if sizes:
        own = [s for s in clause.slots.sizes if s.casefold() in {i.casefold() for i in item.sizes}]
        options["size"] = (own or sizes)[0]
    return {**_implied(item, desk), **options}


def _unmade(clause: Clause, desk: Desk) -> tuple[str, ...]:
    """Return a size that nothing here is made in; the shop then says what there is instead."""
    return tuple(size for size in read_sizes(clause.text, desk.terms).said if " " not in size)


def _implied(item: Item, desk: Desk) -> dict[str, str]:
    """Return options settled just before: chosen on its page, asked about, or the one colour it was found by.

    A size that only filtered a search is not one chosen, so it never counts.
    """
    dialogue = desk.dialogue
    implied = dict(dialogue.selected.get(item.product_id, {}))
    colours = dialogue.need.get("colours", [])
    if len(colours) == 1 and item.product_id in dialogue.need_shown:
        implied |= had(item, {"colour": colours})
    asked = [c for c in dialogue.last_calls if c.name == "product_details"]
    if asked and asked[-1].args.get("product_ids") == [item.product_id] and dialogue.heard:
        slots, _ = read_slots(normal(dialogue.heard[-1][:1000]), desk.terms, desk.currency)
        wanted = {name: values for name, values in (("colour", slots.colours), ("size", slots.sizes)) if values}
        if wanted and has_option(item, wanted):
            implied |= had(item, wanted)
    return implied


def _quantity(clause: Clause, pointed: int = 1) -> dict[str, Any]:
    """Return how many of each; the three of "all three" counts the things themselves."""
    quantity = clause.slots.quantity
    if pointed > 1 and quantity == pointed:
        return {}
    return {"quantity": quantity} if quantity is not None and quantity > 1 else {}


def not_added(error: Failure | None, product_id: str, desk: Desk) -> str:
    """Say why nothing was added, asking for an option or naming what is there instead."""
    if error is None:
        return "I could not add that; your cart is unchanged."
    item = desk.dialogue.items.get(product_id)
    if error.code == "unsupported" and item is not None:
        return f"Shall I add {the(item)}?"
    if error.code == "choose_option":
        return option_question(error, item)
    # The books say themselves how many are left; options are named where a variant is not there at all.
    if error.code in {"out_of_stock", "no_such_option"} and "available" not in error.facts:
        return out_of_options(error, item)
    return refusal(error)


def answer_choice(clause: Clause, desk: Desk) -> Script:
    """Finish the add or change that waited for an option."""
    choice = desk.dialogue.choice
    if choice is None:
        return "Which one do you mean?"
    named = answers(clause.text, clause.slots, choice)
    args = {**choice.call.args}
    if choice.call.name == "change_cart":
        args["changes"] = [{**change, **named} for change in args.get("changes", ())]
    else:
        args.update({**_quantity(clause), **named})
    before = desk.dialogue.cart
    (outcome,) = yield (Call(choice.call.name, args),)
    cart = outcome.cart()
    if outcome.error is not None or cart is None:
        return not_added(outcome.error, choice.product_id, desk)
    said = added(cart, before, choice.product_id) if choice.call.name == "add_to_cart" else changed(cart)
    return " ".join((said, *(choice_question(c, desk) for c in desk.dialogue.choices[:1])))


def choice_question(choice: OpenChoice, desk: Desk) -> str:
    """Ask again for the option that an add still waits for."""
    error = Failure("choose_option", "", {"missing": list(choice.missing), "options": choice.options})
    return option_question(error, desk.dialogue.items.get(choice.product_id))


def view(clause: Clause, desk: Desk) -> Script:
    """Read the cart back."""
    (outcome,) = yield (Call("view_cart", {}),)
    cart = outcome.cart()
    if outcome.error is not None or cart is None:
        return refusal(outcome.error) if outcome.error else "I can't see your cart just now."
    return contents(cart)


def undo(clause: Clause, desk: Desk) -> Script:
    """Take back the last change of the cart."""
    before = desk.dialogue.cart
    (outcome,) = yield (Call("undo_cart", {}),)
    cart = outcome.cart()
    if cart is not None and (cart.version == before.version if before else not cart.lines):
        return "There is nothing to undo."
    if outcome.error is not None or cart is None:
        return refusal(outcome.error) if outcome.error else "There is nothing to undo."
    return changed(cart, undone=True)


def buy(clause: Clause, desk: Desk) -> Script:
    """Prepare the order; what is meant by 'it' goes into the cart first. Placing it is the shopper's press."""
    lead = ""
    for product_id in _to_buy(clause, desk):
        call = Call(
            "add_to_cart", {"product_id": product_id, **_options(clause, product_id, desk), **_quantity(clause)}
        )
        before = desk.dialogue.cart
        (outcome,) = yield (call,)
        cart = outcome.cart()
        if outcome.error is not None or cart is None:
            return not_added(outcome.error, product_id, desk)
        lead = added(cart, before, product_id, last=False)
    args: dict[str, Any] = {}
    if how := _DELIVERY.search(clause.text):
        args["delivery"] = how["how"] or "express"
    if code := _COUPON.search(clause.text):
        args["coupon"] = code["code"].upper()
    (outcome,) = yield (Call("prepare_quote", args),)
    quote = outcome.quote()
    if outcome.error is not None or quote is None:
        if outcome.error is not None and outcome.error.code == "cart_empty":
            return _empty(clause, desk)
        return refusal(outcome.error) if outcome.error else "I could not prepare the order; nothing was ordered."
    return quote_ready(quote, lead, permitted=_PERMISSION.search(normal(desk.dialogue.text)) is not None)


def _to_buy(clause: Clause, desk: Desk) -> tuple[str, ...]:
    """Return what must enter the cart before the order is prepared: what was pointed at and is not there yet."""
    dialogue = desk.dialogue
    held = {line.product_id for line in dialogue.cart.lines} if dialogue.cart else set[str]()
    if not clause.reference:
        return ()
    pointed = point(clause.reference, dialogue)
    return tuple(i for i in pointed.ids if i not in held)[:_MOST]


def _empty(clause: Clause, desk: Desk) -> str:
    if desk.dialogue.choice is not None:
        return choice_question(desk.dialogue.choice, desk)
    pointed = point(clause.reference, desk.dialogue)
    if pointed.candidates:
        return ask_which(desk, pointed.candidates)
    return "Your cart is empty, so there is nothing to order yet. What shall I look for?"
