"""Answers what is said about pictures: with one in the message, and in what follows until a new need is opened."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from assistant.compact.answering import ask
from assistant.compact.dialogue import Dialogue
from assistant.compact.finding import manner, merged, needs
from assistant.compact.meaning import Clause, Intent, Reference, Slots, Understanding
from assistant.compact.outcomes import Call, Outcome
from assistant.compact.picture_parts import asks_to_read, for_all, keep_place, of_several, read
from assistant.compact.pointing import point
from assistant.compact.say_sights import apart, beside, going_with, sighted, turned_into
from assistant.compact.scripts import Desk, Script
from assistant.compact.sights import Look, mentions
from assistant.compact.slots import read_slots
from assistant.compact.terms import Terms
from assistant.compact.wording import sentences
from tools.arguments import FilterArguments

# Words that only point at the picture.
_POINTING = re.compile(
    r"\b(?:like|similar|same|this|that|these|those|it|one|ones|in|the|a|an|my|pictures?|photos?|pics?|images?|"
    r"screenshots?|something|anything|thing|things|find|show|see|look|looks|looking|want|need|have|got|get|buy|but|"
    r"please|here|do|does|you|me|i|any|for|of|kind|style|shop|sell|stock|match|matching|attached|colou?r|shape|as|is|"
    r"what|what's|which|who|can|could|tell|know|name|called|identify|recogni[sz]e|these|are|there|sent|showed|before|"
    r"first|second|third|fourth|last|other|both|each|and|not|no|brand|maker|label|just|only|maybe|instead|again|"
    r"another|left|right|middle|on|different|more|else|cheaper|dearer|with|go|goes|work|suit|would|use|by|from|how|about|exactly)\b"
)
_IDENTIFY = re.compile(
    r"\bwhat(?:'s| is| are| was| were| kind of \w+ is| sort of \w+ is| do you call)\b.{0,12}\b"
    r"(?:this|that|it|these|those|(?:in|on) (?:the|my|this) \w+)\b"
    r"|\b(?:identify|recogni[sz]e)\b|\bwhat am i looking at\b|\bdo you know what\b"
)
_THAT_BRAND = re.compile(
    r"\b(?:not|no|another|different|other than|but not|anything but)(?: (?:by|from))? (?:(?:that|this|the same|the) )?"
    r"(?:brand|maker|label)\b"
)
_LIKE_IT = re.compile(
    r"\b(?:like|similar to|same as|as|as in) (?:this|that|it|these|those)\b|\blooks? like\b|\bthe same\b"
    r"|\b(?:this|that|it|same (?:thing|one)|similar)\b(?:,? (?:but|only|just))? (?:as|in|for|with)\b"
)
_MORE = re.compile(r"\b(?:more|else|others?|next|keep going)\b")
_FINDING: frozenset[Intent] = frozenset(
    {"search", "refine", "find_similar", "ask_attribute", "recommend", "out_of_scope", "answer_clarification", "help"}
)
# What a message asks for beside its picture; the rest is about the picture.
_APART: frozenset[Intent] = frozenset(
    {"change_cart", "view_cart", "undo", "order_status", "change_order", "store_policy", "remember", "hand_over",
     "out_of_scope"}
)  # fmt: skip
_BESIDE: frozenset[Intent] = frozenset({"goes_with", "compare", "ask_attribute"})
_PLACED = frozenset({"ordinal", "first_n", "last", "ranked", "facet", "name", "type"})
_CERTAIN = 0.95  # Of a rule.
_FEW = 4  # For each of several pictures.


def gathered(understanding: Understanding, dialogue: Dialogue, terms: Terms, currency: str) -> Understanding:
    """Return a message that carries pictures with everything said about them as one clause."""
    if not dialogue.sights.sent:
        return understanding
    about = [c for c in understanding.clauses if not _is_apart(c, dialogue)]
    if len(about) == 1 and len(understanding.clauses) == 1:
        return understanding
    text = ", ".join(c.text for c in about)
    slots, _ = read_slots(text, terms, currency)
    placed = next((c for c in about if c.reference.kind in _PLACED), about[0] if about else None)
    intent: Intent = placed.intent if placed else "search"
    one = Clause(intent, text, slots, placed.reference if placed else Reference())
    others = [c for c in understanding.clauses if _is_apart(c, dialogue)]
    return replace(understanding, clauses=(*others, one))


def _is_apart(clause: Clause, dialogue: Dialogue) -> bool:
    if clause.intent in {"add_to_cart", "buy"}:
        return bool(_shown(clause, dialogue))
    return clause.intent in _APART and clause.confidence >= _CERTAIN


def _shown(clause: Clause, dialogue: Dialogue) -> tuple[str, ...]:
    """Return the shown products a clause points at by place or name; "it" beside a picture is the picture."""
    if clause.reference.kind not in _PLACED or dialogue.sights.named(clause.text):
        return ()
    return point(clause.reference, dialogue).ids


def about_picture(clause: Clause, desk: Desk) -> Script | None:
    """Return the script for a clause that is about a picture, None for any other."""
    dialogue = desk.dialogue
    if dialogue.sights.group and asks_to_read(clause.text):
        return read(dialogue.sights.named(clause.text) or dialogue.sights.group)
    if dialogue.sights.sent and not _is_apart(clause, dialogue):
        return _with_picture(clause, desk)
    return _later(clause, desk)


def _later(clause: Clause, desk: Desk) -> Script | None:
    """Return the script for a clause about a picture that was sent before."""
    dialogue = desk.dialogue
    unsure = clause.intent in _FINDING or clause.confidence < _CERTAIN
    if dialogue.sights.group and unsure and mentions(clause.text):
        named = dialogue.sights.named(clause.text)
        return _look(named, clause, desk) if named else _no_such(desk)
    if of_several(clause, dialogue.sights.things):
        return _look(dialogue.sights.current, clause, desk)
    if places := _places(clause, dialogue):
        return _look(places, clause, desk)
    if dialogue.sights.looks and clause.asked == ("size",) and clause.reference.kind == "ranked":
        return _sized(clause, desk)
    if dialogue.sights.looks and _goes_on(clause, dialogue):
        if clause.intent == "goes_with":
            return _matched(dialogue.sights.current[0], clause, desk)
        return _look(dialogue.sights.current, clause, desk)
    return None


def _places(clause: Clause, dialogue: Dialogue) -> tuple[str, ...]:
    """Return the pictures meant by "the first one under $100" after several: a shown product has its price."""
    sights, reference = dialogue.sights, clause.reference
    conditions = clause.intent in {"refine", "search"} and clause.slots.constrains()
    if not (sights.looks and conditions and reference.kind == "ordinal" and len(sights.group) > 1):
        return ()
    return tuple(sights.group[n - 1] for n in reference.ordinals if n <= len(sights.group))


def _goes_on(clause: Clause, dialogue: Dialogue) -> bool:
    """Tell a change of what is looked for by picture from a new need and from words about a shown product."""
    slots = clause.slots
    about_item = clause.reference.kind in _PLACED or (clause.reference and _talks_of_one(dialogue))
    if _THAT_BRAND.search(clause.text) and clause.intent in _FINDING:
        return True
    if clause.intent == "refine":
        return True
    if about_item or clause.reference.kind == "both":
        return False
    if clause.intent in {"find_similar", "goes_with"}:
        return clause.intent == "find_similar" or clause.reference.kind in {"none", "it"}
    if clause.intent == "search":
        bare = not (slots.product_types or slots.departments or slots.soft)
        return bool(_LIKE_IT.search(clause.text)) or (bare and slots.constrains())
    return clause.intent == "ask_attribute" and clause.reference.kind == "it" and slots.constrains()


def _talks_of_one(dialogue: Dialogue) -> bool:
    """Tell whether one product is being talked about, other than by being all that a picture found."""
    sights = dialogue.sights
    return len(dialogue.focus) == 1 and dialogue.focus != sights.looks[sights.current[-1]].shown


def _no_such(desk: Desk) -> Script:
    count = sum(len(sent) for sent in desk.dialogue.sights.before)
    return f"I have {'one picture' if count == 1 else f'{count} pictures'} from you. Which one do you mean?"
    yield ()


def _with_picture(clause: Clause, desk: Desk) -> Script:
    sights = desk.dialogue.sights
    wanted = sights.named(clause.text) or sights.sent
    shown = _shown(clause, desk.dialogue)
    if shown and clause.intent in _BESIDE:
        (outcome,) = yield (Call("find_by_picture", {"image_id": wanted[0]}),)
        return beside(outcome, desk.dialogue.items[shown[0]])
    if clause.intent == "goes_with":
        return (yield from _matched(wanted[0], clause, desk))
    said = yield from _look(wanted, clause, desk)
    if clause.intent in {"add_to_cart", "buy"}:
        return sentences(said, "I add nothing by picture alone: tell me which one.")
    return said


def _matched(image_id: str, clause: Clause, desk: Desk) -> Script:
    """Find what goes with the product that looks most like the picture, and say that it goes by that product."""
    (outcome,) = yield (Call("find_by_picture", {"image_id": image_id}),)
    record = outcome.products()
    if outcome.error is not None or record is None or not record.items:
        return sighted(outcome, manner(clause, desk), identify=False, more=False)
    first = record.items[0]
    args: dict[str, Any] = {"product_id": first.product_id}
    if kinds := [k for k in clause.slots.product_types if k != first.product_type]:
        args["product_types"] = kinds
    if clause.slots.price_max is not None:
        args["price_max"] = clause.slots.price_max
    (paired,) = yield (Call("goes_with", args),)
    return going_with(paired, first)


def _sized(clause: Clause, desk: Desk) -> Script:
    """Answer "smaller": no search knows sizes."""
    if point(clause.reference, desk.dialogue).one is None or len(desk.dialogue.need_shown) < 2:
        return "I can't search by size, and what is shown gives none to compare. Ask for the details of one of them."
    said = yield from ask(clause, desk)
    return sentences("I can't search by size; I can only compare those shown.", said)


def _look(image_ids: Sequence[str], clause: Clause, desk: Desk) -> Script:
    """Look by each picture, with the conditions kept for it and those the clause changes."""
    sights = desk.dialogue.sights
    before = {image_id: sights.looks.get(image_id, Look({}, ())) for image_id in image_ids}
    if mentions(clause.text) and not clause.slots.constrains() and not _more(clause):
        # "The picture I sent", without a condition, is where the shopper began.
        before = {image_id: Look({}, look.shown) for image_id, look in before.items()}
    wishes = [(image_id, _wished(look, clause, desk)) for image_id, look in before.items()]
    more = _more(clause) and any(look.shown for look in before.values())
    calls = [_call(image_id, need, before[image_id] if more else None) for image_id, need in wishes]
    if len(calls) > 1:
        calls = [replace(call, args={**call.args, "limit": _FEW}) for call in calls]
    outcomes = yield tuple(calls)
    group = sights.group
    said = [
        (group.index(image_id) if image_id in group else 0, _said(outcome, before[image_id], clause, desk, more=more))
        for image_id, outcome in zip(image_ids, outcomes, strict=True)
    ]
    return apart(said) if len(group) > 1 else said[0][1]


def _said(outcome: Outcome, before: Look, clause: Clause, desk: Desk, *, more: bool) -> str:
    kinds, known = clause.slots.product_types, before.need.get("product_types", ())
    if kinds and known and not set(kinds) & set(known):
        return turned_into(kinds, outcome, manner(clause, desk))
    identify = _IDENTIFY.search(clause.text) is not None
    return sighted(outcome, manner(clause, desk), identify=identify, more=more)


def _more(clause: Clause) -> bool:
    return _MORE.search(clause.text) is not None and not (clause.slots.constrains() or clause.slots.product_types)


def _call(image_id: str, need: dict[str, Any], shown: Look | None) -> Call:
    """Return the search by a picture; the words that say more than 'like this' go along."""
    known = {*FilterArguments.model_fields, "region", "together", "more_like", "less_like"}
    args = {name: value for name, value in need.items() if name in known}
    words = " ".join(_POINTING.sub(" ", str(need.get("query", ""))).split())
    if words:
        args["words"] = words
    if shown is not None:
        args["not_ids"] = list(shown.shown)
    return Call("find_by_picture", {"image_id": image_id, **args})


def _wished(look: Look, clause: Clause, desk: Desk) -> dict[str, Any]:
    """Return the conditions of before with the clause's laid over them."""
    slots = replace(clause.slots, said_type="") if clause.slots.product_types else clause.slots
    said = replace(clause, slots=slots)
    base = look.need
    if slots.product_types and not set(slots.product_types) & set(base.get("product_types", ())):
        # What was wanted of one kind need not hold for another; its colour may.
        base = {name: base[name] for name in ("colours",) if name in base}
    need = merged(base, said) if base else needs(slots)
    keep_place(need, clause)
    for_all(need, clause.text)
    if look.shown and slots.relative is not None:
        _relative(need, slots, look, desk)
    closest = desk.dialogue.items.get(next(iter(look.shown), ""))
    if closest is not None and closest.brand and _THAT_BRAND.search(clause.text):
        refused = [*need.get("not_brands", ()), closest.brand.casefold()]
        need["not_brands"] = list(dict.fromkeys(refused))
        need.pop("brands", None)
    return need


def _relative(need: dict[str, Any], slots: Slots, look: Look, desk: Desk) -> None:
    """Let 'cheaper' and 'dearer' mean: than the one that comes closest, or the one being talked about."""
    ids = desk.dialogue.focus if len(desk.dialogue.focus) == 1 else look.shown[:1]
    prices = [desk.dialogue.items[i].price.amount for i in ids if i in desk.dialogue.items]
    if not prices:
        return
    if slots.relative == "cheaper":
        need["price_max"] = max(prices[0] - 1, 0)
        if need.get("price_min", 0) > need["price_max"]:
            need.pop("price_min")
    else:
        need["price_min"] = prices[0] + 1
        if need.get("price_max", need["price_min"]) < need["price_min"]:
            need.pop("price_max")
