"""Routes of what shoppers do with products, and of whether the shop may learn from it."""

from fastapi import APIRouter, Response

from policies.errors import Refused
from policies.principal import Principal
from shop.events import Event
from ui.bodies_events import EventsKept, EventsSeen, LearningTold, LearningWanted
from ui.identity import Shopper
from ui.openapi import problems
from ui.services import Served, Services

router = APIRouter(prefix="/v1", tags=["events"])


@router.post("/events", status_code=201, operation_id="record_events", responses=problems(400, 401, 403, 413, 422, 503))
async def record_events(seen: EventsSeen, principal: Shopper, services: Served) -> EventsKept:
    """Record what the shopper did with products, in order; what the shop does not sell is left out.

    What goes into the cart and out of it, what is bought and sent back, and what the conversation shows is
    recorded by the shop itself. Without leave to learn, events count in this conversation only and are gone with it,
    or after a day.
    """
    return EventsKept(kept=await recorded(services, principal, seen))


@router.get("/me/learning", operation_id="read_learning", responses=problems(401, 403, 503))
async def read_learning(principal: Shopper, services: Served) -> LearningTold:
    """Say whether the shop may learn from what the shopper does, across conversations."""
    return LearningTold(allowed=await services.app.books.behaviour.allowed(principal))


@router.put("/me/learning", status_code=204, operation_id="choose_learning", responses=problems(401, 403, 422, 503))
async def choose_learning(wanted: LearningWanted, principal: Shopper, services: Served) -> Response:
    """Allow the shop to learn from what the shopper does, or take that back: what was kept is then deleted."""
    learning = services.app.books.learning
    await (learning.allow(principal) if wanted.allowed else learning.take_back(principal))
    return Response(status_code=204)


async def recorded(services: Services, principal: Principal, seen: EventsSeen) -> int:
    """Record what a shopper did and return how many events are of products the shop sells."""
    known = await services.app.catalog.get(list(dict.fromkeys(one.product_id for one in seen.events)))
    events = [
        Event(one.kind, one.product_id, seen.source, one.position, one.slate)
        for one in seen.events
        if one.product_id in known
    ]
    if not await services.app.books.behaviour.record(principal, events):
        raise Refused("too_many_events", "That is more than a shopper does in a day. Try again tomorrow.")
    return len(events)
