"""`aisle eval vision`: whether a picture finds what it shows."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from assistant.settings import Settings
from assistant.wiring import index_settings
from evals.report import write_reports
from evals.vision import VisionPlan, drawn_shop
from evals.vision import measure as measure_vision
from evals.vision_found import Figures
from evals.vision_found import measure as measure_found
from evals.vision_sets import read_pictures
from evals.vision_words import Named, measure_words, of_products, of_set
from retrieval.encode import TextEncoder, open_encoder
from retrieval.vision.classical import ClassicalEncoder
from retrieval.vision.compact import open_compact
from ui.commands.running import progress_of, run

_TOLD_EACH = 50


def vision(  # noqa: PLR0913  # One parameter for each option of the command.
    data: Annotated[
        Path | None,
        typer.Option(exists=True, file_okay=False, help="Folder: visual_retrieval.json, labels.csv or classes.csv."),
    ] = None,
    drawn: Annotated[bool, typer.Option("--drawn", help="On photos made of the drawn demo shop.")] = False,
    products: Annotated[int, typer.Option(min=10, max=20_000, help="Products of that shop.")] = 1200,
    queries: Annotated[int, typer.Option(min=10, max=20_000, help="Photos to look for.")] = 300,
    seed: Annotated[int, typer.Option(min=0, help="The same seed takes the same photos.")] = 11,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")] = False,
    out: Annotated[Path | None, typer.Option(help="Folder for report.json and report.html.")] = None,
) -> None:
    """Measure finding by picture: on a folder of labelled pictures, or on bad photos of drawn products.

    With --data each picture is looked for among the folder's others. With --drawn
    a shop is built in a temporary folder; about four minutes for 1,200 products on two cores.
    Under "words" stands whether words alone find pictures, and tell what kind of thing one shows.

    Examples:
        aisle eval vision --data ../shared/data/magento_luma --json
        aisle eval vision --drawn --products 240 --json
    """
    if drawn == (data is not None):
        raise typer.BadParameter("say either --data DIR or --drawn", param_hint="--data")

    async def work(settings: Settings) -> None:
        index = index_settings(settings)
        words = await open_encoder(index.model_path, index.cache_dir)
        if data is not None:
            systems = {"systems": await _folder(data, words, seed)}
        else:
            systems = {"systems": await _drawn_shop(products, words, VisionPlan(queries, seed))}
        if out is not None:
            write_reports(out, "vision", systems)
        if as_json:
            typer.echo(json.dumps(systems))
        else:
            for system, figures in systems["systems"].items():
                typer.echo(system)
                for name, value in figures.items():
                    typer.echo(f"  {name}  {value}")

    run(work)


async def _folder(data: Path, words: TextEncoder, seed: int) -> dict[str, Figures]:
    read = read_pictures(data)
    eyes = {"classical": ClassicalEncoder(), "served": open_compact()}
    with progress_of("Looking", len(eyes) * (len(read.gallery) + len(read.queries))) as told:
        systems = await measure_found(read, eyes, seed, told)
    return systems | await _by_words({"words": of_set(read)}, words, seed)


async def _drawn_shop(products: int, words: TextEncoder, plan: VisionPlan) -> dict[str, Figures]:
    with TemporaryDirectory(prefix="aisle-vision-") as folder:
        async with drawn_shop(Path(folder), products, _tell) as (catalog, shop):
            systems = {"served": await measure_vision(catalog, shop, plan, _progress)}
    drawn, photos = of_products(shop, plan.queries, plan.seed)
    return systems | await _by_words({"words": drawn, "words_of_photos": photos}, words, plan.seed)


async def _by_words(shown: dict[str, list[Named]], words: TextEncoder, seed: int) -> dict[str, Figures]:
    eye = open_compact()
    return {name: await measure_words(some, eye, words, seed) for name, some in shown.items() if some}


def _tell(text: str) -> None:
    typer.echo(text, err=True)


def _progress(done: int) -> None:
    if done % _TOLD_EACH == 0:
        _tell(f"{done:,} photos looked for")
