"""Scripts for what the shopper asks to be remembered, to be told again, or to be forgotten."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from assistant.compact.finding import search
from assistant.compact.meaning import Clause
from assistant.compact.notes_read import Wishes, asks_to_keep, read_wishes
from assistant.compact.outcomes import Call, Outcome
from assistant.compact.scripts import Desk, Script, refusal, say
from assistant.compact.wordforms import normal, stems
from assistant.compact.wording import listed, sentences

OFFER = "Shall I remember that?"
_MOST_CALLS = 6  # As many changes as one message may make.
_KNOWN = re.compile(
    r"\bwhat (?:do|did) you (?:know|remember|keep|store|have)\b"
    r"|\bwhat(?:'s| is| have you) (?:kept|stored|remembered|saved)"
    r"|\bdo you (?:remember|know) (?:me|my|what|that|anything)\b|\b(?:show|list)(?: me)? what you (?:know|remember)"
    r"|\bwhat i(?:'ve| have)? told you\b|\bmy notes\b"
)
_FORGET = re.compile(r"(?<!don't )(?<!not )\b(?:forget|delete|erase|remove|wipe|clear|drop|unlearn)\b")
_EVERYTHING = re.compile(r"\b(?:everything|all|anything)\b|\babout me\b|\bmy (?:data|notes|memory|preferences)\b")
_NAMED_BY_KIND = frozenset({"size", "budget", "room"})
_ABLE = (
    "I can keep a size, a budget, colours, materials or brands you like or don't, a room's size, and things you own. "
    "Say it like 'remember that I wear M' or 'remember that I don't like leather'."
)
_WHERE = "Say 'forget my size' to take one back; the page Your notes lists them, too."


def remember(clause: Clause, desk: Desk) -> Script:
    """Keep what this message asks to keep; tell what is kept; forget what it asks to forget."""
    if _KNOWN.search(clause.text):
        return say(_known(desk))
    if _FORGET.search(clause.text):
        return _forget(clause.text, desk)
    wishes = read_wishes(clause.text, desk.terms, desk.currency)
    if not asks_to_keep(clause.text):
        return _searching_by(wishes, clause, desk) if clause.slots.product_types else say(_offer(wishes, desk))
    return _keep(wishes, desk)


def _searching_by(wishes: Wishes, clause: Clause, desk: Desk) -> Script:
    """Look for what was wished in the same breath, and offer to keep the rest: 'I hate grey. Sofas under 1500'."""
    said = yield from search(clause, desk)
    return sentences(said, OFFER if wishes.calls else "")


def offered(said: str) -> bool:
    """Tell whether the assistant's last words offered to remember something."""
    return said.rstrip().endswith(OFFER)


def accept(desk: Desk) -> Script:
    """Keep what the message before stated, after a yes to the offer."""
    before = normal(desk.dialogue.heard[-1][:1000]) if desk.dialogue.heard else ""
    return _keep(read_wishes(before, desk.terms, desk.currency), desk)


def _keep(wishes: Wishes, desk: Desk) -> Script:
    if not wishes.calls:
        return (
            yield from say(_unclear(wishes) or sentences("I did not catch what to keep, so nothing is kept.", _ABLE))
        )
    outcomes = yield tuple(Call("remember", args) for args in wishes.calls[:_MOST_CALLS])
    kept = [note for outcome in outcomes for note in outcome.facts.get("remembered", ())]
    desk.notes.update({str(note["key"]): note for note in kept})
    told = f"Kept for next time: {listed([str(note['said']) for note in kept])}." if kept else ""
    return sentences(told, *_failed(outcomes), _unclear(wishes), _WHERE if kept else "")


def _failed(outcomes: Sequence[Outcome]) -> list[str]:
    texts = [
        "I keep only words this shop uses, so one of them is not kept."
        if outcome.error.code in ("unknown_word", "bad_arguments")
        else "I keep nothing unless you ask for it in your own words."
        if outcome.error.code == "unsupported"
        else refusal(outcome.error)
        for outcome in outcomes
        if outcome.error is not None
    ]
    return list(dict.fromkeys(texts))


def _offer(wishes: Wishes, desk: Desk) -> str:
    if not wishes.calls:
        return _unclear(wishes) or sentences("Nothing is kept of that.", _ABLE)
    told = listed([_phrase(args, desk.currency) for args in wishes.calls])
    return sentences(f"I go by that here: {told}.", "I keep it for next time only if you like.", OFFER)


def _phrase(args: Mapping[str, Any], currency: str) -> str:
    """Say back what would be kept, in the shopper's words."""
    value = str(args.get("value", ""))
    match args["kind"]:
        case "size":
            return f"size {value.upper()} in {args['of']}"
        case "budget":
            return "your budget"
        case "dislike":
            return f"no {value}"
        case "owns":
            return f"your {args.get('detail', '')} {value}".replace("  ", " ")
        case "room":
            return f"your {args.get('detail', '')} {value}".replace("  ", " ")
        case _:
            return value


def _unclear(wishes: Wishes) -> str:
    if not wishes.unclear:
        return ""
    size = wishes.unclear
    return f"Is {size} for shoes or for clothes? Say for instance 'remember that my shoe size is {size}'."


def _known(desk: Desk) -> str:
    if not desk.notes:
        return "I keep nothing about you. What you ask me to remember is kept for next time, and only that."
    told = listed([str(note["said"]) for note in desk.notes.values()])
    return sentences(f"You asked me to remember: {told}.", "Nothing else is kept.", _WHERE)


def _forget(text: str, desk: Desk) -> Script:
    if not desk.notes:
        return (yield from say("I keep nothing about you, so there is nothing to forget."))
    named = _named(text, desk)
    everything = not named and _EVERYTHING.search(text) is not None
    missing = re.search(r"\b(?:size|budget|room)\b", text)
    if missing and not named:
        return (yield from say(f"No {missing.group()} of yours is kept."))
    if not named and not everything:
        known = listed([str(note["said"]) for note in desk.notes.values()], "or")
        return (yield from say(f"Which shall I forget: {known}?"))
    (outcome,) = yield (Call("forget", {"everything": True} if everything else {"keys": named}),)
    if outcome.error is not None:
        return refusal(outcome.error)
    gone = list(outcome.facts.get("forgotten", ()))
    for note in gone:
        desk.notes.pop(str(note["key"]), None)
    return f"Forgotten: {listed([str(note['said']) for note in gone])}."


def _named(text: str, desk: Desk) -> list[str]:
    """Return the keys of the entries a message names, by their kind or by a word of their value."""
    said = set(stems(text))
    named = {key: note for key, note in desk.notes.items() if said & _names(note)}
    narrower = [key for key, note in named.items() if said & set(stems(str(note.get("of", ""))))]
    return narrower or list(named)


def _names(note: Mapping[str, Any]) -> set[str]:
    words = {str(note["kind"])} if note["kind"] in _NAMED_BY_KIND else set[str]()
    if note["kind"] == "size":
        return words
    return words | set(stems(f"{note.get('value', '')} {note.get('detail', '')}"))
