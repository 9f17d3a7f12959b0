"""Events over HTTP: one way in for chat, widget and page, and leave to learn from them."""

import pytest

from tests.fakes import DESK, LAMP
from tests.ui.conftest import Server, Shopper

pytestmark = pytest.mark.asyncio(loop_scope="module")
OWN = {"Origin": "http://aisle"}


async def told(server: Server, who: Shopper) -> tuple[str, ...]:
    principal = server.authority.read(who.token)
    return (await server.app.books.behaviour.told(principal)).liked


async def test_a_page_with_a_token_tells_what_was_done_and_unknown_goods_are_left_out(
    server: Server, ada: Shopper
) -> None:
    events = [
        {"kind": "click", "product_id": DESK, "position": 2, "slate": "row-1"},
        {"kind": "view", "product_id": "no-such-thing"},
        {"kind": "save", "product_id": LAMP},
    ]
    kept = await ada.post("/v1/events", {"source": "widget", "events": events})
    assert (kept.status_code, kept.json()) == (201, {"kept": 2})
    assert await told(server, ada) == (LAMP, DESK)


@pytest.mark.parametrize(
    "body",
    [
        {"source": "widget", "events": []},
        {"source": "books", "events": [{"kind": "view", "product_id": DESK}]},
        {"source": "page", "events": [{"kind": "buy", "product_id": DESK}]},
        {"source": "page", "events": [{"kind": "view", "product_id": DESK, "position": 0}]},
        {"source": "page", "events": [{"kind": "view", "product_id": DESK}] * 101},
    ],
)
async def test_what_only_the_shop_knows_and_what_has_no_bounds_is_refused(
    server: Server, ada: Shopper, body: dict[str, object]
) -> None:
    assert (await ada.post("/v1/events", body)).status_code == 422
    assert (await server.http.post("/v1/events", json=body)).status_code == 401


async def test_leave_to_learn_is_given_and_taken_back(server: Server, ada: Shopper) -> None:
    assert (await ada.get("/v1/me/learning")).json() == {"allowed": False}
    assert (await ada.put("/v1/me/learning", {"allowed": True})).status_code == 204
    assert (await ada.get("/v1/me/learning")).json() == {"allowed": True}
    await ada.post("/v1/events", {"source": "page", "events": [{"kind": "view", "product_id": DESK}]})
    assert (await ada.put("/v1/me/learning", {"allowed": False})).status_code == 204
    assert await told(server, ada) == ()


async def test_a_product_page_tells_of_a_visitor_it_knows_and_of_no_stranger(server: Server) -> None:
    seen = {"source": "page", "events": [{"kind": "view", "product_id": DESK}]}
    assert (await server.http.post("/seen", json=seen, headers=OWN)).status_code == 204
    begun = (await server.http.post("/v1/sessions", headers=OWN)).json()
    who = Shopper(server.http, begun["session_id"], begun["token"])
    assert await told(server, who) == ()
    assert (await server.http.post("/seen", json=seen, headers=OWN)).status_code == 204
    assert (await server.http.post("/seen", json=seen, headers={"Origin": "https://x.example"})).status_code == 403
    assert await told(server, who) == (DESK,)
    allowed = await server.http.post("/your-data/learning", data={"allowed": "yes"}, headers=OWN)
    assert "learns from what you look at" in (await server.http.get(allowed.headers["location"])).text
    assert (await who.get("/v1/me/learning")).json() == {"allowed": True}
    server.http.cookies.clear()
