"""The pages' style sheets and scripts, at addresses that change with their contents, so that browsers may keep them."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files

from fastapi import APIRouter, Request
from fastapi.responses import Response

from ui.problems import not_found

router = APIRouter(include_in_schema=False)

_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
_YEAR_S = 31_536_000


@dataclass(frozen=True, slots=True)
class Assets:
    """The files by name, and one digest over all of them: scripts may import each other by relative name."""

    contents: Mapping[str, bytes]
    digest: str

    def address(self, name: str) -> str:
        """Return where a file is served; a name that does not exist is a bug."""
        if name not in self.contents:
            raise LookupError(name)
        return f"/static/{self.digest}/{name}"


def load_assets() -> Assets:
    """Read all files once."""
    folder = files("ui.storefront") / "static"
    contents = {item.name: item.read_bytes() for item in folder.iterdir() if item.name.endswith(tuple(_TYPES))}
    digest = hashlib.sha256()
    for name in sorted(contents):
        digest.update(name.encode() + b"\0" + contents[name])
    return Assets(contents, digest.hexdigest()[:12])


@router.get("/static/{digest}/{name}")
async def asset(digest: str, name: str, request: Request) -> Response:
    """Serve a file; one asked for by an old digest is served as it is now, and not kept."""
    assets: Assets = request.app.state.storefront.assets
    if name not in assets.contents:
        raise not_found()
    kept = f"public, max-age={_YEAR_S}, immutable" if digest == assets.digest else "no-cache"
    media_type = f"{_TYPES[name[name.rindex('.') :]]}; charset=utf-8"
    return Response(assets.contents[name], media_type=media_type, headers={"Cache-Control": kept})
