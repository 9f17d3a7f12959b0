"""`aisle eval recommend`: whether shoppers are shown what they took next."""

import json
import time
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer
from rich.console import Console
from rich.status import Status
from rich.table import Table

from assistant.home import prepare_home
from assistant.settings import Settings
from evals.recommend.dataset import read_held
from evals.recommend.links import measure_links, read_links
from evals.recommend.sequence import Watch, fitted, trainable
from evals.recommend.simulation import Plan
from evals.recommend.simulation import simulate as simulated
from evals.recommend.suite import Measured, measure
from evals.report import write_reports
from retrieval.encode import open_encoder
from retrieval.taste.attentive import Attentive
from retrieval.taste.interactions import Interactions
from ui.commands.running import run

_FIT_S = 300.0  # for each of the two trainings of a simulated sequence model
_HIDDEN = ("_low", "_high")


def recommend(
    data: Annotated[
        Path | None,
        typer.Option(
            exists=True, file_okay=False, help="Folder: interactions*.csv[.gz], sequences.txt or products.jsonl."
        ),
    ] = None,
    simulate: Annotated[
        int | None, typer.Option(min=200, help="So many shoppers with hidden tastes come to the demo shop.")
    ] = None,
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

    --simulate lets shoppers with hidden tastes (kinds of things, a style, colours, a band of prices) come to the demo
    shop and look at what is shown the less the further down. It learns from them as `aisle train recommend` does, lets
    others (three to eight) come, and tells how near each visit's row is to the best there is, beside popularity and
    likeness alone.

    Example:
        aisle eval recommend --simulate 400
        aisle eval recommend --data ../shared/data/online_retail_uci --json
    """
    if (data is None) == (simulate is None):
        raise typer.BadParameter("say either --data DIR or --simulate N", param_hint="--data")

    async def work(settings: Settings) -> None:
        console = Console(stderr=True)
        with console.status("Reading") as status:
            if data is None:
                plan = Plan(before=simulate or 0, after=(simulate or 0) * 3 // 8, seed=seed)
                found = await _simulated(plan, settings, status)
            elif (data / "products.jsonl").is_file():
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


async def _simulated(plan: Plan, settings: Settings, status: Status) -> Measured:
    encoder = await open_encoder(settings.encoder, prepare_home(settings.home_path) / "models")

    def fit(taken: Interactions) -> Attentive:
        watch = Watch(_FIT_S, time.monotonic(), time.monotonic, training=1.0)
        return fitted(taken, plan.seed, status.update, watch)

    with TemporaryDirectory(prefix="aisle-shoppers-") as folder:
        found = await simulated(plan, Path(folder), encoder, status.update, fit if trainable() else None)
    better = (
        f"Served beside {name}: {one['near']:+} [{one['low']:+}, {one['high']:+}]" for name, one in found.better.items()
    )
    return Measured(found.systems, "\n".join((*found.told, *better)))


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
