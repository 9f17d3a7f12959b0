"""`aisle eval stream`: many open widgets on one server, none of which may miss an event."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated

import httpx
import typer
from rich.console import Console
from rich.table import Table

from assistant.settings import Settings
from evals.open_widgets import StreamPlan, measure, resident
from evals.report import write_reports
from ui.commands.running import Failed, run
from ui.home import ServerNote
from ui.home_server import running_server

_LOOK_S = 0.5
_FAULTS = ("lost", "reordered", "repeated", "different", "errors")


def stream(
    clients: Annotated[int, typer.Option(min=1, max=2_000, help="Widgets that are open at the same time.")] = 200,
    turns: Annotated[int, typer.Option(min=1, max=1_000, help="Messages of each.")] = 5,
    pause: Annotated[float, typer.Option(min=0, help="Mean time between a shopper's messages, seconds.")] = 20.0,
    breaks: Annotated[float, typer.Option(min=0, max=0.9, help="Share of events after which a line breaks.")] = 0.1,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")] = False,
    out: Annotated[Path | None, typer.Option(help="Folder for report.json and report.html.")] = None,
) -> None:
    """Open widgets, talk in all of them while lines break, and check every event by its number.

    Talks to the running server of this home, or starts one as a process of its own. Exits 1 when an event was lost,
    repeated, out of order or different. The machine's load stands in the report: run it on an idle one.

    Example:
        aisle eval stream --clients 200 --json
    """
    plan = StreamPlan(clients, turns, pause, breaks)

    async def work(settings: Settings) -> None:
        async with _served(settings) as note, _many_lines(note.url) as http:
            report = await measure(http, plan, lambda: resident(note.pid))
        metrics = report.metrics() | {"pause_s": pause, "load_1min": round(os.getloadavg()[0], 1)}
        systems = {"systems": {"served": metrics}}
        if out is not None:
            write_reports(out, "stream", systems)
        if as_json:
            typer.echo(json.dumps(systems))
        else:
            table = Table("", "", box=None, show_header=False)
            for name, value in metrics.items():
                table.add_row(name, str(value))
            Console().print(table)
        if any(metrics[name] for name in _FAULTS):
            raise Failed(f"not every event arrived as it should: {dict(report.wrong)}.")

    run(work)


def _many_lines(url: str) -> httpx.AsyncClient:
    """Return a client with as many connections as it takes; a line may be silent between two heartbeats."""
    return httpx.AsyncClient(
        base_url=url,
        timeout=httpx.Timeout(120.0),
        limits=httpx.Limits(max_connections=None, max_keepalive_connections=None),
        trust_env=False,
    )


@asynccontextmanager
async def _served(settings: Settings) -> AsyncGenerator[ServerNote]:
    """Yield the server of this home; one of our own is a process by itself, or its memory would be ours, too."""
    home = settings.home_path
    if (note := await running_server(home)) is not None:
        yield note
        return
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "ui.cli", "serve", "--port", "0"),
        env=os.environ | {"AISLE_HOME": str(home)},
        stdout=asyncio.subprocess.DEVNULL,
    )
    try:
        while (note := await running_server(home)) is None:
            if process.returncode is not None:
                raise Failed("The server did not start. Start it yourself with: aisle serve")
            await asyncio.sleep(_LOOK_S)
        yield note
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()
