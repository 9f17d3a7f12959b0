"""Routes of the shopper's own orders."""

from typing import Annotated

from fastapi import APIRouter, Query

from shop.change_terms import ChangeWanted, LineWanted
from tools.bookkeeping import change_record, order_record
from tools.records import Order, Quote
from ui.bodies import ChangeAsked, OrdersTold
from ui.identity import Shopper
from ui.openapi import problems
from ui.problems import not_found
from ui.services import Served

router = APIRouter(prefix="/v1/orders", tags=["orders"])


@router.get("", operation_id="list_orders", responses=problems(401, 403, 422, 503))
async def list_orders(
    principal: Shopper, services: Served, limit: Annotated[int, Query(ge=1, le=100)] = 20
) -> OrdersTold:
    """List the shopper's own orders, newest first."""
    views = await services.app.books.orders.mine(principal, limit=limit)
    return OrdersTold(orders=[order_record(view) for view in views])


@router.post(
    "/{order_id}/changes",
    status_code=201,
    operation_id="request_order_change",
    responses=problems(400, 401, 403, 404, 409, 413, 422, 503),
)
async def request_order_change(order_id: str, asked: ChangeAsked, principal: Shopper, services: Served) -> Quote:
    """Prepare a change of an order: a card to render and press like that of a purchase. Nothing changes by this."""
    lines = tuple(LineWanted(line.line_id, line.quantity, line.variant_id) for line in asked.lines)
    wanted = ChangeWanted(asked.kind, lines, asked.address, asked.new_address, asked.pay_with, asked.reason)
    return change_record(await services.app.books.changes.prepare(principal, order_id, wanted))


@router.get("/{order_id}", operation_id="read_order", responses=problems(401, 403, 404, 503))
async def read_order(order_id: str, principal: Shopper, services: Served) -> Order:
    """Read one of the shopper's own orders; another's looks like none."""
    view = await services.app.books.orders.get(principal, order_id)
    if view is None:
        raise not_found()
    return order_record(view)
