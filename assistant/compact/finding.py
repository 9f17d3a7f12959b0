"""Scripts that find: a new search, a refinement, more of the same, likeness, what goes with it, suggestions."""

import re
from collections.abc import Sequence
from statistics import median
from typing import Any

from assistant.compact.meaning import Clause, Reference, Slots
from assistant.compact.money_words import read_price
from assistant.compact.outcomes import Call, Outcome
from assistant.compact.pointing import Pointed, point
from assistant.compact.say_finds import found, nothing, tells_apart
from assistant.compact.scripts import Desk, Script, ask_which, refusal
from assistant.compact.wordforms import normal, plural, spelled
from assistant.compact.wording import capital, listed, sentences, the
from tools.records import Item, Products

_LISTS = (
    "product_types",
    "departments",
    "colours",
    "materials",
    "sizes",
    "brands",
    "not_product_types",
    "not_colours",
    "not_materials",
    "not_brands",
)
_OPPOSITE = {
    "colours": "not_colours",
    "materials": "not_materials",
    "brands": "not_brands",
    "product_types": "not_product_types",
}
_MORE = re.compile(r"\b(?:more|else|others?|next|different ones?|keep going)\b")
_ALSO = re.compile(r"\b(?:also|too|as well|or)\b")
_ANY = re.compile(
    r"\bany (?P<what>colou?r|material|price|size|brand)\b|\b(?:forget|never mind|drop|ignore) the (?P<drop>colou?r|material|price|budget|size|brand)\b"
)
_FEW = 4  # How many suggestions a mixed row holds.


def needs(slots: Slots) -> dict[str, Any]:
    """Return search arguments for the slots alone; styles and taste go into the query, not into filters."""
    args: dict[str, Any] = {name: list(getattr(slots, name)) for name in _LISTS if getattr(slots, name)}
    if slots.price_min is not None:
        args["price_min"] = slots.price_min
    if slots.price_max is not None:
        args["price_max"] = slots.price_max
    if slots.in_stock:
        args["in_stock"] = True
    if slots.sort is not None:
        args["sort"] = slots.sort
    query = " ".join(
        dict.fromkeys((*slots.styles, *(said for said, _ in slots.near), *slots.soft, *slots.said_type.split(" and ")))
    )
    if query.strip():
        args["query"] = query.strip()
    return args


def search(clause: Clause, desk: Desk) -> Script:
    """Start a new need; a budget named for everything outlives the change of product."""
    args = needs(clause.slots)
    budget = _budget(desk)
    if budget is not None and "price_max" not in args and "price_min" not in args:
        args["price_max"] = budget
    if clause.slots.relative == "cheaper":
        args["sort"] = "price_low"
    return (yield from _searched(args, clause, desk))


def refine(clause: Clause, desk: Desk) -> Script:
    """Change the current need: narrow it, redirect it, or show more of it."""
    dialogue, slots = desk.dialogue, clause.slots
    new_kind = slots.product_types and not set(slots.product_types) & set(dialogue.need.get("product_types", ()))
    args = merged({} if new_kind else dialogue.need, clause)
    if slots.relative is not None and dialogue.need_shown:
        _relative(args, slots, desk)
    more = _MORE.search(clause.text) is not None and not slots.constrains() and not slots.product_types
    if more:
        args["not_ids"] = list(dict.fromkeys(dialogue.need_shown))[-100:]
    return (yield from _searched(args, clause, desk, more=more))


def merged(need: dict[str, Any], clause: Clause) -> dict[str, Any]:
    """Return the previous need's arguments with a clause's conditions laid over them."""
    args: dict[str, Any] = {k: list(v) if isinstance(v, list) else v for k, v in need.items() if k != "not_ids"}
    new = needs(clause.slots)
    also = _ALSO.search(clause.text) is not None
    for name in _LISTS:
        if name not in new:
            continue
        keep = also or name.startswith("not_")
        args[name] = list(dict.fromkeys([*(args.get(name, []) if keep else []), *new[name]]))
    for wanted, refused in _OPPOSITE.items():
        _settle(args, new, wanted, refused)
    if "price_max" in new or "price_min" in new:
        args.pop("price_min", None)
        args.pop("price_max", None)
    for name in ("price_min", "price_max", "in_stock", "sort"):
        if name in new:
            args[name] = new[name]
    for match in _ANY.finditer(clause.text):
        _drop(args, match["what"] or match["drop"])
    query = [w for w in str(args.get("query", "")).split() if w not in _refused_words(clause.slots)]
    args["query"] = " ".join(dict.fromkeys([*query, *str(new.get("query", "")).split()]))
    return {k: v for k, v in args.items() if v not in ([], "", None)}


