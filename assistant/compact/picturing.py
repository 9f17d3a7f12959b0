"""Answers a message that carries a picture: what looks like it, under the conditions said beside it."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from langchain_core.messages import BaseMessage, HumanMessage

from assistant.compact.decide import Decision
from assistant.compact.dialogue import Folded
from assistant.compact.finding import manner, needs
from assistant.compact.meaning import Clause, Slots
from assistant.compact.outcomes import Call, Outcome
from assistant.compact.say_finds import tells_apart
from assistant.compact.say_none import nothing
from assistant.compact.scripts import Desk, refusal
from assistant.compact.slots import read_slots
from assistant.compact.wordforms import normal, plural, spelled
from assistant.compact.wording import sentences, the, verb
from assistant.pictures import pictures_of
from tools.arguments import FilterArguments
from tools.records import Item, Products

# Words that only point at the picture.
_POINTING = re.compile(
    r"\b(?:like|similar|same|this|that|these|those|it|one|ones|in|the|a|an|my|picture|photo|pic|image|screenshot|"
    r"something|anything|thing|things|find|show|see|look|looks|looking|want|need|have|got|get|buy|but|please|here|"
    r"do|you|me|i|any|for|of|kind|style|shop|sell|stock|match|matching|attached|colou?r|shape)\b"
)
_STILL_LOOKING = "I have not looked at all our products yet; ask again in a few minutes to be sure."


def picture_of(messages: Sequence[BaseMessage]) -> str | None:
    """Return the id of the picture that the message being answered carries, the first of several."""
    asked = next((m for m in reversed(messages) if isinstance(m, HumanMessage)), None)
    return next(iter(pictures_of(asked)), None) if asked is not None else None


def decide_picture(image_id: str, folded: Folded, desk: Desk) -> Decision:
    """Look once by the picture with what the words ask for, then say what was found."""
    text = normal(desk.dialogue.text[:1000])
    slots, _ = read_slots(text, desk.terms, desk.currency)
    call = Call("find_by_picture", {"image_id": image_id, **_asked(slots)})
    if not folded.steps:
        return Decision(calls=(call,))
    done, outcome = folded.steps[0]
    desk.dialogue.observe(done, outcome)
    return Decision(text=_said(outcome, Clause("search", text, slots), desk))


def _asked(slots: Slots) -> dict[str, Any]:
    """Return the tool's arguments: conditions as in any search, and the words that say more than 'like this'."""
    known = replace(slots, said_type="") if slots.product_types else slots
    wanted = needs(known)
    args = {name: value for name, value in wanted.items() if name in FilterArguments.model_fields}
    words = " ".join(_POINTING.sub(" ", str(wanted.get("query", ""))).split())
    return {**args, "words": words} if words else args


def _said(outcome: Outcome, clause: Clause, desk: Desk) -> str:
    record = outcome.products()
    if outcome.error is not None or record is None:
        return refusal(outcome.error) if outcome.error else "I could not look at that picture. Please send it again."
    pending = _STILL_LOOKING if outcome.facts.get("all_looked_at") is False else ""
    if not record.items:
        if record.blocked_by:
            return sentences(nothing(record, manner(clause, desk)), pending)
        return sentences("Nothing here looks like that picture. Tell me what it is and I'll look by name.", pending)
    return sentences(_closest(record, clause.slots, alike=outcome.facts.get("alike") is not False), pending)


def _closest(record: Products, slots: Slots, *, alike: bool) -> str:
    first, others = record.items[0], record.items[1:]
    by = "shape" if slots.colours else "colour and shape"
    price = f"at {first.price}"
    if not alike:
        opening = f"Nothing here looks really like your picture. {_capital_the(first)}, {price}, comes closest in {by}."
    elif others:
        opening = f"Closest in {by}: {the(first)}, {price}."
    else:
        opening = f"{_capital_the(first)}, {price}, {verb(first, 'is', 'are')} closest in {by}."
    return sentences(opening, _more(others), tells_apart(record.items, first.title) if len(others) == 1 else "")


def _more(others: Sequence[Item]) -> str:
    if not others:
        return ""
    kinds = {item.product_type for item in others}
    kind = kinds.pop() if len(kinds) == 1 else "piece"
    return f"After it {spelled(len(others))} more {kind if len(others) == 1 else plural(kind)}, the most alike first."


def _capital_the(item: Item) -> str:
    named = the(item)
    return named[:1].upper() + named[1:]
