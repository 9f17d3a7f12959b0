"""Scripts that search: a new need, a change of the current one, and more of the same."""

import re
from collections.abc import Sequence
from dataclasses import replace
from statistics import median
from typing import Any

from assistant.compact.absent import checks, kinds_not_here, said_absent, without_words
from assistant.compact.bounds import Bound, bound_before, bound_of, bounded
from assistant.compact.lending import lend, need_for, turned_down
from assistant.compact.meaning import Clause, Slots
from assistant.compact.money_words import read_price
from assistant.compact.outcomes import Call
from assistant.compact.say_finds import VAGUE, Manner, found
from assistant.compact.scripts import Desk, Script, refusal
from assistant.compact.sets import covers, set_wish
from assistant.compact.signs import DISLIKED
from assistant.compact.size_charts import nothing_or_numbers
from assistant.compact.wordforms import normal, plural, spelled
from assistant.compact.wording import listed, sentences, the, the_all
from tools.records import Products

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
_NO_BUDGET = re.compile(r"\b(?:forget|ignore|drop|never mind) the (?:budget|price)\b|\bany price\b|\bmoney is no\b")
_WHOLE_SHOP = re.compile(r"\b(?:most|least) expensive\b.*\b(?:you|here|in the (?:shop|store))\b")
_FEW = 4  # How many suggestions a mixed row holds.
_WIDE = 12  # Where the shopper looks for what is reduced, more of the row is read.
_ALSO = re.compile(r"\b(?:also|too|as well|or)\b")
_ANY = re.compile(
    r"\bany (?P<what>colou?r|material|price|size|brand)\b|\b(?:forget|never mind|drop|"
    r"ignore) the (?P<drop>colou?r|material|price|budget|size|brand)\b"
)


def needs(slots: Slots) -> dict[str, Any]:
    """Return search arguments for the slots alone; styles and taste go into the query, not into filters."""
    args: dict[str, Any] = {name: list(getattr(slots, name)) for name in _LISTS if getattr(slots, name)}
    if slots.product_types:
        args.pop("not_product_types", None)
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
    if clause.slots.relative == "cheaper" and clause.slots.sort is None:
        # "Boots, nothing too pricey" names no boots to be cheaper than.
        clause = replace(clause, slots=replace(clause.slots, relative=None, sort="price_low"))
    args = needs(clause.slots)
    limit = None if _WHOLE_SHOP.search(clause.text) else budget(desk, clause.slots.product_types)
    if limit is not None and "price_max" not in args and "price_min" not in args:
        args["price_max"] = limit
    if re.search(r"\b(?:sales?|on offer|reduced|discounted)\b", clause.text):
        args["limit"] = _WIDE
    return (yield from _as_told(args, clause, desk))


def refine(clause: Clause, desk: Desk) -> Script:
    """Change the current need: narrow it, redirect it, or show more of it."""
    disliked = DISLIKED.search(clause.text) is not None and not clause.slots.constrains()
    if disliked:
        clause = replace(clause, slots=replace(clause.slots, soft=(), not_soft=()))
    dialogue, slots = desk.dialogue, clause.slots
    before = set(dialogue.need.get("product_types", ()))
    # A kind said after a wish for "something festive under $200" names what the wish is for.
    new_kind = slots.product_types and before and not set(slots.product_types) & before
    args = merged({} if new_kind else need_for(dialogue.need, clause.text), clause)
    if slots.relative is not None and dialogue.need_shown:
        _relative(args, slots, desk)
    more = (disliked or _MORE.search(clause.text) is not None) and not slots.constrains() and not slots.product_types
    if more:
        args |= {"not_ids": list(dict.fromkeys(dialogue.need_shown))[-100:], **turned_down(dialogue, disliked)}
    if new_kind:
        return (yield from _as_told(args, clause, desk))
    return (yield from _searched(args, clause, desk, more=more, lasting=bound_before(dialogue.heard, desk.terms)))


def merged(need: dict[str, Any], clause: Clause) -> dict[str, Any]:
    """Return the previous need's arguments with a clause's conditions laid over them."""
    args: dict[str, Any] = {k: [*v] if k in _LISTS else v for k, v in need.items() if k != "not_ids"}
    new = needs(clause.slots)
    _lay_over(args, new, also=_ALSO.search(clause.text) is not None)
    for wanted, refused in _OPPOSITE.items():
        _settle(args, new, wanted, refused)
    if "price_max" in new or "price_min" in new:
        for name in ("price_min", "price_max", "sort"):
            args.pop(name, None)
    for name in ("price_min", "price_max", "in_stock", "sort"):
        if name in new:
            args[name] = new[name]
    for match in _ANY.finditer(clause.text):
        _drop(args, match["what"] or match["drop"])
    args["query"] = _query(args, new, clause.slots)
    return {k: v for k, v in args.items() if v not in ([], "", None)}


def _lay_over(args: dict[str, Any], new: dict[str, Any], *, also: bool) -> None:
    """Replace each named condition; with 'also' and for refusals the older values stay beside the new."""
    for name in _LISTS:
        if name in new:
            keep = also or name.startswith("not_")
            args[name] = list(dict.fromkeys([*(args.get(name, []) if keep else []), *new[name]]))


def _query(args: dict[str, Any], new: dict[str, Any], slots: Slots) -> str:
    """Return the words of both needs without those now refused."""
    refused = _refused_words(slots)
    kept = [w for w in str(args.get("query", "")).split() if w not in refused]
    return " ".join(dict.fromkeys([*kept, *str(new.get("query", "")).split()]))


