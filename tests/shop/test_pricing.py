"""Prices: integers, one rounding rule, and totals that always add up."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.limits import Coupon, load_policy
from shop.pricing import Basket, delivery_price, discount, share, totals

POLICY = load_policy()


@pytest.mark.parametrize(
    ("amount", "basis_points", "rounded"),
    [(50, 100, 1), (49, 100, 0), (150, 100, 2), (0, 1900, 0), (1, 10_000, 1), (16900, 1900, 3211), (3, 5_000, 2)],
)
def test_a_share_is_rounded_half_up(amount, basis_points, rounded):
    assert share(amount, basis_points) == rounded


def test_a_coupon_never_takes_off_more_than_the_goods():
    assert discount(Coupon(code="BIG", amount=10_000), 500) == 500
    assert discount(Coupon(code="ALL", basis_points=10_000), 500) == 500
    assert discount(None, 500) == 0


def test_delivery_is_free_from_its_threshold_on_the_goods_after_discount():
    standard = POLICY.delivery[0]
    assert [delivery_price(standard, goods) for goods in (0, 14_999, 15_000)] == [900, 900, 0]
    basket = Basket(15_000, Coupon(code="TEN", amount=10), standard, "DE", "en")
    assert {line.name: line.amount for line in totals(POLICY, basket)}["delivery"] == 900


coupons = st.none() | st.builds(Coupon, code=st.just("C1"), amount=st.integers(0, 10**7))
coupons |= st.builds(Coupon, code=st.just("C2"), basis_points=st.integers(0, 10_000))


@settings(derandomize=True, database=None)
@given(
    subtotal=st.integers(0, 10**9),
    coupon=coupons,
    delivery=st.none() | st.sampled_from(POLICY.delivery),
    region=st.none() | st.sampled_from([rule.region for rule in POLICY.tax]),
    locale=st.sampled_from(["en", "de", "fr"]),
)
def test_the_total_is_the_sum_of_its_lines_and_never_negative(subtotal, coupon, delivery, region, locale):
    lines = totals(POLICY, Basket(subtotal, coupon, delivery, region, locale))
    assert lines[0].name == "subtotal"
    assert lines[-1].name == "total"
    assert lines[-1].amount == sum(line.amount for line in lines[:-1])
    assert lines[-1].amount >= 0
    assert len({line.name for line in lines}) == len(lines)
    assert all(line.label for line in lines)
