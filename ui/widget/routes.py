"""The widget's files under `/widget/`, and the page at `/` that holds it."""

from functools import cache
from importlib.resources import files

from fastapi import APIRouter
from fastapi.responses import Response

from ui.problems import not_found

router = APIRouter(include_in_schema=False)

# Only these names are ever opened, whatever an address says.
_TYPES = {
    "index.html": "text/html",
    "page.js": "text/javascript",
    "api.js": "text/javascript",
    "draw.js": "text/javascript",
    "panel.js": "text/javascript",
    "photo.js": "text/javascript",
    "purchase.js": "text/javascript",
    "page.css": "text/css",
    "cards.css": "text/css",
    "mark.svg": "image/svg+xml",
}


@router.get("/")
async def index() -> Response:
    """Serve the shopper's page."""
    return _file("index.html")


@router.get("/widget/{name}")
async def part(name: str) -> Response:
    """Serve a file of the widget."""
    if name not in _TYPES:
        raise not_found()
    return _file(name)


@cache
def _bytes(name: str) -> bytes:
    return files("ui").joinpath("widget", name).read_bytes()


def _file(name: str) -> Response:
    media_type = f"{_TYPES[name]}; charset=utf-8"
    return Response(_bytes(name), media_type=media_type, headers={"Cache-Control": "no-cache"})
