"""Retrieval: whether search finds what people judged relevant, beside plain BM25 and plain nearness in meaning."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from evals.retrieval.dataset import Dataset
from evals.retrieval.measures import Judge, Run, compared, means, refusals
from evals.retrieval.systems import KeptEncoder, PlainSystems, served
from retrieval.catalog import Catalog
from retrieval.encode import open_encoder
from retrieval.product import CatalogueEntry
from retrieval.storage import EmbeddedStorage

_COMPARED = ("ndcg@10", "judged_only_ndcg@10")

Table = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True, slots=True)
class Told:
    """How the suite tells how far it is: products written, queries asked."""

    written: Callable[[int], None]
    asked: Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured: `systems` for the report, and each query's measures by system."""

    systems: dict[str, dict[str, float]]
    by_query: Mapping[str, Table]
    refused: Mapping[str, bool]


async def measure(data: Dataset, folder: Path, models: Path, seed: int, told: Told) -> Measured:
    """Fill an index with the products, ask it every judged query, and score it beside the plain systems.

    Args:
        data: The judged catalogue.
        folder: Empty or new; the index is built there.
        models: Where the encoder's graph and the vectors of catalogues are kept.
        seed: The same seed gives the same intervals.
        told: How far it is.
    """
    kept = models / f"vectors-{data.folder.resolve().name}.npz"
    encoder = KeptEncoder(await open_encoder(None, models), kept)
    plain = PlainSystems(encoder)
    storage = await EmbeddedStorage.open(folder)
    catalog = Catalog(storage, encoder, await storage.current())
    try:
        await catalog.replace_all(_noted(data, plain), told.written)
        encoder.keep()
        queries = sorted(data.queries.items())
        runs: dict[str, Run] = await plain.runs(queries)
        runs["served"], refused = await served(catalog, queries, told.asked)
    finally:
        await catalog.aclose()
    return _measured(data, runs, refused, seed)


def _noted(data: Dataset, plain: PlainSystems) -> Iterator[CatalogueEntry]:
    for entry in data.entries():
        plain.add(entry.product)
        yield entry


def _measured(data: Dataset, runs: Mapping[str, Run], refused: Mapping[str, bool], seed: int) -> Measured:
    judge = Judge(data)
    tables = {name: judge.by_query(run) for name, run in runs.items()}
    systems: dict[str, dict[str, float]] = {}
    for name, table in tables.items():
        figures = {"queries": float(len(table)), **means(table)}
        if name != "bm25":
            for measure in _COMPARED:
                better = compared(table, tables["bm25"], measure, seed)
                figures |= {
                    f"{measure}_over_bm25": better.mean,
                    f"{measure}_over_bm25_low": better.low,
                    f"{measure}_over_bm25_high": better.high,
                }
        systems[name] = figures
    systems["served"] |= refusals(data, refused)
    return Measured(systems, tables, refused)
