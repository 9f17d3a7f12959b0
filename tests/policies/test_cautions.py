"""What a press must bring or wait for, from the facts alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from policies.cautions import About, Caution, Demand, Unusual, demands, missing

WAIT = Caution(about="recent_address", ask="wait", seconds=3600)
LOGIN = Caution(about="refund", ask="fresh_login", above=5000)


def test_what_is_not_unusual_asks_for_nothing():
    assert demands((WAIT, LOGIN), Unusual()) == ()
    assert missing((), None, 300) is None


def test_as_much_as_the_bound_is_no_reason_and_more_is():
    assert demands((LOGIN,), Unusual({"refund": 5000})) == ()
    assert demands((LOGIN,), Unusual({"refund": 5001})) == (Demand("refund", "fresh_login"),)


def test_a_wait_comes_before_a_sign_in_and_no_sign_in_lifts_it():
    unusual = Unusual({"recent_address": 1, "refund": 9000}, {"recent_address": 600.0})
    wanted = demands((LOGIN, WAIT), unusual)
    assert [each.ask for each in wanted] == ["wait", "fresh_login"]
    assert missing(wanted, 0.0, 300) == Demand("recent_address", "wait", 3000.0)


@given(age=st.one_of(st.none(), st.floats(-1e6, 1e6)))
def test_a_wait_ends_when_its_time_is_over_and_never_before(age: float | None):
    ages: dict[About, float] = {} if age is None else {"recent_address": age}
    wanted = demands((WAIT,), Unusual({"recent_address": 1}, ages))
    assert (wanted == ()) == (age is not None and age >= 3600)


@given(proved=st.one_of(st.none(), st.floats(-1e6, 1e6)))
def test_only_a_sign_in_of_the_last_minutes_counts(proved: float | None):
    counts = proved is not None and 0 <= proved <= 300
    assert (missing((Demand("refund", "fresh_login"),), proved, 300) is None) == counts


@pytest.mark.parametrize(
    "wrong",
    [
        {"about": "refund", "ask": "wait"},
        {"about": "refund", "ask": "fresh_login", "seconds": 60},
        {"about": "recent_address", "ask": "fresh_login"},
        {"about": "new_address", "ask": "wait", "seconds": 3600},
        {"about": "mood", "ask": "fresh_login"},
    ],
)
def test_a_caution_that_could_not_work_is_refused_when_the_policy_is_read(wrong):
    with pytest.raises(ValidationError):
        Caution.model_validate(wrong)
