"""A judge moves products within the best few, never alone, and takes no other product in or out."""

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from policies.errors import SettingsError
from retrieval.catalog import Catalog
from retrieval.judging import open_judge
from retrieval.query import Filters


class Contrary:
    """Scores texts in the opposite of the order they come in."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, int]] = []

    async def judge(self, query: str, texts: Sequence[str]) -> NDArray[np.float32]:
        self.asked.append((query, len(texts)))
        return np.arange(len(texts), dtype=np.float32)


class Agreeing(Contrary):
    """Scores texts in the order they come in."""

    async def judge(self, query: str, texts: Sequence[str]) -> NDArray[np.float32]:
        return -await super().judge(query, texts)


async def test_a_judge_reorders_what_search_found_and_nothing_else(catalog: Catalog) -> None:
    alone = (await catalog.search("a walnut desk", Filters(), limit=6)).hits
    contrary = Contrary()
    catalog.heed(contrary)
    together = (await catalog.search("a walnut desk", Filters(), limit=6)).hits
    assert contrary.asked[0][0] == "a walnut desk"
    assert contrary.asked[0][1] > 6
    assert [hit.score for hit in together] == sorted((hit.score for hit in together), reverse=True)
    catalog.heed(Agreeing())
    agreed = (await catalog.search("a walnut desk", Filters(), limit=6)).hits
    assert len(agreed) == len(alone) == len(together)


async def test_a_judge_that_agrees_changes_nothing(catalog: Catalog) -> None:
    alone = (await catalog.search("a lamp for reading", Filters(), limit=20)).hits
    catalog.heed(Agreeing())
    agreed = (await catalog.search("a lamp for reading", Filters(), limit=20)).hits
    assert [hit.product.product_id for hit in agreed] == [hit.product.product_id for hit in alone]


async def test_where_nothing_is_found_no_judge_is_asked(catalog: Catalog) -> None:
    contrary = Contrary()
    catalog.heed(contrary)
    assert not (await catalog.search("a walnut desk", Filters(price_max=1))).hits
    assert not [asked for asked in contrary.asked if asked[1] == 0]


def test_without_the_extra_a_cross_encoder_says_what_to_install() -> None:
    with pytest.raises(SettingsError, match=r"aisle\[models\]"):
        open_judge("cross-encoder/any")