def _settle(args: dict[str, Any], new: dict[str, Any], wanted: str, refused: str) -> None:
    """What is wanted now is no longer refused, and the other way round."""
    if wanted in new and refused in args:
        args[refused] = [v for v in args[refused] if v not in new[wanted]]
    if refused in new and wanted in args:
        args[wanted] = [v for v in args[wanted] if v not in new[refused]]


def _drop(args: dict[str, Any], what: str) -> None:
    names = {"price": ("price_min", "price_max"), "budget": ("price_min", "price_max"), "material": ("materials", "not_materials"),
             "size": ("sizes",), "brand": ("brands", "not_brands")}  # fmt: skip
    for name in names.get(what, ("colours", "not_colours")):
        args.pop(name, None)


def _refused_words(slots: Slots) -> set[str]:
    return {
        w
        for v in (*slots.not_colours, *slots.not_materials, *slots.not_soft, *slots.not_product_types)
        for w in v.split()
    }


def _relative(args: dict[str, Any], slots: Slots, desk: Desk) -> None:
    """Set the bound 'cheaper' and 'dearer' mean: beyond the item talked about, else the row's cheapest or dearest."""
    dialogue = desk.dialogue
    ids = dialogue.focus if len(dialogue.focus) == 1 else dialogue.need_shown
    prices = [dialogue.items[i].price.amount for i in ids if i in dialogue.items]
    if not prices:
        return
    if slots.relative == "cheaper":
        # Where the row already is the cheapest first, its lower half is what "cheaper" can still mean.
        sorted_low = args.get("sort") == "price_low" and len(set(prices)) > 1
        bound = int(median(prices)) if sorted_low else min(prices) - 1
        args["price_max"] = max(bound, 0)
        args["sort"] = "price_low"
        if args.get("price_min", 0) > args["price_max"]:
            args.pop("price_min")
    else:
        args["price_min"] = max(prices) + 1
        args["sort"] = "price_low"
        if args.get("price_max", args["price_min"]) < args["price_min"]:
            args.pop("price_max")


def _budget(desk: Desk) -> int | None:
    for text in reversed(desk.dialogue.heard):
        price = read_price(normal(text), desk.currency)
        if price.budget:
            return price.price_max
    return None


def _searched(args: dict[str, Any], clause: Clause, desk: Desk, *, more: bool = False) -> Script:
    (outcome,) = yield (Call("search_products", args),)
    record = outcome.products()
    if outcome.error is not None or record is None:
        return refusal(outcome.error) if outcome.error else "I found nothing for that."
    if outcome.facts.get("carried") is False:
        return not_carried(clause, desk)
    if record.items:
        return found(record, clause.slots, desk.currency, desk.seed, more=more)
    if more:
        return f"That is all: {spelled(len(desk.dialogue.need_shown))} in this selection. I can widen it if you drop a condition."
    if clause.slots.relative == "cheaper":
        return _none_cheaper(record, desk)
    return nothing(record, clause.slots, desk.currency)


def not_carried(clause: Clause, desk: Desk) -> str:
    """Say that the shop has no such thing, in the shopper's words."""
    said = " ".join((*clause.slots.materials, *clause.slots.soft)) or clause.slots.said_type
    if not said:
        return "We don't carry that. Anything for your home or wardrobe?"
    return f"We don't carry {said}. Anything else for your home or wardrobe?"


def _none_cheaper(record: Products, desk: Desk) -> str:
    shown = [desk.dialogue.items[i] for i in desk.dialogue.need_shown if i in desk.dialogue.items]
    nearest = [n for b in record.blocked_by if b.name == "price_max" for n in b.nearest]
    candidates = shown or nearest
    if not candidates:
        return "Nothing cheaper fits."
    least = min(candidates, key=lambda i: i.price.amount)
    return f"Nothing cheaper fits; {the(least)} at {least.price} is the lowest."


def similar(clause: Clause, desk: Desk) -> Script:
    """Find others like a shown item, with the twist the shopper adds."""
    anchor = _anchor(clause.reference, desk)
    if anchor.one is None:
        return ask_which(desk, anchor.candidates)
    args = {k: v for k, v in needs(clause.slots).items() if k not in {"query", "sort", "product_types"}}
    item = desk.dialogue.items[anchor.one]
    if clause.slots.relative == "cheaper":
        args["price_max"] = max(item.price.amount - 1, 0)
    elif clause.slots.relative == "dearer":
        args["price_min"] = item.price.amount + 1
    (outcome,) = yield (Call("similar_to", {"product_id": anchor.one, **args}),)
    return _related(outcome, item, clause, desk, "like")


