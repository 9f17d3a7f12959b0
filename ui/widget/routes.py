"""The widget's built files: the launcher at a stable address, every part at one that changes with its contents."""

import gzip
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import BaseModel, TypeAdapter

from ui.problems import not_found

router = APIRouter(include_in_schema=False)

LAUNCHER = "widget.js"
_TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}
_MARK = "mark.svg"
_YEAR_S = 31_536_000
# Pages of any origin may load the widget; what it may then do is decided by the origin of its requests.
_PUBLIC = {
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Vary": "Accept-Encoding",
}


class Part(BaseModel):
    """A file of the build.

    Args:
        file: Its name with the digest of its contents.
        integrity: What a browser may check it by (SRI).
        bytes: Its size.
        gzip_bytes: Its size as it is sent.
    """

    file: str
    integrity: str
    bytes: int
    gzip_bytes: int


@dataclass(frozen=True, slots=True)
class _File:
    """A file as it goes over the wire: plain, compressed, and named by its content."""

    plain: bytes
    small: bytes
    tag: str


@cache
def manifest() -> Mapping[str, Part]:
    """Return the parts of the build by their plain names."""
    text = files("ui").joinpath("widget", "dist", "manifest.json").read_text(encoding="utf-8")
    return TypeAdapter(dict[str, Part]).validate_python(json.loads(text))


def address(name: str) -> str:
    """Return where a part is served for good; a name that is not built is a bug."""
    return f"/widget/{manifest()[name].file}"


@router.get(f"/{LAUNCHER}")
async def launcher(request: Request) -> Response:
    """Serve the launcher; a browser that has it already is told so."""
    return _answer(request, manifest()[LAUNCHER].file, "no-cache")


@router.get("/widget/{name}")
async def part(name: str, request: Request) -> Response:
    """Serve a file of the build by its whole name; only these names are ever opened, whatever an address says."""
    if name == _MARK:
        return _answer(request, name, "no-cache")
    if name not in {each.file for each in manifest().values()}:
        raise not_found()
    return _answer(request, name, f"public, max-age={_YEAR_S}, immutable")


def _answer(request: Request, name: str, kept: str) -> Response:
    file = _file(name)
    headers = _PUBLIC | {"Cache-Control": kept, "ETag": file.tag}
    if request.headers.get("if-none-match") == file.tag:
        return Response(status_code=304, headers=headers)
    media_type = _TYPES[name[name.rindex(".") :]]
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return Response(file.plain, media_type=media_type, headers=headers)
    return Response(file.small, media_type=media_type, headers=headers | {"Content-Encoding": "gzip"})


@cache
def _file(name: str) -> _File:
    plain = files("ui").joinpath("widget", "dist", name).read_bytes()
    return _File(plain, gzip.compress(plain, mtime=0), f'"{sha256(plain).hexdigest()[:20]}"')
