"""Scripts for boards: keep things on them, show them, share them, buy what is on them, look for what goes with them."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from assistant.compact.board_words import BoardWish, board_wish
from assistant.compact.lending import speaks_for_others
from assistant.compact.meaning import Clause, Reference, Understanding
from assistant.compact.outcomes import Call, Outcome
from assistant.compact.pointing import Pointed, point
from assistant.compact.returning import goes_back
from assistant.compact.say_boards import changed_board, list_of, put_in_cart, refused_board, shown_board
from assistant.compact.scripts import Desk, Script, ask_which
from assistant.compact.understand import read_clause

_MANY = ("them", "these", "those", "all", "everything", "both", "set", "look", "outfit", "corner", "room", "lot")
_ONE = ("it", "this", "that")


_CART = re.compile(r"\b(?:cart|basket|bag|trolley)\b")
_SHARE = re.compile(r"\bshare (?:it|this|that|them|these|those|(?:the|this|that) set)\b")
_KEEP = re.compile(r"\b(?:save|keep|bookmark|store|pin) (?:it|that|this|them|these|those|(?:the|this|that) set)\b")


def as_board(understanding: Understanding, desk: Desk) -> Understanding:
    """Return a message about a board as one clause: 'save the lamp and the rug to my Hallway board'."""
    wish = board_wish(understanding.text, desk.dialogue.text)
    if wish is None or wish.do == "search":
        return understanding
    clause = read_clause(understanding.text, desk.dialogue, desk.terms, desk.currency)
    return replace(understanding, clauses=(replace(clause, intent="board"),))


def about_board(clause: Clause, desk: Desk) -> Script | None:
    """Return the script for a wish about a board, None for any other clause."""
    if clause.intent == "undo" and _changed_last(desk):
        return _change(BoardWish("undo", _last_name(desk), ""), desk)
    if proposed(desk) and _KEEP.search(clause.text) and board_wish(clause.text, desk.dialogue.text) is None:
        return _put(BoardWish("add", None, "set"), desk)
    if on_screen(desk) and _SHARE.search(clause.text):
        return _not_kept() if proposed(desk) else _change(BoardWish("share", _last_name(desk), ""), desk)
    whole = clause.intent in ("buy", "add_to_cart") and clause.reference.kind in ("all", "it", "none")
    if whole and on_screen(desk) and not _in_cart(desk):
        return _all_of_it(desk)
    if clause.intent == "view_cart" and proposed(desk) and not _CART.search(clause.text):
        return _sum(desk)
    wish = board_wish(clause.text, desk.dialogue.text)
    if wish is None:
        kept = clause.intent == "board" and goes_back(clause, desk) is None
        return _show(BoardWish("show", None, ""), desk) if kept else None
    if wish.do == "to_cart" and wish.name is None and on_screen(desk):
        return _all_of_it(desk)
    return None if wish.do == "search" else _DOING.get(wish.do, _change)(wish, desk)


def _show(wish: BoardWish, desk: Desk) -> Script:
    (outcome,) = yield (_call("show", wish),)
    board = outcome.board()
    if outcome.error is not None:
        return refused_board(outcome.error)
    return shown_board(board) if board is not None else list_of(outcome)


def _put(wish: BoardWish, desk: Desk) -> Script:
    """Save what is meant; a new board may begin empty, and a set that was proposed keeps its name."""
    pointed = _meant(wish, desk)
    if wish.name is None and proposed(desk) and set(pointed.ids) == set(_row(desk)) and desk.dialogue.board:
        wish = replace(wish, name=desk.dialogue.board.name)
    if not pointed.ids and (wish.do == "add" or pointed.candidates):
        if not desk.dialogue.items:
            return "I haven't shown you anything to save yet. What are you looking for?"
        return ask_which(desk, pointed.candidates or _row(desk))
    items = [desk.dialogue.items[each] for each in pointed.ids]
    chosen = [item.variant_id for item in items if item.variant_id] if proposed(desk) else []
    present = speaks_for_others(desk.dialogue)
    (outcome,) = yield (_call(wish.do, wish, product_ids=list(pointed.ids), variant_ids=chosen, for_somebody=present),)
    return _told(outcome)


def _on_piece(wish: BoardWish, desk: Desk) -> Script:
    """Take something off a board or note something at it; the board is read first, so that its things can be named."""
    (shown,) = yield (_call("show", wish),)
    if shown.error is not None:
        return refused_board(shown.error)
    board = shown.board()
    if board is None:
        return list_of(shown)
    pointed = _meant(wish, desk)
    held = {item.product_id for item in board.items}
    ids = tuple(i for i in pointed.ids if i in held)
    if not ids or (wish.do == "note" and len(ids) > 1):
        return ask_which(desk, tuple(i for i in (*pointed.candidates, *ids) if i in held) or tuple(held))
    if wish.do == "note" and wish.text is None:
        return "What shall the note say? Write it after a colon, as in 'note at the lamp: for the left wall'."
    more = {"text": wish.text} if wish.do == "note" else {}
    (outcome,) = yield (_call(wish.do, wish, product_ids=list(ids), **more),)
    return _told(outcome)


def _change(wish: BoardWish, desk: Desk) -> Script:
    if wish.do == "rename" and wish.text is None:
        return "What shall the board be called? Say for instance 'rename my Hallway board to Entrance'."
    more = {"text": wish.text} if wish.do == "rename" else {}
    (outcome,) = yield (_call(wish.do, wish, **more),)
    return _told(outcome)


def _to_cart(wish: BoardWish, desk: Desk, **pieces: Sequence[str]) -> Script:
    """Fill the cart with one of everything on the board, or of these; nothing is ordered by that."""
    (outcome,) = yield (_call("to_cart", wish, **pieces),)
    if outcome.error is not None and outcome.error.code != "nothing_to_add":
        return refused_board(outcome.error)
    facts = outcome.error.facts if outcome.error is not None else outcome.facts
    return put_in_cart(outcome.cart(), facts)


def _all_of_it(desk: Desk) -> Script:
    """Fill the cart with one of everything on screen, on a board or a set that is only proposed."""
    if not proposed(desk):
        return _to_cart(BoardWish("to_cart", _last_name(desk), ""), desk)
    chosen = [desk.dialogue.items[each].variant_id for each in _row(desk)]
    pieces = {"product_ids": list(_row(desk)), "variant_ids": [each for each in chosen if each]}
    return _to_cart(BoardWish("to_cart", None, ""), desk, **pieces)


def _told(outcome: Outcome) -> str:
    board = outcome.board()
    if outcome.error is not None or board is None:
        return refused_board(outcome.error)
    return changed_board(board, new=bool(outcome.facts.get("new")))


def _call(do: str, wish: BoardWish, **more: Any) -> Call:
    named = {"name": wish.name} if wish.name else {}
    return Call("boards", {"do": do, **named, **{name: value for name, value in more.items() if value}})


def _meant(wish: BoardWish, desk: Desk) -> Pointed:
    """Return the things that the words beside the board's name point at."""
    clause = read_clause(wish.rest, desk.dialogue, desk.terms, desk.currency)
    words = set(wish.rest.replace(",", " ").split())
    row = _row(desk)
    if clause.reference and clause.reference.kind not in ("it", "all"):
        return point(clause.reference, desk.dialogue)
    if clause.slots.product_types:
        kinds = Reference("type", product_types=clause.slots.product_types)
        return point(kinds, desk.dialogue)
    if words & set(_MANY) or (words & set(_ONE) and proposed(desk)):
        return Pointed(row)
    if words & set(_ONE) or wish.do == "add":
        focus = desk.dialogue.focus if len(desk.dialogue.focus) == 1 else row if len(row) == 1 else ()
        return Pointed(focus) if focus else Pointed(candidates=row)
    return Pointed()


