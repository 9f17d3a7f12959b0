"""A paid place is labelled, rare, last, near in fit, and nothing where the policy leaves it off."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from policies.limits import load_policy
from policies.sponsored import WHOLE, Campaign, Fit, Row, Sponsoring, with_sponsored

RULES = Sponsoring(
    on=True, per_answer=2, margin_bp=500, campaigns=(Campaign(advertiser="Northway", product_ids=("x",)),)
)


def ranked(fits: list[int], paid: set[int]) -> tuple[list[Fit], tuple[str, ...]]:
    row = [Fit(f"p{at}", fit) for at, fit in enumerate(sorted(fits, reverse=True))]
    return row, tuple(f"p{at}" for at in sorted(paid) if at < len(row))


def keeps_the_rules(before: list[Fit], limit: int, rules: Sponsoring, row: Row) -> bool:
    paid = [each.fit for each in row.placed]
    own = [each for each in row.shown if each not in paid]
    gone = before[:limit][len(own) :]
    return (
        len(paid) <= rules.per_answer
        and all(each.advertiser and rules.advertiser(each.product_id) == each.advertiser for each in paid)
        and own == before[: len(own)]
        and all(not each.advertiser for each in own)
        and list(row.shown[:1]) == before[:1]
        and len({each.product_id for each in row.shown}) == len(row.shown) == min(limit, len(before))
        and {each.displaced.product_id for each in row.placed} == {each.product_id for each in gone}
        and all(each.displaced.fit - each.fit.fit <= rules.margin_bp for each in row.placed)
        and all(row.shown[each.place - 1] == each.fit for each in row.placed)
    )


def test_no_margin_is_broken_in_ten_thousand_random_answers() -> None:
    chance = random.Random(7)
    placed = 0
    for _ in range(10_000):
        before, ids = ranked(
            [chance.randint(0, WHOLE) for _ in range(chance.randint(0, 24))], set(chance.sample(range(24), 8))
        )
        rules = Sponsoring(
            on=chance.random() < 0.9,
            per_answer=chance.randint(1, 2),
            margin_bp=chance.randint(0, 2000),
            campaigns=(Campaign(advertiser="Northway", product_ids=ids),) if ids else (),
        )
        limit = chance.randint(1, 12)
        row = with_sponsored(before, limit, rules)
        assert keeps_the_rules(before, limit, rules, row)
        assert rules.on or not row.placed
        placed += len(row.placed)
    assert placed > 1_000  # The rules were put to the test.


@settings(max_examples=200)
@given(st.lists(st.integers(0, WHOLE), max_size=20), st.integers(1, 12))
def test_an_answer_is_what_it_was_where_nobody_may_pay(fits: list[int], limit: int) -> None:
    before, ids = ranked(fits, set(range(20)))
    for rules in (Sponsoring(), Sponsoring(on=True)):
        assert with_sponsored(before, limit, rules) == Row(tuple(before[:limit]))
    off = Sponsoring(campaigns=(Campaign(advertiser="Northway", product_ids=ids or ("x",)),))
    assert with_sponsored(before, limit, off) == Row(tuple(before[:limit]))


def test_a_better_fit_by_more_than_the_margin_stays() -> None:
    row = [Fit("a", 10_000), Fit("b", 9_000), Fit("x", 8_499)]
    assert with_sponsored(row, 2, RULES).shown == tuple(row[:2])
    near = [*row[:2], Fit("x", 8_500)]
    assert with_sponsored(near, 2, RULES).shown == (row[0], Fit("x", 8_500, "Northway"))


def test_the_shop_as_it_comes_sells_no_place_and_no_policy_sells_many() -> None:
    assert not load_policy().sponsored.active
    for wrong in ({"per_answer": 3}, {"margin_bp": 2_001}, {"per_answer": 0}):
        with pytest.raises(ValidationError):
            Sponsoring.model_validate({"on": True, **wrong})
    two = [{"advertiser": name, "product_ids": ["x"]} for name in "ab"]
    with pytest.raises(ValidationError, match="one advertiser"):
        Sponsoring.model_validate({"campaigns": two})
