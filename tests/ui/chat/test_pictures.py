"""Pictures in the chat: cleaned before anybody holds them, kept for their owner, found again in a turn and later."""

import io
from pathlib import Path

import httpx
import pytest
from PIL import Image

from tests.ui.chat.conftest import ChatPage
from tests.ui.conftest import Server
from ui.chat.serving import session_of

pytestmark = pytest.mark.asyncio(loop_scope="module")
CANARY = b"CANARY-51.5007"


def photo() -> bytes:
    """A picture with the place it was taken in it, and something after its end."""
    exif = Image.Exif()
    exif.get_ifd(0x8825)[1] = CANARY.decode()
    out = io.BytesIO()
    Image.new("RGB", (320, 240), (120, 90, 60)).save(out, "JPEG", exif=exif)
    assert CANARY in out.getvalue()
    return out.getvalue() + CANARY


async def send(page: ChatPage, data: bytes, connection: str = "", kind: str = "image/jpeg") -> httpx.Response:
    path = f"/chat/project/file?session_id={connection or page.connection_id}"
    return await page.server.http.post(path, files={"file": ("photo.jpg", data, kind)}, headers=page.headers)


async def test_a_picture_without_words_is_looked_for_and_seen_again(visit, server: Server):
    page: ChatPage = await visit()
    image_id = (await send(page, photo())).raise_for_status().json()["id"]
    await page.say("", (image_id,))
    assert page.elements[image_id]["type"] == "image"
    turns = await server.app.books.conversations.transcript(session_of(page.thread_id))
    assert turns[0].image_ids == (image_id,)
    seen = await server.http.get(page.elements[image_id]["url"], headers=page.headers)
    assert seen.headers["content-type"] == "image/jpeg"
    assert CANARY not in seen.content
    again: ChatPage = await visit(page.cookie, page.thread_id)
    assert again.elements == page.elements
    assert [step["output"] for step in again.steps.values()] == [step["output"] for step in page.steps.values()]


async def test_nothing_of_the_original_is_left_on_disk(visit, shop_home: Path, chainlit_folder: Path):
    page: ChatPage = await visit()
    image_id = (await send(page, photo())).raise_for_status().json()["id"]
    await page.say("like this", (image_id,))
    for folder in (shop_home, chainlit_folder):
        left = [path for path in folder.rglob("*") if path.is_file() and CANARY in path.read_bytes()]
        assert left == []
    assert list((chainlit_folder / ".files").iterdir()) == []
    await page.leave()
    assert list((chainlit_folder / ".files").iterdir()) == []
    await page.connect()


@pytest.mark.parametrize(
    ("data", "kind", "status", "words"),
    [
        (b"<script>alert(1)</script>", "image/png", 422, "not a picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/jpeg", 422, ""),
        (b"", "image/jpeg", 422, ""),
        (b"\xff\xd8\xff" + b"0" * (10 * 1024 * 1024 + 64 * 1024), "image/jpeg", 413, "10 MB"),
    ],
)
async def test_what_is_no_picture_is_refused_in_words_the_page_can_show(visit, data, kind, status, words):
    page: ChatPage = await visit()
    answer = await send(page, data, kind=kind)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/json"
    assert words in answer.json()["detail"]


async def test_pictures_are_their_shopper_s_alone(visit, server: Server):
    page: ChatPage = await visit()
    stranger: ChatPage = await visit()
    assert (await send(stranger, photo(), connection=page.connection_id)).status_code == 404
    assert (await send(page, photo(), connection="none")).status_code == 404
    image_id = (await send(page, photo())).raise_for_status().json()["id"]
    await page.say("like this", (image_id,))
    url = page.elements[image_id]["url"]
    assert (await server.http.get(url, headers=stranger.headers)).status_code == 404
    server.http.cookies.clear()
    assert (await server.http.get(url)).status_code == 404
    await stranger.say("like this", (image_id,))
    assert "not here any more" in stranger.answers[-1]


async def test_no_more_pictures_than_fit_into_a_message(visit):
    page: ChatPage = await visit()
    await page.socket.emit(
        "client_message",
        {"message": {"id": "3d1c9c3e-7a53-4c5e-b0b0-8c1f8e7f6f10", "output": "x"}, "fileReferences": [{"id": "i"}] * 5},
    )
    await page.say("hello")
    assert page.count("task_start") == 1
