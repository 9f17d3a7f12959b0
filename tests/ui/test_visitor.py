"""A visitor of the first-party pages is known by a signed cookie, and only on pages of our own."""

from datetime import timedelta
from http.cookies import SimpleCookie

import httpx
import pytest

from tests.ui.conftest import SHOP_ORIGIN, Server
from ui.visitor import COOKIE, LIFETIME

pytestmark = pytest.mark.asyncio(loop_scope="module")

OWN = {"Origin": "http://aisle"}


class Browser:
    """One browser's jar, sent by hand: the client under test is shared by everybody."""

    def __init__(self, server: Server, cookie: str = "") -> None:
        self.server = server
        self.cookie = cookie
        self.told: dict[str, str] = {}

    async def begin(self, body: dict[str, object] | None = None, **headers: str) -> httpx.Response:
        sent = OWN | ({"Cookie": f"{COOKIE}={self.cookie}"} if self.cookie else {}) | headers
        answer = await self.server.http.post("/v1/sessions", json=body, headers=sent)
        self.server.http.cookies.clear()
        if answer.status_code == 201:
            self.told = answer.json()
            given = SimpleCookie(answer.headers.get("set-cookie", ""))
            self.cookie = given[COOKIE].value if COOKIE in given else self.cookie
        return answer

    async def get(self, path: str) -> httpx.Response:
        return await self.server.http.get(path, headers={"Authorization": f"Bearer {self.told['token']}"})

    async def turn(self, text: str) -> None:
        headers = {"Authorization": f"Bearer {self.told['token']}"}
        path = f"/v1/sessions/{self.told['session_id']}/turns"
        (await self.server.http.post(path, json={"text": text}, headers=headers)).raise_for_status()


async def test_a_browser_gets_a_cookie_that_scripts_and_other_sites_cannot_use(server: Server) -> None:
    answer = await Browser(server).begin()

    cookie = SimpleCookie(answer.headers["set-cookie"])[COOKIE]
    assert answer.status_code == 201
    assert cookie["httponly"]
    assert cookie["samesite"].lower() == "lax"
    assert cookie["path"] == "/"


async def test_programs_and_listed_origins_get_no_cookie(server: Server) -> None:
    for headers in ({}, {"Origin": SHOP_ORIGIN}):
        answer = await server.http.post("/v1/sessions", headers=headers)
        assert answer.status_code == 201
        assert "set-cookie" not in answer.headers


async def test_a_second_page_goes_on_with_the_conversation_of_the_first(server: Server) -> None:
    ada = Browser(server)
    await ada.begin()
    session_id = ada.told["session_id"]
    await ada.turn("a walnut desk")

    await ada.begin({})

    assert ada.told["session_id"] == session_id
    assert len((await ada.get(f"/v1/sessions/{session_id}")).json()["turns"]) == 1


async def test_a_fresh_conversation_keeps_the_cart(server: Server) -> None:
    ada = Browser(server)
    await ada.begin()
    old = ada.told["session_id"]
    await ada.turn("show me the walnut desk")
    await ada.turn("add the first one")

    await ada.begin({"fresh": True})

    new = ada.told["session_id"]
    assert new != old
    assert (await ada.get(f"/v1/sessions/{new}")).json()["turns"] == []
    assert len((await ada.get(f"/v1/sessions/{new}/cart")).json()["lines"]) == 1


async def test_an_earlier_conversation_is_reopened_by_its_owner_only(server: Server) -> None:
    ada, bob = Browser(server), Browser(server)
    await ada.begin()
    old = ada.told["session_id"]
    await ada.begin({"fresh": True})
    await bob.begin()

    assert (await bob.begin({"session_id": old})).status_code == 404
    assert (await Browser(server).begin({"session_id": old})).status_code == 404
    assert (await ada.begin({"session_id": "ses_unknown"})).status_code == 404
    assert (await ada.begin({"session_id": old})).json()["session_id"] == old


async def test_a_conversation_that_rested_too_long_is_not_gone_on_with_but_the_cart_is_kept(server: Server) -> None:
    ada = Browser(server)
    await ada.begin()
    old = ada.told["session_id"]
    await ada.turn("show me the walnut desk")
    await ada.turn("add the first one")
    server.clock.ahead = timedelta(hours=9)
    try:
        await ada.begin()
    finally:
        server.clock.ahead = timedelta()
    cart = (await ada.get(f"/v1/sessions/{ada.told['session_id']}/cart")).json()

    assert ada.told["session_id"] != old
    assert len(cart["lines"]) == 1


async def test_a_forged_a_damaged_and_a_late_cookie_are_nobodys(server: Server) -> None:
    ada = Browser(server)
    await ada.begin()
    real, session_id = ada.cookie, ada.told["session_id"]
    token = ada.told["token"]

    for cookie in (real[:-3] + "abc", "x", token):
        stranger = Browser(server, cookie)
        assert (await stranger.begin()).json()["session_id"] != session_id
    server.clock.ahead = LIFETIME + timedelta(seconds=1)
    try:
        assert (await Browser(server, real).begin()).json()["session_id"] != session_id
    finally:
        server.clock.ahead = timedelta()


async def test_the_cookie_opens_nothing_but_the_way_to_a_token(server: Server) -> None:
    ada = Browser(server)
    await ada.begin()

    for path in (f"/v1/sessions/{ada.told['session_id']}", "/v1/orders"):
        answer = await server.http.get(path, headers={"Cookie": f"{COOKIE}={ada.cookie}"})
        assert answer.status_code == 401
        answer = await server.http.get(path, headers={"Authorization": f"Bearer {ada.cookie}"})
        assert answer.status_code == 401


async def test_another_origins_page_cannot_use_the_cookie(server: Server) -> None:
    ada = Browser(server)
    await ada.begin()
    session_id = ada.told["session_id"]

    assert (await ada.begin(Origin="https://evil.example")).status_code == 403
    headers = {"Cookie": f"{COOKIE}={ada.cookie}", "Sec-Fetch-Site": "cross-site"}
    assert (await server.http.post("/v1/sessions", headers=headers)).status_code == 403
    listed = await Browser(server, ada.cookie).begin(Origin=SHOP_ORIGIN)
    assert listed.json()["session_id"] != session_id
    assert listed.json()["scopes"] == ["chat"]
