"""From what a conversation records to what the chat draws: the same messages and elements live and when read back."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ui.chat.serving import session_of

# The element that draws each kind of record; `public/elements/` holds them. No name of these stands in prose, since
# Chainlit looks for element names in the words of a message.
ELEMENTS = {
    "things": "PictureParts",
    "products": "ProductCards",
    "board": "ProductCards",
    "boards": "BoardTiles",
    "comparison": "ComparisonTable",
    "cart": "CartCard",
    "quote": "OrderCard",
    "order": "OrderList",
    "orders": "OrderList",
}
_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
# Escapes do not stop addresses from becoming links, since those are looked for in the text that comes out. An invisible
# joiner does, and it holds however the words were cut into pieces on their way here.
_JOINER = "\u2060"
_LINKED = re.compile(r"(/|@|w(?=w))", re.IGNORECASE)
# What turns the direction of writing turns every word after it: a price would read backwards.
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True)
class Change:
    """One thing to tell the page: the name and the data of an event of Chainlit's."""

    name: str
    data: dict[str, Any]


def as_markdown(words: str) -> str:
    """Return plain words so that Markdown shows them as they are: no link or picture of a model's making."""
    upright = _LINKED.sub(rf"\1{_JOINER}", _TURNING.sub("", words))
    return _PUNCTUATION.sub(r"\\\1", upright).replace("\n", "  \n")


@dataclass(slots=True)
class Message:
    """A message as the chat shows it; `words` are Markdown where the assistant speaks."""

    id: str
    author: str
    kind: str = "assistant_message"
    words: str = ""
    running: bool = False
    failed: bool = False
    at: str = ""
    shown: int = field(default=0)

    def step(self, thread_id: str) -> dict[str, Any]:
        """Return the message as Chainlit's page takes it."""
        return {
            "id": self.id,
            "threadId": thread_id,
            "parentId": None,
            "name": self.author,
            "type": self.kind,
            "output": self.words,
            "input": "",
            "createdAt": self.at,
            "start": self.at,
            "end": self.at,
            "streaming": self.running,
            "isError": self.failed,
            "waitForAnswer": False,
            "showInput": False,
            "language": None,
            "metadata": {},
            "tags": [],
        }


