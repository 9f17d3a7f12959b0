"""Earlier conversations: one's own only, newest first, in pages, and as they stood."""

from typing import Any

import pytest

from tests.ui.chat.conftest import ChatPage
from tests.ui.conftest import Server

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def threads(page: ChatPage, first: int = 35, cursor: str | None = None, **filters: Any) -> dict[str, Any]:
    body = {"pagination": {"first": first, "cursor": cursor}, "filter": filters}
    answer = await page.server.http.post("/chat/project/threads", json=body, headers=page.headers)
    return answer.raise_for_status().json()


async def test_conversations_are_listed_newest_first_and_in_pages(visit):
    page: ChatPage = await visit()
    await page.say("show me the walnut desk")
    second: ChatPage = await visit(page.cookie)
    await second.say("a rug for the hallway, nothing loud, and please not grey since everything here is grey already")
    listed = await threads(page, first=1)
    assert listed["pageInfo"]["hasNextPage"]
    assert [thread["id"] for thread in listed["data"]] == [second.thread_id]
    assert listed["data"][0]["name"].startswith("a rug for the hallway")
    assert len(listed["data"][0]["name"]) <= 60
    rest = await threads(page, first=1, cursor=listed["pageInfo"]["endCursor"])
    assert [thread["id"] for thread in rest["data"]] == [page.thread_id]
    assert not rest["pageInfo"]["hasNextPage"]
    found = await threads(page, search="WALNUT")
    assert [thread["id"] for thread in found["data"]] == [page.thread_id]


async def test_nobody_sees_another_s_conversations(visit, server: Server):
    page: ChatPage = await visit()
    await page.say("show me the walnut desk")
    stranger: ChatPage = await visit()
    mine = (await server.http.get("/chat/user", headers=page.headers)).json()["id"]
    assert (await threads(stranger, userId=mine))["data"] == []
    assert (await threads(stranger, cursor=page.thread_id))["data"] == []
    path = f"/chat/project/thread/{page.thread_id}"
    unknown = await server.http.get("/chat/project/thread/unknown", headers=stranger.headers)
    foreign = await server.http.get(path, headers=stranger.headers)
    assert (foreign.status_code, foreign.content) == (unknown.status_code, unknown.content)
    assert foreign.status_code == 404
    server.http.cookies.clear()
    assert (await server.http.get(path)).status_code == 401


async def test_a_thread_read_back_holds_the_same_as_its_tab_did(visit, server: Server):
    page: ChatPage = await visit()
    await page.say("show me the walnut desk")
    await page.say("add the first one")
    told = (await server.http.get(f"/chat/project/thread/{page.thread_id}", headers=page.headers)).json()
    assert [step["output"] for step in told["steps"]] == [step["output"] for step in page.steps.values()]
    assert told["elements"] == list(page.elements.values())
    assert all(isinstance(element["props"], dict) for element in told["elements"])
    assert told["name"] == "show me the walnut desk"


async def test_a_conversation_begun_on_another_page_of_the_shop_goes_on_here(visit, server: Server):
    page: ChatPage = await visit(connect=False)
    begun = (await server.http.post("/v1/sessions", headers=page.headers)).raise_for_status()
    cookie = begun.headers["set-cookie"].split("aisle_visitor=")[1].split(";")[0]
    server.http.cookies.clear()
    told = begun.json()
    path = f"/v1/sessions/{told['session_id']}/turns"
    headers = {"Authorization": f"Bearer {told['token']}"}
    (await server.http.post(path, json={"text": "show me the walnut desk"}, headers=headers)).raise_for_status()
    answer = await server.http.get("/chat", headers={"Cookie": f"aisle_visitor={cookie}"})
    assert answer.status_code == 303
    thread_id = answer.headers["location"].removeprefix("/chat/thread/")
    here: ChatPage = await visit(cookie, thread_id)
    assert here.shown("ProductCards")
    await here.say("add the first one")
    assert here.shown("CartCard")
