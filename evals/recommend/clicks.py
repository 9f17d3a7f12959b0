"""Foretells clicks of an order nobody has been shown, from what was shown and clicked in another (IPS and SNIPS).

People look at what stands first, whatever it is. How much more, is learned from products that stood in several places;
a click further down then counts for as many as were not looking. See Joachims, Swaminathan and Schnabel, "Unbiased
Learning-to-Rank with Biased Feedback" (WSDM 2017) and Swaminathan and Joachims, "The Self-Normalized Estimator for
Counterfactual Learning" (NeurIPS 2015).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MOST = 10.0  # of a click's weight: few clicks far down would else decide everything
_LEAST_EXAMINED = 0.02

Order = Callable[["Slate"], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Slate:
    """A row as it was shown.

    Args:
        liked: What its shopper had taken before, the most recent first.
        shown: The products in their places.
        clicked: Those of them that were clicked.
        who: Its shopper.
    """

    liked: tuple[str, ...]
    shown: tuple[str, ...]
    clicked: frozenset[str]
    who: str = ""


@dataclass(frozen=True, slots=True)
class Estimate:
    """Clicks a row: the mean over rows, and the variance of that mean."""

    clicks: float
    variance: float


def examined(slates: Sequence[Slate]) -> NDArray[np.float64]:
    """Return how likely each place is looked at beside the first, shape (places,), in (0, 1].

    Places are compared by the products that stood in both, so that better products further up do not count as looks.
    """
    places = max((len(slate.shown) for slate in slates), default=0)
    products = {product: row for row, product in enumerate(sorted({p for slate in slates for p in slate.shown}))}
    seen = np.zeros((len(products), places))
    clicks = np.zeros_like(seen)
    for slate in slates:
        for place, product in enumerate(slate.shown):
            seen[products[product], place] += 1
            clicks[products[product], place] += product in slate.clicked
    rates = clicks / np.maximum(seen, 1)
    chances = np.ones(places)
    for place in range(1, places):
        # The place above is the nearest with products in common; ratios multiply from there.
        shared = np.minimum(seen[:, place - 1], seen[:, place])
        above = float((shared * rates[:, place - 1]).sum())
        ratio = float((shared * rates[:, place]).sum()) / above if above else 1.0
        chances[place] = np.clip(chances[place - 1] * ratio, _LEAST_EXAMINED, 1.0)
    return chances


def estimated(slates: Sequence[Slate], order: Order, chances: NDArray[np.float64]) -> Mapping[str, Estimate]:
    """Return the clicks a row under another order of the same products.

    Args:
        slates: As they were shown, at least two.
        order: Puts the products of a row in order.
        chances: How likely each place is looked at, see `examined`.

    Returns:
        `shown`: as it was; `ips`: every click weighted by how much likelier its new place is looked at, ten times at
        most; `snips`: the same divided by the looks that these weights would give, times those the new order gives,
        which makes good what the bound takes.
    """
    logged, gained, weighed, looks = (np.zeros(len(slates)) for _ in range(4))
    for row, slate in enumerate(slates):
        now = {product: place for place, product in enumerate(order(slate))}
        for place, product in enumerate(slate.shown):
            looked = float(chances[now[product]]) if product in now else 0.0
            weight = min(MOST, looked / float(chances[place]))
            logged[row] += product in slate.clicked
            gained[row] += weight * (product in slate.clicked)
            weighed[row] += weight * chances[place]
            looks[row] += looked
    mean = float(weighed.mean())
    ratio = float(gained.mean()) / mean if mean else 0.0
    # By the delta method: the variance of a ratio of two means.
    spread = looks.mean() * (gained - ratio * weighed) / mean if mean else np.zeros_like(gained)
    snips = Estimate(float(looks.mean()) * ratio, float(spread.var(ddof=1)) / len(slates))
    return {"shown": _of(logged), "ips": _of(gained), "snips": snips}


def _of(values: NDArray[np.float64]) -> Estimate:
    return Estimate(float(values.mean()), float(values.var(ddof=1)) / len(values))
