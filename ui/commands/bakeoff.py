"""`aisle bakeoff`: the same suite over several models, side by side."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import httpx
import typer
from rich.console import Console
from rich.table import Table

from assistant.models import AUTO
from assistant.registry import Registry, load_registry
from assistant.settings import Settings
from evals.bakeoff import SUITES, Baked, BakeoffPlan, bake, cache_hits, failure_modes, figures, notes, of_suite
from evals.bakeoff_page import told, write_bakeoff
from evals.journeys.play import Stage
from evals.journeys.script import Journey, journeys
from evals.journeys.shop import journey_shop
from ui.client import connect
from ui.commands.evaluate_journeys import own_server, ready
from ui.commands.running import Failed, progress_of, run
from ui.home import ServerNote
from ui.operator_detail import HEADER

_STATM = Path("/proc/self/statm")
_PAGE_BYTES = 4096
_MB = 1_000_000


def bakeoff(
    models: Annotated[str, typer.Option(help="Names of models.toml with commas; `auto` is routing by need.")],
    suite: Annotated[str, typer.Option(help=f"One of {', '.join(SUITES)}.")] = "journeys",
    concurrency: Annotated[str, typer.Option(help="Conversations at the same time, with commas.")] = "1,8,32",
    turns: Annotated[int, typer.Option(min=1, max=10_000, help="Turns at each concurrency.")] = 64,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")] = False,
    out: Annotated[Path | None, typer.Option(help="Folder for report.json and report.html.")] = None,
) -> None:
    """Put models through the same conversations and loads: quality, waiting, tokens, money, faults by class.

    Each model plans every turn on a shop of its own in a temporary folder; the compact planner stands behind it, and
    the report says how often it had to answer. Money is reserved and capped as in models.toml.

    Example:
        aisle bakeoff --models compact,vllm --suite safety --concurrency 1,8,32 --out out/bakeoff
    """

    async def work(settings: Settings) -> None:
        registry, names = load_registry(settings.models), [name.strip() for name in models.split(",")]
        plan = _plan(suite, concurrency, turns)
        _require(names, registry)
        baked = {name: await played_by(settings, name, plan) for name in names}
        report = report_of(baked, plan, registry)
        if out is not None:
            write_bakeoff(out, report)
        if as_json:
            typer.echo(json.dumps(report))
        else:
            _show(report)

    run(work)


def report_of(baked: dict[str, Baked], plan: BakeoffPlan, registry: Registry) -> dict[str, Any]:
    """Return `{suite, about, concurrency, systems: {model: {…}}, failure_modes: {model: {…}}, notes: {model: {…}}}`."""
    return {
        "suite": plan.suite,
        "about": (
            f"Money in {registry.currency}. The compact planner answers what a model leaves unanswered; "
            "answered_by_another counts it. Waiting is measured over HTTP on this machine."
        ),
        "concurrency": list(plan.concurrency),
        "systems": {name: figures(each) for name, each in baked.items()},
        "failure_modes": {name: failure_modes(each) for name, each in baked.items()},
        "notes": {name: notes(registry.models.get(name), each) for name, each in baked.items()},
    }


def _plan(suite: str, concurrency: str, turns: int) -> BakeoffPlan:
    if suite not in SUITES:
        raise Failed(f"There is no suite {suite!r}. Choose one of {', '.join(SUITES)}.")
    levels = [level.strip() for level in concurrency.split(",")]
    if not all(level.isdigit() and 0 < int(level) <= 200 for level in levels):
        raise Failed(f"--concurrency takes numbers from 1 to 200 with commas, not {concurrency!r}.")
    return BakeoffPlan(tuple(sorted({int(level) for level in levels})), suite, turns)


def _require(names: list[str], registry: Registry) -> None:
    known = {AUTO, *(name for name, spec in registry.models.items() if "planner" in spec.roles and spec.configured)}
    missing = [name for name in names if name not in known]
    if missing:
        raise Failed(f"No planner that can be asked: {', '.join(missing)}. aisle models list says what is off and why.")


async def played_by(settings: Settings, name: str, plan: BakeoffPlan) -> Baked:
    """Put one model of the registry through a plan, on a shop of its own in a temporary folder."""
    typer.echo(f"{name}:", err=True)
    shop, chosen = journey_shop(), of_suite(plan.suite, journeys())
    async with own_server(settings, shop, name) as note:
        await ready(note, chosen)
        stage = Stage(_as_operator(note), note.operator_token, shop)
        baked = await _with_progress(stage, chosen, plan)
        async with stage.connect() as http:
            operator = {"Authorization": f"Bearer {note.operator_token}"}
            baked.caches = cache_hits((await http.get("/metrics", headers=operator)).raise_for_status().text)
        baked.own_memory_mb = _own_memory_mb()
    return baked


async def _with_progress(stage: Stage, chosen: list[Journey], plan: BakeoffPlan) -> Baked:
    with progress_of("Playing journeys", len(chosen)) as progress:
        return await bake(stage, chosen, plan, progress)


def _as_operator(note: ServerNote) -> Callable[[], httpx.AsyncClient]:
    def client() -> httpx.AsyncClient:
        http = connect(note.url)
        http.headers[HEADER] = note.operator_token
        return http

    return client


def _own_memory_mb() -> int | None:
    """Return what this process takes now, None where the system does not say."""
    if not _STATM.is_file():
        return None
    return int(_STATM.read_text(encoding="ascii").split()[1]) * _PAGE_BYTES // _MB


def _show(report: dict[str, Any]) -> None:
    for part in ("systems", "failure_modes", "notes"):
        by_system: dict[str, dict[str, Any]] = report[part]
        table = Table(part.replace("_", " ").replace("systems", "figures"), *by_system, box=None)
        missing = 0 if part == "failure_modes" else ""
        for name in dict.fromkeys(name for each in by_system.values() for name in each):
            table.add_row(name, *(told(each.get(name, missing)) for each in by_system.values()))
        Console(soft_wrap=True).print(table)
