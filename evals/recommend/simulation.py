"""How fast recommendations come near hidden tastes: simulated shoppers before learning, and others after it."""

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from evals.boosting import can_boost
from evals.intervals import bounds, interval, mean_of
from evals.recommend.ranking import train_ranker
from evals.recommend.sequence import Fit, Told
from evals.recommend.tastes import ROW, Shopper, Wares, drawn, visit
from evals.recommend.training import Done, train
from retrieval.demo import generate
from retrieval.encode import TextEncoder
from retrieval.evidence import Reader
from retrieval.ingest import ingest
from retrieval.lexicon import Lexicon
from retrieval.query import Filters, Liking
from retrieval.ranker import LinearRanker
from retrieval.recommend import recommend
from retrieval.storage import EmbeddedStorage
from retrieval.taste.learned import Learned

_BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
_SPAN_DAYS = 12.0  # in which the first shoppers come for the first time; each returns daily
_NEWEST = 20
_NEAR = 0.5  # of the best row: near a taste
_TOLD = (1, 2, 3, 5, 10)

Row = Callable[[Shopper], Awaitable[list[int]]]


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is simulated.

    Args:
        products: Of the demo shop.
        before: Shoppers whose events are learned from; they are shown what is like what they liked.
        after: Other shoppers, the same for every system.
        visits: Of each.
        seed: The same one simulates the same.
    """

    products: int = 1200
    before: int = 400
    after: int = 150
    visits: int = 10
    seed: int = 11


@dataclass(frozen=True, slots=True)
class Simulated:
    """What was found.

    Args:
        systems: Figures by system: `near_K`, the appeal of what is shown at visit K beside the best there is, and
            `visits_to_near`, visits until that is 0.5 (one more than there are where it never is); with intervals.
        better: Of what is served over each other system: the mean difference over visits, with its paired interval.
        told: What was trained, in words.
    """

    systems: Mapping[str, Mapping[str, float]]
    better: Mapping[str, Mapping[str, float]]
    told: Sequence[str]


async def simulate(plan: Plan, folder: Path, encoder: TextEncoder, told: Told, fit: Fit | None) -> Simulated:
    """Fill a demo shop, let shoppers come, learn from what they did, and let others come.

    Args:
        plan: How much.
        folder: Empty; the index is built there.
        encoder: For the products.
        told: Told what is being done, a sentence a step.
        fit: Trains a sequence model; None where nothing here can.
    """
    entries = list(generate(plan.products, seed=7).entries)
    wares, lexicon, storage = Wares.of(entries), Lexicon(), await EmbeddedStorage.open(folder)
    draft = await storage.draft()
    try:
        told("Filling the shop")
        await ingest(entries, draft.index, encoder, lexicon, lambda count: None)
        await draft.index.optimize()
        shop = _Shop(Reader(draft.index, encoder, lexicon, LinearRanker()), wares)
        events = await _before(plan, shop, told)
        model, said = await _trained(events, shop, plan.seed, told, fit)
        rows = {
            "popularity": shop.popular(events),
            "likeness": shop.recommending(None),
            "fixed_weights": shop.recommending(replace(model, ranker=None)),
            "served": shop.recommending(model),
        }
        near: dict[str, NDArray[np.float64]] = {}
        for name, row in rows.items():
            told(f"Shoppers are shown {name}")
            near[name] = await _after(plan, shop, row)
        return Simulated(
            {name: _figures(values, plan.seed) for name, values in near.items()},
            {name: _better(near["served"] - near[name], plan.seed) for name in near if name != "served"},
            said,
        )
    finally:
        await draft.index.close()
        await storage.close()


class _Shop:
    """Rows of six for a shopper by each system, as indices of products."""

    def __init__(self, reader: Reader, wares: Wares) -> None:
        self.reader, self.wares = reader, wares
        self._number = {product_id: at for at, product_id in enumerate(wares.ids)}

    def recommending(self, learned: Learned | None) -> Row:
        async def row(shopper: Shopper) -> list[int]:
            liked = list(dict.fromkeys(reversed(shopper.liked)))[:_NEWEST]
            unlike = list(reversed(shopper.dismissed))
            gone = Filters(not_ids=tuple(dict.fromkeys((*unlike, *shopper.liked))))
            found = await recommend(self.reader, (Liking(liked, unlike), learned), gone, ROW)
            return [self._number[hit.product.product_id] for hit in found.hits]

        return row

    def popular(self, events: Sequence[Done]) -> Row:
        counts = Counter(each.product_id for each in events if each.kind in ("click", "save", "buy"))
        best = sorted(self.wares.ids, key=lambda product_id: -counts[product_id])

        async def row(shopper: Shopper) -> list[int]:
            gone = {*shopper.liked, *shopper.dismissed}
            return [self._number[each] for each in best if each not in gone][:ROW]

        return row


async def _before(plan: Plan, shop: _Shop, told: Told) -> list[Done]:
    draw, row = np.random.default_rng(plan.seed), shop.recommending(None)
    events: list[Done] = []
    for number in range(plan.before):
        if number % 50 == 0:
            told(f"Shoppers come before anything is learned ({number} of {plan.before})")
        shopper = drawn(f"before-{number}", shop.wares, draw)
        first = _BEGIN + timedelta(days=_SPAN_DAYS * number / plan.before)
        for turn in range(plan.visits):
            at = first + timedelta(days=turn)
            done = visit(shopper, await row(shopper), shop.wares, draw)
            slate = f"{shopper.name}-{turn}"
            events += [
                Done(shopper.name, product_id, at + timedelta(seconds=step), kind, place, slate if place else "")
                for step, (kind, product_id, place) in enumerate(done)
            ]
    return events


async def _trained(
    events: Sequence[Done], shop: _Shop, seed: int, told: Told, fit: Fit | None
) -> tuple[Learned, list[str]]:
    """Learn as `aisle train recommend` does."""
    trained = train(events, None, seed, told, fit)
    model, figures = trained.model, trained.figures
    said = [f"NDCG@10 of what was taken later: {name} {figures[name]['ndcg@10']}" for name in sorted(figures)]
    said.append(f"Sequence model's share {model.share:g}.")
    if not can_boost():
        return model, [*said, "LightGBM is not installed here, so fixed weights order."]
    ranked = await train_ranker(shop.reader.index, trained.earlier, seed, told)
    return replace(model, ranker=ranked.ranker), [*said, ranked.told]


async def _after(plan: Plan, shop: _Shop, row: Row) -> NDArray[np.float64]:
    """Return how near each shopper's taste each visit's row was, shape (shoppers, visits)."""
    near = np.zeros((plan.after, plan.visits))
    for number in range(plan.after):
        draw = np.random.default_rng((plan.seed, number))
        shopper = drawn(f"after-{number}", shop.wares, draw)
        for turn in range(plan.visits):
            shown = await row(shopper)
            near[number, turn] = shopper.near(shown, shop.wares)
            visit(shopper, shown, shop.wares, draw)
    return near


def _figures(near: NDArray[np.float64], seed: int) -> dict[str, float]:
    figures: dict[str, float] = {}
    for turn in (each for each in _TOLD if each <= near.shape[1]):
        figures |= interval(f"near_{turn}", mean_of(near[:, turn - 1]), len(near), seed)
    reached = near >= _NEAR
    visits = np.array([int(row.argmax()) + 1 if row.any() else near.shape[1] + 1 for row in reached], dtype=np.float64)
    return figures | interval("visits_to_near", mean_of(visits), len(near), seed) | {"shoppers": len(near)}


def _better(difference: NDArray[np.float64], seed: int) -> dict[str, float]:
    values = difference.mean(axis=1)
    low, high = bounds(mean_of(values), len(values), seed)
    return {"near": round(float(values.mean()), 4), "low": round(low, 4), "high": round(high, 4)}
