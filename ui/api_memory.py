"""Routes of what the shopper asked to be remembered: read it, and take it back."""

from fastapi import APIRouter, Response

from shop.memory import Remembered
from ui.bodies_mine import MemoryTold, NoteTold
from ui.identity import Shopper
from ui.openapi import problems
from ui.problems import HttpProblem
from ui.services import Served

router = APIRouter(prefix="/v1/me/memory", tags=["memory"])


@router.get("", operation_id="read_memory", responses=problems(401, 403, 503))
async def read_memory(principal: Shopper, services: Served) -> MemoryTold:
    """Read everything the shopper asked to be remembered, with their own words and when they said them."""
    return MemoryTold(entries=[_told(each) for each in await services.app.books.memory.all(principal)])


@router.delete("", status_code=204, operation_id="forget_everything", responses=problems(401, 403, 503))
async def forget_everything(principal: Shopper, services: Served) -> Response:
    """Forget all of it."""
    await services.app.books.memory.forget_all(principal)
    return Response(status_code=204)


@router.delete("/{key}", status_code=204, operation_id="forget_entry", responses=problems(401, 403, 404, 503))
async def forget_entry(key: str, principal: Shopper, services: Served) -> Response:
    """Forget one entry."""
    if not await services.app.books.memory.forget(principal, [key]):
        raise HttpProblem(404, "not_found", "Nothing of that name is kept.")
    return Response(status_code=204)


def _told(kept: Remembered) -> NoteTold:
    return NoteTold(key=kept.key, kind=kept.told.kind, text=kept.told.said(), words=kept.words, said_at=kept.said_at)
