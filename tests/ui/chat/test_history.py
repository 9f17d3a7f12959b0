"""Earlier conversations: one's own only, newest first, in pages, and as they stood."""

from typing import Any

import pytest

from tests.ui.chat.conftest import ChatPage
from tests.ui.conftest import Server
from ui.chat.serving import session_of

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


async def test_a_conversation_is_called_what_its_shopper_calls_it_and_found_by_that(visit, server: Server):
    page: ChatPage = await visit()
    await page.say("show me the walnut desk")
    stranger: ChatPage = await visit()
    asked = {"threadId": page.thread_id, "name": "For the\nsmall room \u202e" + "x" * 90}
    await server.http.put("/chat/project/thread", json=asked, headers=stranger.headers)
    assert (await threads(page))["data"][0]["name"] == "show me the walnut desk"
    (await server.http.put("/chat/project/thread", json=asked, headers=page.headers)).raise_for_status()
    (listed,) = (await threads(page, search="SMALL ROOM"))["data"]
    assert listed["name"].startswith("For the small room xxx")
    assert len(listed["name"]) <= 60
    told = (await server.http.get(f"/chat/project/thread/{page.thread_id}", headers=page.headers)).json()
    assert told["name"] == listed["name"]


async def test_a_deleted_conversation_is_gone_and_its_cart_stays(visit, server: Server):
    page: ChatPage = await visit()
    await page.say("show me the walnut desk")
    await page.say("add the first one")
    await page.say("buy it")
    (card,) = page.shown("OrderCard")
    session_id = session_of(page.thread_id)
    begun = await server.http.post("/v1/sessions", json={"session_id": session_id}, headers=page.headers)
    bearer = {"Authorization": f"Bearer {begun.raise_for_status().json()['token']}"}
    rendered = (await server.http.post(f"/v1/quotes/{card['quote_id']}/render", headers=bearer)).json()
    thread = {"threadId": page.thread_id}
    stranger: ChatPage = await visit()
    await server.http.request("DELETE", "/chat/project/thread", json=thread, headers=stranger.headers)
    assert len((await threads(page))["data"]) == 1
    deleted = await server.http.request("DELETE", "/chat/project/thread", json=thread, headers=page.headers)
    assert deleted.raise_for_status().status_code == 200
    assert (await threads(page))["data"] == []
    assert await server.app.books.conversations.transcript(session_id) == []
    assert session_id not in await server.app.privacy._saver.athreads()
    proof = {"digest": rendered["digest"], "challenge": rendered["challenge"]}
    late = await server.http.post(f"/v1/quotes/{card['quote_id']}/approve", json=proof, headers=bearer)
    assert late.status_code == 401
    # A tab that still shows it can't go on with it; a new conversation finds the cart as it was.
    await page.say("cheaper")
    assert page.answers[-1] == "This conversation is not here any more. Start a new one."
    fresh: ChatPage = await visit(page.cookie)
    await fresh.say("what is in my cart?")
    assert fresh.answers[-1].startswith("In your cart: ")


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
