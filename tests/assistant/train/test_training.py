"""Training is repeatable, writes sentences of every intent, and holds patterns out whole."""

import asyncio
from pathlib import Path
from random import Random
from typing import get_args

import numpy as np
import pytest

from assistant.compact.meaning import Intent
from assistant.compact.tagger import LABELS, Tagger, described
from assistant.compact.trained import Trained, read_trained
from assistant.train.calibrate import calibration_error
from assistant.train.grammar import Parts, drawn, misspelt, patterns
from assistant.train.planner import Plan, train, written
from policies.errors import SettingsError
from retrieval.encode import TextEncoder

SMALL = Plan(per_pattern=1, epochs=2, folds=2, every=6)


def test_every_intent_has_patterns_and_each_can_be_written() -> None:
    each, parts = patterns(), Parts()
    words = {name: name for name in (*parts.lists, "sametype", "same", "othertype", "othertypes", "colour2")}
    words |= {"name": "fen", "othername": "alder", "typo": "dsek"}

    assert {pattern.intent for pattern in each} == {*get_args(Intent), "lead_in"}
    for pattern in each:
        text = parts.fill(pattern.text, words, Random(1))
        assert text, pattern.text
        assert not set("<>[]|") & set(text), f"{pattern.text}: {text}"


def test_the_same_seed_writes_the_same_sentences_and_another_others() -> None:
    first, again, other = (written(Plan(seed=seed, per_pattern=1, every=9)) for seed in (3, 3, 4))
    assert [one.text for one in first] == [one.text for one in again]
    assert [one.text for one in first] != [one.text for one in other]


def test_training_twice_gives_the_same_bytes(encoder: TextEncoder) -> None:
    tagger = read_trained().tagger

    def trained() -> bytes:
        weights, _ = asyncio.run(train(SMALL, encoder, lambda _: None))
        return Trained(weights, tagger).to_bytes()

    assert trained() == trained()


def test_what_was_written_is_read_back(tmp_path: Path) -> None:
    shipped = read_trained()
    path = tmp_path / "planner.npz"
    path.write_bytes(shipped.to_bytes())

    back = read_trained(path)

    assert back.heads.labels == shipped.heads.labels
    assert back.heads.threshold == shipped.heads.threshold
    assert np.abs(back.heads.buckets - shipped.heads.buckets).max() < 0.05
    assert back.to_bytes() == shipped.to_bytes()


@pytest.mark.parametrize("content", [b"", b"nothing", b"PK\x03\x04 broken"])
def test_a_damaged_file_is_refused_in_a_sentence(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "planner.npz"
    path.write_bytes(content)
    with pytest.raises(SettingsError, match="aisle train planner"):
        read_trained(path)


def test_patterns_are_drawn_in_turn() -> None:
    each = patterns()[:5]
    numbers = [pattern.number for pattern in drawn(each, 10, Random(2))]
    assert sorted(numbers[:5]) == sorted(numbers[5:]) == [pattern.number for pattern in each]


def test_a_slip_changes_one_word_a_little() -> None:
    assert misspelt("a red rug", Random(1)) == "a red rug"
    assert misspelt("a leather armchair", Random(1)).split()[0] == "a"


def test_calibration_is_perfect_when_chances_come_true() -> None:
    sure = np.array([0.75] * 4)
    assert calibration_error(sure, np.array([True, True, True, False])) == pytest.approx(0.0)
    assert calibration_error(sure, np.array([False] * 4)) == pytest.approx(0.75)


def test_the_tagger_never_steps_into_the_middle_of_another_span() -> None:
    words = ["red", "leather", "boots"]
    weights = np.random.default_rng(1).normal(size=(32_768, len(LABELS))).astype(np.float32)
    labels = [LABELS[at] for at in Tagger(weights, np.zeros((len(LABELS),) * 2, dtype=np.float32)).labels(words)]

    assert len(described(words)) == len(labels)
    before = "O"
    for label in labels:
        assert not label.startswith("I-") or before[2:] == label[2:]
        before = label
