"""Money is written as the shop does, from integers alone."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from policies.money import Money, exponent, format_minor


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        (14900, "USD", "$149"),
        (14950, "USD", "$149.50"),
        (2000, "EUR", "€20"),
        (-500, "USD", "-$5"),
        (5, "USD", "$0.05"),
        (0, "USD", "$0"),
        (1500, "JPY", "¥1,500"),
        (1234, "KWD", "1.234 KWD"),
        (100_000_000, "GBP", "£1,000,000"),
        (990, "CHF", "9.90 CHF"),
    ],
)
def test_amounts_are_written_with_their_currency(amount, currency, text):
    assert format_minor(amount, currency) == text
    assert str(Money(amount=amount, currency=currency)) == text


@settings(derandomize=True, database=None)
@given(st.integers(-(10**12), 10**12), st.sampled_from(["USD", "EUR", "JPY", "KWD", "CHF"]))
def test_no_digit_is_lost(amount, currency):
    text = format_minor(amount, currency)
    digits = int("".join(c for c in text if c.isdigit()))
    shown = digits if "." in text else digits * 10 ** exponent(currency)
    assert (-shown if text.startswith("-") else shown) == amount


def test_a_fraction_of_a_cent_and_an_unknown_kind_of_code_are_refused():
    with pytest.raises(ValidationError):
        Money(amount=1.5, currency="USD")  # pyright: ignore[reportArgumentType]: what a caller must not do
    with pytest.raises(ValidationError):
        Money(amount=1, currency="usd")
