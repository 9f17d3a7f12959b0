"""What the shop keeps of a visitor: a page about it, a copy to take along, and in two steps that it is forgotten."""

from typing import Annotated, Literal

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from policies.errors import Refused
from ui.api_me import exported, forget
from ui.identity import origin_kind
from ui.problems import HttpProblem
from ui.services import Served
from ui.storefront.frame import PageRoute, page, storefront_of
from ui.storefront.said import Said, told
from ui.visitor import Visiting, forget_visitor

router = APIRouter(include_in_schema=False, route_class=PageRoute)

_HERE = "/your-data"
_ASK = f"{_HERE}/delete"
_DONE = f"{_HERE}/deleted"


@router.get(_HERE)
async def your_data(request: Request, visitor: Visiting) -> HTMLResponse:
    """Say what is kept, for how long, and what can be done about it."""
    app = storefront_of(request).services.app
    context: dict[str, object] = {
        "title": "Your data",
        "step": "about",
        "keep": app.settings,
        "known": visitor is not None,
        "learning": visitor is not None and await app.books.behaviour.allowed(visitor.principal),
    }
    return await page(request, "privacy.html", context)


@router.post(f"{_HERE}/learning")
async def learning(
    request: Request, services: Served, visitor: Visiting, allowed: Annotated[Literal["yes", "no"], Form()]
) -> Response:
    """Let the shop learn from what the visitor does, or no more."""
    if origin_kind(request, services.app.settings.allowed_origins) != "first_party":
        raise HttpProblem(403, "foreign_origin", "This can only be done on the shop's own pages. Open the shop itself.")
    if visitor is None:
        return RedirectResponse(_HERE, 303)
    leave = services.app.books.learning
    await (leave.allow(visitor.principal) if allowed == "yes" else leave.take_back(visitor.principal))
    said = Said("done", "The shop now learns from what you look at." if allowed == "yes" else "Stopped and deleted.")
    return RedirectResponse(told(_HERE, said, visitor, services.authority), 303)


@router.get(f"{_HERE}/copy")
async def copy(services: Served, visitor: Visiting) -> Response:
    """Send everything that is kept of the visitor as a file; of a stranger there is nothing."""
    if visitor is None:
        raise HttpProblem(404, "nothing_kept", "The shop keeps nothing of you: you have not begun anything here.")
    return exported(services, visitor.principal)


@router.get(_ASK)
async def ask(request: Request, services: Served, visitor: Visiting) -> HTMLResponse:
    """Ask once more before anything is deleted, and say what stands in the way."""
    privacy = services.app.books.privacy
    refusal = await privacy.obstacle(visitor.principal) if visitor else None
    context: dict[str, object] = {
        "title": "Delete your data",
        "step": "ask",
        "known": visitor is not None,
        "refusal": refusal.text if refusal else "",
        "undelivered": await privacy.undelivered(visitor.principal) if visitor else [],
    }
    return await page(request, "privacy.html", context)


@router.post(_ASK)
async def delete(request: Request, services: Served, visitor: Visiting) -> Response:
    """Forget the visitor, cookie and all."""
    if origin_kind(request, services.app.settings.allowed_origins) != "first_party":
        raise HttpProblem(403, "foreign_origin", "This can only be done on the shop's own pages. Open the shop itself.")
    if visitor is not None:
        try:
            await forget(services, visitor.principal)
        except Refused as refused:
            said = Said("refused", refused.text)
            return RedirectResponse(told(_ASK, said, visitor, services.authority), 303)
    response = RedirectResponse(_DONE, 303)
    forget_visitor(response, request)
    return response


@router.get(_DONE)
async def deleted(request: Request) -> HTMLResponse:
    """Say that it is done."""
    return await page(request, "privacy.html", {"title": "Your data is deleted", "step": "done"})
