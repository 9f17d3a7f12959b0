"""Puts ranked lists together and keeps a shelf from showing ten of the same."""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import TypeVar

_K = 60  # how quickly reciprocal ranks fade; the published default

T = TypeVar("T")


def fuse(lists: Iterable[tuple[float, Sequence[str]]]) -> list[tuple[str, float]]:
    """Return ids with their weighted reciprocal-rank score, best first; 1.0 is first place in every list.

    Args:
        lists: (weight, ids best first) for each way of searching. Ties are broken by id.
    """
    scores: dict[str, float] = {}
    whole = 0.0
    for weight, ids in lists:
        whole += weight
        for rank, product_id in enumerate(ids):
            scores[product_id] = scores.get(product_id, 0.0) + weight * (_K + 1) / (_K + 1 + rank)
    return sorted(((i, s / whole) for i, s in scores.items()), key=lambda pair: (-pair[1], pair[0]))


def spread(
    items: Sequence[T], score: Callable[[T], float], kinds: Callable[[T], Iterable[Hashable]], limit: int, fade: float
) -> list[T]:
    """Return up to `limit` items, best first, where each further item of a kind counts `fade` times less.

    Args:
        items: Candidates, best first; earlier wins ties.
        score: Positive worth of an item.
        kinds: What an item is a repeat of, e.g. its type and its brand.
        limit: How many to take.
        fade: In (0, 1]; 1 changes nothing.
    """
    left, taken = list(items), list[T]()
    seen: Counter[Hashable] = Counter()
    while left and len(taken) < limit:
        best = max(left, key=lambda item: score(item) * fade ** sum(seen[kind] for kind in kinds(item)))
        left.remove(best)
        taken.append(best)
        seen.update(kinds(best))
    return taken


def apart(scored: Sequence[tuple[T, float]], kinds: Sequence[Hashable], fade: float) -> list[tuple[T, float]]:
    """Return items in a new order in which each further one of a kind has `fade` times the score, so it comes later.

    Args:
        scored: (item, positive score), best first; earlier wins ties.
        kinds: What each item is a repeat of.
        fade: In (0, 1]; 1 changes nothing.
    """
    seen: Counter[Hashable] = Counter()
    faded: list[tuple[T, float]] = []
    for (item, score), kind in zip(scored, kinds, strict=True):
        faded.append((item, score * fade ** seen[kind]))
        seen[kind] += 1
    return sorted(faded, key=lambda pair: -pair[1])
