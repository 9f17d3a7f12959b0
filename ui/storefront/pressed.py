"""What a form of the pages does: it is pressed on a page of ours, and answered with a page and a line about it."""

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Form, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse

from policies.errors import Refused
from policies.principal import Principal
from shop.books import GateBooks
from ui.services import Services
from ui.storefront.frame import count_of, wants_json
from ui.storefront.said import Said, told
from ui.visitor import Visitor, keep_visitor

Id = Annotated[str, Form(max_length=64, pattern=r"^[A-Za-z0-9._:-]*$")]
Put = Callable[[GateBooks, Principal], Awaitable[Said | None]]


async def pressed(request: Request, services: Services, visitor: Visitor, back: str, put: Put) -> Response:
    """Do what was pressed and say what came of it; a refusal changes nothing and is said as the books word it."""
    try:
        said = await put(services.app.books, visitor.principal)
    except Refused as refused:
        said = Said("refused", refused.text)
    response: Response
    if wants_json(request):
        body = {"count": await count_of(services, visitor)}
        spoken = {"kind": said.kind, "text": said.text, "undo": said.undo} if said else {"kind": "done", "text": ""}
        response = JSONResponse(body | spoken, headers={"Cache-Control": "no-store"})
    else:
        response = RedirectResponse(told(back, said, visitor, services.authority) if said else back, 303)
    keep_visitor(response, request, services, visitor)
    return response
