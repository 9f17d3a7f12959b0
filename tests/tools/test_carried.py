"""Whether a thing is sold here, by what the shop's search found for its name."""

import pytest

from retrieval.query import SearchResult
from tools.carried import is_carried


def found(
    cosine: float, *, type_cosine: float = 0.0, named: tuple[str, ...] = (), unknown: tuple[str, ...] = ()
) -> SearchResult:
    return SearchResult(
        (),
        nearest_type="tote",
        best_cosine=cosine,
        lexical=not unknown,
        named_words=named,
        unknown_words=unknown,
        type_cosine=type_cosine,
    )


@pytest.mark.parametrize(
    ("query", "result"),
    [
        ("aprons", found(0.45, type_cosine=0.50, unknown=("aprons",))),
        ("washing machine", found(0.47, type_cosine=0.45)),
        ("chainsaw", found(0.47, type_cosine=0.46, unknown=("chainsaw",))),
        ("car seat", found(0.39, type_cosine=0.57, named=("seat",), unknown=("car",))),
    ],
)
def test_a_thing_that_no_card_names_is_not_carried(query: str, result: SearchResult) -> None:
    assert not is_carried(query, result)


@pytest.mark.parametrize(
    ("query", "result"),
    [
        ("stilettos", found(0.45, type_cosine=0.60, unknown=("stilettos",))),
        ("bedside light", found(0.48, type_cosine=0.50, named=("bedside",))),
        ("party shoes", found(0.58, type_cosine=0.75)),
        ("office wear", found(0.48, type_cosine=0.50)),
    ],
)
def test_a_thing_near_a_kind_of_the_shop_is_carried(query: str, result: SearchResult) -> None:
    assert is_carried(query, result)
