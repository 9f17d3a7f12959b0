"""Trains the sequence model where PyTorch is installed, within the time that a run may take."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from itertools import pairwise
from typing import Protocol, cast

import numpy as np

from retrieval.taste.attentive import Attentive, Weights, read_attentive, taken_last, written
from retrieval.taste.interactions import Indices, Interactions

Told = Callable[[str], None]
Fit = Callable[[Interactions], Attentive]

MIXES = (0.0, 0.15, 0.3, 0.5, 0.7, 0.85, 1.0)  # the sequence model's shares that are tried
# Products that are learned, the most taken first: scoring all of a large shop would take longer than an answer may.
_MOST = 20_000


class _Training(Protocol):
    def train(
        self,
        histories: Sequence[Indices],
        products: int,
        found: Callable[[int, float], None],
        *,
        seed: int,
        late: Callable[[], bool],
    ) -> Weights: ...


@dataclass(frozen=True, slots=True)
class Watch:
    """How long a run may take.

    Args:
        seconds: For the whole run.
        begun: When it began, by `now`.
        now: A clock in seconds.
        training: Share of it that is over when training ends, so that time is left to rank with what was trained.
    """

    seconds: float
    begun: float
    now: Callable[[], float]
    training: float = 0.65

    def late(self) -> bool:
        """Say whether training has to end."""
        return self.now() - self.begun > self.training * self.seconds


def trainable() -> bool:
    """Say whether a sequence model can be trained here: PyTorch is there for training only."""
    return find_spec("torch") is not None


def fitted(taken: Interactions, seed: int, told: Told, watch: Watch) -> Attentive:
    """Return a model trained on histories and read back from the file that would be served; see `trainable`."""
    learned = np.sort(taken.most_taken(_MOST))
    number = np.full(len(taken.items), -1, dtype=np.int64)
    number[learned] = np.arange(len(learned))
    histories = [number[taken_last(taken.item[a:b])] for a, b in pairwise(taken.bounds().tolist())]
    histories = [history[history >= 0] for history in histories]
    training = cast(_Training, import_module("retrieval.train.attentive"))

    def found(epoch: int, score: float) -> None:
        told(f"Training the attentive model: epoch {epoch + 1}, NDCG@10 {score:.4f} on what is held back")

    weights = training.train(histories, len(learned), found, seed=seed, late=watch.late)
    return read_attentive(written(weights, learned, len(taken.items)))
