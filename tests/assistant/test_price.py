"""What a call costs: rounded up, from prices per million tokens, from a machine's rent, or by the second."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.messages import HumanMessage
from langchain_core.messages.ai import UsageMetadata
from pydantic import ValidationError

from assistant.cost import most_tokens
from assistant.price import Caps, Price, Usage, usage_of
from assistant.registry import ModelSpec

SERVICE = Price(input=Decimal("0.375"), cached_input=Decimal("0.0375"), output=Decimal("1.875"))


def test_a_price_per_million_tokens_is_one_of_a_token_in_micro_units() -> None:
    used = Usage(input_tokens=1_000_000, cached_tokens=400_000, output_tokens=1_000)
    assert SERVICE.of(used) == 225_000 + 15_000 + 1_875


def test_the_rent_of_a_machine_becomes_the_price_of_a_token() -> None:
    rented = Price(machine_per_hour=Decimal("2.50"), tokens_per_s=Decimal(11_800))
    assert rented.of(Usage(input_tokens=900_000, output_tokens=100_000)) == 58_852  # 2.5 / 3600 / 11,800 a token
    alone = Price(machine_per_hour=Decimal("3.60"))
    assert alone.of(Usage(input_tokens=5, millis=2_000)) == 2_000


def test_what_says_nothing_costs_nothing_and_what_says_two_things_is_refused() -> None:
    assert Price().free
    assert Price().of(Usage(input_tokens=10**9)) == 0
    for wrong in ({"input": 1}, {"input": 1, "output": 1, "machine_per_hour": 1}, {"tokens_per_s": 5}):
        with pytest.raises(ValidationError):
            Price.model_validate(wrong)


@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 10**5)), max_size=20))
def test_many_small_calls_never_sum_to_less_than_they_cost(calls: list[tuple[int, int, int]]) -> None:
    each = [Usage(input_tokens=fresh + cached, cached_tokens=cached, output_tokens=out) for fresh, cached, out in calls]
    assert sum(SERVICE.of(used) for used in each) >= SERVICE.of(sum(each, Usage()))


def test_usage_is_read_as_told_and_never_below_nothing() -> None:
    told = UsageMetadata(input_tokens=10, output_tokens=-3, total_tokens=7, input_token_details={"cache_read": 90})
    assert usage_of(told, 5) == Usage(input_tokens=10, cached_tokens=10, output_tokens=0, millis=5)
    assert usage_of(None, 5) is None


@given(st.text(max_size=300), st.integers(0, 4))
def test_no_request_has_more_tokens_than_were_thought_the_most(text: str, pictures: int) -> None:
    spec = ModelSpec(kind="openai", picture_tokens=1_000)
    ids = {"image_ids": [f"img_{at}" for at in range(pictures)]}
    most = most_tokens(spec, [HumanMessage(text, additional_kwargs=ids)], around=50)
    assert most >= len(text.encode()) + 50 + 1_000 * pictures


def test_a_cap_is_in_units_and_none_is_no_cap() -> None:
    caps = Caps(turn=Decimal("0.05"), day=Decimal(0))
    assert (caps.micros("turn"), caps.micros("day"), caps.micros("guest")) == (50_000, 0, None)
