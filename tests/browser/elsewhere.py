"""Another site: pages of somebody else's, on an origin of its own."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

_HEAD = "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\n{}Connection: close\r\n\r\n"


@asynccontextmanager
async def site(html: str, port: int = 0, policy: str = "") -> AsyncGenerator[int]:
    """Answer every request on a port of this machine with one page until the block ends; yields the port.

    Args:
        html: What stands in the page.
        port: 0 takes any that is free.
        policy: The page's Content-Security-Policy; "" is none.
    """
    body = f'<!doctype html><title>Elsewhere</title><link rel="icon" href="data:,">{html}'.encode()

    header = f"Content-Security-Policy: {policy}\r\n" if policy else ""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if await reader.readline():
            await reader.readuntil(b"\r\n\r\n")
            writer.write(_HEAD.format(len(body), header).encode() + body)
            await writer.drain()
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(answer, "127.0.0.1", port)
    async with server:
        yield int(server.sockets[0].getsockname()[1])
