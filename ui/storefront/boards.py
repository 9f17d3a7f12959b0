"""The visitor's boards: all of them, one with what lies on it, and one that somebody shared, with its preview."""

import asyncio
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, Field

from policies.principal import Principal
from retrieval.query import Filters
from shop.board_edits import LONGEST_NAME, LONGEST_NOTE, BoardView, PieceView
from shop.books import GateBooks
from tools.board_cards import board_record, boards_record, pieces_shown
from tools.sizing import split_pieces
from ui.board_picture import MOST, composed
from ui.pictures import Size
from ui.problems import not_found
from ui.services import Served, Services
from ui.storefront import wording
from ui.storefront.cards import Card, read_cards
from ui.storefront.frame import PageRoute, page, storefront_of
from ui.storefront.pressed import Id, pressed
from ui.storefront.said import Said
from ui.visitor import Visiting, VisitingPress

router = APIRouter(include_in_schema=False, route_class=PageRoute)

_HOUR_S = 3600
Name = Annotated[str, Form(max_length=LONGEST_NAME)]
_PRODUCT = r"^[A-Za-z0-9._:-]*$"
Deed = Literal["rename", "note", "remove", "share", "unshare", "duplicate", "undo"]


class Wanted(BaseModel):
    """A change of a board, as its forms send it."""

    do: Deed
    product_id: str = Field(default="", max_length=64, pattern=_PRODUCT)
    text: str = Field(default="", max_length=LONGEST_NOTE)


@router.get("/boards")
async def boards(request: Request, visitor: Visiting) -> HTMLResponse:
    """Show all boards, each with pictures of the first things on it."""
    app = storefront_of(request).services.app
    mine = await app.books.boards.mine(visitor.principal) if visitor else []
    listed = (await boards_record(mine, app.catalog)).boards
    pictures = {each.board_id: [p for url in each.pictures if (p := wording.picture(url, 256))] for each in listed}
    return await page(request, "boards.html", {"title": "Your boards", "boards": listed, "pictures": pictures})


@router.post("/boards/make")
async def make(request: Request, services: Served, visitor: VisitingPress, name: Name) -> Response:
    """Make an empty board."""

    async def put(books: GateBooks, principal: Principal) -> Said:
        return Said("done", _sentence(await books.boards.create(principal, name)))

    return await pressed(request, services, visitor, "/boards", put)


@router.post("/boards/save")
async def save(
    request: Request, services: Served, visitor: VisitingPress, product_id: Id, name: Name, variant_id: Id = ""
) -> Response:
    """Put a product on the board of that name; a new one is made for it."""

    async def put(books: GateBooks, principal: Principal) -> Said:
        piece = PieceView(product_id=product_id, variant_id=variant_id or None)
        board = await books.boards.named(principal, name)
        if board is None:
            return Said("done", _sentence(await books.boards.create(principal, name, [piece])))
        return Said("done", _sentence(await books.boards.add(principal, board.board_id, [piece])))

    return await pressed(request, services, visitor, wording.product_address(product_id), put)


@router.get("/boards/shared/{link}")
async def shared(link: str, request: Request) -> HTMLResponse:
    """Show a board to whoever has its link; nothing on the page tells whose it is, or changes it."""
    services = storefront_of(request).services
    view = await services.app.books.boards.shared(link)
    if view is None:
        raise not_found()
    own = f"{request.url.scheme}://{request.headers.get('host', '')}"
    drawn = bool(await _drawn(view, services))
    context = await _board(view, services) | {
        "address": f"{own}/boards/shared/{link}",
        "preview": f"{own}/boards/shared/{link}/picture.jpg" if drawn else "",
    }
    answer = await page(request, "shared_board.html", context)
    # The address is the key: it is neither listed by search engines nor told to pages that are linked to.
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer


@router.get("/boards/shared/{link}/picture.jpg")
async def preview(link: str, services: Served) -> Response:
    """Return the picture that stands for a shared board where its link is posted."""
    view = await services.app.books.boards.shared(link)
    pictures = await _drawn(view, services) if view is not None else []
    if not pictures:
        raise not_found()
    jpeg = await asyncio.to_thread(composed, pictures)
    headers = {"Cache-Control": f"public, max-age={_HOUR_S}", "Cross-Origin-Resource-Policy": "cross-origin"}
    return Response(jpeg, media_type="image/jpeg", headers=headers)


