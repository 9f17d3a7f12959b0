"""How a message carries pictures: their ids for code, and a marker in plain text that any model can read."""

from collections.abc import Sequence

from langchain_core.messages import BaseMessage, HumanMessage

WORDLESS = "Like this picture."  # what a message without words says for its picture
_IMAGES = "image_ids"
# A shopper's words never hold an empty line, so nobody can write a marker.
_MARK = "\n\n[picture: "


def shopper_message(text: str, image_ids: Sequence[str], message_id: str) -> HumanMessage:
    """Return a shopper's message; each picture is named after the words, as in "[picture: img_…]"."""
    if not image_ids:
        return HumanMessage(text, id=message_id)
    marks = "".join(f"{_MARK}{image_id}]" for image_id in image_ids)
    return HumanMessage(text + marks, id=message_id, additional_kwargs={_IMAGES: list(image_ids)})


def words_of(content: str) -> str:
    """Return a message's words without the markers of its pictures and notes."""
    return content.split("\n\n[", 1)[0]


def pictures_of(message: BaseMessage) -> tuple[str, ...]:
    """Return the ids of the pictures a message carries."""
    return tuple(str(image_id) for image_id in message.additional_kwargs.get(_IMAGES, ()))
