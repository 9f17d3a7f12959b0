"""All routes of the HTTP API, in the order in which its document lists them."""

from fastapi import FastAPI

from ui import (
    api_address,
    api_backups,
    api_boards,
    api_cart,
    api_cases,
    api_events,
    api_feed,
    api_gift_cards,
    api_health,
    api_images,
    api_me,
    api_memory,
    api_operator,
    api_orders,
    api_quality,
    api_quotes,
    api_reviews,
    api_sessions,
    confirming,
    pictures,
)

_MODULES = (
    api_sessions,
    api_images,
    api_cart,
    api_boards,
    api_quotes,
    confirming,
    api_orders,
    api_address,
    api_backups,
    api_me,
    api_memory,
    api_events,
    api_cases,
    api_operator,
    api_quality,
    api_feed,
    api_reviews,
    api_gift_cards,
    api_health,
    pictures,
)


def install(web: FastAPI) -> None:
    """Serve the API."""
    for module in _MODULES:
        web.include_router(module.router)
