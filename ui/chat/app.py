"""Chainlit made into the chat of a shop: its callbacks, its events, and nothing of what it offers besides.

Imported by `loading`, in a thread and after Chainlit's folder is ready; nothing else may import it.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# Chainlit and Socket.IO annotate their handlers in part only.

from typing import Any
from weakref import WeakKeyDictionary

import chainlit.socket as chainlit_socket
from chainlit.auth import create_jwt
from chainlit.callbacks import data_layer, on_chat_end, on_chat_resume, set_starters
from chainlit.config import config
from chainlit.context import context
from chainlit.server import app as chainlit_app
from chainlit.server import sio
from chainlit.session import WebsocketSession
from chainlit.types import Starter, ThreadDict
from chainlit.user import User

from policies.errors import SettingsError
from ui.chat.history import BooksHistory
from ui.chat.sent import read_sent
from ui.chat.serving import GUEST, SERVING
from ui.chat.talk import Talk
from ui.services import Services
from ui.starters import starters

# The largest message of a connection, bytes; the same as of a request.
_LARGEST = 64 * 1024
_talks: "WeakKeyDictionary[WebsocketSession, Talk]" = WeakKeyDictionary()

asgi = chainlit_app


def token_of(subject: str) -> str:
    """Return the token by which Chainlit knows a visitor; made anew for every request and never sent out."""
    return create_jwt(User(identifier=subject, display_name=GUEST))


def thread_of_connection(connection_id: str, subject: str) -> str | None:
    """Return the thread that a connection of this visitor's shows; None for another's and for none."""
    session = WebsocketSession.get_by_id(connection_id)
    if session is None or session.user is None or session.user.identifier != subject:
        return None
    return session.thread_id


def configure(services: Services) -> None:
    """Set what depends on the shop, and check what must not be open.

    Raises:
        SettingsError: Chainlit would answer pages of any origin.
    """
    config.ui.name = services.app.shop_name
    if "*" in config.project.allow_origins:
        raise SettingsError("The chat would answer pages of any origin. Remove AISLE_HOME/chat and start again.")


@data_layer
def _history() -> BooksHistory:
    return BooksHistory()


@set_starters
async def _starters(_user: User | None, _language: str | None = None) -> list[Starter]:
    return [Starter(label, says) for label, says in await starters(SERVING.get().services.app.catalog)]


@on_chat_resume
async def _resume(thread: ThreadDict) -> None:
    """Hand the page the conversation as it is now, and go on from there."""
    steps, elements = await _talk(context.session).read_back()
    thread["steps"], thread["elements"] = steps, elements  # pyright: ignore[reportGeneralTypeIssues]


@on_chat_end
async def _leave() -> None:
    _talk(context.session).leave()


async def _connected(sid: str) -> None:
    """Begin or resume as Chainlit does, after a break of the line draw everything anew, and tell that one can talk."""
    session = WebsocketSession.get(sid)
    if session is None:
        return
    talk = _talk(session)
    if session.restored and session.has_first_interaction:
        steps, elements = await talk.read_back()
        thread: dict[str, Any] = {"id": session.thread_id, "steps": steps, "elements": elements, "metadata": {}}
        await talk.emit("task_end", {})
        await talk.emit("resume_thread", thread)
    else:
        await chainlit_socket.connection_successful(sid)
    await talk.follow()
    await talk.emit("window_message", {"aisle": "ready"})


async def _message(sid: str, payload: Any = None) -> None:
    session, sent = WebsocketSession.get(sid), read_sent(payload)
    if session is not None and sent is not None:
        await _talk(session).say(sent)


async def _stop(sid: str) -> None:
    if (session := WebsocketSession.get(sid)) is not None:
        _talk(session).stop()


def _talk(session: Any) -> Talk:
    talk = _talks.get(session)
    if talk is None:
        talk = _talks[session] = Talk(session, SERVING.get().services)
    return talk


# Everything a page may send; editing what was said, audio, settings, favourites and windows are not among it.
sio.handlers["/"] = {
    "connect": chainlit_socket.connect,
    "connection_successful": _connected,
    "client_message": _message,
    "stop": _stop,
    "clear_session": chainlit_socket.clean_session,
    "disconnect": chainlit_socket.disconnect,
}
sio.eio.max_http_buffer_size = _LARGEST
