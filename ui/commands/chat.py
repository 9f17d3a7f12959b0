"""`aisle chat`: a conversation in the terminal, over the same HTTP API a page uses."""

import asyncio
import os
import sys
import threading
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Annotated

import typer

from assistant.settings import Settings
from evals.journeys.conditions import ScriptError
from ui.client import Conversation, ProblemError, connect
from ui.commands.picturing import looked_at, picture_file, show_picture
from ui.commands.running import Failed, first_fill, run
from ui.home_server import server_of
from ui.script import Instruction, Unmet, instruction, parse
from ui.talk import Talk
from ui.terminal import screen

_HINT = (
    "Say what you are looking for. "
    "!card opens an order card, !press places it, !decline sets it aside, !cart shows the cart, !quit ends."
)


def chat(
    text: Annotated[str | None, typer.Argument(help="One message; without it, a conversation.")] = None,
    image: Annotated[Path | None, typer.Option(help="A picture; shows what looks like it.")] = None,
    script: Annotated[Path | None, typer.Option(help="File with one instruction per line.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One event per line: {event, data}.")] = False,
    approve: Annotated[bool, typer.Option("--approve", help="Press every order card shown, as you would.")] = False,
) -> None:
    """Talk to the shop in the terminal.

    Uses the running server of this home, or opens the shop for as long as the conversation takes.
    --approve is your press on an order card; the assistant never sees it.

    Examples:
        aisle chat

        aisle chat "a walnut desk under $700"

        aisle chat "add the first one and buy it" --approve

        aisle chat "like this but in green under $80" --image photo.jpg

        aisle chat --script purchase.txt --json

    A script has one instruction per line. A plain line is what you say; # begins a comment;
    !card opens the order card and holds it, !press presses the held card or else opens and presses it, !decline
    sets it aside; !picture p-00012 green rotated sends that product's picture with what you say next, !picture
    bicycle one of a thing not sold here; !set last-quoted price +1500 changes an offer as the merchant would;
    !order ship tells what happened to the newest order, also deliver, receive, dispute; !again comes back another
    day, as the same shopper in a new conversation;
    !expect cart lines=1 total=$640, !expect shown all colour=black, !expect orders=1, !expect memory=2 check what
    is there.
    """
    if script is not None and (text is not None or image is not None):
        raise typer.BadParameter("give a message or a picture, or --script, not both")
    picture = picture_file(image) if image is not None else None
    lines = _script(script) if script is not None else None

    async def work(settings: Settings) -> None:
        async with server_of(settings, first_fill) as note, connect(note.url) as http:
            conversation = Conversation(http, note.operator_token)
            await conversation.begin()
            talk = Talk(conversation, screen(as_json), approve)
            if lines is not None:
                await _play(talk, lines, str(script))
            elif picture is not None:
                await _once(talk, text or "", picture)
            elif text is not None:
                await _once(talk, text)
            else:
                await _converse(talk, sys.stdin.isatty())

    run(work)


def _script(path: Path) -> list[Instruction]:
    """Read a script; one that cannot be read is a usage error."""
    try:
        return parse(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError as error:
        raise typer.BadParameter(f"{path} is not UTF-8 (byte {error.start + 1}); save it as UTF-8") from error
    except OSError as error:
        raise typer.BadParameter(f"{path} cannot be read: {error.strerror}") from error
    except ScriptError as error:
        raise typer.BadParameter(f"{path}: {error}") from error


async def _play(talk: Talk, lines: list[Instruction], name: str) -> None:
    """Play a script to its end, or to the first line that does not hold."""
    for line in lines:
        if line.kind == "quit":
            return
        if line.kind in {"say", "card", "press", "decline", "picture", "again"}:
            talk.screen.remark(f"> {line.text}")
        try:
            await _follow(talk, line)
        except (Unmet, ScriptError) as error:
            raise Failed(f"{name}, line {line.line}: {line.text}: {error}.") from error
        except ProblemError as error:
            raise Failed(f"{name}, line {line.line}: {line.text}: the server refused: {error}") from error


async def _follow(talk: Talk, line: Instruction) -> None:
    await talk.follow(line)
    if line.kind == "picture":
        await looked_at(talk)


async def _once(talk: Talk, text: str, picture: bytes | None = None) -> None:
    if picture is not None:
        await show_picture(talk, picture, _whole(text))
    else:
        await talk.say(_whole(text))
    if talk.failed:
        raise Failed("That could not be answered; see above.")


def _whole(text: str) -> str:
    """Return an argument of the command line, refusing bytes that were no UTF-8."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise Failed("The message is not UTF-8. Use a terminal that writes UTF-8.") from error
    return text


async def _converse(talk: Talk, prompting: bool) -> None:
    """Talk until the input ends; a line that fails is told, and the conversation goes on."""
    failed = False
    if prompting:
        talk.screen.remark(_HINT)
    async for raw in _input_lines(prompting):
        try:
            line = instruction(raw.decode("utf-8"))
            if line is not None and line.kind == "quit":
                break
            if line is not None:
                await _follow(talk, line)
        except UnicodeDecodeError:
            failed = _tell("That line is not UTF-8, so it was not sent. Write it in UTF-8.")
        except (ScriptError, Unmet, ProblemError) as error:
            failed = _tell(str(error))
    if failed and not prompting:
        raise Failed("Some lines could not be used; see above.")


def _tell(text: str) -> bool:
    typer.echo(f"aisle: {text}", err=True)
    return True


async def _input_lines(prompting: bool) -> AsyncIterator[bytes]:
    """Yield lines of standard input without blocking the streams.

    The reading thread is a daemon on an unbuffered file: it may still wait for a line when the command ends.
    """
    loop = asyncio.get_running_loop()
    lines: asyncio.Queue[bytes] = asyncio.Queue()

    def read() -> None:
        with open(os.dup(0), "rb", buffering=0) as source:
            while line := source.readline():
                loop.call_soon_threadsafe(lines.put_nowait, line)
        loop.call_soon_threadsafe(lines.put_nowait, b"")

    threading.Thread(target=read, daemon=True).start()
    while True:
        if prompting:
            typer.echo("> ", nl=False, err=True)
        line = await lines.get()
        if not line:
            return
        yield line
