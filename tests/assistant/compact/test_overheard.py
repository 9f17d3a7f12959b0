"""Single messages are understood with the history and the products on screen that come along as JSON."""

import asyncio
from typing import Any

import pytest

from assistant.compact.opinion import Heads
from assistant.compact.overheard import Overheard, dialogue_of, told
from assistant.compact.terms import Terms
from assistant.compact.understand import understand

SOFAS = [
    {"id": "a", "title": "Fen sofa", "facets": {"colour": "grey", "type": "sofa", "price": 50000, "width": "180 cm"}},
    {"id": "b", "title": "Alder sofa", "facets": {"colours": ["black"], "type": "sofa", "price": {"amount": 40000}}},
]


@pytest.fixture
def hear(runner: asyncio.Runner, terms: Terms, heads: Heads) -> Any:
    def run(text: str, **more: Any) -> dict[str, Any]:
        heard = Overheard.model_validate({"text": text, **more})
        dialogue = dialogue_of(heard, terms, "USD")
        return told(runner.run(understand(text, dialogue, terms, heads, "USD")), dialogue, terms, "USD")

    return run


def test_slots_that_are_empty_are_left_out_and_prices_carry_their_currency(hear: Any) -> None:
    answer = hear("walnut desks under $600")

    assert answer["intents"] == ["search"]
    assert answer["slots"]["price_max"] == {"amount": 60000, "currency": "USD"}
    assert answer["slots"]["materials"] == ["walnut"]
    assert "colours" not in answer["slots"]
    assert 0 <= answer["confidence"] <= 1


def test_places_colours_and_ranks_point_at_what_is_on_screen(hear: Any) -> None:
    assert hear("how wide is the second one?", shown=SOFAS)["refers_to"] == ["b"]
    assert hear("add the grey one", shown=SOFAS)["refers_to"] == ["a"]
    assert hear("add the cheaper one please", shown=SOFAS)["refers_to"] == ["b"]


def test_the_question_before_makes_a_pointing_word_its_answer(hear: Any) -> None:
    history = [
        {"role": "user", "text": "how much is it?"},
        {"role": "assistant", "text": "Which one do you mean: the Fen or the Alder?"},
    ]
    assert hear("the grey one", history=history, shown=SOFAS)["intents"] == ["answer_clarification"]


def test_odd_facets_are_taken_as_far_as_they_go(hear: Any) -> None:
    odd = [{"id": "x", "facets": {"price": "free", "colours": [None, 3], "rating": "good", "size": {"a": 1}}}]
    assert hear("add it", shown=odd)["refers_to"] == ["x"]
