"""The shopper's cart: view, add, change, undo. Everything here can be taken back."""

from collections.abc import Sequence
from typing import Annotated, Self

from pydantic import Field, model_validator

from policies.reach import Reach
from shop.views import CartView, LineChange, LineView
from tools.arguments import Arguments, ProductId
from tools.bookkeeping import cart_record
from tools.options import resolve_variant
from tools.showing import read_shown
from tools.tool import Tool, ToolContext, ToolError, ToolResult, told_to_model

Option = Annotated[str, Field(min_length=1, max_length=80)]
LineId = Annotated[str, Field(min_length=1, max_length=64)]
MOST_UNITS = 99


class ViewCart(Arguments):
    """No arguments."""


class AddToCart(Arguments):
    """What to put into the cart."""

    product_id: ProductId
    colour: Option | None = None
    size: Option | None = None
    quantity: int = Field(default=1, ge=1, le=MOST_UNITS)


class CartLineChange(Arguments):
    """A wanted change of one line; what is not given stays."""

    line_id: LineId
    quantity: int | None = Field(default=None, ge=0, le=MOST_UNITS)
    colour: Option | None = None
    size: Option | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.quantity is None and self.colour is None and self.size is None:
            raise ValueError("give quantity, colour or size")
        return self


class ChangeCart(Arguments):
    """Changes that happen together or not at all."""

    changes: list[CartLineChange] = Field(min_length=1, max_length=20)

    @model_validator(mode="after")
    def _each_line_once(self) -> Self:
        ids = [change.line_id for change in self.changes]
        if len(set(ids)) < len(ids):
            raise ValueError("name each line_id once")
        return self


class UndoCart(Arguments):
    """No arguments."""


async def view_cart(args: ViewCart, context: ToolContext) -> ToolResult:
    """Return the cart as the books have it."""
    return _answer(await context.books.carts.view(context.principal))


async def add_to_cart(args: AddToCart, context: ToolContext) -> ToolResult:
    """Resolve product, colour and size to one variant in stock and put it into the cart."""
    (showing,) = await read_shown([args.product_id], context)
    variant = resolve_variant(showing.product, showing.offers, {"colour": args.colour, "size": args.size})
    with told_to_model():
        view = await context.books.carts.add(
            context.principal, variant.variant_id, args.quantity, after_seller_text=context.tainted
        )
    return _answer(view)


async def change_cart(args: ChangeCart, context: ToolContext) -> ToolResult:
    """Change lines of the shopper's own cart in one step, against the version that was read here."""
    view = await context.books.carts.view(context.principal)
    lines = {line.line_id: line for line in view.lines}
    unknown = [change.line_id for change in args.changes if change.line_id not in lines]
    if unknown:
        raise ToolError(
            "unknown_line",
            f"{', '.join(unknown)} is not a line of the cart; use a line_id of this cart.",
            {"unknown": unknown, "lines": [_named(line) for line in view.lines]},
        )
    wanted = [await _wanted(change, lines[change.line_id], context) for change in args.changes]
    return _answer(await _apply(wanted, view, context))


async def undo_cart(args: UndoCart, context: ToolContext) -> ToolResult:
    """Take back the last change."""
    with told_to_model():
        return _answer(await context.books.carts.undo(context.principal))


async def _apply(wanted: Sequence[LineChange], view: CartView, context: ToolContext) -> CartView:
    with told_to_model():
        return await context.books.carts.change(context.principal, wanted, expected_version=view.version)


async def _wanted(change: CartLineChange, line: LineView, context: ToolContext) -> LineChange:
    """Return the change with its new variant; options that were not given stay as they are on the line."""
    if (change.colour is None and change.size is None) or change.quantity == 0:
        return LineChange(line_id=line.line_id, quantity=change.quantity)
    products = await context.catalog.get([line.product_id])
    offers = await context.books.offers.of_products([line.product_id])
    if line.product_id not in products:
        raise ToolError("no_longer_sold", f"{line.title} is no longer sold.", {"line_id": line.line_id})
    asked = {"colour": change.colour or line.options.get("colour"), "size": change.size or line.options.get("size")}
    variant = resolve_variant(products[line.product_id], offers.get(line.product_id, []), asked)
    return LineChange(line_id=line.line_id, quantity=change.quantity, variant_id=variant.variant_id)


def _named(line: LineView) -> dict[str, object]:
    return {"line_id": line.line_id, "title": line.title, "options": line.options, "quantity": line.quantity}


def _answer(view: CartView) -> ToolResult:
    return ToolResult(records=(cart_record(view),))


VIEW_CART = Tool(
    name="view_cart",
    reach=Reach.READ,
    arguments=ViewCart,
    run=view_cart,
    description="The cart with line_ids and totals, as other cart calls return it.",
    status="Looking at your cart",
)
ADD_TO_CART = Tool(
    name="add_to_cart",
    reach=Reach.DRAFT,
    arguments=AddToCart,
    run=add_to_cart,
    description="Only when the shopper takes a shown item; on choose_option ask which.",
    status="Adding to your cart",
)
CHANGE_CART = Tool(
    name="change_cart",
    reach=Reach.DRAFT,
    arguments=ChangeCart,
    run=change_cart,
    description="Change lines as the shopper asked; quantity 0 removes.",
    status="Changing your cart",
)
UNDO_CART = Tool(
    name="undo_cart",
    reach=Reach.DRAFT,
    arguments=UndoCart,
    run=undo_cart,
    description="Take back the last change.",
    status="Taking that back",
)
