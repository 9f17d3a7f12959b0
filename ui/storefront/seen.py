"""What a page tells of what was looked at there; of a visitor whom the shop has not met it keeps nothing."""

from fastapi import APIRouter, Request, Response

from ui.api_events import recorded
from ui.bodies_events import EventsSeen
from ui.identity import origin_kind
from ui.problems import HttpProblem
from ui.services import Served
from ui.storefront.frame import PageRoute
from ui.visitor import Visiting

router = APIRouter(include_in_schema=False, route_class=PageRoute)


@router.post("/seen")
async def seen(told: EventsSeen, request: Request, services: Served, visitor: Visiting) -> Response:
    """Record what a page of the shop's own tells, as `POST /v1/events` does for who has a token."""
    if origin_kind(request, services.app.settings.allowed_origins) != "first_party":
        raise HttpProblem(403, "foreign_origin", "This can only be done on the shop's own pages. Open the shop itself.")
    if visitor is not None and visitor.session_id:
        await recorded(services, visitor.principal, told)
    return Response(status_code=204)
