"""From the books' view of a board to what pages draw: each price and stock word is read for this showing."""

from collections.abc import Mapping, Sequence

from policies.money import Money
from retrieval.catalog import Catalog
from retrieval.product import Product
from retrieval.query import Filters
from shop.board_edits import BoardView, PieceView
from shop.books import PlannerBooks
from shop.views import StockedOffer
from tools.matching import for_sale
from tools.present import Showing, items
from tools.reasons import reasons
from tools.records import Board, BoardLine, Boards

_PICTURED = 4


async def board_record(view: BoardView, catalog: Catalog, books: PlannerBooks) -> Board:
    """Return a board with what of it is still sold, in the shopper's order."""
    showings = await pieces_shown(view.pieces, catalog, books)
    cards = items(showings, reasons(showings, Filters()))
    options = {
        showing.product.product_id: ", ".join(showing.variants[0].options.values())
        for showing in showings
        if len(showing.variants) == 1 and showing.variants[0].options
    }
    return Board(
        board_id=view.board_id,
        name=view.name,
        version=view.version,
        items=cards,
        notes={piece.product_id: piece.note for piece in view.pieces if piece.note},
        options=options,
        total=total_of(showings),
        gone=len(view.pieces) - len(showings),
        changed=view.changed,
        undo=view.can_undo,
        url=board_address(view.board_id),
        link=link_address(view.link) if view.link else None,
    )


async def boards_record(views: Sequence[BoardView], catalog: Catalog) -> Boards:
    """Return the list of boards, each with the pictures of the first things on it."""
    firsts = {each for view in views for each in view.product_ids[:_PICTURED]}
    products = await catalog.get(sorted(firsts))
    return Boards(boards=[_line(view, products) for view in views])


async def pieces_shown(pieces: Sequence[PieceView], catalog: Catalog, books: PlannerBooks) -> list[Showing]:
    """Return the pieces that are still sold, each with the variant chosen where one is; in order."""
    ids = [piece.product_id for piece in pieces]
    products = await catalog.get(ids)
    offers = await books.offers.of_products(ids)
    found = [_showing(piece, products, offers) for piece in pieces]
    return [showing for showing in found if showing is not None]


def total_of(showings: Sequence[Showing]) -> Money | None:
    """Return what one of each that is in stock costs together."""
    stocked = [showing.cheapest for showing in showings if showing.most > 0]
    return Money(amount=sum(offer.price for offer in stocked), currency=stocked[0].currency) if stocked else None


def board_address(board_id: str) -> str:
    """Return the address of a board's page for its own shopper."""
    return f"/boards/{board_id}"


def link_address(link: str) -> str:
    """Return the address at which whoever has the link looks at a board."""
    return f"/boards/shared/{link}"


def _line(view: BoardView, products: Mapping[str, Product]) -> BoardLine:
    pictures = [products[each].image_url for each in view.product_ids[:_PICTURED] if each in products]
    return BoardLine(
        board_id=view.board_id,
        name=view.name,
        count=len(view.pieces),
        url=board_address(view.board_id),
        pictures=[url for url in pictures if url],
    )


def _showing(
    piece: PieceView, products: Mapping[str, Product], offers: Mapping[str, Sequence[StockedOffer]]
) -> Showing | None:
    product = products.get(piece.product_id)
    selling = for_sale(product, offers.get(piece.product_id, ())) if product is not None else []
    if product is None or not selling:
        return None
    chosen = tuple(offer for offer in selling if offer.variant_id == piece.variant_id)
    return Showing(product, tuple(selling), chosen or tuple(selling))
