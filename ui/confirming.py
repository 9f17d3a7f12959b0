"""The order card on a page of its own, which storefronts of another origin frame, and a token for that one card."""

import html
from datetime import datetime, timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, Field

from policies.principal import Principal
from policies.words import DEFAULT_LOCALE, say
from shop.change_quotes import is_change
from shop.home import is_home
from ui.auth import Unauthorised
from ui.bodies import Body
from ui.guard import CONTENT_POLICY
from ui.identity import Shopper, origin_kind
from ui.openapi import problems
from ui.pressing import issue_press
from ui.problems import HttpProblem, not_found
from ui.services import Served, Services
from ui.widget import routes as widget

router = APIRouter()

_OPEN_FOR = timedelta(minutes=30)
_PAGE_AUDIENCE = "aisle-confirm"
_PAGE = """<!doctype html>
<html lang="{lang}" dir="{dir}" data-scheme="{scheme}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="icon" href="/widget/mark.svg" type="image/svg+xml">
<link rel="stylesheet" href="{card}">
<link rel="stylesheet" href="{page}">
{scripts}
</head>
<body data-quote-id="{quote_id}" data-ticket="{ticket}"><main></main></body>
</html>
"""


_SCRIPT = '<script type="module" src="{src}" integrity="{integrity}"></script>'
_RIGHT_TO_LEFT = frozenset({"ar"})


class PressAsked(Body):
    """Asks for a token that can press one card."""

    ticket: str = Field(max_length=2000, description="What the card's own page was served with.")


class PressToken(BaseModel):
    """A token for one card and nothing else."""

    token: str
    expires_at: datetime


@router.get("/confirm/{quote_id}", include_in_schema=False)
async def confirm_page(
    quote_id: str,
    request: Request,
    services: Served,
    lang: Annotated[str, Query(max_length=35)] = "",
    scheme: Literal["light", "dark", ""] = "",
) -> HTMLResponse:
    """Serve the page around one card, to be looked at; whose card it is shows when the card is asked for.

    What binds is written in the shopper's language by the card; `lang` and `scheme` are those of the page around.

    Browsers say themselves whether they load it, and whether into a frame; a script can claim neither.
    """
    if request.headers.get("sec-fetch-mode", "navigate") != "navigate":
        raise HttpProblem(403, "foreign_origin", "An order card is looked at, not fetched.")
    framed = request.headers.get("sec-fetch-dest", "document") != "document"
    ticket, _ = services.authority.sign({"framed": framed}, _PAGE_AUDIENCE, _OPEN_FOR)
    language = lang.split("-")[0].lower()
    words = f"words-{language}.js"
    scripts = [words, "confirm.js"] if words in widget.manifest() else ["confirm.js"]
    text = _PAGE.format(
        lang=language if len(scripts) > 1 else DEFAULT_LOCALE,
        dir="rtl" if language in _RIGHT_TO_LEFT else "ltr",
        scheme=scheme,
        title=say(language, "headline"),
        card=widget.address("card.css"),
        page=widget.address("confirm.css"),
        scripts="\n".join(map(_script, scripts)),
        quote_id=html.escape(quote_id),
        ticket=html.escape(ticket),
    )
    embedders = " ".join(["'self'", *services.app.settings.allowed_origins])
    headers = {
        "Cache-Control": "no-store",
        "Content-Security-Policy": CONTENT_POLICY.replace("frame-ancestors 'none'", f"frame-ancestors {embedders}"),
        # A window opened out of the frame has to hear from it.
        "Cross-Origin-Opener-Policy": "unsafe-none",
        "Cross-Origin-Resource-Policy": "cross-origin",
    }
    return HTMLResponse(text, headers=headers)


@router.post(
    "/v1/quotes/{quote_id}/press-token",
    operation_id="press_token",
    tags=["purchase"],
    responses=problems(400, 401, 403, 404, 413, 422, 503),
)
async def press_token(
    quote_id: str, asked: PressAsked, request: Request, principal: Shopper, services: Served
) -> PressToken:
    """Hand out a token for one card, to that card's own page only.

    A browser names the origin that asks, and no page can name another's: a storefront that embeds the conversation
    holds its token and still gets nothing here. Above the shop's bound a card is pressed in a window of its own.
    """
    if not request.headers.get("origin") or origin_kind(request, []) != "first_party":
        raise HttpProblem(403, "foreign_origin", "Only the order card's own page can ask for this.")
    amount = await _amount(services, principal, quote_id)
    if _framed(services, asked.ticket) and amount > services.app.settings.framed_press_limit:
        raise HttpProblem(403, "needs_window", "This order is checked and placed in a window of its own.")
    token, expires = issue_press(services, principal, quote_id)
    return PressToken(token=token, expires_at=expires)


def _script(name: str) -> str:
    return _SCRIPT.format(src=widget.address(name), integrity=widget.manifest()[name].integrity)


def _framed(services: Services, ticket: str) -> bool:
    try:
        return services.authority.claims(ticket, _PAGE_AUDIENCE, ("framed",))["framed"] is not False
    except Unauthorised as error:
        raise HttpProblem(403, "card_too_old", "This order card was open for too long. Get a new one.") from error


async def _amount(services: Services, principal: Principal, quote_id: str) -> int:
    """Return what a press would move, minor units; 404 for a card that is not the shopper's."""
    books = services.app.books
    if is_home(quote_id):
        if await books.home.get(principal, quote_id) is None:
            raise not_found()
        return 0
    if is_change(quote_id):
        change = await books.changes.get(principal, quote_id)
        if change is None:
            raise not_found()
        return abs(change.difference)
    quote = await books.quotes.get(principal, quote_id)
    if quote is None:
        raise not_found()
    return quote.total
