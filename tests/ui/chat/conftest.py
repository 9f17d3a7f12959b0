"""The chat as a page would have it: cookies from the first request, a connection, and what stands on the screen."""

import asyncio
import uuid
import warnings
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

import aiohttp
import httpx
import pytest
import pytest_asyncio
import socketio

from tests.ui.conftest import Server
from ui.chat import loading

OWN = "http://aisle"
PATH = "/chat/ws/socket.io"


@pytest.fixture(scope="session", autouse=True)
def chainlit_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Chainlit loaded once for all tests; what its own dependencies warn of on import is not ours to mend."""
    folder = tmp_path_factory.mktemp("chainlit")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        loading._load(folder, "Test shop")
    return folder


@dataclass(slots=True)
class ChatPage:
    """One tab of the chat: draws what it is told as Chainlit's own page does."""

    server: Server
    cookie: str
    thread_id: str = ""
    connection_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    web: aiohttp.ClientSession = field(init=False)
    socket: socketio.AsyncClient = field(init=False)
    steps: dict[str, dict[str, Any]] = field(default_factory=dict)
    elements: dict[str, dict[str, Any]] = field(default_factory=dict)
    heard: list[tuple[str, Any]] = field(default_factory=list)
    news: asyncio.Condition = field(default_factory=asyncio.Condition)

    @property
    def headers(self) -> dict[str, str]:
        return {"Cookie": f"aisle_visitor={self.cookie}", "Origin": OWN}

    @property
    def auth(self) -> dict[str, str]:
        return {"sessionId": self.connection_id, "clientType": "webapp", "threadId": self.thread_id}

    async def connect(self, **headers: str) -> None:
        self.web = aiohttp.ClientSession(connector=aiohttp.UnixConnector(self.server.path))
        self.socket = socketio.AsyncClient(http_session=self.web, reconnection=False)
        self.socket.on("*", self._hear)
        before = len(self.heard)
        told = {name: value for name, value in (self.headers | headers).items() if value}
        await self.socket.connect(OWN, told, self.auth, ["websocket"], socketio_path=PATH, wait_timeout=10)
        await self.socket.emit("connection_successful")
        ready = {"resume_thread", "resume_thread_error"} if self.thread_id else {"clear_call_fn"}
        await self.until(lambda: ready & {name for name, _ in self.heard[before:]})

    async def leave(self) -> None:
        await self.socket.disconnect()
        await self.web.close()

    async def _hear(self, event: str, data: Any = None) -> None:
        async with self.news:
            self.heard.append((event, data))
            self._draw(event, data)
            self.news.notify_all()

    def _draw(self, event: str, data: Any) -> None:
        match event:
            case "new_message" | "update_message":
                self.steps[data["id"]] = data
            case "delete_message":
                self.steps.pop(data["id"], None)
            case "stream_token":
                step = self.steps[data["id"]]
                step["output"] = data["token"] if data["isSequence"] else step["output"] + data["token"]
            case "element":
                self.elements[data["id"]] = data
            case "resume_thread":
                self.steps = {step["id"]: step for step in data["steps"]}
                self.elements = {element["id"]: element for element in data["elements"]}
            case "first_interaction":
                self.thread_id = data["thread_id"]
            case _:
                pass

    async def until(self, seen: Callable[[], Any]) -> None:
        """Wait until something is on the screen."""
        async with asyncio.timeout(8), self.news:
            await self.news.wait_for(seen)

    def count(self, event: str) -> int:
        return sum(1 for name, _ in self.heard if name == event)

    async def say(self, text: str, pictures: tuple[str, ...] = (), **claims: Any) -> str:
        """Send a message as the page does, wait for its answer, and return the message's id."""
        sent = str(uuid.uuid4())
        message = {"id": sent, "output": text, "type": "user_message", "name": "User", "createdAt": ""} | claims
        self.steps[sent] = {"streaming": False} | message
        before = self.count("task_end")
        await self.socket.emit(
            "client_message", {"message": message, "fileReferences": [{"id": each} for each in pictures]}
        )
        await self.until(lambda: self.count("task_end") > before and not self.running)
        return sent

    @property
    def running(self) -> bool:
        return any(step["streaming"] for step in self.steps.values())

    @property
    def answers(self) -> list[str]:
        """What the assistant's messages read, without the marks that keep Markdown from reading them otherwise."""
        return [
            step["output"].replace("\\", "").replace("\u2060", "")
            for step in self.steps.values()
            if step["type"] == "assistant_message"
        ]

    def shown(self, name: str) -> list[dict[str, Any]]:
        return [element["props"] for element in self.elements.values() if element.get("name") == name]


def cookie_in(response: httpx.Response) -> str:
    """Return the visitor's cookie that a response sets."""
    jar: SimpleCookie = SimpleCookie(response.headers["set-cookie"])
    return jar["aisle_visitor"].value


@pytest_asyncio.fixture(loop_scope="module")
async def visit(server: Server) -> AsyncGenerator[Callable[..., Any]]:
    """Open tabs: of a new visitor, or of one whose cookie is given; all are closed at the end."""
    opened: list[ChatPage] = []

    async def visit(cookie: str = "", thread_id: str = "", *, connect: bool = True) -> ChatPage:
        server.http.cookies.clear()
        cookie = cookie or cookie_in(await server.http.get("/chat"))
        server.http.cookies.clear()
        page = ChatPage(server, cookie, thread_id)
        if connect:
            opened.append(page)
            await page.connect()
        return page

    yield visit
    for page in opened:
        await page.leave()
