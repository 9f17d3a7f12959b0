"""`aisle train ranker`: learns from judgments how this shop's products are best ordered."""

import os
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from assistant.home import prepare_home
from assistant.settings import Settings
from evals.retrieval.dataset import read_dataset
from evals.retrieval.systems import KeptEncoder
from evals.retrieval.training import Trained, train
from retrieval.encode import open_encoder
from retrieval.trees import FILE
from ui.commands.running import progress_of, run


def ranker(
    data: Annotated[
        Path, typer.Option(exists=True, file_okay=False, help="Folder: products*.jsonl[.gz], queries.tsv, qrels*.tsv.")
    ],
    seed: Annotated[int, typer.Option(min=0, help="The same seed and data give the same trees.")] = 7,
    out: Annotated[Path | None, typer.Option(help="File to write instead of this home's.", dir_okay=False)] = None,
) -> None:
    """Train the order of search results from judged queries; search uses it from the next start on.

    Learns from half of the queries and is kept only when it is better on the other half, beyond what chance explains;
    otherwise the fixed weights stay. To go back to them, remove models/ranker.onnx from the home.

    Example:
        aisle train ranker --data judgments/
    """

    async def work(settings: Settings) -> None:
        judged = read_dataset(data)
        models = prepare_home(settings.home_path) / "models"
        encoder = KeptEncoder(await open_encoder(None, models), models / f"vectors-{data.resolve().name}.npz")
        with TemporaryDirectory(prefix="aisle-ranker-") as folder, progress_of("Reading products", None) as written:
            trained = await train(judged, Path(folder), encoder, seed, written)
        encoder.keep()
        typer.echo(_told(trained))
        if trained.accepted:
            _write(out or models / FILE, trained.model)

    run(work)


def _told(trained: Trained) -> str:
    better = trained.better
    what = (
        f"Trained on {trained.trained_on} queries. On {trained.held_out} others NDCG@10 is {trained.trees}, with fixed "
        f"weights {trained.linear}; difference {better.mean} [{better.low}, {better.high}]."
    )
    return f"{what} It is used." if trained.accepted else f"{what} That may be chance, so the fixed weights stay."


def _write(path: Path, model: bytes) -> None:
    draft = path.with_suffix(".part")
    draft.write_bytes(model)
    os.replace(draft, path)
    typer.echo(str(path))