def _settle(args: dict[str, Any], new: dict[str, Any], wanted: str, refused: str) -> None:
    """What is wanted now is no longer refused, and the other way round."""
    if wanted in new and refused in args:
        # "Not black", then "in red": what is shown is red, so the refusal says nothing more.
        args[refused] = [] if wanted == "colours" else [v for v in args[refused] if v not in new[wanted]]
    if refused in new and wanted in args:
        args[wanted] = [v for v in args[wanted] if v not in new[refused]]


def _drop(args: dict[str, Any], what: str) -> None:
    names = {
        "price": ("price_min", "price_max"),
        "budget": ("price_min", "price_max"),
        "material": ("materials", "not_materials"),
        "size": ("sizes",),
        "brand": ("brands", "not_brands"),
    }
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


def _as_told(args: dict[str, Any], clause: Clause, desk: Desk) -> Script:
    """Search by what was told before as well, and say so; where that leaves nothing, say that and search without."""
    lent = lend(args, clause, desk)
    if not lent:
        return (yield from _searched(args, clause, desk))
    (outcome,) = yield (Call("search_products", lent.args),)
    record = outcome.products()
    if record is None or not record.items:
        lead = "" if record is None or outcome.facts.get("carried") is False else lent.missed(record.blocked_by)
        return sentences(lead, (yield from _searched(args, clause, desk)))
    if not lent.pleases(record.items):
        lent = lent.without_taste()
        (outcome,) = yield (Call("search_products", lent.args),)
        record = outcome.products() or record
    how = replace(manner(clause, desk), spoken=desk.spoken | lent.budgets)
    return sentences(found(record, how), lent.said(record.items))


def _searched(
    args: dict[str, Any], clause: Clause, desk: Desk, *, more: bool = False, lasting: Bound | None = None
) -> Script:
    absent = () if more else kinds_not_here(clause, desk)
    bound = None if more else bound_of(clause.text, desk.terms) or lasting
    args = args if bound is None else {**args, "limit": _WIDE}
    *checked, outcome = yield (*checks(absent), without_words(args, absent))
    record = outcome.products()
    if outcome.error is not None or record is None:
        return refusal(outcome.error) if outcome.error else "I found nothing for that."
    if absent and record.items:
        how = replace(manner(clause, desk), slots=replace(clause.slots, soft=()))
        return sentences(said_absent(absent, checked), found(record, how))
    if outcome.facts.get("carried") is False:
        if clause.slots.departments or VAGUE.search(clause.text):
            return (yield from _nearest_in_kind(args, clause, desk))
        return not_carried(clause, desk)
    if record.items:
        return (yield from _shown(record, bound, manner(clause, desk, more=more)))
    if more:
        return (
            f"That is all: {spelled(len(desk.dialogue.need_shown))} in this selection. "
            "Drop a condition and there will be more."
        )
    if clause.slots.relative == "cheaper":
        return _none_cheaper(record, desk)
    return (yield from nothing_or_numbers(record, args, manner(clause, desk)))


def _shown(record: Products, bound: Bound | None, how: Manner) -> Script:
    return found(record, how) if bound is None else (yield from bounded(record, bound))


def manner(clause: Clause, desk: Desk, *, more: bool = False) -> Manner:
    """Return how to speak about what a clause found."""
    return Manner(clause.slots, desk.currency, desk.spoken, desk.seed, clause.text, more)


def budget(desk: Desk, kinds: Sequence[str] = ()) -> int | None:
    """Return the most the shopper said to spend on everything, minor units.

    Args:
        desk: The conversation.
        kinds: What is looked for now; a sum named for a sofa and a rug says nothing of shoes.
    """
    for text in reversed(desk.dialogue.heard):
        plain = normal(text[:1000])
        if _NO_BUDGET.search(plain):
            return None
        wish = set_wish(plain, desk.terms, desk.currency)
        if wish is not None and wish.total is not None:
            return wish.total if covers(wish, kinds) else None
        price = read_price(plain, desk.currency)
        if price.budget:
            return price.price_max
    return None


def _nearest_in_kind(args: dict[str, Any], clause: Clause, desk: Desk) -> Script:
    """Answer a taste that no page knows: say so, and show well-reviewed things under what else was said."""
    words = listed([f"“{w}”" for w in clause.slots.soft[:3]], "or")
    rest = {k: v for k, v in args.items() if k != "query"}
    call = Call("search_products", {**rest, "sort": "rating"}) if rest else Call("recommend_for_me", {"limit": _FEW})
    (outcome,) = yield (call,)
    record = outcome.products()
    if record is None or not record.items:
        return not_carried(clause, desk)
    lead = f"No page here says {words}." if words else ""
    return sentences(lead, f"To start from: {the_all(record.items[:3])}.", "Which kind of thing shall it be?")


def not_carried(clause: Clause, desk: Desk) -> str:
    """Say that the shop has no such thing, in the shopper's words."""
    said = " ".join((*clause.slots.materials, *clause.slots.soft)) or clause.slots.said_type
    if not said:
        return "We don't carry that. Anything for your home or wardrobe?"
    one = re.search(rf"\ban? {re.escape(said)}\b", clause.text)
    said = plural(said) if one else said
    return f"We don't carry {said}. Anything else for your home or wardrobe?"


def _none_cheaper(record: Products, desk: Desk) -> str:
    shown = [desk.dialogue.items[i] for i in desk.dialogue.need_shown if i in desk.dialogue.items]
    nearest = [n for b in record.blocked_by if b.name == "price_max" for n in b.nearest]
    candidates = shown or nearest
    if not candidates:
        return "Nothing cheaper fits."
    least = min(candidates, key=lambda i: i.price.amount)
    return f"Nothing cheaper fits; {the(least)} at {least.price} is the lowest."
