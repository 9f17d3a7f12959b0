"""Followers of many conversations over breaking lines hear every event once, in order, as the turns told it."""

import asyncio

import httpx
import pytest

from evals.open_widgets import StreamPlan, measure
from tests.ui.conftest import Server, server, shop_home

__all__ = ["server", "shop_home"]
pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_twenty_open_widgets_lose_and_reorder_nothing_over_breaking_lines(server: Server) -> None:
    transport = httpx.AsyncHTTPTransport(uds=server.path, limits=httpx.Limits(max_connections=None))
    async with httpx.AsyncClient(transport=transport, base_url="http://aisle", timeout=60) as http:
        report = await measure(http, StreamPlan(clients=20, turns=2, pause_s=0, breaks=0.4))

    metrics = report.metrics()
    assert {name: metrics[name] for name in ("lost", "reordered", "repeated", "different", "errors")} == {
        "lost": 0,
        "reordered": 0,
        "repeated": 0,
        "different": 0,
        "errors": 0,
    }
    assert metrics["turns"] == 40
    assert metrics["events"] >= 80
    assert metrics["reconnects"] > 10


async def test_what_a_server_skips_repeats_and_changes_is_seen() -> None:
    """The check must not be blind: this server tells each follower one event twice, one otherwise and one never."""
    told: list[bool] = []

    async def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/v1/sessions":
            told.clear()
            return httpx.Response(201, json={"session_id": "s", "token": "t"})
        if request.method == "POST":
            return httpx.Response(200, text=_frames((1, "status"), (2, "text"), (3, "text"), (4, "done")))
        if told:
            await asyncio.Event().wait()
        told.append(True)
        return httpx.Response(200, text=_frames((1, "status"), (1, "status"), (2, "notice"), (4, "done")))

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer), base_url="http://aisle") as http:
        report = await measure(http, StreamPlan(clients=1, turns=1, pause_s=0, breaks=0))

    # What was skipped is missed twice: where the numbers jump, and where the turn is compared.
    assert report.wrong == {"repeated": 1, "different": 1, "lost": 2}


def _frames(*events: tuple[int, str]) -> str:
    return "".join(f"event: {name}\nid: {number}\ndata: {{}}\n\n" for number, name in events)
