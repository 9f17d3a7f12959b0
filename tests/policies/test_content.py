"""What a message may hold."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.content import clean_message
from policies.errors import Refused


@given(st.text(alphabet=st.characters(codec=None), max_size=300))
def test_any_text_is_cleaned_or_refused_in_words(text: str) -> None:
    try:
        cleaned = clean_message(text, 200)
    except Refused:
        assert len(text) > 200 or not text.strip() or not text.isprintable()
        return
    assert 0 < len(cleaned) <= 200
    assert clean_message(cleaned, 200) == cleaned
    cleaned.encode("utf-8")


def test_hidden_and_control_characters_are_dropped() -> None:
    assert clean_message("a\u202e desk\x00 under\u200b  $600\n", 100) == "a desk under $600"


def test_broken_utf8_that_arrived_as_surrogates_is_replaced() -> None:
    assert clean_message("a d\udce9sk", 100) == "a d\ufffdsk"


def test_a_message_too_long_says_how_long_it_may_be() -> None:
    with pytest.raises(Refused, match="10,000 characters; I can read 4,000"):
        clean_message("x" * 10_000, 4000)


def test_joined_emoji_survive() -> None:
    assert clean_message("👩‍🌾 boots", 100) == "👩‍🌾 boots"