def _sum(desk: Desk) -> Script:
    """Say what the set on screen costs together: none of it is in the cart yet."""
    yield from ()
    board = desk.dialogue.board
    return f"{board.name}: {board.total} together." if board is not None else ""


def _not_kept() -> Script:
    yield from ()
    return "Say 'save it as a board' first, then 'share it'."


def _row(desk: Desk) -> tuple[str, ...]:
    return desk.dialogue.latest.ids if desk.dialogue.latest else ()


def proposed(desk: Desk) -> bool:
    """Tell whether what is on screen was put together as a set and is not kept yet."""
    return on_screen(desk) and desk.dialogue.board is not None and not desk.dialogue.board.board_id


def on_screen(desk: Desk) -> bool:
    """Tell whether a board, kept or proposed, is what was shown last."""
    return desk.dialogue.latest is not None and desk.dialogue.latest.relation == "board"


def _in_cart(desk: Desk) -> bool:
    """Tell whether things of the row on screen were put into the cart: then "buy it" is the cart."""
    held = {line.product_id for line in desk.dialogue.cart.lines} if desk.dialogue.cart else set[str]()
    return not held.isdisjoint(_row(desk))


def _changed_last(desk: Desk) -> bool:
    calls = [call for call in desk.dialogue.last_calls if call.name in ("boards", "add_to_cart", "change_cart")]
    return bool(calls) and calls[-1].name == "boards" and calls[-1].args.get("do") not in ("show", "to_cart", "undo")


def _last_name(desk: Desk) -> str | None:
    """Return the name of the board spoken of last."""
    board = desk.dialogue.board
    return board.name if board is not None and board.board_id else None


_DOING: Mapping[str, Callable[[BoardWish, Desk], Script]] = {
    "show": _show,
    "to_cart": _to_cart,
    "add": _put,
    "create": _put,
    "remove": _on_piece,
    "note": _on_piece,
}
