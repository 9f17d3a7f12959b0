"""A real vLLM with a tiny checkpoint that holds our conversations; trained once, kept by what it was trained on."""

import hashlib
import json
import os
import re
import subprocess
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from langchain_openai import ChatOpenAI
from PIL import Image
from pydantic import SecretStr

from assistant.calling import Candidate
from assistant.checkpoints import open_saver
from assistant.compact.planner import CompactPlanner
from assistant.endpoint import Bounds, EndpointPlanner
from assistant.graph import build_graph
from assistant.pace import Pace
from assistant.prompt import EndpointPrompt
from assistant.route import ModelChain
from assistant.session import Assistant, TurnLimits
from assistant.state import TurnContext
from policies.limits import load_policy
from policies.principal import Principal, Scope
from retrieval.catalog import Catalog
from retrieval.picture import PictureCleaner
from shop.books import GateBooks, PlannerBooks
from tests.assistant.local_endpoint import local_endpoint, words
from tests.vllm.server import KEY, MODEL
from tests.vllm.traces import TRACES, Recording, as_lines, hold
from tools.registry import tool_schemas
from tools.uploads import Uploads, folder_of

SERVING = Path(__file__).parents[2] / "serving" / "vllm"
PYTHON = Path(os.environ.get("AISLE_VLLM_PYTHON", ".venv-vllm/bin/python")).absolute()
CACHE = Path(os.environ.get("AISLE_VLLM_CACHE", "~/.cache/aisle/vllm")).expanduser()
PICTURE_ID = "img_" + "a" * 22
Open = Callable[..., Any]
Newcomer = Callable[[], Awaitable[Principal]]
Keep = Callable[[Principal], Awaitable[str]]


@pytest.fixture
def opened(home: Path, books: PlannerBooks, catalog: Catalog) -> Open:
    """Open an assistant over a chain of planners."""

    @asynccontextmanager
    async def open_assistant(chain: ModelChain) -> AsyncGenerator[Assistant]:
        policy = load_policy(None)
        uploads = Uploads(home / "uploads")

        def context_of(principal: Principal) -> TurnContext:
            return TurnContext(principal, catalog, books, chain, policy, 6, uploads)

        async with AsyncExitStack() as stack:
            saver = await stack.enter_async_context(open_saver(home / "conversations.sqlite"))
            limits = TurnLimits(max_message_chars=400, deadline_s=120, grace_s=5)
            assistant = Assistant(build_graph(saver), saver, books, context_of, limits, Pace(policy))
            stack.push_async_callback(assistant.aclose)
            yield assistant

    return open_assistant


@pytest.fixture
def compact(catalog: Catalog) -> CompactPlanner:
    """The planner that both teaches and stands behind the endpoint."""
    return CompactPlanner(encoder=catalog.encoder, vocabulary=catalog.vocabulary, currency="USD")


@pytest.fixture
def newcomer(gate: GateBooks, clock: Callable[[], Any]) -> Newcomer:
    """Begin another shopper's session."""

    async def begin() -> Principal:
        session_id = await gate.conversations.create_session("guest:eve", "", clock() + timedelta(hours=1))
        principal = Principal(f"guest:{session_id}", session_id, frozenset({Scope.CHAT, Scope.APPROVE}))
        await gate.shoppers.ensure_guest(principal)
        return principal

    return begin


@pytest.fixture
def picture(home: Path) -> Keep:
    """Keep a picture of the shopper's, under the same id every time: the checkpoint knows it by heart."""

    async def keep(shopper: Principal) -> str:
        drawn = BytesIO()
        Image.new("RGB", (96, 96), (120, 82, 52)).save(drawn, "PNG")
        cleaner = PictureCleaner()
        cleaned = await cleaner.clean(drawn.getvalue())
        await cleaner.aclose()
        image_id = await Uploads(home / "uploads").keep(shopper, cleaned)
        folder = home / "uploads" / folder_of(shopper.subject, shopper.session_id)
        (folder / f"{image_id}.jpg").rename(folder / f"{PICTURE_ID}.jpg")
        return PICTURE_ID

    return keep


def client(url: str, model: str = MODEL) -> ChatOpenAI:
    """Return a client of an endpoint on this machine."""
    return ChatOpenAI(
        model=model, base_url=url, api_key=SecretStr(KEY), max_retries=0, stream_usage=True, temperature=0, timeout=120
    )


def endpoint_planner(url: str, catalog: Catalog) -> EndpointPlanner:
    """Return a planner that asks an endpoint as the product does."""
    prompt = EndpointPrompt(catalog.vocabulary, sees=True)
    return EndpointPlanner(client(url), tool_schemas(), prompt, Bounds(120, max_tokens=200))


@dataclass(frozen=True, slots=True)
class Held:
    """A conversation that was held: each turn's events, and the cart, the card and the orders that it left behind."""

    turns: list[list[Any]]
    left: tuple[list[tuple[str, int]], list[tuple[str, int]], int]


async def left_behind(books: PlannerBooks, shopper: Principal) -> Any:
    """Return titles and quantities of the shopper's cart and of the card that waits, and how many orders there are."""
    cart, quote = await books.carts.view(shopper), await books.quotes.pending(shopper)
    waiting = [(line.title, line.quantity) for line in quote.lines] if quote else []
    return [(line.title, line.quantity) for line in cart.lines], waiting, len(await books.orders.mine(shopper))


@pytest.fixture
async def recorded(
    opened: Open, compact: CompactPlanner, newcomer: Newcomer, picture: Keep, catalog: Catalog, books: PlannerBooks
) -> tuple[str, dict[str, Held]]:
    """Return what the compact planner's side of every trace looks like to an endpoint, and what each trace did."""
    held: dict[str, Held] = {}
    async with local_endpoint(words("")) as wire:
        recording = Recording(compact, wire, endpoint_planner(wire.url, catalog))
        async with opened(ModelChain([Candidate("compact", recording)])) as assistant:
            for name, said in TRACES.items():
                shopper = await newcomer()
                turns = await hold(assistant, shopper, said, partial(picture, shopper))
                held[name] = Held(turns, await left_behind(books, shopper))
        lines = [json.dumps({"tools": wire.asked[0]["tools"]}, ensure_ascii=False), as_lines(recording.steps)]
    return "\n".join(lines), held


@pytest.fixture
def checkpoint(recorded: tuple[str, Any]) -> Path:
    """A checkpoint that knows the recorded conversations; trained when there is none of exactly these."""
    lines = recorded[0].encode()
    trainer = SERVING / "tiny.py"
    digest = hashlib.sha256(_without_ids(lines) + trainer.read_bytes()).hexdigest()[:16]
    folder = CACHE / digest
    if not (folder / "config.json").exists():
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "steps.jsonl").write_bytes(lines)
        subprocess.run([PYTHON, trainer, folder / "steps.jsonl", folder], check=True)
    return folder


def _without_ids(lines: bytes) -> bytes:
    """Return the lines without what is other in every recording: ids that the books give."""
    return re.sub(rb"(?:line|quote|cart|order)_[\w-]+|\d{4}-\d\d-\d\dT[\d:.+Z-]+", b"", lines)
