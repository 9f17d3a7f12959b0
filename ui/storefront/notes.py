"""The visitor's notes: what they asked the assistant to remember, each with a button that takes it back."""

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from tools.hand_over import case_facts
from ui.identity import origin_kind
from ui.problems import HttpProblem
from ui.services import Served
from ui.storefront.frame import PageRoute, page, storefront_of
from ui.storefront.said import Said, told
from ui.visitor import Visiting

router = APIRouter(include_in_schema=False, route_class=PageRoute)

_HERE = "/notes"
Key = Annotated[str, Form(max_length=200, pattern=r"^[a-z0-9-]*$")]


@router.get(_HERE)
async def notes(request: Request, visitor: Visiting) -> HTMLResponse:
    """Show everything that is remembered, in the shopper's own words, and how their cases stand."""
    books = storefront_of(request).services.app.books
    kept = await books.memory.all(visitor.principal) if visitor else []
    cases = [case_facts(case) for case in await books.cases.mine(visitor.principal)] if visitor else []
    return await page(request, "notes.html", {"title": "Your notes", "notes": kept, "cases": cases})


@router.post(f"{_HERE}/forget")
async def forget(request: Request, services: Served, visitor: Visiting, key: Key = "") -> Response:
    """Forget one entry; without a key, all of them."""
    if origin_kind(request, services.app.settings.allowed_origins) != "first_party":
        raise HttpProblem(403, "foreign_origin", "This can only be done on the shop's own pages. Open the shop itself.")
    if visitor is None:
        return RedirectResponse(_HERE, 303)
    memory, mine = services.app.books.memory, visitor.principal
    gone = await memory.forget(mine, [key]) if key else await memory.forget_all(mine)
    said = Said("done", "Forgotten." if gone else "Nothing of that was kept.")
    return RedirectResponse(told(_HERE, said, visitor, services.authority), 303)
