"""Scripts for sets: pieces of a room or an outfit chosen together under one sum, and one of them swapped."""

import re
from collections.abc import Generator, Sequence
from dataclasses import replace
from itertools import product
from typing import Any

from assistant.compact.finding import budget, needs, search
from assistant.compact.meaning import Clause, Reference, Understanding
from assistant.compact.outcomes import Call, Outcome
from assistant.compact.say_sets import begun, put_together, swapped, too_dear
from assistant.compact.scripts import Desk, Script, refusal
from assistant.compact.sets import Piece, SetWish, kinds_of, set_wish
from assistant.compact.slots import read_slots
from tools.records import Item

_SEARCHES = frozenset({"search", "refine", "recommend", "goes_with", "board", "remember", "out_of_scope", "help",
                       "ask_attribute", "add_to_cart", "answer_clarification"})  # fmt: skip
_CANDIDATES = 8  # Of each piece; what fits together is chosen among them.
_SWAP = re.compile(
    r"\b(?:swap|replace|change|exchange) (?:the |that |this |my )?(?P<old>[a-z -]+?)"
    r"(?: (?:for|with|to|by) (?P<new>.+))?$|\b(?:another|an? (?P<cheaper>cheaper)) (?P<other>[a-z -]+?)(?: instead)?$"
)

_BACK = re.compile(r"\b(?:swap|replace|exchange)\b")
_FAR = 3  # Rows back to which a set can still be changed.

Rows = list[list[Item]]


def as_one(understanding: Understanding, desk: Desk) -> Understanding:
    """Return a message that wishes for a set as one clause."""
    wish = set_wish(understanding.text, desk.terms, desk.currency)
    if wish is None or not all(c.intent in _SEARCHES and not _points(c.reference) for c in understanding.clauses):
        return understanding
    clause = replace(understanding.clauses[0], intent="search", text=understanding.text, reference=Reference())
    return replace(understanding, clauses=(clause,))


def _points(reference: Reference) -> bool:
    return reference.kind not in {"none", "it", "all", "type"}


def about_set(clause: Clause, desk: Desk) -> Script | None:
    """Return the script for a wish for a set or for a change of the one on screen, None for any other clause."""
    wish = set_wish(clause.text, desk.terms, desk.currency) if clause.intent == "search" else None
    if wish is not None and not _points(clause.reference):
        return _begin(wish, clause, desk) if len(wish.pieces) == 1 else _together(wish, desk)
    swap = _SWAP.search(clause.text.strip(" .!?")) if _set_shown(desk) or _BACK.search(clause.text) else None
    return _swap(swap, desk) if swap is not None and _leaving(swap, desk) else None


def _begin(wish: SetWish, clause: Clause, desk: Desk) -> Script:
    """Show the piece that an outfit starts with; the rest is matched to the one that is chosen."""
    first = replace(clause, intent="search", slots=replace(wish.pieces[0].slots, soft=()), reference=Reference())
    said = yield from search(first, desk)
    return begun(said, any(i in desk.dialogue.need_shown for i in desk.dialogue.items))


def _together(wish: SetWish, desk: Desk) -> Script:
    """Choose one of each piece so that the sum holds, and show them as a row."""
    total = wish.total if wish.total is not None else budget(desk, kinds_of(wish.pieces))
    wish = replace(wish, total=total)
    rows = yield from _rows(wish.pieces, total, {"limit": _CANDIDATES})
    chosen = _chosen(rows, wish)
    if not chosen and all(rows):
        rows = yield from _rows(wish.pieces, None, {"limit": 1, "sort": "price_low"})
        chosen = _chosen(rows, wish)
    if not chosen:
        return too_dear(wish, [row[0] for row in rows if row])
    (outcome,) = yield (Call("product_details", {"product_ids": [item.product_id for item in chosen]}),)
    return refusal(outcome.error) if outcome.error is not None else put_together(wish, chosen)


