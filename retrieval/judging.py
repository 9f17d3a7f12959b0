"""Lets a slower model that reads query and product together have a say in the order of the best few."""

from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from typing import Protocol, cast

import numpy as np
from numpy.typing import NDArray

from policies.errors import SettingsError
from retrieval.document import searched_text
from retrieval.query import Hit
from retrieval.rank import fuse

JUDGED = 20  # every pair of query and product is a run of the model of its own


class Judge(Protocol):
    """Reads a query and a product's text together."""

    async def judge(self, query: str, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return one score a text, shape (texts,), higher is better; scores of one query compare with each other."""
        ...


class _CrossEncoders(Protocol):
    def open_judge(self, model: str) -> Judge: ...


def open_judge(model: str) -> Judge:
    """Open a cross-encoder, which takes seconds; see `retrieval/cross_encoder.py`.

    Raises:
        SettingsError: The `models` extra is not installed, or the model can't be used.
    """
    if find_spec("sentence_transformers") is None:
        raise SettingsError("AISLE_CROSS_ENCODER needs the `models` extra: pip install 'aisle[models]'.")
    return cast(_CrossEncoders, import_module("retrieval.cross_encoder")).open_judge(model)


async def judged(judge: Judge, query: str, hits: Sequence[Hit]) -> tuple[Hit, ...]:
    """Return the hits with the best of them in the order that search and judge make together.

    Reciprocal ranks of both orders are added with equal weight, so that neither alone can put a product last that the
    other has first. Scores stay with the places, for other code compares them with the first one's.
    """
    best = hits[:JUDGED]
    scores = await judge.judge(query, [searched_text(hit.product) for hit in best])
    found = [hit.product.product_id for hit in best]
    places: list[int] = np.argsort(-scores, kind="stable").tolist()
    theirs = [found[place] for place in places]
    products = {hit.product.product_id: hit.product for hit in best}
    order = [product_id for product_id, _ in fuse([(1.0, found), (1.0, theirs)])]
    first = tuple(Hit(products[product_id], hit.score) for product_id, hit in zip(order, best, strict=True))
    return (*first, *hits[JUDGED:])
