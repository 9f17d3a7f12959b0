"""Routes of the shopper's own data: a copy of everything, and that it is forgotten."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import StreamingResponse

from policies.principal import Principal, Scope
from ui.identity import Shopper
from ui.openapi import problems
from ui.problems import HttpProblem
from ui.services import Served, Services
from ui.visitor import forget_visitor

router = APIRouter(prefix="/v1/me", tags=["privacy"])

_DOCUMENT: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "One JSON document, streamed: `schema`, `made_at`, `subject`, then an array of records for each "
        "kind of data, e.g. `profile`, `addresses`, `conversations`, `orders`, `audit`, `pictures`.",
        "content": {"application/json": {"schema": {"type": "object"}}},
    }
}


def _owner(principal: Shopper) -> Principal:
    """Return the shopper on the shop's own pages; a page that merely embeds the assistant gets no copy of anybody."""
    if not principal.may(Scope.APPROVE):
        raise HttpProblem(403, "wrong_scope", "Your data is shown on the shop's own pages only. Open the shop itself.")
    return principal


Owner = Annotated[Principal, Depends(_owner)]


@router.get(
    "/export",
    operation_id="export_my_data",
    response_class=StreamingResponse,
    responses=_DOCUMENT | problems(401, 403, 503),
)
async def export_my_data(principal: Owner, services: Served) -> Response:
    """Return everything the shop keeps of the shopper, as one JSON document."""
    return exported(services, principal)


@router.delete(
    "", status_code=204, operation_id="forget_me", response_class=Response, responses=problems(401, 403, 409, 503)
)
async def forget_me(request: Request, principal: Owner, services: Served) -> Response:
    """Forget the shopper: chats, pictures, memory, cart, addresses and cards go at once, and this token with them.

    What was bought stays in the books without anybody to find it by. Refused with 409 while money is on the move.
    """
    await forget(services, principal)
    response = Response(status_code=204)
    forget_visitor(response, request)
    return response


def exported(services: Services, principal: Principal) -> StreamingResponse:
    """Return the shopper's data as a file to keep."""
    headers = {"Cache-Control": "no-store", "Content-Disposition": 'attachment; filename="my-data.json"'}
    return StreamingResponse(services.app.privacy.export(principal), media_type="application/json", headers=headers)


async def forget(services: Services, principal: Principal) -> None:
    """Stop the shopper's answers that are being written here, and forget the shopper everywhere.

    Raises:
        Refused: Money of theirs is on the move, or another server is writing an answer.
    """
    app = services.app
    refusal = await app.books.privacy.obstacle(principal)
    if refusal is not None:
        raise refusal
    await app.assistant.leave(await app.books.privacy.sessions(principal.subject))
    await app.privacy.erase(principal.subject)