def _rows(
    pieces: Sequence[Piece], total: int | None, how: dict[str, Any]
) -> Generator[tuple[Call, ...], tuple[Outcome, ...], Rows]:
    outcomes = yield tuple(Call("search_products", {**_args(piece, total), **how}) for piece in pieces)
    records = [outcome.products() for outcome in outcomes]
    return [list(record.items) if record is not None else [] for record in records]


def _args(piece: Piece, total: int | None) -> dict[str, Any]:
    args = {**needs(piece.slots), "product_types": list(piece.kinds), "in_stock": True}
    return args if total is None else {**args, "price_max": total // piece.count}


def _chosen(rows: Rows, wish: SetWish) -> tuple[Item, ...]:
    """Return the combination nearest to the top of every row that the sum allows; () where none does."""
    if not all(rows) or not rows:
        return ()
    ranked = sorted(product(*(range(len(row)) for row in rows)), key=sum)
    for places in ranked:
        items = tuple(row[at] for row, at in zip(rows, places, strict=True))
        if wish.total is None or cost(items, wish.pieces) <= wish.total:
            return items
    return ()


def cost(items: Sequence[Item], pieces: Sequence[Piece]) -> int:
    """Return what the pieces cost together, minor units."""
    return sum(item.price.amount * piece.count for item, piece in zip(items, pieces, strict=True))


def _set_shown(desk: Desk, back: int = 1) -> tuple[Item, ...]:
    """Return the set on screen: several looked at together, each of another kind; or one of the `back` last rows."""
    for row in reversed(desk.dialogue.showings[-back:]):
        items = tuple(desk.dialogue.items[i] for i in row.ids)
        if row.relation == "details" and len({i.product_type for i in items}) == len(items) > 1:
            return items
    return ()


def _leaving(swap: re.Match[str], desk: Desk) -> Item | None:
    """Return the piece to be swapped, None where the cart or nothing of the set is meant."""
    slots, _ = read_slots(swap["old"] or swap["other"] or "", desk.terms, desk.currency)
    held = {line.product_id for line in desk.dialogue.cart.lines} if desk.dialogue.cart else set[str]()
    kinds = set(slots.product_types)
    return next((i for i in _set_meant(swap, desk) if i.product_type in kinds and i.product_id not in held), None)


def _set_meant(swap: re.Match[str], desk: Desk) -> tuple[Item, ...]:
    """Return the set a change is about: an earlier one only where the words say that a piece is changed for another."""
    return _set_shown(desk, _FAR if _BACK.search(swap.string) else 1)


def _swap(swap: re.Match[str], desk: Desk) -> Script:
    """Put another piece in the place of one; the sum named for the whole still holds."""
    items, old = _set_meant(swap, desk), _leaving(swap, desk)
    assert old is not None
    slots, _ = read_slots(swap["new"] or "", desk.terms, desk.currency)
    rest = sum(i.price.amount for i in items if i is not old)
    total = budget(desk, tuple(i.product_type for i in items))
    args = {**needs(replace(slots, soft=(), said_type="")), "product_types": [old.product_type], "in_stock": True}
    if slots.relative == "cheaper" or swap["cheaper"]:
        args["price_max"] = old.price.amount - 1
    if total is not None:
        args["price_max"] = min(args.get("price_max", total), max(total - rest, 0))
    (outcome,) = yield (Call("search_products", {**args, "not_ids": [old.product_id], "limit": _CANDIDATES}),)
    record = outcome.products()
    if outcome.error is not None or record is None:
        return refusal(outcome.error) if outcome.error else "I found nothing for that."
    if not record.items:
        return swapped(old, None, items, slots, total)
    new = record.items[0]
    now = tuple(new if i is old else i for i in items)
    (shown,) = yield (Call("product_details", {"product_ids": [i.product_id for i in now]}),)
    return refusal(shown.error) if shown.error is not None else swapped(old, new, now, slots, total)