@router.get("/boards/{board_id}")
async def board(board_id: str, request: Request, visitor: Visiting) -> HTMLResponse:
    """Show one of the visitor's own boards."""
    services = storefront_of(request).services
    view = await services.app.books.boards.get(visitor.principal, board_id) if visitor else None
    if view is None:
        raise not_found()
    own = f"{request.url.scheme}://{request.headers.get('host', '')}"
    return await page(request, "board.html", await _board(view, services) | {"own": own})


@router.post("/boards/{board_id}/change")
async def change(
    request: Request,
    services: Served,
    visitor: VisitingPress,
    board_id: str,
    wanted: Annotated[Wanted, Form()],
) -> Response:
    """Change a board, and go back to it."""

    async def put(books: GateBooks, principal: Principal) -> Said:
        return Said("done", _sentence(await _changed(books, principal, board_id, wanted)))

    return await pressed(request, services, visitor, f"/boards/{board_id}", put)


@router.post("/boards/{board_id}/delete")
async def delete(request: Request, services: Served, visitor: VisitingPress, board_id: str) -> Response:
    """Delete a board with its notes and its link."""

    async def put(books: GateBooks, principal: Principal) -> Said:
        gone = await books.boards.delete(principal, board_id)
        return Said("done", "Deleted.") if gone else Said("refused", "There is no such board.")

    return await pressed(request, services, visitor, "/boards", put)


@router.post("/boards/{board_id}/cart")
async def buy(request: Request, services: Served, visitor: VisitingPress, board_id: str) -> Response:
    """Put one of everything on the board into the cart as one change; nothing is ordered by this."""
    app = services.app

    async def put(books: GateBooks, principal: Principal) -> Said:
        view = await books.boards.get(principal, board_id)
        told = [each.told for each in await books.memory.current(principal) if not each.told.whom]
        split = split_pieces(await pieces_shown(view.pieces if view else (), app.catalog, books), told)
        left = "; ".join(f"{each['title']} waits for a choice or is out of stock" for each in split.left[:3])
        if not split.variant_ids:
            return Said("refused", f"Nothing went into the cart. {left}".strip())
        cart = await books.carts.add_all(principal, split.variant_ids)
        return Said("done", f"{cart.changed[:1].upper()}{cart.changed[1:]}. {left}".strip(), undo=cart.can_undo)

    return await pressed(request, services, visitor, "/cart", put)


async def _changed(books: GateBooks, principal: Principal, board_id: str, wanted: Wanted) -> BoardView:
    kept, product_id, text = books.boards, wanted.product_id, wanted.text
    match wanted.do:
        case "rename":
            return await kept.rename(principal, board_id, text)
        case "note":
            return await kept.note(principal, board_id, product_id, text)
        case "remove":
            return await kept.remove(principal, board_id, [product_id])
        case "share":
            return await kept.share(principal, board_id)
        case "unshare":
            return await kept.unshare(principal, board_id)
        case "duplicate":
            return await kept.duplicate(principal, board_id)
        case "undo":
            return await kept.undo(principal, board_id)


async def _board(view: BoardView, services: Services) -> dict[str, object]:
    """Return what the page of a board draws: the record, and a card for each thing that is still sold."""
    app = services.app
    record = await board_record(view, app.catalog, app.books)
    products = await app.catalog.get(view.product_ids)
    cards: dict[str, Card] = {
        card.product_id: card for card in await read_cards(app.books, list(products.values()), Filters())
    }
    shown = [cards[item.product_id] for item in record.items if item.product_id in cards]
    return {"title": wording.one_line(view.name), "board": record, "cards": shown}


async def _drawn(view: BoardView, services: Services) -> list[bytes]:
    """Return the drawn pictures of the first things on a board; a feed's pictures lie elsewhere and are not fetched."""
    products = await services.app.catalog.get(view.product_ids)
    drawn = [product for product in products.values() if wording.is_drawn(product.image_url)][:MOST]
    return [await services.pictures.picture(product, None, 0, Size.PAGE) for product in drawn]


def _sentence(view: BoardView) -> str:
    text = wording.one_line(view.changed, 200)
    return f"{text[:1].upper()}{text[1:]}." if text else ""
