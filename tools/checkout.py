"""Prepare a purchase for the shopper to check; nothing here or elsewhere among the tools places an order."""

from pydantic import Field

from policies.reach import Reach
from tools.arguments import Arguments
from tools.bookkeeping import quote_record
from tools.tool import Tool, ToolContext, ToolResult, told_to_model


class PrepareQuote(Arguments):
    """What the shopper said about delivery and coupon; both may be left out."""

    delivery: str | None = Field(default=None, min_length=1, max_length=40)
    coupon: str | None = Field(default=None, min_length=1, max_length=40)


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
    description="Show the card to buy the cart when the shopper wants to buy, also 'just buy it'.",
    status="Preparing your order",
)
