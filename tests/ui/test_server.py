"""A server starts where it is told to, says no in a sentence, and leaves its home in order."""

import asyncio
import os
import shutil
import signal
import socket
from pathlib import Path

import httpx
import pytest

from assistant.settings import Settings
from assistant.wiring import App
from policies.errors import SettingsError
from tests.conftest import copied_home
from ui.home import read_note
from ui.server import check_workers, listen, serve


async def nothing(_: App) -> None:
    return


@pytest.fixture
def home(tmp_path: Path, stocked_home: Path, encoder_cache: Path) -> Path:
    home = copied_home(stocked_home, tmp_path / "home")
    shutil.copytree(encoder_cache, home / "models", dirs_exist_ok=True)
    return home


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
async def test_a_server_that_is_told_to_stop_ends_its_streams_and_takes_its_note_away(
    home: Path, stop: signal.Signals
) -> None:
    said: asyncio.Queue[str] = asyncio.Queue()
    running = asyncio.create_task(serve(Settings(home=home, port=0), nothing, said.put_nowait))
    url = (await said.get()).removeprefix("Aisle is listening on ")
    note = read_note(home)
    async with httpx.AsyncClient(base_url=url) as http:
        begun = (await http.post("/v1/sessions")).json()
        headers = {"Authorization": f"Bearer {begun['token']}"}
        async with http.stream("GET", f"/v1/sessions/{begun['session_id']}/events", headers=headers) as stream:
            os.kill(os.getpid(), stop)
            assert [chunk async for chunk in stream.aiter_bytes()] == []

    await asyncio.wait_for(running, 20)

    assert note is not None
    assert note.url == url
    assert not (home / "server.json").exists()


async def test_a_port_that_is_taken_is_named_with_what_to_do(home: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        with pytest.raises(SettingsError, match=f"127.0.0.1:{port} .*--port"):
            await serve(Settings(home=home, port=port), nothing, print)


def test_responses_do_not_wait_for_acknowledgements() -> None:
    with listen("127.0.0.1", 0) as listener:
        # asyncio turns Nagle's algorithm off only where the protocol is named.
        assert listener.proto == socket.IPPROTO_TCP


def test_more_workers_than_the_storage_allows_are_refused() -> None:
    with pytest.raises(SettingsError, match="AISLE_DATABASE_URL"):
        check_workers(Settings(workers=2))
    with pytest.raises(SettingsError, match="one worker"):
        check_workers(Settings(workers=2, database_url="postgresql://x", qdrant_url="http://x"))
    check_workers(Settings(workers=1))


async def test_watchers_read_the_counters_at_an_address_of_their_own_and_nothing_else(home: Path) -> None:
    said: asyncio.Queue[str] = asyncio.Queue()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    running = asyncio.create_task(serve(Settings(home=home, port=0, metrics_port=port), nothing, said.put_nowait))
    url = (await said.get()).removeprefix("Aisle is listening on ")
    async with httpx.AsyncClient() as http:
        await http.post(f"{url}/v1/sessions")
        seen = await http.get(f"http://127.0.0.1:{port}/metrics")
        closed = await http.get(f"{url}/metrics")
    os.kill(os.getpid(), signal.SIGTERM)
    await asyncio.wait_for(running, 20)

    assert "aisle_sessions_total 1.0" in seen.text
    assert closed.status_code == 401
    with pytest.raises(httpx.ConnectError):
        await httpx.AsyncClient().get(f"http://127.0.0.1:{port}/metrics")


async def test_a_metrics_port_that_is_taken_is_named(home: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        with pytest.raises(SettingsError, match=f"127.0.0.1:{port} can't serve metrics"):
            await serve(Settings(home=home, port=0, metrics_port=port), nothing, lambda _: None)
