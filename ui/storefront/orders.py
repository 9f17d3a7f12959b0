"""The visitor's own orders, as the books have them."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from ui.problems import not_found
from ui.storefront.frame import PageRoute, page, storefront_of
from ui.visitor import Visiting

router = APIRouter(include_in_schema=False, route_class=PageRoute)

_MOST = 50


@router.get("/orders")
async def all_orders(request: Request, visitor: Visiting) -> HTMLResponse:
    """Show every order, newest first."""
    books = storefront_of(request).services.app.books
    orders = await books.orders.mine(visitor.principal, _MOST) if visitor else []
    return await page(request, "orders.html", {"title": "Your orders", "orders": orders})


@router.get("/orders/{order_id}")
async def one_order(order_id: str, request: Request, visitor: Visiting) -> HTMLResponse:
    """Show one order; another shopper's looks like none."""
    books = storefront_of(request).services.app.books
    order = await books.orders.get(visitor.principal, order_id) if visitor else None
    if order is None:
        raise not_found()
    return await page(request, "order.html", {"title": f"Order {order.order_id}", "order": order})
