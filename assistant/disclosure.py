"""What leaves for a model: requests without what models.toml does not let it see."""

import re
from collections.abc import Collection, Sequence
from typing import Any, cast

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolMessage

from assistant.registry import EVERYTHING

WITHHELD = '{"withheld": "This model is not shown it. The shopper sees it on the page."}'
UNTOLD = "(An answer about the shopper's own matters; this model is not shown it.)"
# What these tools return is the shop's, of anybody; whatever else tools return is the shopper's own.
_OF_THE_SHOP = frozenset(
    {
        "search_products",
        "find_by_picture",
        "similar_to",
        "goes_with",
        "product_details",
        "compare_products",
        "store_policy",
    }
)
_REMEMBERED = frozenset({"remember", "forget", "recommend_for_me", "boards"})
_NOTES = re.compile(r"\n\n\[notes: .*\]\Z", re.DOTALL)
_PICTURES = frozenset({"image", "image_url", "input_image"})


def disclosed(messages: Sequence[BaseMessage], sees: Collection[str]) -> list[BaseMessage]:
    """Return the messages as a model may see them; the ones it may see whole are the same objects."""
    if set(EVERYTHING) <= set(sees):
        return list(messages)
    told: list[BaseMessage] = []
    withheld = False  # in this turn: what is then said rests on it
    for message in messages:
        withheld = not isinstance(message, HumanMessage) and (withheld or _hidden(message, sees))
        seen = _seen(message, sees)
        rests = withheld and isinstance(seen, AIMessage) and bool(seen.text)
        told.append(seen.model_copy(update={"content": UNTOLD}) if rests else seen)
    return told


def _hidden(message: BaseMessage, sees: Collection[str]) -> bool:
    return isinstance(message, ToolMessage) and _kind(message.name or "") not in sees


def _seen(message: BaseMessage, sees: Collection[str]) -> BaseMessage:
    match message:
        case ToolMessage():
            return message if _kind(message.name or "") in sees else message.model_copy(update={"content": WITHHELD})
        case HumanMessage():
            return message.model_copy(update=_human(message, sees))
        case AIMessage() if message.tool_calls:
            calls: list[Any] = [
                call if _kind(call["name"]) in sees else {**call, "args": {}} for call in message.tool_calls
            ]
            return message.model_copy(update={"tool_calls": calls})
        case _:
            return message


def _human(message: HumanMessage, sees: Collection[str]) -> dict[str, Any]:
    content: Any = message.content
    extra = dict(message.additional_kwargs)
    if isinstance(content, list):
        given = cast("list[Any]", content)
        content = [_text(part, sees) for part in given if "pictures" in sees or not _is_picture(part)]
    else:
        content = _text(content, sees)
    if "notes" not in sees:
        extra.pop("notes", None)
    if "pictures" not in sees:
        # Clients load pictures by these ids.
        extra.pop("image_ids", None)
    return {"content": content, "additional_kwargs": extra}


def _text(part: Any, sees: Collection[str]) -> Any:
    if "notes" in sees:
        return part
    if isinstance(part, str):
        return _NOTES.sub("", part)
    return {**part, "text": _NOTES.sub("", part["text"])} if isinstance(part.get("text"), str) else part


def _is_picture(part: Any) -> bool:
    return isinstance(part, dict) and cast("dict[str, Any]", part).get("type") in _PICTURES


def _kind(tool: str) -> str:
    if tool in _REMEMBERED:
        return "notes"
    return "catalogue" if tool in _OF_THE_SHOP else "orders"
