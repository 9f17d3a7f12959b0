"""Speed of recommendations on a filled catalogue: with what was learned, by likeness alone, and for somebody new."""

import random
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from pathlib import Path
from time import perf_counter, process_time

import numpy as np

from evals.load import quantile
from retrieval.catalog import Catalog
from retrieval.query import Filters, Liking
from retrieval.taste.attentive import Attentive, read_attentive, written
from retrieval.taste.interactions import SECONDS_OF_A_DAY, Interactions
from retrieval.taste.item_to_item import Knobs
from retrieval.taste.learned import Learned
from retrieval.taste.versions import Versions

_SHOPPERS, _TAKEN_EACH = 20_000, 6
# The closed form is solved over fewer products than a shop's own would be; asking costs the same for each.
_LEARNED = 2_000
_SHELF = 20  # products that the same people take
_HISTORY = 10
_LOWEST_BOUND = 20_000
_WIDTH, _LONGEST, _SEQUENCED = 64, 50, 20_000  # of the sequence model


async def recommended(catalog: Catalog, folder: Path, products: int, asks: int, seed: int) -> dict[str, float | int]:
    """Return what a recommendation of six costs, one after the other, each under a price bound.

    Args:
        catalog: Filled with products p0, p1, ….
        folder: Where the model is kept.
        products: How many there are.
        asks: How often each way is measured.
        seed: Of histories.

    Returns:
        Waiting times, ms, and processor time of one, ms: `learned` for shoppers whose things others took too, `alike`
        where nobody else took any of them, `new` for somebody who has not looked at anything, `goes_with` for what
        goes with a product that is in baskets.
    """
    draw = random.Random(seed)
    catalog.taste = Versions(folder)
    catalog.taste.serve(_model(draw, products), "2026-01-01T00:00:00+00:00", _SHOPPERS * _TAKEN_EACH, {})
    known, bounds = min(_LEARNED, products), count(_LOWEST_BOUND)

    def among(first: int, last: int) -> Liking:
        mine = [f"p{draw.randrange(first, last)}" for _ in range(_HISTORY + 1)]
        return Liking(mine[:-1], mine[-1:])

    ways: dict[str, Callable[[], Liking]] = {
        "learned": lambda: among(0, known),
        "alike": lambda: among(min(known, products - 1), products),
        "new": Liking,
    }
    figures: dict[str, float | int] = {}
    for name, liking in ways.items():
        asked = [liking() for _ in range(asks)]
        took: list[float] = []
        worked = process_time()
        for one in asked:
            began = perf_counter()
            await catalog.recommend(one, Filters(price_max=next(bounds), in_stock=True))
            took.append(perf_counter() - began)
        figures |= _told(f"recommend_{name}", took, process_time() - worked)
    took = []
    worked = process_time()
    for _ in range(asks):
        began = perf_counter()
        await catalog.goes_with(f"p{draw.randrange(known)}", Filters(price_max=next(bounds), in_stock=True))
        took.append(perf_counter() - began)
    return figures | _told("goes_with", took, process_time() - worked)


def _told(name: str, took: list[float], worked: float) -> dict[str, float | int]:
    named: dict[str, float | int] = {f"{name}_p{share}_ms": quantile(took, share / 100) for share in (50, 95)}
    return named | {f"{name}_cpu_ms": round(1000 * worked / len(took), 2)}


def _model(draw: random.Random, products: int) -> Learned:
    """Learn from shoppers who each buy of one shelf."""
    rows: list[tuple[str, str, float]] = []
    for number in range(min(_SHOPPERS, _SHELF * products)):
        shelf = draw.randrange(max(1, min(_LEARNED, products) // _SHELF)) * _SHELF
        when = draw.randrange(300) * SECONDS_OF_A_DAY
        rows += [(f"s{number}", f"p{shelf + draw.randrange(_SHELF)}", when) for _ in range(_TAKEN_EACH)]
    taken = Interactions.of(rows, [f"p{number}" for number in range(products)])
    model = Learned.train(taken, taken, Knobs())
    return replace(model, sequence=_sequence(products), share=0.5)


def _sequence(products: int) -> Attentive:
    """Return a model of the size that is trained, with weights of chance: asking costs the same."""
    draws = np.random.default_rng(0)
    learned = np.arange(min(products, _SEQUENCED))
    shapes = {"product.weight": (len(learned) + 1, _WIDTH), "place.weight": (_LONGEST, _WIDTH)}
    norms = ["norm"]
    for block in ("blocks.0", "blocks.1"):
        norms += [f"{block}.before", f"{block}.between"]
        for layer in ("queries", "keys", "values", "wide", "narrow"):
            shapes |= {f"{block}.{layer}.weight": (_WIDTH, _WIDTH), f"{block}.{layer}.bias": (_WIDTH,)}
    shapes |= {f"{norm}.{part}": (_WIDTH,) for norm in norms for part in ("weight", "bias")}
    weights = {name: draws.normal(0, 0.1, shape).astype(np.float32) for name, shape in shapes.items()}
    return read_attentive(written(weights, learned, products))
