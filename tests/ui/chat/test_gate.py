"""What stands before the chat: own pages only, our own cookie only, and nothing open that the page does not need."""

import re
import sqlite3
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest
from socketio.exceptions import ConnectionError as Refusal

from policies.principal import Principal, Scope
from tests.ui.chat.conftest import OWN, PATH, ChatPage, cookie_in
from tests.ui.conftest import Server
from ui.chat.words import chainlit_folder

pytestmark = pytest.mark.asyncio(loop_scope="module")
ROOT = Path(__file__).parents[3]
_HOST = re.compile(rb"""(?:src|href|action|url\()\s*=?\s*["'(]?\s*(?:https?:)?//[^"')\s]+""", re.I)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/docs"),
        ("GET", "/redoc"),
        ("GET", "/openapi.json"),
        ("POST", "/project/action"),
        ("PUT", "/project/element"),
        ("DELETE", "/project/element"),
        ("PUT", "/project/thread/share"),
        ("GET", "/project/share/x"),
        ("GET", "/project/thread/x/element/y"),
        ("PUT", "/feedback"),
        ("DELETE", "/feedback"),
        ("POST", "/login"),
        ("POST", "/logout"),
        ("POST", "/auth/jwt"),
        ("POST", "/auth/header"),
        ("GET", "/auth/oauth/google"),
        ("POST", "/mcp"),
        ("DELETE", "/mcp"),
        ("GET", "/copilot/index.js"),
        ("GET", "/health"),
        ("GET", "/assets/index-B2u6IBgX.js.map"),
        ("GET", "/ws/socket.io/"),
        ("POST", "/ws/socket.io/"),
        ("GET", "/nothing/of/ours"),
        ("GET", "/public/../app.py"),
        ("GET", "/public/elements/Other.jsx"),
    ],
)
async def test_what_the_page_does_not_need_is_closed(server: Server, visit, method: str, path: str):
    page: ChatPage = await visit(connect=False)
    answer = await server.http.request(method, f"/chat{path}", headers=page.headers)
    assert answer.status_code in {404, 405}
    assert b"chainlit" not in answer.content.lower()


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "", "http://aisle.evil.example", "https://aisle"])
@pytest.mark.parametrize("path", ["/project/threads", "/set-session-cookie", "/project/file?session_id=x"])
async def test_only_our_own_pages_change_anything(server: Server, visit, path: str, origin: str):
    page: ChatPage = await visit(connect=False)
    headers = {"Cookie": page.headers["Cookie"]} | ({"Origin": origin} if origin else {})
    answer = await server.http.post(f"/chat{path}", json={}, headers=headers)
    assert answer.status_code == 403
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "", "https://aisle"])
async def test_only_our_own_pages_connect(visit, origin: str):
    page: ChatPage = await visit(connect=False)
    with pytest.raises(Refusal):
        await page.connect(Origin=origin)
    await page.web.close()


async def test_a_connection_from_another_site_is_refused_before_it_opens(server: Server, visit):
    page: ChatPage = await visit(connect=False)
    headers = {"Cookie": page.headers["Cookie"], "Origin": OWN, "Sec-Fetch-Site": "cross-site"}
    async with aiohttp.ClientSession(connector=aiohttp.UnixConnector(server.path)) as web:
        with pytest.raises(aiohttp.WSServerHandshakeError, match="403"):
            await web.ws_connect(f"{OWN}{PATH}/?EIO=4&transport=websocket", headers=headers)


async def test_looking_at_the_page_changes_nothing_in_the_books(server: Server, visit, shop_home: Path):
    before = _counts(shop_home)
    for path in ("/chat", "/chat/", "/chat/thread/4a4bd9c9-7a53-4c5e-b0b0-8c1f8e7f6f10", "/chat/project/translations"):
        assert (await server.http.get(path)).status_code == 200
    server.http.cookies.clear()
    page = cookie_in(await server.http.get("/chat"))
    server.http.cookies.clear()
    for path in ("user", "project/settings", "project/thread/4a4bd9c9-7a53-4c5e-b0b0-8c1f8e7f6f10"):
        await server.http.get(f"/chat/{path}", headers={"Cookie": f"aisle_visitor={page}"})
    await visit(page)
    assert _counts(shop_home) == before


async def test_without_a_voice_the_page_has_no_microphone_and_nothing_listens(server: Server, visit):
    page: ChatPage = await visit(connect=False)
    shown = await server.http.get("/chat", headers=page.headers)
    assert "voice.js" not in shown.text
    assert "microphone=()" in shown.headers["permissions-policy"]
    heard = await server.http.post("/chat/voice/heard", content=b"OggS", headers=page.headers)
    assert (heard.status_code, heard.json()["detail"]) == (422, "Nobody listens here. Please type.")


