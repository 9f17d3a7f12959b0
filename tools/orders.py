"""The shopper's own orders, as the books have them."""

from pydantic import Field

from policies.reach import Reach
from tools.arguments import Arguments
from tools.bookkeeping import order_record
from tools.records import Orders
from tools.tool import Tool, ToolContext, ToolError, ToolResult


class MyOrders(Arguments):
    """One order, or all of them."""

    order_id: str | None = Field(default=None, min_length=1, max_length=64)


async def my_orders(args: MyOrders, context: ToolContext) -> ToolResult:
    """Return one order or the latest ones; another shopper's order is as unknown as none."""
    if args.order_id is None:
        views = await context.books.orders.mine(context.principal)
        return ToolResult(records=(Orders(orders=[order_record(view) for view in views]),))
    view = await context.books.orders.get(context.principal, args.order_id)
    if view is None:
        raise ToolError(
            "unknown_order",
            "This shopper has no such order; call my_orders without an order_id to list their orders.",
            {"order_id": args.order_id},
        )
    return ToolResult(records=(order_record(view),))


MY_ORDERS = Tool(
    name="my_orders",
    reach=Reach.READ,
    arguments=MyOrders,
    run=my_orders,
    description="This shopper's orders, or one; `can` names what may be changed. Tell state_text.",
    status="Looking up your orders",
)
