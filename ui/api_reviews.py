"""Routes of orders that wait for a person of the shop: the operator lists, releases and refuses them."""

import asyncio
from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel

from shop.review import Checked, HeldOrder
from ui.bodies import OrderTold
from ui.identity import Operator
from ui.openapi import problems
from ui.services import Served, Services

router = APIRouter(prefix="/v1/operator", tags=["operator"])

# How long a decision waits for its capture or void before the order is told as it stands, seconds.
PAYMENT_WAIT_S = 5.0


class ReviewsTold(BaseModel):
    """Orders that wait for a person, the most urgent first; amounts are minor units."""

    orders: list[HeldOrder]


@router.get("/reviews", operation_id="list_reviews", responses=problems(401, 403, 503))
async def list_reviews(operator: Operator, services: Served) -> ReviewsTold:
    """List the orders that wait for a person before anything is charged, with why and until when."""
    return ReviewsTold(orders=await services.app.books.reviews.waiting())


@router.post(
    "/orders/{order_id}/review/{decision}",
    operation_id="decide_review",
    responses=problems(401, 403, 404, 409, 422, 503),
)
async def decide_review(
    order_id: str, decision: Literal["release", "refuse"], operator: Operator, services: Served
) -> OrderTold:
    """Release an order, so that it is charged and placed, or refuse it, so that its money is let go."""
    reviews = services.app.books.reviews
    checked = await (reviews.release if decision == "release" else reviews.refuse)(order_id)
    going_on = services.background.start(_go_on(services, checked))
    await asyncio.wait({going_on}, timeout=PAYMENT_WAIT_S)
    view = await services.app.books.fulfilment.read(order_id)
    return OrderTold(order_id=view.order_id, state=view.state)


async def _go_on(services: Services, checked: Checked) -> None:
    """Charge or void, then let the shopper's conversation read how it ended."""
    await services.app.books.worker.drive(checked.intent_id)
    await services.app.assistant.wake(checked.owner, checked.quote_id)
