"""Prepare a change of a placed order for the shopper to check; nothing among the tools makes one."""

from collections.abc import Sequence
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from policies.errors import Refused
from policies.order_change import CancelReason, ChangeKind
from policies.reach import Reach
from shop.change_terms import ChangeWanted, LineWanted
from shop.views import Handle, OrderView
from tools.arguments import Arguments, ProductId
from tools.bookkeeping import change_record
from tools.options import resolve_variant
from tools.tool import Tool, ToolContext, ToolError, ToolResult

Option = Annotated[str, Field(min_length=1, max_length=80)]
_SWAPS = ("exchange", "items")
LineId = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64)]


class RequestOrderChange(Arguments):
    """Which order, and what the shopper wants of it."""

    order_id: str = Field(min_length=1, max_length=64)
    change: Literal["cancel", "return", "exchange", "items", "address", "payment"] = Field(
        description="items: before it is sent."
    )
    line_ids: list[LineId] = Field(default=[], max_length=50, description="What goes back; none for all.")
    quantity: int | None = Field(default=None, ge=1, le=999)
    product_id: ProductId | None = None
    colour: Option | None = None
    size: Option | None = None
    address: str | None = Field(default=None, min_length=1, max_length=64)
    pay_with: str | None = Field(
        default=None,
        min_length=1,
        max_length=64,
    )
    reason: CancelReason | None = None

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.quantity is not None and len(self.line_ids) != 1:
            raise ValueError("quantity needs exactly one line_id")
        comes = self.product_id or self.colour or self.size
        if self.change in _SWAPS and (not comes or len(self.line_ids) != 1):
            raise ValueError(
                "an exchange needs exactly one line_id, and the product, colour or size that comes instead"
            )
        if self.change == "payment" and self.pay_with is None:
            raise ValueError("another way to pay needs pay_with")
        if self.change == "address" and self.address is None:
            raise ValueError("a new address needs address")
        return self


async def request_order_change(args: RequestOrderChange, context: ToolContext) -> ToolResult:
    """Write a change of the shopper's own order; it supersedes an older open one of that order."""
    address = await _address(args.address, context) if args.change == "address" else None
    order = await context.books.orders.get(context.principal, args.order_id)
    comes = await _comes(args, order, context) if args.change in _SWAPS else None
    lines = tuple(LineWanted(line_id, args.quantity, comes) for line_id in args.line_ids)
    wanted = ChangeWanted(
        kind=_kind(args, order),
        lines=lines if args.change in ("return", *_SWAPS) else (),
        address=address,
        instrument=await _pay_with(args.pay_with, context) if args.pay_with else None,
        reason=args.reason if args.change == "cancel" else None,
    )
    try:
        view = await context.books.changes.prepare(context.principal, args.order_id, wanted)
    except Refused as refusal:
        raise ToolError(refusal.code, refusal.text, refusal.facts) from refusal
    return ToolResult(records=(change_record(view),))


def _kind(args: RequestOrderChange, order: OrderView | None) -> ChangeKind:
    """Return the change that is meant: to a shopper, what is swapped before or after it was sent has one name."""
    other: dict[str, ChangeKind] = {"exchange": "items", "items": "exchange"}
    swapped = other.get(args.change)
    if order is None or swapped is None or args.change in order.can or swapped not in order.can:
        return args.change
    return swapped


async def _comes(args: RequestOrderChange, order: OrderView | None, context: ToolContext) -> str:
    """Return the variant that comes instead; options that were not given stay as they were bought."""
    line = next((each for each in order.lines if each.line_id == args.line_ids[0]), None) if order else None
    if line is None:
        raise ToolError("unknown_order_line", "This shopper has no such line; call my_orders.", {})
    product_id = args.product_id or line.product_id
    product = (await context.catalog.get([product_id])).get(product_id)
    if product is None:
        raise ToolError("no_longer_sold", f"{line.title} is no longer sold.", {"line_id": line.line_id})
    was = line.options if product_id == line.product_id else {}
    asked = {"colour": args.colour or was.get("colour"), "size": args.size or was.get("size")}
    offers = await context.books.offers.of_products([product_id])
    return resolve_variant(product, offers.get(product_id, []), asked).variant_id


async def _address(said: str | None, context: ToolContext) -> str:
    """Return the handle of the shopper's own address that is meant."""
    known = (await context.books.shoppers.profile(context.principal)).addresses
    handle = _meant(said or "", known)
    if handle is None:
        labels = [each.label for each in known]
        raise ToolError("unknown_address", f"The addresses are: {'; '.join(labels)}.", {"addresses": labels})
    return handle


async def _pay_with(said: str, context: ToolContext) -> str:
    """Return the handle of the shopper's own way to pay that is meant."""
    known = (await context.books.shoppers.profile(context.principal)).payments
    handle = _meant(said, known)
    if handle is None:
        labels = [each.label for each in known]
        raise ToolError("unknown_payment", f"The ways to pay are: {'; '.join(labels)}.", {"payments": labels})
    return handle


def _meant(said: str, known: Sequence[Handle]) -> str | None:
    words = said.casefold().strip()
    meant = [each.handle for each in known if words in (each.handle.casefold(), each.label.casefold())]
    return meant[0] if len(meant) == 1 else None


REQUEST_ORDER_CHANGE = Tool(
    name="request_order_change",
    reach=Reach.QUOTE,
    arguments=RequestOrderChange,
    run=request_order_change,
    description="Show the card to change an order of my_orders. When refused, tell why in its words.",
    status="Preparing the change",
    unlisted=frozenset({"reason"}),
)
