"""What the widget's addresses serve: the files of a fixed list, small, with their types, and nothing else."""

import gzip
from collections.abc import AsyncGenerator

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI

from ui import problems
from ui.guard import SecurityHeaders
from ui.widget import routes

SCRIPT, STYLE = "text/javascript; charset=utf-8", "text/css; charset=utf-8"
LAUNCHER = ("widget.js", "widget.css")
PANEL = ("panel.js", "talk.js", "block.js", "api.js", "dom.js", "draw.js", "cart.js", "photo.js", "purchase.js")
STYLES = ("panel.css", "card.css")


@pytest_asyncio.fixture
async def http() -> AsyncGenerator[httpx.AsyncClient]:
    web = FastAPI()
    web.include_router(routes.router)
    problems.install(web)
    web.add_middleware(SecurityHeaders)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(web), base_url="http://aisle") as client:
        yield client


async def sizes(http: httpx.AsyncClient, names: tuple[str, ...]) -> int:
    """Return what a browser loads for these files, bytes."""
    total = 0
    for name in names:
        async with http.stream("GET", f"/widget/{name}") as answer:
            assert answer.status_code == 200
            assert answer.headers["content-encoding"] == "gzip"
            total += len(b"".join([chunk async for chunk in answer.aiter_raw()]))
    return total


@pytest.mark.parametrize("name", [*LAUNCHER, *PANEL, *STYLES])
async def test_a_file_has_its_type_and_a_name_for_its_content(http: httpx.AsyncClient, name: str) -> None:
    answer = await http.get(f"/widget/{name}")

    assert answer.headers["content-type"] == (SCRIPT if name.endswith(".js") else STYLE)
    assert answer.headers["cache-control"] == "no-cache"
    again = await http.get(f"/widget/{name}", headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


async def test_a_client_that_knows_no_compression_gets_the_same_file(http: httpx.AsyncClient) -> None:
    plain = await http.get("/widget/widget.js", headers={"Accept-Encoding": "identity"})
    small = await http.get("/widget/widget.js")

    assert "content-encoding" not in plain.headers
    assert plain.content == small.content
    assert gzip.compress(plain.content, mtime=0) != plain.content


async def test_the_mark_is_a_picture(http: httpx.AsyncClient) -> None:
    assert (await http.get("/widget/mark.svg")).headers["content-type"].startswith("image/svg+xml")


@pytest.mark.parametrize(
    "name",
    [
        "routes.py",
        "__init__.py",
        "nothing.js",
        "widget.js.map",
        "%2e%2e%2fserver.py",
        "..%2frouting.py",
        "%2e%2e/guard.py",
        "widget.js%00.svg",
        "WIDGET.JS",
        "%5c..%5cserver.py",
        "",
    ],
)
async def test_only_listed_names_are_served(http: httpx.AsyncClient, name: str) -> None:
    assert (await http.get(f"/widget/{name}")).status_code == 404


async def test_a_page_loads_little_before_the_panel_is_opened(http: httpx.AsyncClient) -> None:
    assert await sizes(http, LAUNCHER) <= 1_600


async def test_the_panel_is_small(http: httpx.AsyncClient) -> None:
    assert await sizes(http, PANEL) <= 16_000
    assert await sizes(http, STYLES) <= 4_500
