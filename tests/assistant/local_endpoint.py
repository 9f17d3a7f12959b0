"""An endpoint on this machine that speaks the OpenAI protocol, and breaks it in every way a test wants."""

import asyncio
import json
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

Json = dict[str, Any]
Answer = Callable[[asyncio.StreamWriter], Awaitable[None]]


class LocalEndpoint:
    """Gives its answers in order, the last one for ever; keeps what it was asked."""

    def __init__(self, answers: Sequence[Answer]) -> None:
        self.answers = list(answers)
        self.asked: list[Json] = []
        self.bodies: list[bytes] = []
        self.left = asyncio.Event()
        self.url = ""
        self._tasks: set[asyncio.Future[Any]] = set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Read one request, answer it and hang up."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        length = int(head.partition("content-length:")[2].split()[0])
        self.bodies.append(await reader.readexactly(length))
        self.asked.append(json.loads(self.bodies[-1]))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        giving = asyncio.ensure_future(answer(writer))
        leaving = asyncio.create_task(reader.read(1))
        self._tasks |= {giving, leaving}
        await asyncio.wait({giving, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if not giving.done() or isinstance(giving.exception(), ConnectionError):
            self.left.set()
        giving.cancel()
        leaving.cancel()
        writer.close()

    async def aclose(self) -> None:
        """End what is still being answered."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


@asynccontextmanager
async def local_endpoint(*answers: Answer) -> AsyncGenerator[LocalEndpoint]:
    """Serve these answers at the yielded endpoint's `url`."""
    endpoint = LocalEndpoint(answers)
    server = await asyncio.start_server(endpoint.serve, "127.0.0.1", 0)
    endpoint.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
    try:
        yield endpoint
    finally:
        server.close()
        await endpoint.aclose()


def head(status: int = 200, content_type: str = "text/event-stream", **headers: str) -> bytes:
    more = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 {status} X\r\ncontent-type: {content_type}\r\n{more}connection: close\r\n\r\n".encode()


def chunk(delta: Json, finish: str | None = None) -> bytes:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    body = {"id": "c1", "object": "chat.completion.chunk", "created": 0, "model": "tiny", "choices": [choice]}
    return f"data: {json.dumps(body)}\n\n".encode()


def _usage() -> bytes:
    usage = {"prompt_tokens": 9, "completion_tokens": 3, "total_tokens": 12}
    body = {"id": "c1", "object": "chat.completion.chunk", "created": 0, "model": "tiny", "choices": [], "usage": usage}
    return f"data: {json.dumps(body)}\n\ndata: [DONE]\n\n".encode()


def pieces(*deltas: Json, finish: str = "stop") -> Answer:
    """Stream these deltas."""

    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(head() + b"".join(map(chunk, deltas)) + chunk({}, finish) + _usage())
        await writer.drain()

    return answer


def words(text: str, finish: str = "stop") -> Answer:
    """Stream a text word by word."""
    return pieces(*({"content": word} for word in text.replace(" ", " \0").split("\0")), finish=finish)


def call(name: str, arguments: Json | str, content: str = "") -> Answer:
    """Stream one tool call, its arguments in two pieces."""
    text = arguments if isinstance(arguments, str) else json.dumps(arguments)
    half = len(text) // 2
    named = {"index": 0, "id": "call_x", "type": "function", "function": {"name": name, "arguments": text[:half]}}
    rest = {"index": 0, "function": {"arguments": text[half:]}}
    return pieces({"content": content}, {"tool_calls": [named]}, {"tool_calls": [rest]}, finish="tool_calls")


def status(code: int, **headers: str) -> Answer:
    """Answer with an error."""
    return raw(json.dumps({"error": {"message": "no"}}).encode(), code, "application/json", **headers)


def raw(body: bytes, code: int = 200, content_type: str = "text/event-stream", **headers: str) -> Answer:
    """Answer with these bytes."""

    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(head(code, content_type, **headers) + body)
        await writer.drain()

    return answer


def begun(text: str) -> Answer:
    """Stream words and hang up in the middle, as a server that was killed."""
    return raw(b"".join(chunk({"content": word}) for word in text.replace(" ", " \0").split("\0")))


def hang(text: str = "") -> Answer:
    """Stream words and then nothing, for ever."""

    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(head() + b"".join(chunk({"content": word}) for word in text.replace(" ", " \0").split("\0")))
        await writer.drain()
        await asyncio.Event().wait()

    return answer


def endless(piece: str) -> Answer:
    """Stream the same piece until the reader hangs up."""

    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(head())
        while not writer.is_closing():
            writer.write(chunk({"content": piece}))
            await writer.drain()
            await asyncio.sleep(0)

    return answer
