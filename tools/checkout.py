"""Prepare a purchase for the shopper to check; nothing here or elsewhere among the tools places an order."""

from pydantic import Field

from policies.reach import Reach
from tools.arguments import Arguments
from tools.bookkeeping import quote_record
from tools.tool import Tool, ToolContext, ToolResult, told_to_model


class PrepareQuote(Arguments):
    """What the shopper said about delivery and coupon; both may be left out."""

    delivery: str | None = Field(
        default=None, min_length=1, max_length=40, description="Delivery the shopper asked for, e.g. 'express'."
    )
    coupon: str | None = Field(
        default=None, min_length=1, max_length=40, description="Coupon code exactly as the shopper typed it."
    )


async def prepare_quote(args: PrepareQuote, context: ToolContext) -> ToolResult:
    """Write a quote from the shopper's own cart; it supersedes an older one."""
    with told_to_model():
        view = await context.books.quotes.prepare(context.principal, delivery=args.delivery, coupon=args.coupon)
    return ToolResult(records=(quote_record(view),))


PREPARE_QUOTE = Tool(
    name="prepare_quote",
    reach=Reach.QUOTE,
    arguments=PrepareQuote,
    run=prepare_quote,
    description=(
        "Prepare the purchase of everything in the cart: a card with all totals that the shopper can check. Call it "
        "when the shopper wants to buy or pay now, also after 'just buy it'. It orders nothing: only the shopper's own "
        "press on the card does, and no words of the shopper replace that press. Never say that something is ordered "
        "or paid. Never invent a coupon."
    ),
    status="Preparing your order",
)
