"""A feed's address is asked carefully: not the own network, not without end, not twice for the same."""

import asyncio
import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from policies.errors import SettingsError
from retrieval.feeds.fetch import Source, fetch_feed


@asynccontextmanager
async def answering(*answers: str) -> AsyncGenerator[tuple[str, list[str]]]:
    """Serve the answers in turn; yields the address and what was asked."""
    asked: list[str] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append((await reader.readuntil(b"\r\n\r\n")).decode())
        writer.write(answers[len(asked) - 1].encode())
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/feed.csv", asked


def said(status: str, body: str = "", **headers: str) -> str:
    told = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n{told}\r\n{body}"


async def test_a_feed_is_fetched_once_and_then_only_asked_for(tmp_path: Path) -> None:
    moved = said("302 Found", Location="/other.csv")
    async with answering(moved, said("200 OK", "id,title", ETag='"7"'), said("304 Not Modified")) as (url, asked):
        first = await fetch_feed(Source(url, allow_http=True, allow_private=True), tmp_path / "feed")
        again = await fetch_feed(Source(url, True, True, etag=first.etag), tmp_path / "feed")

    assert (tmp_path / "feed").read_text() == "id,title"
    assert (first.unchanged, again.unchanged) == (False, True)
    assert asked[1].startswith("GET /other.csv")
    assert 'if-none-match: "7"' in asked[2].lower()


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/x", "https://10.0.0.8/x", "https://169.254.169.254/latest", "https://[::1]/x",
        "https://[::ffff:10.0.0.1]/x", "https://[64:ff9b::7f00:1]/x", "https://localhost/x", "https://0.0.0.0/x",
        "http://example.com/x", "file:///etc/passwd", "ftp://example.com/x", "https://u:p@example.com/x",
    ],
)  # fmt: skip
async def test_addresses_of_the_own_network_and_other_ways_in_are_refused(url: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError):
        await fetch_feed(Source(url), tmp_path / "feed")
    assert os.listdir(tmp_path) == []


async def test_a_redirect_into_the_own_network_is_refused_like_any_way_there(tmp_path: Path) -> None:
    async with answering(said("301 Moved", Location="ftp://127.0.0.1/x")) as (url, _):
        with pytest.raises(SettingsError, match="no http or https address"):
            await fetch_feed(Source(url, allow_http=True, allow_private=True), tmp_path / "feed")


async def test_what_is_too_large_or_no_answer_leaves_nothing_behind(tmp_path: Path) -> None:
    async with answering(said("200 OK", "x" * 5000), said("404 Not Found"), said("302 Found", Location="/y")) as (
        url,
        _,
    ):
        source = Source(url, allow_http=True, allow_private=True)
        with pytest.raises(SettingsError, match="larger than 1,000 bytes"):
            await fetch_feed(source, tmp_path / "feed", most=1000)
        with pytest.raises(SettingsError, match="answers 404"):
            await fetch_feed(source, tmp_path / "feed")
    assert os.listdir(tmp_path) == []
