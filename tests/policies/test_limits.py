"""The policy file: read strictly, hashed whole, and its limits are ceilings that may be reached."""

from datetime import UTC, datetime, timedelta

import pytest

from policies.errors import SettingsError
from policies.limits import (
    PACKAGED,
    Coupon,
    ReturnRules,
    coupon_problem,
    load_policy,
    order_problem,
    quantity_problem,
)

POLICY = load_policy()
TEXT = PACKAGED.read_text(encoding="utf-8")


def written(tmp_path, text: str):
    path = tmp_path / "policy.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_packaged_policy_is_the_demo_shops():
    assert (POLICY.currency, POLICY.limits.order, POLICY.limits.day, POLICY.quote.ttl_s) == (
        "USD",
        200_000,
        400_000,
        600,
    )
    assert [(d.handle, d.price, d.free_from) for d in POLICY.delivery] == [
        ("standard", 900, 15_000),
        ("express", 2400, None),
    ]


def test_comments_and_order_do_not_change_the_digest_and_every_value_does(tmp_path):
    assert load_policy(written(tmp_path, "# another comment\n" + TEXT)).digest == POLICY.digest
    for old, new in [("order = 200000", "order = 200001"), ("ttl_s = 600", "ttl_s = 599"), ('"draft"', '"quote"')]:
        assert load_policy(written(tmp_path, TEXT.replace(old, new))).digest != POLICY.digest


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("ttl_s = 600", "ttl_s = 601", "quote.ttl_s"),
        ("order = 200000", "order = 200000.5", "limits.order"),
        ("order = 200000", 'order = "200000"', "limits.order"),
        ("order = 200000", "order = -1", "limits.order"),
        ("order = 200000", "orders = 200000", "limits.order"),
        ('currency = "USD"', 'currency = "dollars"', "currency"),
        ('undo_cart = "draft"', 'undo_cart = "pay"', "tools.undo_cart"),
        ('handle = "express"', 'handle = "standard"', "listed twice: standard"),
        ("amount = 2000", "amount = 2000\nbasis_points = 1", "either basis_points or amount"),
        ("[quote]", "[quote", "not valid TOML"),
    ],
)
def test_a_file_that_is_wrong_is_refused_in_one_sentence_that_says_where(tmp_path, old, new, said):
    with pytest.raises(SettingsError, match=said) as caught:
        load_policy(written(tmp_path, TEXT.replace(old, new)))
    assert "\n" not in str(caught.value)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(SettingsError, match="can't be read"):
        load_policy(tmp_path / "none.toml")


@pytest.mark.parametrize(
    ("total", "spent", "orders", "problem"),
    [
        (200_000, 0, 0, None),
        (200_001, 0, 0, "order"),
        (200_000, 200_000, 1, None),
        (200_000, 200_001, 1, "day"),
        (1, 0, 19, None),
        (1, 0, 20, "orders_per_day"),
    ],
)
def test_spending_up_to_the_limit_is_allowed_and_beyond_is_not(total, spent, orders, problem):
    assert order_problem(POLICY.limits, total=total, spent_today=spent, orders_today=orders) == problem


def test_a_cart_line_and_a_cart_have_their_limits():
    assert quantity_problem(POLICY.limits, quantity=10, lines=50) is None
    assert quantity_problem(POLICY.limits, quantity=11, lines=1) == "line_quantity"
    assert quantity_problem(POLICY.limits, quantity=1, lines=51) == "lines"


def test_a_coupon_counts_from_its_start_until_just_before_its_end():
    start = datetime(2026, 1, 1, tzinfo=UTC)
    coupon = Coupon(code="JAN", amount=100, min_subtotal=500, starts_at=start, ends_at=start + timedelta(days=1))
    moments = {timedelta(seconds=-1): "not_yet", timedelta(0): None, timedelta(hours=24): "expired"}
    for offset, problem in moments.items():
        assert coupon_problem(coupon, subtotal=500, now=start + offset) == problem
    assert coupon_problem(coupon, subtotal=499, now=start) == "below_minimum"


def test_coupons_are_found_however_they_are_typed():
    assert POLICY.coupon(" welcome10 ") is POLICY.coupons[0]
    assert POLICY.coupon("WELCOME") is None


def test_goods_that_do_not_come_back_are_known_by_a_word_of_their_title():
    why = {"en": "for reasons of hygiene.", "de": "aus Gründen der Hygiene."}
    rules = ReturnRules.model_validate({"excluded": [{"word": "earrings", "why": why}]})
    assert rules.why_not("Pearl Earrings, silver", "de") == "aus Gründen der Hygiene."
    assert rules.why_not("Pearl Earrings, silver", "fr") == "for reasons of hygiene."
    assert rules.why_not("Earring stand", "en") is None


def test_the_packaged_rule_of_returns_names_its_days():
    returns = load_policy().returns
    assert all(str(returns.window_days) in text for text in returns.rule.values())
    assert returns.rule_text("pt") == returns.rule["en"]
