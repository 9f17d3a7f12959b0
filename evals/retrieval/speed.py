"""Speed of search on generated catalogues: ingest beside the encoder alone, disk, memory, and waiting times."""

import asyncio
import os
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count, islice
from math import log
from pathlib import Path
from time import perf_counter, process_time

import numpy as np

from evals.load import quantile
from evals.recommend.speed import recommended
from evals.retrieval.encoders import TimedEncoder
from retrieval.catalog import Catalog
from retrieval.document import searched_text
from retrieval.encode import TextEncoder
from retrieval.filters import All
from retrieval.index import TEXT, Ask, Nearest, VectorIndex
from retrieval.product import CatalogueEntry, Offer, Product
from retrieval.query import Filters
from retrieval.storage import EmbeddedStorage

_SAMPLE = 256  # texts the encoder alone is timed on
_EXACT_QUERIES = 20
_NEAREST = 10
_PAGE = 1000
_CONCURRENCY = (1, 8, 32)
_ANYTHING = Filters()
_LOWEST_BOUND = 20_000  # each search has a bound of its own, so that no result is a remembered one
_MB = 1_000_000
_TYPES = (
    "drill",
    "saw",
    "hammer",
    "faucet",
    "lamp",
    "rug",
    "desk",
    "chair",
    "shelf",
    "heater",
    "pump",
    "valve",
    "anchor",
    "hinge",
    "ladder",
    "tarp",
)
_MAKES = (
    "Alder",
    "Birk",
    "Nore",
    "Tarn",
    "Fell",
    "Ouse",
    "Isla",
    "Heath",
    "Crane",
    "Summit",
    "Strand",
    "Gale",
    "Reed",
    "Brook",
    "Arbor",
    "Calder",
)
_KINDS = ("cordless", "brass", "oak", "steel", "compact", "outdoor", "heavy-duty", "folding", "insulated", "adjustable")
_USES = (
    "the workshop",
    "the garage",
    "a small kitchen",
    "the garden",
    "wet rooms",
    "high ceilings",
    "daily work",
    "renters",
)


@dataclass(frozen=True, slots=True)
class SpeedPlan:
    """How many products, how many searches at each concurrency; the same seed makes the same shop."""

    products: int
    searches: int = 200
    seed: int = 3


def generated(count: int, seed: int) -> Iterator[CatalogueEntry]:
    """Yield products one by one; each depends on the seed and its number alone, so nothing is held."""
    for number in range(count):
        rng = random.Random(f"{seed}:{number}")
        kind, make, use = rng.choice(_TYPES), rng.choice(_MAKES), rng.choice(_USES)
        first, second = rng.sample(_KINDS, 2)
        size = rng.randint(1, 96)
        product = Product(
            product_id=f"p{number}",
            title=f"{make} {first} {kind} {size} in. {rng.choice('ABCDEFGH')}{rng.randint(1000, 99999)}",
            brand=make,
            product_type=kind,
            description=f"A {second} {kind} for {use}.",
            colours=(rng.choice(("black", "white", "red", "green")),),
        )
        price, stock = rng.randint(500, 90_000), rng.choice((0, 3, 9))
        offer = Offer(variant_id=f"p{number}", product_id=product.product_id, price=price, stock=stock)
        yield CatalogueEntry(product=product, offers=(offer,))


