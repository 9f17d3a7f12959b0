"""A real vLLM with a tiny checkpoint that holds our conversations; trained once, kept by what it was trained on."""

import hashlib
import json
import os
import re
import subprocess
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from assistant.calling import Candidate
from assistant.checkpoints import open_saver
from assistant.compact.planner import CompactPlanner
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


@pytest.fixture
async def recorded(
    opened: Open, compact: CompactPlanner, newcomer: Newcomer, picture: Keep, catalog: Catalog
) -> tuple[str, dict[str, list[Any]]]:
    """Return what the compact planner's side of every trace looks like to an endpoint, and each trace's events."""
    recording = Recording(compact, EndpointPrompt(catalog.vocabulary, sees=True))
    held: dict[str, list[Any]] = {}
    async with opened(ModelChain([Candidate("compact", recording)])) as assistant:
        for name, said in TRACES.items():
            shopper = await newcomer()
            held[name] = await hold(assistant, shopper, said, partial(picture, shopper))
    lines = [json.dumps({"tools": tool_schemas()}, ensure_ascii=False), as_lines(recording.steps)]
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
