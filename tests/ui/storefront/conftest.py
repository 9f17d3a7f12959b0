"""Visitors with a browser's manners: a cookie jar each, our own origin on what they press, redirects followed."""

import re
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from html import unescape

import httpx
import pytest_asyncio

from tests.ui.conftest import Server

OWN = "http://aisle"
_TAG = re.compile(r"<[^>]*>")


@dataclass(slots=True)
class Visitor:
    """One browser on the shop's pages."""

    http: httpx.AsyncClient

    async def see(self, path: str, status: int = 200) -> str:
        response = await self.http.get(path)
        assert response.status_code == status, response.text
        assert response.headers["content-type"].startswith("text/html")
        return response.text

    async def press(self, path: str, **form: object) -> httpx.Response:
        """Send a form as a browser would, and return the page it leads to."""
        fields = {name: str(value) for name, value in form.items()}
        return await self.http.post(path, data=fields, headers={"Origin": OWN}, follow_redirects=True)

    async def add(self, product_id: str, variant_id: str, quantity: int = 1) -> str:
        response = await self.press("/cart/add", product_id=product_id, variant_id=variant_id, quantity=quantity)
        assert response.status_code == 200
        return response.text

    async def version(self) -> str:
        """Return the cart's version as its page carries it."""
        return value(await self.see("/cart"), "version")


def new_visitor(server: Server) -> Visitor:
    transport = httpx.AsyncHTTPTransport(uds=server.path)
    headers = {"Accept": "text/html"}
    return Visitor(httpx.AsyncClient(transport=transport, base_url=OWN, timeout=20, headers=headers))


@pytest_asyncio.fixture(loop_scope="module")
async def visitor(server: Server) -> AsyncGenerator[Visitor]:
    """Somebody nobody has met."""
    visitor = new_visitor(server)
    yield visitor
    await visitor.http.aclose()


@pytest_asyncio.fixture(loop_scope="module")
async def other(server: Server) -> AsyncGenerator[Visitor]:
    """Somebody else."""
    visitor = new_visitor(server)
    yield visitor
    await visitor.http.aclose()


def words(html: str) -> str:
    """Return what a page says, without its markup, on one line."""
    body = html[html.index("<body") :]
    return " ".join(unescape(_TAG.sub(" ", body)).split())


def main(html: str) -> str:
    """Return what is between a page's header and its footer."""
    return html[html.index("<main") : html.index("</main>")]


def said(html: str) -> str:
    """Return the line about the last press."""
    found = re.search(r'role="status" data-said>(.*?)</div>', html, re.DOTALL)
    assert found is not None
    return " ".join(unescape(_TAG.sub(" ", found[1])).split())


def value(html: str, name: str) -> str:
    """Return what the first field of that name holds."""
    found = re.search(rf'name="{name}" value="([^"]*)"', html)
    assert found is not None, f"no field {name}"
    return unescape(found[1])


def addresses(html: str, start: str) -> list[str]:
    """Return where the links go that begin like this, each once."""
    return list(dict.fromkeys(unescape(found) for found in re.findall(rf'href="({re.escape(start)}[^"]*)"', html)))


def cards(html: str) -> list[str]:
    """Return the product ids of a listing's cards, in order."""
    return re.findall(r'<li class="card"[^>]*>\s*<a href="/p/([^"?]+)', html)
