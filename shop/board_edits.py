"""Pure edits of a board: what lies on it before and after, and the difference in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from policies.errors import Refused
from policies.words import plain
from shop.views import View

MOST_PIECES = 60
MOST_BOARDS = 60
LONGEST_NAME = 60
LONGEST_NOTE = 300


class PieceView(View):
    """A product on a board; `variant_id` is set where one was chosen."""

    product_id: str
    variant_id: str | None = None
    note: str = ""


class BoardView(View):
    """A board as the books have it; `changed` says what the call that returned it did."""

    board_id: str
    name: str
    version: int
    pieces: tuple[PieceView, ...]
    link: str | None = None
    changed_at: datetime
    changed: str = ""
    can_undo: bool = False

    @property
    def product_ids(self) -> tuple[str, ...]:
        """What lies on it, in order."""
        return tuple(piece.product_id for piece in self.pieces)


@dataclass(frozen=True, slots=True)
class BoardContents:
    """Everything that undo restores: the name, and the pieces in order."""

    name: str
    pieces: tuple[PieceView, ...] = ()

    def dump(self) -> dict[str, Any]:
        """Return plain JSON for the undo stack."""
        return {"name": self.name, "pieces": [piece.model_dump() for piece in self.pieces]}


def restored(data: Mapping[str, Any]) -> BoardContents:
    """Read what `BoardContents.dump` wrote."""
    return BoardContents(data["name"], tuple(PieceView.model_validate(piece) for piece in data["pieces"]))


def clean_name(name: str) -> str:
    """Return a board's name on one line.

    Raises:
        Refused: "bad_name" when nothing readable is left of it.
    """
    kept = plain(name.encode("utf-8", "replace").decode(), LONGEST_NAME)
    if not kept:
        raise Refused("bad_name", "A board needs a name. Give it one of a few words.")
    return kept


def clean_note(note: str) -> str:
    """Return a note on one line."""
    return plain(note.encode("utf-8", "replace").decode(), LONGEST_NOTE)


def same_name(one: str, other: str) -> bool:
    """Say whether two names are one to a shopper who speaks them."""
    return _spoken(one) == _spoken(other)


def _spoken(name: str) -> str:
    return " ".join(name.casefold().split()).removesuffix(" board").removeprefix("the ").removeprefix("my ")


def put_on(before: BoardContents, pieces: Sequence[PieceView]) -> BoardContents:
    """Return the contents with more pieces; one that is there already takes the newer variant and note.

    Raises:
        Refused: "board_full".
    """
    held = {piece.product_id: piece for piece in before.pieces}
    for piece in pieces:
        old = held.get(piece.product_id)
        held[piece.product_id] = piece if old is None else _renewed(old, piece)
    if len(held) > MOST_PIECES:
        raise Refused("board_full", f"A board holds up to {MOST_PIECES} things. Start another one for these.")
    return replace(before, pieces=tuple(held.values()))


def _renewed(old: PieceView, new: PieceView) -> PieceView:
    return PieceView(product_id=old.product_id, variant_id=new.variant_id or old.variant_id, note=new.note or old.note)


def taken_off(before: BoardContents, product_ids: Sequence[str]) -> BoardContents:
    """Return the contents without these products.

    Raises:
        Refused: "not_on_board" when one of them is not there; nothing is changed then.
    """
    _require(before, product_ids)
    return replace(before, pieces=tuple(piece for piece in before.pieces if piece.product_id not in product_ids))


def noted(before: BoardContents, product_id: str, note: str) -> BoardContents:
    """Return the contents with a note at one product; "" takes the note away.

    Raises:
        Refused: "not_on_board".
    """
    _require(before, [product_id])
    text = clean_note(note)
    pieces = tuple(
        piece.model_copy(update={"note": text}) if piece.product_id == product_id else piece for piece in before.pieces
    )
    return replace(before, pieces=pieces)


def _require(before: BoardContents, product_ids: Sequence[str]) -> None:
    held = {piece.product_id for piece in before.pieces}
    missing = [product_id for product_id in product_ids if product_id not in held]
    if missing:
        raise Refused("not_on_board", f"That is not on the board {before.name}.", {"product_ids": missing})


def described(before: BoardContents, after: BoardContents, titles: Mapping[str, str]) -> str:
    """Say what differs: 'saved Reed runner to Hallway', 'took Fen desk off Hallway'."""
    old = {piece.product_id: piece for piece in before.pieces}
    new = {piece.product_id: piece for piece in after.pieces}

    def names(ids: Sequence[str]) -> str:
        return ", ".join(plain(titles.get(each, "a product no longer sold"), 80) for each in ids)

    came, went = [each for each in new if each not in old], [each for each in old if each not in new]
    touched = [each for each in new if each in old and new[each] != old[each]]
    said = [
        f"renamed {before.name} to {after.name}" if after.name != before.name else "",
        f"saved {names(came)} to {after.name}" if came else "",
        f"took {names(went)} off {after.name}" if went else "",
        f"noted at {names(touched)}" if touched else "",
    ]
    return "; ".join(each for each in said if each) or "nothing changed"
