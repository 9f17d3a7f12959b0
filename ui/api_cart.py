"""Routes of a cart: look, change, undo; and the choices an order needs."""

from typing import Annotated

from fastapi import APIRouter, Header, Response

from policies.errors import Refused
from shop.views import LineChange
from tools.bookkeeping import cart_record, quote_record
from tools.records import Cart, Quote
from ui.bodies import CartChanged, CheckoutChoices, CheckoutChosen
from ui.identity import OfCheckout, OfSession
from ui.openapi import problems
from ui.problems import HttpProblem
from ui.services import Served
from ui.told import checkout_told

router = APIRouter(prefix="/v1/sessions/{session_id}", tags=["cart"])

IfMatch = Annotated[
    str | None, Header(description='The cart\'s version as its ETag gave it, e.g. `"3"`.', pattern=r'^"?\d{1,12}"?$')
]


@router.get("/cart", operation_id="read_cart", responses=problems(401, 403, 404, 503))
async def read_cart(principal: OfSession, services: Served, response: Response) -> Cart:
    """Read the cart; its ETag is the version a change must name."""
    return _tagged(cart_record(await services.app.books.carts.view(principal)), response)


@router.put(
    "/cart/lines", operation_id="change_cart", responses=problems(400, 401, 403, 404, 409, 412, 413, 422, 428, 503)
)
async def change_cart(
    changed: CartChanged, principal: OfSession, services: Served, response: Response, if_match: IfMatch = None
) -> Cart:
    """Change quantities or variants of cart lines, all together or not at all."""
    version = _version(if_match)
    if version is None:
        detail = "Name the cart's version in If-Match, as the cart's ETag gave it."
        raise HttpProblem(428, "version_needed", detail)
    changes = [
        LineChange(line_id=line.line_id, quantity=line.quantity, variant_id=line.variant_id) for line in changed.changes
    ]
    try:
        view = await services.app.books.carts.change(principal, changes, expected_version=version)
    except Refused as refused:
        raise _stale(refused) from refused
    return _tagged(cart_record(view), response)


@router.post("/cart/undo", operation_id="undo_cart", responses=problems(401, 403, 404, 409, 412, 422, 503))
async def undo_cart(principal: OfSession, services: Served, response: Response, if_match: IfMatch = None) -> Cart:
    """Take the last change of the cart back; a second undo takes back the one before."""
    try:
        view = await services.app.books.carts.undo(principal, expected_version=_version(if_match))
    except Refused as refused:
        raise _stale(refused) from refused
    return _tagged(cart_record(view), response)


@router.post(
    "/quotes", status_code=201, operation_id="prepare_quote", responses=problems(401, 403, 404, 409, 422, 429, 503)
)
async def prepare_quote(principal: OfSession, services: Served) -> Quote:
    """Draw up an order card for what is in the cart, as asking the assistant to buy does; an older card is void.

    Nothing is ordered by this: the card has to be rendered and pressed.
    """
    return quote_record(await services.app.books.quotes.prepare(principal))


@router.put("/checkout", operation_id="choose_checkout", responses=problems(400, 401, 403, 404, 409, 413, 422, 503))
async def choose_checkout(chosen: CheckoutChosen, principal: OfCheckout, services: Served) -> CheckoutChoices:
    """Choose where the order goes and how it is paid. Any card that waits for a press becomes void."""
    await services.app.books.gate.set_checkout(
        principal,
        address=chosen.address,
        delivery=chosen.delivery,
        payment_handle=chosen.payment_handle,
    )
    return checkout_told(await services.app.books.shoppers.profile(principal))


def _version(if_match: str | None) -> int | None:
    return None if if_match is None else int(if_match.strip('"'))


def _stale(refused: Refused) -> HttpProblem | Refused:
    """A cart that moved on is a failed precondition; any other refusal keeps its own meaning."""
    if refused.code != "cart_changed":
        return refused
    return HttpProblem(412, refused.code, refused.text, refused.facts)


def _tagged(cart: Cart, response: Response) -> Cart:
    response.headers["ETag"] = f'"{cart.version}"'
    return cart
