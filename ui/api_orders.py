"""Routes of the shopper's own orders."""

from typing import Annotated

from fastapi import APIRouter, Query

from tools.bookkeeping import order_record
from tools.records import Order
from ui.bodies import OrdersTold
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


@router.get("/{order_id}", operation_id="read_order", responses=problems(401, 403, 404, 503))
async def read_order(order_id: str, principal: Shopper, services: Served) -> Order:
    """Read one of the shopper's own orders; another's looks like none."""
    view = await services.app.books.orders.get(principal, order_id)
    if view is None:
        raise not_found()
    return order_record(view)
