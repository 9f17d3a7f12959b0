"""All routes of the shop's pages, and what an app needs to serve them."""

from fastapi import APIRouter, FastAPI

from ui.services import Services
from ui.storefront import assets, boards, browsing, errors, help, home, notes, orders, privacy, product, seen, shopping
from ui.storefront.frame import Storefront

_MODULES = (home, browsing, product, shopping, orders, boards, notes, help, privacy, seen, assets)


def install(web: FastAPI, services: Services) -> None:
    """Serve the shop's pages around an opened Aisle; call it after the app's own error handlers are installed."""
    web.state.storefront = Storefront(services)
    for module in _MODULES:
        router: APIRouter = module.router
        web.include_router(router)
    errors.install(web)
