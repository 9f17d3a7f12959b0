"""The shopper's boards in conversation: show, make, fill, note, share, copy, and put into the cart as one change."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import replace
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from policies.errors import Refused
from policies.reach import Reach
from retrieval.query import Filters
from shop.board_edits import BoardView, PieceView
from shop.events import Event, for_somebody
from tools.arguments import Arguments, Price, ProductIds, Words
from tools.board_cards import board_record, boards_record, pieces_shown
from tools.bookkeeping import cart_record
from tools.curate import Brief, curate
from tools.sizing import split_pieces
from tools.tool import Tool, ToolContext, ToolError, ToolResult, require_shown, told_to_model
from tools.wording import in_shop_words

FIRST_BOARD = "Saved"
"""What a board is called that a shopper fills without naming one."""

Said = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]
Deed = Literal[
    "show", "create", "add", "remove", "rename", "note", "share", "unshare", "duplicate", "undo", "to_cart", "curate"
]  # fmt: skip
_NEED_PRODUCTS = frozenset({"add", "remove", "note"})
_NEED_TEXT = frozenset({"rename", "note"})


class BoardsArguments(Arguments):
    """What to do with which board."""

    do: Deed
    name: Said | None = Field(default=None)
    product_ids: ProductIds = []
    text: Said | None = Field(default=None)
    total: Price | None = None
    price_max: Price | None = Field(default=None, description="Of each new piece of a set.")
    product_types: Words = []
    colours: Words = []
    materials: Words = []
    not_ids: ProductIds = []
    variant_ids: ProductIds = []
    for_somebody: bool = Field(default=False, description="A present: teaches nothing, and no size of theirs.")


async def boards(args: BoardsArguments, context: ToolContext) -> ToolResult:
    """Do one thing with the shopper's own boards; products are ones this conversation has shown."""
    require_shown(tuple(args.product_ids), context)
    if args.do in _NEED_PRODUCTS and not args.product_ids:
        raise ToolError("which_product", "Name the product_ids; ask the shopper which one if that is open.")
    if args.do in _NEED_TEXT and args.text is None:
        raise ToolError("which_words", "Give the new name or the note in text, in the shopper's own words.")
    try:
        with for_somebody() if args.for_somebody else nullcontext():
            return await _DOING[args.do](args, context)
    except Refused as refusal:
        raise ToolError(refusal.code, refusal.text, refusal.facts) from refusal


async def _show(args: BoardsArguments, context: ToolContext) -> ToolResult:
    mine = await context.books.boards.mine(context.principal)
    if args.name is None and len(mine) != 1:
        return ToolResult(records=(await boards_record(mine, context.catalog),), facts={"boards": len(mine)})
    return await _answer(await _meant(args, context), context)


async def _create(args: BoardsArguments, context: ToolContext) -> ToolResult:
    name = args.name or args.text or FIRST_BOARD
    made = await context.books.boards.create(context.principal, name, await _pieces(args, context))
    return await _answer(made, context, new=True)


async def _add(args: BoardsArguments, context: ToolContext) -> ToolResult:
    """Put things on a board; one of a name that is new is made for them."""
    mine = await context.books.boards.mine(context.principal)
    if (args.name is None and not mine) or (args.name is not None and await _named(args, context) is None):
        return await _create(args, context)
    board = await _meant(args, context)
    return await _answer(
        await context.books.boards.add(context.principal, board.board_id, await _pieces(args, context)), context
    )


async def _change(args: BoardsArguments, context: ToolContext) -> ToolResult:
    board, p, kept = await _meant(args, context), context.principal, context.books.boards
    match args.do:
        case "remove":
            after = await kept.remove(p, board.board_id, args.product_ids)
        case "note":
            after = await kept.note(p, board.board_id, args.product_ids[0], args.text or "")
        case "rename":
            after = await kept.rename(p, board.board_id, args.text or "")
        case "share":
            after = await kept.share(p, board.board_id)
        case "unshare":
            after = await kept.unshare(p, board.board_id)
        case "duplicate":
            after = await kept.duplicate(p, board.board_id)
        case _:
            after = await kept.undo(p, board.board_id)
    return await _answer(after, context)


