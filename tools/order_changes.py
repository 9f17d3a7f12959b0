"""Prepare a change of a placed order for the shopper to check; nothing among the tools makes one."""

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from policies.errors import Refused
from policies.reach import Reach
from shop.change_terms import ChangeWanted, LineWanted
from tools.arguments import Arguments
from tools.bookkeeping import change_record
from tools.tool import Tool, ToolContext, ToolError, ToolResult

LineId = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64)]


class RequestOrderChange(Arguments):
    """Which order, and what the shopper wants of it."""

    order_id: str = Field(min_length=1, max_length=64, description="order_id from my_orders; never invented.")
    change: Literal["cancel", "return", "exchange", "address"] = Field(
        description="'cancel' the whole order, 'return' or 'exchange' lines of it, 'address' to send it elsewhere."
    )
    line_ids: list[LineId] = Field(
        default=[], max_length=50, description="line_id of what goes back; leave out for everything. One for exchange."
    )
    quantity: int | None = Field(default=None, ge=1, le=999, description="How many of one line; leave out for all.")
    variant_id: str | None = Field(
        default=None, min_length=1, max_length=64, description="Only for exchange: variant_id that comes instead."
    )
    address: str | None = Field(
        default=None, min_length=1, max_length=64, description="Only for address: the name the shopper gave it."
    )

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.quantity is not None and len(self.line_ids) != 1:
            raise ValueError("quantity needs exactly one line_id")
        if self.change == "exchange" and (self.variant_id is None or len(self.line_ids) != 1):
            raise ValueError("an exchange needs exactly one line_id and the variant_id that comes instead")
        if self.change == "address" and self.address is None:
            raise ValueError("a new address needs address")
        return self


async def request_order_change(args: RequestOrderChange, context: ToolContext) -> ToolResult:
    """Write a change of the shopper's own order; it supersedes an older open one of that order."""
    address = await _address(args.address, context) if args.change == "address" else None
    lines = tuple(LineWanted(line_id, args.quantity, args.variant_id) for line_id in args.line_ids)
    wanted = ChangeWanted(args.change, lines if args.change in ("return", "exchange") else (), address)
    try:
        view = await context.books.changes.prepare(context.principal, args.order_id, wanted)
    except Refused as refusal:
        raise ToolError(refusal.code, refusal.text, refusal.facts) from refusal
    return ToolResult(records=(change_record(view),))


async def _address(said: str | None, context: ToolContext) -> str:
    """Return the handle of the shopper's own address that is meant."""
    profile = await context.books.shoppers.profile(context.principal)
    words = (said or "").casefold().strip()
    meant = [each for each in profile.addresses if words in (each.handle.casefold(), each.label.casefold())]
    if len(meant) != 1:
        known = [each.label for each in profile.addresses]
        raise ToolError("unknown_address", f"The addresses are: {'; '.join(known)}.", {"addresses": known})
    return meant[0].handle


REQUEST_ORDER_CHANGE = Tool(
    name="request_order_change",
    reach=Reach.QUOTE,
    arguments=RequestOrderChange,
    run=request_order_change,
    description=(
        "Prepare a change of an order that was placed: cancel it, return or exchange something, or send it to another "
        "address of the shopper. Call my_orders first and use its ids. It shows a card with what goes back or is to "
        "be paid; only the shopper's own press on it changes anything, and no words of the shopper replace that press. "
        "Never say that something is cancelled, returned or refunded. When it is refused, tell why in its words."
    ),
    status="Preparing the change",
)
