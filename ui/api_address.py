"""Route of the address that a shopper's orders go to from now on; its card is rendered and pressed like any other."""

from fastapi import APIRouter

from policies.order_address import NewAddress
from ui.bodies import AddressPrepared
from ui.identity import Approver
from ui.openapi import problems
from ui.services import Served

router = APIRouter(prefix="/v1/me/address", tags=["purchase"])


@router.post(
    "",
    status_code=201,
    operation_id="request_address",
    responses=problems(400, 401, 403, 409, 413, 422, 503),
)
async def request_address(asked: NewAddress, principal: Approver, services: Served) -> AddressPrepared:
    """Prepare a new address for orders to come: a card to render and press. Nothing changes by this."""
    view = await services.app.books.home.prepare(principal, asked)
    return AddressPrepared(quote_id=view.quote_id, ship_to=view.ship_to, expires_at=view.expires_at)
