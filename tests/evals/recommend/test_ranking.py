"""The ranker of recommendations: learns what is wanted and not where it stood, and is kept only where it is better."""

from collections.abc import AsyncGenerator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from evals.recommend.clicks import Slate
from evals.recommend.dataset import Held
from evals.recommend.ranking import moments_of, train_ranker
from evals.recommend.tastes import LOOKED
from evals.recommend.training import Earlier
from policies.errors import SettingsError
from retrieval.encode import TextEncoder
from retrieval.evidence import Reader
from retrieval.filters import All
from retrieval.index import VectorIndex
from retrieval.lexicon import Lexicon
from retrieval.query import Filters, Liking
from retrieval.ranker import LinearRanker
from retrieval.recommend import recommend, weighed
from retrieval.storage import EmbeddedStorage
from retrieval.taste.interactions import Interactions
from retrieval.taste.item_to_item import Knobs
from retrieval.taste.learned import Learned
from retrieval.taste.versions import Versions

ROWS = 260


@pytest.fixture
async def index(home: Path) -> AsyncGenerator[VectorIndex]:
    """The small shop's index, without its catalogue."""
    storage = await EmbeddedStorage.open(home / "index")
    edition = await storage.current()
    yield edition.index
    await edition.index.close()
    await storage.close()


async def earlier(index: VectorIndex, *, by_price: bool) -> Earlier:
    """Rows in an order of chance; clicked in places that were looked at, where cheap, or else whatever it is."""
    draw = np.random.default_rng(5)
    found = await index.scan(All(), ["order_price"])
    price = {one.product_id: float(one.payload["order_price"]) for one in found if one.payload["order_price"]}
    ids = sorted(price)
    rows = [(f"s{number}", ids[int(draw.integers(len(ids)))], 0.0) for number in range(120)]
    taken = Interactions.of(rows, ids)
    model = Learned.train(taken, taken, Knobs(ridge=5.0))
    slates: list[Slate] = []
    for number in range(ROWS):
        who = f"s{number % 120}"
        liked = (ids[int(taken.item[taken.user == taken.users.index(who)][0])],)
        near, _ = await weighed(index, (Liking(liked), model), 10)
        shown = tuple(str(each) for each in draw.permutation([one.product_id for one in near.goods if one.price])[:6])
        cheap = np.median([price[each] for each in shown])
        looked = [each for each, chance in zip(shown, LOOKED, strict=True) if draw.random() < chance]
        clicked = frozenset(each for each in looked if not by_price or price[each] < cheap)
        slates.append(Slate(liked, shown, clicked or frozenset(shown[:1]), who))
    return Earlier(model, Held("interactions", taken, {}), slates)


async def test_what_pleases_is_learned_from_clicks_and_is_served(
    index: VectorIndex, encoder: TextEncoder, tmp_path: Path
) -> None:
    known = await earlier(index, by_price=True)
    ranked = await train_ranker(index, known, 1, lambda step: None)
    assert ranked.ranker is not None
    assert ranked.low > 0
    cheap = np.zeros((2, 9), dtype=np.float32)
    cheap[0, 3], cheap[1, 3] = -1.0, 1.0
    scores = ranked.ranker.score(cheap)
    assert scores[0] > scores[1]

    versions = Versions(tmp_path / "taste")
    versions.serve(known.model, "2026-01-01T00:00:00+00:00", 120, {})
    made = versions.serve(replace(known.model, ranker=ranked.ranker), "2026-01-02T00:00:00+00:00", 120, {})
    reader, liking = Reader(index, encoder, Lexicon(), LinearRanker()), Liking(known.slates[0].liked)

    async def shown(version: str) -> list[str]:
        found = await recommend(reader, (liking, versions.read(version)), Filters(), 4)
        return [hit.product.product_id for hit in found.hits]

    assert made.ranked
    assert await shown(made.version) != await shown(made.replaces)
    assert versions.roll_back() == made.replaces
    (tmp_path / "taste" / made.version / "ranker.onnx").write_bytes(b"not a ranker")
    with pytest.raises(SettingsError, match="its digest differs"):
        versions.read(made.version)


async def test_clicks_that_only_follow_places_teach_nothing(index: VectorIndex) -> None:
    ranked = await train_ranker(index, await earlier(index, by_price=False), 1, lambda step: None)
    assert ranked.ranker is None
    assert "chance" in ranked.told


async def test_without_rows_it_learns_from_what_was_taken_and_with_few_not_at_all(index: VectorIndex) -> None:
    some = await earlier(index, by_price=True)
    wanted = {f"s{number}": frozenset([some.model.items[number % 7]]) for number in range(30)}
    few = Earlier(some.model, Held("interactions", some.held.taken, wanted), ())
    moments, chances = moments_of(few)
    assert (len(moments), chances) == (30, None)
    ranked = await train_ranker(index, few, 1, lambda step: None)
    assert ranked.ranker is None
    assert "too few" in ranked.told
