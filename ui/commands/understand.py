"""`aisle understand`: what messages mean, JSON lines in, JSON lines out."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from dataclasses import asdict

import typer
from pydantic import ValidationError

from assistant.compact.opinion import Heads
from assistant.compact.overheard import Overheard, dialogue_of, told
from assistant.compact.terms import Terms
from assistant.compact.trained import read_trained
from assistant.compact.understand import understand as understand_message
from assistant.home import prepare_home
from assistant.settings import Settings
from assistant.wiring import index_settings
from policies.limits import load_policy
from retrieval.catalog import open_index
from retrieval.demo import generate
from retrieval.encode import open_encoder
from retrieval.query import Vocabulary
from retrieval.vocabulary import vocabulary_of
from ui.client import ProblemError, connect
from ui.commands.running import DEMO_PRODUCTS, DEMO_SEED, Failed, run
from ui.home_server import running_server


def understand() -> None:
    """Read JSON lines {text, history?, shown?}; write {intents, slots, asked, refers_to, confidence, entities}.

    history is [{role, text}] with role user or assistant, shown is [{id, title, facets}]. Words are read against the
    catalogue of this home, or the demo shop's where the home has none; entities are words for things, colours,
    materials, brands, sizes and prices whatever the catalogue names. A line that cannot be read gets
    {error: {line, text}} in its place, the others go on, and the exit code is 1.

    Example:
        echo '{"text": "walnut desks under $600, nothing too dark"}' | aisle understand
    """

    async def work(settings: Settings) -> None:
        terms = Terms(await _vocabulary(settings))
        trained = read_trained(settings.heads)
        encoder = await open_encoder(settings.encoder, prepare_home(settings.home_path) / "models")
        heads = Heads(encoder, trained.heads)
        currency = load_policy(settings.policy).currency
        wrong = 0
        async for number, raw in _lines():
            try:
                heard = _heard(raw)
                answer = await _answer(heard, terms, heads, currency)
                answer["entities"] = [asdict(entity) for entity in trained.tagger.entities(heard.text)]
            except _UnreadableError as error:
                wrong += 1
                answer = {"error": {"line": number, "text": str(error)}}
            typer.echo(json.dumps(answer, ensure_ascii=False))
        if wrong:
            raise Failed(f"{wrong:,} line(s) could not be read; each has its error in the output.")

    run(work)


class _UnreadableError(Exception):
    """A line is no message; the text says why."""


def _heard(raw: bytes) -> Overheard:
    try:
        return Overheard.model_validate_json(raw.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise _UnreadableError("The line is not UTF-8.") from error
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise _UnreadableError(f"{where}: {first['msg']}" if where else first["msg"]) from error


async def _answer(heard: Overheard, terms: Terms, heads: Heads, currency: str) -> dict[str, object]:
    dialogue = dialogue_of(heard, terms, currency)
    return told(await understand_message(heard.text, dialogue, terms, heads, currency), dialogue, terms, currency)


async def _lines() -> AsyncIterator[tuple[int, bytes]]:
    """Yield the input's lines that are not blank as they come, with their one-based numbers."""
    number = 0
    while raw := await asyncio.to_thread(sys.stdin.buffer.readline):
        number += 1
        if raw.strip():
            yield number, raw


async def _vocabulary(settings: Settings) -> Vocabulary:
    """Ask the running server for its words, else read the home's index, else take the demo shop's."""
    note = await running_server(settings.home_path)
    if note is not None:
        async with connect(note.url) as http:
            bearer = {"Authorization": f"Bearer {note.operator_token}"}
            response = await http.get("/v1/operator/vocabulary", headers=bearer)
            if response.is_error:
                raise ProblemError(response.status_code, response.json())
            found = Vocabulary(**response.json())
    else:
        found = await _indexed(settings)
    return found if found.product_types else vocabulary_of(generate(DEMO_PRODUCTS, DEMO_SEED).entries, "demo")


async def _indexed(settings: Settings) -> Vocabulary:
    prepare_home(settings.home_path)
    catalog = await open_index(index_settings(settings))
    try:
        return await catalog.vocabulary()
    finally:
        await catalog.aclose()
