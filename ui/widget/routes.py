"""The widget's files under `/widget/`."""

import gzip
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files

from fastapi import APIRouter, Request
from fastapi.responses import Response

from ui.problems import not_found

router = APIRouter(include_in_schema=False)

# Only these names are ever opened, whatever an address says.
_TYPES = {
    "widget.js": "text/javascript",
    "panel.js": "text/javascript",
    "talk.js": "text/javascript",
    "block.js": "text/javascript",
    "api.js": "text/javascript",
    "dom.js": "text/javascript",
    "draw.js": "text/javascript",
    "cart.js": "text/javascript",
    "photo.js": "text/javascript",
    "purchase.js": "text/javascript",
    "widget.css": "text/css",
    "panel.css": "text/css",
    "card.css": "text/css",
    "mark.svg": "image/svg+xml",
}


@dataclass(frozen=True, slots=True)
class _File:
    """A file as it goes over the wire: plain, compressed, and named by its content."""

    plain: bytes
    small: bytes
    tag: str


@router.get("/widget/{name}")
async def part(name: str, request: Request) -> Response:
    """Serve a file of the widget; a browser that has it already is told so."""
    if name not in _TYPES:
        raise not_found()
    file = _file(name)
    headers = {"Cache-Control": "no-cache", "ETag": file.tag, "Vary": "Accept-Encoding"}
    if request.headers.get("if-none-match") == file.tag:
        return Response(status_code=304, headers=headers)
    media_type = f"{_TYPES[name]}; charset=utf-8"
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return Response(file.plain, media_type=media_type, headers=headers)
    return Response(file.small, media_type=media_type, headers=headers | {"Content-Encoding": "gzip"})


def _lean(source: str) -> str:
    """Leave out indentation and lines that are only comment: a shopper's device needs neither."""
    lines = (line.strip() for line in source.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("//"))


@cache
def _file(name: str) -> _File:
    plain = _lean(files("ui").joinpath("widget", name).read_text(encoding="utf-8")).encode()
    return _File(plain, gzip.compress(plain, mtime=0), f'"{sha256(plain).hexdigest()[:20]}"')
