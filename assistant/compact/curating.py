"""Scripts for sets put together for a room, an outfit or a board, and for changing them piece by piece."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from assistant.compact.board_words import board_wish
from assistant.compact.boarding import on_screen, proposed
from assistant.compact.finding import budget
from assistant.compact.lending import for_others
from assistant.compact.meaning import Clause, Intent, Reference, Understanding
from assistant.compact.money_words import read_price
from assistant.compact.outcomes import Call
from assistant.compact.pointing import point
from assistant.compact.say_boards import curated, nothing_curated
from assistant.compact.scripts import Desk, Script, ask_which
from assistant.compact.sets import set_wish
from assistant.compact.slots import read_slots
from assistant.compact.wordforms import normal
from tools.records import Item
from tools.themes import read_theme

_FREE: frozenset[Intent] = frozenset({
    "search", "refine", "recommend", "goes_with", "board", "remember", "out_of_scope", "help", "ask_attribute",
    "answer_clarification", "change_cart", "add_to_cart",
})  # fmt: skip
_COMPLETE = re.compile(r"\b(?:complete|finish|furnish|fill|do up|decorate|curate|put together|set up|design|style)\b")
_SWAP = re.compile(
    r"\b(?:swap|replace|change|exchange)(?: out)? (?:the |that |this )?(?P<old>[a-z -]+?)"
    r"(?: (?:for|with|to|by) (?P<new>.+))?$|\b(?:another|(?:an? )?different|an? (?P<cheaper>cheaper)) "
    r"(?P<other>[a-z -]+?)(?: please| instead)?$"
    r"|\b(?:not|don't like|do not like|hate|no to) (?:the|that|this) (?P<no>[a-z -]+?)$"
)
_DROP = re.compile(r"\b(?:without|leave out|drop|remove|skip|lose|take out) (?:the|that|this) (?P<old>[a-z -]+?)$")
_CHEAPER = re.compile(r"\b(?:cheaper|less expensive|for less|lower budget|too (?:dear|expensive|much))\b")
_THIS = re.compile(r"\b(?:the room|this|it|that|(?:the|this) (?:board|set|corner|look|outfit))\b")
_MOST_TEXT = 300


def as_curated(understanding: Understanding, desk: Desk) -> Understanding:
    """Return a wish for a set, or a change of the one on screen, as one clause."""
    whole = Clause("search", understanding.text, read_slots(understanding.text, desk.terms, desk.currency)[0])
    free = all(clause.intent in _FREE for clause in understanding.clauses)
    if not free or not (_wishes(whole, desk) or (proposed(desk) and _change_of(understanding.text))):
        return understanding
    return replace(understanding, clauses=(whole,))


def about_curated(clause: Clause, desk: Desk) -> Script | None:
    """Return the script for a wish for a set, what goes on a board, or a change of a proposal; None for any other."""
    if clause.intent not in _FREE:
        return None
    wish = board_wish(clause.text, desk.dialogue.text)
    if wish is not None and wish.do == "search":
        kinds = list(clause.slots.product_types)
        return _curate({"name": wish.name, "product_types": kinds, **_conditions(clause, desk)}, clause, desk)
    if proposed(desk) and (change := _change_of(clause.text)):
        return _changed(change, clause, desk)
    if not _wishes(clause, desk):
        return None
    board = desk.dialogue.board
    # A board on screen is completed where no other theme is named: 'complete the room', not 'an outfit for work'.
    same = board is not None and board.board_id and on_screen(desk) and _THIS.search(clause.text)
    beside = {"name": board.name} if board is not None and same else {}
    return _curate({**beside, **_conditions(clause, desk)}, clause, desk)


def _wishes(clause: Clause, desk: Desk) -> bool:
    """Tell a wish for a whole room or outfit from one for a thing in it."""
    if clause.slots.product_types or clause.reference.kind not in ("none", "it", "all", "type"):
        return False
    if _COMPLETE.search(clause.text) and (read_theme(clause.text) is not None or on_screen(desk)):
        return True
    wish = set_wish(clause.text, desk.terms, desk.currency)
    return wish is not None and bool(wish.name)


def _conditions(clause: Clause, desk: Desk) -> dict[str, Any]:
    # 'Around 1500' finds single things of a quarter more, too; a set keeps to the sum that was said.
    around = read_price(clause.text, desk.currency).around
    high = around if around is not None else clause.slots.price_max
    most = high if high is not None else budget(desk, ())
    return {
        "text": clause.text[:_MOST_TEXT],
        **({"total": most} if most is not None else {}),
        "colours": list(clause.slots.colours),
        "materials": list(clause.slots.materials),
        "for_somebody": for_others(clause.text),
    }


def _curate(args: dict[str, Any], clause: Clause, desk: Desk) -> Script:
    given = {name: value for name, value in args.items() if value}
    (outcome,) = yield (Call("boards", {"do": "curate", **given}),)
    board = outcome.board()
    if outcome.error is not None or board is None:
        return nothing_curated(outcome.error, stays=proposed(desk))
    return curated(board, outcome.facts)


def _change_of(text: str) -> re.Match[str] | None:
    plain = text.strip(" .!?")
    return _SWAP.search(plain) or _DROP.search(plain) or _CHEAPER.search(plain)


def _changed(change: re.Match[str], clause: Clause, desk: Desk) -> Script:
    """Put the set together again: the pieces that were not named stay, the one that was goes."""
    before = dict(desk.dialogue.showings[-1].call.args) if desk.dialogue.showings[-1].call else {}
    row = [desk.dialogue.items[each] for each in desk.dialogue.showings[-1].ids]
    groups = change.groupdict()
    named = groups.get("old") or groups.get("other") or groups.get("no")
    if named is None:
        return (yield from _cheaper(before, row, clause, desk))
    leaving = _piece(named, row, desk)
    if leaving is None:
        return ask_which(desk, tuple(item.product_id for item in row))
    rest = [item for item in row if item is not leaving]
    if change.re is _DROP:
        kinds = [item.product_type for item in rest]
        return (yield from _curate({**before, "product_ids": _ids(rest), "product_types": kinds}, clause, desk))
    slots, _ = read_slots(groups.get("new") or "", desk.terms, desk.currency)
    args: dict[str, Any] = {
        **before,
        "product_ids": _ids(rest),
        "product_types": list(slots.product_types) or [leaving.product_type],
        "not_ids": [*before.get("not_ids", []), leaving.product_id],
        "colours": list(slots.colours),
        "materials": list(slots.materials),
    }
    if groups.get("cheaper"):
        args["price_max"] = _cost(leaving) - 1
    return (yield from _curate(args, clause, desk))


def _cheaper(before: dict[str, Any], row: Sequence[Item], clause: Clause, desk: Desk) -> Script:
    said = read_price(normal(clause.text), desk.currency).price_max
    now = sum(_cost(item) for item in row)
    return (yield from _curate({**before, "product_ids": [], "total": said or now * 4 // 5}, clause, desk))


def _piece(named: str, row: Sequence[Item], desk: Desk) -> Item | None:
    slots, _ = read_slots(named, desk.terms, desk.currency)
    kinds = set(slots.product_types)
    found = next((item for item in row if item.product_type in kinds), None)
    if found is not None:
        return found
    ids = point(Reference("it"), desk.dialogue).ids if named.strip() in ("it", "one", "that") else ()
    return desk.dialogue.items[ids[0]] if len(ids) == 1 else None


def _ids(items: Sequence[Item]) -> list[str]:
    return [item.product_id for item in items]


def _cost(item: Item) -> int:
    return (item.price_to or item.price).amount
