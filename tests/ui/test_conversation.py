"""A conversation over HTTP: streams, repeats, resuming, and reading it back."""

import asyncio
import sqlite3
from pathlib import Path

import pytest

from tests.fakes import DESK
from tests.ui.conftest import Server, Shopper, first
from ui.client import heard

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_turn_streams_words_then_cards_then_done(ada: Shopper) -> None:
    events = await ada.say("a walnut desk")

    names = [event.event for event in events]
    assert names.index("text") < names.index("products") < names.index("done") == len(names) - 1
    assert any(
        item["product_id"] == DESK for event in events if event.event == "products" for item in event.data["items"]
    )


async def test_frames_carry_a_name_an_id_that_grows_by_one_and_json(ada: Shopper) -> None:
    body = {"text": "a walnut desk"}
    async with ada.http.stream("POST", ada.here("/turns"), json=body, headers=ada.headers) as response:
        raw = (await response.aread()).decode()

    assert response.headers["content-type"].startswith("text/event-stream")
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["x-accel-buffering"] == "no"
    frames = raw.removesuffix("\n\n").split("\n\n")
    lines = [frame.split("\n") for frame in frames]
    assert all([line.split(": ")[0] for line in frame] == ["event", "id", "data"] for frame in lines)
    ids = [int(frame[1].removeprefix("id: ")) for frame in lines]
    assert ids == list(range(ids[0], ids[0] + len(ids)))


async def test_a_repeated_turn_streams_the_same_events_and_does_nothing_twice(ada: Shopper) -> None:
    await ada.say("a walnut desk")
    once = await ada.say("add the first one", turn="t-1")

    again = await ada.say("add the first one", turn="t-1")

    assert again == once
    assert [line["quantity"] for line in (await ada.get(ada.here("/cart"))).json()["lines"]] == [1]


async def test_a_turn_while_one_runs_is_refused(server: Server, ada: Shopper) -> None:
    running = await server.app.books.conversations.begin_turn(ada.session_id, "other-tab", "hello")

    answer = await ada.post(ada.here("/turns"), {"text": "hello"})

    assert (answer.status_code, answer.json()["code"]) == (409, "turn_running")
    await server.app.books.conversations.finish_turn(running.turn_id, "done")
    assert (await ada.say("hello"))[-1].event == "done"


async def test_a_reader_that_leaves_loses_nothing(ada: Shopper) -> None:
    body = {"text": "a walnut desk", "client_turn_id": "left"}
    async with ada.http.stream("POST", ada.here("/turns"), json=body, headers=ada.headers) as response:
        await anext(response.aiter_bytes())

    async with ada.http.stream("GET", ada.here("/events"), headers=ada.headers) as stream:
        done = await first(heard(stream.aiter_lines()), "done")

    assert done.seq > 0
    assert (await ada.say("a walnut desk", turn="left"))[-1] == done


async def test_events_resume_after_the_last_one_received(ada: Shopper) -> None:
    events = await ada.say("a walnut desk")
    middle = events[len(events) // 2]

    headers = ada.headers | {"Last-Event-ID": str(middle.seq)}
    async with ada.http.stream("GET", ada.here("/events"), headers=headers) as stream:
        lines = heard(stream.aiter_lines())
        rest = [await anext(lines) for _ in events[events.index(middle) + 1 :]]

    assert rest == events[events.index(middle) + 1 :]


async def test_another_tab_hears_what_is_said_here(ada: Shopper) -> None:
    async with ada.http.stream("GET", ada.here("/events"), headers=ada.headers) as stream:
        said = await ada.say("a walnut desk")
        lines = heard(stream.aiter_lines())
        there = [await anext(lines) for _ in said]

    assert there == said


async def test_a_conversation_reads_back_as_it_was(ada: Shopper) -> None:
    events = await ada.say("a walnut desk")
    await ada.say("add the first one")

    told = (await ada.get(ada.here())).json()

    assert [turn["text"] for turn in told["turns"]] == ["a walnut desk", "add the first one"]
    assert [(e["seq"], e["event"], e["data"]) for e in told["turns"][0]["events"]] == [
        (e.seq, e.event, e.data) for e in events
    ]
    assert len(told["cart"]["lines"]) == 1
    assert told["quote"] is None
    assert told["checkout"]["payments"][0] == {"handle": "card-4242", "label": "card •4242", "chosen": True}


async def test_the_cart_changes_only_at_the_version_that_was_seen(ada: Shopper) -> None:
    await ada.say("a walnut desk")
    await ada.say("add the first one")
    seen = await ada.get(ada.here("/cart"))
    line = seen.json()["lines"][0]["line_id"]
    change = {"changes": [{"line_id": line, "quantity": 3}]}

    changed = await ada.put(ada.here("/cart/lines"), change, **{"If-Match": seen.headers["etag"]})
    stale = await ada.put(ada.here("/cart/lines"), change, **{"If-Match": seen.headers["etag"]})
    blind = await ada.put(ada.here("/cart/lines"), change)
    undone = await ada.post(ada.here("/cart/undo"), **{"If-Match": changed.headers["etag"]})

    assert changed.json()["lines"][0]["quantity"] == 3
    assert (stale.status_code, stale.json()["code"]) == (412, "cart_changed")
    assert (blind.status_code, blind.json()["code"]) == (428, "version_needed")
    assert undone.json()["lines"][0]["quantity"] == 1


async def test_get_changes_nothing(server: Server, shop_home: Path, ada: Shopper) -> None:
    rendered = await ada.render(await ada.quote())
    order_id = (await ada.press(rendered)).json()["order"]["order_id"]
    await ada.quote()
    before = await _at_rest(shop_home)

    for path in (ada.here(), ada.here("/cart"), "/v1/orders", f"/v1/orders/{order_id}", "/", "/widget.js"):
        assert (await ada.get(path)).status_code == 200
    for path in ("/healthz", "/readyz", "/metrics", "/v1/operator/catalogue", f"/v1/operator/products/{DESK}/offers"):
        assert (await server.http.get(path, headers=server.operator)).status_code == 200
    async with ada.http.stream("GET", ada.here("/events"), headers=ada.headers) as stream:
        await first(heard(stream.aiter_lines()), "order")

    assert _contents(shop_home) == before


async def _at_rest(home: Path) -> dict[str, list[str]]:
    """Return the contents once the workers beside the requests have nothing left to do."""
    seen, same = _contents(home), 0
    async with asyncio.timeout(30):
        while same < 3:
            # Longer than the pause between two rounds of the workers.
            await asyncio.sleep(0.6)
            now = _contents(home)
            seen, same = now, same + 1 if now == seen else 0
    return seen


def _contents(home: Path) -> dict[str, list[str]]:
    """Everything the home's databases hold."""
    contents: dict[str, list[str]] = {}
    for path in sorted(home.glob("*.sqlite")):
        with sqlite3.connect(path) as connection:
            contents[path.name] = list(connection.iterdump())
        connection.close()
    return contents