async def _to_cart(args: BoardsArguments, context: ToolContext) -> ToolResult:
    """Put one of everything on the board, or of these products, into the cart; what can't go there yet is named."""
    board = await _meant(args, context) if args.name is not None or not args.product_ids else None
    pieces = await _pieces(args, context) if board is None else board.pieces
    told = [each.told for each in await context.books.memory.current(context.principal) if not each.told.whom]
    split = split_pieces(await pieces_shown(pieces, context.catalog, context.books), told)
    facts: dict[str, object] = {"left": split.left, "put": len(split.variant_ids)}
    facts |= {"board": board.name} if board is not None else {}
    if not split.variant_ids:
        raise ToolError("nothing_to_add", "Nothing of it can go into the cart as it is.", facts)
    with told_to_model():
        view = await context.books.carts.add_all(
            context.principal, split.variant_ids, after_seller_text=context.tainted
        )
    return ToolResult(records=(cart_record(view),), facts=facts)


async def _curate(args: BoardsArguments, context: ToolContext) -> ToolResult:
    """Propose a set for a theme or to go with a board; product_ids stay in it. Nothing is kept by that."""
    wanted = Filters(
        product_types=tuple(args.product_types),
        colours=tuple(args.colours),
        materials=tuple(args.materials),
        price_max=args.price_max,
    )
    filters = in_shop_words(wanted, await context.catalog.vocabulary())
    brief = Brief(
        words=args.text or "",
        total=args.total,
        keep=tuple(args.product_ids),
        without=tuple(args.not_ids),
        board=await _meant(args, context) if args.name is not None else None,
        filters=replace(filters, product_types=()),
        kinds=filters.product_types,
        for_somebody=args.for_somebody,
    )
    fresh = set(args.not_ids) - set((await context.books.behaviour.told(context.principal)).dismissed)
    turned_down = [Event("dismiss", product_id, "chat") for product_id in args.not_ids if product_id in fresh]
    await context.books.behaviour.record(context.principal, turned_down)
    return await curate(brief, context)


async def _meant(args: BoardsArguments, context: ToolContext) -> BoardView:
    """Return the board that is named, or the only one there is."""
    mine = await context.books.boards.mine(context.principal)
    facts: dict[str, object] = {"boards": [board.name for board in mine]}
    if args.name is None:
        if len(mine) == 1:
            return mine[0]
        code = "choose_board" if mine else "no_boards"
        raise ToolError(code, "Ask which board." if mine else "The shopper has no board yet; say so.", facts)
    board = await _named(args, context)
    if board is None:
        raise ToolError("unknown_board", f"There is no board called {args.name}.", facts)
    return board


async def _named(args: BoardsArguments, context: ToolContext) -> BoardView | None:
    return await context.books.boards.named(context.principal, args.name or "")


async def _pieces(args: BoardsArguments, context: ToolContext) -> Sequence[PieceView]:
    """Return the things to put on a board, each in the variant chosen where one of its own is among those given."""
    offers = await context.books.offers.of_products(args.product_ids) if args.variant_ids else {}
    chosen = {each.product_id: each.variant_id for one in offers.values() for each in one
              if each.variant_id in args.variant_ids}  # fmt: skip
    return [PieceView(product_id=each, variant_id=chosen.get(each)) for each in dict.fromkeys(args.product_ids)]


async def _answer(view: BoardView, context: ToolContext, *, new: bool = False) -> ToolResult:
    record = await board_record(view, context.catalog, context.books)
    return ToolResult(records=(record,), facts={"board": view.name, **({"new": True} if new else {})})


_DOING: Mapping[str, Callable[[BoardsArguments, ToolContext], Awaitable[ToolResult]]] = {
    "show": _show,
    "create": _create,
    "add": _add,
    "to_cart": _to_cart,
    "curate": _curate,
    **dict.fromkeys(("remove", "rename", "note", "share", "unshare", "duplicate", "undo"), _change),
}

BOARDS = Tool(
    name="boards",
    reach=Reach.DRAFT,
    arguments=BoardsArguments,
    run=boards,
    description="Boards by name; text: new name, note, or theme to curate under total. Only as asked.",
    status="Looking at your boards",
    unlisted=frozenset(
        {"product_types", "colours", "materials", "not_ids", "variant_ids", "for_somebody", "price_max"}
    ),
)
