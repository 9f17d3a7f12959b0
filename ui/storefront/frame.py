"""What every page is drawn with: templates, the parts of the shop, the visitor's cart count, and the headers."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse
from fastapi.routing import APIRoute
from jinja2 import Environment, PackageLoader, StrictUndefined

from policies.errors import Refused, Unavailable
from policies.limits import load_policy
from retrieval.product import Policy
from ui.guard import CONTENT_POLICY
from ui.problems import HttpProblem, as_problem
from ui.services import Services
from ui.storefront import wording
from ui.storefront.assets import Assets, load_assets
from ui.storefront.directory import Directory, read_directory
from ui.storefront.said import PARAMETER, Said, heard
from ui.visitor import Visitor, visitor_from
from ui.widget import routes as widget

# Our own forms may be sent, and a feed's pictures may lie on another host; all else is as on every page.
PAGE_POLICY = CONTENT_POLICY.replace("form-action 'none'", "form-action 'self'").replace(
    "img-src 'self'", "img-src 'self' https:"
)
_FOOTER_TOPICS = 6


class Storefront:
    """Templates and what is remembered of the catalogue's parts; one per server."""

    def __init__(self, services: Services) -> None:
        self.services = services
        settings = services.app.settings
        self.assets: Assets = load_assets(settings.accent, settings.mark)
        self.currency = load_policy(services.app.settings.policy).currency
        self._directory = Directory()
        self._reading = asyncio.Lock()
        self._templates = Environment(
            loader=PackageLoader("ui.storefront"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        known: dict[str, Any] = self._templates.globals
        known |= {"asset": self.assets.address, "widget": widget.address, "shop": services.app.shop_name}
        known |= {"theme": self.assets.theme, "mark": self.assets.address(self.assets.mark)}
        filters: dict[str, Any] = self._templates.filters
        filters |= {
            "price": wording.price,
            "line": wording.one_line,
            "named": wording.name,
            "options": wording.line_options,
            "product_address": wording.product_address,
            "picture": wording.picture,
        }

    async def directory(self) -> Directory:
        """Return the parts of the shop, read anew when the catalogue's version has changed."""
        async with self._reading:
            version = (await self.services.app.catalog.vocabulary()).version
            if self._directory.version != version or not version:
                not_sold = await self.services.app.books.offers.not_sold()
                self._directory = await read_directory(self.services.app.catalog, not_sold)
            return self._directory

    def render(self, template: str, context: dict[str, object]) -> str:
        """Draw a template; everything in it is escaped."""
        return self._templates.get_template(template).render(context)


@dataclass(frozen=True, slots=True)
class _Frame:
    """What stands around every page's own content."""

    directory: Directory
    topics: list[Policy]
    count: int
    said: Said | None
    visitor: Visitor | None


def storefront_of(request: Request) -> Storefront:
    """Return what the pages are drawn with."""
    storefront: Storefront = request.app.state.storefront
    return storefront


async def page(request: Request, template: str, context: dict[str, object], status: int = 200) -> HTMLResponse:
    """Return a page in the shop's look; it changes nothing and sets no cookie."""
    storefront = storefront_of(request)
    frame = await _frame(request, storefront)
    around: dict[str, object] = {"frame": frame, "path": request.url.path, "query": ""}
    text = storefront.render(template, around | context)
    headers = {
        "Cache-Control": "no-store" if frame.visitor else "no-cache",
        "Vary": "Cookie",
        "Content-Security-Policy": PAGE_POLICY,
    }
    return HTMLResponse(text, status, headers=headers)


async def count_of(services: Services, visitor: Visitor | None) -> int:
    """Return how many units lie in the visitor's cart."""
    if visitor is None:
        return 0
    view = await services.app.books.carts.view(visitor.principal)
    return sum(line.quantity for line in view.lines)


async def _frame(request: Request, storefront: Storefront) -> _Frame:
    services = storefront.services
    visitor = visitor_from(services, request.cookies)
    directory, policies, count = await asyncio.gather(
        storefront.directory(), services.app.catalog.policies(), count_of(services, visitor)
    )
    said = heard(request.query_params.get(PARAMETER), visitor, services.authority)
    return _Frame(directory, policies[:_FOOTER_TOPICS], count, said, visitor)


async def error_page(request: Request, problem: HttpProblem) -> HTMLResponse:
    """Return an error as a page, as long as the shop can be read; else as one that needs nothing."""
    missing = problem.status == 404 and problem.code != "not_sold_here"
    title = "There is no such page" if missing else "That did not work"
    title = "Not sold here" if problem.code == "not_sold_here" else title
    text = "Look for it by name, or start from the front page." if missing else problem.detail
    context: dict[str, object] = {"title": title, "text": text}
    try:
        return await page(request, "error.html", context, problem.status)
    except Unavailable:
        bare = storefront_of(request).render("bare.html", context)
        return HTMLResponse(bare, problem.status, headers={"Content-Security-Policy": PAGE_POLICY})


class PageRoute(APIRoute):
    """A route whose errors are pages, too."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the route's handler with its known errors drawn."""
        handler = super().get_route_handler()

        async def drawn(request: Request) -> Response:
            try:
                return await handler(request)
            except (HttpProblem, Refused, Unavailable, RequestValidationError) as error:
                if wants_json(request):
                    raise
                return await error_page(request, as_problem(error))

        return drawn


def wants_json(request: Request) -> bool:
    """Say whether the page's own script asks, which draws the answer itself."""
    return "application/json" in request.headers.get("accept", "")


def wants_page(request: Request) -> bool:
    """Say whether a person asks with a browser, outside the API."""
    return "text/html" in request.headers.get("accept", "") and not request.url.path.startswith("/v1/")
