"""Open chats end with the server, and what was said stays."""

import asyncio
import sys

import pytest

from tests.ui.chat.conftest import ChatPage
from tests.ui.conftest import Server
from ui.chat.serving import session_of

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_open_chats_draw_no_more_when_the_server_stops(visit, server: Server):
    page: ChatPage = await visit()
    await page.say("show me the walnut desk")
    (talk,) = [each for each in sys.modules["ui.chat.app"]._talks.values() if each._session.id == page.connection_id]
    following = talk._following
    talk._services.stopping.set()
    async with asyncio.timeout(5):
        await following
    assert session_of(page.thread_id) not in server.app.assistant._stream._readers
    assert len(await server.app.books.conversations.transcript(session_of(page.thread_id))) == 1
