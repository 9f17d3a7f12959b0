"""Trained rankers: what search adds up is what was trained, and files of another make are refused."""

import json
from pathlib import Path

import lightgbm
import numpy as np
import pytest

from policies.errors import SettingsError
from retrieval.ranker import FEATURES, Example, LinearRanker
from retrieval.train.ranker import exported, fit
from retrieval.trees import FILE, open_ranker, read_ranker

_PROVENANCE = json.dumps({"features": list(FEATURES)})


def examples(queries: int = 30, found: int = 20) -> list[Example]:
    rng = np.random.default_rng(5)
    made: list[Example] = []
    for _ in range(queries):
        features = rng.random((found, len(FEATURES)), dtype=np.float32)
        made.append(Example(features, np.round(3 * features[:, 3] * features[:, 0])))
    return made


def test_the_trees_that_search_adds_up_are_those_that_were_trained() -> None:
    learned = examples()
    rows, grades = (np.concatenate([getattr(one, name) for one in learned]) for name in ("features", "grades"))
    data = lightgbm.Dataset(rows, grades, params={"verbosity": -1})
    booster = lightgbm.train({"verbosity": -1, "num_leaves": 6, "objective": "regression"}, data, 25)
    ranker = read_ranker(exported(booster.dump_model(), _PROVENANCE), Path(FILE))
    raw = np.asarray(booster.predict(rows))
    expected = (raw - raw.min()) / (raw.max() - raw.min())
    assert np.abs(ranker.score(rows) - expected).max() < 1e-4


def test_training_learns_the_order_and_is_the_same_for_the_same_seed() -> None:
    learned = examples()
    model = fit(learned, 30, 7, _PROVENANCE, FEATURES)
    assert model == fit(learned, 30, 7, _PROVENANCE, FEATURES)
    ranker = read_ranker(model, Path(FILE))
    best = [one.grades[int(np.argmax(ranker.score(one.features)))] for one in learned]
    assert np.mean(best) > np.mean([one.grades.mean() for one in learned]) + 0.5


def test_a_home_without_a_ranker_has_none_and_a_strange_file_is_refused(tmp_path: Path) -> None:
    assert open_ranker(tmp_path) is None
    (tmp_path / FILE).write_bytes(fit(examples(), 2, 7, json.dumps({"features": ["words"]}), FEATURES))
    with pytest.raises(SettingsError, match="another version"):
        open_ranker(tmp_path)
    (tmp_path / FILE).write_bytes(b"not a model")
    with pytest.raises(SettingsError, match="no ranker"):
        open_ranker(tmp_path)


def test_without_training_shared_words_count_before_meaning() -> None:
    features = np.zeros((2, len(FEATURES)), dtype=np.float32)
    features[0, FEATURES.index("words")] = features[1, FEATURES.index("meaning")] = 1
    first, second = LinearRanker().score(features)
    assert first > second > 0
