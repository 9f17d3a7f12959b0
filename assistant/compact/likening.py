"""Scripts that start from likeness: similar to a shown item, what goes with it, suggestions for this shopper."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Literal, cast

from assistant.compact import finding
from assistant.compact.finding import budget, manner, needs, search
from assistant.compact.meaning import Clause, Reference, Relative
from assistant.compact.outcomes import Call, Outcome
from assistant.compact.pointing import Pointed, point
from assistant.compact.say_finds import tells_apart
from assistant.compact.say_none import nothing
from assistant.compact.scripts import Desk, Script, ask_which, refusal
from assistant.compact.signs import DISLIKED
from assistant.compact.wordforms import plural, spelled, stems
from assistant.compact.wording import capital, listed, sentences, the, verb
from tools.records import Item

_SALE = re.compile(r"\b(?:sales?|on offer|reduced|discounted)\b")
_WIDE = 12
_GIFT = re.compile(r"\b(?:gifts?|presents?)\b")
_THING_TO_GO = re.compile(r"\b(?P<thing>\w+) (?:to|that|which) (?:would |could )?(?:go|goes|match|matches|pair|wear)\b")
_FEW = 4  # How many suggestions a mixed row holds.


def similar(clause: Clause, desk: Desk) -> Script:
    """Find others like a shown item, with the twist the shopper adds."""
    anchor = _anchor(clause.reference, desk)
    if anchor.one is None:
        return ask_which(desk, anchor.candidates)
    args = {k: v for k, v in needs(clause.slots).items() if k not in {"query", "sort", "product_types"}}
    item = desk.dialogue.items[anchor.one]
    args = priced_like(item, args, clause.slots.relative, desk)
    (outcome,) = yield (Call("similar_to", {"product_id": anchor.one, **args}),)
    return _related(outcome, item, "like")


def priced_like(item: Item, args: dict[str, Any], relative: Relative | None, desk: Desk) -> dict[str, Any]:
    """Return conditions on others like an item with what they may cost: as said now, or within the sum of before.

    Args:
        item: What they are to be like.
        args: Conditions so far.
        relative: Whether they are to cost less or more than it.
        desk: The conversation; a sum that was named for another kind of thing says nothing.
    """
    if relative == "cheaper":
        return {**args, "price_max": max(item.price.amount - 1, 0)}
    if relative == "dearer":
        return {**args, "price_min": item.price.amount + 1}
    need = desk.dialogue.need
    of_its_kind = item.product_type in need.get("product_types", (item.product_type,))
    if "price_max" in need and "price_min" not in args and of_its_kind:
        return {"price_max": need["price_max"], **args}
    return args


def goes_with(clause: Clause, desk: Desk) -> Script:
    """Find what goes with a shown item."""
    reference = clause.reference
    kinds = [k for k in clause.slots.product_types if k not in reference.product_types]
    anchor = _anchor(reference, desk, wanted=set(kinds))
    if anchor.one is None and (kinds or not desk.dialogue.items):
        # Nothing in particular to match: what was asked for is shown, and the offer to match stands.
        shown = yield from search(clause, desk)
        return sentences(
            shown, "Tell me which one they should go with and I'll match them." if desk.dialogue.items else ""
        )
    if anchor.one is None:
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
    record = outcome.products()
    if kinds and record is not None and not record.items:
        shown = yield from search(replace(clause, reference=Reference()), desk)
        return sentences(f"Nothing here is known to go with {the(item)}.", shown)
    return sentences(_lacking(clause, outcome), _related(outcome, item, "with"))


def _lacking(clause: Clause, outcome: Outcome) -> str:
    """Say when the thing asked for by a word that is no kind of this shop, 'socks to go with it', is not among them."""
    match = _THING_TO_GO.search(clause.text)
    record = outcome.products()
    if match is None or match["thing"] not in clause.slots.soft or record is None or not record.items:
        return ""
    told = stems(" ".join(f"{i.title} {i.product_type}" for i in record.items))
    return (
        "" if set(stems(match["thing"])) <= set(told) else f"I find no {match['thing']} for it; this is what there is."
    )


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


def _related(outcome: Outcome, anchor: Item, how: Literal["like", "with"]) -> str:
    record = outcome.products()
    if outcome.error is not None or record is None:
        return refusal(outcome.error) if outcome.error else "I found nothing for that."
    if not record.items:
        kinds = [plural(str(k)) for k in cast(list[object], record.filters.get("product_types") or [])]
        among = f" among our {listed(kinds, 'or')}" if kinds else ""
        relation = "like" if how == "like" else "that goes with"
        return f"Nothing {relation} {the(anchor)} fits{among}."
    opening = _like(record.items, anchor) if how == "like" else _with(record.items, anchor)
    paired = _paired(record.items) if how == "with" else ""
    return sentences(capital(opening), paired, tells_apart(record.items, anchor.title) if len(record.items) > 1 else "")


def _like(items: Sequence[Item], anchor: Item) -> str:
    if len(items) > 1:
        return f"{spelled(len(items))} like {the(anchor)}."
    return f"{the(items[0])}, at {items[0].price}, {verb(items[0], 'is', 'are')} closest to {the(anchor)}."


def _with(items: Sequence[Item], anchor: Item) -> str:
    if len(items) == 1:
        return f"{the(items[0])}, at {items[0].price}, {verb(items[0], 'goes', 'go')} with {the(anchor)}."
    kinds = {i.product_type for i in items}
    noun = plural(kinds.pop()) if len(kinds) == 1 else "pieces"
    return f"{spelled(len(items))} {noun} that go with {the(anchor)}."


def _paired(items: Sequence[Item]) -> str:
    own = sum("paired by the shop" in i.why for i in items)
    if own == 0:
        return ""
    if own == len(items):
        return "The shop itself pairs them." if own > 1 else "The shop itself pairs the two."
    return (
        f"The shop itself pairs the first {spelled(own)} with it."
        if own > 1
        else "The first is the shop's own pairing."
    )


def refine(clause: Clause, desk: Desk) -> Script:
    """Change the current need; suggestions that are turned down make room for others."""
    row = desk.dialogue.latest
    suggested = row is not None and row.relation == "recommended"
    if row is None or not suggested or not DISLIKED.search(clause.text) or clause.slots.constrains():
        return (yield from finding.refine(clause, desk))
    plain = replace(clause, slots=replace(clause.slots, soft=(), not_soft=(), product_types=_wanted(desk)))
    others = yield from recommend(plain, desk, row.ids)
    return sentences("Those are out.", others)


def _wanted(desk: Desk) -> tuple[str, ...]:
    """Return the kinds that the suggestions on screen were asked for as."""
    call = desk.dialogue.latest.call if desk.dialogue.latest else None
    asked = call.args.get("product_types", ()) if call else ()
    return tuple(str(kind) for kind in cast(Sequence[object], asked))


def recommend(clause: Clause, desk: Desk, turned_down: Sequence[str] = ()) -> Script:
    """Suggest from what this shopper looked at, or a well-reviewed mix; nothing of what was turned down."""
    slots = clause.slots
    if _SALE.search(clause.text) and not slots.product_types:
        return (yield from _reduced(desk))
    if len(slots.soft) > 1 and not slots.product_types and not _GIFT.search(clause.text):
        return (yield from search(clause, desk))
    args: dict[str, Any] = {"limit": _FEW}
    if turned_down:
        args["not_ids"] = list(turned_down)
    if slots.product_types:
        args["product_types"] = list(slots.product_types)
    price = slots.price_max if slots.price_max is not None else budget(desk, slots.product_types)
    if price is not None:
        args["price_max"] = price
    (outcome,) = yield (Call("recommend_for_me", args),)
    record = outcome.products()
    if outcome.error is not None or record is None:
        return refusal(outcome.error) if outcome.error else "I have nothing to suggest for that."
    if not record.items:
        return nothing(record, manner(clause, desk))
    return _suggested(record.items, outcome, clause)


def _reduced(desk: Desk) -> Script:
    """Name what is reduced among a wide row; the shop has no search by reduction, so no more is claimed."""
    (outcome,) = yield (Call("recommend_for_me", {"limit": _WIDE}),)
    record = outcome.products()
    cut = [i for i in (record.items if record else ()) if i.list_price and i.list_price.amount > i.price.amount]
    if not cut:
        return (
            "I can't search by reduction, and none of these is reduced. Name a kind of product and I'll say which are."
        )
    named = listed([f"{the(i)} at {i.price}, before {i.list_price}" for i in cut[:3]])
    return f"Reduced among these: {named}. Name a kind of product and I'll look there."


def _suggested(items: Sequence[Item], outcome: Outcome, clause: Clause) -> str:
    based = [str(t) for t in outcome.facts.get("based_on", ())]
    kinds = {i.product_type for i in items}
    noun = plural(kinds.pop()) if len(kinds) == 1 else "pieces"
    if based:
        opening = f"Going by the {based[0]} you looked at: {spelled(len(items))} {noun}."
    elif all((i.rating or 0) >= 4 for i in items):
        opening = f"{spelled(len(items))} {noun} that buyers rate 4 of 5 or better."
    else:
        opening = f"{spelled(len(items))} {noun} to start from."
    question = "" if clause.slots.product_types else "Tell me a room, an occasion or a price and I'll narrow it."
    if _GIFT.search(clause.text):
        question = "What do they like, and what may it cost?"
    return sentences(capital(opening), tells_apart(items, opening), question)
