"""What of a clause's words describes the thing wanted, apart from what only points at things shown or already owned."""

import re
from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any

from assistant.compact.asked import read_asked
from assistant.compact.dialogue import Dialogue
from assistant.compact.intents import is_question
from assistant.compact.lexicon import COLOUR_FAMILY
from assistant.compact.meaning import Clause, Intent, Slots
from assistant.compact.pointing import point, pool
from assistant.compact.sizes import SizeWords, read_sizes
from assistant.compact.slots import read_slots
from assistant.compact.terms import Terms
from assistant.compact.topics import topic_of
from assistant.compact.wordforms import number, tokens

_FINDS: frozenset[Intent] = frozenset(
    {"search", "refine", "find_similar", "goes_with", "recommend", "board", "answer_clarification"}
)
_POINTS: frozenset[Intent] = frozenset(
    {"ask_attribute", "compare", "add_to_cart", "change_cart", "find_similar", "goes_with", "board",
     "answer_clarification"}
)  # fmt: skip
# Without a word that points these are about the one thing shown.
_OF_ONE: frozenset[Intent] = frozenset({"ask_attribute", "add_to_cart", "find_similar", "change_cart"})
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
_DESCRIBES = _FINDS - {"goes_with"}
# What is kept, counted or taken is named by its type; the type is no condition then.
_TYPELESS: frozenset[Intent] = frozenset({"remember", "view_cart"})
_OF_SHOWN: frozenset[Intent] = frozenset({"add_to_cart", "find_similar"})
_COUNTED: frozenset[Intent] = frozenset({"search", "add_to_cart", "change_cart", "buy"})
_MANY = 25  # From here on a number before a thing is a model, a price or a year.
_WORDS_BETWEEN = 3
_SEATS = frozenset(
    {"seater", "seat", "piece", "person", "drawer", "door", "day", "star", "foot", "metre", "meter", "year"}
)
_PLACED = frozenset({"first", "last", "these", "those", "number", "size", "under", "for", "the", "of", "in", "next"})
_MEASURES = frozenset({
    "wide", "long", "tall", "high", "deep", "across", "metres", "meters", "metre", "meter", "cm", "feet", "inches",
    "half", "wider", "longer", "taller", "higher", "deeper", "size", "eu", "uk", "us",
})  # fmt: skip
_CALLED = re.compile(r"\b(?:called|named|name it|call it|titled)\b.*$")
_OF_BOARDS = frozenset({
    "board", "boards", "wish", "list", "lists", "wishlist", "mood", "moodboard", "shortlist", "favourite", "favourites",
    "favorite", "favorites", "collection", "later", "saved", "save", "start", "create", "open", "together", "outfit",
    "whole", "complete", "entire", "new", "pin", "bookmark", "rename", "delete", "share", "look", "set", "furnish",
    "decorate", "design", "plan", "build", "compose", "full", "inspiration", "pull",
})  # fmt: skip
_LISTS = ("product_types", "colours", "materials")


def wanted(clause: Clause, dialogue: Dialogue, terms: Terms, currency: str) -> Slots:
    """Return a clause's slots with sizes as said and without words that describe something else."""
    slots = clause.slots
    text = clause.text
    if clause.intent == "goes_with" and (rest := _OWNED.sub("", text).strip()) != text:
        slots, _ = read_slots(rest, terms, currency)
    elif clause.intent in _POINTS and dialogue.items:
        slots = _without_pointing(clause)
    if clause.intent not in _DESCRIBES:
        slots = replace(slots, soft=(), not_soft=(), styles=(), sort=None, relative=None)
    if clause.intent in _TYPELESS or (clause.intent in _OF_SHOWN and dialogue.items):
        slots = replace(slots, product_types=(), not_product_types=())
    elif clause.intent == "change_cart":
        slots = replace(slots, not_product_types=())
    sizes = read_sizes(text, terms)
    slots = _as_said(replace(slots, soft=_described(clause, slots.soft, sizes)), text)
    order = _order(text) if clause.intent in {"order_status", "change_order"} else ()
    quantity = slots.quantity if slots.quantity is not None else _pieces(clause, terms, sizes)
    known = () if order else tuple(dict.fromkeys((*sizes.known, *sizes.said)))
    return replace(slots, sizes=known, order=order, quantity=quantity)


def _described(clause: Clause, soft: Sequence[str], sizes: SizeWords) -> tuple[str, ...]:
    """Return the words of taste: none that belong to a size, or that only name what is done with a board."""
    measured = {word for start, end in sizes.spans for word in clause.text[start:end].split()}
    measured |= _MEASURES if sizes.spans else set()
    kept = [word for word in soft if word not in measured]
    if clause.intent == "board":
        named = set(_CALLED.sub("", clause.text).replace(",", " ").split())
        kept = [word for word in kept if word in named and word not in _OF_BOARDS]
    return tuple(kept)


def _as_said(slots: Slots, text: str) -> Slots:
    """Return slots with a word for many colours, 'pastel', as itself in place of the colours."""
    said = [word for word in COLOUR_FAMILY if re.search(rf"\b{word}s?\b", text)]
    if not said:
        return slots
    many = {colour for word in said for colour in COLOUR_FAMILY[word] if not re.search(rf"\b{colour}\b", text)}
    return replace(
        slots,
        colours=tuple(colour for colour in slots.colours if colour not in many),
        not_colours=tuple(colour for colour in slots.not_colours if colour not in many),
        soft=tuple(dict.fromkeys((*slots.soft, *(word for word in said if " " not in word)))),
    )


def _pieces(clause: Clause, terms: Terms, sizes: SizeWords) -> int | None:
    """Return how many of a thing are wanted, said right before its name: 'six oak dining chairs'."""
    if clause.intent not in _COUNTED:
        return None
    words = tokens(clause.text)
    for match in terms.find(words):
        at = match.start - 1
        while at >= 0 and match.start - at <= _WORDS_BETWEEN and words[at].is_word and not number(words[at].text):
            at -= 1
        measures = at >= 0 and any(start <= words[at].start < end for start, end in sizes.spans)
        seats = at >= 0 and words[at + 1].text in _SEATS
        counts = at >= 0 and match.field == "product_types" and not (measures or seats)
        many = number(words[at].text) if counts else None
        if many and many < _MANY and (at == 0 or words[at - 1].text not in _PLACED):
            return many
    return None


def asked_about(clause: Clause, dialogue: Dialogue) -> tuple[str, ...]:
    """Return the facts a clause asks for; of the shop's rules their subject."""
    if clause.intent == "store_policy":
        subject = "tax" if _TAX.search(clause.text) else _TOPICS.get(topic_of(clause.text), "")
        return (subject,) if subject else ()
    if clause.intent in {"ask_attribute", "compare"}:
        return clause.asked or read_asked(clause.text, dialogue.attribute_names)
    return ()


def pointed_at(clause: Clause, dialogue: Dialogue) -> tuple[str, ...]:
    """Return the ids a clause is about: all candidates where its words fit several, the row where it compares."""
    if clause.intent not in _POINTS and not (clause.intent == "buy" and clause.reference.kind not in {"it", "all"}):
        return ()
    among = pool(dialogue)
    chooses = clause.reference.kind == "ranked" and is_question(clause.text)
    if clause.intent == "compare" and (chooses or not clause.reference):
        return among
    if not clause.reference:
        return among if len(among) == 1 and clause.intent in _OF_ONE else ()
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
