"""The visitor's own orders, as the books have them, and the forms that prepare a change of one."""

from typing import Annotated, Literal

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse
from starlette.datastructures import FormData

from policies.errors import Refused
from policies.principal import Principal
from shop.books import GateBooks
from shop.change_terms import ChangeWanted, LineWanted
from ui.problems import not_found
from ui.services import Served
from ui.storefront.frame import PageRoute, page, storefront_of
from ui.storefront.pressed import Id, pressed
from ui.storefront.said import Said
from ui.visitor import Visiting, VisitingPress

router = APIRouter(include_in_schema=False, route_class=PageRoute)

_MOST = 50
_MOST_LINES = 50
# What has a form here; the rest takes a conversation.
Kind = Literal["cancel", "return", "address"]


@router.get("/orders")
async def all_orders(request: Request, visitor: Visiting) -> HTMLResponse:
    """Show every order, newest first."""
    books = storefront_of(request).services.app.books
    orders = await books.orders.mine(visitor.principal, _MOST) if visitor else []
    return await page(request, "orders.html", {"title": "Your orders", "orders": orders})


@router.get("/orders/{order_id}")
async def one_order(order_id: str, request: Request, visitor: Visiting) -> HTMLResponse:
    """Show one order with what can be done about it; another shopper's looks like none."""
    books = storefront_of(request).services.app.books
    order = await books.orders.get(visitor.principal, order_id) if visitor else None
    if order is None or visitor is None:
        raise not_found()
    pending = await books.changes.pending(visitor.principal)
    profile = await books.shoppers.profile(visitor.principal)
    context: dict[str, object] = {
        "title": f"Order {order.order_id}",
        "order": order,
        "elsewhere": [each for each in profile.addresses if each.label != order.ship_to] if profile else [],
        "quote_id": pending.quote_id if pending and pending.order_id == order_id else "",
    }
    return await page(request, "order.html", context)


@router.post("/orders/{order_id}/changes")
async def prepare_change(
    request: Request,
    services: Served,
    visitor: VisitingPress,
    order_id: str,
    kind: Annotated[Kind, Form()],
    address: Id = "",
) -> Response:
    """Prepare the card of a change; nothing changes before it is pressed."""
    lines = _goods(await request.form()) if kind == "return" else ()

    async def put(books: GateBooks, principal: Principal) -> Said | None:
        if kind == "return" and not lines:
            raise Refused("nothing_chosen", "Say how many of at least one thing go back.")
        await books.changes.prepare(principal, order_id, ChangeWanted(kind, lines, address or None))
        return None

    return await pressed(request, services, visitor, f"/orders/{order_id}", put)


def _goods(form: FormData) -> tuple[LineWanted, ...]:
    """Return how many of each line go back: fields named `back-` and the line's id."""
    named = [(name.removeprefix("back-"), str(value)) for name, value in form.items() if name.startswith("back-")]
    counted = [(line_id, int(text)) for line_id, text in named[:_MOST_LINES] if text.isascii() and text.isdigit()]
    return tuple(LineWanted(line_id, count) for line_id, count in counted if count)