class Drawing:
    """What stands on the screen of one conversation, and what each recorded event changes about it.

    One turn is one message: its words, then what it showed. What happens between turns makes messages of its own.

    Args:
        thread_id: Of the thread that shows the conversation.
        assistant: The name the assistant's messages carry.
    """

    def __init__(self, thread_id: str, assistant: str) -> None:
        self._thread_id = thread_id
        self._session_id = session_of(thread_id)
        self._assistant = assistant
        self._messages: dict[str, Message] = {}
        self._elements: list[dict[str, Any]] = []
        self._between: str | None = None

    @property
    def steps(self) -> list[dict[str, Any]]:
        """All messages, oldest first."""
        return [message.step(self._thread_id) for message in self._messages.values()]

    @property
    def elements(self) -> list[dict[str, Any]]:
        """Everything the messages show, oldest first."""
        return list(self._elements)

    def knows(self, message_id: str) -> bool:
        """Whether a message of that id is on the screen."""
        return message_id in self._messages

    def said(self, message_id: str, text: str, pictures: Iterable[str], at: datetime) -> list[Change]:
        """Show what the shopper said, with the cleaned pictures that went with it."""
        message = Message(message_id, "Guest", "user_message", text, at=at.isoformat())
        self._messages[message_id] = message
        return [Change("new_message", message.step(self._thread_id)), *self.pictured(message_id, pictures)]

    def pictured(self, message_id: str, pictures: Iterable[str]) -> list[Change]:
        """Show cleaned pictures with a message of the shopper's."""
        return [self._show(image_id, message_id, _picture(self._thread_id, image_id)) for image_id in pictures]

    def take(self, turn_id: str | None, seq: int, event: str, data: Mapping[str, Any], at: datetime) -> list[Change]:
        """Draw one event of a turn, or of what happened between turns (`turn_id` None)."""
        if turn_id is None:
            return self._take_between(seq, event, data, at)
        self._between = None
        changes: list[Change] = []
        message = self._messages.get(turn_id)
        if message is None:
            message = self._messages[turn_id] = Message(turn_id, self._assistant, running=True, at=at.isoformat())
            changes.append(Change("new_message", message.step(self._thread_id)))
        return changes + self._of_turn(message, seq, event, data)

    def ended(self, turn_id: str) -> list[Change]:
        """Close a turn's message; one that said and showed nothing is taken away."""
        message = self._messages.get(turn_id)
        if message is None or not message.running:
            return []
        message.running = False
        if not message.words and not message.shown:
            del self._messages[turn_id]
            return [Change("delete_message", message.step(self._thread_id))]
        return [Change("update_message", message.step(self._thread_id))]

    def _of_turn(self, message: Message, seq: int, event: str, data: Mapping[str, Any]) -> list[Change]:
        match event:
            case "status":
                waiting = "" if message.words else f"{as_markdown(data['step'])}…"
                return [_token(message, waiting, whole=True)] if waiting else []
            case "text":
                words = as_markdown(data["delta"])
                first = not message.words
                message.words += words
                return [_token(message, words, whole=first)]
            case "notice":
                return [_token(message, _paragraph(message, data["text"]), whole=True)]
            case "error":
                message.failed = not message.words and not message.shown
                _paragraph(message, data["detail"])
                return self.ended(message.id)
            case "done":
                return self.ended(message.id)
            case _:
                return self._record(message, seq, event, data)

    def _take_between(self, seq: int, event: str, data: Mapping[str, Any], at: datetime) -> list[Change]:
        message = self._messages.get(self._between or "")
        name = "update_message"
        if message is None:
            message = Message(f"between-{seq}", self._assistant, at=at.isoformat())
            self._messages[message.id] = message
            self._between, name = message.id, "new_message"
        if event in ELEMENTS:
            told = [] if name == "update_message" else [Change(name, message.step(self._thread_id))]
            return told + self._record(message, seq, event, data)
        if event == "text":
            message.words += as_markdown(data["delta"])
        elif event in ("notice", "error"):
            _paragraph(message, data["text"] if event == "notice" else data["detail"])
        return [Change(name, message.step(self._thread_id))]

    def _record(self, message: Message, seq: int, kind: str, data: Mapping[str, Any]) -> list[Change]:
        if kind not in ELEMENTS:
            return []
        message.shown += 1
        element_id = f"{self._session_id}-{seq}"
        props = self._props(kind, data)
        if kind == "products" and data.get("relation") != "details":
            # Names the row as the books do, which note what it showed under its turn.
            props["row"] = {"session_id": self._session_id, "slate": message.id}
        drawn = {"type": "custom", "name": ELEMENTS[kind], "mime": "application/json", "props": props}
        return [self._show(element_id, message.id, drawn)]

    def _props(self, kind: str, data: Mapping[str, Any]) -> dict[str, Any]:
        """Return what an element is handed; what may have changed since, it asks the shop for itself."""
        session = {"session_id": self._session_id}
        match kind:
            case "quote":
                return session | {"quote_id": data["quote_id"]}
            case "cart":
                return session | {"version": data["version"], "changed": data["changed"]}
            case "order":
                return session | {"orders": [dict(data)]}
            case "board":
                board = {name: value for name, value in data.items() if name != "items"}
                return {"items": list(data["items"]), "board": board}
            case "things":
                return {"things": list(data["things"]), "url": _address(self._thread_id, data["image_id"])}
            case "orders":
                return session | {"orders": list(data["orders"])}
            case _:
                return dict(data)

    def _show(self, element_id: str, message_id: str, drawn: Mapping[str, Any]) -> Change:
        element = {"id": element_id, "threadId": self._thread_id, "forId": message_id, "display": "inline", **drawn}
        self._elements.append(element)
        return Change("element", element)


def _paragraph(message: Message, plain: str) -> str:
    """Add a paragraph of plain words to a message and return all of it."""
    message.words = "\n\n".join(filter(None, [message.words, as_markdown(plain)]))
    return message.words


def _token(message: Message, words: str, *, whole: bool) -> Change:
    return Change("stream_token", {"id": message.id, "token": words, "isSequence": whole, "isInput": False})


def _picture(thread_id: str, image_id: str) -> dict[str, Any]:
    address = _address(thread_id, image_id)
    return {"type": "image", "name": "Your picture", "mime": "image/jpeg", "size": "small", "url": address}


def _address(thread_id: str, image_id: str) -> str:
    return f"/chat/project/file/{image_id}?thread={thread_id}"
