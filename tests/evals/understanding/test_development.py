"""The development set stays as it was written, and covers every intent."""

from collections import Counter
from pathlib import Path

import evals.understanding
from evals.understanding.development import INTENTS, SHA256, development


def test_the_development_set_is_the_frozen_one() -> None:
    readme = Path(evals.understanding.__file__).with_name("README.md").read_text(encoding="utf-8")
    assert f"`{SHA256}`" in readme
    assert len(development()) == 789


def test_every_intent_comes_first_at_least_a_dozen_times_and_no_other_is_named() -> None:
    utterances = development()
    first = Counter(one.intents[0] for one in utterances)
    assert {intent: first[intent] for intent in INTENTS if first[intent] < 12} == {}
    assert {intent for one in utterances for intent in one.intents} == set(INTENTS)


def test_what_is_referred_to_was_shown() -> None:
    for one in development():
        assert set(one.refers_to) <= {item.id for item in one.shown}, one.id