def goes_with(clause: Clause, desk: Desk) -> Script:
    """Find what goes with a shown item."""
    reference = clause.reference
    kinds = [k for k in clause.slots.product_types if k not in reference.product_types]
    anchor = _anchor(reference, desk, wanted=set(kinds))
    if anchor.one is None:
        if not desk.dialogue.items:
            return (yield from search(clause, desk))
        return ask_which(desk, anchor.candidates)
    item = desk.dialogue.items[anchor.one]
    args: dict[str, Any] = {"product_id": anchor.one}
    if kinds:
        args["product_types"] = [k for k in kinds if k != item.product_type] or kinds
    colours = [c for c in clause.slots.colours if c not in reference.colours]
    if colours:
        args["colours"] = colours
    if clause.slots.price_max is not None:
        args["price_max"] = clause.slots.price_max
    (outcome,) = yield (Call("goes_with", args),)
    return _related(outcome, item, clause, desk, "go with")


def _anchor(reference: Reference, desk: Desk, wanted: set[str] | None = None) -> Pointed:
    """Return the item meant; without words for it the one in focus, in the cart last, or shown alone."""
    dialogue = desk.dialogue
    pointed = point(reference, dialogue) if reference else Pointed()
    if pointed.one is not None or (pointed.candidates and reference.kind not in {"it", "type"}):
        return pointed
    if len(pointed.ids) > 1:
        return Pointed(candidates=pointed.ids)
    if len(dialogue.focus) == 1:
        return Pointed(dialogue.focus)
    if wanted is not None and dialogue.cart and dialogue.cart.lines:
        return Pointed((dialogue.cart.lines[-1].product_id,))
    latest = dialogue.latest
    ids = latest.ids if latest else ()
    return Pointed(ids) if len(ids) == 1 else Pointed(candidates=pointed.candidates or ids)


def _related(outcome: Outcome, anchor: Item, clause: Clause, desk: Desk, how: str) -> str:
    record = outcome.products()
    if outcome.error is not None or record is None:
        return refusal(outcome.error) if outcome.error else "I found nothing for that."
    if not record.items:
        kinds = listed([plural(k) for k in record.filters.get("product_types", ())], "or") if record.filters else ""
        return f"Nothing {'like' if how == 'like' else 'that goes with'} {the(anchor)} fits{' among our ' + kinds if kinds else ''}."
    count = len(record.items)
    if how == "like":
        opening = (
            f"{spelled(count)} like {the(anchor)}."
            if count > 1
            else f"{the(record.items[0])}, at {record.items[0].price}, is closest to {the(anchor)}."
        )
    else:
        kinds = {i.product_type for i in record.items}
        noun = plural(kinds.pop()) if len(kinds) == 1 and count > 1 else ("pieces" if count > 1 else "piece")
        opening = f"{spelled(count)} {noun} that {'go' if count > 1 else 'goes'} with {the(anchor)}."
    own = sum("paired by the shop" in i.why for i in record.items)
    paired = (
        ""
        if not own or how == "like"
        else (
            "The shop pairs them itself."
            if own == count
            else f"The shop itself pairs the first {spelled(own)} with it."
            if own > 1
            else "The first is the shop's own pairing."
        )
    )
    return sentences(capital(opening), paired, tells_apart(record.items) if count > 1 else "")


def recommend(clause: Clause, desk: Desk) -> Script:
    """Suggest from what this shopper looked at, or a well-reviewed mix."""
    slots = clause.slots
    if slots.soft and not slots.product_types and clause.intent == "recommend" and len(slots.soft) > 1:
        return (yield from search(clause, desk))
    args: dict[str, Any] = {"limit": _FEW}
    if slots.product_types:
        args["product_types"] = list(slots.product_types)
    price = slots.price_max if slots.price_max is not None else _budget(desk)
    if price is not None:
        args["price_max"] = price
    (outcome,) = yield (Call("recommend_for_me", args),)
    record = outcome.products()
    if outcome.error is not None or record is None:
        return refusal(outcome.error) if outcome.error else "I have nothing to suggest for that."
    if not record.items:
        return nothing(record, slots, desk.currency)
    return _suggested(record.items, outcome, slots)


def _suggested(items: Sequence[Item], outcome: Outcome, slots: Slots) -> str:
    based = [str(t) for t in outcome.facts.get("based_on", ())]
    kinds = {i.product_type for i in items}
    noun = plural(kinds.pop()) if len(kinds) == 1 else "pieces"
    if based:
        opening = f"Going by the {based[0]} you looked at: {spelled(len(items))} {noun}."
    elif all((i.rating or 0) >= 4 for i in items):
        opening = f"{spelled(len(items))} {noun} that buyers rate 4 of 5 or better."
    else:
        opening = f"{spelled(len(items))} {noun} to start from."
    question = "" if slots.product_types else "Tell me a room, an occasion or a price and I'll narrow it."
    return sentences(capital(opening), tells_apart(items), question)
