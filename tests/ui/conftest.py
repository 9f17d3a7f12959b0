"""A real server on a real home over a Unix socket; every response is checked against the OpenAPI document."""

import asyncio
import re
import shutil
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from jsonschema import Draft202012Validator
from opentelemetry.trace import Tracer

from assistant.settings import Settings
from assistant.wiring import App, open_app
from tests.conftest import copied_home
from ui.auth import TokenAuthority, new_operator_token, signing_secret
from ui.client import Heard, heard
from ui.server import beside, create_app

SHOP_ORIGIN = "https://shop.example"


class MovedClock:
    """Real time, moved by what a test adds."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


class Contract:
    """The OpenAPI document, and whether a response keeps to it."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document
        self.paths = {path: re.compile(re.sub(r"\{[^}]+\}", "[^/]+", path) + "$") for path in document["paths"]}
        self.seen: set[tuple[str, str, int]] = set()

    async def check(self, response: httpx.Response) -> None:
        path, method = response.request.url.path, response.request.method.lower()
        template = next((each for each, pattern in self.paths.items() if pattern.match(path)), None)
        if template is None or method not in self.document["paths"][template]:
            return
        documented = self.document["paths"][template][method]["responses"]
        assert str(response.status_code) in documented, f"{method} {template} answers {response.status_code}"
        self.seen.add((method, template, response.status_code))
        content = documented[str(response.status_code)].get("content", {})
        kind = response.headers.get("content-type", "").split(";")[0]
        assert kind in content or (not content and response.status_code == 204), f"{kind} not among {list(content)}"
        if kind.endswith("json"):
            await response.aread()
            schema = {"components": self.document["components"], **content[kind]["schema"]}
            Draft202012Validator(schema).validate(response.json())


@dataclass(slots=True)
class Shopper:
    """A guest in a session of their own."""

    http: httpx.AsyncClient
    session_id: str
    token: str
    events: list[Heard] = field(default_factory=list)

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    async def get(self, path: str, **more: Any) -> httpx.Response:
        return await self.http.get(path, headers=self.headers | more)

    async def post(self, path: str, body: Any = None, **more: str) -> httpx.Response:
        return await self.http.post(path, json=body, headers=self.headers | more)

    async def put(self, path: str, body: Any, **more: str) -> httpx.Response:
        return await self.http.put(path, json=body, headers=self.headers | more)

    def here(self, rest: str = "") -> str:
        return f"/v1/sessions/{self.session_id}{rest}"

    async def say(self, text: str, turn: str | None = None) -> list[Heard]:
        body = {"text": text} | ({"client_turn_id": turn} if turn else {})
        async with self.http.stream("POST", self.here("/turns"), json=body, headers=self.headers) as response:
            assert response.status_code == 200, await response.aread()
            return [event async for event in heard(response.aiter_lines())]

    async def quote(self, text: str = "the Tarn walnut desk") -> str:
        """Fill the cart by talking, ask to buy, and return the quote's id."""
        await self.say(f"show me {text}")
        await self.say("add the first one")
        events = await self.say("buy it")
        return next(event.data["quote_id"] for event in events if event.event == "quote")

    async def render(self, quote_id: str) -> dict[str, Any]:
        return (await self.post(f"/v1/quotes/{quote_id}/render")).raise_for_status().json()

    async def press(self, rendered: dict[str, Any]) -> httpx.Response:
        proof = {"digest": rendered["digest"], "challenge": rendered["challenge"]}
        return await self.post(f"/v1/quotes/{rendered['quote_id']}/approve", proof)


@dataclass(slots=True)
class Server:
    """A running server and what tests may reach behind it."""

    http: httpx.AsyncClient
    app: App
    authority: TokenAuthority
    clock: MovedClock
    contract: Contract
    path: str

    async def shopper(self, **headers: str) -> Shopper:
        begun = (await self.http.post("/v1/sessions", headers=headers)).raise_for_status().json()
        return Shopper(self.http, begun["session_id"], begun["token"])

    @property
    def operator(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.authority.operator_token}"}

    async def set_offer(self, variant_id: str, **change: Any) -> dict[str, Any]:
        response = await self.http.put(f"/v1/operator/offers/{variant_id}", json=change, headers=self.operator)
        return response.raise_for_status().json()


@pytest.fixture(scope="module")
def shop_home(tmp_path_factory: pytest.TempPathFactory, stocked_home: Path, encoder_cache: Path) -> Path:
    """A stocked home of one test module."""
    home = copied_home(stocked_home, tmp_path_factory.mktemp("home") / "aisle")
    shutil.copytree(encoder_cache, home / "models")
    return home


@asynccontextmanager
async def running(settings: Settings, tracer: Tracer | None = None) -> AsyncGenerator[Server]:
    """Run the whole app of a home on a Unix socket in it."""
    home = settings.home_path
    clock, stopping = MovedClock(), asyncio.Event()
    authority = TokenAuthority(signing_secret(home), clock, new_operator_token())
    path = str(home / "s")
    async with open_app(settings, tracer) as app:
        web = create_app(app, authority, stopping)
        contract = Contract(web.openapi())
        async with (
            beside(web, path, stopping),
            httpx.AsyncClient(
                transport=httpx.AsyncHTTPTransport(uds=path),
                base_url="http://aisle",
                timeout=20,
                event_hooks={"response": [contract.check]},
            ) as http,
        ):
            yield Server(http, app, authority, clock, contract, path)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server(shop_home: Path) -> AsyncGenerator[Server]:
    """The whole app on a Unix socket."""
    async with running(Settings(home=shop_home, allowed_origins=[SHOP_ORIGIN])) as server:
        yield server


@pytest_asyncio.fixture(loop_scope="module")
async def ada(server: Server) -> Shopper:
    """A guest on the first-party page."""
    return await server.shopper()


@pytest_asyncio.fixture(loop_scope="module")
async def bob(server: Server) -> Shopper:
    """Another guest."""
    return await server.shopper()


async def first(events: AsyncIterator[Heard], name: str) -> Heard:
    """Return the first event of that name."""
    async for event in events:
        if event.event == name:
            return event
    raise AssertionError(f"the stream ended without {name}")
