"""Trains a ranker on one half of judged queries and lets it be used only where it is better on the other half."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from evals.boosting import boosted, can_boost
from evals.retrieval.dataset import Dataset
from evals.retrieval.measures import Interval, Judge, Run, compared, means
from policies.errors import SettingsError
from retrieval.asking import read_query
from retrieval.candidates import gather
from retrieval.encode import TextEncoder
from retrieval.evidence import Reader, learn_types
from retrieval.filters import All
from retrieval.ingest import ingest
from retrieval.lexicon import Lexicon
from retrieval.ranker import FEATURES, Example, Features, LinearRanker, Ranker
from retrieval.storage import EmbeddedStorage
from retrieval.trees import read_ranker

_DEPTH = 100
_ROUNDS = (20, 40, 80, 160)  # trees, chosen by cross-validation over the development half
_FOLDS = 3


@dataclass(frozen=True, slots=True)
class Trained:
    """A ranker and what it is worth on queries it has never seen.

    Args:
        model: The file's bytes.
        linear: NDCG@10 of the fixed weights on the held-out half.
        trees: NDCG@10 of the trained ranker there.
        better: The difference with its paired 95 % interval.
        trained_on: Queries it was trained on.
        held_out: Queries it was judged by.
    """

    model: bytes
    linear: float
    trees: float
    better: Interval
    trained_on: int
    held_out: int

    @property
    def accepted(self) -> bool:
        """Say whether it may replace the fixed weights: better beyond what chance among these queries explains."""
        return self.better.low > 0


@dataclass(frozen=True, slots=True)
class _Gathered:
    query_id: str
    ids: Sequence[str]
    features: Features


async def train(data: Dataset, folder: Path, encoder: TextEncoder, seed: int, told: Callable[[int], None]) -> Trained:
    """Fill an index, gather what search sees for every judged query, train on one half and judge on the other.

    Args:
        data: All judged queries.
        folder: Empty or new; the index is built there.
        encoder: For products and queries.
        seed: The same seed and data give the same ranker.
        told: Products written.

    Raises:
        SettingsError: LightGBM is not installed.
    """
    if not can_boost():
        raise SettingsError("Training a ranker needs the `train` extra (LightGBM): pip install 'aisle[train]'.")
    found = await _gathered(data, folder, encoder, told)
    own, other = data.half("development"), data.half("held_out")
    learned = [found[i] for i in sorted(own.answerable())]
    judge, held = Judge(other), [found[i] for i in sorted(other.answerable())]
    rounds = _best_rounds(own, learned, seed)
    provenance: dict[str, object] = {
        "data": data.folder.name,
        "queries": len(learned),
        "trained_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "rounds": rounds,
        "seed": seed,
        "features": list(FEATURES),
    }
    draft = read_ranker(_fitted(data, learned, rounds, seed, provenance), folder)
    before, after = judge.by_query(_run(LinearRanker(), held)), judge.by_query(_run(draft, held))
    better = compared(after, before, "ndcg@10", seed)
    linear, trees = means(before)["ndcg@10"], means(after)["ndcg@10"]
    provenance["held_out"] = {"queries": len(held), "linear": linear, "trees": trees, "low": better.low}
    model = _fitted(data, learned, rounds, seed, provenance)
    return Trained(model, linear, trees, better, len(learned), len(held))


async def _gathered(
    data: Dataset, folder: Path, encoder: TextEncoder, told: Callable[[int], None]
) -> dict[str, _Gathered]:
    storage, lexicon = await EmbeddedStorage.open(folder), Lexicon()
    draft = await storage.draft()
    try:
        await ingest(data.entries(), draft.index, encoder, lexicon, told)
        await draft.index.optimize()
        reader = Reader(draft.index, encoder, lexicon, LinearRanker())
        await learn_types(reader)
        found: dict[str, _Gathered] = {}
        for query_id in sorted(data.answerable()):
            asked = await read_query(reader.catalogued, data.queries[query_id])
            gathered = await gather(reader, asked, All(), _DEPTH, guess_types=True)
            found[query_id] = _Gathered(query_id, gathered.ids, gathered.features)
        return found
    finally:
        await draft.index.close()
        await storage.close()


def _run(ranker: Ranker, gathered: Sequence[_Gathered]) -> Run:
    run: dict[str, list[str]] = {}
    for one in gathered:
        order = np.argsort(-ranker.score(one.features), kind="stable")[:_DEPTH]
        run[one.query_id] = [one.ids[int(at)] for at in order]
    return run


def _best_rounds(data: Dataset, learned: Sequence[_Gathered], seed: int) -> int:
    """Return the number of trees that does best on folds of the development half."""
    if len(learned) < 2 * _FOLDS:
        return _ROUNDS[0]
    judge = Judge(data)
    scores: dict[int, float] = {}
    for rounds in _ROUNDS:
        run: dict[str, Sequence[str]] = {}
        for fold in range(_FOLDS):
            rest = [one for at, one in enumerate(learned) if at % _FOLDS != fold]
            ranker = read_ranker(_fitted(data, rest, rounds, seed, {"features": list(FEATURES)}), Path("fold"))
            run |= _run(ranker, learned[fold::_FOLDS])
        scores[rounds] = means(judge.by_query(run))["ndcg@10"]
    return max(scores, key=lambda rounds: (scores[rounds], -rounds))


def _fitted(
    data: Dataset, gathered: Sequence[_Gathered], rounds: int, seed: int, provenance: dict[str, object]
) -> bytes:
    examples = [Example(one.features, _grades(data, one)) for one in gathered]
    return boosted(examples, rounds, seed, json.dumps(provenance), FEATURES)


def _grades(data: Dataset, one: _Gathered) -> NDArray[np.float32]:
    judged = data.grades[one.query_id]
    return np.array([judged.get(product_id, 0.0) for product_id in one.ids], dtype=np.float32)
