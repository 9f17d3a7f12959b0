"""The shop's policies, word for word."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from retrieval.product import Policy
from tools.help import policy_on
from ui.problems import not_found
from ui.storefront import wording
from ui.storefront.frame import PageRoute, page, storefront_of

router = APIRouter(include_in_schema=False, route_class=PageRoute)

_LONGEST = 20_000


@router.get("/help")
async def all_help(request: Request) -> HTMLResponse:
    """Show what there is help on."""
    return await _page(request, None)


@router.get("/help/{topic:path}")
async def help_on(topic: str, request: Request) -> HTMLResponse:
    """Show one policy; a word that means its topic finds it, too."""
    policies = await storefront_of(request).services.app.catalog.policies()
    policy = next((each for each in policies if each.topic == topic), None) or policy_on(topic, policies)
    if policy is None:
        raise not_found()
    return await _page(request, policy)


async def _page(request: Request, policy: Policy | None) -> HTMLResponse:
    policies = await storefront_of(request).services.app.catalog.policies()
    context: dict[str, object] = {
        "title": wording.one_line(policy.title) if policy else "Help",
        "policy": policy,
        "text": wording.paragraphs(policy.text, _LONGEST) if policy else [],
        "policies": policies,
    }
    return await page(request, "help.html", context)