async def measure(
    plan: SpeedPlan, folder: Path, encoder: TextEncoder, told: Callable[[int], None]
) -> dict[str, float | int]:
    """Build a shop of generated products in an empty folder and search it.

    Args:
        plan: How large.
        folder: Where the index is built.
        encoder: The text encoder; what it does alone is timed first.
        told: Products written.

    Returns:
        Figures with their units in the keys.
    """
    figures: dict[str, float | int] = {"products": plan.products, "load_average": round(os.getloadavg()[0], 1)}
    texts = [searched_text(entry.product) for entry in islice(generated(plan.products, plan.seed), _SAMPLE)]
    began = perf_counter()
    await encoder.encode(texts)
    figures["encoder_per_s"] = round(len(texts) / (perf_counter() - began), 1)
    storage = await EmbeddedStorage.open(folder)
    edition = await storage.current()
    timed = TimedEncoder(encoder)
    catalog = Catalog(storage, timed, edition)
    try:
        began, worked = perf_counter(), process_time()
        await catalog.replace_all(generated(plan.products, plan.seed), told)
        took = perf_counter() - began
        figures["ingest_per_s"] = round(plan.products / took, 1)
        figures["ingest_cpu_s"] = round(process_time() - worked, 1)
        figures["ingest_of_encoder"] = round(timed.seconds / took, 3)
        figures["disk_mb"] = round(_disk(folder) / _MB, 1)
        figures |= await _searched(catalog, encoder, plan)
        figures |= await recommended(catalog, folder / "taste", plan.products, plan.searches, plan.seed)
        figures["memory_mb"] = round(_resident() / _MB, 1)
    finally:
        await catalog.aclose()
    current = await EmbeddedStorage.open(folder)
    opened = await current.current()
    try:
        figures["recall@10_of_exact"] = await _recall(opened.index, encoder, _queries(plan)[:_EXACT_QUERIES])
    finally:
        await opened.index.close()
        await current.close()
    return figures


def slope(figures: Sequence[dict[str, float | int]], name: str) -> float:
    """Return by which power of the number of products a figure grows, from the smallest shop to the largest."""
    first, last = figures[0], figures[-1]
    return round(log(last[name] / first[name]) / log(last["products"] / first["products"]), 2)


async def _searched(catalog: Catalog, encoder: TextEncoder, plan: SpeedPlan) -> dict[str, float | int]:
    figures: dict[str, float | int] = {}
    queries = _queries(plan)
    encoding: list[float] = []
    for query in queries:
        began = perf_counter()
        await encoder.encode_query(query)
        encoding.append(perf_counter() - began)
        await catalog.search(query, _ANYTHING)
    bounds = count(_LOWEST_BOUND)
    figures["encode_query_p50_ms"] = quantile(encoding, 0.5)
    for concurrency in _CONCURRENCY:
        took: list[float] = []
        free = asyncio.Semaphore(concurrency)

        async def one(query: str, took: list[float] = took, free: asyncio.Semaphore = free) -> None:
            async with free:
                began = perf_counter()
                await catalog.search(query, Filters(price_max=next(bounds), in_stock=True))
                took.append(perf_counter() - began)

        worked = process_time()
        await asyncio.gather(*map(one, queries))
        figures[f"c{concurrency}_cpu_ms"] = round(1000 * (process_time() - worked) / len(queries), 2)
        for share in (50, 95, 99):
            figures[f"c{concurrency}_p{share}_ms"] = quantile(took, share / 100)
    return figures


def _queries(plan: SpeedPlan) -> list[str]:
    rng = random.Random(plan.seed)
    return [f"{rng.choice(_KINDS)} {rng.choice(_TYPES)} for {rng.choice(_USES)}" for _ in range(plan.searches)]


async def _recall(index: VectorIndex, encoder: TextEncoder, queries: Sequence[str]) -> float:
    """Return the share of the exactly nearest ten that the index finds, comparing every vector page by page."""
    asked = np.array([await encoder.encode_query(query) for query in queries])
    best: list[list[tuple[float, str]]] = [[] for _ in queries]
    ids = [one.product_id for one in await index.scan(All())]
    for page in (ids[at : at + _PAGE] for at in range(0, len(ids), _PAGE)):
        found = await index.retrieve(page, with_vectors=True)
        scores = asked @ np.array([(one.vectors or {})[TEXT] for one in found]).T
        for row, kept in zip(scores, best, strict=True):
            kept += [(-float(score), one.product_id) for score, one in zip(row, found, strict=True)]
            kept[:] = sorted(kept)[:_NEAREST]
    answers = await index.query([Ask(Nearest(vector), All(), _NEAREST) for vector in asked])
    # Equal products are many in a generated shop: what is as near as the tenth counts as found.
    met = [sum(one.score >= -kept[-1][0] - 1e-4 for one in answer) for answer, kept in zip(answers, best, strict=True)]
    return round(sum(met) / (len(queries) * _NEAREST), 4)


def _disk(folder: Path) -> int:
    """Return bytes that files really take: the engine's are mostly holes."""
    return sum(path.stat().st_blocks * 512 for path in folder.rglob("*"))


def _resident() -> int:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")
