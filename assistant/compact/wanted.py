"""What of a clause's words describes the thing wanted, apart from what only points at things shown or already owned."""

import re
from dataclasses import fields, replace
from typing import Any

from assistant.compact.asked import read_asked
from assistant.compact.dialogue import Dialogue
from assistant.compact.meaning import Clause, Intent, Slots
from assistant.compact.pointing import point
from assistant.compact.sizes import read_sizes
from assistant.compact.slots import read_slots
from assistant.compact.terms import Terms
from assistant.compact.topics import topic_of

_FINDS: frozenset[Intent] = frozenset(
    {"search", "refine", "find_similar", "goes_with", "recommend", "board", "answer_clarification"}
)
_POINTS: frozenset[Intent] = frozenset(
    {"ask_attribute", "compare", "add_to_cart", "find_similar", "goes_with", "board", "answer_clarification"}
)
_OWNED = re.compile(
    r"\b(?:go(?:es)?(?: well| nicely| best)? with|to match|match(?:es|ing)?|pairs?(?: well)? with|wear with|style with|"
    r"with|suits?|complements?|next to|beside|under|over|on|for) (?:a|an|my|our|the|this|that|these|those|some) .*$|"
    r"\b(?:i have|i've got|i own|i (?:just )?bought|my) (?:a |an |the |some )?[^,.?!]*"
)
_ORDER = re.compile(
    r"\b(?:order|number|no\.?|nr\.?|parcel|#)\s?(?:number |no\.? |nr\.? |id )?#?\s?"
    r"(?P<id>[a-z]{0,4}-?\d[\w-]{2,})|#(?P<hash>\d{3,})"
)
_TOPICS = {
    "discounts": "discounts",
    "exchanges": "returns",
    "returns": "returns",
    "warranty": "warranty",
    "payment": "payment",
    "gift": "gift wrapping",
    "privacy": "privacy",
    "contact": "stores",
    "delivery": "delivery",
    "cancellation": "returns",
}
_TAX = re.compile(r"\btax(?:es)?\b|\bvat\b|\bdut(?:y|ies)\b|\bcustoms\b")
_LISTS = ("product_types", "colours", "materials")


def wanted(clause: Clause, dialogue: Dialogue, terms: Terms, currency: str) -> Slots:
    """Return a clause's slots with sizes as said and without words that describe something else."""
    slots = clause.slots
    text = clause.text
    if clause.intent == "goes_with" and (rest := _OWNED.sub("", text).strip()) != text:
        slots, _ = read_slots(rest, terms, currency)
    elif clause.intent in _POINTS and dialogue.items:
        slots = _without_pointing(clause)
    if clause.intent not in _FINDS:
        slots = replace(slots, soft=(), not_soft=(), styles=())
    sizes = read_sizes(text, terms)
    order = _order(text) if clause.intent in {"order_status", "change_order"} else ()
    return replace(slots, sizes=() if order else tuple(dict.fromkeys((*sizes.known, *sizes.said))), order=order)


def asked_about(clause: Clause, dialogue: Dialogue) -> tuple[str, ...]:
    """Return the facts a clause asks for; of the shop's rules their subject."""
    if clause.intent == "store_policy":
        subject = "tax" if _TAX.search(clause.text) else _TOPICS.get(topic_of(clause.text), "")
        return (subject,) if subject else ()
    if clause.intent in {"ask_attribute", "compare"}:
        return clause.asked or read_asked(clause.text, dialogue.attribute_names)
    return ()


def pointed_at(clause: Clause, dialogue: Dialogue) -> tuple[str, ...]:
    """Return the ids a clause is about: all candidates where its words fit several."""
    if clause.intent not in _POINTS and not (clause.intent == "buy" and clause.reference.kind not in {"it", "all"}):
        return ()
    pointed = point(clause.reference, dialogue)
    return pointed.ids or pointed.candidates


def _without_pointing(clause: Clause) -> Slots:
    reference = clause.reference
    left: dict[str, Any] = {}
    for field in fields(Slots):
        if field.name in _LISTS:
            pointing = getattr(reference, field.name)
            left[field.name] = tuple(word for word in getattr(clause.slots, field.name) if word not in pointing)
    soft = () if reference else clause.slots.soft
    return replace(clause.slots, **left, soft=soft)


def _order(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys((match["id"] or match["hash"]) for match in _ORDER.finditer(text)))