async def test_a_visitor_is_known_by_our_cookie_alone(server: Server, visit):
    page: ChatPage = await visit(connect=False)
    known = await server.http.get("/chat/user", headers=page.headers)
    assert known.json()["display_name"] == "Guest"
    assert "set-cookie" not in known.headers
    for cookie in (
        "",
        "aisle_visitor=forged",
        "aisle_visitor=",
        f"aisle_visitor={page.cookie[:-3]}abc",
        _foreign(page),
    ):
        headers = {"Origin": OWN} | ({"Cookie": cookie} if cookie else {})
        assert (await server.http.get("/chat/user", headers=headers)).status_code == 401
        with pytest.raises(Refusal):
            await page.connect(Cookie=cookie)
        await page.web.close()


async def test_chainlit_s_own_token_of_a_client_is_not_read(server: Server, visit):
    from_outside: ChatPage = await visit(connect=False)
    other: ChatPage = await visit(connect=False)
    cookies = f"access_token=eyJhbGciOiJIUzI1NiJ9.e30.x; aisle_visitor={from_outside.cookie}"
    headers = {"Cookie": cookies, "Authorization": "Bearer eyJhbGciOiJIUzI1NiJ9.e30.x", "Origin": OWN}
    told = (await server.http.get("/chat/user", headers=headers)).json()
    mine = (await server.http.get("/chat/user", headers=from_outside.headers)).json()
    assert told["identifier"] == mine["identifier"]
    assert told["identifier"] != (await server.http.get("/chat/user", headers=other.headers)).json()["identifier"]


async def test_whoever_lost_their_cookie_is_met_anew_without_a_form(server: Server):
    answer = await server.http.get("/chat/login")
    assert (answer.status_code, answer.headers["location"]) == (303, "/chat/")


async def test_everything_is_served_with_a_policy_that_names_no_other_host(server: Server, visit):
    page: ChatPage = await visit(connect=False)
    html = await server.http.get("/chat", headers=page.headers)
    paths = re.findall(r'(?:src|href)="(/chat/[^"]+)"', html.text)
    assert len(paths) >= 5
    for answer in [html, *[await server.http.get(path) for path in paths]]:
        assert answer.status_code == 200
        policy = answer.headers["content-security-policy"]
        assert "frame-ancestors 'none'" in policy
        assert "script-src 'self' 'unsafe-eval';" in policy
        assert "http" not in policy
        assert "*" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "access-control-allow-origin" not in answer.headers
        if not answer.request.url.path.endswith((".js", "/favicon")):
            assert _HOST.findall(answer.content) == []
    assert "chainlit" not in html.text.lower()


async def test_the_page_s_own_files_name_no_other_host(server: Server):
    for path in sorted((ROOT / "ui" / "chat" / "public").rglob("*.*")):
        name = path.relative_to(ROOT / "ui" / "chat" / "public").as_posix()
        answer = await server.http.get(f"/chat/public/{name}")
        assert answer.status_code == 200, name
        assert _HOST.findall(answer.content) == []


async def test_the_marks_are_ours(server: Server):
    ours = (ROOT / "ui" / "chat" / "public" / "mark.svg").read_bytes()
    for path in ("favicon", "logo?theme=dark", "avatars/Hearth", "avatars/default"):
        assert (await server.http.get(f"/chat/{path}")).content == ours


async def test_the_page_is_told_who_speaks_before_anything_is_said(server: Server, visit):
    page: ChatPage = await visit(connect=False)
    html = (await server.http.get("/chat", headers=page.headers)).text
    assert "You are talking to an automated assistant." in html
    words = (await server.http.get("/chat/project/translations")).json()["translation"]
    assert words["chat"]["watermark"] in html
    shipped = (chainlit_folder() / "translations" / "en-US.json").read_text(encoding="utf-8")
    assert words["chat"]["watermark"] not in shipped


async def test_starters_fit_the_shop_and_nothing_else_is_switched_on(server: Server, visit):
    page: ChatPage = await visit(connect=False)
    told = (await server.http.get("/chat/project/settings", headers=page.headers)).json()
    assert len(told["starters"]) == 4
    assert told["ui"]["name"] == server.app.shop_name
    features = told["features"]
    assert (features["edit_message"], features["audio"]["enabled"], features["mcp"]["enabled"]) == (False, False, False)
    assert features["spontaneous_file_upload"] == {
        "enabled": True, "accept": ["image/jpeg", "image/png", "image/webp"], "max_files": 4, "max_size_mb": 10,
    }  # fmt: skip


def _foreign(page: ChatPage) -> str:
    """A token of ours for another purpose than naming a visitor."""
    stands_for = Principal("guest:x", "ses_x", frozenset({Scope.CHAT}))
    token, _ = page.server.authority.issue(stands_for, timedelta(hours=1))
    return f"aisle_visitor={token}"


def _counts(home: Path) -> dict[str, int]:
    with sqlite3.connect(f"file:{home / 'books.sqlite'}?mode=ro", uri=True) as books:
        # The index takes changed offers over by itself, whoever looks.
        listed = books.execute("select name from sqlite_master where type = 'table' and name <> 'offer_changes'")
        names = [name for (name,) in listed]
        counted = {name: books.execute(f'select count(*) from "{name}"').fetchone()[0] for name in names}
    books.close()
    return counted
