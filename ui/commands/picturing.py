"""The terminal's way to show a picture: send the file, wait until the shop has looked at its own, ask."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import typer

from retrieval.picture import MAX_BYTES
from ui.client import Conversation
from ui.talk import Talk

_EVERY_S = 1.0
_PATIENCE_S = 900


def picture_file(path: Path) -> bytes:
    """Read a picture, or a little more than the most that is accepted; one that cannot be read is a usage error."""
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        raise typer.BadParameter(f"{path} cannot be read: {error.strerror}", param_hint="--image") from error


async def show_picture(talk: Talk, picture: bytes, text: str) -> None:
    """Send the picture and ask for what looks like it; `text` may be empty.

    Raises:
        ProblemError: The server refused the picture or the message.
    """
    await talk.send_picture(picture)
    await looked_at(talk)
    await talk.say(text)


async def looked_at(talk: Talk) -> None:
    """Wait for the products' pictures to be looked at; on the first run of a shop that takes minutes."""
    await until_looked_at(talk.conversation, talk.screen.remark)


async def until_looked_at(conversation: Conversation, told: Callable[[str], None]) -> None:
    """Wait for the products' pictures to be looked at, telling now and then how far it is."""
    last = -1
    for _ in range(int(_PATIENCE_S / _EVERY_S)):
        done, whole = await conversation.pictures_looked_at()
        if done >= whole:
            return
        if last < 0 or done - last >= whole // 10:
            told(f"{done:,} of {whole:,} pictures looked at")
            last = done
        await asyncio.sleep(_EVERY_S)
