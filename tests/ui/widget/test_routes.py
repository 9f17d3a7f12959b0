"""What the widget's addresses serve: the files of the build, small, checked by their digests, and nothing else."""

import base64
import gzip
import hashlib
from collections.abc import AsyncGenerator

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI

from ui import problems
from ui.guard import SecurityHeaders
from ui.widget import routes

PARTS = tuple(routes.manifest())


@pytest_asyncio.fixture
async def http() -> AsyncGenerator[httpx.AsyncClient]:
    web = FastAPI()
    web.include_router(routes.router)
    problems.install(web)
    web.add_middleware(SecurityHeaders)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(web), base_url="http://aisle") as client:
        yield client


async def sent(http: httpx.AsyncClient, address: str) -> bytes:
    """Return what goes over the wire for an address, compressed as it is."""
    async with http.stream("GET", address) as answer:
        assert answer.status_code == 200
        assert answer.headers["content-encoding"] == "gzip"
        return b"".join([chunk async for chunk in answer.aiter_raw()])


@pytest.mark.parametrize("name", PARTS)
async def test_a_part_is_what_its_name_and_digest_say_and_kept_for_good(http: httpx.AsyncClient, name: str) -> None:
    answer = await http.get(routes.address(name))

    digest = base64.b64encode(hashlib.sha384(answer.content).digest()).decode()
    assert routes.manifest()[name].integrity == f"sha384-{digest}"
    assert hashlib.sha256(answer.content).hexdigest()[:12] in routes.address(name)
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["content-type"].startswith("text/css" if name.endswith(".css") else "text/javascript")


async def test_a_browser_that_has_the_launcher_is_told_so(http: httpx.AsyncClient) -> None:
    answer = await http.get("/widget.js")

    assert answer.headers["cache-control"] == "no-cache"
    again = await http.get("/widget.js", headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("address", ["/widget.js", *map(routes.address, PARTS)])
async def test_pages_of_any_origin_may_load_the_widget(http: httpx.AsyncClient, address: str) -> None:
    headers = (await http.get(address, headers={"Origin": "https://shop.example"})).headers

    assert headers["access-control-allow-origin"] == "*"
    assert headers["cross-origin-resource-policy"] == "cross-origin"


async def test_a_client_that_knows_no_compression_gets_the_same_file(http: httpx.AsyncClient) -> None:
    plain = await http.get("/widget.js", headers={"Accept-Encoding": "identity"})
    small = await http.get("/widget.js")

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
        "panel.js",
        "manifest.json",
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
    assert len(await sent(http, "/widget.js")) <= 1_536


async def test_the_panel_is_small(http: httpx.AsyncClient) -> None:
    assert len(await sent(http, routes.address("panel.js"))) <= 12_288
