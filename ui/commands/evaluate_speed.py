"""`aisle eval speed`: how long search and recommendations take on generated catalogues, and what filling one costs."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from assistant.home import prepare_home
from assistant.settings import Settings
from evals.report import write_reports
from evals.retrieval.encoders import HashedEncoder
from evals.retrieval.speed import SpeedPlan, measure, slope
from retrieval.encode import open_encoder
from ui.commands.running import progress_of, run


def speed(
    products: Annotated[str, typer.Option(help="Sizes of the shops, one after the other.")] = "10000,50000",
    searches: Annotated[int, typer.Option(min=20, max=100_000, help="Searches at each concurrency.")] = 200,
    seed: Annotated[int, typer.Option(min=0, help="The same seed makes the same shops.")] = 3,
    hashed: Annotated[
        bool, typer.Option("--hashed", help="Sum a direction for each word instead of encoding: for very large shops.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")] = False,
    out: Annotated[Path | None, typer.Option(help="Folder for report.json and report.html.")] = None,
) -> None:
    """Measure search with words, meaning and filters: waiting times at concurrency 1, 8 and 32, ingest, disk, memory.

    Recommendations are measured too: learned from others, by likeness alone, for somebody new.
    Shops are generated and thrown away; the encoder takes most of the time, unless --hashed stands in for it.
    `ingest_of_encoder` is the share of ingest that the encoder itself took. Run it on an idle machine.

    Example:
        aisle eval speed --products 10000 --json
    """
    sizes = sorted({int(size) for size in products.split(",") if size.strip().isdigit()})
    if not sizes or sizes[0] < 1:
        raise typer.BadParameter("say one or more sizes, e.g. 10000,50000", param_hint="--products")

    async def work(settings: Settings) -> None:
        models = prepare_home(settings.home_path) / "models"
        encoder = HashedEncoder() if hashed else await open_encoder(None, models)
        figures: list[dict[str, float | int]] = []
        for size in sizes:
            with (
                TemporaryDirectory(prefix="aisle-speed-") as folder,
                progress_of(f"Filling a shop of {size:,}", size) as told,
            ):
                figures.append(await measure(SpeedPlan(size, searches, seed), Path(folder), encoder, told))
        systems = {f"embedded_{one['products']}": one for one in figures}
        if len(figures) > 1:
            systems["growth"] = {f"{name}_power": slope(figures, name) for name in ("c1_p50_ms", "disk_mb")}
        if out is not None:
            write_reports(out, "speed", {"systems": systems})
        typer.echo(json.dumps({"suite": "speed", "systems": systems}) if as_json else _lines(systems))

    run(work)


def _lines(systems: dict[str, dict[str, float | int]]) -> str:
    return "\n".join(f"{system}  {name}  {value}" for system, named in systems.items() for name, value in named.items())
