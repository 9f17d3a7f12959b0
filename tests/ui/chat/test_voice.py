"""Voice: a recording becomes words to look at, an answer becomes speech, and neither says or presses anything."""

import sqlite3
from collections.abc import AsyncGenerator, Generator
from pathlib import Path

import pytest
import pytest_asyncio

from assistant.settings import Settings
from assistant.voice import MAX_AUDIO_BYTES
from tests.assistant.local_voice import SPEECH, WEBM, LocalVoice, local_voice
from tests.ui.chat.conftest import OWN, ChatPage
from tests.ui.conftest import Server, running
from ui.chat.serving import session_of

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.fixture(scope="module")
def variables() -> Generator[pytest.MonkeyPatch]:
    with pytest.MonkeyPatch.context() as patch:
        yield patch


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def voice(variables: pytest.MonkeyPatch) -> AsyncGenerator[LocalVoice]:
    """An endpoint that hears and speaks."""
    async with local_voice() as voice:
        variables.setenv("AISLE_HEAR_URL", voice.url)
        variables.setenv("AISLE_SPEAK_URL", voice.url)
        yield voice


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server(shop_home: Path, voice: LocalVoice) -> AsyncGenerator[Server]:
    """A shop with a voice."""
    async with running(Settings(home=shop_home)) as server:
        yield server


async def hear(page: ChatPage, audio: bytes, **headers: str):
    return await page.server.http.post("/chat/voice/heard", content=audio, headers=page.headers | headers)


async def test_what_was_said_comes_back_as_words_and_is_not_sent(visit, server: Server, voice: LocalVoice):
    page: ChatPage = await visit()
    await page.say("show me the walnut desk")
    voice.hears = "place\nthe order\u202e, yes"
    told = (await hear(page, WEBM)).raise_for_status().json()
    assert told == {"words": "place the order, yes"}
    assert voice.heard[-1]["filename"] == b"said.webm"
    assert voice.heard[-1]["model"].strip() == b"Systran/faster-whisper-small"
    turns = await server.app.books.conversations.transcript(session_of(page.thread_id))
    assert [turn.text for turn in turns] == ["show me the walnut desk"]
    voice.hears = ""
    assert (await hear(page, WEBM)).json() == {"words": ""}


async def test_only_short_recordings_of_our_own_pages_are_heard(visit, voice: LocalVoice):
    page: ChatPage = await visit(connect=False)
    before = len(voice.heard)
    long = await hear(page, WEBM + bytes(MAX_AUDIO_BYTES))
    assert (long.status_code, "less than a minute" in long.json()["detail"]) == (413, True)
    assert (await hear(page, b"<svg onload=alert(1)>")).status_code == 422
    assert (await hear(page, WEBM, Origin="https://evil.example")).status_code == 403
    assert (await hear(page, WEBM, Cookie="")).status_code == 401
    assert len(voice.heard) == before


async def test_only_an_answer_of_ones_own_is_read_aloud(visit, server: Server, voice: LocalVoice):
    page: ChatPage = await visit()
    await page.say("show me the walnut desk")
    (turn,) = await server.app.books.conversations.transcript(session_of(page.thread_id))
    path = f"/chat/voice/read/{page.thread_id}/{turn.turn_id}"
    answer = await server.http.post(path, headers=page.headers)
    assert (answer.headers["content-type"], answer.content) == ("audio/mpeg", SPEECH)
    assert str(voice.spoke[-1]["input"]) in page.answers[0]
    assert voice.spoke[-1]["voice"] == "af_heart"
    stranger: ChatPage = await visit(connect=False)
    assert (await server.http.post(path, headers=stranger.headers)).status_code == 404
    nothing = f"/chat/voice/read/{page.thread_id}/turn_unknown"
    assert (await server.http.post(nothing, headers=page.headers)).status_code == 404
    assert len(voice.spoke) == 1


async def test_an_endpoint_that_fails_is_said_in_a_sentence_and_calls_are_on_the_books(
    visit, shop_home: Path, voice: LocalVoice
):
    page: ChatPage = await visit(connect=False)
    voice.status = 500
    failed = await hear(page, WEBM)
    voice.status = 200
    assert (failed.status_code, failed.json()["detail"]) == (503, "The voice service did not answer. Please type.")
    with sqlite3.connect(shop_home / "books.sqlite") as books:
        called = set(books.execute("SELECT model, state FROM model_calls"))
    books.close()
    assert called == {("hear", "settled"), ("speak", "settled")}


async def test_the_page_may_listen_where_somebody_hears(server: Server):
    page = await server.http.get("/chat", headers={"Origin": OWN})
    assert "/chat/public/voice.js?hears&amp;speaks" in page.text
    assert "microphone=(self)" in page.headers["permissions-policy"]
    assert "microphone=()" in (await server.http.get("/")).headers["permissions-policy"]
