"""Boards: a shopper's named collections of products, every change undoable, shown to others only by a link."""

import secrets
from collections.abc import Callable, Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from policies.errors import Refused
from policies.principal import Principal
from shop.board_edits import (
    LONGEST_NAME,
    MOST_BOARDS,
    BoardContents,
    BoardView,
    PieceView,
    clean_name,
    described,
    noted,
    put_on,
    restored,
    same_name,
    taken_off,
)
from shop.board_rows import (
    BEGIN,
    BY_LINK,
    DROP_UNDO,
    EMPTY,
    END,
    END_BOARD,
    KEEP_UNDO,
    LAST_UNDO,
    LINK,
    LISTED,
    ONE,
    TAKE_UNDO,
    TURN,
    HeldBoard,
    board_views,
    fill,
    held_board,
    titles_of,
    unknown_board,
)
from shop.context import ShopContext
from shop.events import Event, append

_UNDO_DEPTH = 50

Edit = Callable[[BoardContents], BoardContents]


class Boards:
    """Reads and changes the principal's own boards."""

    def __init__(self, context: ShopContext) -> None:
        self._context = context

    async def mine(self, p: Principal) -> list[BoardView]:
        """Return all boards of the shopper, the one changed last first."""
        async with self._context.database.reading() as connection:
            return await board_views(connection, (await connection.execute(LISTED, {"whose": p.subject})).all())

    async def get(self, p: Principal, board_id: str) -> BoardView | None:
        """Return one of the shopper's own boards; another's looks like none."""
        async with self._context.database.reading() as connection:
            rows = (await connection.execute(ONE, {"whose": p.subject, "the_board": board_id})).all()
            return next(iter(await board_views(connection, rows)), None)

    async def named(self, p: Principal, name: str) -> BoardView | None:
        """Return the shopper's board of that name, however it is spelled: 'my hallway board' is Hallway."""
        return next((board for board in await self.mine(p) if same_name(board.name, name)), None)

    async def shared(self, link: str) -> BoardView | None:
        """Return the board that a link shows to whoever has it; nothing of whose it is."""
        async with self._context.database.reading() as connection:
            rows = (await connection.execute(BY_LINK, {"by_link": link})).all()
            return next(iter(await board_views(connection, rows)), None)

    async def create(self, p: Principal, name: str, pieces: Sequence[PieceView] = ()) -> BoardView:
        """Make a board; no two of a shopper have one name.

        Raises:
            Refused: "bad_name", "board_exists", "too_many_boards", "board_full" or "unknown_product".
        """
        called = clean_name(name)
        async with self._context.database.writing(p.subject) as connection:
            await self._require_free(connection, p, called)
            contents = put_on(BoardContents(called), pieces)
            titles = await titles_of(connection, contents, [piece.product_id for piece in pieces])
            board_id = f"brd_{secrets.token_urlsafe(12)}"
            now = self._context.now()
            values = {"board_id": board_id, "subject": p.subject, "name": called, "version": 1, "link": None}
            await connection.execute(BEGIN, {**values, "made_at": now, "changed_at": now})
            await fill(connection, board_id, contents)
            await self._saved(connection, p, [piece.product_id for piece in contents.pieces])
            said = described(BoardContents(called), contents, titles) if pieces else f"made the board {called}"
            return await self._view(connection, p, board_id, said)

    async def add(
        self, p: Principal, board_id: str, pieces: Sequence[PieceView], *, expected_version: int | None = None
    ) -> BoardView:
        """Put products on a board; one that is there already takes the newer variant and note.

        Raises:
            Refused: "unknown_board", "board_changed", "board_full" or "unknown_product".
        """
        return await self._edit(p, board_id, lambda before: put_on(before, pieces), expected_version)

    async def remove(
        self, p: Principal, board_id: str, product_ids: Sequence[str], *, expected_version: int | None = None
    ) -> BoardView:
        """Take products off, all or none.

        Raises:
            Refused: "unknown_board", "board_changed" or "not_on_board".
        """
        return await self._edit(p, board_id, lambda before: taken_off(before, product_ids), expected_version)

    async def note(
        self, p: Principal, board_id: str, product_id: str, note: str, *, expected_version: int | None = None
    ) -> BoardView:
        """Write a note at a product on a board; "" takes it away.

        Raises:
            Refused: "unknown_board", "board_changed" or "not_on_board".
        """
        return await self._edit(p, board_id, lambda before: noted(before, product_id, note), expected_version)

    async def rename(self, p: Principal, board_id: str, name: str, *, expected_version: int | None = None) -> BoardView:
        """Call a board something else.

        Raises:
            Refused: "unknown_board", "board_changed", "bad_name" or "board_exists".
        """
        called = clean_name(name)

        def edit(before: BoardContents) -> BoardContents:
            return BoardContents(called, before.pieces)

        return await self._edit(p, board_id, edit, expected_version)

    async def undo(self, p: Principal, board_id: str, *, expected_version: int | None = None) -> BoardView:
        """Take the board's last change back, exactly; again for the one before. Without one, nothing happens.

        Raises:
            Refused: "unknown_board", "board_changed", or "board_exists" when another took the old name since.
        """
        async with self._context.database.writing(p.subject) as connection:
            held = await held_board(connection, p, board_id, expected_version)
            last = (await connection.execute(LAST_UNDO, {"the_board": board_id})).mappings().one_or_none()
            if last is None:
                return await self._view(connection, p, board_id, "nothing changed")
            before = restored(last["before"])
            if not same_name(before.name, held.contents.name):
                await self._require_free(connection, p, before.name, board_id)
            await connection.execute(TAKE_UNDO, {"the_board": board_id, "undone": last["version"]})
            await self._write(connection, held, before)
            return await self._view(connection, p, board_id, f"took back: {last['changed']}")

    async def duplicate(self, p: Principal, board_id: str) -> BoardView:
        """Make a board like this one, with its notes, under a name that is free; it is not shared.

        Raises:
            Refused: "unknown_board" or "too_many_boards".
        """
        board, taken = await self.get(p, board_id), [each.name for each in await self.mine(p)]
        if board is None:
            raise unknown_board()
        copy = f"{board.name[: LONGEST_NAME - 8].rstrip()} copy"
        numbered = [copy, *(f"{copy} {number}" for number in range(2, MOST_BOARDS + 2))]
        name = next(each for each in numbered if not any(same_name(each, other) for other in taken))
        return await self.create(p, name, board.pieces)

    async def share(self, p: Principal, board_id: str) -> BoardView:
        """Give a board a link by which anybody may look at it; one that has a link keeps it.

        Raises:
            Refused: "unknown_board".
        """
        async with self._context.database.writing(p.subject) as connection:
            held = await held_board(connection, p, board_id)
            link = held.row.link or secrets.token_urlsafe(24)
            await connection.execute(LINK, {"the_board": board_id, "with_link": link})
            return await self._view(connection, p, board_id, f"{held.contents.name} can be seen by its link")

    async def unshare(self, p: Principal, board_id: str) -> BoardView:
        """Let the link show nothing any more, for good: sharing again makes another.

        Raises:
            Refused: "unknown_board".
        """
        async with self._context.database.writing(p.subject) as connection:
            held = await held_board(connection, p, board_id)
            await connection.execute(LINK, {"the_board": board_id, "with_link": None})
            return await self._view(connection, p, board_id, f"nobody else sees {held.contents.name} now")

    async def delete(self, p: Principal, board_id: str) -> bool:
        """Remove a board with its notes and its link for good; returns whether there was one."""
        async with self._context.database.writing(p.subject) as connection:
            if (await connection.execute(ONE, {"whose": p.subject, "the_board": board_id})).one_or_none() is None:
                return False
            for statement in (*END, END_BOARD):
                await connection.execute(statement, {"the_board": board_id})
            return True

    async def _edit(self, p: Principal, board_id: str, edit: Edit, expected_version: int | None) -> BoardView:
        async with self._context.database.writing(p.subject) as connection:
            held = await held_board(connection, p, board_id, expected_version)
            before, after = held.contents, edit(held.contents)
            if not same_name(after.name, before.name):
                await self._require_free(connection, p, after.name, board_id)
            known = {piece.product_id for piece in before.pieces}
            titles = await titles_of(
                connection, after, fresh := [x.product_id for x in after.pieces if x.product_id not in known]
            )
            titles |= await titles_of(connection, before, ())
            words = described(before, after, titles)
            if after != before:
                version = await self._write(connection, held, after)
                undo = {"board_id": board_id, "version": version, "before": before.dump(), "changed": words}
                await connection.execute(KEEP_UNDO, undo)
                await self._saved(connection, p, fresh)
                await connection.execute(DROP_UNDO, {"the_board": board_id, "up_to": version - _UNDO_DEPTH})
            return await self._view(connection, p, board_id, words)

    async def _saved(self, connection: AsyncConnection, p: Principal, product_ids: Sequence[str]) -> None:
        events = [Event("save", product_id, "books") for product_id in product_ids]
        await append(connection, self._context, (p.subject, p.session_id), events)

    async def _write(self, connection: AsyncConnection, held: HeldBoard, after: BoardContents) -> int:
        board_id, version = held.row.board_id, held.row.version + 1
        values = {"the_board": board_id, "to": version, "called": after.name, "at": self._context.now()}
        await connection.execute(TURN, values)
        await connection.execute(EMPTY, {"the_board": board_id})
        await fill(connection, board_id, after)
        return version

    async def _require_free(self, connection: AsyncConnection, p: Principal, name: str, but: str = "") -> None:
        rows = (await connection.execute(LISTED, {"whose": p.subject})).all()
        if any(same_name(row.name, name) for row in rows if row.board_id != but):
            raise Refused("board_exists", f"You have a board called {name} already. Choose another name.")
        if not but and len(rows) >= MOST_BOARDS:
            raise Refused("too_many_boards", f"You can keep up to {MOST_BOARDS} boards. Delete one to make room.")

    async def _view(self, connection: AsyncConnection, p: Principal, board_id: str, words: str) -> BoardView:
        rows = (await connection.execute(ONE, {"whose": p.subject, "the_board": board_id})).all()
        (view,) = await board_views(connection, rows)
        return view.model_copy(update={"changed": words})
