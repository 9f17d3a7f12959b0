"""Trains trees that order things, with LightGBM where that is installed: what they wrote is served without it."""

from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from typing import Protocol, cast

from retrieval.ranker import Example


class _Training(Protocol):
    def fit(
        self, examples: Sequence[Example], rounds: int, seed: int, provenance: str, features: Sequence[str]
    ) -> bytes: ...


def can_boost() -> bool:
    """Say whether trees can be trained here."""
    return find_spec("lightgbm") is not None


def boosted(examples: Sequence[Example], rounds: int, seed: int, provenance: str, features: Sequence[str]) -> bytes:
    """Return the file of trees learned from examples where `can_boost`; see `retrieval/train/ranker.py`."""
    training = cast(_Training, import_module("retrieval.train.ranker"))
    return training.fit(examples, rounds, seed, provenance, features)
