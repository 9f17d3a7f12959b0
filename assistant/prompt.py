"""Writes what an endpoint reads: a prefix of the same bytes for everybody, then the conversation, which only grows."""

import base64
import json
from collections.abc import Awaitable, Callable, Sequence
from importlib import resources
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage, ToolMessage

from assistant.notes import moved
from assistant.pictures import pictures_of
from assistant.window import Brief
from retrieval.query import Vocabulary

_MOST_WORDS = 60  # of one kind; a large shop's are those that most products carry
# A conversation longer than this loses its oldest turns, down to half: seldom, and then many at once, because the
# endpoint must read everything anew whenever the beginning changes.
_MOST_CHARS = 60_000
_PICTURE_CHARS = 6_000  # what a picture counts, by its tokens
_MOST_PICTURES = 4  # in one request, as vLLM is started in docs/serving.md


def system_text(vocabulary: Vocabulary) -> str:
    """Return the system text with the shop's words: the same bytes until the catalogue changes."""
    text = (resources.files("assistant") / "prompts" / "system.md").read_text(encoding="utf-8")
    kinds = {
        "Sold here": vocabulary.product_types,
    }
    lines = [f"{name}: {', '.join(_commonest(words))}." for name, words in kinds.items() if words]
    return "\n".join([text.rstrip(), "", *lines])


def _commonest(words: dict[str, int]) -> list[str]:
    return sorted(sorted(words, key=lambda word: (-words[word], word))[:_MOST_WORDS])


class EndpointPrompt:
    """The messages of a request.

    Args:
        vocabulary: Returns the catalogue's words; asked at every call, so that an import is seen at once.
        sees: Whether the endpoint takes pictures.
    """

    def __init__(self, vocabulary: Callable[[], Awaitable[Vocabulary]], *, sees: bool) -> None:
        self._vocabulary = vocabulary
        self._sees = sees

    async def __call__(self, messages: Sequence[BaseMessage], brief: Brief) -> list[BaseMessage]:
        """Return the system text and the conversation."""
        system = SystemMessage(system_text(await self._vocabulary()))
        told = moved(compacted(messages))
        seen = _in_sight(told) if self._sees else frozenset[str]()
        return [system, *[await _with_pictures(message, seen, brief) for message in told]]


def compacted(messages: Sequence[BaseMessage]) -> list[BaseMessage]:
    """Return the conversation without its oldest turns, if it is long; what they showed is told in a line instead.

    Where it is cut depends on the turns before the last one only and moves in large steps, so that within a turn, and
    from most turns to the next, the beginning keeps its bytes.
    """
    turns = _turns(messages)
    start = _first_kept(turns)
    kept = [message for turn in turns[start:] for message in turn]
    if not start:
        return kept
    dropped = [message for turn in turns[:start] for message in turn]
    first = kept[0]
    told = HumanMessage(
        f"[earlier: {_gist(dropped)}]\n\n{first.text}", id=first.id, additional_kwargs=first.additional_kwargs
    )
    return [told, *kept[1:]]


def _first_kept(turns: Sequence[Sequence[BaseMessage]]) -> int:
    start, size = 0, 0
    sizes = [sum(map(_size, turn)) for turn in turns[:-1]]
    for at, each in enumerate(sizes):
        size += each
        while size > _MOST_CHARS and start <= at:
            while size > _MOST_CHARS // 2 and start <= at:
                size -= sizes[start]
                start += 1
    return start


def _size(message: BaseMessage) -> int:
    calls = json.dumps(message.tool_calls) if isinstance(message, AIMessage) else ""
    return len(message.text) + len(calls) + _PICTURE_CHARS * len(pictures_of(message))


def _turns(messages: Sequence[BaseMessage]) -> list[list[BaseMessage]]:
    turns: list[list[BaseMessage]] = [[]]
    for message in messages:
        if isinstance(message, HumanMessage) and turns[-1]:
            turns.append([])
        turns[-1].append(message)
    return turns


def _gist(messages: Sequence[BaseMessage]) -> str:
    """Return which products were shown, by id and name, so that they can still be spoken of."""
    names: dict[str, str] = {}
    for message in messages:
        if isinstance(message, ToolMessage):
            for record in json.loads(message.text).get("records", ()):
                names |= {item["product_id"]: item["title"] for item in _items(record)}
    listed = [f"{title} ({product_id})" for product_id, title in names.items()]
    return f"{len(_turns(messages))} messages; shown: {', '.join(listed[-30:]) or 'nothing'}"


def _items(record: dict[str, Any]) -> list[dict[str, Any]]:
    return record["items"] if record.get("kind") in ("products", "comparison", "board") else []


def _in_sight(messages: Sequence[BaseMessage]) -> frozenset[str]:
    """Return the pictures to send: the last ones; older ones leave two at a time, for the same reason as turns."""
    every = [image_id for message in messages for image_id in pictures_of(message)]
    surplus = max(0, len(every) - _MOST_PICTURES)
    return frozenset(every[surplus + surplus % 2 :])


async def _with_pictures(message: BaseMessage, seen: frozenset[str], brief: Brief) -> BaseMessage:
    """Return a shopper's message with its pictures as data; never an address that an endpoint would fetch."""
    pictures = [await brief.picture(image_id) for image_id in pictures_of(message) if image_id in seen]
    parts: list[str | dict[str, Any]] = [
        {"type": "image_url", "image_url": {"url": f"data:image/jpeg;base64,{base64.b64encode(jpeg).decode()}"}}
        for jpeg in pictures
        if jpeg is not None
    ]
    return HumanMessage([*parts, {"type": "text", "text": message.text}]) if parts else message
