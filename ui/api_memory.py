"""Routes of what the shopper asked to be remembered: read it, and take it back."""

from fastapi import APIRouter, Response
from pydantic import ValidationError

from policies.principal import Principal
from shop.memory import Remembered
from tools.memory import Remember, typed
from tools.tool import ToolError
from ui.bodies_mine import MemoryTold, NoteChanged, NoteTold
from ui.identity import Shopper
from ui.openapi import problems
from ui.problems import HttpProblem
from ui.services import Served, Services

CORRECTED = "corrected on the page Your taste"
router = APIRouter(prefix="/v1/me/memory", tags=["memory"])


@router.get("", operation_id="read_memory", responses=problems(401, 403, 503))
async def read_memory(principal: Shopper, services: Served) -> MemoryTold:
    """Read everything the shopper asked to be remembered, with their own words and when they said them."""
    return MemoryTold(entries=[_told(each) for each in await services.app.books.memory.all(principal)])


@router.delete("", status_code=204, operation_id="forget_everything", responses=problems(401, 403, 503))
async def forget_everything(principal: Shopper, services: Served) -> Response:
    """Forget all of it."""
    await services.app.privacy.forget_notes(principal)
    return Response(status_code=204)


@router.delete("/{key}", status_code=204, operation_id="forget_entry", responses=problems(401, 403, 404, 503))
async def forget_entry(key: str, principal: Shopper, services: Served) -> Response:
    """Forget one entry."""
    if not await services.app.privacy.forget_notes(principal, [key]):
        raise HttpProblem(404, "not_found", "Nothing of that name is kept.")
    return Response(status_code=204)


@router.put("/{key}", operation_id="change_entry", responses=problems(400, 401, 403, 404, 413, 422, 503))
async def change_entry(key: str, change: NoteChanged, principal: Shopper, services: Served) -> NoteTold:
    """Switch an entry off or on, or correct a size or a budget; what is off is kept but not gone by."""
    memory = services.app.books.memory
    kept = next((each for each in await memory.all(principal) if each.key == key), None)
    if kept is None:
        raise HttpProblem(404, "not_found", "Nothing of that name is kept.")
    if change.value is not None or change.amount is not None:
        kept = await corrected(services, principal, kept, change)
    if change.on is not None:
        await memory.switch(principal, kept.key, on=change.on)
    found = await memory.all(principal)
    return _told(next(each for each in found if each.key == kept.key))


async def corrected(services: Services, principal: Principal, kept: Remembered, change: NoteChanged) -> Remembered:
    """Replace a size or a budget by another one; the entry says that it was corrected on the page.

    Raises:
        HttpProblem: 422 when it is no size or budget, or the value is none.
    """
    if kept.told.kind not in ("size", "budget"):
        raise HttpProblem(
            422, "not_editable", "Only a size or a budget is corrected; forget the rest, and say it anew."
        )
    told = {"of": kept.told.of or None, "whom": kept.told.whom or None, "kind": kept.told.kind}
    try:
        wanted = Remember.model_validate({**told, "value": change.value, "amount": change.amount})
        entry = typed(wanted, await services.app.catalog.vocabulary(), services.app.books.memory.currency)
    except (ToolError, ValidationError) as error:
        raise HttpProblem(422, "unknown_word", "The shop knows no such size. Write it as on the label.") from error
    (fresh,) = await services.app.books.memory.keep(principal, [entry], CORRECTED)
    return fresh


def _told(kept: Remembered) -> NoteTold:
    return NoteTold(
        key=kept.key,
        kind=kept.told.kind,
        text=kept.told.said(),
        words=kept.words,
        said_at=kept.said_at,
        on=not kept.paused,
    )
