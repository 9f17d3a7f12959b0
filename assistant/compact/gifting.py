"""Scripts for presents: things that are given, narrowed by what they may cost and what the other one likes."""

import re
from dataclasses import replace
from typing import Any

from assistant.compact.finding import budget, manner
from assistant.compact.meaning import Clause
from assistant.compact.outcomes import Call
from assistant.compact.say_finds import price_words, taste, tells_apart
from assistant.compact.say_none import nothing
from assistant.compact.scripts import Desk, Script, refusal
from assistant.compact.signs import GIFT
from assistant.compact.wordforms import normal, plural, spelled, stems
from assistant.compact.wording import capital, listed, sentences

# What people give, in a shop of things for the home and to wear.
_GIVEN = (
    "scarf", "necklace", "bracelet", "earrings", "vase", "throw", "cushion", "tote", "watch", "basket", "planter",
    "candle", "hat", "sunglasses", "wallet", "lamp", "clutch",
)  # fmt: skip
# Words about whom and what for; they say nothing of the thing.
_ABOUT = frozenset(
    stems(
        "present gift giving sister brother mum mom mother dad father friend wife husband girlfriend boyfriend partner "
        "boss colleague teacher niece nephew aunt uncle grandma grandmother grandpa grandfather neighbour son daughter "
        "birthday christmas anniversary wedding housewarming valentine graduation love loves like likes enjoy enjoys "
        "into fond crazy she he they her him someone somebody buying looking thing idea old year turning turn"
    )
)
_LIKES = re.compile(r"\b(?:she|he|they|her|his|who|mum|dad|mother|father|sister|brother|friend)\b")


def gives(clause: Clause, desk: Desk) -> bool:
    """Tell a wish for a present of no particular kind, or a word about whom it is for right after one."""
    if clause.slots.product_types:
        return False
    if clause.intent in {"recommend", "search", "refine"} and GIFT.search(clause.text):
        return True
    going_on = set(desk.dialogue.need.get("product_types", ())) == set(_kinds(desk))
    return going_on and clause.intent in {"recommend", "search"} and _LIKES.search(clause.text) is not None


def give(clause: Clause, desk: Desk) -> Script:
    """Show things to give under what was said of price and taste, and ask for what is still open."""
    liked = [word for word in (*clause.slots.styles, *clause.slots.soft) if not set(stems(word)) <= _ABOUT]
    args: dict[str, Any] = {"product_types": list(clause.slots.product_types or _kinds(desk))}
    args |= {name: list(values) for name in ("colours", "materials") if (values := getattr(clause.slots, name))}
    args |= _price(clause, desk)
    if liked:
        args["query"] = " ".join(liked)
    else:
        args["sort"] = "rating"
    (outcome,) = yield (Call("search_products", args),)
    record = outcome.products()
    if outcome.error is not None or record is None:
        return refusal(outcome.error) if outcome.error else "I found nothing for that."
    how = replace(manner(clause, desk), slots=replace(clause.slots, soft=tuple(liked)))
    if not record.items:
        return nothing(record, how)
    kinds = listed([plural(kind) for kind in dict.fromkeys(i.product_type for i in record.items)])
    costs = price_words(record.filters, how)
    opening = capital(f"{spelled(len(record.items))} ideas{f' {costs}' if costs else ''}: {kinds}.")
    question = "" if liked else "What do they like?"
    if not costs:
        question = "What do they like, and what may it cost?" if not liked else "What may it cost?"
    return sentences(opening, taste(how, record.items), tells_apart(record.items, opening), question)


def _kinds(desk: Desk) -> tuple[str, ...]:
    return tuple(kind for kind in _GIVEN if kind in desk.terms.vocabulary.product_types)


def _price(clause: Clause, desk: Desk) -> dict[str, int]:
    """Return the price said now, or before in the same wish."""
    slots, need = clause.slots, desk.dialogue.need
    now = {"price_min": slots.price_min, "price_max": slots.price_max}
    if any(value is not None for value in now.values()):
        return {name: value for name, value in now.items() if value is not None}
    if any(GIFT.search(normal(text[:1000])) for text in desk.dialogue.heard[-3:]):
        kept = {name: int(need[name]) for name in ("price_min", "price_max") if name in need}
        if kept:
            return kept
    limit = budget(desk, _kinds(desk))
    return {"price_max": limit} if limit is not None else {}
