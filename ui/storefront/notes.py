"""The visitor's notes: what they asked the assistant to remember, each with a button that takes it back."""

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from shop.events import Told
from tools.hand_over import case_facts
from ui.api_memory import change_entry
from ui.bodies_mine import NoteChanged
from ui.identity import origin_kind
from ui.problems import HttpProblem
from ui.services import Served, Services
from ui.storefront.frame import PageRoute, page, storefront_of
from ui.storefront.said import Said, told
from ui.visitor import Visiting

router = APIRouter(include_in_schema=False, route_class=PageRoute)

_HERE = "/notes"
_FEW = 6
Key = Annotated[str, Form(max_length=200, pattern=r"^[a-z0-9-]*$")]


@router.get(_HERE)
async def notes(request: Request, visitor: Visiting) -> HTMLResponse:
    """Show everything that is remembered, in the shopper's own words, and how their cases stand."""
    books = storefront_of(request).services.app.books
    kept = await books.memory.all(visitor.principal) if visitor else []
    cases = [case_facts(case) for case in await books.cases.mine(visitor.principal)] if visitor else []
    told = await books.behaviour.told(visitor.principal) if visitor else Told()
    products = await storefront_of(request).services.app.catalog.get([*told.liked[:_FEW], *told.dismissed[:_FEW]])
    context: dict[str, object] = {
        "title": "What we know about your taste",
        "notes": kept,
        "cases": cases,
        "liked": [products[each] for each in told.liked[:_FEW] if each in products],
        "dismissed": [products[each] for each in told.dismissed[:_FEW] if each in products],
        "learning": visitor is not None and await books.behaviour.allowed(visitor.principal),
    }
    return await page(request, "notes.html", context)


@router.post(f"{_HERE}/change")
async def change(
    request: Request,
    services: Served,
    visitor: Visiting,
    key: Key,
    on: Annotated[bool | None, Form()] = None,
    value: Annotated[str, Form(max_length=20)] = "",
) -> Response:
    """Switch an entry off or on, or correct a size."""
    _require_own(request, services)
    if visitor is None:
        return RedirectResponse(_HERE, 303)
    wanted = NoteChanged(on=on, value=value.strip() or None)
    try:
        await change_entry(key, wanted, visitor.principal, services)
        said = Said("done", "Kept as you changed it.")
    except HttpProblem as problem:
        said = Said("refused", problem.detail)
    return RedirectResponse(told(_HERE, said, visitor, services.authority), 303)


@router.post(f"{_HERE}/forget")
async def forget(request: Request, services: Served, visitor: Visiting, key: Key = "") -> Response:
    """Forget one entry; without a key, all of them."""
    _require_own(request, services)
    if visitor is None:
        return RedirectResponse(_HERE, 303)
    gone = await services.app.privacy.forget_notes(visitor.principal, [key] if key else None)
    said = Said("done", "Forgotten." if gone else "Nothing of that was kept.")
    return RedirectResponse(told(_HERE, said, visitor, services.authority), 303)


def _require_own(request: Request, services: Services) -> None:
    if origin_kind(request, services.app.settings.allowed_origins) != "first_party":
        raise HttpProblem(403, "foreign_origin", "This can only be done on the shop's own pages. Open the shop itself.")
