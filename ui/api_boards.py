"""Routes of the shopper's boards, and of one that somebody shared."""

from collections.abc import Awaitable
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Response

from policies.errors import Refused
from policies.principal import Principal
from shop.board_edits import BoardView, PieceView, clean_note
from tools.board_cards import board_record, boards_record, pieces_shown
from tools.bookkeeping import cart_record
from tools.records import Board, Boards
from tools.sizing import split_pieces
from ui.bodies_boards import BoardBought, BoardMade, BoardNamed, LeftTold, NotePut, PiecePut, SharedBoardTold
from ui.identity import Shopper
from ui.openapi import problems
from ui.problems import HttpProblem, not_found
from ui.services import Served, Services

router = APIRouter(prefix="/v1/boards", tags=["boards"])

IfMatch = Annotated[
    str | None, Header(description='The board\'s version as its ETag gave it, e.g. `"3"`.', pattern=r'^"?\d{1,12}"?$')
]
_CHANGING = problems(400, 401, 403, 404, 409, 412, 413, 422, 503)


class Changing:
    """What every change of a board goes by: whose it is, the version named, and where its ETag goes."""

    def __init__(self, principal: Shopper, services: Served, response: Response, if_match: IfMatch = None) -> None:
        self.principal = principal
        self.boards = services.app.books.boards
        self.version = None if if_match is None else int(if_match.strip('"'))
        self._services = services
        self._response = response

    async def told(self, change: Awaitable[BoardView]) -> Board:
        """Make the change and answer with the board; one that moved on is a failed precondition."""
        try:
            view = await change
        except Refused as refused:
            if refused.code == "board_changed":
                raise HttpProblem(412, refused.code, refused.text, refused.facts) from refused
            raise
        return await _told(view, self._services, self._response)


Changes = Annotated[Changing, Depends()]


async def _told(view: BoardView, services: Services, response: Response) -> Board:
    response.headers["ETag"] = f'"{view.version}"'
    return await board_record(view, services.app.catalog, services.app.books)


@router.get("", operation_id="list_boards", responses=problems(401, 403, 503))
async def list_boards(principal: Shopper, services: Served) -> Boards:
    """List the shopper's boards, the one changed last first."""
    return await boards_record(await services.app.books.boards.mine(principal), services.app.catalog)


@router.post("", status_code=201, operation_id="make_board", responses=problems(400, 401, 403, 409, 413, 422, 503))
async def make_board(made: BoardMade, principal: Shopper, services: Served, response: Response) -> Board:
    """Make a board, empty or with things on it."""
    view = await services.app.books.boards.create(principal, made.name, [_piece(each) for each in made.pieces])
    return await _told(view, services, response)


@router.get("/shared/{link}", operation_id="read_shared_board", responses=problems(404, 503))
async def read_shared_board(link: str, services: Served) -> SharedBoardTold:
    """Look at a board by its link; needs no token, and tells nothing of whose it is."""
    view = await services.app.books.boards.shared(link)
    if view is None:
        raise not_found()
    record = await board_record(view, services.app.catalog, services.app.books)
    return SharedBoardTold(name=record.name, items=record.items, notes=record.notes, options=record.options)


@router.get("/{board_id}", operation_id="read_board", responses=problems(401, 403, 404, 503))
async def read_board(board_id: str, principal: Shopper, services: Served, response: Response) -> Board:
    """Read one of the shopper's own boards; its ETag is the version a change may name."""
    return await _told(await _mine(board_id, principal, services), services, response)


@router.put("/{board_id}", operation_id="rename_board", responses=_CHANGING)
async def rename_board(board_id: str, named: BoardNamed, changing: Changes) -> Board:
    """Call a board something else."""
    boards, p = changing.boards, changing.principal
    return await changing.told(boards.rename(p, board_id, named.name, expected_version=changing.version))


@router.delete("/{board_id}", status_code=204, operation_id="delete_board", responses=problems(401, 403, 404, 503))
async def delete_board(board_id: str, principal: Shopper, services: Served) -> Response:
    """Delete a board with its notes and its link, for good."""
    if not await services.app.books.boards.delete(principal, board_id):
        raise not_found()
    return Response(status_code=204)


@router.post("/{board_id}/items", operation_id="put_on_board", responses=_CHANGING)
async def put_on_board(board_id: str, piece: PiecePut, changing: Changes) -> Board:
    """Put a product on a board; one that is there already takes the newer variant and note."""
    boards, p = changing.boards, changing.principal
    return await changing.told(boards.add(p, board_id, [_piece(piece)], expected_version=changing.version))


@router.put("/{board_id}/items/{product_id}", operation_id="note_on_board", responses=_CHANGING)
async def note_on_board(board_id: str, product_id: str, put: NotePut, changing: Changes) -> Board:
    """Write a note at a product on a board; an empty one takes it away."""
    boards, p = changing.boards, changing.principal
    return await changing.told(boards.note(p, board_id, product_id, put.note, expected_version=changing.version))


@router.delete("/{board_id}/items/{product_id}", operation_id="take_off_board", responses=_CHANGING)
async def take_off_board(board_id: str, product_id: str, changing: Changes) -> Board:
    """Take a product off a board."""
    boards, p = changing.boards, changing.principal
    return await changing.told(boards.remove(p, board_id, [product_id], expected_version=changing.version))


@router.post("/{board_id}/undo", operation_id="undo_board", responses=_CHANGING)
async def undo_board(board_id: str, changing: Changes) -> Board:
    """Take the last change of a board back; a second undo takes back the one before."""
    boards, p = changing.boards, changing.principal
    return await changing.told(boards.undo(p, board_id, expected_version=changing.version))


@router.post("/{board_id}/duplicate", status_code=201, operation_id="copy_board", responses=_CHANGING)
async def copy_board(board_id: str, changing: Changes) -> Board:
    """Make a board like this one, with its notes; the copy is not shared."""
    return await changing.told(changing.boards.duplicate(changing.principal, board_id))


@router.put("/{board_id}/link", operation_id="share_board", responses=_CHANGING)
async def share_board(board_id: str, changing: Changes) -> Board:
    """Give a board a link by which anybody may look at it; one that has a link keeps it."""
    return await changing.told(changing.boards.share(changing.principal, board_id))


@router.delete("/{board_id}/link", operation_id="unshare_board", responses=_CHANGING)
async def unshare_board(board_id: str, changing: Changes) -> Board:
    """Let the link show nothing any more; sharing again makes another."""
    return await changing.told(changing.boards.unshare(changing.principal, board_id))


@router.post("/{board_id}/cart", operation_id="buy_board", responses=problems(401, 403, 404, 409, 422, 503))
async def buy_board(board_id: str, principal: Shopper, services: Served) -> BoardBought:
    """Put one of everything on a board into the cart as one change; nothing is ordered by this."""
    books = services.app.books
    view = await _mine(board_id, principal, services)
    told = [each.told for each in await books.memory.current(principal) if not each.told.whom]
    split = split_pieces(await pieces_shown(view.pieces, services.app.catalog, books), told)
    cart = await books.carts.add_all(principal, split.variant_ids) if split.variant_ids else None
    return BoardBought(
        cart=cart_record(cart or await books.carts.view(principal)),
        left=[LeftTold.model_validate(each) for each in split.left],
    )


def _piece(put: PiecePut) -> PieceView:
    return PieceView(product_id=put.product_id, variant_id=put.variant_id, note=clean_note(put.note))


async def _mine(board_id: str, principal: Principal, services: Services) -> BoardView:
    view = await services.app.books.boards.get(principal, board_id)
    if view is None:
        raise not_found()
    return view
