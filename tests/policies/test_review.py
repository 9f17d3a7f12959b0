"""Which orders a person looks at first, from the facts alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.review import ReviewFacts, ReviewRules, review_reasons

FACTS = ReviewFacts(total=50_000, earlier_orders=0, known_address=False, declines=0)


def test_a_policy_that_says_nothing_holds_nothing():
    assert ReviewRules().idle
    assert review_reasons(ReviewRules(), FACTS) == ()


@pytest.mark.parametrize(
    ("rule", "reason"),
    [("above", "amount"), ("first_order_above", "first_order"), ("new_address_above", "new_address")],
)
def test_as_much_as_the_bound_is_no_reason_and_more_is(rule: str, reason: str):
    assert review_reasons(ReviewRules.model_validate({rule: 50_000}), FACTS) == ()
    assert review_reasons(ReviewRules.model_validate({rule: 49_999}), FACTS) == (reason,)


def test_who_paid_before_and_where_it_went_before_are_no_reason():
    known = ReviewFacts(total=50_000, earlier_orders=1, known_address=True, declines=0)
    assert review_reasons(ReviewRules(first_order_above=0, new_address_above=0), known) == ()


@given(declines=st.integers(0, 20), bound=st.integers(1, 20))
def test_declines_count_from_the_bound_on(declines: int, bound: int):
    facts = ReviewFacts(total=1, earlier_orders=3, known_address=True, declines=declines)
    assert review_reasons(ReviewRules(declines=bound), facts) == (("declines",) if declines >= bound else ())
