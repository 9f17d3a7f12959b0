"""What a clause asks for where it is said: the same words mean another thing with a row on screen than without one."""

import re
from dataclasses import replace

from assistant.compact.dialogue import DRAFTS
from assistant.compact.lexicon import WORN, is_kind
from assistant.compact.meaning import Clause, Intent, Reference, Understanding
from assistant.compact.ranking import contenders
from assistant.compact.say_compare import asks_advice
from assistant.compact.say_finds import VAGUE
from assistant.compact.scripts import Desk
from assistant.compact.signs import ADD, ANYTHING, BUY, CHANGE, COMPARE, SELLS, SIMILAR
from assistant.compact.sizes import read_sizes
from assistant.compact.slots import read_slots
from assistant.compact.talking import displeased
from assistant.compact.topics import known_topic

_IN_SIZE = re.compile(r"\bin (?:an? )?(\d{2}(?:\.5)?)(?= ?(?:[,.?!]|please|then|$))")
_CODE = re.compile(r"\b(?:code|coupon|voucher|promo)\b")
_NEVER_MIND = re.compile(r"^(?:no |oops |sorry |ok )*(?:never ?mind|scratch) ?(?:that|it|those|them)?$")
_UNSURE = re.compile(
    r"^(?:hmm+,? |well,? |oh,? |honestly,? )*(?:i'm |i am )?(?:not (?:really )?sure|unsure|undecided|"
    r"torn)(?: yet| which(?: one)?)?[ .!]*$|"
    r"^(?:hmm+,? |well,? )*i (?:can't|cannot) decide[ .!]*$"
)
_STATED = frozenset({"materials", "care", "colours", "sizes", "brand"})
_WHICH = re.compile(r"^(?:so |and |ok |hmm |then |but )*(?:which|what would you|what do you)\b")


def in_context(clause: Clause, desk: Desk) -> Clause:
    """Return the clause with the intent it has at this point of the conversation."""
    if clause.intent in {"add_to_cart", "buy"} and clause.text.endswith("?") and not BUY.search(clause.text):
        return _only_asking(clause)
    if _UNSURE.match(clause.text) and len(contenders(clause, desk)) > 1:
        return replace(clause, intent="compare", text="which would you recommend", reference=Reference())
    if displeased(clause.text) and not clause.slots.product_types and not clause.reference.names:
        return replace(clause, intent="out_of_scope")
    intent = "refine" if _changes_nothing(clause, desk) else _intent(clause, desk)
    clause = clause if intent is None else replace(clause, intent=intent)
    return _finding(clause, desk) if clause.intent in {"search", "refine"} else clause


def _intent(clause: Clause, desk: Desk) -> Intent | None:
    """Return another intent where what is on screen leaves no doubt, None where it stays."""
    text = clause.text
    match clause.intent:
        case "recommend" if _chooses(clause, desk):
            return "compare"
        case "compare" if set(clause.asked) & _STATED and not COMPARE.search(text):
            return "ask_attribute"
        case "compare" if not desk.dialogue.items and not (clause.slots.product_types or clause.slots.materials):
            return "out_of_scope"
        case "compare" if clause.reference.kind == "it" and _other_kinds(clause, desk):
            return "goes_with"
        case "find_similar" if clause.reference.kind == "name" and not SIMILAR.search(text):
            return "ask_attribute"
        case "ask_attribute" if clause.slots.in_stock and SIMILAR.search(text):
            return "find_similar"
        case "store_policy" if SELLS.match(text) and known_topic(text) is None:
            return "search"
        case _:
            return None


def _changes_nothing(clause: Clause, desk: Desk) -> bool:
    """Tell 'in black, size 8' from a change: nothing is in the cart, and a search went before."""
    held = desk.dialogue.cart is not None and bool(desk.dialogue.cart.lines)
    wishes = (
        clause.intent == "change_cart"
        and clause.slots.constrains()
        and clause.slots.quantity is None
        and bool(desk.dialogue.need)
    )
    return wishes and not held and not CHANGE.search(clause.text) and desk.dialogue.choice is None


def _other_kinds(clause: Clause, desk: Desk) -> bool:
    """Tell 'which shoes balance it' from a choice among what is shown."""
    kinds = {desk.dialogue.items[i].product_type for i in desk.dialogue.focus}
    return bool(clause.slots.product_types) and not kinds & set(clause.slots.product_types)


def _only_asking(clause: Clause) -> Clause:
    """Return 'and the largest?' as the question it is, and 'and gloves?' as a wish to see some."""
    if not clause.reference and (clause.slots.soft or clause.slots.product_types):
        return replace(clause, intent="search")
    asks: Intent = "compare" if clause.reference.kind == "ranked" else "ask_attribute"
    return clause if ADD.search(clause.text) else replace(clause, intent=asks)


def _finding(clause: Clause, desk: Desk) -> Clause:
    if clause.intent == "search" and _CODE.search(clause.text):
        held = desk.dialogue.cart is not None and bool(desk.dialogue.cart.lines)
        return replace(clause, intent="buy" if held else "store_policy")
    clause = _with_unmade_size(clause, desk)
    soft = clause.slots.soft
    if clause.intent == "refine" and not clause.slots.product_types and soft and all(is_kind(w) for w in soft):
        return replace(clause, intent="search")  # "A raincoat too" narrows no boots.
    if clause.intent == "search" and _only_conditions(clause, desk):
        clause = replace(clause, intent="refine")
    if clause.intent == "refine" and clause.reference.kind == "name":
        # "Round ones" wants round ones, whatever of those shown is called so.
        clause = replace(clause, slots=read_slots(clause.text, desk.terms, desk.currency)[0])
    return clause


def _with_unmade_size(clause: Clause, desk: Desk) -> Clause:
    """Return the clause with a size said that nothing here is made in, so that the search says that it is not there."""
    slots = clause.slots
    worn = [kind for kind in (slots.product_types or desk.dialogue.need.get("product_types", ())) if kind in WORN]
    if slots.sizes or not worn:
        return clause
    said = tuple(size for size in read_sizes(clause.text, desk.terms).said if " " not in size)
    said = said or tuple(_IN_SIZE.findall(clause.text))
    return replace(clause, slots=replace(slots, sizes=said)) if said else clause


def _chooses(clause: Clause, desk: Desk) -> bool:
    """Tell 'which would you recommend' before a row from a wish for something new."""
    asks = asks_advice(clause.text) and _WHICH.match(clause.text) is not None
    return asks and not clause.slots.product_types and len(contenders(clause, desk)) > 1


def _only_conditions(clause: Clause, desk: Desk) -> bool:
    """Tell '80 x 150' or 'and walnut' after rugs from a need of its own: without a thing the thing stays."""
    slots = clause.slots
    if slots.product_types or slots.departments or slots.soft or clause.reference:
        return False
    wide = VAGUE.search(clause.text) or ANYTHING.search(clause.text)
    return slots.constrains() and not wide and bool(desk.dialogue.need.get("product_types"))


def without_never_mind(understanding: Understanding, desk: Desk) -> Understanding:
    """Return a message without a "never mind" that has no change to take back before what it goes on to ask."""
    changed = any(call.name in DRAFTS for call in desk.dialogue.last_calls)
    rest = tuple(c for c in understanding.clauses if not (c.intent == "undo" and _NEVER_MIND.match(c.text)))
    return understanding if changed or not rest else replace(understanding, clauses=rest)
