"""`aisle eval retrieval`: whether search finds what people judged relevant."""

import csv
import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from assistant.home import prepare_home
from assistant.settings import Settings
from evals.report import write_reports
from evals.retrieval.dataset import Dataset, Half, read_dataset
from evals.retrieval.suite import Measured, Told, measure
from policies.errors import SettingsError
from ui.commands.running import progress_of, run

_SHOWN = ("ndcg@10", "judged@10", "judged_only_ndcg@10", "recall@100", "mrr", "ndcg@10_over_bm25")


def retrieval(
    data: Annotated[
        Path, typer.Option(exists=True, file_okay=False, help="Folder: products*.jsonl[.gz], queries.tsv, qrels*.tsv.")
    ],
    half: Annotated[str | None, typer.Option(help="Only this half of the queries: development or held_out.")] = None,
    per_query: Annotated[Path | None, typer.Option(help="File for each query's measures.", dir_okay=False)] = None,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same intervals.")] = 11,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")] = False,
    out: Annotated[Path | None, typer.Option(help="Folder for report.json and report.html.")] = None,
) -> None:
    """Measure search on judged queries: BM25, meaning, a plain fusion, and what a shopper gets.

    Builds an index of its own in a temporary folder. The products' vectors are kept in this home, so that a second run
    is fast. Fields are found by their usual names; dataset.toml in the folder names others.

    Example:
        aisle eval retrieval --data ../shared/data/icecat_chorus --json
    """

    async def work(settings: Settings) -> None:
        judged = _chosen(read_dataset(data), half)
        models = prepare_home(settings.home_path) / "models"
        with (
            TemporaryDirectory(prefix="aisle-retrieval-") as folder,
            progress_of("Reading products", None) as written,
            progress_of("Asking", len(judged.queries)) as asked,
        ):
            measured = await measure(judged, Path(folder), models, seed, Told(written, asked))
        if out is not None:
            write_reports(out, "retrieval", {"systems": measured.systems})
        if per_query is not None:
            _write_queries(per_query, judged, measured)
        if as_json:
            typer.echo(json.dumps({"suite": "retrieval", "systems": measured.systems}))
        else:
            _show(measured)

    run(work)


def _chosen(judged: Dataset, half: str | None) -> Dataset:
    halves: dict[str, Half] = {"development": "development", "held_out": "held_out"}
    if half is None:
        return judged
    if half not in halves:
        raise SettingsError(f"There is no half {half!r}; say development or held_out.")
    return judged.half(halves[half])


def _write_queries(path: Path, judged: Dataset, measured: Measured) -> None:
    """Write one line a query: its text, every system's measures, and whether the shop said it has no such thing."""
    served = measured.by_query["served"]
    names = list(next(iter(served.values()))) if served else []
    heads = [f"{system} {name}" for system in measured.by_query for name in names]
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, delimiter="\t")
        rows.writerow(["query_id", "query", "answerable", "refused", *heads])
        for query_id, text in sorted(judged.queries.items()):
            tables = [table.get(query_id, {}) for table in measured.by_query.values()]
            figures = [round(table[name], 4) if table else "" for table in tables for name in names]
            known = query_id in served
            rows.writerow([query_id, text, int(known), int(measured.refused[query_id]), *figures])


def _show(measured: Measured) -> None:
    table = Table("system", *_SHOWN, box=None)
    for system, figures in measured.systems.items():
        table.add_row(system, *(str(figures.get(name, "")) for name in _SHOWN))
    Console(soft_wrap=True).print(table)
    served = measured.systems["served"]
    for name in (name for name in served if name not in _SHOWN):
        typer.echo(f"served {name}  {served[name]}")
