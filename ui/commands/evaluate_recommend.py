"""`aisle eval recommend`: whether shoppers are shown what they took next."""

import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from assistant.home import prepare_home
from assistant.settings import Settings
from evals.recommend.dataset import read_held
from evals.recommend.links import measure_links, read_links
from evals.recommend.sequence import Watch
from evals.recommend.suite import Measured, measure
from evals.report import write_reports
from retrieval.encode import open_encoder
from ui.commands.running import run

_HIDDEN = ("_low", "_high")


def recommend(
    data: Annotated[
        Path,
        typer.Option(
            exists=True, file_okay=False, help="Folder: interactions*.csv[.gz], sequences.txt or products.jsonl."
        ),
    ],
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same training and intervals.")] = 11,
    minutes: Annotated[float, typer.Option(min=0.1, help="For the whole run; training ends early enough.")] = 25,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")] = False,
    out: Annotated[Path | None, typer.Option(help="Folder for report.json and report.html.")] = None,
) -> None:
    """Measure recommendations: every product is ranked for every shopper, and what they took later is to be found.

    interactions*.csv[.gz] have a shopper, a product and a time; the later fifth of each shopper's is to be found, or
    what their column `split` calls test. sequences.txt has a shopper a line, an id and then products in time order;
    the last one is to be found. Bestsellers, ItemKNN and EASE are measured beside what is served. For sequences, a
    self-attentive model is trained too where PyTorch is installed (`make setup-train`).

    products.jsonl has products with the merchant's links between them: those of a fifth of the products at a time are
    to be found from what the links of the others tell.

    Example:
        aisle eval recommend --data ../shared/data/online_retail_uci --json
    """

    async def work(settings: Settings) -> None:
        console = Console(stderr=True)
        with console.status("Reading") as status:
            if (data / "products.jsonl").is_file():
                found = await _links(data, seed, settings)
            else:
                watch = Watch(60 * minutes, time.monotonic(), time.monotonic)
                found = measure(read_held(data), seed, status.update, watch)
        if out is not None:
            write_reports(out, "recommend", {"systems": found.systems})
        if as_json:
            typer.echo(json.dumps({"suite": "recommend", "systems": found.systems, "chosen": found.chosen}))
        else:
            _show(found)

    run(work)


async def _links(data: Path, seed: int, settings: Settings) -> Measured:
    encoder = await open_encoder(settings.encoder, prepare_home(settings.home_path) / "models")
    return Measured(await measure_links(read_links(data), encoder, seed), "")


def _show(found: Measured) -> None:
    names = [name for name in found.systems["served"] if not name.endswith(_HIDDEN)]
    table = Table("", *found.systems, box=None)
    for name in names:
        table.add_row(name, *(_with_interval(name, figures) for figures in found.systems.values()))
    Console(soft_wrap=True).print(table)
    typer.echo(found.chosen)


def _with_interval(name: str, figures: Mapping[str, float]) -> str:
    if f"{name}_low" not in figures:
        return str(figures[name])
    return f"{figures[name]} [{figures[f'{name}_low']}, {figures[f'{name}_high']}]"
