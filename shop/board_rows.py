"""How boards lie in the books: their statements, and rows read as views."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import String, bindparam, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from policies.errors import Refused
from policies.principal import Principal
from shop.board_edits import BoardContents, BoardView, PieceView
from shop.board_tables import board_pieces, board_undo, boards
from shop.tables import offers

WHOSE = bindparam("whose", type_=String)
THE_BOARD = bindparam("the_board", type_=String)
LISTED = select(boards).where(boards.c.subject == WHOSE).order_by(boards.c.changed_at.desc(), boards.c.board_id)
ONE = select(boards).where(boards.c.subject == WHOSE, boards.c.board_id == THE_BOARD)
BY_LINK = select(boards).where(boards.c.link == bindparam("by_link", type_=String))
PIECES = (
    select(board_pieces)
    .where(board_pieces.c.board_id.in_(bindparam("which", expanding=True)))
    .order_by(board_pieces.c.board_id, board_pieces.c.position)
)
UNDOABLE = select(board_undo.c.board_id).where(board_undo.c.board_id.in_(bindparam("which", expanding=True))).distinct()
BEGIN = insert(boards)
TURN = (
    update(boards)
    .where(boards.c.board_id == THE_BOARD)
    .values(version=bindparam("to"), name=bindparam("called"), changed_at=bindparam("at"))
)
LINK = update(boards).where(boards.c.board_id == THE_BOARD).values(link=bindparam("with_link", type_=String))
EMPTY = delete(board_pieces).where(board_pieces.c.board_id == THE_BOARD)
FILL = insert(board_pieces)
KEEP_UNDO = insert(board_undo)
LAST_UNDO = select(board_undo).where(board_undo.c.board_id == THE_BOARD).order_by(board_undo.c.version.desc()).limit(1)
TAKE_UNDO = delete(board_undo).where(board_undo.c.board_id == THE_BOARD, board_undo.c.version == bindparam("undone"))
DROP_UNDO = delete(board_undo).where(board_undo.c.board_id == THE_BOARD, board_undo.c.version <= bindparam("up_to"))
END = (delete(board_undo).where(board_undo.c.board_id == THE_BOARD), EMPTY)
END_BOARD = delete(boards).where(boards.c.board_id == THE_BOARD)
TITLES = (
    select(offers.c.product_id, offers.c.product_title)
    .where(offers.c.product_id.in_(bindparam("which", expanding=True)))
    .distinct()
)


@dataclass(frozen=True, slots=True)
class HeldBoard:
    """A board's row with what lies on it."""

    row: Any
    contents: BoardContents


async def held_board(
    connection: AsyncConnection, p: Principal, board_id: str, expected: int | None = None
) -> HeldBoard:
    """Read the shopper's board within a write that names the shopper.

    Raises:
        Refused: "unknown_board", or "board_changed" when the caller looked at another version.
    """
    row = (await connection.execute(ONE, {"whose": p.subject, "the_board": board_id})).one_or_none()
    if row is None:
        raise unknown_board()
    if expected is not None and expected != row.version:
        text = "The board changed in the meantime. Look at it again."
        raise Refused("board_changed", text, {"expected": expected, "version": row.version})
    (view,) = await board_views(connection, [row])
    return HeldBoard(row, BoardContents(view.name, view.pieces))


def unknown_board() -> Refused:
    """Return the refusal of a board that is not there, or is somebody else's."""
    return Refused("unknown_board", "There is no such board. Your boards are on the page Boards.")


async def board_views(connection: AsyncConnection, rows: Sequence[Any]) -> list[BoardView]:
    """Return rows of boards with what lies on them, in the order given."""
    which = {"which": [row.board_id for row in rows]}
    pieces: dict[str, list[PieceView]] = {}
    for piece in (await connection.execute(PIECES, which)).all() if rows else ():
        view = PieceView(product_id=piece.product_id, variant_id=piece.variant_id, note=piece.note)
        pieces.setdefault(piece.board_id, []).append(view)
    undoable = set((await connection.execute(UNDOABLE, which)).scalars()) if rows else set[str]()
    return [
        BoardView(
            board_id=row.board_id,
            name=row.name,
            version=row.version,
            pieces=tuple(pieces.get(row.board_id, ())),
            link=row.link,
            changed_at=row.changed_at,
            can_undo=row.board_id in undoable,
        )
        for row in rows
    ]


async def titles_of(connection: AsyncConnection, contents: BoardContents, fresh: Sequence[str]) -> dict[str, str]:
    """Return the titles of what lies there; what is new must be among the shop's goods."""
    which = {"which": [piece.product_id for piece in contents.pieces]}
    found = {row.product_id: row.product_title for row in (await connection.execute(TITLES, which)).all()}
    strange = [product_id for product_id in fresh if product_id not in found]
    if strange:
        raise Refused("unknown_product", "The shop has no such product.", {"product_ids": strange})
    return found


async def fill(connection: AsyncConnection, board_id: str, contents: BoardContents) -> None:
    """Write what lies on a board that is empty."""
    rows = [
        {"board_id": board_id, "position": position, **piece.model_dump()}
        for position, piece in enumerate(contents.pieces)
    ]
    if rows:
        await connection.execute(FILL, rows)
