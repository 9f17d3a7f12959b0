"""The cart's page, and the forms that change it: each answers with a page and a line about what it did."""

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse

from policies.errors import Refused
from policies.principal import Principal
from shop.books import GateBooks
from shop.views import CartView, LineChange
from ui.services import Served
from ui.storefront import wording
from ui.storefront.frame import PageRoute, count_of, page, storefront_of
from ui.storefront.pressed import Id, pressed
from ui.storefront.said import Said
from ui.visitor import Visiting, VisitingPress

router = APIRouter(include_in_schema=False, route_class=PageRoute)

_THUMB = 256

Quantity = Annotated[int, Form(ge=0, le=99)]
Version = Annotated[int, Form(ge=0)]


@router.get("/cart")
async def cart(request: Request, visitor: Visiting) -> HTMLResponse:
    """Show the cart with what an order needs, and the order card that waits for a press."""
    books = storefront_of(request).services.app.books
    view = await books.carts.view(visitor.principal) if visitor else None
    pending = await books.quotes.pending(visitor.principal) if visitor else None
    context: dict[str, object] = {
        "title": "Your cart",
        "cart": view if view and view.lines else None,
        "undo": view.version if view and view.can_undo else None,
        "profile": await books.shoppers.profile(visitor.principal) if visitor else None,
        "pictures": _pictures(view) if view else {},
        "quote_id": pending.quote_id if pending else "",
    }
    return await page(request, "cart.html", context)


@router.get("/cart/count")
async def count(services: Served, visitor: Visiting) -> JSONResponse:
    """Tell the page's script how many units lie in the cart."""
    return JSONResponse({"count": await count_of(services, visitor)}, headers={"Cache-Control": "no-store"})


@router.post("/cart/add")
async def add(
    request: Request,
    services: Served,
    visitor: VisitingPress,
    product_id: Id,
    variant_id: Id = "",
    quantity: Annotated[int, Form(ge=1, le=99)] = 1,
) -> Response:
    """Put a variant into the cart and go back to its product."""
    offer = await services.app.books.offers.variant(variant_id) if variant_id else None
    back = wording.product_address(product_id)
    if offer is not None:
        back = f"{wording.product_address(offer.product_id)}?variant={offer.variant_id}"

    async def put(books: GateBooks, principal: Principal) -> Said:
        if not variant_id:
            return Said("refused", "Choose a size first.")
        view = await books.carts.add(principal, variant_id, quantity)
        return Said("done", _sentence(view), undo=view.can_undo)

    return await pressed(request, services, visitor, back, put)


@router.post("/cart/change")
async def change(
    request: Request, services: Served, visitor: VisitingPress, line_id: Id, quantity: Quantity, version: Version
) -> Response:
    """Change how many of a line, against the version the page showed; none takes it out."""

    async def put(books: GateBooks, principal: Principal) -> Said:
        changes = [LineChange(line_id=line_id, quantity=quantity)]
        view = await books.carts.change(principal, changes, expected_version=version)
        return Said("done", _sentence(view), undo=view.can_undo)

    return await pressed(request, services, visitor, "/cart", put)


@router.post("/cart/undo")
async def undo(
    request: Request, services: Served, visitor: VisitingPress, version: Annotated[int | None, Form(ge=0)] = None
) -> Response:
    """Take the cart's last change back."""

    async def put(books: GateBooks, principal: Principal) -> Said:
        return Said("done", _sentence(await books.carts.undo(principal, expected_version=version)))

    return await pressed(request, services, visitor, "/cart", put)


@router.post("/cart/checkout")
async def checkout(
    request: Request, services: Served, visitor: VisitingPress, address: Id = "", delivery: Id = "", payment: Id = ""
) -> Response:
    """Choose where the order goes, how, and how it is paid; what is left empty stays."""

    async def put(books: GateBooks, principal: Principal) -> Said:
        await books.gate.set_checkout(principal, address or None, delivery or None, payment or None)
        return Said("done", "Kept for your next order card.")

    return await pressed(request, services, visitor, "/cart", put)


@router.post("/cart/quote")
async def quote(request: Request, services: Served, visitor: VisitingPress, version: Version) -> Response:
    """Prepare the order card of the cart as the page showed it; nothing is ordered by this."""

    async def put(books: GateBooks, principal: Principal) -> Said | None:
        view = await books.carts.view(principal)
        if view.version != version:
            raise Refused("cart_changed", "The cart changed in the meantime. Look at it again.")
        await books.quotes.prepare(principal)
        return None

    return await pressed(request, services, visitor, "/cart", put)


def _sentence(view: CartView) -> str:
    """Write what changed as a sentence: 'added Reed runner' becomes 'Added: Reed runner.' and so on."""
    text = wording.one_line(view.changed, 200)
    for verb in ("added ", "removed "):
        if text.startswith(verb):
            return f"{verb.strip().capitalize()}: {text.removeprefix(verb)}."
    return f"{text[:1].upper()}{text[1:]}." if text else ""


def _pictures(view: CartView) -> dict[str, str]:
    """Return each line's picture; a line without one has none."""
    found = {line.line_id: wording.picture(line.image_url, _THUMB) for line in view.lines}
    return {line_id: url for line_id, url in found.items() if url}
