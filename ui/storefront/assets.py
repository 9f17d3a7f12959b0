"""The pages' style sheets and scripts, at addresses that change with their contents, so that browsers may keep them."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import Response

from ui.problems import not_found
from ui.theme import read_mark, sheet

router = APIRouter(include_in_schema=False)

_THEME = "theme.css"
_TYPES = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".webp": "image/webp",
}
_YEAR_S = 31_536_000


@dataclass(frozen=True, slots=True)
class Assets:
    """The files by name, and one digest over all of them: scripts may import each other by relative name."""

    contents: Mapping[str, bytes]
    digest: str
    mark: str = "mark.svg"

    def address(self, name: str) -> str:
        """Return where a file is served; a name that does not exist is a bug."""
        if name not in self.contents:
            raise LookupError(name)
        return f"/static/{self.digest}/{name}"

    @property
    def theme(self) -> str:
        """Where the shop's own colour is, "" where it has none."""
        return self.address(_THEME) if _THEME in self.contents else ""


def load_assets(accent: str = "", mark: Path | None = None) -> Assets:
    """Read all files once, and make those of the shop's own colour and mark."""
    folder = files("ui.storefront") / "static"
    contents = {
        item.name: item.read_bytes() for item in folder.iterdir() if item.name.endswith((".css", ".js", ".svg"))
    }
    contents |= {_THEME: sheet(accent).encode()} if accent else {}
    shown = "mark.svg" if mark is None else f"mark{mark.suffix.lower()}"
    contents |= {} if mark is None else {shown: read_mark(mark).content}
    digest = hashlib.sha256()
    for name in sorted(contents):
        digest.update(name.encode() + b"\0" + contents[name])
    return Assets(contents, digest.hexdigest()[:12], shown)


@router.get("/static/{digest}/{name}")
async def asset(digest: str, name: str, request: Request) -> Response:
    """Serve a file; one asked for by an old digest is served as it is now, and not kept."""
    assets: Assets = request.app.state.storefront.assets
    if name not in assets.contents:
        raise not_found()
    kept = f"public, max-age={_YEAR_S}, immutable" if digest == assets.digest else "no-cache"
    media_type = _TYPES[name[name.rindex(".") :]]
    return Response(assets.contents[name], media_type=media_type, headers={"Cache-Control": kept})
