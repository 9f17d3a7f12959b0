"""What a trained ranker sees of a product that may be recommended: likeness, price, stock, novelty and session."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# In this order. Places are 61 / (61 + place): 1 for the first of a list, 0 for what is not in it.
FEATURES = (
    "taken",  # place among what others took with and after the shopper's
    "alike",  # place among what is like the shopper's
    "price_off",  # how far its price is from what the shopper likes, in natural logarithms, either way
    "dearer",  # the same, negative where it is cheaper
    "stock",  # 1 where it can be delivered now
    "known",  # binary logarithm of how often it was taken by anybody, plus one: the lower the newer
    "session",  # share of the shopper's latest three that are of its type
    "lasting",  # share of all that the shopper likes that are of its type
    "merit",  # what buyers say of it, in stars, few reviews counting less
)
_K, _LATEST = 60, 3

Features = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Goods:
    """What is known of a product without its text.

    Args:
        product_id: Its id.
        product_type: Its type.
        price: Its lowest price in minor units, 0 without one.
        stock: Whether any of it is there.
        merit: In stars.
    """

    product_id: str
    product_type: str
    price: float = 0.0
    stock: bool = False
    merit: float = 0.0


def seen(
    goods: Sequence[Goods], liked: Sequence[Goods], lists: Mapping[str, Sequence[str]], known: Callable[[str], float]
) -> Features:
    """Return what a ranker sees of products for one shopper, shape (goods, len(FEATURES)).

    Args:
        goods: The products.
        liked: Those of the shopper, the most recent first.
        lists: Ids by "taken" and "alike", the best first.
        known: How often a product was taken.
    """
    places = {name: {product_id: at for at, product_id in enumerate(ids)} for name, ids in lists.items()}
    usual, by_type = _prices(liked)
    session = [one.product_type for one in liked[:_LATEST]]
    lasting = [one.product_type for one in liked]
    table = np.zeros((len(goods), len(FEATURES)), dtype=np.float32)
    for row, one in enumerate(goods):
        off = _log(one.price) - by_type.get(one.product_type, usual) if one.price and liked else 0.0
        table[row] = (
            _place(places["taken"], one.product_id),
            _place(places["alike"], one.product_id),
            abs(off),
            off,
            float(one.stock),
            float(np.log2(1.0 + known(one.product_id))),
            session.count(one.product_type) / max(1, len(session)),
            lasting.count(one.product_type) / max(1, len(lasting)),
            one.merit,
        )
    return table


def _place(places: Mapping[str, int], product_id: str) -> float:
    return (_K + 1) / (_K + 1 + places[product_id]) if product_id in places else 0.0


def _log(price: float) -> float:
    return float(np.log(max(price, 1.0)))


def _prices(liked: Sequence[Goods]) -> tuple[float, dict[str, float]]:
    """Return the logarithm of the price in the middle of what is liked, of all and by type."""
    priced = [one for one in liked if one.price]
    if not priced:
        return 0.0, {}
    types = {one.product_type for one in priced}
    by_type = {kind: float(np.median([_log(p.price) for p in priced if p.product_type == kind])) for kind in types}
    return float(np.median([_log(one.price) for one in priced])), by_type
