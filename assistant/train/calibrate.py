"""Learns how far the heads' chances can be trusted, from patterns they did not see."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assistant.train.fit import Array, Examples, fit, scores_of, softmax

_TEMPERATURES = np.arange(0.6, 3.05, 0.05)
_BINS = 24
_KEPT_RIGHT = 0.975  # How often a kept turn must be right; a little above what is promised.
_ENOUGH = 0.3  # Smallest share of turns a threshold is worth having for.


@dataclass(frozen=True, slots=True)
class Trust:
    """What sentences of patterns held out say of the heads.

    Args:
        temperature: By which log odds are divided.
        said: Rising chances as stated.
        true: How often right at each of them.
        threshold: Trusted chance from which turns are kept.
        accuracy: Share of held-out sentences whose intent was right.
        error: Expected calibration error after all, in [0, 1].
        coverage: Share of held-out sentences kept at the threshold.
        kept_right: How many of those were right.
        by_label: Recall of each class.
    """

    temperature: float
    said: tuple[float, ...]
    true: tuple[float, ...]
    threshold: float
    accuracy: float
    error: float
    coverage: float
    kept_right: float
    by_label: dict[str, float]


def trusted(
    examples: Examples, labels: Sequence[str], seed: int, effort: tuple[int, int], told: Callable[[str], None]
) -> Trust:
    """Fit without each fold of the groups in turn, and see how the heads do there.

    Args:
        examples: All of them.
        labels: Name of each class.
        seed: Decides the folds and each fit.
        effort: Epochs of a fit, number of folds.
        told: Told in a few words what was done.
    """
    epochs, folds = effort
    scores = _held_out(examples, labels, seed, (epochs, folds), told)
    temperature = _temperature(scores, examples.classes)
    chances = softmax((scores / temperature).astype(np.float32))
    best, stated = chances.argmax(axis=1), chances.max(axis=1)
    right = best == examples.classes
    said, true = _curve(stated, right)
    sure = np.array([float(np.interp(float(one), said, true)) for one in stated], dtype=np.float64)
    threshold = _threshold(sure, right)
    kept = sure >= threshold
    return Trust(
        temperature,
        said,
        true,
        threshold,
        float(right.mean()),
        calibration_error(sure, right),
        float(kept.mean()),
        _share(right[kept]),
        {label: _share(right[examples.classes == at]) for at, label in enumerate(labels)},
    )


def _share(right: NDArray[np.bool_]) -> float:
    return float(right.mean()) if len(right) else 0.0


def calibration_error(sure: NDArray[np.float64], right: NDArray[np.bool_], bins: int = 10) -> float:
    """Return the expected calibration error over equal-width bins, in [0, 1]."""
    place = np.minimum((sure * bins).astype(int), bins - 1)
    gaps = [
        abs(float(sure[place == at].mean() - right[place == at].mean())) for at in range(bins) if (place == at).any()
    ]
    shares = [float((place == at).mean()) for at in range(bins) if (place == at).any()]
    return float(np.dot(gaps, shares))


def _held_out(
    examples: Examples, labels: Sequence[str], seed: int, effort: tuple[int, int], told: Callable[[str], None]
) -> Array:
    epochs, folds = effort
    groups = np.unique(examples.groups)
    fold_of = dict(zip(groups, np.random.default_rng(seed).permutation(len(groups)) % folds, strict=True))
    fold = np.array([fold_of[group] for group in examples.groups])
    scores = np.zeros((len(examples.classes), len(labels)), dtype=np.float32)
    for at in range(folds):
        inside, outside = np.flatnonzero(fold != at), np.flatnonzero(fold == at)
        weights = fit(examples.take(inside), labels, seed, epochs, lambda _: None)
        scores[outside] = scores_of(examples.take(outside), weights)
        told(f"held out {at + 1} of {folds}")
    return scores


def _temperature(scores: Array, classes: NDArray[np.int64]) -> float:
    rows = np.arange(len(classes))
    losses = [-np.log(softmax((scores / t).astype(np.float32))[rows, classes] + 1e-9).mean() for t in _TEMPERATURES]
    return round(float(_TEMPERATURES[int(np.argmin(losses))]), 2)


def _curve(stated: Array, right: NDArray[np.bool_]) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return a rising curve from stated chance to how often right, by pooling neighbours that fall."""
    order = np.argsort(stated, kind="stable")
    pools = [
        [float(stated[part].mean()), float(right[part].mean()), float(len(part))]
        for part in np.array_split(order, _BINS)
        if len(part)
    ]
    merged: list[list[float]] = []
    for pool in pools:
        merged.append(pool)
        while len(merged) > 1 and merged[-2][1] >= merged[-1][1]:
            upper, lower = merged.pop(), merged.pop()
            size = upper[2] + lower[2]
            merged.append([(upper[at] * upper[2] + lower[at] * lower[2]) / size for at in (0, 1)] + [size])
    inner = [(round(x, 5), round(y, 5)) for x, y, _ in merged if 0 < x < 1]
    said = (0.0, *(x for x, _ in inner), 1.0)
    return said, (inner[0][1] / 2, *(y for _, y in inner), inner[-1][1])


def _threshold(sure: NDArray[np.float64], right: NDArray[np.bool_]) -> float:
    """Return the lowest chance from which kept sentences are right often enough."""
    for threshold in np.unique(np.round(sure, 3)):
        kept = sure >= threshold
        if kept.mean() < _ENOUGH:
            break
        if right[kept].mean() >= _KEPT_RIGHT:
            return float(threshold)
    return 0.9
